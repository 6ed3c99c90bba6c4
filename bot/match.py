"""Which entry a message means, how sure that is, and which others it could be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from typing import Literal

import numpy as np

from bot import language
from bot.danger import Lexicon
from bot.language import Detected
from bot.lexical import Floats, grams
from bot.normal import from_zawgyi, plain
from bot.phrases import NONE
from bot.train import Trained, family
from bot.vectors import Vectors

Band = Literal["answer", "choices", "fallback"]
# Chosen on questions that were not learnt from, by cost: a wrong answer alone costs five times a "which of
# these?" that was not needed. Where a wrong answer can cost a residence status, money or a life, surer.
SURE = 0.55  # from here on, one answer alone
CAREFUL = 0.65  # the same for an entry of high risk
TIE = 0.5  # a second entry that is so near to the first makes it a question
LIKELY = 0.03  # the three best together: worth asking "which of these?"
# The lexical half is so sure that the model need not be asked: likely, and nothing else half as near.
ALONE = 0.93
SECOND = 0.5
# The model takes 1.5 ms a token. A message of more of them than LONG has many words to know it by: the model reads it
# where no entry is as likely as AT_A_LOSS, or where a danger is as likely as HINT. Of 1,292 dev questions it then
# reads 44 long ones, not 267; 7 instead of 12 get a wrong answer alone, 5 of 1,060 have the right entry first no
# more, one of them not among those shown (measured without HINT, which five more long ones reach).
LONG = 32
AT_A_LOSS = 0.25
HINT = 0.05
INTENT_SURE = 0.5
DANGER_SURE = 0.4
CANDIDATES = 3
NEAREST = 3  # languages of which phrases are compared with a message of no known language
FEW_WORDS = 2
WITH_NONE = 0.1
REMEMBERED = 1024  # messages; all are forgotten every ten minutes


@dataclass(frozen=True, slots=True)
class Matched:
    """What a message means. `candidates` are entries with probabilities, best first."""

    band: Band
    candidates: tuple[tuple[str, float], ...]
    intent: str | None = None
    danger: str | None = None
    none: float = 0.0


@dataclass(frozen=True, slots=True)
class Reasons:
    """What led to a result: labels with scores, best first, of each half and of both together."""

    lexical: tuple[tuple[str, tuple[tuple[str, float], ...]], ...]
    semantic: tuple[tuple[str, float], ...]
    why_not: str
    fused: tuple[tuple[str, float], ...]
    matched: Matched


class Match:
    """Understands messages with what was learnt from one content. Pure but for a memory of results."""

    def __init__(
        self, trained: Trained, lexicon: Lexicon, vectors: Vectors | None,
        careful: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.trained, self._lexicon, self._careful = trained, lexicon, careful
        self._vectors = vectors if vectors and vectors.missing is None and trained.head else None
        self._entries = np.array([":" not in name and name != NONE for name in trained.labels])
        self._dangers = np.array([name.startswith("danger:") for name in trained.labels])
        self.best = lru_cache(maxsize=REMEMBERED)(self._best)
        self.danger = lru_cache(maxsize=REMEMBERED)(self._danger)
        self.detect = lru_cache(maxsize=REMEMBERED)(self._detect)

    def forget_words(self) -> None:
        """What people wrote stays in no memory of results."""
        for remembered in (self.best, self.danger, self.detect, plain, grams):
            remembered.cache_clear()

    def _danger(self, text: str, locale: str | None) -> str | None:
        """The kind of danger that the lexicon finds."""
        return self._lexicon.kind(from_zawgyi(text)[0], locale)

    def _detect(self, text: str, chosen: str | None, hint: str | None) -> Detected:
        """The language of a message."""
        return language.detect(from_zawgyi(text)[0], self.trained.latin, chosen or hint)

    def _best(self, text: str, locale: str | None) -> Matched:
        return self.judge(self.probabilities(from_zawgyi(text)[0], locale))

    def probabilities(self, text: str, locale: str | None) -> Floats:
        """How likely each label of the training is; shape (labels,), sums to 1."""
        families = self._families(text, locale)
        found = [self._lexically(name, text) for name in families]
        if found:
            likely, scores = max(found, key=_nearness)
            if not self._asks_model(text, likely, scores):
                return likely
        if self._vectors is None or self.trained.head is None:
            return np.zeros(len(self.trained.labels), np.float32)
        semantic = self.trained.head.scores(self._vectors.query(text))
        fused = [
            self._fused(name, scores, semantic)
            for name, (_, scores) in zip(families, found, strict=True)
        ]
        return max(fused, key=_nearness)[0] if fused else _softmax(semantic * SEMANTIC_ALONE)

    def reasons(self, text: str, locale: str | None) -> Reasons:
        """Everything that `best` rests on, for people."""
        text = from_zawgyi(text)[0]
        families = self._families(text, locale)
        found = [self._lexically(name, text) for name in families]
        lexical = tuple(
            (name, self._ranked(p)) for name, (p, _) in zip(families, found, strict=True)
        )
        semantic: tuple[tuple[str, float], ...] = ()
        if self._vectors is not None and self.trained.head is not None:
            semantic = self._ranked(self.trained.head.scores(self._vectors.query(text)))
        asked = not found or self._asks_model(text, *max(found, key=_nearness))
        why_not = "" if semantic and asked else "not asked" if semantic else "not there"
        likely = self.probabilities(text, locale)
        return Reasons(lexical, semantic, why_not, self._ranked(likely), self.judge(likely))

    def _asks_model(self, text: str, likely: Floats, scores: Floats) -> bool:
        """Whether what the lexical half found leaves something to ask the model, and time for it."""
        if self._vectors is None or _alone(likely, scores):
            return False
        lost = float(likely[self._entries].max(initial=0)) < AT_A_LOSS
        return lost or self._danger_share(likely) >= HINT or self._vectors.fits(text, LONG)

    def _ranked(self, scores: Floats) -> tuple[tuple[str, float], ...]:
        order = np.argsort(-scores)[:10]
        return tuple((self.trained.labels[n], float(scores[n])) for n in order)

    def _families(self, text: str, locale: str | None) -> list[str]:
        """Whose phrases to compare with: the language's own; where it is not known, those that know the words best."""
        own, models = family(locale) if locale else None, self.trained.lexical
        if own in models:
            return [own]  # type: ignore[list-item]
        return (
            [] if locale else nlargest(NEAREST, models, key=lambda name: models[name].knows(text))
        )

    def _lexically(self, name: str, text: str) -> tuple[Floats, Floats]:
        scores = self.trained.lexical[name].scores(text)
        return _softmax(scores * self.trained.sharp[name][0]), scores

    def _fused(self, name: str, scores: Floats, semantic: Floats) -> tuple[Floats, Floats]:
        """Of both halves together: probabilities and scores, these about 1 for the right label."""
        _, a, b = self.trained.sharp[name]
        both = scores * a + semantic * b
        near: Floats = (both / (a + b)).astype(np.float32)
        return _softmax(both), near

    def judge(self, likely: Floats) -> Matched:
        """From probabilities to one of three ways to answer."""
        labels = self.trained.labels
        top = int(likely.argmax()) if len(likely) else 0
        name, sure = labels[top], float(likely[top])
        none = float(likely[labels.index(NONE)]) if NONE in labels else 0.0
        kind, _, what = name.partition(":")
        if kind == "danger" and self._danger_share(likely) >= DANGER_SURE:
            return Matched("fallback", (), danger=what)
        candidates = self._candidates(likely)
        if kind == "intent" and sure >= INTENT_SURE:
            return Matched("fallback", candidates, intent=what, none=none)
        return Matched(self._band(candidates, none), candidates, none=none)

    def _band(self, candidates: Sequence[tuple[str, float]], none: float) -> Band:
        if not candidates:
            return "fallback"
        (name, first), second = candidates[0], max((p for _, p in candidates[1:]), default=0.0)
        if first >= (CAREFUL if name in self._careful else SURE) and second <= first * TIE:
            return "answer"
        total = sum(value for _, value in candidates)
        return "choices" if total >= LIKELY and total > none * WITH_NONE else "fallback"

    def _danger_share(self, likely: Floats) -> float:
        """How likely it is that someone is in danger, of whatever kind."""
        return float(likely[self._dangers].sum())

    def _candidates(self, likely: Floats) -> tuple[tuple[str, float], ...]:
        entries = np.where(self._entries, likely, -1)
        best = np.argsort(-entries)[:CANDIDATES]
        return tuple((self.trained.labels[n], float(likely[n])) for n in best if entries[n] > 0)


SEMANTIC_ALONE = 30.0  # sharpness where a language has no phrases of its own yet


def _nearness(pair: tuple[Floats, Floats]) -> float:
    """Of several languages that is believed whose phrases are nearest: all are sure of what is unlike all others."""
    return float(pair[1].max())


def _alone(likely: Floats, scores: Floats) -> bool:
    """Whether the model would not change what the lexical half found."""
    first, second = np.sort(scores)[::-1][:2] if len(scores) > 1 else (1.0, 0.0)
    return float(likely.max()) >= ALONE and bool(second <= first * SECOND)


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max())
    result: Floats = powers / powers.sum()
    return result
