"""Group chats: silent unless asked, one short introduction, private matters only one to one."""

from __future__ import annotations

from bot.context import Context
from bot.i18n import mark
from bot.messages import Effect, Incoming, Reply, Text

SPEAKING = frozenset({"join", "member_joined", "leave", "postback", "unsend"})


def keep_quiet(incoming: Incoming, context: Context) -> Reply | None:
    """In a group, says nothing to what is not meant for the bot."""
    if incoming.group is None or incoming.kind in SPEAKING:
        return None
    if incoming.kind in {"text", "edit"} and (incoming.mentioned or incoming.text.startswith("/")):
        return None
    return Reply("silent", locale=context.locale)


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """Introduces itself once, when it or a first member joins."""
    if incoming.kind not in {"join", "member_joined"}:
        return None
    if incoming.kind == "member_joined":
        return Reply("silent", locale=context.locale)
    body = "\n".join(context.content.say(name)(INTRODUCTION) for name in ("ja-simple", "en"))
    effects = (Effect("introduce"),)
    return Reply("command", (Text(body, context.locale),), locale=context.locale, effects=effects)


INTRODUCTION = mark(
    "I am Tomoni. In this group I only answer when you mention me or write /events or /help. "
    "I do not keep what you write. /leave sends me away."
)
