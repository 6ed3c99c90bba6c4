"""What needs no answer in words: someone left, took a message back, or blocked the bot."""

from __future__ import annotations

from bot.context import Context
from bot.messages import Effect, Incoming, Reply


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """Forget who left; say nothing."""
    if incoming.kind == "unfollow":
        return Reply("silent", effects=(Effect("forget"),), locale=context.locale)
    if incoming.kind == "leave":
        return Reply("silent", effects=(Effect("forget_group"),), locale=context.locale)
    if incoming.kind == "unsend":
        return Reply("silent", locale=context.locale)  # the inbox erased it when the event came in
    return None
