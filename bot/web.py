"""The HTTP door of LINE: its webhook; and what every answer of this server has."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, jsonify
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException

from bot import events, metrics
from bot.cities import Cities, Closed
from bot.events import Heard
from bot.line import signed_by_line
from bot.parts import Parts
from bot.store import Received, StoreError

log = logging.getLogger(__name__)
web = Blueprint("web", __name__)

BODY_LIMIT = 1024 * 1024
EVENTS_LIMIT = 1000
DEPTH_LIMIT = 60  # LINE's events nest 5 deep; json itself gives up near 1,000
FAILED = "Something went wrong on our side. Please try again."
Said = tuple[int, Mapping[str, str]]  # the status of an answer, and its JSON
Start = Callable[[str, list[tuple[str, str]]], object]


@web.record_once
def _stand_before_flask(state: BlueprintSetupState) -> None:
    app: Any = state.app
    app.wsgi_app = Door(app)


class Door:
    """LINE's path, and no other, is answered before Flask: a page of Flask costs as much as keeping an event."""

    def __init__(self, app: Flask) -> None:
        self._app, self._pages = app, app.wsgi_app

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """As WSGI (PEP 3333) has it."""
        if environ["PATH_INFO"] != "/callback":
            return self._pages(environ, start)  # type: ignore[arg-type]
        began = time.monotonic()
        status, said = self._said(environ)
        body = (json.dumps(said, separators=(",", ":")) + "\n").encode()  # as jsonify writes it
        own = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        own += [("Allow", "POST")] if status == HTTPStatus.METHOD_NOT_ALLOWED else []
        start(f"{status} {HTTPStatus(status).phrase}", [*own, *PAGE_HEADERS])
        _note(environ["REQUEST_METHOD"], status, time.monotonic() - began)
        return [body]

    def _said(self, environ: Mapping[str, Any]) -> Said:
        if environ["REQUEST_METHOD"] != "POST":
            return 405, {"error": "Method Not Allowed"}
        try:
            return callback(environ, self._app.extensions["tomoni"])
        except Exception:  # as every_error of a page: never a traceback
            log.exception("a request failed")
            return 500, {"error": FAILED}


def _note(method: str, status: int, spent: float) -> None:
    """What LINE advises to keep of each webhook: time, method, path, status."""
    metrics.requested(status, spent)
    if log.isEnabledFor(logging.INFO):
        said = {"method": method, "path": "/callback", "status": status}
        log.info("webhook", extra={**said, "ms": round(spent * 1000)})


def callback(environ: Mapping[str, Any], cities: Cities) -> Said:
    """Check, keep, acknowledge; answering happens after. 503 asks LINE to send again.

    Who is addressed chooses the secret; who addresses nobody we know learns nothing but that it is refused.
    """
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > BODY_LIMIT:
        return _refuse("too-large", 413)
    body: bytes = environ["wsgi.input"].read(int(length))
    signature = environ.get("HTTP_X_LINE_SIGNATURE", "")
    city = cities.addressed(events.destination(body))
    if not signed_by_line(body, signature, city.secrets if city else cities.decoy):
        return _refuse("signature", 401, city)
    if city is None or isinstance(city, Closed):
        return _refuse("content", 503, city)
    found = _readable(body)
    if found is None:
        return _refuse("unreadable", 400, city)
    if city.destination and city.destination != found.get("destination"):
        return _refuse("signature", 401, city)
    return _kept(found, city, cities)


def _kept(found: Mapping[str, Any], city: Parts, cities: Cities) -> Said:
    """The events of a request in one commit."""
    now = datetime.now(UTC)
    rows = [_received(heard, city) for heard in events.heard(found, now)]
    if city.is_full and not any(row.urgent for row in rows):
        return _refuse("full", 503, city)
    try:
        crowd = city.is_crowded and cities.several
        new = city.desk.inbox.receive(rows, now, crowd)
    except StoreError as error:
        log.error("events could not be kept, LINE is asked to send them again: %s", error)
        return _refuse("store", 503, city)
    for row in rows:
        metrics.received(row.what["kind"], city.name)
    metrics.repeated(len(rows) - new, city.name)
    if new:
        cities.notify()
    return 200, {}


def _readable(body: bytes) -> Mapping[str, Any] | None:
    """The JSON object with its list of events; None for everything else."""
    if _depth(body) > DEPTH_LIMIT:
        return None
    try:
        found = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("events"), list):
        return None
    return found if len(found["events"]) <= EVENTS_LIMIT else None


def _depth(body: bytes) -> int:
    """How deep brackets nest at most; an upper bound, because those in strings count too."""
    if body.count(b"[") + body.count(b"{") <= DEPTH_LIMIT:
        return 0
    depth = deepest = 0
    in_string = escaped = False
    for byte in body:
        if in_string:
            escaped, in_string = (byte == 92 and not escaped), not (byte == 34 and not escaped)
        elif byte == 34:
            in_string = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _received(heard: Heard, city: Parts) -> Received:
    """An event as the inbox keeps it: keys instead of LINE ids."""
    keys = city.keys
    what = dict(heard.what)
    if heard.group:
        what["group"] = keys.person(heard.group)
    text = what.get("text", "")
    urgent = bool(text) and city.knowledge().matcher.danger(text, None) is not None
    return Received(
        event_id=heard.event_id,
        person=keys.person(heard.person) if heard.person else "",
        what=what,
        reply_token=heard.reply_token,
        to=keys.seal(heard.group or heard.person) if heard.person else None,
        message=heard.message,
        urgent=urgent,
    )


def _refuse(why: str, status: int, city: Parts | Closed | None = None) -> Said:
    metrics.rejected(why, city.name if city else "")
    return status, {"error": why}


def every_error(error: Exception) -> tuple[Response, int]:
    """The one place where an exception becomes a page; never a traceback."""
    if isinstance(error, HTTPException):
        return jsonify({"error": error.name}), error.code or 500
    log.exception("a request failed")
    return jsonify({"error": FAILED}), 500


PAGE_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
)


def headers(response: Response) -> Response:
    """What every page says to the browser, where it says nothing else."""
    said = {name.lower() for name in response.headers.keys()}  # noqa: SIM118
    response.headers.extend(row for row in PAGE_HEADERS if row[0].lower() not in said)
    return response
