"""The values that travel: what a person did, and what the bot decided to say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

IncomingKind = Literal[
    "text",
    "postback",
    "sticker",
    "media",
    "location",
    "follow",
    "unfollow",
    "join",
    "member_joined",
    "leave",
    "unsend",
    "edit",
]
Outcome = Literal[
    "answer", "choices", "danger", "gatherings", "smalltalk", "command", "fallback", "silent"
]


@dataclass(frozen=True, slots=True)
class Incoming:
    """What one person did, in our words. `person` and `group` are keys (HMAC), never LINE ids."""

    kind: IncomingKind
    at: datetime
    person: str | None = None
    group: str | None = None
    text: str = ""
    action: Mapping[str, str] = field(default_factory=dict)
    position: tuple[float, float] | None = None
    address: str = ""
    mentioned: bool = False
    message_id: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """A button that asks the bot for something; `action` comes back as Incoming.action."""

    label: str
    action: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """A button that dials; `number` as people write it (0467-61-3870)."""

    label: str
    number: str


@dataclass(frozen=True, slots=True)
class Open:
    """A button that opens a web page or a map."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class SendPlace:
    """A button with which a person sends their location."""

    label: str


Choice = Ask | Call | Open | SendPlace
Tone = Literal["plain", "danger", "clerk", "menu"]
LineStyle = Literal["body", "small", "strong", "heading", "large", "rule"]


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of a card. `locale` where it differs from the card's own (direction, reading)."""

    text: str
    style: LineStyle = "body"
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A Flex bubble: title, paragraphs, buttons. `alt` is what the notification shows: nothing telling."""

    title: str
    lines: tuple[Line, ...] = ()
    choices: tuple[Choice, ...] = ()
    tone: Tone = "plain"
    locale: str = "ja"
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A plain message, for what must also be readable without Flex."""

    body: str
    locale: str = "ja"


Part = Text | Card | tuple[Card, ...]


class Messages(list[dict[str, Any]]):
    """LINE's messages, written as JSON once: for the database, for LINE, for everyone who asks the same."""

    @cached_property
    def written(self) -> str:
        """The JSON; nobody changes the messages after it was asked for."""
        return json.dumps(self, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to remember once the reply is settled: `name` says what, `values` with which words.

    The names are the methods of `store.Effects`; deciding stays pure because handlers only name them.
    """

    name: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What to tell: parts in order (at most five), quick choices below the last, and what to remember."""

    outcome: Outcome
    parts: tuple[Part, ...] = ()
    choices: tuple[Choice, ...] = ()
    entries: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    score: float | None = None
    locale: str = "ja"
    range: tuple[str, str] | None = None
    effects: tuple[Effect, ...] = ()

    def remembering(self, locale: str) -> Reply:
        """With buttons that name the language they were read in: who presses one types nothing to tell it by."""
        parts = tuple(_part(part, locale) for part in self.parts)
        return replace(self, parts=parts, choices=_remembering(self.choices, locale))


def _part(part: Part, locale: str) -> Part:
    if isinstance(part, Text):
        return part
    if isinstance(part, Card):
        return replace(part, choices=_remembering(part.choices, locale))
    return tuple(replace(card, choices=_remembering(card.choices, locale)) for card in part)


def _remembering(choices: tuple[Choice, ...], locale: str) -> tuple[Choice, ...]:
    """Those that remember a language already keep it."""
    return tuple(
        replace(choice, action={**choice.action, "in": locale})
        if isinstance(choice, Ask) and "in" not in choice.action
        else choice
        for choice in choices
    )


@dataclass(frozen=True, slots=True)
class Person:
    """What the bot knows of one person while it answers: little, and most of it may be unknown."""

    key: str | None = None
    locale: str | None = None
    hint: str | None = None
    last_entry: str | None = None
    last_at: datetime | None = None
    position: tuple[float, float] | None = None
    told_unicode: bool = False
    waiting: tuple[str, ...] = ()  # entries whose answer LINE did not take
    reminders: tuple[str, ...] = ()  # what they will be reminded of (bot.reminders.About as text)
    missed: tuple[str, ...] = ()  # what they could not be told of
    wishes: tuple[str, ...] = ()  # kind|language of new gatherings that they want to hear of
