"""The shape of what staff write in faq/: one class a file or a row, checked by pydantic."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

AREAS = (
    "living",
    "education",
    "employment",
    "events",
    "exchange",
    "asylum",
    "emergency",
    "network",
)
Area = Literal[
    "living", "education", "employment", "events", "exchange", "asylum", "emergency", "network"
]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
GatheringKind = Literal[
    "film", "exhibition", "seminar", "symposium", "festival", "class",
    "consultation", "meeting", "day", "week", "openday", "other",
]  # fmt: skip


def _nothing(value: Any) -> Any:
    """`null`, `~` and an empty value are nothing; our reader gives every plain value as text."""
    return None if isinstance(value, str) and value in {"", "null", "~", "Null", "NULL"} else value


def _moment(value: Any) -> Any:
    """A plain day stays a day: it means all day, not midnight."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return date.fromisoformat(value)
    return _nothing(value)


def matching(pattern: str, code: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(code)
        return value

    return AfterValidator(check)


Nothing = BeforeValidator(_nothing)
Id = Annotated[str, matching(r"[a-z0-9]+(-[a-z0-9]+)*", "id")]
Url = Annotated[str, matching(r"https?://[^\s<>\"{}|\\^`]+", "url")]
Phone = Annotated[str, matching(r"[#0-9][0-9-]{1,14}", "phone")]
Clock = Annotated[str, matching(r"([01]\d|2[0-4]):[0-5]\d", "clock")]
MonthDay = Annotated[str, matching(r"(0[1-9]|1[0-2])-([0-2]\d|3[01])", "month-day")]
Moment = Annotated[datetime | date | None, BeforeValidator(_moment)]
Words = Annotated[str, matching(r"(?s).*\S.*", "blank")]
Day = Annotated[date | None, Nothing]


class Written(BaseModel):
    """Anything that staff write: unknown keys are mistakes, values never change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Source(Written):
    """A page on which an answer rests; `dated` as the page says, `seen_on` when we read it."""

    title: Words
    url: Annotated[Url | None, Nothing] = None
    dated: str = ""
    seen_on: date
    verified_on: Day = None


class Link(Written):
    """A page that an answer offers."""

    label: Words
    url: Url


class Entry(Written):
    """One FAQ item; the Japanese master. With `draft: true` residents do not see it."""

    id: Id
    area: Area
    risk: Literal["low", "normal", "high"]
    contacts: tuple[Id, ...] = Field(min_length=1, max_length=5)
    facts: tuple[str, ...] = ()
    reviewed_on: date
    review_by: date
    expires_on: Day = None
    draft: bool = False
    title: Words = Field(max_length=40)
    question: Words = Field(max_length=120)
    answer: Words = Field(max_length=2000)
    clerk: Words = Field(max_length=400)
    links: tuple[Link, ...] = Field(default=(), max_length=4)
    related: tuple[Id, ...] = Field(default=(), max_length=4)
    sources: tuple[Source, ...] = ()

    def texts(self) -> dict[str, str]:
        """What is translated: field name to the Japanese text."""
        fields = {name: getattr(self, name) for name in ("title", "question", "answer", "clerk")}
        return fields | {f"links.{n}": link.label for n, link in enumerate(self.links)}


class PhoneLine(Written):
    """A number; `verified_on` empty until staff called it."""

    number: Phone
    note: str = ""
    verified_on: Day = None


class Opening(Written):
    """Days and hours; `weeks` 2 and 4 means the second and fourth such day of a month."""

    days: tuple[Weekday, ...] = Field(min_length=1)
    weeks: tuple[Annotated[int, Field(ge=1, le=5)], ...] = ()
    start: Clock = Field(alias="from")
    end: Clock = Field(alias="to")


class Pause(Written):
    """A break within the day, as at lunch."""

    start: Clock = Field(alias="from")
    end: Clock = Field(alias="to")


class Hours(Written):
    """When a contact can be reached. `usual`: nobody printed it, so it is shown with "please confirm"."""

    basis: Literal["fact", "usual"]
    verified_on: Day = None
    always: bool = False
    open: tuple[Opening, ...] = ()
    breaks: tuple[Pause, ...] = ()
    holidays: Literal["closed", "open"] = "closed"
    year_end: tuple[MonthDay, MonthDay] | None = None
    note: str = ""


class Contact(Written):
    """A department of the city or another body."""

    name: Words = Field(max_length=60)
    area: tuple[Area, ...] = ()
    remit: Words = Field(max_length=200)
    facts: tuple[str, ...] = ()
    phones: tuple[PhoneLine, ...] = ()
    mail: Annotated[str | None, Nothing] = None
    url: Annotated[Url | None, Nothing] = None
    address: Annotated[str | None, Nothing] = None
    position: tuple[float, float] | None = None
    hours: Hours | None = None
    languages: tuple[str, ...] = ()
    interpreter: str = ""
    passes_on: Annotated[Id | None, Nothing] = None
    cost: Literal["free", "charged"] | None = None

    def texts(self) -> dict[str, str]:
        """What is translated: field name to the Japanese text."""
        notes = {f"phones.{n}": line.note for n, line in enumerate(self.phones)}
        hours = {"hours": self.hours.note} if self.hours else {}
        rest = {"name": self.name, "remit": self.remit, "interpreter": self.interpreter}
        return {name: text for name, text in (rest | notes | hours).items() if text}


class Danger(Written):
    """What a person in danger sees first."""

    entry: Id
    phone: Annotated[Phone | None, Nothing] = None
    title: Words = Field(max_length=80)
    do: Words = Field(max_length=400)
    say: Annotated[str | None, Nothing] = None
    say_meaning: Annotated[str | None, Nothing] = None
    more: tuple[Id, ...] = Field(default=(), max_length=4)
    facts: tuple[str, ...] = ()

    def texts(self) -> dict[str, str]:
        """What is translated; `say` stays Japanese, because it is spoken to Japanese ears."""
        fields = {"title": self.title, "do": self.do, "say_meaning": self.say_meaning or ""}
        return {name: text for name, text in fields.items() if text}


class Place(Written):
    """Where a gathering takes place."""

    name: Words
    address: str = ""
    position: tuple[float, float] | None = None


class Repeat(Written):
    """A rule in a small vocabulary, or a raw RRULE (RFC 5545)."""

    every: Literal["week", "month", "year"] | None = None
    on: tuple[Weekday, ...] = ()
    weeks: tuple[Annotated[int, Field(ge=-1, le=5)], ...] = ()
    until: Day = None
    rrule: str = ""
    except_on: tuple[date, ...] = Field(default=(), alias="except")

    @model_validator(mode="after")
    def _one_rule(self) -> Repeat:
        if bool(self.every) == bool(self.rrule):
            raise ValueError("one-rule")
        return self


class Moved(Written):
    """One date of a rule that was moved (`to`) or cancelled (no `to`)."""

    on: date
    to: Annotated[datetime | None, Nothing] = None
    cancelled: bool = False


class Gathering(Written):
    """Something that takes place in the city."""

    id: Id
    kind: GatheringKind
    title: Words = Field(max_length=80)
    summary: str = Field(default="", max_length=400)
    organiser: Id
    starts_at: Moment = None
    ends_at: Moment = None
    repeat: Repeat | None = None
    changes: tuple[Moved, ...] = ()
    undated: bool = False
    when: str = ""
    place: Place | None = None
    cost: str = ""
    booking: str = ""
    booking_url: Annotated[Url | None, Nothing] = None
    languages: tuple[str, ...] = ()
    children: bool | None = None
    accessible: bool | None = None
    capacity: str = ""
    facts: tuple[str, ...] = ()
    sources_seen_on: Day = None

    @model_validator(mode="after")
    def _dated_or_said(self) -> Gathering:
        if self.undated == (self.starts_at is not None):
            raise ValueError("dated")
        if self.undated and not self.when:
            raise ValueError("when")
        return self

    def texts(self) -> dict[str, str]:
        """What is translated: field name to the Japanese text."""
        names = ("title", "summary", "when", "cost", "booking", "capacity")
        place = {"place": self.place.name} if self.place else {}
        return {name: getattr(self, name) for name in names if getattr(self, name)} | place


class Language(Written):
    """One language that people may choose or write."""

    id: str = Field(pattern=r"^[a-z]{2,3}(-[A-Za-z]+)*$")
    babel: str
    name: Words
    english: Words
    direction: Literal["ltr", "rtl"]
    script: str
    profile: tuple[str, ...] = ()
    fallback: tuple[str, ...] = ()
