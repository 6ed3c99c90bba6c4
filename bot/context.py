"""What a handler may know while it decides: content, matcher, the person, the language, the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.content import Content
from bot.i18n import Words
from bot.messages import Incoming, Person, Reply
from bot.when import Calendar


class Detection(Protocol):
    """In which language a text is, as far as one can tell."""

    @property
    def locale(self) -> str | None: ...
    @property
    def words(self) -> int: ...


class Matching(Protocol):
    """What a text means: an entry, several, an intent, or nothing that we know."""

    @property
    def band(self) -> str: ...
    @property
    def candidates(self) -> tuple[tuple[str, float], ...]: ...
    @property
    def intent(self) -> str | None: ...
    @property
    def danger(self) -> str | None: ...
    @property
    def none(self) -> float: ...


class Matcher(Protocol):
    """Understands texts; pure for its content. Implemented by bot.match."""

    def danger(self, text: str, locale: str | None) -> str | None: ...
    def detect(self, text: str, chosen: str | None, hint: str | None) -> Detection: ...
    def best(self, text: str, locale: str | None) -> Matching: ...
    def forget_words(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a decision rests on. `locale` is the language in which to answer.

    `offer` is another language that the person may want from now on; `zawgyi` says that the
    message came in Zawgyi encoding; `heard` is the language of the message, None for one that is
    not known: it is compared with the phrases of all languages.
    """

    content: Content
    matcher: Matcher
    person: Person
    locale: str
    now: datetime
    offer: str | None = None
    zawgyi: bool = False
    heard: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    def meaning(self, text: str) -> Matching:
        """What a message means, as the matcher understands it."""
        return self.matcher.best(text, self.heard)

    @property
    def calendar(self) -> Calendar:
        """Understands days in people's words."""
        return self.content.calendar

    @property
    def say(self) -> Words:
        """The bot's own words in the language of the answer."""
        return self.content.say(self.locale)

    def tell(self, key: str) -> str:
        """A text of the content in the language of the answer, or the nearest that there is."""
        return self.content.tell(key, self.locale).text


class Handler(Protocol):
    """Decides about one kind of request, or says None: not mine."""

    def __call__(self, incoming: Incoming, context: Context, /) -> Reply | None: ...
