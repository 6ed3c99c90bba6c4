"""Translators' work is never lost, and never shown for Japanese that it does not translate."""

from __future__ import annotations

import shutil
from pathlib import Path

import polib
import pytest
from conftest import ROOT
from openpyxl import load_workbook

from bot import content as content_of
from bot import translations
from bot.content import Content


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "faq", tmp_path / "faq")
    shutil.copytree(ROOT / "locales", tmp_path / "locales")
    return tmp_path


def load(copy: Path) -> Content:
    content, problems = content_of.load(copy / "faq", copy / "locales")
    assert problems == []
    return content


def change(copy: Path) -> None:
    file = copy / "faq" / "living" / "garbage.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("1週間に2回", "1週間に3回"), encoding="utf-8"
    )


def test_sync_twice_gives_the_same_bytes(copy: Path) -> None:
    file = translations.file_of(copy / "locales", "en")
    translations.sync(load(copy), copy / "locales", "en")
    first = file.read_bytes()
    translations.sync(load(copy), copy / "locales", "en")
    assert file.read_bytes() == first


def test_changed_japanese_is_outdated_after_sync_with_the_old_words_beside(copy: Path) -> None:
    change(copy)
    translations.sync(load(copy), copy / "locales", "en")
    content = load(copy)
    assert content.state("garbage.answer", "en") == "outdated"
    item = next(one for one in polib.pofile(str(translations.file_of(copy / "locales", "en")))
                if one.msgctxt == "garbage.answer")  # fmt: skip
    assert "1週間に2回" in item.previous_msgid
    assert "1週間に3回" in item.msgid


def test_an_editor_that_drops_the_old_words_still_cannot_make_it_current(copy: Path) -> None:
    file = translations.file_of(copy / "locales", "en")
    catalog = polib.pofile(str(file))
    for item in catalog:  # Poedit and Weblate: "fuzzy" gone, msgid of yesterday
        item.flags = []
    catalog.save(str(file))
    assert load(copy).state("garbage.answer", "en") == "current"
    change(copy)
    assert load(copy).state("garbage.answer", "en") == "outdated"


def test_a_merge_that_leaves_no_old_words_is_told_by_the_comment(copy: Path) -> None:
    translations.sync(load(copy), copy / "locales", "en")
    change(copy)
    content, file = load(copy), translations.file_of(copy / "locales", "en")
    catalog = polib.pofile(str(file))
    for item in catalog:  # msgmerge without --previous: today's msgid, yesterday's translation
        if item.msgctxt in {"garbage.answer", "garbage.clerk"}:
            item.msgid = content.japanese[item.msgctxt]
            item.flags = ["fuzzy"]
    catalog.save(str(file))
    assert load(copy).state("garbage.answer", "en") == "outdated"
    assert load(copy).state("garbage.clerk", "en") == "draft"
    other = next(item for item in catalog if item.msgctxt == "pension.clerk")
    item = next(item for item in catalog if item.msgctxt == "garbage.clerk")
    item.msgstr, item.tcomment = other.msgstr, other.tcomment  # fuzzy matching over keys
    catalog.save(str(file))
    assert load(copy).state("garbage.clerk", "en") == "outdated"


def test_a_translation_with_another_number_is_never_shown(copy: Path) -> None:
    file = translations.file_of(copy / "locales", "en")
    catalog = polib.pofile(str(file))
    for item in catalog:
        if item.msgctxt == "resident-registration.answer":
            item.msgstr = item.msgstr.replace("14 days", "15 days")
    catalog.save(str(file))
    content = load(copy)
    assert content.state("resident-registration.answer", "en") == "wrong"
    assert content.tell("resident-registration.answer", "en").locale == "ja-simple"
    (problem,) = translations.wrong(content, copy / "locales")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[problem.line - 1] == 'msgctxt "resident-registration.answer"'
    assert "14 15" in problem.ja and "14 15" in problem.en


def test_a_language_is_a_row_two_catalogs_and_phrases(copy: Path) -> None:
    row = (
        "- {id: km, babel: km, name: ខ្មែរ, english: Khmer, direction: ltr, script: Khmr, "
        "profile: [km], fallback: [ja-simple, en, ja]}\n"
    )
    with (copy / "faq" / "languages.yaml").open("a", encoding="utf-8") as table:
        table.write(row)
    phrases = "garbage:\n  - ថ្ងៃណាចោលសំរាម\nresident-registration:\n  - ប្តូរផ្ទះត្រូវប្រាប់កន្លែងណា\n"
    (copy / "faq" / "phrases" / "km.yaml").write_text(phrases, encoding="utf-8")
    translations.sync(load(copy), copy / "locales", "km")
    words = polib.POFile()
    words.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    words.append(polib.POEntry(msgid="Language", msgstr="ភាសា"))
    words.save(str(copy / "locales" / "km" / "LC_MESSAGES" / "bot.po"))
    content = load(copy)
    assert "km" in content.offered
    assert content.say("km")("Language") == "ភាសា"
    assert content.tell("garbage.answer", "km").locale == "ja-simple"
    assert translations.status(content)["km"] == {"missing": len(content.japanese)}


def test_reworded_japanese_keeps_its_translations(copy: Path) -> None:
    file = copy / "faq" / "living" / "garbage.yaml"
    words = file.read_text(encoding="utf-8").replace("1週間に2回", "週に2回（1週間に）")
    file.write_text(words, encoding="utf-8")
    content = load(copy)
    translations.sync(content, copy / "locales", "en")
    assert translations.reword(content, copy / "locales", "garbage") >= 1
    assert load(copy).state("garbage.answer", "en") == "draft"


def test_a_renamed_entry_keeps_its_translations_and_those_who_point_to_it(copy: Path) -> None:
    translations.rename(copy / "faq", copy / "locales", "garbage", "waste")
    content = load(copy)
    assert content.state("waste.answer", "en") == "draft"
    assert "garbage" not in content.entries
    assert any("waste" in entry.related for entry in content.entries.values())


def test_a_spreadsheet_goes_out_and_comes_back(copy: Path, tmp_path: Path) -> None:
    file = tmp_path / "en.xlsx"
    assert translations.export(load(copy), "en", file) == len(load(copy).japanese)
    book = load_workbook(file)
    sheet = book["en"]
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    rows["garbage.title"][2].value = "Rubbish"
    rows["pension.title"][2].value = "=1+1"
    rows["pension.answer"][2].value = "with a {hole}"
    rows["volunteer.answer"][3].value = "stale"
    book.save(file)
    taken, refused = translations.take(load(copy), copy / "locales", file)
    assert load(copy).catalogs["en"]["garbage.title"].text == "Rubbish"
    assert len(refused) == 3
    assert all("row" in sentence for sentence in refused)
    assert taken == len(rows) - 3


def test_what_is_no_spreadsheet_is_refused(copy: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(b"not a zip")
    with pytest.raises(translations.Refused):
        translations.take(load(copy), copy / "locales", file)
