"""Someone is in danger now: the number first, before matching, without database or model."""

from __future__ import annotations

from collections.abc import Iterable

from bot import cards
from bot.context import Context
from bot.messages import Ask, Call, Card, Choice, Effect, Incoming, Line, Reply
from bot.models import Danger


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """A card for the kind of danger in the text."""
    if incoming.kind not in {"text", "edit"}:
        return None
    kind = context.matcher.danger(incoming.text, context.locale)
    return reply(kind, context) if kind in context.content.dangers else None


def reply(kind: str | None, context: Context) -> Reply:
    """What someone in this danger sees."""
    danger = context.content.dangers[kind or ""]
    effects = (Effect("remember", {"entry": danger.entry}),)
    return Reply(
        outcome="danger",
        parts=(_card(kind or "", danger, context),),
        choices=_below(danger, context),
        entries=(danger.entry,),
        contacts=danger.more,
        locale=context.locale,
        effects=effects,
    )


def _card(kind: str, danger: Danger, context: Context) -> Card:
    key = f"danger.{kind}"
    shown = cards.shown_locales(context, f"{key}.title", f"{key}.do")
    title = " / ".join(context.content.tell(f"{key}.title", name).text for name in shown)
    return Card(
        title=title,
        lines=tuple(_lines(key, danger, context, shown)),
        choices=tuple(_calls(danger, context)),
        tone="danger",
        locale=context.locale,
        alt=cards.alt(context),
    )


def _lines(key: str, danger: Danger, context: Context, shown: tuple[str, ...]) -> Iterable[Line]:
    for locale in shown:
        yield Line(context.content.tell(f"{key}.do", locale).text, "strong", locale)
    if danger.say:
        yield Line("", "rule")
        yield Line(context.say("Say this on the telephone:"), "body", context.locale)
        yield Line(danger.say, "large", "ja")
        if danger.say_meaning and context.locale != "ja":
            for locale in shown:
                yield Line(context.content.tell(f"{key}.say_meaning", locale).text, "small", locale)
    if any(context.content.tell(f"{key}.do", locale).state == "draft" for locale in shown):
        notice = context.say("Draft translation. The Japanese text is the official one.")
        yield Line(notice, "small", context.locale)


def _calls(danger: Danger, context: Context) -> Iterable[Choice]:
    if danger.phone:
        yield Call(context.say("Call {number}", number=danger.phone), danger.phone)
    for name in danger.more:
        contact = context.content.contacts[name]
        numbers = [line.number for line in contact.phones if line.number != danger.phone]
        if numbers:
            told = context.tell(f"contact.{name}.name")
            yield Call(f"{numbers[0]} {told}", numbers[0])


def _below(danger: Danger, context: Context) -> tuple[Choice, ...]:
    more = Ask(context.say("Read more"), {"do": "entry", "entry": danger.entry})
    hide = Ask(context.say("Hide this screen"), {"do": "hide"})
    language = Ask(cards.language_label(context), {"do": "languages"})
    return (more, hide, language)
