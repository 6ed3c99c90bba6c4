"""A gunicorn worker that reads whole requests (waitress) before it spends a thread on them."""

from __future__ import annotations

import threading
import time
from typing import Any

import waitress
from gunicorn.workers.base import Worker

from bot import settings

BODY_LIMIT = 2 * 1024 * 1024  # bytes; the webhook itself refuses more than 1 MiB with an answer
HEADER_LIMIT = 32 * 1024
SILENT_SECONDS = 30
CONNECTIONS = 500


class Buffered(Worker):  # type: ignore[misc]
    """One process: waitress on the sockets that gunicorn opened."""

    def run(self) -> None:
        """Serve until gunicorn says stop."""
        self._server: Any = waitress.create_server(
            self.wsgi,
            sockets=[socket.sock for socket in self.sockets],
            threads=self.cfg.threads,
            max_request_body_size=BODY_LIMIT,
            max_request_header_size=HEADER_LIMIT,
            channel_timeout=SILENT_SECONDS,
            connection_limit=CONNECTIONS,
            ident=None,
            clear_untrusted_proxy_headers=True,
            **_believed(settings.load().trusted_proxy),
        )
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()
        self._server.run()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Finish what is being answered; open connections are closed."""
        self.alive = False
        raise SystemExit(0)

    handle_quit = handle_exit

    def _beat(self) -> None:
        while self.alive:
            self.notify()
            time.sleep(1)


def _believed(proxy: str) -> dict[str, Any]:
    """What waitress takes from the reverse proxy: without one, it strips these headers from every request."""
    if not proxy:
        return {}
    return {
        "trusted_proxy": proxy,
        "trusted_proxy_headers": {"x-forwarded-proto", "x-forwarded-for"},
    }
