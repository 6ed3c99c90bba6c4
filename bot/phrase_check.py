"""What is wrong with phrases: an unknown entry, words under two entries, an unknown language, or list of words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot import danger
from bot.content import Content
from bot.phrases import INTENTS, Phrase
from bot.source import Problem, place, pointed, problem, read
from bot.source import compose as nodes_of


def problems(content: Content, folder: Path, found: Iterable[Phrase]) -> list[Problem]:
    """Every mistake with its place; files that cannot be read are said by bot.phrases."""
    files = [*(folder / "phrases").glob("*.yaml"), *(folder / "intents").glob("*.yaml")]
    strange = [file for file in sorted(files) if file.stem not in content.languages]
    said = [problem(file, "unknown-language", value=file.stem) for file in strange]
    return [*said, *_labels(content, folder, found), *_twice(folder, found), *_lists(folder)]


def _labels(content: Content, folder: Path, found: Iterable[Phrase]) -> Iterator[Problem]:
    for locale, label in dict.fromkeys((one.locale, one.label) for one in found):
        kind, _, name = label.rpartition(":")
        if kind == "intent" and name not in INTENTS:
            words = {"value": name, "name": ", ".join(sorted(INTENTS))}
            yield _at_key(folder / "intents" / f"{locale}.yaml", "unknown-kind", name, words)
        if kind or label == "none" or label in content.entries:
            continue
        near = "".join(difflib.get_close_matches(label, content.entries, 1, 0.7))
        code = "unknown-entry-near" if near else "unknown-entry"
        words = {"value": label, "near": near}
        yield _at_key(folder / "phrases" / f"{locale}.yaml", code, label, words)


def _lists(folder: Path) -> Iterator[Problem]:
    for file in sorted((folder / "danger").glob("*.yaml")):
        value = read(file, [])
        for kind, number, name in danger.unknown_lists(value if isinstance(value, dict) else {}):
            yield pointed(file, "unknown-list", (kind, "words", number), value=name)


def _at_key(file: Path, code: str, key: str, words: dict[str, str]) -> Problem:
    line, column = place(nodes_of(file), (key,), key=True)
    return problem(file, code, line, column, **words)


def _twice(folder: Path, found: Iterable[Phrase]) -> Iterator[Problem]:
    """The same words under two entries teach the bot to doubt both."""
    seen: dict[tuple[str, str], str] = {}
    numbers: dict[tuple[str, str], int] = {}
    for one in found:
        number = numbers[one.locale, one.label] = numbers.get((one.locale, one.label), -1) + 1
        if ":" in one.label or one.label == "none":
            continue
        other = seen.setdefault((one.locale, one.text.casefold().strip()), one.label)
        if other != one.label:
            file = folder / "phrases" / f"{one.locale}.yaml"
            yield pointed(file, "same-phrase", (one.label, number), value=one.text, name=other)
