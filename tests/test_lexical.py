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
