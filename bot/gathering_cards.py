"""Cards of gatherings: one date, one that has no date yet, its organiser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from babel.dates import format_date, format_skeleton

from bot import cards, gatherings, reminders
from bot.context import Context
from bot.directory import JAPAN
from bot.gatherings import Occurrence
from bot.i18n import mark
from bot.messages import Ask, Card, Choice, Line, Open, Part, Text
from bot.models import Gathering
from bot.reminders import About

REMIND = {"day": mark("Remind me the day before"), "hours": mark("Remind me 2 hours before")}


def stamp(one: Occurrence) -> str:
    """A date of a gathering as buttons carry it: its start in UTC, to the minute."""
    return f"{one.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M}"


def japan_day(context: Context) -> date:
    """The day in Japan."""
    return context.now.astimezone(JAPAN).date()


def contact_card(gathering: Gathering, context: Context) -> Card:
    call = cards.call_choice(gathering.organiser, context)
    return Card(
        title=context.say("Organiser"),
        lines=tuple(cards.contact_lines(gathering.organiser, context)),
        choices=(call,) if call else (),
        locale=context.locale,
        alt=cards.alt(context),
    )


def card(one: Occurrence, context: Context, full: bool = False) -> Card:
    gathering = context.content.gatherings[one.gathering]
    lines = [Line(when(one, context), "strong", context.locale)]
    if one.cancelled:
        lines.insert(0, Line(context.say("Cancelled"), "strong", context.locale))
    if one.moved_from:
        moved = context.say("Moved from {day}", day=day_of(one.moved_from, context))
        lines.append(Line(moved, "body", context.locale))
    lines += _facts(gathering, context)
    return Card(
        title=context.tell(f"gathering.{gathering.id}.title"),
        lines=tuple(lines),
        choices=tuple(_choices(gathering, one, context, full)),
        locale=context.locale,
        alt=cards.alt(context),
    )


def undated_card(gathering: Gathering, context: Context, full: bool = False) -> Card:
    lines = [
        Line(context.say("No date is known yet."), "strong", context.locale),
        Line(context.tell(f"gathering.{gathering.id}.when"), "body", context.locale),
        *_facts(gathering, context),
    ]
    return Card(
        title=context.tell(f"gathering.{gathering.id}.title"),
        lines=tuple(lines),
        choices=tuple(_choices(gathering, None, context, full)),
        locale=context.locale,
        alt=cards.alt(context),
    )


def _facts(gathering: Gathering, context: Context) -> Iterable[Line]:
    """What staff wrote of it, and only that."""
    say, locale, key = context.say, context.locale, f"gathering.{gathering.id}"
    if gathering.summary:
        yield Line(context.tell(f"{key}.summary"), "body", locale)
    if gathering.place:
        place = context.tell(f"{key}.place")
        yield Line(say("Place: {place}", place=place), "body", locale)
    if gathering.cost:
        yield Line(say("Cost: {cost}", cost=context.tell(f"{key}.cost")), "body", locale)
    if gathering.booking:
        yield Line(
            say("Booking: {booking}", booking=context.tell(f"{key}.booking")), "body", locale
        )
    if gathering.languages:
        names = ", ".join(_language_names(gathering.languages, context))
        yield Line(say("Languages: {languages}", languages=names), "body", locale)
    if gathering.children:
        yield Line(say("Children are welcome."), "body", locale)
    if gathering.accessible:
        yield Line(say("Accessible with a wheelchair."), "body", locale)
    if gathering.capacity:
        yield Line(context.tell(f"{key}.capacity"), "body", locale)
    organiser = context.tell(f"contact.{gathering.organiser}.name")
    yield Line(say("Organiser: {organiser}", organiser=organiser), "small", locale)


def _language_names(languages: Sequence[str], context: Context) -> list[str]:
    known = context.content.languages
    return [known[name].name if name in known else name for name in languages]


def _choices(
    gathering: Gathering, one: Occurrence | None, context: Context, full: bool
) -> Iterable[Choice]:
    say = context.say
    if not full:
        at = {"at": stamp(one)} if one else {}
        yield Ask(say("Details"), {"do": "gathering", "id": gathering.id, **at})
    call = cards.call_choice(gathering.organiser, context)
    if call:
        yield call
    if gathering.booking_url:
        yield Open(say("Book"), gathering.booking_url)
    if gathering.place and gathering.place.address:
        yield Open(say("Map"), cards.map_url(gathering.place.address))
    if full:
        yield from _to_keep(gathering, one, context)


def _to_keep(gathering: Gathering, one: Occurrence | None, context: Context) -> Iterable[Choice]:
    """Into a calendar, or a reminder from the bot; news where there is no date yet."""
    say = context.say
    if one and not one.cancelled:
        title = context.tell(f"gathering.{gathering.id}.title")
        place = context.tell(f"gathering.{gathering.id}.place") if gathering.place else ""
        yield Open(say("Add to Google Calendar"), gatherings.google_url(one, title, place, ""))
        public = context.settings.get("public_url")
        if public:
            at = f"{one.starts_at.astimezone(UTC):%Y%m%dT%H%MZ}"
            url = f"{public}/gatherings/{context.locale}/{gathering.id}/{at}.ics"
            yield Open(say("Calendar file (.ics)"), url)
        for before in reminders.choices(one, context.now):
            data = {"do": "remind", "id": gathering.id, "at": stamp(one), "when": before}
            yield Ask(say(REMIND[before]), data)
    yield Ask(say("Tell me of new ones"), {"do": "tell-new", "kind": gathering.kind})


def when(one: Occurrence, context: Context) -> str:
    """Weekday, date and hours as the language writes them, in Japan time."""
    first = day_of(one.day, context)
    if one.all_day:
        return first if one.last_day == one.day else f"{first} – {day_of(one.last_day, context)}"
    hours = f"{cards.clock(one.starts_at, context)}–{cards.clock(one.ends_at, context)}"
    return context.say("{day}, {hours} (Japan time)", day=first, hours=hours)


def day_of(day: date, context: Context) -> str:
    return _written(day, cards.babel(context), day.year == japan_day(context).year)


@lru_cache(maxsize=4096)
def _written(day: date, locale: str, this_year: bool) -> str:
    """Babel looks for the pattern of a skeleton for a millisecond, each time."""
    if this_year:
        return str(format_skeleton("MMMMEEEEd", datetime.combine(day, time(12)), locale=locale))
    return str(format_date(day, "full", locale=locale))


# --- messages that the bot sends by itself --------------------------------------------------------


def reminder(item: About, context: Context) -> tuple[Part, ...]:
    """What is said about a date, a change, something new, or a week."""
    if item.what == "digest":
        return _digest(item, context)
    say = context.say
    gathering = context.content.gatherings.get(item.gathering)
    one = reminders.find(gathering, item.starts_at) if item.starts_at else None
    words = {
        "at": say("You asked me to remind you of this:"),
        "changed": say("Something has changed here:"),
        "new": say("This is new. You asked me to tell you:"),
    }[item.what]
    if gathering is None or (item.starts_at and one is None):
        gone = say(
            "A date that you wait for is no longer in the calendar. Please ask the organiser."
        )
        return (Text(gone, context.locale),)
    shown = card(one, context) if one else _next_or_undated(gathering, context)
    return Text(words, context.locale), shown


def reminder_choices(item: About, context: Context) -> tuple[Choice, ...]:
    """One tap stops it."""
    if item.what == "digest":
        return (Ask(context.say("Stop the weekly programme"), {"do": "stop-digest"}),)
    return (
        Ask(context.say("My reminders"), {"do": "reminders"}),
        Ask(context.say("What takes place"), {"do": "gatherings"}),
    )


def _next_or_undated(gathering: Gathering, context: Context) -> Card:
    day = japan_day(context)
    known = {gathering.id: gathering}
    found = gatherings.occurrences(known, day, day + AHEAD) if not gathering.undated else []
    return card(found[0], context) if found else undated_card(gathering, context)


def _digest(item: About, context: Context) -> tuple[Part, ...]:
    """The week that begins on that Monday."""
    first = date.fromisoformat(item.week)
    found = context.content.schedule.between(first, first + timedelta(days=6))[:DIGEST_SHOWN]
    title = Text(context.say("What takes place this week:"), context.locale)
    if not found:
        return (Text(context.say("Nothing is entered for this week."), context.locale),)
    return title, tuple(card(one, context) for one in found)


AHEAD = timedelta(days=500)
DIGEST_SHOWN = 10  # cards: LINE takes 12 in a carousel
