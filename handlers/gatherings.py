"""What takes place and when: by words, by button, one at a time or page by page."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot import asking, cards, directory, gathering_cards, gatherings
from bot.context import Context, Matching
from bot.directory import JAPAN
from bot.gathering_cards import day_of, japan_day, stamp
from bot.gatherings import Occurrence
from bot.messages import Ask, Choice, Incoming, Part, Reply, SendPlace, Text
from bot.models import Gathering
from bot.when import Asked
from handlers import slash

ENTRY = "event-calendar"  # how one hears of gatherings: offered below every list
LIKELY = 0.25  # entries on other matters that are so likely together are what was meant
# Letters: an event and a day and nothing else, which only a sure entry overrules.
TERSE, SURE = 36, 0.8
SURELY_NONE = 0.5  # likelier than not about something that the city knows nothing of
SHOWN = 5
AHEAD = timedelta(days=120)
FAR_AHEAD = timedelta(days=500)
GATHERING_AREA = "events"
OWN_EVENTS = "event-support-request"  # about gatherings that the person holds
SWITCHES = ("children", "mine", "near")


@dataclass(frozen=True, slots=True)
class Wish:
    """What to list: days (inclusive), kind, for whom, in which order, which page."""

    first: date
    last: date
    said: bool
    kind: str | None = None
    children: bool = False
    mine: bool = False  # only those held in the person's language
    near: bool = False  # nearest first, where the person has sent a place
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
    asked = _asked(incoming.text, context)
    if not _wanted(incoming, asked, context):
        return None
    return listing(_wish(asked, context), context)


def _wanted(incoming: Incoming, asked: Asked, context: Context) -> bool:
    command = slash.command(incoming.text)
    if command:
        return command[0] == "events"
    found = context.meaning(incoming.text)
    if found.intent == "gatherings" or _perhaps_meant(found):
        return True
    # Gatherings and days, or the next of a kind, are named: a question for the schedule, if no entry on
    # something else is likely.
    dated = asked.start and (asked.kind or asked.event)
    if dated and _width(incoming.text) <= TERSE:
        return not _another_meant(found, asked.kind, context, SURE)
    if dated or (asked.coming and asked.kind):
        return found.none < SURELY_NONE and not _another_meant(found, asked.kind, context, LIKELY)
    return bool(asked.kind) and _knows_no_day(found, asked, context)


def _width(text: str) -> int:
    """Letters, of which those of Chinese and Japanese say twice as much."""
    return len(text) + sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)


def _asked(text: str, context: Context) -> Asked:
    """What the message asks for. Of several sentences the one that asks counts; a story must ask in it."""
    day = japan_day(context)
    whole = context.calendar.read(text, context.locale, day)
    part = asking.question(text)
    if part.strip() == text.strip():
        return whole
    asked = context.calendar.read(part, context.locale, day)
    if not (asked.start and (asked.kind or asked.event)) and not asking.is_story(text):
        return whole
    return replace(asked, children=whole.children, mine=whole.mine, near=whole.near)


def _perhaps_meant(found: Matching) -> bool:
    """Not sure, but likeliest about how one hears of gatherings: the list with that button beats three buttons."""
    return found.band == "choices" and found.candidates[0][0] == ENTRY


def _another_meant(found: Matching, kind: str | None, context: Context, likely: float) -> bool:
    """A story about another matter names days and classes too; nobody who tells it asks for the programme."""
    others = (chance for name, chance in found.candidates if not _about_dates(name, kind, context))
    return sum(others) >= likely


def _knows_no_day(found: Matching, asked: Asked, context: Context) -> bool:
    """ "When is …" alone is answered by the entry, but for the day of what those hold who are named first in it."""
    if sum(chance for _, chance in found.candidates) < LIKELY:
        return (asked.when or asked.which_day) and found.none < SURELY_NONE
    entry = context.content.entries.get(found.candidates[0][0])
    return (
        asked.which_day
        and entry is not None
        and entry.area != GATHERING_AREA
        and _holds(entry.contacts[:1], asked.kind, context)
    )


def _about_dates(name: str, kind: str | None, context: Context) -> bool:
    """Entries about gatherings do not know their dates. Nor does one that names who holds gatherings of this kind."""
    entry = context.content.entries.get(name)
    if entry is None or (entry.area == GATHERING_AREA and entry.id != OWN_EVENTS):
        return True
    return _holds(entry.contacts, kind, context)


def _holds(contacts: Sequence[str], kind: str | None, context: Context) -> bool:
    """Whether one of them holds gatherings of this kind."""
    return kind is not None and any(
        one.kind == kind and one.organiser in contacts
        for one in context.content.gatherings.values()
    )


def _wish(asked: Asked, context: Context) -> Wish:
    first = japan_day(context)
    start, listed = asked.start or first, first + AHEAD
    end = asked.end or (listed if start < listed else start + AHEAD)
    return Wish(
        start, end, asked.start is not None, asked.kind, asked.children, asked.mine, asked.near
    )


def _from_action(incoming: Incoming, context: Context) -> Wish:
    """The buttons "next page" and "this week" carry the days; odd data is as if nothing was said."""
    action, day = incoming.action, japan_day(context)
    try:
        first, last = date.fromisoformat(action["from"]), date.fromisoformat(action["to"])
        page = int(action.get("page", "0"))
    except (KeyError, ValueError):
        return Wish(day, day + AHEAD, False)
    children, mine, near = (action.get(name) == "1" for name in SWITCHES)
    kind, said = action.get("kind") or None, action.get("said") == "1"
    return Wish(first, last, said, kind, children, mine, near, max(page, 0))


def listing(wish: Wish, context: Context) -> Reply:
    """The dates of the wish, soonest first; without any, the next there is and what has no date yet."""
    all_found = _found(wish, context)
    shown = all_found[wish.page * SHOWN : (wish.page + 1) * SHOWN]
    parts: list[Part] = []
    if not all_found:
        parts.append(Text(_nothing(wish, context), context.locale))
        shown = _next(wish, context)
    known = {one.gathering for one in all_found}
    cards_shown = [gathering_cards.card(one, context) for one in shown]
    if not wish.said and wish.page == 0:
        cards_shown += [
            gathering_cards.undated_card(one, context)
            for one in _undated(wish, context)
            if one.id not in known
        ]
    if cards_shown:
        parts.append(tuple(cards_shown[:10]))
    return Reply(
        "gatherings",
        tuple(parts),
        choices=tuple(_below(wish, len(all_found), context)),
        entries=(ENTRY,) if ENTRY in context.content.entries else (),
        contacts=tuple(
            dict.fromkeys(context.content.gatherings[one.gathering].organiser for one in shown)
        ),
        locale=context.locale,
        range=(wish.first.isoformat(), wish.last.isoformat()),
    )


def _found(wish: Wish, context: Context) -> list[Occurrence]:
    """What fits, soonest first, or nearest first where that was asked. Cancelled ones stay for two weeks."""
    fitting = list(_each(wish, context))
    if not wish.near or context.person.position is None:
        return fitting
    return sorted(fitting, key=lambda one: (_kilometres(one.gathering, context), one.starts_at))


def _each(wish: Wish, context: Context) -> Iterator[Occurrence]:
    """One after the other: the next one needs no year to be expanded."""
    now = context.now.astimezone(
        JAPAN
    )  # a thousand comparisons, ten times as fast in one time zone
    for one in context.content.schedule.each(wish.first, wish.last):
        if one.ends_at > now and _fits(one.gathering, wish, context):
            yield one


def _kilometres(name: str, context: Context) -> float:
    """How far a gathering, else its organiser, is; those that nobody has placed come last."""
    gathering = context.content.gatherings[name]
    place = gathering.place.position if gathering.place else None
    there = place or context.content.contacts[gathering.organiser].position
    here = context.person.position
    return directory.kilometres(here, there) if here and there else math.inf


def _fits(name: str, wish: Wish, context: Context) -> bool:
    gathering = context.content.gatherings[name]
    return (
        (wish.kind is None or gathering.kind == wish.kind)
        and (not wish.children or gathering.children is not False)
        and (not wish.mine or not gathering.languages or context.locale in gathering.languages)
    )


def _next(wish: Wish, context: Context) -> list[Occurrence]:
    """The next one of this kind, else of any."""
    day = japan_day(context)
    far = replace(wish, first=day, last=day + FAR_AHEAD)
    for wanted in (far, Wish(day, day + FAR_AHEAD, True)):
        found = next((one for one in _each(wanted, context) if not one.cancelled), None)
        if found:
            return [found]
    return []


def _undated(wish: Wish, context: Context) -> list[Gathering]:
    everything = gatherings.undated(context.content.gatherings.values())
    return [one for one in everything if _fits(one.id, wish, context)]


def _nothing(wish: Wish, context: Context) -> str:
    say = context.say
    if not wish.said:
        return say(
            "Staff have entered no dates yet. Here is what I know; please ask the organiser."
        )
    days = " – ".join(dict.fromkeys(day_of(day, context) for day in (wish.first, wish.last)))
    return say("Nothing is entered for {days}. This is the next one:", days=days)


def _below(wish: Wish, count: int, context: Context) -> Iterable[Choice]:
    say, day = context.say, japan_day(context)
    if count > (wish.page + 1) * SHOWN:
        yield Ask(say("More dates"), _action(wish, page=wish.page + 1))
    if wish.near and context.person.position is None:
        yield SendPlace(say("Send my place"))
    sunday = day + timedelta(days=6 - day.weekday())
    yield Ask(say("This week"), _action(Wish(day, sunday, True)))
    yield Ask(
        say("Next week"),
        _action(Wish(sunday + timedelta(days=1), sunday + timedelta(days=7), True)),
    )
    if ENTRY in context.content.entries:
        yield cards.entry_choice(ENTRY, context)
    yield Ask(say("My reminders"), {"do": "reminders"})
    yield Ask(say("Menu"), {"do": "menu"})
    yield Ask(cards.language_label(context), {"do": "languages"})


def _action(wish: Wish, page: int = 0) -> dict[str, str]:
    action = {"do": "gatherings", "from": wish.first.isoformat(), "to": wish.last.isoformat(),
              "said": "1" if wish.said else "0", "page": str(page)}  # fmt: skip
    action |= {name: "1" for name in SWITCHES if getattr(wish, name)}
    return action | ({"kind": wish.kind} if wish.kind else {})


def _details(incoming: Incoming, context: Context) -> Reply | None:
    """One gathering: the date that was shown, else its next one, and its organiser."""
    gathering = context.content.gatherings.get(incoming.action.get("id", ""))
    if gathering is None:
        return None
    day = japan_day(context)
    wish = Wish(day, day + FAR_AHEAD, True)
    mine = gatherings.occurrences({gathering.id: gathering}, wish.first, wish.last)
    found = [one for one in mine if one.ends_at > context.now]
    shown = next((one for one in found if stamp(one) == incoming.action.get("at")), None)
    dated = shown or next(iter(found), None)
    card = (
        gathering_cards.card(dated, context, full=True)
        if dated
        else gathering_cards.undated_card(gathering, context, full=True)
    )
    return Reply(
        "gatherings",
        ((card, gathering_cards.contact_card(gathering, context)),),
        choices=tuple(_below(wish, 0, context)),
        contacts=(gathering.organiser,),
        locale=context.locale,
        range=(day.isoformat(), wish.last.isoformat()),
    )
