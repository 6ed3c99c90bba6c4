"""One entry, asked for by button: the answer, its Japanese, or the card for the counter."""

from __future__ import annotations

from bot import cards
from bot.context import Context
from bot.messages import Ask, Card, Choice, Effect, Incoming, Reply
from bot.models import Entry


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """`do` is entry, ja or clerk."""
    entry = context.content.entries.get(incoming.action.get("entry", ""))
    if entry is None:
        return None
    match incoming.action.get("do"):
        case "entry":
            return reply(entry, context)
        case "ja":
            return reply(entry, context, locale="ja")
        case "clerk":
            return _clerk(entry, context)
    return None


def reply(
    entry: Entry, context: Context, score: float | None = None, locale: str | None = None
) -> Reply:
    """The answer with what a person may want next."""
    return Reply(
        "answer",
        parts=((*cards.entry_cards(entry, context, locale), *_related(entry, context)),),
        choices=_next(entry, context),
        entries=(entry.id,),
        contacts=entry.contacts,
        score=score,
        locale=context.locale,
        effects=(Effect("remember", {"entry": entry.id}),),
    )


def _clerk(entry: Entry, context: Context) -> Reply:
    again = Ask(context.say("Back to the answer"), {"do": "entry", "entry": entry.id})
    return Reply(
        "answer",
        parts=(cards.clerk_card(entry, context),),
        choices=(again,),
        entries=(entry.id,),
        contacts=entry.contacts,
        locale=context.locale,
    )


def _related(entry: Entry, context: Context) -> tuple[Card, ...]:
    """Buttons of a card, not quick replies: those are half as long, and not shown on a computer."""
    choices = tuple(cards.entry_choice(name, context) for name in entry.related)
    locale, alt = context.locale, cards.alt(context)
    return (Card("", choices=choices, tone="menu", locale=locale, alt=alt),) if choices else ()


def _next(entry: Entry, context: Context) -> tuple[Choice, ...]:
    say = context.say
    choices: list[Choice] = []
    if context.offer:
        name = context.content.languages[context.offer].name
        label = say("Continue in {language}", language=name)
        choices.append(Ask(label, {"do": "language", "locale": context.offer}))
    choices += [
        Ask(say("This helped"), {"do": "helped", "entry": entry.id, "yes": "1"}),
        Ask(say("Not what I need"), {"do": "helped", "entry": entry.id, "yes": "0"}),
    ]
    choices += [
        Ask(say("Menu"), {"do": "menu"}),
        Ask(cards.language_label(context), {"do": "languages"}),
    ]
    if entry.id in {"domestic-violence", "child-in-danger", "suicide-crisis-loneliness"}:
        choices.append(Ask(say("Hide this screen"), {"do": "hide"}))
    return tuple(choices)
