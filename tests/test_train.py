"""What was learnt is kept on disk, where every process maps it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from bot import train
from bot.phrases import NONE, Phrase
from bot.train import Trained

ENTRIES = ["garbage", "nursery"]
NOW = 2_000_000_000.0


@pytest.fixture(scope="module", autouse=True)
def few_features() -> Iterator[None]:
    """Enough for a handful of phrases: with all, a semantic half takes two seconds."""
    train._directions.cache_clear()
    with patch.object(train, "FEATURES", 64):
        yield
    train._directions.cache_clear()


@pytest.fixture(scope="module")
def trained() -> Trained:
    asked = {
        "garbage": ["burnable garbage day", "when is garbage collected"],
        "nursery": ["nursery school", "a place for my baby while I work"],
        NONE: ["who won the football match", "tell me a joke"],
    }
    phrases = [Phrase("en", label, text) for label, texts in asked.items() for text in texts]
    vectors = np.random.RandomState(1).normal(size=(len(phrases), 384)).astype(np.float32)
    return train.train(phrases, ENTRIES, vectors)


def test_what_was_learnt_is_the_same_from_disk(trained: Trained, tmp_path: Path) -> None:
    train.store(trained, tmp_path / "weights-x")
    again = train.restore(tmp_path / "weights-x")
    assert again is not None and again.head is not None and trained.head is not None
    assert (again.name, again.labels, again.sharp) == (trained.name, trained.labels, trained.sharp)
    text = "garbage on monday"
    assert np.allclose(
        again.lexical["en"].scores(text), trained.lexical["en"].scores(text), atol=1e-3
    )
    vector = np.ones(384, np.float32)
    assert np.array_equal(again.head.scores(vector), trained.head.scores(vector))
    assert not again.head.weights.flags.owndata


def test_an_edit_of_one_language_leaves_the_others_as_they_are() -> None:
    def phrases(english: str) -> list[Phrase]:
        rows = {"en": ("burnable garbage", english), "fr": ("les ordures", "une crèche")}
        return [Phrase(locale, label, text) for locale, row in rows.items()
                for label, text in zip(ENTRIES, row, strict=True)]  # fmt: skip

    before = train.train(phrases("nursery"), ENTRIES)
    after = train.train(phrases("day care"), ENTRIES, known=before)
    assert after.lexical["fr"] is before.lexical["fr"]
    assert after.lexical["en"].knows("day care") > before.lexical["en"].knows("day care")
    anew = train.train(phrases("day care"), ENTRIES)
    assert (anew.name, anew.marks, anew.sharp) == (after.name, after.marks, after.sharp)


def test_what_was_measured_without_a_model_is_measured_again_with_one() -> None:
    phrases = [Phrase("en", "garbage", "burnable garbage"), Phrase("en", "nursery", "day care")]
    vectors = np.random.RandomState(1).normal(size=(2, 384)).astype(np.float32)
    without = train.train(phrases, ENTRIES)
    anew = train.train(phrases, ENTRIES, vectors)
    assert (
        train.train(phrases, ENTRIES, vectors, known=without).sharp == anew.sharp != without.sharp
    )


def test_who_learnt_the_same_second_leaves_the_first(trained: Trained, tmp_path: Path) -> None:
    for _ in range(2):
        train.store(trained, tmp_path / "weights-x")
    assert [one.name for one in tmp_path.iterdir()] == ["weights-x"]


def test_what_cannot_be_read_is_learnt_anew(trained: Trained, tmp_path: Path) -> None:
    assert train.restore(tmp_path / "nothing") is None
    train.store(trained, tmp_path / "weights-x")
    (tmp_path / "weights-x" / "lexical.en.rows.npy").write_bytes(b"")
    assert train.restore(tmp_path / "weights-x") is None
    (tmp_path / "weights-x" / "lexical.en.rows.npy").unlink()
    assert train.restore(tmp_path / "weights-x") is None
    train.store(trained, tmp_path / "weights-x")
    assert train.restore(tmp_path / "weights-x") is not None
    assert [one.name for one in tmp_path.iterdir()] == ["weights-x"]


def test_what_nobody_used_for_a_month_goes(trained: Trained, tmp_path: Path) -> None:
    for name, days in (("weights-old", 31), ("weights-new", 29)):
        train.store(trained, tmp_path / name)
        os.utime(tmp_path / name, (NOW - days * 86400,) * 2)
    (tmp_path / "weights-of-before.npz").touch()
    os.utime(tmp_path / "weights-of-before.npz", (0, 0))
    (tmp_path / "secret_key").touch()
    os.utime(tmp_path / "secret_key", (0, 0))
    train.forget_old(tmp_path, NOW)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["secret_key", "weights-new"]
