"""A person's rights: forget me, what do you know of me, hide this screen."""

from __future__ import annotations

from bot import cards
from bot.context import Context
from bot.messages import Ask, Card, Effect, Incoming, Line, Reply, Text

BLANK = "・\n" * 24  # pushes what was said above the screen of a phone


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """By button or by words; forgetting asks once."""
    wish = incoming.action.get("do") or _wish(incoming, context)
    match wish:
        case "hide":
            return _hidden(context)
        case "forget":
            return _sure(context)
        case "forget-now":
            return _forgotten(context)
        case "known":
            return _known(context)
    return None


def _wish(incoming: Incoming, context: Context) -> str | None:
    if incoming.kind != "text":
        return None
    intent = context.meaning(incoming.text).intent
    return intent if intent in {"hide", "forget", "known"} else None


def _hidden(context: Context) -> Reply:
    body = BLANK + context.say("Kamakura city: information for residents.")
    effects = (Effect("hide"),)
    return Reply("command", (Text(body, context.locale),), locale=context.locale, effects=effects)


def _sure(context: Context) -> Reply:
    say = context.say
    card = Card(
        title=say("Delete everything about you?"),
        lines=(
            Line(say("I will forget your language, your last question and your reminders.")),
            Line(say("What stands in this chat stays on your phone; delete it there."), "small"),
        ),
        choices=(
            Ask(say("Yes, delete it"), {"do": "forget-now"}),
            Ask(say("No, keep it"), {"do": "menu"}),
        ),
        locale=context.locale,
        alt=cards.alt(context),
    )
    return Reply("command", (card,), locale=context.locale)


def _forgotten(context: Context) -> Reply:
    body = context.say("Done. I know nothing about you any more.")
    effects = (Effect("forget"),)
    return Reply("command", (Text(body, context.locale),), locale=context.locale, effects=effects)


def _known(context: Context) -> Reply:
    say, person = context.say, context.person
    locale = person.locale or ""
    language = context.content.languages[locale].name if locale else say("not known")
    last = context.tell(f"{person.last_entry}.title") if person.last_entry else say("nothing")
    card = Card(
        title=say("What I know about you"),
        lines=(
            Line(say("Your language: {language}", language=language)),
            Line(say("Your last question: {title}", title=last)),
            Line(say("I do not keep your name or what you write.")),
        ),
        choices=(
            Ask(say("Delete my data"), {"do": "forget"}),
            Ask(cards.language_label(context), {"do": "languages"}),
        ),
        locale=context.locale,
        alt=cards.alt(context),
    )
    return Reply("command", (card,), locale=context.locale)
