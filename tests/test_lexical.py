"""The lexical half where there are more phrases than it can weigh one by one."""

from __future__ import annotations

import numpy as np
import pytest

from bot import lexical


def test_many_phrases_are_matched_without_a_square_of_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lexical, "MANY", 3)
    monkeypatch.setattr(lexical, "COMMON", 1)
    texts = ["burnable garbage day", "garbage collection", "nursery school", "enrol in nursery"]
    truth = np.array([0, 0, 1, 1])
    model, left_out = lexical.fit_left_out(lexical.grams_of(texts), truth, ("garbage", "nursery"))
    assert model.alphas.size == 0
    assert model.scores("garbage").argmax() == 0
    assert model.scores("the nursery").argmax() == 1
    assert left_out.argmax(axis=1).tolist() == truth.tolist()
    again = lexical.unpacked(lexical.packed(model, "x"), "x", model.labels)
    assert np.allclose(again.scores("garbage day"), model.scores("garbage day"), atol=1e-3)


def test_the_nearest_other_phrase_of_each_label_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexical, "BLOCK", 2)
    monkeypatch.setattr(lexical, "DENSE", 1)
    texts = ["garbage day", "nursery school", "garbage", "a nursery", "burnable garbage", "school"]
    truth = np.array([0, 1, 0, 1, 0, 1])
    model, kernel, _ = lexical._prepared(lexical.grams_of(texts), truth, ("a", "b", "unsaid"))
    rows = lexical._sparse(model).toarray()
    alike = rows @ rows.T
    np.fill_diagonal(alike, 0)
    wanted = [[alike[n, truth == label].max() for label in (0, 1)] for n in range(len(texts))]
    found = lexical._nearest_left_out(kernel, model)
    assert np.allclose(found[:, :2], wanted, atol=1e-6)
    assert not found[:, 2].any()
    whole = lexical.fit(lexical.grams_of(texts), truth, ("a", "b", "unsaid"))
    said = whole.scores("garbage day")
    monkeypatch.setattr(lexical, "NEAREST", 0.0)
    assert np.allclose(said - whole.scores("garbage day"), [0.2, 0.2 * alike[0, 1], 0], atol=1e-3)
