"""Conversations: what a person writes, and what must be in the answer. One file a need, several languages."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Bot, event

DIALOGS = sorted((ROOT / "tests" / "dialogs").glob("*.yaml"))


@pytest.mark.parametrize("file", DIALOGS, ids=lambda file: file.stem)
def test_a_conversation_goes_as_written(file: Path, bot: Bot) -> None:
    for number, dialog in enumerate(yaml.safe_load(file.read_text(encoding="utf-8"))):
        person = f"U{number:032}"
        if dialog.get("language"):
            bot.do(
                event(
                    "postback",
                    person,
                    postback={"data": f"do=language&locale={dialog['language']}"},
                )
            )
        for turn in dialog["turns"]:
            said = (
                bot.do(event("postback", person, postback={"data": turn["press"]}))
                if "press" in turn
                else bot.tell(turn["write"], person)
            )
            for wanted in turn.get("says", []):
                assert wanted in said, (dialog.get("language"), turn, said[:600])
            for unwanted in turn.get("never", []):
                assert unwanted not in said, (turn, unwanted)
