"""Danger is found quickly, and exactly as if every pattern of every language had been tried in turn."""

from __future__ import annotations

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import danger
from bot.danger import ORDER, WHOLE, Finder, Lexicon
from bot.normal import kana, spaceless
from bot.source import read

LEXICON: Lexicon = danger.load(ROOT / "faq")
FILES = {file.stem: read(file, []) or {} for file in sorted((ROOT / "faq/danger").glob("*.yaml"))}
EXAMPLES = sorted({text for rows in FILES.values() for row in rows.values() for text in row["examples"]})  # fmt: skip
WORDS = sorted({word for text in EXAMPLES for word in text.split()})
LOCALES = [None, "ja", "ja-simple", "en", *sorted(FILES)]


def tried_in_turn(text: str, locale: str | None) -> str | None:
    """The slow way: for each language, each kind, each sentence, each pattern."""
    first = [name for name in ("ja", "ja-simple") if locale in {"ja", "ja-simple"}] or [locale]
    rest = [name for name in LEXICON._kinds if name not in first]
    sentences = [(f" {one} ", kana(spaceless(one))) for one in danger._sentences(text)]
    for name in (*(name for name in first if name in LEXICON._kinds), *rest):
        kinds = LEXICON._kinds[name]
        signed = [row for row in sentences if has_sign(kinds, *row)]
        for kind in ORDER:
            for row in signed:
                fits = any(one.fits(*row) for one in kinds.get(kind, ()))
                if fits and not any(one.fits(*row) for one in kinds.get("safe", ())):
                    return kind
    return None


def has_sign(kinds: dict[str, tuple[danger.Pattern, ...]], spaced: str, joined: str) -> bool:
    patterns = [one for kind, rows in kinds.items() if kind != "safe" for one in rows]
    return any(word.removeprefix(WHOLE) in spaced for one in patterns for word in one.signs[0]) or any(
        piece in joined for one in patterns for piece in one.signs[1]
    )  # fmt: skip


@pytest.mark.parametrize("file", sorted(FILES))
def test_every_example_means_what_it_means_the_slow_way(file: str) -> None:
    for row in FILES[file].values():
        for text in row["examples"]:
            assert LEXICON.kind(text, file) == tried_in_turn(text, file), text


@settings(max_examples=150, deadline=None)
@given(
    text=st.one_of(
        st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join),
        st.lists(st.sampled_from(EXAMPLES), max_size=3).map("。".join),
        st.text(max_size=60),
    ),
    locale=st.sampled_from(LOCALES),
)
def test_any_text_means_what_it_means_the_slow_way(text: str, locale: str | None) -> None:
    assert LEXICON.kind(text, locale) == tried_in_turn(text, locale)


@given(
    texts=st.lists(st.text("abあ ", min_size=1, max_size=5), max_size=12),
    sentence=st.text("abあ ", max_size=30),
)
def test_the_finder_finds_what_is_there_and_nothing_else(texts: list[str], sentence: str) -> None:
    assert Finder(texts).found(sentence) == {text for text in texts if text in sentence}
