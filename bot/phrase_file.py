"""Adds a way of asking to faq/phrases/<locale>.yaml so that git shows one new line."""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from pathlib import Path

from bot.masking import MARKS
from bot.source import Problem, read

LONGEST = 200
_writing = threading.Lock()


class NotAdded(Exception):
    """The phrase was not written; `ja` and `en` say why and what to do."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja, self.en = ja, en


def add(folder: Path, locale: str, entry: str, phrase: str) -> tuple[Path, int]:
    """Write `phrase` under `entry`; returns the file and the line. Raises NotAdded, and then changes nothing."""
    words = _clean(phrase)
    file = folder / "phrases" / f"{locale}.yaml"
    with _writing:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        known = _known(file) if file.exists() else {}
        _refuse_known(known, entry, words)
        new, line = _inserted(text, entry, words)
        _replace(file, new, {**known, entry: [*known.get(entry, []), words]})
    return file, line


def _clean(phrase: str) -> str:
    words = re.sub(r"\s+", " ", phrase).strip()
    words = "".join(one for one in words if unicodedata.category(one) not in {"Cc", "Cs", "Co"})
    if not words:
        raise NotAdded("言い方が空です。文を書いてください。", "The phrase is empty. Write one.")
    if len(words) > LONGEST:
        raise NotAdded(f"言い方が長すぎます。{LONGEST}字までにしてください。",
                       f"The phrase is too long. At most {LONGEST} characters.")  # fmt: skip
    if MARKS.search(words):
        raise NotAdded("［name］などの印を消してください。言い方には、だれかの情報を書きません。",
                       "Remove the marks like [name]: a phrase holds nothing of a person.")  # fmt: skip
    return words


def _known(file: Path) -> dict[str, list[str]]:
    problems: list[Problem] = []
    found = read(file, problems)
    if problems or not isinstance(found, dict):
        said = problems[0] if problems else None
        raise NotAdded(f"ファイルにまちがいがあります。先に直してください：{said.ja if said else file.name}",
                       f"The file has a mistake. Mend it first: {said.en if said else file.name}")  # fmt: skip
    return {key: list(rows) if isinstance(rows, list) else [] for key, rows in found.items()}


def _refuse_known(known: dict[str, list[str]], entry: str, words: str) -> None:
    for label, rows in known.items():
        if words.casefold() in {row.casefold() for row in rows}:
            where = "この項目" if label == entry else f"「{label}」"
            raise NotAdded(f"この言い方は、もう{where}にあります。", f"This phrase already stands under {label}.")  # fmt: skip


def _inserted(text: str, entry: str, words: str) -> tuple[str, int]:
    """The text with the phrase after the last one of its entry, in the way of its neighbours."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    quoted = json.dumps(words, ensure_ascii=False)
    start = next(
        (n for n, line in enumerate(lines) if re.match(rf"{re.escape(entry)}:\s*(#.*)?$", line)),
        None,
    )
    if start is None:
        if re.search(rf"(?m)^{re.escape(entry)}:", text):
            raise NotAdded(f"「{entry}」の下が「- 」の一覧ではありません。先に直してください。",
                           f"Under {entry} there is no list of lines with '- '. Mend it first.")  # fmt: skip
        return "".join([*lines, f"{entry}:\n", f"  - {quoted}\n"]), len(lines) + 2
    last, indent = start, "  "
    for n in range(start + 1, len(lines)):
        item = re.match(r"(\s*)- ", lines[n])
        if item:
            last, indent = n, item[1]
        elif lines[n].strip() and not lines[n].startswith((" ", "#")):
            break
        elif (
            lines[n].startswith(" ") and lines[n].strip() and not lines[n].lstrip().startswith("#")
        ):
            last = n  # a phrase that goes on over several lines
    lines.insert(last + 1, f"{indent}- {quoted}\n")
    return "".join(lines), last + 2


def _replace(file: Path, text: str, expected: dict[str, list[str]]) -> None:
    """Whole or not at all; read again before it counts: a format we do not know is left as it is."""
    waiting = file.with_name(f".{file.name}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        waiting.write_text(text, encoding="utf-8")
        if file.exists():
            waiting.chmod(file.stat().st_mode)
        if read(waiting, []) != expected:
            raise NotAdded("このファイルの書き方が分かりません。手で足してください。",
                           "The format of this file is not known. Add the phrase by hand.")  # fmt: skip
        waiting.replace(file)
    except OSError as error:
        raise NotAdded(f"ファイルに書けません（{error.strerror}）。フォルダの権限を確かめてください。",
                       f"The file cannot be written ({error.strerror}). Check the folder's permissions.") from error  # fmt: skip
    finally:
        waiting.unlink(missing_ok=True)
