"""Kinds of gatherings, in the order in which one is chosen where a text names several."""

from __future__ import annotations

from collections.abc import Set

KINDS = (
    "film", "exhibition", "class", "consultation", "festival", "seminar", "symposium", "openday", "meeting",
    "week", "action-day",
)  # fmt: skip


def kind_of(found: Set[str]) -> str | None:
    """The first kind that is named. A day of action is no word beside a number."""
    named = next((name for name in KINDS if name in found), None)
    return "day" if named == "action-day" else named
