"""What staff are told: one broken file for every promised message, and the last good copy."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from conftest import ROOT

from bot import content as content_of
from bot.content import Library

BROKEN = sorted((ROOT / "tests" / "broken").glob("*.yaml"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The real content, to be broken."""
    shutil.copytree(ROOT / "faq", tmp_path / "faq")
    shutil.copytree(ROOT / "locales", tmp_path / "locales")
    return tmp_path


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_every_mistake_is_named_with_its_place_and_remedy(file: Path, copy: Path) -> None:
    shutil.copy(file, copy / "faq" / "living" / "garbage.yaml")
    _, problems = content_of.load(copy / "faq", copy / "locales")
    mine = [str(problem) for problem in problems if "garbage.yaml" in str(problem)]
    assert mine, "nothing was said"
    first = file.read_bytes().split(b"\n")[0].decode("utf-8", "replace")
    wanted = first.partition("expected: ")[2]
    assert any(wanted in said for said in mine), mine
    assert all(said.split(":")[1].isdigit() for said in mine), mine
    assert any(any("\u3040" <= letter <= "\u30ff" for letter in said) for said in mine)


def test_all_mistakes_of_all_files_are_said_at_once(copy: Path) -> None:
    for name in ("garbage", "pension", "my-number-card"):
        file = next((copy / "faq").glob(f"*/{name}.yaml"))
        file.write_text(
            file.read_text(encoding="utf-8").replace("risk:", "rsik:"), encoding="utf-8"
        )
    _, problems = content_of.load(copy / "faq", copy / "locales")
    assert {"garbage", "pension", "my-number-card"} <= {
        Path(str(one).split(":")[0]).stem for one in problems
    }


def test_a_good_edit_is_taken_and_a_broken_one_keeps_the_last_good(copy: Path) -> None:
    library = Library(copy / "faq", copy / "locales")
    file = copy / "faq" / "living" / "garbage.yaml"
    good = file.read_text(encoding="utf-8")
    file.write_text(good.replace("title: ごみの出し方", "title: ごみの日"), encoding="utf-8")
    assert library.refresh()
    assert library.content.entries["garbage"].title == "ごみの日"
    file.write_text("id: [", encoding="utf-8")
    assert not library.refresh()
    assert library.content.entries["garbage"].title == "ごみの日"
    assert library.problems
    file.write_text(good, encoding="utf-8")
    os.utime(file, (1, 1))
    assert library.refresh()
    assert library.problems == []


def test_changed_japanese_makes_every_translation_outdated_whatever_ran(copy: Path) -> None:
    file = copy / "faq" / "living" / "garbage.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("1週間に2回", "1週間に3回"), encoding="utf-8")
    content, problems = content_of.load(copy / "faq", copy / "locales")
    assert problems == []
    for locale in content.catalogs:
        assert content.state("garbage.answer", locale) in {"outdated", "missing"}
        assert content.tell("garbage.answer", locale).locale == "ja"


def test_a_new_language_is_a_row_two_catalogs_and_phrases(copy: Path) -> None:
    rows = copy / "faq" / "languages.yaml"
    row = ("- {id: km, babel: km, name: ខ្មែរ, english: Khmer, direction: ltr, script: Khmr, "
           "profile: [km], fallback: [ja-simple, en, ja]}\n")  # fmt: skip
    rows.write_text(rows.read_text(encoding="utf-8") + row, encoding="utf-8")
    shutil.copytree(copy / "locales" / "en", copy / "locales" / "km")
    (copy / "faq" / "phrases" / "km.yaml").write_text('garbage:\n  - "សំរាម"\n', encoding="utf-8")
    content, problems = content_of.load(copy / "faq", copy / "locales")
    assert problems == []
    assert "km" in content.locales
    assert content.has("garbage.answer", "km")
