"""Did you mean: two or three entries and "none of these"."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from bot import cards
from bot.context import Context
from bot.messages import Ask, Card, Effect, Incoming, Line, Reply

SHOWN = 3


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """Somebody chose "none of these"."""
    if incoming.action.get("do") != "none":
        return None
    from handlers.fallback import reply

    return reply(context, Effect("confirm_unanswered", {"token": incoming.action.get("token", "")}))


def ask(text: str, names: Iterable[str], context: Context, score: float | None) -> Reply:
    """Which of these? The question is kept, without the person, only if it was none of them."""
    shown = tuple(names)[:SHOWN]
    token = hashlib.sha256(text.encode()).hexdigest()[:16]
    none = Ask(context.say("None of these"), {"do": "none", "token": token})
    card = Card(
        title=context.say("Which of these do you mean?"),
        lines=tuple(_question(name, context) for name in shown),
        choices=(*entry_choices(shown, context), none),
        tone="menu",
        locale=context.locale,
        alt=cards.alt(context),
    )
    held = {"text": text, "locale": context.locale, "token": token}
    return Reply(
        "choices",
        (card,),
        entries=shown,
        score=score,
        locale=context.locale,
        effects=(Effect("hold_unanswered", held),),
    )


def entry_choices(names: Iterable[str], context: Context) -> tuple[Ask, ...]:
    """Buttons to entries."""
    return tuple(cards.entry_choice(name, context) for name in names)


def _question(name: str, context: Context) -> Line:
    return Line(f"・{context.tell(f'{name}.question')}", locale=context.locale)
