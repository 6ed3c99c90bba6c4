"""Events built from LINE's own description of its webhook, with odd values among them: never a 5xx."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
import yaml
from conftest import ROOT, Bot, message, sign
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FILE = next(
    (
        file
        for folder in ROOT.parents
        if (file := folder / "shared/line-openapi/webhook.yml").exists()
    ),
    ROOT / "webhook.yml",
)
pytestmark = [
    pytest.mark.skipif(
        not FILE.exists(),
        reason="LINE's description of its webhook (line-openapi) is not on this machine",
    ),
    pytest.mark.databases("sqlite"),
]
ODD = st.sampled_from(
    [None, True, 0, -1, 2**63, 1e308, "", "\0", "\ud800", "あ" * 3000, [], {}, [[]], {"type": {}}, "null"]
)  # fmt: skip
PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(max_size=20), "integer": st.integers(0, 2**41), "number": st.floats(-200, 200),
    "boolean": st.booleans(),
}  # fmt: skip


@cache
def schemas() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["components"][
        "schemas"
    ]
    return found


def merged(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with what it refers to and consists of."""
    if "$ref" in schema:
        return merged(schemas()[schema["$ref"].rsplit("/", 1)[1]])
    whole = {key: value for key, value in schema.items() if key != "allOf"}
    for part in schema.get("allOf", ()):
        more = merged(part)
        properties = {**more.get("properties", {}), **whole.get("properties", {})}
        whole = {**more, **whole, "properties": properties}
    return whole


def made(schema: dict[str, Any], kind: str | None = None) -> st.SearchStrategy[Any]:
    """Values as described; one in ten is odd. `kind` is the discriminator's name for it."""
    whole = merged(schema)
    mapping = whole.get("discriminator", {}).get("mapping", {})
    if mapping and kind is None:
        each = (st.builds(dict).flatmap(_later(ref, name)) for name, ref in mapping.items())
        return st.one_of(list(each))
    if "properties" in whole or whole.get("type") == "object":
        return rarely_odd(_object(whole, kind))
    if whole.get("type") == "array":
        return rarely_odd(st.lists(made(whole["items"]), max_size=3))
    if "enum" in whole:
        return rarely_odd(st.sampled_from(whole["enum"]))
    return rarely_odd(PLAIN.get(whole.get("type", "string"), st.text(max_size=20)))


def _later(ref: str, name: str) -> Any:
    return lambda _: made({"$ref": ref}, name)


def _object(whole: dict[str, Any], kind: str | None) -> st.SearchStrategy[Any]:
    fields = {name: made(one) for name, one in whole.get("properties", {}).items()}
    if kind is not None:
        fields["type"] = st.just(kind)
    needed = {"type", *whole.get("required", ())}
    always = {name: field for name, field in fields.items() if name in needed}
    rest = {name: field for name, field in fields.items() if name not in needed}
    return st.fixed_dictionaries(always, optional=rest)


def rarely_odd(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 9).flatmap(lambda chance: ODD if chance == 9 else usual)


@cache
def described_events() -> st.SearchStrategy[Any]:
    return made({"$ref": "#/components/schemas/Event"})


def test_the_description_is_understood() -> None:
    kinds = merged({"$ref": "#/components/schemas/Event"})["discriminator"]["mapping"]
    assert {"message", "postback", "unsend", "follow", "memberJoined"} <= set(kinds)
    assert {"replyToken", "webhookEventId", "source", "message"} <= set(
        merged({"$ref": kinds["message"]})["properties"]
    )


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_described_events_with_odd_values_get_no_5xx_and_silence_nobody(
    bot: Bot, data: st.DataObject
) -> None:
    found = data.draw(st.lists(described_events(), max_size=3))
    said = len(bot.line.replies)
    plain = message("ごみは いつ だしますか", person="U" + "9" * 32)
    body = json.dumps({"destination": "U0", "events": [*found, plain]}).encode()
    assert bot.post(body, "unsigned") == 401
    assert bot.post(body, sign(body)) == 200
    bot.work()
    assert len(bot.line.replies) > said
