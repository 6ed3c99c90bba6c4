"""Keeping translations true: status, sync, reword, rename, and spreadsheets for translators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polib

from bot.content import Content
from bot.i18n import HOLE, MADE_FROM, differences, fingerprint, line_of
from bot.source import Problem, problem

COLUMNS = ("key", "日本語 / Japanese", "translation", "fingerprint")
WIDTHS = (34, 70, 70, 14)
FORMULA = ("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")
LARGEST = 5_000_000  # bytes of a spreadsheet that is read


def file_of(locales_dir: Path, locale: str) -> Path:
    """Where the translations of faq/ into a language are."""
    return locales_dir / locale / "LC_MESSAGES" / "faq.po"


def status(content: Content) -> dict[str, dict[str, int]]:
    """For each language, how many texts are missing, draft, outdated, current."""
    return {
        locale: dict(Counter(content.state(key, locale) for key in content.japanese))
        for locale in content.catalogs
    }


def wrong(content: Content, locales_dir: Path) -> Iterator[Problem]:
    """Each translation whose numbers or holes are not those of its Japanese: it is not shown."""
    for locale, catalog in content.catalogs.items():
        for key, japanese in content.japanese.items():
            if content.state(key, locale) == "wrong":
                file, babel = file_of(locales_dir, locale), content.languages[locale].babel
                what = " ".join(differences(japanese, catalog[key].text, babel))
                line = line_of(file, key)
                yield problem(file, "not-as-japanese", line, locale=locale, key=key, value=what)


def sync(content: Content, locales_dir: Path, locale: str) -> int:
    """Bring a catalog to today's Japanese, by key; what was translated from other words becomes outdated.

    Twice gives the same bytes. Returns how many texts need a translator. Not `pybabel update`: it matches
    across keys, and put the ambulance's answer into the police's entry.
    """
    file = file_of(locales_dir, locale)
    old = polib.pofile(str(file)) if file.exists() else polib.POFile(wrapwidth=100)
    known = {item.msgctxt: item for item in old if item.msgctxt}
    new = polib.POFile(wrapwidth=100)
    new.metadata = dict(old.metadata) or {
        "Language": locale.replace("-", "_"),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "X-Review": "draft",
    }
    for key, japanese in content.japanese.items():
        new.append(_brought(known.get(key), key, japanese))
    file.parent.mkdir(parents=True, exist_ok=True)
    new.save(str(file))
    return sum(1 for item in new if not item.msgstr or item.previous_msgid)


def _brought(item: polib.POEntry | None, key: str, japanese: str) -> polib.POEntry:
    if item is None or not item.msgstr:
        return polib.POEntry(msgctxt=key, msgid=japanese)
    made = polib.POEntry(
        msgctxt=key,
        msgid=japanese,
        msgstr=item.msgstr,
        flags=sorted(item.flags),
        tcomment=item.tcomment,
    )
    if item.msgid.strip() != japanese.strip():
        made.previous_msgid = item.previous_msgid or item.msgid
    elif item.previous_msgid:
        made.previous_msgid = item.previous_msgid
    if made.previous_msgid and "fuzzy" not in made.flags:
        made.flags = [*made.flags, "fuzzy"]
    elif not made.previous_msgid and not MADE_FROM.search(made.tcomment):
        settle(made, drafts="fuzzy" in made.flags)
    return made


def settle(item: polib.POEntry, drafts: bool) -> None:
    """The translation is one of today's Japanese; in a catalog of drafts a speaker has yet to read it."""
    item.previous_msgid = None
    item.flags = ["fuzzy"] if drafts else []
    comment = MADE_FROM.sub("", item.tcomment).strip()
    item.tcomment = f"{comment}\nja:{fingerprint(item.msgctxt, item.msgid)}".strip()


def reword(content: Content, locales_dir: Path, entry: str) -> int:
    """Staff say that the meaning of an entry did not change: its translations stay. Returns how many."""
    kept = 0
    for file in sorted(locales_dir.glob("*/LC_MESSAGES/faq.po")):
        catalog = polib.pofile(str(file), wrapwidth=100)
        drafts = catalog.metadata.get("X-Review") == "draft"
        for item in catalog:
            japanese = content.japanese.get(item.msgctxt or "")
            mine = (item.msgctxt or "").startswith(f"{entry}.") and item.msgstr
            if not mine or japanese is None or (item.msgid == japanese and not item.previous_msgid):
                continue
            item.msgid = japanese
            settle(item, drafts)
            kept += 1
        catalog.save(str(file))
    return kept


def rename(content_dir: Path, locales_dir: Path, old: str, new: str) -> list[Path]:
    """Give an entry another id everywhere: its file, what refers to it, its translations. Returns what changed."""
    changed: list[Path] = []
    for file in [*sorted(content_dir.glob("*/*.yaml")), content_dir / "danger.yaml"]:
        text = file.read_text(encoding="utf-8")
        renamed = _renamed(text, old, new)
        target = file.with_stem(new) if file.stem == old else file
        if renamed != text or target != file:
            target.write_text(renamed, encoding="utf-8")
            if target != file:
                file.unlink()
            changed.append(target)
    for file in sorted(locales_dir.glob("*/LC_MESSAGES/faq.po")):
        catalog = polib.pofile(str(file), wrapwidth=100)
        mine = [item for item in catalog if (item.msgctxt or "").startswith(f"{old}.")]
        for item in mine:
            item.msgctxt = new + item.msgctxt.removeprefix(old)
            if not item.previous_msgid:
                settle(item, drafts="fuzzy" in item.flags)
        if mine:
            catalog.save(str(file))
            changed.append(file)
    return changed


def _renamed(text: str, old: str, new: str) -> str:
    import regex

    whole = regex.compile(rf"(?<![\w-]){regex.escape(old)}(?![\w-])")
    lines = []
    for line in text.splitlines(keepends=True):
        refers = line.startswith(("id:", "related:", f"{old}:", "  entry:"))
        lines.append(whole.sub(new, line) if refers else line)
    return "".join(lines)


def export(content: Content, locale: str, file: Path) -> int:
    """A spreadsheet for a translator: locked source columns, one row a text. Returns the rows."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Protection

    book = Workbook()
    sheet = book.create_sheet(locale, 0)
    sheet.append(COLUMNS)
    catalog = content.catalogs.get(locale, {})
    for key, japanese in content.japanese.items():
        known = catalog.get(key)
        sheet.append(
            [key, _safe(japanese), _safe(known.text if known else ""), fingerprint(key, japanese)]
        )
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.protection = Protection(locked=cell.column != 3)
    for letter, width in zip("ABCD", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.protection.sheet = True
    book.save(file)
    return len(content.japanese)


def _safe(text: str) -> str:
    """A spreadsheet must not take a text for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


class Refused(Exception):
    """The whole file cannot be read."""


def take(content: Content, locales_dir: Path, file: Path) -> tuple[int, list[str]]:
    """Read a translator's spreadsheet: how many rows were taken, and a sentence for each that was not."""
    from openpyxl import load_workbook

    if file.stat().st_size > LARGEST:
        raise Refused(f"{file.name} is larger than {LARGEST // 1_000_000} MB.")
    try:
        book = load_workbook(file, read_only=True, data_only=False)
    except Exception as error:  # openpyxl raises whatever the zip or the XML raises
        raise Refused(f"{file.name} is not a spreadsheet that can be read.") from error
    locale = book.sheetnames[0]
    if locale not in content.languages:
        raise Refused(f"The sheet is called {locale!r}: it must be called after a language.")
    rows = book[locale].iter_rows(min_row=2, values_only=True)
    taken, refused = _rows(content, rows, content.languages[locale].babel)
    _write(content, locales_dir, locale, taken)
    return len(taken), refused


def _rows(content: Content, rows: Iterable[Any], babel: str) -> tuple[dict[str, str], list[str]]:
    taken: dict[str, str] = {}
    refused: list[str] = []
    for number, row in enumerate(rows, 2):
        key, _, text, mark = (*(str(cell or "") for cell in row[:4]), "", "", "", "")[:4]
        text = text.removeprefix("'").strip()
        problem = next(iter(_problems(content, key, text, mark, babel)), None)
        if problem:
            refused.append(f"{number}行目 / row {number} ({key}): {problem}")
        elif text:
            taken[key] = text
    return taken, refused


def _problems(content: Content, key: str, text: str, mark: str, babel: str) -> Iterator[str]:
    japanese = content.japanese.get(key)
    if japanese is None:
        yield "この項目はありません。/ There is no such text."
    elif text.startswith("="):
        yield "式は使えません。/ A formula is not a translation."
    elif text and mark != fingerprint(key, japanese):
        yield "日本語が変わりました。新しい表を使ってください。/ The Japanese has changed: export again."
    elif text and set(HOLE.findall(text)) != set(HOLE.findall(japanese)):
        yield "{ } の中身がちがいます。/ The placeholders differ."
    elif text and (numbers := differences(japanese, text, babel)):
        yield f"数字が日本語とちがいます。/ The numbers differ: {' '.join(numbers)}"


def _write(content: Content, locales_dir: Path, locale: str, taken: Mapping[str, str]) -> None:
    sync(content, locales_dir, locale)
    file = file_of(locales_dir, locale)
    catalog = polib.pofile(str(file), wrapwidth=100)
    drafts = catalog.metadata.get("X-Review") == "draft"
    for item in catalog:
        if item.msgctxt in taken and taken[item.msgctxt] != item.msgstr:
            item.msgstr = taken[item.msgctxt]
            settle(item, drafts)
    catalog.save(str(file))
