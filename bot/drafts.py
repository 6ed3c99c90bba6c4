"""Entries that are still being written: in their folder, marked `draft: true`, and seen by no resident."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.models import Entry
from bot.source import Problem, check


@dataclass(frozen=True, slots=True)
class Draft:
    """One such file; `lacks` is what must be mended before the line `draft: true` is taken out."""

    id: str
    area: str
    title: str
    lacks: tuple[Problem, ...]

    @property
    def where(self) -> str:
        """The file, under faq/."""
        return f"{self.area}/{self.id}.yaml"


def is_draft(value: Any) -> bool:
    """Whether a file that was read says so of itself; our reader gives every plain value as text."""
    return isinstance(value, dict) and value.get("draft") == "true"


def seen(file: Path, value: dict[str, Any]) -> Draft:
    """The draft in a file, with everything that it lacks."""
    lacks: list[Problem] = []
    check(file, value, Entry, lacks)
    title = str(value.get("title") or value.get("question") or file.stem)
    return Draft(file.stem, file.parent.name, title, tuple(sorted(lacks)))
