"""A question in a person's own words: the answer, two or three to choose from, or not mine."""

from __future__ import annotations

from bot.context import Context
from bot.messages import Incoming, Reply
from handlers import choices, danger, entries, groups


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """Answers what is sure, asks about what is likely."""
    if incoming.kind not in {"text", "edit"}:
        return None
    found = context.meaning(incoming.text)
    if found.danger in context.content.dangers:
        return danger.reply(found.danger, context)
    known = [(name, score) for name, score in found.candidates if name in context.content.entries]
    if not known or found.band == "fallback":
        return None
    name, score = known[0]
    if found.band == "answer":
        reply = entries.reply(context.content.entries[name], context, score)
    else:
        reply = choices.ask(incoming.text, [name for name, _ in known], context, score)
    return groups.private(reply, incoming, context)
