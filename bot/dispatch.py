"""Who answers: the language, then the handlers in order; the first reply wins, and there is always one."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot import cards, gathering_cards, reminders
from bot.content import Content
from bot.context import Context, Detection, Handler, Matcher
from bot.messages import Ask, Call, Card, Effect, Incoming, Line, Person, Reply, Text
from bot.normal import from_zawgyi

log = logging.getLogger(__name__)

# A text in another language than the chosen one must be this long to be answered in it (words).
SWITCH_WORDS = 4
MISSED_SHOWN = 2
MESSAGES = 5  # LINE takes no more in one reply
COMMON = ("ja-simple", "en")  # what most people here can read a little of
OWN_SCRIPTS = frozenset({"Mymr", "Thai", "Sinh", "Kore"})


@dataclass(frozen=True, slots=True)
class Spoken:
    """In which language to answer, which other one to offer from now on, and in which one was asked."""

    locale: str
    offer: str | None = None
    heard: str | None = None
    unknown: bool = (
        False  # asked in a language that is not offered, by somebody who has chosen none
    )


def answer(
    incoming: Incoming,
    person: Person,
    now: datetime,
    content: Content,
    matcher: Matcher,
    handlers: Iterable[Handler],
    pair: tuple[str, ...] = (),
    settings: Mapping[str, str] | None = None,
) -> Reply:
    """The reply to one message. Never raises: the guard answers with the city's number."""
    known = Spoken(person.locale or person.hint or "ja-simple")
    context = Context(content, matcher, person, known.locale, now, settings=settings or {})
    try:
        incoming, zawgyi = _in_unicode(incoming)
        spoken = speak(incoming, person, content, matcher)
        context = replace(
            context, locale=spoken.locale, offer=spoken.offer, zawgyi=zawgyi, heard=spoken.heard
        )
        locales = [name for name in pair if name in content.offered] or _locales(spoken)
        replies = [_decide(incoming, replace(context, locale=name), handlers) for name in locales]
        reply = _with_notices(_side_by_side(replies), context, spoken.unknown)
        return reply.remembering(context.locale)
    except Exception:  # the only broad except on this way: a person always gets an answer
        log.exception("answering failed")
    return apology(context)


def _locales(spoken: Spoken) -> list[str]:
    """Easy Japanese and English for somebody whose language is not known."""
    return list(COMMON) if spoken.unknown else [spoken.locale]


def _in_unicode(incoming: Incoming) -> tuple[Incoming, bool]:
    """Burmese in Zawgyi encoding is read as what it says."""
    text, zawgyi = from_zawgyi(incoming.text)
    return (replace(incoming, text=text), True) if zawgyi else (incoming, False)


def _decide(incoming: Incoming, context: Context, handlers: Iterable[Handler]) -> Reply:
    for handler in handlers:
        reply = handler(incoming, context)
        if reply is not None:
            return reply.remembering(context.locale)
    return apology(context)


def _side_by_side(replies: list[Reply]) -> Reply:
    """A group may ask for two languages: one answer after the other."""
    first = replies[0]
    parts = tuple(part for reply in replies for part in reply.parts)
    return replace(first, parts=parts[:MESSAGES])


def _with_notices(reply: Reply, context: Context, unknown: bool) -> Reply:
    """What a person should know besides: lost answers, the languages there are, an encoding that is not Unicode."""
    reply = _with_missed(_with_waiting(reply, context), context)
    if (
        unknown
        and reply.outcome in {"answer", "choices", "fallback"}
        and len(reply.parts) < MESSAGES
    ):
        reply = replace(reply, parts=(*reply.parts, languages_card(context)))
    if not context.zawgyi or context.person.told_unicode or len(reply.parts) >= MESSAGES:
        return reply
    body = context.say("You write in Zawgyi. I can read it; my answers are in Unicode.")
    return replace(
        reply,
        parts=(Text(body, context.locale), *reply.parts),
        effects=(*reply.effects, Effect("told_unicode")),
    )


def _with_missed(reply: Reply, context: Context) -> Reply:
    """Reminders for which the month had no push left: told now."""
    if reply.outcome in {"silent", "danger"}:
        return reply
    parts = tuple(
        part
        for text in context.person.missed[:MISSED_SHOWN]
        for part in gathering_cards.reminder(reminders.about(text), context)
    )
    return replace(reply, parts=(*parts, *reply.parts)[:MESSAGES])


def _with_waiting(reply: Reply, context: Context) -> Reply:
    """An answer that LINE did not take: the person is told first, and may ask for it again."""
    waiting = [name for name in context.person.waiting if name in context.content.entries]
    if not waiting or reply.outcome in {"silent", "danger"} or len(reply.parts) >= MESSAGES:
        return reply
    say = context.say
    card = Card(
        title=say("My last answer did not reach you. I am sorry."),
        choices=tuple(
            Ask(context.tell(f"{name}.title"), {"do": "entry", "entry": name}) for name in waiting
        ),
        tone="menu",
        locale=context.locale,
        alt=say("Information from Tomoni"),
    )
    return replace(reply, parts=(card, *reply.parts))


def languages_card(context: Context) -> tuple[Card, ...]:
    """Every language in its own script."""
    title = f"{context.say('Language')} / Language"
    return cards.list_cards(title, cards.language_choices(context), context)


def speak(incoming: Incoming, person: Person, content: Content, matcher: Matcher) -> Spoken:
    """Explicit choice > button or confident detection > profile hint > easy Japanese (with English beside)."""
    start = person.locale or _of_button(incoming, content) or person.hint
    if incoming.kind not in {"text", "edit"} or not incoming.text.strip():
        return Spoken(start or "ja-simple", heard=start)
    found = matcher.detect(incoming.text, person.locale, person.hint)
    if found.locale is None or found.locale not in content.languages:
        return Spoken(start or COMMON[0], unknown=start is None and found.words > 0)
    if person.locale is None:
        return Spoken(found.locale, heard=found.locale)
    if found.locale == person.locale or not _switches(found, person.locale, content):
        return Spoken(person.locale, heard=person.locale)
    return Spoken(found.locale, offer=found.locale, heard=found.locale)


def _of_button(incoming: Incoming, content: Content) -> str | None:
    """The language of the card whose button was pressed; None for older buttons and for all else."""
    locale = incoming.action.get("in")
    return locale if locale in content.languages else None


def _switches(detected: Detection, chosen: str, content: Content) -> bool:
    """Whether to answer in the language of the message instead of the chosen one."""
    if {detected.locale, chosen} == {"ja", "ja-simple"}:
        return False
    script = content.languages[detected.locale or chosen].script
    own = script in OWN_SCRIPTS and script != content.languages[chosen].script
    return own or detected.words >= SWITCH_WORDS


def apology(context: Context) -> Reply:
    """When our own code fails: what to do now and a number, without any further decision."""
    say = context.say
    city = context.content.contacts.get("city-kyosei")
    number = city.phones[0].number if city and city.phones else ""
    card = Card(
        title=say("Something went wrong on our side"),
        lines=(
            Line(say("Please write it again, or call the city:")),
            Line(say("In danger: police 110, fire and ambulance 119."), "strong"),
        ),
        choices=(Call(say("Call {number}", number=number), number),) if number else (),
        locale=context.locale,
        alt=say("Information from Tomoni"),
    )
    return Reply("fallback", (card,), contacts=("city-kyosei",), locale=context.locale)
