"""A chat page in place of LINE: signed events to the real /callback, and the Messaging API played here.

Only without LINE's credentials. What people try here stays in memory and in this machine's database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    jsonify,
    render_template_string,
    request,
    send_from_directory,
)

from bot.cities import Cities
from bot.context import Handler
from bot.line import Line, Sent
from bot.parts import build
from bot.settings import Settings

PAGES = Path(__file__).parent / "pages"
WAIT_SECONDS = 10.0
CHATS = 200  # open pages; the oldest goes
TEXT_LIMIT = 5000

simulator = Blueprint("simulator", __name__, url_prefix="/")


class PlayedLine(Line):
    """Stands in for LINE's API: keeps what the bot says until the page asks for it."""

    def __init__(self) -> None:
        self._said: dict[str, list[Mapping[str, Any]]] = {}
        self._order: deque[str] = deque()
        self._more = threading.Condition()
        self.profile_language: str | None = None

    def expect(self, token: str) -> None:
        """A page waits for the answer with this token."""
        with self._more:
            self._said[token] = []
            self._order.append(token)
            while len(self._order) > CHATS:
                self._said.pop(self._order.popleft(), None)

    def heard(self, token: str, seconds: float) -> Sequence[Mapping[str, Any]]:
        """What the bot said; empty when it says nothing in time."""
        until = time.monotonic() + seconds
        with self._more:
            while not self._said.get(token) and time.monotonic() < until:
                self._more.wait(until - time.monotonic())
            return self._said.get(token, [])

    def reply(self, token: str, messages: Sequence[Mapping[str, Any]]) -> Sent:
        """Like LINE: a token serves once."""
        with self._more:
            if token not in self._said or self._said[token]:
                return Sent("refused", "400 Invalid reply token")
            self._said[token] = list(messages)
            self._more.notify_all()
        return Sent("sent")

    def push(self, to: str, messages: Sequence[Mapping[str, Any]], retry_key: str) -> Sent:
        """There is nobody to push to."""
        return Sent("quota", "429 You have reached your monthly limit.")

    def language(self, person: str) -> str | None:
        """The language of the browser, as LINE would give that of the profile."""
        return self.profile_language

    def leave(self, group: str, room: bool = False) -> None:
        """Nothing to leave."""

    def members(self, group: str) -> int | None:
        """The simulator's group has three people."""
        return 3

    def quota(self) -> tuple[int | None, int] | None:
        """As in LINE's free plan."""
        return 200, 0


def mount(app: Flask, settings: Settings, handlers: Sequence[Handler]) -> Cities:
    """The page at /, its stand-in for LINE, and the parts that speak to it."""
    if not settings.simulated:
        raise ValueError("The simulator does not run beside LINE's credentials.")
    secret = secrets.token_hex(16)
    played = PlayedLine()
    parts = build(settings, [secret], handlers, line=played)
    app.extensions["tomoni-simulator"] = (secret, played)
    app.register_blueprint(simulator)
    return Cities([parts])


@simulator.get("/")
def page() -> str:
    """The chat."""
    return render_template_string((PAGES / "simulator.html").read_text(encoding="utf-8"))


@simulator.get("/static/<path:name>")
def static(name: str) -> Response:
    """Style and script of the page."""
    return send_from_directory(PAGES / "static", name, max_age=0)


@simulator.post("/simulator/send")
def send() -> tuple[Response, int]:
    """One event of the page, signed, through the real /callback; answers with what the bot said."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        return jsonify({"error": "JSON is expected"}), 400
    event = _event(given)
    if event is None:
        return jsonify({"error": "unknown kind of event"}), 400
    from flask import current_app

    secret, played = current_app.extensions["tomoni-simulator"]
    played.profile_language = request.accept_languages.best or None
    token = event.get("replyToken", "")
    if token:
        played.expect(token)
    times = 2 if given.get("redeliver") else 1
    body = json.dumps({"destination": "Usimulator", "events": [event]}).encode()
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    status = [_post(current_app, body, signature) for _ in range(times)]
    wait = 1.5 if given.get("kind") in {"group", "unfollow"} else WAIT_SECONDS
    messages = list(played.heard(token, wait)) if token else []
    return jsonify({"event": event, "messages": messages, "status": status}), 200


def _post(app: Flask, body: bytes, signature: str) -> int:
    answer = app.test_client().post(
        "/callback",
        data=body,
        headers={"X-Line-Signature": signature, "Content-Type": "application/json"},
    )
    return answer.status_code


def _event(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """What LINE would send for what was done on the page."""
    chat = str(given.get("chat", "page"))[:40]
    event: dict[str, Any] = {
        "webhookEventId": secrets.token_hex(13),
        "timestamp": int(time.time() * 1000),
        "mode": "active",
        "replyToken": secrets.token_hex(16),
        "source": {"type": "user", "userId": "U" + hashlib.sha256(chat.encode()).hexdigest()[:32]},
        "deliveryContext": {"isRedelivery": False},
    }
    return _with_kind(event, given)


def _with_kind(event: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any] | None:
    text = str(given.get("text", ""))[:TEXT_LIMIT]
    number = secrets.token_hex(8)
    message: dict[str, Any]
    match given.get("kind"):
        case "text":
            message = {"type": "text", "id": number, "text": text}
        case "group":
            event["source"] = {**event["source"], "type": "group", "groupId": "C" + "0" * 32}
            message = {"type": "text", "id": number, "text": text}
            if text.startswith("@Tomoni"):
                own = {"index": 0, "length": 7, "type": "user", "isSelf": True}
                message["mention"] = {"mentionees": [own]}
        case "sticker":
            message = {"type": "sticker", "id": number, "packageId": "1", "stickerId": "1"}
        case "image":
            message = {"type": "image", "id": number}
        case "location":
            message = {"type": "location", "id": number, "latitude": given.get("latitude"),
                       "longitude": given.get("longitude")}  # fmt: skip
        case "postback":
            return event | {"type": "postback", "postback": {"data": str(given.get("data", ""))}}
        case "follow" | "join" as kind:
            return event | {"type": kind}
        case "unfollow":
            event.pop("replyToken")
            return event | {"type": "unfollow"}
        case _:
            return None
    return event | {"type": "message", "message": message}
