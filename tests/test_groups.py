"""Groups of volunteers: silent unless asked, nobody's question repeated, private matters one to one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Bot, event, message

from bot.content import Content

GROUP = {"type": "group", "groupId": "C" + "9" * 32, "userId": "U" + "1" * 32}


def in_group(bot: Bot, text: str) -> str:
    return bot.do(message(text), source=GROUP)


def pressed(bot: Bot, data: str) -> str:
    return bot.do(event("postback", postback={"data": data}), source=GROUP)


def named(bot: Bot, text: str, name: str = "@Tomoni") -> str:
    """A message that mentions the bot; offsets are UTF-16 units, as LINE counts."""
    index = len(text[: text.index(name)].encode("utf-16-le")) // 2
    own = {"index": index, "length": len(name), "type": "user", "isSelf": True}
    return bot.do(message(text, mention={"mentionees": [own]}), source=GROUP)


@pytest.mark.parametrize(
    "text", ["events this week", "今週のイベント", "hello", "Tomoni, events today"]
)
def test_it_is_silent_unless_it_is_meant(bot: Bot, text: str) -> None:
    assert in_group(bot, text) == "[]"


def test_another_members_name_is_no_mention_of_the_bot(bot: Bot) -> None:
    other = {"index": 0, "length": 5, "type": "user", "userId": "U" + "2" * 32}
    text = message("@Aiko events this week", mention={"mentionees": [other]})
    assert bot.do(text, source=GROUP) == "[]"


@pytest.mark.parametrize(
    "text",
    ["👨‍👩‍👧🎌 @Tomoni events in june", "@Tomoni events in june", "events in june @Tomoni 🎬"],
)
def test_a_mention_is_answered_wherever_it_stands(bot: Bot, text: str) -> None:
    said = named(bot, text)
    assert "World Refugee Day" in said
    assert "Tomoni events" not in said


@pytest.mark.parametrize(
    "command",
    [
        "/events",
        "/催し",
        "/イベント",
        "/EVENTS",
        "/events in june",
        "/події",
        "/sự-kiện",
        "/活动",
        "/فعاليات",
    ],
)
def test_the_programme_comes_by_slash_command_in_several_languages(bot: Bot, command: str) -> None:
    assert "do=gathering&id=" in in_group(bot, command)


@pytest.mark.parametrize(
    "command", ["/help", "/ヘルプ", "/使い方", "/допомога", "/帮助", "/aide", "/yardım"]
)
def test_help_says_in_few_words_how(bot: Bot, command: str) -> None:
    said = in_group(bot, command)
    assert "/leave" in said
    assert len(said) < 3000


@pytest.mark.parametrize("command", ["/leave", "/退出", "/さようなら", "/вийти", "/离开"])
def test_it_leaves_when_told_and_keeps_nothing(bot: Bot, command: str) -> None:
    in_group(bot, "/languages ja en")
    assert in_group(bot, command) != "[]"
    assert bot.line.left == [GROUP["groupId"]]


def test_an_unknown_slash_word_is_for_somebody_else(bot: Bot) -> None:
    assert in_group(bot, "/shrug lol") == "[]"


def test_it_introduces_itself_once(bot: Bot) -> None:
    said = bot.do(event("join"), source=GROUP)
    assert "/events" in said
    assert "/leave" in said
    assert bot.do(event("join"), source=GROUP) == "[]"
    assert bot.do(event("memberJoined", joined={"members": []}), source=GROUP) == "[]"


def test_two_languages_stand_side_by_side_when_asked(bot: Bot, content: Content) -> None:
    alone = in_group(bot, "/events")
    in_group(bot, "/languages en uk")
    said = in_group(bot, "/events")
    titles = [content.tell("gathering.nanmin-week.title", locale).text for locale in ("en", "uk")]
    assert len(set(titles)) == 2
    assert all(title in said for title in titles)
    assert not all(title in alone for title in titles)
    in_group(bot, "/languages uk")
    said = in_group(bot, "/events")
    assert [title in said for title in titles] == [False, True]


@pytest.mark.parametrize(
    "text",
    [
        "my name is Zarifa and my visa was refused",
        "events for Zarifa whose visa was refused",
        "how can Zarifa volunteer, her visa was refused",
        "qwertz Zarifa refused",
    ],
)
def test_a_members_question_and_name_are_never_repeated(bot: Bot, text: str) -> None:
    said = named(bot, f"@Tomoni {text}")
    assert said != "[]"
    for word in ("Zarifa", "refused", "U" + "1" * 32):
        assert word not in said


LINK = "https://line.me/R/oaMessage/%40tomoni/"


@pytest.mark.parametrize("locale", ["en", "uk", "ja"])
def test_private_matters_get_a_button_to_the_persons_own_chat(
    bot: Bot, content: Content, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.parts.desk, "_settings", {"line_account_id": "@tomoni"})
    in_group(bot, f"/languages {locale}")
    said = named(bot, "@Tomoni how do i apply for refugee status")
    ((reply,),) = json.loads(said)
    bubble = reply["contents"]
    say = content.say(locale)
    alone = "Please ask me that in a chat with me alone, so that it stays yours."
    assert texts(bubble) == ["Tomoni", say(alone)]
    assert buttons(bubble) == [
        {"type": "uri", "label": say("Open my own chat"), "uri": LINK},
        {"type": "postback", "label": say("What takes place"), "data": f"do=gatherings&in={locale}",
         "displayText": say("What takes place")},
    ]  # fmt: skip


def test_without_an_account_there_is_no_link_that_leads_nowhere(bot: Bot) -> None:
    said = named(bot, "@Tomoni how do i apply for refugee status")
    assert "line.me" not in said
    assert "do=gatherings" in said


def parts_of(node: Any, kind: str) -> list[dict[str, Any]]:
    """All Flex components of a type, in order."""
    if isinstance(node, list):
        return [one for item in node for one in parts_of(item, kind)]
    if not isinstance(node, dict):
        return []
    mine = [node] if node.get("type") == kind else []
    return mine + [one for item in node.values() for one in parts_of(item, kind)]


def texts(bubble: Any) -> list[str]:
    return [one["text"] for one in parts_of(bubble, "text") if "text" in one]


def buttons(bubble: Any) -> list[dict[str, Any]]:
    return [one["action"] for one in parts_of(bubble, "button")]


def test_the_weekly_programme_says_its_price_before_it_is_confirmed(
    bot: Bot, content: Content
) -> None:
    in_group(bot, "/languages en")
    ((reply,),) = json.loads(in_group(bot, "/digest"))
    say = content.say("en")
    cost = "Each of these messages counts {members} times in the month's messages of the city."
    assert say(cost, members="3") in texts(reply["contents"])
    pressed_for = [one["data"] for one in buttons(reply["contents"])]
    assert pressed_for == ["do=digest&in=en", "do=stop-digest&in=en"]
    with bot.parts.store.begin() as connection:
        assert bot.parts.jobs.reminders.digests(connection) == []
    pressed(bot, "do=digest")
    with bot.parts.store.begin() as connection:
        (digest,) = bot.parts.jobs.reminders.digests(connection)
    assert GROUP["groupId"] not in digest.to


def test_general_questions_are_answered_to_all(bot: Bot) -> None:
    assert "entry" in named(bot, "@Tomoni how can I volunteer")


@pytest.mark.parametrize(
    "data", ["do=reminders", "do=forget", "do=remind&id=world-refugee-day&at=2027-06-19T15:00"]
)
def test_buttons_that_are_somebodys_own_lead_out_of_the_group(bot: Bot, data: str) -> None:
    said = pressed(bot, data)
    assert "do=forget-now" not in said
    assert bot.parts.jobs.reminders.counts() == {}


def test_danger_is_answered_in_a_group_too(bot: Bot) -> None:
    assert "119" in named(bot, "@Tomoni someone is dying, call an ambulance")
