"""What `flask bot check` says of a gathering that cannot be."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import ROOT

from bot import content as content_of

GOOD = """id: x
kind: class
title: 教室
organiser: arrupe
starts_at: 2026-12-05T14:00
ends_at: 2026-12-05T16:00
repeat: {every: week, on: [sat]}
"""


def problems(folder: Path, text: str, name: str = "x") -> str:
    target = folder / "faq"
    shutil.copytree(ROOT / "faq", target)
    (target / "gatherings" / f"{name}.yaml").write_text(text, encoding="utf-8")
    _, found = content_of.load(target, ROOT / "locales")
    return "\n".join(map(str, found))


def test_a_good_gathering_is_not_complained_of(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD) == ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("05T16:00", "05T13:00", "before the start"),
        ("arrupe", "arupe", "Did you mean arrupe"),
        ("on: [sat]}", "on: [sat], until: 2026-11-30}", "before it starts"),
        ("{every: week, on: [sat]}", "{every: month, on: [sat], weeks: [5], until: 2026-12-20}", "never takes place"),
        ("on: [sat]}", "on: [sun]}", "no day of its own rule"),
        ("on: [sat]}", "on: [sat]}\nchanges: [{on: 2026-12-08, cancelled: true}]", "no date of this gathering"),
    ],
    ids=["end", "contact", "until", "never", "first day", "change"],
)  # fmt: skip
def test_what_cannot_be_is_named_with_its_file(
    old: str, new: str, said: str, tmp_path: Path
) -> None:
    found = problems(tmp_path, GOOD.replace(old, new))
    assert said in found
    assert "x.yaml" in found


def test_two_files_with_one_id_are_refused(tmp_path: Path) -> None:
    assert "Make them the same" in problems(tmp_path, GOOD, "y")
