"""Someone is in danger now: patterns that staff keep, a file a language, without model or database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import regex

from bot.normal import kana, plain, spaceless

# What is tried first when several kinds are in one message: who can be helped only at once.
ORDER = (
    "fire", "sea", "medical", "crime", "violence", "child", "suicide", "gas", "accident", "quake",
)  # fmt: skip
# Scripts whose words are not set apart, or whose endings grow onto the word: found anywhere.
PIECES = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Myanmar}\p{Khmer}\p{Lao}]"
)
_SENTENCES = regex.compile(r"[.!?。！？\n؟۔।;၊။]+")


Signs = tuple[tuple[str, ...], tuple[str, ...]]  # in spaced words; in the sentence without spaces
WHOLE = "="  # before a sign: nothing else is said


@dataclass(frozen=True, slots=True)
class Pattern:
    """All of `wanted` and none of `unwanted` in one sentence; each is a set of alternatives.

    `signs` are the alternatives of one wanted term: in a sentence without any of them it does not fit.
    """

    wanted: tuple[Signs, ...]
    unwanted: tuple[Signs, ...]
    signs: Signs

    def fits(self, spaced: str, joined: str) -> bool:
        """Whether a sentence (padded with spaces, and without any) has this pattern."""
        return all(_has(term, spaced, joined) for term in self.wanted) and not any(
            _has(term, spaced, joined) for term in self.unwanted
        )


def _has(signs: Signs, spaced: str, joined: str) -> bool:
    """Plain looking, not expressions: compiling 8,000 of them took six seconds of every start."""
    words, pieces = signs
    return any(
        spaced == f" {word[1:]} " if word[0] == WHOLE else word in spaced for word in words
    ) or any(piece in joined for piece in pieces)


@dataclass(frozen=True, slots=True)
class _Any:
    """Finds any of many texts by their first letters: nearly all of them are never compared.

    With 13,000 signs 30 µs a sentence; a named list of `regex` took 2.6 ms, and 0.6 s of every start.
    """

    by_start: Mapping[str, Sequence[str]]

    def inside(self, text: str) -> bool:
        """Whether one of them is anywhere in `text`."""
        return any(
            text.startswith(sign, at)
            for at in range(len(text))
            for size in range(1, START + 1)
            for sign in self.by_start.get(text[at : at + size], ())
        )


START = 4  # letters; shorter signs are found by all that they have


def _found(term: tuple[_Any, _Any], spaced: str, joined: str) -> bool:
    words, pieces = term
    return words.inside(spaced) or pieces.inside(joined)


class Lexicon:
    """The danger patterns of all languages."""

    def __init__(self, files: Mapping[str, Mapping[str, Any]]) -> None:
        self._kinds = {
            locale: {kind: _patterns(rows) for kind, rows in kinds.items()}
            for locale, kinds in files.items()
        }
        self._signs = {
            locale: _signs_of(rows for kind, rows in kinds.items() if kind != "safe")
            for locale, kinds in self._kinds.items()
        }
        self._every = _signs_of(rows for kinds in self._kinds.values()
                                for kind, rows in kinds.items() if kind != "safe")  # fmt: skip

    def kind(self, text: str, locale: str | None) -> str | None:
        """The kind of danger in a message, in the person's language first, then in every other."""
        first = [locale] if locale in self._kinds else []
        if locale in {"ja", "ja-simple"}:
            first = [name for name in ("ja", "ja-simple") if name in self._kinds]
        rest = [name for name in self._kinds if name not in first]
        sentences = [(one, f" {one} ", kana(spaceless(one))) for one in _sentences(text)]
        sentences = [row for row in sentences if _found(self._every, row[1], row[2])]
        if not sentences:
            return None  # nearly all messages: one look instead of 1,200 patterns
        return self._in(first, sentences) or self._in(rest, sentences)

    def _in(self, locales: Sequence[str], sentences: Sequence[tuple[str, str, str]]) -> str | None:
        for locale in locales:
            kinds, signs = self._kinds[locale], self._signs[locale]
            signed = [row for row in sentences if _found(signs, row[1], row[2])]
            for kind in ORDER if signed else ():
                if any(_means(row, kinds.get(kind, ()), kinds.get("safe", ())) for row in signed):
                    return kind
        return None


def _means(
    sentence: tuple[str, str, str], wanted: Iterable[Pattern], safe: Iterable[Pattern]
) -> bool:
    _, spaced, joined = sentence
    return any(one.fits(spaced, joined) for one in wanted) and not any(
        one.fits(spaced, joined) for one in safe
    )


def _sentences(text: str) -> list[str]:
    return [bare for part in _SENTENCES.split(text[:2000]) if (bare := plain(part))]


def _patterns(rows: Mapping[str, Sequence[str]]) -> tuple[Pattern, ...]:
    return tuple(_pattern(row) for row in rows.get("words", ()))


def _signs_of(patterns: Iterable[Iterable[Pattern]]) -> tuple[_Any, _Any]:
    """Finds any sign of many patterns."""
    signs = [one.signs for rows in patterns for one in rows]
    return _any_of(word.removeprefix(WHOLE) for words, _ in signs for word in words), _any_of(
        piece for _, pieces in signs for piece in pieces
    )


def _any_of(texts: Iterable[str]) -> _Any:
    by_start: dict[str, list[str]] = {}
    for text in sorted(set(texts)):
        by_start.setdefault(text[:START], []).append(text)
    return _Any(by_start)


@lru_cache(maxsize=8192)
def _pattern(row: str) -> Pattern:
    """Remembered by what staff wrote: after a saving, one row of three thousand is new."""
    terms = row.split()
    wanted = [_signs(term) for term in terms if not term.startswith("!")]
    unwanted = tuple(_signs(term[1:]) for term in terms if term.startswith("!"))
    rarest = max(wanted, key=_shortest, default=((), ()))
    return Pattern(tuple(wanted), unwanted, rarest)


def _shortest(signs: Signs) -> int:
    return min((len(sign.strip()) for sign in (*signs[0], *signs[1])), default=0)


def _signs(term: str) -> Signs:
    """Alternatives as whole words, and as pieces where the script has no spaces; `=fire` is all that is said."""
    if term.startswith("="):
        said = (plain(part.replace("_", " ")) for part in term[1:].split("|"))
        return tuple(f"{WHOLE}{one}" for one in said if one), ()
    parts = [part for part in term.split("|") if part]
    joined = [kana(spaceless(plain(part.replace("_", " ").replace("*", "")))) for part in parts
              if PIECES.search(part)]  # fmt: skip
    words = [_word(part) for part in parts if not PIECES.search(part)]
    return tuple(word for word in words if word), tuple(piece for piece in joined if piece)


def _word(part: str) -> str:
    begin, end = part.startswith("*"), part.endswith("*")
    bare = plain(part.replace("_", " ").replace("*", ""))
    if not bare:
        return ""
    return f"{'' if begin else ' '}{bare}{'' if end else ' '}"


def load(folder: Path) -> Lexicon:
    """Read danger/<locale>.yaml; a file that cannot be read is left out (check names it)."""
    from bot.source import read

    files = {file.stem: read(file, []) for file in sorted((folder / "danger").glob("*.yaml"))}
    return Lexicon({name: value for name, value in files.items() if isinstance(value, dict)})
