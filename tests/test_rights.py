"""A person's rights in every language that is offered: what is known, forgetting after one question, hiding."""

from __future__ import annotations

import pytest
from conftest import NOON, ROOT, Bot, event
from sqlalchemy import func, select
from test_repository import locales

from bot.content import Content
from bot.context import Context
from bot.learning import Learner
from bot.messages import Person
from bot.source import read
from bot.store.tables import people
from handlers import entries

OFFERED = [name for name in locales() if name != "si"]
SPOKEN = sorted(file.stem for file in (ROOT / "faq" / "intents").glob("*.yaml"))


def press(bot: Bot, data: str) -> str:
    return bot.do(event("postback", postback={"data": data}))


def known_people(bot: Bot) -> int:
    with bot.parts.store.begin() as connection:
        return int(connection.execute(select(func.count()).select_from(people)).scalar_one())


@pytest.mark.parametrize("locale", OFFERED)
def test_forgetting_asks_once_says_what_goes_and_is_done_at_once(
    bot: Bot, content: Content, locale: str
) -> None:
    say = content.say(locale)
    press(bot, f"do=language&locale={locale}")
    assert content.languages[locale].name in press(bot, "do=known")
    asked = press(bot, "do=forget")
    assert say("Delete everything about you?") in asked and "forget-now" in asked
    assert known_people(bot) == 1, "nothing goes before the person says yes"
    assert say("Done. I know nothing about you any more.") in press(bot, "do=forget-now")
    assert known_people(bot) == 0


@pytest.mark.parametrize("locale", OFFERED)
def test_hiding_leaves_nothing_telling_on_the_screen(
    bot: Bot, content: Content, locale: str
) -> None:
    press(bot, f"do=language&locale={locale}")
    press(bot, "do=entry&entry=domestic-violence")
    said = press(bot, "do=hide")
    assert content.say(locale)("Kamakura city: information for residents.") in said
    assert content.tell("domestic-violence.title", locale).text not in said
    assert "domestic-violence" not in said
    with bot.parts.store.begin() as connection:
        assert connection.execute(select(people.c.last_entry)).scalar_one() is None


@pytest.mark.parametrize("wish", ["forget", "known", "hide"])
@pytest.mark.parametrize("locale", SPOKEN)
def test_most_ways_of_saying_it_are_understood(
    content: Content, learner: Learner, locale: str, wish: str
) -> None:
    """The phrases themselves: where even they are not understood, a person has no way by words."""
    texts = read(ROOT / "faq" / "intents" / f"{locale}.yaml", [])[wish]
    heard = [learner.knowledge.matcher.best(text, locale).intent == wish for text in texts]
    assert sum(heard) >= 0.7 * len(heard), [
        text for text, right in zip(texts, heard, strict=True) if not right
    ]


@pytest.mark.parametrize("field", ["review_by", "expires_on"])
@pytest.mark.parametrize("locale", OFFERED)
def test_an_old_answer_is_shown_with_its_date_and_a_request_to_confirm(
    content: Content, learner: Learner, locale: str, field: str
) -> None:
    entry = content.entries["garbage"]
    old = entry.model_copy(update={field: NOON.date().replace(year=2025)})
    context = Context(content, learner.knowledge.matcher, Person("p", locale), locale, NOON)
    said = str(entries.reply(old, context).parts)
    wanted = content.say(locale)("This answer is old (checked {date}). Please confirm it.").split(
        "{"
    )[0]
    assert wanted in said
    assert wanted not in str(entries.reply(entry, context).parts)
