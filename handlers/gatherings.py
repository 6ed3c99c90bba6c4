"""What takes place and when: by words, by button, one at a time or page by page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from babel.dates import format_date, format_skeleton

from bot import cards, gatherings
from bot.context import Context, Matching
from bot.directory import JAPAN
from bot.gatherings import Occurrence
from bot.messages import Ask, Card, Choice, Incoming, Line, Open, Part, Reply, Text
from bot.models import Gathering
from bot.when import Asked

ENTRY = "event-calendar"  # how one hears of gatherings: offered when nobody named a day
SHOWN = 5
AHEAD = timedelta(days=120)
FAR_AHEAD = timedelta(days=500)
# Entries about gatherings do not know their dates.
GATHERING_AREAS = frozenset({"events", "exchange"})
COMMANDS = ("/events", "/event", "/催し", "/イベント", "/もよおし")


@dataclass(frozen=True, slots=True)
class Wish:
    """What to list: days (inclusive), kind, only for children, which page."""

    first: date
    last: date
    said: bool
    kind: str | None = None
    children: bool = False
    page: int = 0


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """`do` is gatherings or gathering; or a text that asks for the schedule."""
    match incoming.action.get("do"):
        case "gatherings":
            return listing(_from_action(incoming, context), context)
        case "gathering":
            return _details(incoming, context)
    if incoming.kind not in {"text", "edit"}:
        return None
    asked = context.calendar.read(incoming.text, context.locale, _today(context))
    if not _wanted(incoming, asked, context):
        return None
    return listing(_wish(asked, context), context)


def _wanted(incoming: Incoming, asked: Asked, context: Context) -> bool:
    if incoming.text.strip().lower().startswith(COMMANDS):
        return True
    found = context.meaning(incoming.text)
    if found.intent == "gatherings":
        return True
    # Gatherings and days are named: a question for the schedule, if no entry on something else is sure.
    return bool(asked.start and (asked.kind or asked.event)) and not _sure_of_another(
        found, context
    )


def _sure_of_another(found: Matching, context: Context) -> bool:
    if found.band != "answer":
        return False
    entry = context.content.entries.get(found.candidates[0][0])
    return entry is not None and entry.area not in GATHERING_AREAS


def _today(context: Context) -> date:
    return context.now.astimezone(JAPAN).date()


def _wish(asked: Asked, context: Context) -> Wish:
    today = _today(context)
    if asked.start and asked.end:
        return Wish(asked.start, asked.end, True, asked.kind, asked.children)
    return Wish(today, today + AHEAD, False, asked.kind, asked.children)


def _from_action(incoming: Incoming, context: Context) -> Wish:
    """The buttons "next page" and "this week" carry the days; odd data is as if nothing was said."""
    action, today = incoming.action, _today(context)
    try:
        first, last = date.fromisoformat(action["from"]), date.fromisoformat(action["to"])
        page = int(action.get("page", "0"))
    except (KeyError, ValueError):
        return Wish(today, today + AHEAD, False)
    kind = action.get("kind") or None
    return Wish(
        first, last, action.get("said") == "1", kind, action.get("children") == "1", max(page, 0)
    )


def listing(wish: Wish, context: Context) -> Reply:
    """The dates of the wish, soonest first; without any, the next there is and what has no date yet."""
    all_found = _found(wish, context)
    shown = all_found[wish.page * SHOWN : (wish.page + 1) * SHOWN]
    parts: list[Part] = []
    if not all_found:
        parts.append(Text(_nothing(wish, context), context.locale))
        shown = _next(wish, context)
    known = {one.gathering for one in all_found}
    cards_shown = [_card(one, context) for one in shown]
    if not wish.said and wish.page == 0:
        cards_shown += [
            _undated_card(one, context) for one in _undated(wish, context) if one.id not in known
        ]
    if cards_shown:
        parts.append(tuple(cards_shown[:10]))
    return Reply(
        "gatherings",
        tuple(parts),
        choices=tuple(_below(wish, len(all_found), context)),
        entries=(ENTRY,) if not wish.said and ENTRY in context.content.entries else (),
        contacts=tuple(
            dict.fromkeys(context.content.gatherings[one.gathering].organiser for one in shown)
        ),
        locale=context.locale,
        range=(wish.first.isoformat(), wish.last.isoformat()),
    )


def _found(wish: Wish, context: Context) -> list[Occurrence]:
    found = gatherings.occurrences(context.content.gatherings, wish.first, wish.last)
    return [
        one for one in found if one.ends_at > context.now and _fits(one.gathering, wish, context)
    ]


def _fits(name: str, wish: Wish, context: Context) -> bool:
    gathering = context.content.gatherings[name]
    return (wish.kind is None or gathering.kind == wish.kind) and (
        not wish.children or gathering.children is not False
    )


def _next(wish: Wish, context: Context) -> list[Occurrence]:
    """The next one of this kind, else of any."""
    today = _today(context)
    far = Wish(today, today + FAR_AHEAD, True, wish.kind, wish.children)
    return (_found(far, context) or _found(Wish(today, today + FAR_AHEAD, True), context))[:1]


def _undated(wish: Wish, context: Context) -> list[Gathering]:
    everything = gatherings.undated(context.content.gatherings.values())
    return [one for one in everything if _fits(one.id, wish, context)]


def _nothing(wish: Wish, context: Context) -> str:
    say = context.say
    if not wish.said:
        return say(
            "Staff have entered no dates yet. Here is what I know; please ask the organiser."
        )
    days = " – ".join(dict.fromkeys(_day(day, context) for day in (wish.first, wish.last)))
    return say("Nothing is entered for {days}. This is the next one:", days=days)


def _below(wish: Wish, count: int, context: Context) -> Iterable[Choice]:
    say, today = context.say, _today(context)
    if count > (wish.page + 1) * SHOWN:
        yield Ask(say("More dates"), _action(wish, page=wish.page + 1))
    sunday = today + timedelta(days=6 - today.weekday())
    yield Ask(say("This week"), _action(Wish(today, sunday, True)))
    yield Ask(
        say("Next week"),
        _action(Wish(sunday + timedelta(days=1), sunday + timedelta(days=7), True)),
    )
    if not wish.said and ENTRY in context.content.entries:
        yield cards.entry_choice(ENTRY, context)
    yield Ask(say("Menu"), {"do": "menu"})
    yield Ask(cards.language_label(context), {"do": "languages"})


def _action(wish: Wish, page: int = 0) -> dict[str, str]:
    action = {"do": "gatherings", "from": wish.first.isoformat(), "to": wish.last.isoformat(),
              "said": "1" if wish.said else "0", "page": str(page)}  # fmt: skip
    return action | ({"kind": wish.kind} if wish.kind else {})


def _details(incoming: Incoming, context: Context) -> Reply | None:
    gathering = context.content.gatherings.get(incoming.action.get("id", ""))
    if gathering is None:
        return None
    today = _today(context)
    wish = Wish(today, today + FAR_AHEAD, True)
    found = [one for one in _found(wish, context) if one.gathering == gathering.id]
    card = (
        _card(found[0], context, full=True)
        if found
        else _undated_card(gathering, context, full=True)
    )
    contact = _contact_card(gathering, context)
    return Reply(
        "gatherings",
        ((card, contact),),
        choices=tuple(_below(wish, 0, context)),
        contacts=(gathering.organiser,),
        locale=context.locale,
        range=(today.isoformat(), wish.last.isoformat()),
    )


def _contact_card(gathering: Gathering, context: Context) -> Card:
    call = cards.call_choice(gathering.organiser, context)
    return Card(
        title=context.say("Organiser"),
        lines=tuple(cards.contact_lines(gathering.organiser, context)),
        choices=(call,) if call else (),
        locale=context.locale,
        alt=cards.alt(context),
    )


def _card(one: Occurrence, context: Context, full: bool = False) -> Card:
    gathering = context.content.gatherings[one.gathering]
    lines = [Line(when(one, context), "strong", context.locale)]
    if one.cancelled:
        lines.insert(0, Line(context.say("Cancelled"), "strong", context.locale))
    if one.moved_from:
        moved = context.say("Moved from {day}", day=_day(one.moved_from, context))
        lines.append(Line(moved, "body", context.locale))
    lines += _facts(gathering, context)
    return Card(
        title=context.tell(f"gathering.{gathering.id}.title"),
        lines=tuple(lines),
        choices=tuple(_choices(gathering, one, context, full)),
        locale=context.locale,
        alt=cards.alt(context),
    )


def _undated_card(gathering: Gathering, context: Context, full: bool = False) -> Card:
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
        yield Ask(say("Details"), {"do": "gathering", "id": gathering.id})
    call = cards.call_choice(gathering.organiser, context)
    if call:
        yield call
    if gathering.booking_url:
        yield Open(say("Book"), gathering.booking_url)
    if gathering.place and gathering.place.address:
        yield Open(say("Map"), cards.map_url(gathering.place.address))
    if one and not one.cancelled and full:
        title = context.tell(f"gathering.{gathering.id}.title")
        place = context.tell(f"gathering.{gathering.id}.place") if gathering.place else ""
        yield Open(say("Add to Google Calendar"), gatherings.google_url(one, title, place, ""))


def when(one: Occurrence, context: Context) -> str:
    """Weekday, date and hours as the language writes them, in Japan time."""
    first = _day(one.day, context)
    if one.all_day:
        return first if one.last_day == one.day else f"{first} – {_day(one.last_day, context)}"
    hours = f"{cards.clock(one.starts_at, context)}–{cards.clock(one.ends_at, context)}"
    return context.say("{day}, {hours} (Japan time)", day=first, hours=hours)


def _day(day: date, context: Context) -> str:
    locale = cards.babel(context)
    if day.year == _today(context).year:
        return format_skeleton("MMMMEEEEd", datetime.combine(day, time(12)), locale=locale)
    return format_date(day, "full", locale=locale)
