"""A person adds the account: a greeting, the choice of language, and what not to send."""

from __future__ import annotations

from bot import cards
from bot.context import Context
from bot.messages import Card, Incoming, Line, Reply


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """Greets in the language of the profile, in easy Japanese and in English, until one is chosen."""
    if incoming.kind != "follow":
        return None
    known = {context.person.locale or context.locale}
    locales = dict.fromkeys([*known, "ja-simple", "en"])
    greeting = Card(
        title="Tomoni",
        lines=tuple(line for locale in locales for line in _welcome(context, locale)),
        locale=context.locale,
        alt=cards.alt(context),
    )
    title = " / ".join(dict.fromkeys(context.content.say(name)("Language") for name in locales))
    choice = cards.list_cards(title, cards.language_choices(context), context)
    return Reply("command", parts=(greeting, choice), locale=context.locale)


def _welcome(context: Context, locale: str) -> tuple[Line, ...]:
    say = context.content.say(locale)
    return (
        Line(
            say(
                "Hello. I am Tomoni, the answering bot of Kamakura for people from other countries."
            ),
            "strong",
            locale,
        ),
        Line(
            say(
                "Ask me about life in Kamakura. I show answers that the city's staff approved. I never guess."
            ),
            "body",
            locale,
        ),
        Line(
            say("Please do not send your name, address or card numbers. Nobody reads this chat."),
            "small",
            locale,
        ),
        Line("", "rule"),
    )
