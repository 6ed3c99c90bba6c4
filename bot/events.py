"""LINE's webhook JSON to Incoming, read tolerantly: whatever is missing, a person who wrote is heard."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from bot.messages import Incoming, IncomingKind

TEXT_KEPT = 2000  # characters of a message that are read; no question needs more
MEDIA = frozenset({"image", "video", "audio", "file"})
PLAIN: Mapping[str, IncomingKind] = {
    "follow": "follow",
    "unfollow": "unfollow",
    "join": "join",
    "leave": "leave",
    "memberJoined": "member_joined",
}
# The console's old "verify" sends events with these tokens (line-bot-sdk issues 37, 80, 186).
FAKE_TOKENS = frozenset({"0" * 32, "f" * 32})


@dataclass(frozen=True, slots=True)
class Heard:
    """One event as we understand it. `person` and `group` are still LINE ids: they go no further."""

    event_id: str
    kind: IncomingKind
    at: datetime
    person: str
    group: str | None
    reply_token: str | None
    what: Mapping[str, Any]

    @property
    def message(self) -> str | None:
        """The id of the message, so that it can be taken back."""
        return self.what.get("message_id") or None


# Quotation marks inside a text are written with a backslash: this cannot stand in what a person wrote.
_DESTINATION = re.compile(rb'"destination"\s*:\s*"(U[0-9a-f]{32})"')


def destination(body: bytes) -> str:
    """For which channel a body says it is, found without reading the rest; "" where it says none.

    It only chooses the secret that is tried: what it says is believed when the signature is right.
    """
    found = _DESTINATION.search(body)
    return found[1].decode() if found else ""


def heard(body: Mapping[str, Any], now: datetime) -> Iterator[Heard]:
    """The events of a request that concern us, each by itself: an odd one never silences another.

    {"destination": "U…", "events": [{"type": "message", "webhookEventId": "01…", "timestamp": 1793…,
      "replyToken": "…", "mode": "active", "source": {"type": "user", "userId": "U…"},
      "message": {"id": "1", "type": "text", "text": "ごみ"}}]}
    """
    for event in body["events"]:
        one = _one(event, now) if isinstance(event, dict) else None
        if one is not None:
            yield one


def _one(event: dict[str, Any], now: datetime) -> Heard | None:
    token = _text(event.get("replyToken"))[:128] or None
    if event.get("mode") == "standby" or token in FAKE_TOKENS:
        return None
    what = _what(event)
    if what is None:
        return None
    source = _mapping(event.get("source"))
    group = _text(source.get("groupId")) or _text(source.get("roomId")) or None
    return Heard(
        event_id=_text(event.get("webhookEventId"))[:80] or _digest(event),
        kind=what["kind"],
        at=_at(event.get("timestamp"), now),
        person=_text(source.get("userId")) or group or "",
        group=group,
        reply_token=token,
        what=what,
    )


def _what(event: dict[str, Any]) -> dict[str, Any] | None:
    kind = _text(event.get("type"))
    message = _mapping(event.get("message"))
    if kind in PLAIN:
        return {"kind": PLAIN[kind]}
    if kind == "message":
        return _message(message, "text")
    if kind == "messageEdited":
        return _message(message, "edit")
    if kind == "unsend":
        taken = _text(_mapping(event.get("unsend")).get("messageId"))
        return {"kind": "unsend", "message_id": taken}
    if kind == "postback":
        return _postback(_mapping(event.get("postback")))
    return None


def _message(message: dict[str, Any], kind: IncomingKind) -> dict[str, Any] | None:
    sort = _text(message.get("type"))
    text = message.get("text")
    known: dict[str, Any] = {"message_id": _text(message.get("id"))[:64]}
    if isinstance(text, str) and sort not in {"location", "sticker"}:
        said, mentioned = _without_mentions(text, message.get("mention"))
        return known | {"kind": kind, "text": _clean(said), "mentioned": mentioned}
    if sort == "location":
        return known | _location(message)
    if sort == "sticker":
        return known | {"kind": "sticker"}
    return known | {"kind": "media"} if sort in MEDIA or sort else None


def _location(message: dict[str, Any]) -> dict[str, Any]:
    latitude, longitude = message.get("latitude"), message.get("longitude")
    if not _is_number(latitude, 90) or not _is_number(longitude, 180):
        return {"kind": "media"}
    return {"kind": "location", "position": [latitude, longitude]}


def _is_number(value: object, limit: float) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and -limit <= value <= limit
    )


def _postback(postback: dict[str, Any]) -> dict[str, Any]:
    data = _text(postback.get("data"))[:300]
    action = dict(parse_qsl(data, max_num_fields=12)) if data.count("&") < 12 else {}
    params = {
        _clean(name): _text(value) for name, value in _mapping(postback.get("params")).items()
    }
    return {"kind": "postback", "action": action, "params": params}


def _without_mentions(text: str, mention: object) -> tuple[str, bool]:
    """The text without our own name, and whether we were named. Offsets are UTF-16 units (LINE)."""
    mentionees = _mapping(mention).get("mentionees")
    own = [item for item in mentionees if isinstance(item, dict) and item.get("isSelf") is True] \
        if isinstance(mentionees, list) else []  # fmt: skip
    units = text.encode("utf-16-le", "surrogatepass")
    for item in sorted(own, key=lambda item: -_number(item.get("index"))):
        start, length = _number(item.get("index")), _number(item.get("length"))
        units = units[: start * 2] + units[(start + length) * 2 :]
    return units.decode("utf-16-le", "replace").strip(), bool(own)


def _clean(text: str) -> str:
    """Without lone surrogates and NUL, which no database takes, and no longer than any question."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")[:TEXT_KEPT]


def _number(value: object) -> int:
    return (
        value
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**6
        else 0
    )


def _text(value: object) -> str:
    return _clean(value) if isinstance(value, str) else ""


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _at(timestamp: object, now: datetime) -> datetime:
    """Milliseconds since 1970; nonsense becomes the moment of receiving."""
    if not isinstance(timestamp, int) or isinstance(timestamp, bool):
        return now
    if not 0 < timestamp < 4_102_444_800_000:
        return now
    return datetime.fromtimestamp(timestamp / 1000, UTC)


def _digest(event: Mapping[str, Any]) -> str:
    """A name for an event that came without one: the same event has the same name."""
    kept = {name: value for name, value in event.items() if name != "deliveryContext"}
    text = json.dumps(kept, sort_keys=True, default=str)
    return "digest-" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:40]


def incoming(what: Mapping[str, Any], at: datetime, person: str, group: str | None) -> Incoming:
    """What the inbox kept, as the handlers see it."""
    position = what.get("position")
    return Incoming(
        kind=what["kind"],
        at=at,
        person=person,
        group=group,
        text=what.get("text", ""),
        action=what.get("action", {}),
        position=(float(position[0]), float(position[1])) if position else None,
        mentioned=bool(what.get("mentioned")),
        message_id=what.get("message_id", ""),
        params=what.get("params", {}),
    )
