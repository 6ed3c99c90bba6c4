"""One body for every kind of event in LINE's description: each gets its 200 and the answer that is due."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import ROOT, Bot

FILES = sorted((ROOT / "tests" / "payloads").glob("*.json"))
SILENT = {
    "message_text_group_silent", "unfollow", "leave", "member_joined", "member_left", "unsend",
    "video_play_complete", "beacon", "account_link", "membership", "module", "activated", "deactivated",
    "bot_suspended", "bot_resumed", "delivery", "unknown_type",
}  # fmt: skip


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_kind_of_event_gets_what_is_due(file: Path, bot: Bot) -> None:
    assert bot.post(file.read_bytes()) == 200
    bot.work()
    assert bool(bot.line.replies) == (file.stem not in SILENT)
    assert bot.parts.desk.inbox.counts().get("dead", 0) == 0


def test_every_event_type_of_the_specification_has_a_payload() -> None:
    spec = ROOT.parent / "shared" / "line-openapi" / "webhook.yml"
    if not spec.exists():
        pytest.skip("LINE's webhook description is not on this machine")
    import yaml

    described = yaml.safe_load(spec.read_text(encoding="utf-8"))
    mapping = described["components"]["schemas"]["Event"]["discriminator"]["mapping"]
    covered = {json.loads(file.read_text(encoding="utf-8"))["events"][0]["type"] for file in FILES}
    assert {name for name in mapping if not name.startswith("pnp")} <= covered
