"""The chat over the live content, for staff: nothing of it is kept, counted or sent to LINE."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from flask import Response, g, jsonify, render_template, request

from bot import render
from bot.messages import Effect, Incoming, Person
from bot.staff.door import content, now, office, staff

VISITORS = 50
TEXT_LIMIT = 5000


@staff.get("/preview")
def preview() -> str:
    """The chat, in any language."""
    office().visitors.pop(g.who, None)
    chosen = request.args.get("locale", "ja")
    locale = chosen if chosen in content().offered else "ja"
    return render_template("staff/preview.html", locale=locale, locales=content().offered)


@staff.post("/preview/send")
def preview_send() -> tuple[Response, int]:
    """What the bot would say to this."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        return jsonify({"error": "JSON is expected"}), 400
    incoming = _incoming(given)
    if incoming is None:
        return jsonify({"error": "unknown kind of event"}), 400
    locale = str(given.get("locale", "ja"))
    person = office().visitors.get(g.who) or Person(
        "preview", locale if locale in content().languages else None
    )
    reply = office().parts.desk.consider(incoming, person, now())
    _remember(g.who, person, reply.effects)
    messages = render.to_line(reply, content().right_to_left)
    return jsonify(
        {"messages": messages, "outcome": reply.outcome, "entries": list(reply.entries)}
    ), 200


def _incoming(given: Mapping[str, Any]) -> Incoming | None:
    text = str(given.get("text", ""))[:TEXT_LIMIT]
    data = str(given.get("data", ""))[:300]
    match given.get("kind"):
        case "text":
            return Incoming("text", now(), "preview", text=text)
        case "postback":
            return Incoming(
                "postback", now(), "preview", action=dict(parse_qsl(data, max_num_fields=12))
            )
        case "follow":
            return Incoming("follow", now(), "preview")
        case "location":
            return Incoming("location", now(), "preview", position=(35.319, 139.5505))
        case "sticker":
            return Incoming("sticker", now(), "preview")
    return None


def _remember(who: str, person: Person, effects: tuple[Effect, ...]) -> None:
    """As much as a talk needs, in memory, until the page is opened again."""
    for effect in effects:
        match effect.name:
            case "set_locale":
                person = replace(person, locale=effect.values["locale"])
            case "remember":
                person = replace(person, last_entry=effect.values["entry"], last_at=now())
            case "forget" | "hide":
                person = Person("preview", person.locale if effect.name == "hide" else None)
    visitors = office().visitors
    visitors[who] = person
    while len(visitors) > VISITORS:
        visitors.pop(next(iter(visitors)))
