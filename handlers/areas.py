"""Browsing without typing: the menu of areas and the entries of each."""

from __future__ import annotations

from bot import cards
from bot.context import Context
from bot.messages import Incoming, Reply


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """`do` is menu or area."""
    match incoming.action.get("do"):
        case "menu":
            return menu(context)
        case "area":
            return _area(incoming.action.get("area", ""), context)
    return None


def menu(context: Context, outcome_lines: tuple[str, ...] = ()) -> Reply:
    """All areas."""
    say = context.say
    lines = outcome_lines or (say("Choose, or write in your own words."),)
    card = cards.menu_card(context, say("What do you need?"), *lines)
    return Reply("command", (card,), locale=context.locale)


def _area(area: str, context: Context) -> Reply | None:
    names = [name for name, entry in context.content.entries.items() if entry.area == area]
    if not names:
        return menu(context)
    title = context.say(cards.AREA_NAMES[area])
    listed = cards.list_cards(title, [cards.entry_choice(name, context) for name in names], context)
    return Reply("command", (listed,), locale=context.locale)
