"""Hello, thanks, sorry, who are you: a short human answer."""

from __future__ import annotations

from bot import cards
from bot.context import Context
from bot.i18n import mark
from bot.messages import Incoming, Reply

ANSWERS = {
    "hello": mark("Hello! How can I help you?"),
    "thanks": mark("You are welcome. Write to me at any time."),
    "sorry": mark("No problem at all."),
    "goodbye": mark("Take care. I am here day and night."),
    "ok": mark("Good. Write to me when you need something."),
    "how-are-you": mark("Thank you for asking. I am a program, and I am here for you."),
    "who-are-you": mark(
        "I am Tomoni, a program of Kamakura city. I show answers that staff approved. "
        "I am not a person and nobody reads this chat."
    ),
    "help": mark("Write your question in your own words, in your own language. Or choose here."),
}


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """Answers small talk and shows the menu."""
    if incoming.kind != "text":
        return None
    intent = context.meaning(incoming.text).intent
    if intent not in ANSWERS:
        return None
    menu = cards.menu_card(context, "Tomoni", context.say(ANSWERS[intent]))
    return Reply("smalltalk", (menu,), locale=context.locale)
