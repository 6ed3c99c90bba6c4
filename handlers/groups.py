"""Group chats: silent unless asked, one short introduction, private matters only one to one."""

from __future__ import annotations

from bot import cards
from bot.context import Context
from bot.i18n import mark
from bot.messages import Ask, Card, Choice, Effect, Incoming, Line, Open, Reply, Text
from bot.models import Entry
from handlers import slash

SPEAKING = frozenset({"join", "member_joined", "leave", "postback", "unsend"})
OWN = frozenset({"forget", "known", "hide"})
# What a group may read together; everything else is somebody's own matter.
SHARED_AREAS = frozenset({"events", "exchange", "network"})
SHARED_ACTIONS = frozenset(
    {"menu", "area", "gatherings", "gathering", "language", "languages", "none", "helped"}
)


def keep_quiet(incoming: Incoming, context: Context) -> Reply | None:
    """In a group, says nothing to what is not meant for the bot."""
    if incoming.group is None or incoming.kind in SPEAKING:
        return None
    if incoming.kind in {"text", "edit"} and (incoming.mentioned or slash.command(incoming.text)):
        return None
    return Reply("silent", locale=context.locale)


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """Introduces itself once; help, languages and good-bye by slash command."""
    if incoming.kind == "join":
        return _introduction(context)
    if incoming.kind == "member_joined":
        return Reply("silent", locale=context.locale)
    if incoming.group is None:
        return None
    if incoming.action.get("do") in {"digest", "stop-digest"}:
        return _digest(incoming.action["do"] == "digest", context)
    if incoming.kind == "text" and context.meaning(incoming.text).intent in OWN:
        return _one_to_one(context)
    said = slash.command(incoming.text)
    if said is None or said[0] == "events":
        return _private_button(incoming, context)
    return _obeyed(*said, incoming, context)


def _obeyed(name: str, words: list[str], incoming: Incoming, context: Context) -> Reply:
    if name == "leave":
        body = context.say("Good-bye. You can invite me again at any time.")
        parts = (Text(body, context.locale),)
        return Reply("command", parts, effects=(Effect("forget_group"),), locale=context.locale)
    if name == "digest":
        return _ask_digest(incoming, context)
    if name == "languages":
        return _pair(words, context)
    return Reply("command", (_words(context),), _buttons(context), locale=context.locale)


def _introduction(context: Context) -> Reply:
    body = "\n\n".join(context.content.say(name)(INTRODUCTION) for name in ("ja-simple", "en"))
    return Reply(
        "command",
        (Text(body, context.locale),),
        choices=_buttons(context),
        locale=context.locale,
        effects=(Effect("introduce"),),
    )


def _words(context: Context) -> Text:
    return Text(context.say(INTRODUCTION), context.locale)


def _buttons(context: Context) -> tuple[Choice, ...]:
    say = context.say
    return (
        Ask(say("What takes place"), {"do": "gatherings"}),
        Ask(say("City and volunteers"), {"do": "area", "area": "network"}),
    )


def _ask_digest(incoming: Incoming, context: Context) -> Reply:
    """What it costs is said before: LINE counts a push once for every member."""
    say, members = context.say, incoming.params.get("members", "")
    cost = (
        say("Each of these messages counts {members} times in the month's messages of the city.", members=members)
        if members
        else say("Each of these messages counts once for every member in the month's messages of the city.")
    )  # fmt: skip
    card = Card(
        title=say("Shall I write here every Monday what takes place that week?"),
        lines=(Line(cost),),
        choices=(Ask(say("Yes, every Monday"), {"do": "digest"}), Ask(say("No"), {"do": "stop-digest"})),
        tone="menu",
        locale=context.locale,
        alt=cards.alt(context),
    )  # fmt: skip
    return Reply("command", (card,), locale=context.locale)


def _digest(wanted: bool, context: Context) -> Reply:
    say = context.say
    body = (
        say("I will write here every Monday at 9:00. /digest or the button stops it.")
        if wanted
        else say("I write here only when you ask me.")
    )
    effects = (Effect("digest" if wanted else "stop_digest"),)
    return Reply("command", (Text(body, context.locale),), locale=context.locale, effects=effects)


def _pair(names: list[str], context: Context) -> Reply:
    """`/languages ja en`: from now on both, side by side; one name: only that; nothing known: how to say it."""
    known = {name.lower(): name for name in context.content.offered}
    chosen = [known[name] for name in names if name in known][:2]
    if not chosen:
        body = context.say("Write for example: {example}", example="/languages ja en")
        return Reply("command", (Text(body, context.locale),), locale=context.locale)
    titles = " + ".join(context.content.languages[name].name for name in chosen)
    body = context.say("In this group I answer in: {languages}", languages=titles)
    effects = (Effect("set_pair", {"pair": " ".join(chosen)}),)
    return Reply("command", (Text(body, context.locale),), locale=context.locale, effects=effects)


def private(reply: Reply, incoming: Incoming, context: Context) -> Reply:
    """A reply to a group: what concerns one person is only offered in the chat with that person."""
    if incoming.group is None or reply.outcome in {"silent", "danger", "gatherings"}:
        return reply
    entries = [context.content.entries[name] for name in reply.entries]
    if all(_shared(entry) for entry in entries) and reply.outcome != "fallback":
        return reply
    return _one_to_one(context)


def _shared(entry: Entry) -> bool:
    return entry.area in SHARED_AREAS or entry.risk == "low"


def _private_button(incoming: Incoming, context: Context) -> Reply | None:
    """Buttons of a group that would show somebody's own matters."""
    action = incoming.action.get("do")
    if action is None or action in SHARED_ACTIONS:
        return None
    entry = context.content.entries.get(incoming.action.get("entry", ""))
    if entry is not None and _shared(entry):
        return None
    return _one_to_one(context)


def _one_to_one(context: Context) -> Reply:
    """Never repeats the question: the group need not know it."""
    say, account = context.say, context.settings.get("line_account_id", "")
    url = f"https://line.me/R/oaMessage/{account.replace('@', '%40')}/"
    choices: tuple[Choice, ...] = (Open(say("Open my own chat"), url),) if account else ()
    card = Card(
        title="Tomoni",
        lines=(Line(say("Please ask me that in a chat with me alone, so that it stays yours.")),),
        choices=(*choices, Ask(say("What takes place"), {"do": "gatherings"})),
        locale=context.locale,
        alt=cards.alt(context),
    )
    return Reply("command", (card,), locale=context.locale)


INTRODUCTION = mark(
    "I am Tomoni. In this group I only answer when you mention me or write /events or /help. "
    "I do not keep what you write. /languages ja en shows two languages. /leave sends me away."
)
