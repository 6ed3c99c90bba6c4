"""The doors for those who watch: /health for people, /healthz and /readyz for machines, /metrics for Prometheus."""

from __future__ import annotations

import hmac
import threading
import time
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, abort, current_app, jsonify, request

from bot import __version__, metrics
from bot.cities import Cities
from bot.metrics import State
from bot.parts import Parts
from bot.store import StoreError

watch = Blueprint("watch", __name__)
READY_SECONDS = 1.0  # so long an answer of /readyz holds: asking often must not mean writing often
WAITING = timedelta(seconds=30)  # someone waits longer than this: send no more people here
HERE = frozenset({"127.0.0.1", "::1"})
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


def cities() -> Cities:
    """What create_app put together."""
    found: Cities = current_app.extensions["tomoni"]
    return found


def only_for_watchers() -> None:
    """With MONITOR_TOKEN, who shows it; without, only this machine itself (and not through a proxy)."""
    token = cities().settings.monitor_token
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), token.encode()):
            abort(403)
    elif request.remote_addr not in HERE or any(name in request.headers for name in FORWARDED):
        abort(403)


@watch.get("/healthz")
def alive() -> tuple[Response, int]:
    """The process answers."""
    return jsonify({"alive": True}), 200


@watch.get("/readyz")
def ready() -> tuple[Response, int]:
    """Whether people should be sent here: the database takes changes, content is loaded, nobody waits long."""
    why = _readiness.problems(cities())
    return jsonify({"ready": not why, "why": why}), 503 if why else 200


class Readiness:
    """The last answer, for a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until, self._why, self._of = 0.0, [""], 0

    def problems(self, of: Cities) -> list[str]:
        """What is wrong, in words; empty when nothing is."""
        with self._lock:
            if time.monotonic() >= self._until or self._of != id(of):
                self._why, self._of = _problems(of, datetime.now(UTC)), id(of)
                self._until = time.monotonic() + READY_SECONDS
            return self._why


_readiness = Readiness()


def _problems(of: Cities, now: datetime) -> list[str]:
    """Of several cities one that does well is enough: its people are to come here."""
    try:
        of.store.beat(now)
        oldest = [one.desk.inbox.oldest_waiting() for one in of.open.values()]
    except StoreError:
        return ["the database takes no changes"]
    loaded = any(one.library.content.entries for one in of.open.values())
    why = [] if loaded else ["no content is loaded"]
    if all(at is not None and now - at > WAITING for at in oldest):
        why.append("an event has been waiting for more than 30 seconds")
    return why


@watch.get("/health")
def health() -> tuple[Response, int]:
    """Whether people are being answered, and what staff should look at."""
    only_for_watchers()
    state = cities().health(datetime.now(UTC))
    return jsonify({"version": __version__, **state}), 200 if state["ready"] else 503


@watch.get("/metrics")
def show_metrics() -> Response:
    """Counters in Prometheus' format."""
    only_for_watchers()
    now = datetime.now(UTC)
    shut = {name: State(problems=len(one.why)) for name, one in cities().closed.items()}
    metrics.state(shut | {name: _seen(one) for name, one in cities().open.items()}, now)
    return Response(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _seen(of: Parts) -> State:
    problems, version = len(of.library.problems), of.library.content.version
    try:
        inbox = of.desk.inbox
        return State(inbox.counts(), inbox.oldest_waiting(), problems, version)
    except StoreError:
        return State(problems=problems, version=version)
