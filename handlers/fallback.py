"""No answer that staff approved: said honestly, with the areas and the city's number."""

from __future__ import annotations

from bot import cards
from bot.context import Context
from bot.messages import Ask, Card, Choice, Effect, Incoming, Line, Reply
from bot.models import AREAS
from handlers import groups

CITY = "city-kyosei"


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """The last handler: always answers."""
    if incoming.kind not in {"text", "edit"}:
        return reply(context)
    kept = {"text": incoming.text, "locale": context.locale}
    return groups.private(reply(context, Effect("unanswered", kept)), incoming, context)


def reply(context: Context, *effects: Effect) -> Reply:
    """Says that there is no answer, who may have one, and how to go on."""
    say = context.say
    call = cards.call_choice(CITY, context)
    choices: list[Choice] = [call] if call else []
    choices += [Ask(say(cards.AREA_NAMES[area]), {"do": "area", "area": area}) for area in AREAS]
    card = Card(
        title=say("I have no approved answer to this"),
        lines=(
            Line(say("I do not guess. Try other words, choose a subject, or ask the city:")),
            Line("", "rule"),
            *cards.contact_lines(CITY, context),
        ),
        choices=tuple(choices),
        tone="menu",
        locale=context.locale,
        alt=cards.alt(context),
    )
    language = Ask(cards.language_label(context), {"do": "languages"})
    return Reply(
        "fallback",
        (card,),
        choices=(language,),
        contacts=(CITY,),
        locale=context.locale,
        effects=effects,
    )
