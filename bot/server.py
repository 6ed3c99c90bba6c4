"""A gunicorn worker that reads whole requests (waitress) before it spends a thread on them."""

from __future__ import annotations

import sys
import time
from typing import Any

import waitress
from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.task import WSGITask

from bot import settings

BODY_LIMIT = 2 * 1024 * 1024  # bytes; the webhook itself refuses more than 1 MiB with an answer
HEADER_LIMIT = 32 * 1024
SILENT_SECONDS = 30
CONNECTIONS = 1000
LOOK = 1.0  # seconds between signs of life to gunicorn
SWITCH = 0.002  # seconds
LAST_REQUESTS = 4.0  # seconds for those who have a connection when we are told to stop
LAST_ANSWERS = 2.0


class Buffered(Worker):  # type: ignore[misc]
    """One process: waitress on the sockets that gunicorn opened."""

    _server: Any = None

    def run(self) -> None:
        """Serve until gunicorn says stop, then answer what was sent already."""
        self._server = waitress.create_server(
            self.wsgi,
            sockets=[socket.sock for socket in self.sockets],
            threads=self.cfg.threads,
            max_request_body_size=BODY_LIMIT,
            max_request_header_size=HEADER_LIMIT,
            channel_timeout=SILENT_SECONDS,
            connection_limit=CONNECTIONS,
            asyncore_use_poll=True,
            ident=None,
            # Kept: who asks for /metrics through a proxy is not on this machine (bot.watch).
            clear_untrusted_proxy_headers=False,
            **_believed(settings.load().trusted_proxy),
        )
        # SQLite gives Python's lock away at every statement: who waits for it gets it back after so long.
        sys.setswitchinterval(SWITCH)
        while self.alive:
            self._turn(LOOK)
        self._finish()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Take no more; `run` ends after its present turn."""
        self.alive = False
        if self._server is not None:
            self._server.pull_trigger()

    handle_quit = handle_exit

    def _turn(self, seconds: float) -> None:
        self.notify()
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._server._map, count=1)

    def _finish(self) -> None:
        """Nobody who has begun to send is cut off; who comes later is taken by another process."""
        waiting = len(self._server._map)
        while len(self._server._map) <= CONNECTIONS:
            self._server.handle_accept()
            if len(self._server._map) == waiting:
                break
            waiting = len(self._server._map)
        self._server.accepting = False
        HTTPChannel.task_class = Last
        until = time.monotonic() + LAST_REQUESTS
        self._turn(0.05)
        while self._server.active_channels and time.monotonic() < until:
            self._turn(0.05)
        self._server.task_dispatcher.shutdown(timeout=LAST_ANSWERS)


class Last(WSGITask):  # type: ignore[misc]
    """A request while we end: its answer says that the connection ends with it, so that none is lost on the way."""

    def __init__(self, channel: Any, request: Any) -> None:
        request.headers["CONNECTION"] = "close"
        super().__init__(channel, request)


def _believed(proxy: str) -> dict[str, Any]:
    """What waitress takes from the reverse proxy: without one, it strips these headers from every request."""
    if not proxy:
        return {}
    return {
        "trusted_proxy": proxy,
        "trusted_proxy_headers": {"x-forwarded-proto", "x-forwarded-for"},
    }
