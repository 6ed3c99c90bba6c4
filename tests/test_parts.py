"""What a city's process does beside answering."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from bot.parts import Parts


@pytest.fixture
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


class Known:
    """Knowledge as it is in memory: in a circle, so that only the search for garbage frees it."""

    def __init__(self) -> None:
        self.itself = self


def knowing(knowledge: object) -> Parts:
    """Parts of which only the knowledge is there."""
    names = ("settings", "secrets", "keys", "store", "library", "desk", "jobs", "feeds", "copies")
    return Parts(**dict.fromkeys(names), learner=SimpleNamespace(knowledge=knowledge))  # type: ignore[arg-type]


def test_what_answers_are_made_from_is_set_aside_once(
    thawed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    searches: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda: searches.append(1))
    parts = knowing(Known())
    for _ in range(3):
        parts._set_knowledge_aside()
    assert len(searches) == 1
    assert gc.get_freeze_count() > 10_000


def test_what_new_content_replaces_is_given_back_at_once(thawed: None) -> None:
    parts = knowing(Known())
    parts._set_knowledge_aside()
    old = weakref.ref(parts.knowledge())
    parts.learner = SimpleNamespace(knowledge=Known())  # type: ignore[assignment]
    parts._set_knowledge_aside()
    assert old() is None
