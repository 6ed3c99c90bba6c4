"""The webhook: who may speak, what is readable, and that no request harms another."""

from __future__ import annotations

import json

import pytest
from conftest import Bot, event, message, sign
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

pytestmark = pytest.mark.databases("sqlite", "postgresql")

VECTOR_BODY = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
VECTOR_SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
VECTOR_SIGNATURE = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


def test_lines_own_signature_example_is_accepted() -> None:
    from bot.line import signed_by_line

    assert signed_by_line(VECTOR_BODY, VECTOR_SIGNATURE, [VECTOR_SECRET])
    assert signed_by_line(VECTOR_BODY, VECTOR_SIGNATURE, ["new", VECTOR_SECRET])
    assert not signed_by_line(VECTOR_BODY + b" ", VECTOR_SIGNATURE, [VECTOR_SECRET])


@pytest.mark.parametrize("signature", ["", "x", "あ", VECTOR_SIGNATURE, "=" * 4000])
def test_a_wrong_signature_is_refused_without_traceback(bot: Bot, signature: str) -> None:
    body = json.dumps({"events": [message("ごみ")]}).encode()
    assert bot.post(body, signature.encode("utf-8").decode("latin-1")) == 401
    assert bot.parts.desk.inbox.counts() == {}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[]", 400),
        (b"{}", 400),
        (b'{"events": {}}', 400),
        (b'{"events": []}', 200),
        (b'{"events": [' + b"[" * 5000 + b"]" * 5000 + b"]}", 400),
        (b'{"events": [null, 1, "x", []]}', 200),
        (b'{"destination": ["U0"], "events": []}', 200),
        (b'{"destination": {"U0": 1}, "events": []}', 200),
        (b" " * (1024 * 1024 + 1), 413),
    ],
    ids=str,
)
def test_every_body_gets_its_answer(bot: Bot, body: bytes, status: int) -> None:
    assert bot.post(body) == status


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
odd_events = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["message", "postback", "unsend", "follow", "join", "new"])
        | json_values,
        "mode": st.sampled_from(["active", "standby"]) | json_values,
        "replyToken": json_values,
        "timestamp": json_values,
        "source": json_values,
        "webhookEventId": json_values,
        "message": st.fixed_dictionaries(
            {},
            optional={
                "type": st.sampled_from(["text", "location", "sticker"]) | json_values,
                "text": json_values,
                "mention": json_values,
                "latitude": json_values,
                "longitude": json_values,
            },
        )
        | json_values,
        "postback": json_values,
        "unsend": json_values,
    },
)


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(odd_events, max_size=4))
def test_no_signed_event_however_odd_gets_a_5xx_or_silences_its_neighbour(
    bot: Bot, odd: list[dict[str, object]]
) -> None:
    said = len(bot.line.replies)
    body = json.dumps(
        {"events": [*odd, message("ごみは いつ だしますか", person="U" + "9" * 32)]}
    ).encode()
    assert bot.post(body, sign(body)) == 200
    bot.work()
    assert len(bot.line.replies) > said


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=300))
def test_no_bytes_get_a_5xx(bot: Bot, body: bytes) -> None:
    assert bot.post(body) in {200, 400}
    assert bot.post(body, "AAAA") == 401


def test_what_is_missing_or_unknown_never_silences_a_person_who_wrote(bot: Bot) -> None:
    plain = message("ごみ")
    for name in ("webhookEventId", "deliveryContext", "timestamp", "mode"):
        without = {key: value for key, value in message("ごみ").items() if key != name}
        assert "ごみ" in bot.do(without), name
    assert "ごみ" in bot.do({**plain, "newProperty": {"a": 1}, "mode": "later"})
    typed = message("ごみ")
    typed["message"]["type"] = "textV9"
    assert "ごみ" in bot.do(typed)


def test_fake_verification_tokens_and_standby_are_ignored(bot: Bot) -> None:
    assert bot.do(message("ごみ"), replyToken="0" * 32) == "[]"
    assert bot.do(message("ごみ"), replyToken="f" * 32) == "[]"
    assert bot.do(message("ごみ"), mode="standby") == "[]"


def test_a_redelivered_event_is_answered_once(bot: Bot) -> None:
    same = message("ごみ")
    bot.do(same)
    assert bot.do({**same, "deliveryContext": {"isRedelivery": True}}) == "[]"


def test_an_event_without_an_id_is_known_again_by_its_content(bot: Bot) -> None:
    same = {key: value for key, value in message("ごみ").items() if key != "webhookEventId"}
    assert bot.do(same) != "[]"
    assert bot.do({**same, "deliveryContext": {"isRedelivery": True}}) == "[]"


def test_several_events_of_one_request_are_answered_each(bot: Bot) -> None:
    people = [f"U{n:032}" for n in range(3)]
    bot.receive(*(message("ごみ", person) for person in people))
    bot.work()
    assert len(bot.line.replies) == 3


def test_a_mention_is_cut_out_by_utf16_units(bot: Bot) -> None:
    group = {"type": "group", "groupId": "C" + "1" * 32, "userId": "U" + "1" * 32}
    own = {"index": 3, "length": 7, "type": "user", "isSelf": True}
    said = bot.do(message("😀 @Tomoni ごみは いつ", mention={"mentionees": [own]}), source=group)
    assert "ごみ" in said
    assert bot.do(message("ごみは いつ"), source=group) == "[]"


def test_pictures_are_not_fetched_and_places_are_answered(bot: Bot) -> None:
    for kind in ("image", "video", "audio", "file", "sticker"):
        assert "text" in bot.do(event("message", message={"id": "1", "type": kind}))
    place = {"id": "1", "type": "location", "latitude": 35.35, "longitude": 139.53}
    assert "大船支所" in bot.do(event("message", message=place))
    nowhere = {"id": "1", "type": "location", "latitude": "x", "longitude": None}
    assert bot.do(event("message", message=nowhere)) != "[]"


def test_health_says_what_is_true_and_every_page_has_its_headers(bot: Bot) -> None:
    answer = bot.app.test_client().get("/health")
    found = answer.get_json()
    assert (answer.status_code, found["ready"], found["database"]) == (200, True, "ok")
    assert found["content"]["entries"] == 86
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert bot.app.test_client().get("/nothing").status_code == 404
    assert bot.app.test_client().get("/callback").status_code == 405
    assert b"tomoni_webhook_rejected_total" in bot.app.test_client().get("/metrics").data
