"""Reminders of dates and news of gatherings: asked for, listed and stopped with one tap."""

from __future__ import annotations

from collections.abc import Callable

from bot import cards, gathering_cards, reminders
from bot.context import Context
from bot.directory import JAPAN
from bot.gatherings import Occurrence
from bot.i18n import mark
from bot.messages import Ask, Card, Choice, Effect, Incoming, Line, Reply
from bot.reminders import About

STOPS = 8  # buttons that an old phone shows without much scrolling
KIND_NAMES = {
    "film": mark("Films"),
    "exhibition": mark("Exhibitions"),
    "seminar": mark("Seminars"),
    "symposium": mark("Symposiums"),
    "festival": mark("Festivals"),
    "class": mark("Classes"),
    "consultation": mark("Consultations"),
    "meeting": mark("Meetings"),
    "day": mark("Days of action"),
    "week": mark("Weeks of action"),
    "openday": mark("Open days"),
    "other": mark("Other gatherings"),
}


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """`do` says which."""
    actions: dict[str, Callable[[Incoming, Context], Reply | None]] = {
        "remind": _remind,
        "reminders": _list,
        "stop-reminder": _stop,
        "stop-reminders": _stop_all,
        "tell-new": _tell_new,
        "stop-new": _stop_new,
    }
    chosen = actions.get(incoming.action.get("do", ""))
    return chosen(incoming, context) if chosen else None


def _remind(incoming: Incoming, context: Context) -> Reply | None:
    """The date as it is now: a button may be old."""
    one = _asked(incoming, context)
    before = incoming.action.get("when", "day")
    if one is None or before not in reminders.choices(one, context.now):
        return _said(context, context.say("It is too late to remind you of this."))
    at = reminders.due_at(one, before)
    day = gathering_cards.day_of(at.astimezone(JAPAN).date(), context)
    body = context.say(
        "I will remind you: {day}, {hours} (Japan time).", day=day, hours=cards.clock(at, context)
    )
    about = str(About("at", one.gathering, one.starts_at))
    values = {"about": about, "due_at": at.isoformat(), "locale": context.locale}
    return _said(context, body, Effect("remind", values))


def _asked(incoming: Incoming, context: Context) -> Occurrence | None:
    gathering = context.content.gatherings.get(incoming.action.get("id", ""))
    try:
        at = reminders.moment(incoming.action.get("at", ""))
    except ValueError:
        return None
    one = reminders.find(gathering, at)
    return None if one is None or one.cancelled else one


def _list(incoming: Incoming, context: Context) -> Reply:
    """Everything that will be sent, each with a button that stops it."""
    say = context.say
    waiting = [reminders.about(text) for text in context.person.reminders]
    wishes = [text.partition("|")[::2] for text in context.person.wishes]
    stops = [{"do": "stop-reminder", "about": str(item)} for item in waiting]
    stops += [{"do": "stop-new", "kind": kind, "language": language} for kind, language in wishes]
    choices: list[Choice] = [
        Ask(say("Stop number {number}", number=str(number)), action)
        for number, action in enumerate(stops[:STOPS], 1)
    ]
    if choices:
        choices.append(Ask(say("Stop everything"), {"do": "stop-reminders"}))
    texts = [_line(item, context) for item in waiting]
    texts += [say("New: {title}", title=_wish(kind, context)) for kind, _ in wishes]
    lines = [Line(f"{number}. {text}") for number, text in enumerate(texts, 1)]
    card = Card(
        title=say("My reminders"),
        lines=tuple(lines) or (Line(say("You have no reminders.")),),
        choices=tuple(choices),
        tone="menu",
        locale=context.locale,
        alt=cards.alt(context),
    )
    return Reply("command", (card,), _below(context), locale=context.locale)


def _title(item: About, context: Context) -> str:
    known = item.gathering in context.content.gatherings
    return context.tell(f"gathering.{item.gathering}.title") if known else "…"


def _wish(kind: str, context: Context) -> str:
    return context.say(KIND_NAMES[kind]) if kind in KIND_NAMES else context.say("What takes place")


def _line(item: About, context: Context) -> str:
    gathering = context.content.gatherings.get(item.gathering)
    one = reminders.find(gathering, item.starts_at) if item.starts_at else None
    title = _title(item, context)
    return f"{title}\n{gathering_cards.when(one, context)}" if one else title


def _stop(incoming: Incoming, context: Context) -> Reply:
    about = {"about": incoming.action.get("about", "")}
    return _said(context, context.say("Stopped."), Effect("stop_reminder", about))


def _stop_all(incoming: Incoming, context: Context) -> Reply:
    body = context.say("Stopped. I will not write to you by myself any more.")
    return _said(context, body, Effect("stop_reminders"))


def _tell_new(incoming: Incoming, context: Context) -> Reply:
    """Of a kind; for half a year, so that it ends by itself."""
    kind = incoming.action.get("kind", "")
    kind = kind if kind in KIND_NAMES else ""
    body = context.say(
        "When something new is entered, I will write to you. This ends after half a year: {kind}",
        kind=_wish(kind, context),
    )
    language = context.locale if incoming.action.get("mine") == "1" else ""
    values = {"kind": kind, "language": language, "locale": context.locale}
    return _said(context, body, Effect("tell_new", values))


def _stop_new(incoming: Incoming, context: Context) -> Reply:
    values = {name: incoming.action.get(name, "") for name in ("kind", "language")}
    return _said(context, context.say("Stopped."), Effect("stop_new", values))


def _said(context: Context, body: str, *effects: Effect) -> Reply:
    card = Card(title=body, locale=context.locale, alt=cards.alt(context))
    return Reply("command", (card,), _below(context), locale=context.locale, effects=effects)


def _below(context: Context) -> tuple[Choice, ...]:
    say = context.say
    return (
        Ask(say("My reminders"), {"do": "reminders"}),
        Ask(say("What takes place"), {"do": "gatherings"}),
        Ask(say("Menu"), {"do": "menu"}),
    )
