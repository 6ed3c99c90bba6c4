"""Keeps a matcher that fits the content: from disk at once, learnt anew in the background after an edit."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot import danger, phrase_check, phrases, train
from bot.content import Content
from bot.desk import Knowledge
from bot.lexical import Floats
from bot.match import Match
from bot.phrases import Phrase
from bot.settings import Settings
from bot.train import Shipped, Trained
from bot.vectors import Vectors

log = logging.getLogger(__name__)
Judge = Callable[[Knowledge, Knowledge], bool]  # now, new -> whether the new one is worse
FIRST = frozenset(
    {"ja", "ja-simple", "en"}
)  # learnt before the first answer; the others a little later
_ONE_AT_A_TIME = (
    threading.Lock()
)  # also of several cities: what one has learnt the next may find on disk
SHIPPED = Path(__file__).parents[1] / "learnt" / "head.npz"


class Learner:
    """`knowledge` is always usable: at first the lexical half, then both."""

    def __init__(self, content: Content, settings: Settings) -> None:
        self._settings = settings
        self.vectors = Vectors(settings.semantic, settings.var_dir)
        self._progress = ""
        self._wanted, self._known = self._identified(content)
        self.knowledge = self._made(content, self._restored() or self._first(content))
        self._refused = ""
        self.judge: Judge | None = None

    def start(self) -> None:
        """Learn what is missing, and wake the model, in the background."""
        if not self._complete():
            found, _ = phrases.load(self._settings.content_dir)
            self._in_background(self.knowledge.content, found)
        if self.vectors.missing is None:
            threading.Thread(target=self.vectors.query, args=("Tomoni",), daemon=True).start()

    def learn(self, content: Content) -> None:
        """New content: its words count at once, its phrases as soon as they are learnt."""
        self.knowledge = self._made(content, self.knowledge.matcher.trained)  # type: ignore[attr-defined]
        found, broken = phrases.load(self._settings.content_dir)
        broken = broken or phrase_check.problems(content, self._settings.content_dir, found)
        if broken:  # a mistake in one file must not make the bot forget a language or a kind
            self._progress = f"phrases not read: {broken[0].file}:{broken[0].line}: {broken[0].en}"
            return
        version = self._version(found, content)
        if version == self._trained().name:
            self._progress = ""
        if version in {self._trained().name, self._refused}:
            return
        waiting = len(np.setxor1d(_marks(found), self._known))
        if waiting < self._settings.learn_after and self._same_entries(found, content):
            wait = f"{waiting} new phrases wait until there are {self._settings.learn_after}"
            self._progress = wait if waiting else ""
            return
        self._in_background(content, found)

    def finish(self) -> None:
        """Learn everything now, in this thread: for the terminal and for measuring."""
        if not self._complete():
            found, _ = phrases.load(self._settings.content_dir)
            self._learn_all(self.knowledge.content, found)

    def ship(self) -> None:
        """Write the semantic half into the repository."""
        self.finish()
        train.ship(self._trained(), SHIPPED)

    def tidy(self, now: datetime) -> None:
        """Remove what was learnt from phrases of long ago."""
        train.forget_old(self._settings.var_dir, now.timestamp())

    def state(self) -> dict[str, Any]:
        """For /health."""
        trained = self._trained()
        return {
            "trained": trained.name,
            "languages": sorted(trained.lexical),
            "semantic": self.vectors.missing or ("ready" if trained.head else "learning"),
            "progress": self._progress,
        }

    @property
    def refused(self) -> bool:
        """Whether the newest phrases were learnt and not taken, because answers got worse."""
        return bool(self._refused)

    @property
    def centre(self) -> Floats | None:
        """The middle of all sentence vectors, where there are any."""
        head = self._trained().head
        return head.centre if head else None

    def _trained(self) -> Trained:
        trained: Trained = self.knowledge.matcher.trained  # type: ignore[attr-defined]
        return trained

    def _complete(self) -> bool:
        trained = self._trained()
        return (
            trained.name == self._wanted
            and bool(trained.lexical)
            and (trained.head is not None or self.vectors.missing is not None)
        )

    def _in_background(self, content: Content, found: list[Phrase]) -> None:
        threading.Thread(
            target=self._learn_all, args=(content, found), name="learning", daemon=True
        ).start()

    def _learn_all(self, content: Content, found: list[Phrase]) -> None:
        with _ONE_AT_A_TIME:
            started = time.monotonic()
            kept = train.restore(self._folder(self._version(found, content)))
            trained = kept or self._trained_from(found, content)
            new = self._made(self.knowledge.content, trained)
            if self._worse(new):
                self._refused = trained.name
                self._progress = "the new phrases made answers worse and were not taken"
                log.error(
                    "%d phrases not taken: the project's own questions got worse answers",
                    len(found),
                )
                return
            self.knowledge = self._made(self.knowledge.content, kept or self._stored(trained))
            self._wanted, self._known = trained.name, _marks(found)
            self._progress, self._refused = "", ""
            log.info("learnt from %d phrases in %.0f s", len(found), time.monotonic() - started)

    def _trained_from(self, found: list[Phrase], content: Content) -> Trained:
        rows, shipped = None, self._shipped(found, content)
        if self.vectors.missing is None and shipped is None:
            rows = self.vectors.all([one.text for one in found], self._show)
        return train.train(found, list(content.entries), rows, shipped, known=self._trained())

    def _stored(self, trained: Trained) -> Trained:
        """The same, mapped from disk; as it was learnt where the disk is full."""
        folder = self._folder(trained.name)
        try:
            train.store(trained, folder)
        except OSError as error:
            log.error("what was learnt cannot be kept: %s", error.strerror)
        return train.restore(folder) or trained

    def _worse(self, new: Knowledge) -> bool:
        """Whether the project's own questions are answered worse than now; at the first start nothing is."""
        return self.judge is not None and self._complete() and self.judge(self.knowledge, new)

    def _same_entries(self, found: list[Phrase], content: Content) -> bool:
        return train.label_names(found, list(content.entries)) == self._trained().labels

    def _identified(self, content: Content) -> tuple[str, NDArray[np.int64]]:
        """By name what the phrases should have taught, and a mark of each.

        They are let go of before anything is made that stays: small objects among so many sentences pin 20 MB.
        """
        found, _ = phrases.load(self._settings.content_dir)
        return self._version(found, content), _marks(found)

    def _first(self, content: Content) -> Trained:
        """Something to answer with at once: the shipped semantic half, else a few languages' own half."""
        found, _ = phrases.load(self._settings.content_dir)
        shipped = self._shipped(found, content)
        if shipped is not None and self.vectors.missing is None:
            return train.headed(shipped)
        some = [one for one in found if one.locale in FIRST]
        return train.train(some or found, list(content.entries), shipped=shipped)

    def _shipped(self, found: list[Phrase], content: Content) -> Shipped | None:
        """What came with the code, where it was learnt from exactly these phrases.

        Without the model its sharpness still spares the measuring of every language.
        """
        shipped = train.shipped(SHIPPED)
        fits = shipped is not None and shipped.name == self._version(found, content)
        return shipped if fits else None

    def _restored(self) -> Trained | None:
        return train.restore(self._folder(self._wanted))

    def _version(self, found: list[Phrase], content: Content) -> str:
        return train.version(found, list(content.entries))

    def _folder(self, name: str) -> Path:
        kind = "lexical" if self.vectors.missing else "full"
        return self._settings.var_dir / f"{train.KEPT_AS}{name}-{kind}"

    def _made(self, content: Content, trained: Trained) -> Knowledge:
        careful = frozenset(one.id for one in content.entries.values() if one.risk == "high")
        lexicon = danger.load(self._settings.content_dir)
        matcher = Match(trained, lexicon, self.vectors, careful)
        return Knowledge(content, matcher)

    def _show(self, done: int, total: int) -> None:
        self._progress = f"{done} of {total} phrases"
        if done % 2000 < 16:
            log.info("computing vectors: %s", self._progress)


def _marks(found: Sequence[Phrase]) -> NDArray[np.int64]:
    """Of each phrase a number: enough to count what is new, and nothing to keep of 100,000 sentences."""
    return np.fromiter((hash(one) for one in found), np.int64)
