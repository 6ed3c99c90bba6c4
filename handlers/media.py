"""Stickers, pictures, sounds, files: the bot reads text only, and says so kindly."""

from __future__ import annotations

from bot import cards
from bot.context import Context
from bot.messages import Incoming, Reply


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """Never fetches what was sent."""
    if incoming.kind not in {"sticker", "media"}:
        return None
    say = context.say
    lines = [say("I can only read text. Please write in your own words, or choose here.")]
    if incoming.kind == "media":
        lines.append(say("I did not open what you sent. Please do not send photos of your papers."))
    menu = cards.menu_card(context, say("Thank you for your message"), *lines)
    return Reply("smalltalk", (menu,), locale=context.locale)
