"""Was this right? Counted without the person; "no" leads on."""

from __future__ import annotations

from bot import cards
from bot.context import Context
from bot.messages import Effect, Incoming, Reply, Text


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """Thanks for a yes; shows the menu and the office for a no."""
    entry = incoming.action.get("entry", "")
    if incoming.action.get("do") != "helped" or entry not in context.content.entries:
        return None
    yes = incoming.action.get("yes") == "1"
    effects = (Effect("feedback", {"entry": entry, "helpful": "1" if yes else "0"}),)
    say = context.say
    if yes:
        parts: tuple[Text, ...] = (Text(say("Thank you. I am glad."), context.locale),)
        return Reply("smalltalk", parts, locale=context.locale, effects=effects)
    lines = (say("I am sorry. Please write it in other words, or choose here."),)
    menu = cards.menu_card(context, say("What do you need?"), *lines)
    return Reply("smalltalk", (menu,), locale=context.locale, effects=effects)
