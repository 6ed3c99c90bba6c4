"""After an answer: "and the phone number?", "where is it?", "until when?", about the same office."""

from __future__ import annotations

from datetime import timedelta

from bot import cards
from bot.context import Context
from bot.messages import Card, Choice, Incoming, Open, Reply
from handlers import entries

INTENTS = frozenset({"phone", "where", "hours", "languages-spoken", "bring", "cost"})
REMEMBERED = timedelta(minutes=30)


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """The contact of the last answer, or the answer again for what to bring and the cost."""
    entry = context.content.entries.get(context.person.last_entry or "")
    if incoming.kind != "text" or entry is None or not _recent(context):
        return None
    intent = context.meaning(incoming.text).intent
    if intent not in INTENTS:
        return None
    if intent in {"bring", "cost"}:
        return entries.reply(entry, context)
    contact = entry.contacts[0]
    return Reply(
        "answer",
        (_card(contact, context),),
        entries=(entry.id,),
        contacts=(contact,),
        locale=context.locale,
    )


def _recent(context: Context) -> bool:
    at = context.person.last_at
    return at is not None and context.now - at <= REMEMBERED


def _card(name: str, context: Context) -> Card:
    contact = context.content.contacts[name]
    call = cards.call_choice(name, context)
    choices: list[Choice] = [call] if call else []
    if contact.address:
        choices.append(Open(context.say("Map"), cards.map_url(contact.address)))
    return Card(
        title=context.tell(f"contact.{name}.name"),
        lines=tuple(cards.contact_lines(name, context)),
        choices=tuple(choices),
        locale=context.locale,
        alt=cards.alt(context),
    )
