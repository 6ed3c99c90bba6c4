"""Choosing the language: by button, by its own name, or by the word "language" in any language."""

from __future__ import annotations

from functools import lru_cache

from bot import cards
from bot.context import Context
from bot.messages import Effect, Incoming, Reply, Text


def answer(incoming: Incoming, context: Context) -> Reply | None:
    """Shows the languages, or takes the one that was chosen."""
    action = incoming.action.get("do")
    if action == "language":
        return _chosen(incoming.action.get("locale", ""), context)
    if action == "languages":
        return show(context)
    if incoming.kind != "text":
        return None
    named = _named(incoming.text, tuple(context.content.languages.values()))
    if named:
        return _chosen(named, context)
    asked = context.meaning(incoming.text).intent == "language"
    return show(context) if asked else None


def show(context: Context) -> Reply:
    """Every language in its own script, the likeliest first."""
    title = f"{context.say('Language')} / Language / 言語（げんご）"
    listed = cards.list_cards(title, cards.language_choices(context), context)
    return Reply("command", (listed,), locale=context.locale)


@lru_cache(maxsize=4)
def _names(languages: tuple[object, ...]) -> dict[str, str]:
    named: dict[str, str] = {}
    for language in languages:
        for words in (language.name, language.english):  # type: ignore[attr-defined]
            for part in (words, *words.replace(" and ", " / ").split(" / ")):
                named[_plain(part)] = language.id  # type: ignore[attr-defined]
    return named


def _named(text: str, languages: tuple[object, ...]) -> str | None:
    return _names(languages).get(_plain(text))


def _plain(text: str) -> str:
    return " ".join(text.casefold().strip(" .!?。！？").split())


def _chosen(locale: str, context: Context) -> Reply:
    if locale not in context.content.languages:
        return show(context)
    say = context.content.say(locale)
    name = context.content.languages[locale].name
    if locale not in context.content.locales:
        body = say(
            "There is no text in {language} yet. I answer in easy Japanese and English.",
            language=name,
        )
    else:
        body = say("From now on I answer in {language}.", language=name)
    new = Context(context.content, context.matcher, context.person, locale, context.now)
    menu = cards.menu_card(
        new, say("What do you need?"), say("Choose, or write in your own words.")
    )
    effects = (Effect("set_locale", {"locale": locale}),)
    return Reply("command", (Text(body, locale), menu), locale=locale, effects=effects)
