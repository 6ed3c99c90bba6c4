"""How people ask: phrases of entries, small talk, messages that are not for us, a file a language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bot.source import Problem, problem, read

INTENTS = frozenset(
    {
        "gatherings", "hello", "thanks", "sorry", "goodbye", "ok", "who-are-you", "how-are-you", "help",
        "language", "forget", "known", "hide", "phone", "where", "hours", "languages-spoken", "bring", "cost",
    }
)  # fmt: skip
NONE = "none"


class Phrase(NamedTuple):
    """One way of asking: `label` is an entry id, `intent:<name>`, `danger:<kind>` or `none`.

    A named tuple: a hundred thousand are made at every start, in a third of a data class's time.
    """

    locale: str
    label: str
    text: str


def load(folder: Path) -> tuple[list[Phrase], list[Problem]]:
    """All phrases of all languages, and what is wrong with their files."""
    problems: list[Problem] = []
    found = [
        *_labelled(folder / "phrases", "", problems),
        *_labelled(folder / "intents", "intent:", problems),
        *_dangers(folder / "danger", problems),
        *_negatives(folder / "negatives"),
    ]
    return found, problems


def _labelled(folder: Path, prefix: str, problems: list[Problem]) -> Iterator[Phrase]:
    for file in sorted(folder.glob("*.yaml")):
        value = read(file, problems)
        if not isinstance(value, dict):
            continue
        locale = file.stem
        for name, texts in value.items():
            if not isinstance(texts, list):
                problems.append(problem(file, "wrong-shape", field=name))
                continue
            label = f"{prefix}{name}"
            yield from (Phrase(locale, label, text) for text in texts if text)


def _dangers(folder: Path, problems: list[Problem]) -> Iterator[Phrase]:
    """The examples: a person in danger asks for that entry; what is safe is only not danger."""
    for file in sorted(folder.glob("*.yaml")):
        value = read(file, problems)
        if not isinstance(value, dict):
            continue
        for kind, rows in value.items():
            if kind != "safe" and isinstance(rows, dict):
                for text in rows.get("examples", ()):
                    yield Phrase(file.stem, f"danger:{kind}", text)


def _negatives(folder: Path) -> Iterator[Phrase]:
    for file in sorted(folder.glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                yield Phrase(file.stem, NONE, line.strip())


def fingerprint(folder: Path) -> str:
    """A short name for exactly these phrases, from the bytes of their files."""
    digest = hashlib.sha256()
    for name in ("phrases", "intents", "danger", "negatives"):
        for file in sorted((folder / name).glob("*.*")):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]
