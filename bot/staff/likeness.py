"""Groups questions that ask for the same thing, across languages where there are vectors."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from bot import lexical
from bot.lexical import Floats
from bot.store import Question

BUCKETS = 1024  # of the lexical vectors: enough to tell short questions apart
ALIKE_WORDS = 0.6  # cosine of n-grams
# Cosine of sentence vectors around their centre. On the project's own questions in three languages, pairs over
# it belong together four times in five; lower, more are found and more are wrong.
ALIKE_MEANING = 0.6
BLOCK = 256  # questions compared at once
SUGGESTED = 100  # groups; the largest get suggestions, which cost a match each


class Vectors(Protocol):
    """What this module needs of bot.vectors."""

    missing: str | None

    def query(self, text: str) -> Floats: ...


@dataclass(slots=True)
class Group:
    """Questions that ask for the same thing; the first is the one most often asked."""

    questions: list[Question]
    suggestions: tuple[str, ...] = ()

    @property
    def id(self) -> int:
        """The number of the first question; names the group on the page."""
        return self.questions[0].id

    @property
    def count(self) -> int:
        """How often it was asked."""
        return sum(one.count for one in self.questions)

    @property
    def locales(self) -> list[str]:
        """The languages, the most frequent first."""
        counted: Counter[str] = Counter()
        for one in self.questions:
            counted[one.locale] += one.count
        return [name for name, _ in counted.most_common()]

    @property
    def last_on(self) -> str:
        """The day on which it was last asked."""
        return max(one.asked_on for one in self.questions)


def words_of(text: str) -> Floats:
    """A text as hashed n-grams, length 1; shape (1024,)."""
    said = lexical.grams(text)
    weights = 1 + np.log(said.counts.astype(np.float64))
    vector = np.bincount(said.keys % BUCKETS, weights, minlength=BUCKETS).astype(np.float32)
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


@dataclass(slots=True)
class Likeness:
    """Keeps the groups of one database in memory; `refresh` is the slow part, for a thread of its own."""

    vectors: Vectors | None = None
    centre: Callable[[], Floats | None] = lambda: None
    suggest: Callable[[str, str], Iterable[str]] = lambda text, locale: ()
    _groups: list[Group] = field(default_factory=list)
    _leaders: dict[int, Floats] = field(default_factory=dict)  # by the number of the first question
    _semantic: bool = False
    _changing: threading.Lock = field(default_factory=threading.Lock)

    def groups(self) -> Sequence[Group]:
        """As they were at the last refresh, without what was settled since."""
        return self._groups

    def find(self, number: int) -> Group | None:
        """The group with this first question."""
        return next((one for one in self._groups if one.id == number), None)

    def drop(self, group: Group) -> None:
        """It was settled."""
        with self._changing:
            self._groups = [one for one in self._groups if one.id != group.id]

    def refresh(self, questions: Sequence[Question]) -> None:
        """Take in new questions and leave out settled ones; each is compared once, when it comes."""
        centre = self._centre()
        if (centre is not None) != self._semantic:
            self._semantic, self._leaders, self._groups = centre is not None, {}, []
        open_now = {one.id: one for one in questions}
        kept = [_refreshed(group, open_now) for group in self._groups if group.id in open_now]
        seen = {one.id for group in kept for one in group.questions}
        new = sorted(
            (one for one in questions if one.id not in seen), key=lambda one: (-one.count, one.id)
        )
        found = self._joined(kept, new, centre)
        found.sort(key=lambda group: (-group.count, -group.id))
        for group in found[:SUGGESTED]:
            first = group.questions[0]
            group.suggestions = tuple(self.suggest(first.text, first.locale))
        with self._changing:
            self._groups = found
        self._leaders = {group.id: self._leaders[group.id] for group in found}

    def _joined(
        self, groups: list[Group], new: Sequence[Question], centre: Floats | None
    ) -> list[Group]:
        """Each question joins the likest group so far, or begins one; compared by the block, which is fast."""
        for start in range(0, len(new), BLOCK):
            block = new[start : start + BLOCK]
            rows = np.stack([self._vector(one.text, centre) for one in block])
            self._join(groups, block, rows, ALIKE_WORDS if centre is None else ALIKE_MEANING)
        return groups

    def _join(
        self, groups: list[Group], block: Sequence[Question], rows: Floats, limit: float
    ) -> None:
        leaders = [self._leaders[group.id] for group in groups]
        old = np.stack(leaders) @ rows.T if leaders else np.full((1, len(rows)), -1, np.float32)
        place, likest = old.argmax(axis=0), old.max(axis=0)
        inside = rows @ rows.T
        begun: dict[int, Group] = {}
        for n, question in enumerate(block):
            best = max(begun, key=lambda m, n=n: inside[m, n], default=-1)  # type: ignore[misc]
            near = float(inside[best, n]) if begun else -1.0
            if max(near, float(likest[n])) < limit:
                begun[n] = Group([question])
                self._leaders[question.id] = rows[n]
            else:
                group = begun[best] if near > likest[n] else groups[int(place[n])]
                group.questions.append(question)
        groups += begun.values()

    def _centre(self) -> Floats | None:
        usable = self.vectors is not None and self.vectors.missing is None
        return self.centre() if usable else None

    def _vector(self, text: str, centre: Floats | None) -> Floats:
        if self.vectors is None or centre is None:
            return words_of(text)
        vector: Floats = self.vectors.query(text) - centre
        return vector / max(float(np.linalg.norm(vector)), 1e-9)


def _refreshed(group: Group, open_now: Mapping[int, Question]) -> Group:
    """The group with today's counts, without what was settled."""
    return Group([open_now[one.id] for one in group.questions if one.id in open_now])
