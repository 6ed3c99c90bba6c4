"""A person sends a place: the nearest offices, and where to run if the ground shakes."""

from __future__ import annotations

from bot import cards, directory
from bot.context import Context
from bot.messages import Call, Card, Choice, Effect, Incoming, Line, Open, Reply
from handlers.choices import entry_choices

EVACUATION = ("evacuation-shelters", "earthquake-tsunami-now")


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """Contacts near the place; the place is kept only as long as the conversation."""
    if incoming.kind != "location" or incoming.position is None:
        return None
    names = directory.nearest(context.content.contacts, incoming.position)
    known = [name for name in EVACUATION if name in context.content.entries]
    place = {"lat": f"{incoming.position[0]:.3f}", "lon": f"{incoming.position[1]:.3f}"}
    return Reply(
        "answer" if names else "fallback",
        parts=(tuple(_near(name, context) for name in names) or _nowhere(context),),
        choices=entry_choices(known, context),
        contacts=tuple(names),
        locale=context.locale,
        effects=(Effect("place", place),),
    )


def _near(name: str, context: Context) -> Card:
    contact = context.content.contacts[name]
    call = cards.call_choice(name, context)
    choices: list[Choice] = [call] if isinstance(call, Call) else []
    if contact.address:
        choices.append(Open(context.say("Map"), cards.map_url(contact.address)))
    return Card(
        title=context.say("Near you"),
        lines=(*cards.contact_lines(name, context), Line(context.tell(f"contact.{name}.remit"))),
        choices=tuple(choices),
        locale=context.locale,
        alt=cards.alt(context),
    )


def _nowhere(context: Context) -> Card:
    return cards.menu_card(context, context.say("I know no office near this place."))
