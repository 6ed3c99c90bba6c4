"""Someone is in danger now: patterns that staff keep, a file a language, without model or database."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import regex

from bot.normal import kana, plain, spaceless
from bot.remembered import Remembered

# What is tried first when several kinds are in one message: who can be helped only at once.
ORDER = (
    "fire", "sea", "medical", "crime", "violence", "child", "suicide", "gas", "accident", "quake",
)  # fmt: skip
# Scripts whose words are not set apart, or whose endings grow onto the word: found anywhere.
PIECES = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Myanmar}\p{Khmer}\p{Lao}]"
)
_SENTENCES = regex.compile(r"[.!?。！？\n؟۔।;၊။]+")


Sentence = tuple[str, str]  # padded with spaces; without any, in kana
Signs = tuple[tuple[str, ...], tuple[str, ...]]  # in spaced words; in the sentence without spaces
WHOLE = "="  # before a sign: nothing else is said
LISTS = "lists"  # what a file says once and its rows name, as @looks-for-family
_LIST = regex.compile(r"@([a-z-]+)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """All of `wanted` and none of `unwanted` in one sentence; each is a set of alternatives.

    Nothing of `nowhere` may be in the whole message: who writes "A big earthquake! I cannot reach my mother." asks
    for her. `signs` are the alternatives of one wanted term: in a sentence without any of them it does not fit.
    """

    wanted: tuple[Signs, ...]
    unwanted: tuple[Signs, ...]
    nowhere: tuple[Signs, ...]
    signs: Signs

    def fits(self, sentence: Sentence, message: Sequence[Sentence]) -> bool:
        """Whether a sentence of a message has this pattern."""
        return (
            all(_has(term, *sentence) for term in self.wanted)
            and not any(_has(term, *sentence) for term in self.unwanted)
            and not any(_has(term, *one) for term in self.nowhere for one in message)
        )


def _has(signs: Signs, spaced: str, joined: str) -> bool:
    """Plain looking, not expressions: compiling 8,000 of them took six seconds of every start."""
    words, pieces = signs
    return any(
        spaced == f" {word[1:]} " if word[0] == WHOLE else word in spaced for word in words
    ) or any(piece in joined for piece in pieces)


class Finder:
    """Which of many texts are in a sentence: one look for each letter of it, however many texts there are."""

    START = 3  # letters; shorter texts are their own start

    def __init__(self, texts: Iterable[str]) -> None:
        self._by_start: dict[str, list[str]] = {}
        for text in sorted(set(texts)):
            self._by_start.setdefault(text[: self.START], []).append(text)
        self._lengths = sorted({len(start) for start in self._by_start})

    def found(self, sentence: str) -> set[str]:
        """Those that are in it."""
        starts = self._by_start
        return {
            text
            for at in range(len(sentence))
            for length in self._lengths
            for text in starts.get(sentence[at : at + length], ())
            if sentence.startswith(text, at)
        }


class Lexicon:
    """The danger patterns of all languages."""

    def __init__(self, files: Mapping[str, Mapping[str, Any]]) -> None:
        self._kinds = {
            locale: {
                kind: _patterns(rows, kinds.get(LISTS, {}))
                for kind, rows in kinds.items()
                if kind != LISTS
            }
            for locale, kinds in files.items()
        }
        signed = [
            (locale, one.signs)
            for locale, kinds in self._kinds.items()
            for kind, patterns in kinds.items()
            if kind != "safe"
            for one in patterns
        ]
        self._words = _locales_of((word.removeprefix(WHOLE), locale)
                                  for locale, (words, _) in signed for word in words)  # fmt: skip
        self._pieces = _locales_of(
            (piece, locale) for locale, (_, pieces) in signed for piece in pieces
        )
        self._in_spaced, self._in_joined = Finder(self._words), Finder(self._pieces)

    def kind(self, text: str, locale: str | None) -> str | None:
        """The kind of danger in a message, in the person's language first, then in every other."""
        first = [locale] if locale in self._kinds else []
        if locale in {"ja", "ja-simple"}:
            first = [name for name in ("ja", "ja-simple") if name in self._kinds]
        rest = [name for name in self._kinds if name not in first]
        sentences = [(f" {one} ", kana(spaceless(one))) for one in _sentences(text)]
        signed = [(one, locales) for one in sentences if (locales := self._signed_in(*one))]
        return self._in((*first, *rest), signed, sentences) if signed else None

    def _signed_in(self, spaced: str, joined: str) -> set[str]:
        """The languages of which a sign is in a sentence; nearly always none, and 1,200 patterns are spared."""
        found = [self._words[word] for word in self._in_spaced.found(spaced)]
        found += [self._pieces[piece] for piece in self._in_joined.found(joined)]
        return set().union(*found)

    def _in(
        self,
        locales: Iterable[str],
        found: Sequence[tuple[Sentence, set[str]]],
        message: Sequence[Sentence],
    ) -> str | None:
        for locale in locales:
            kinds = self._kinds[locale]
            signed = [sentence for sentence, signed_in in found if locale in signed_in]
            for kind in ORDER if signed else ():
                if any(_means(kinds, kind, sentence, message) for sentence in signed):
                    return kind
        return None


def _means(
    kinds: Mapping[str, Sequence[Pattern]],
    kind: str,
    sentence: Sentence,
    message: Sequence[Sentence],
) -> bool:
    return any(one.fits(sentence, message) for one in kinds.get(kind, ())) and not any(
        one.fits(sentence, message) for one in kinds.get("safe", ())
    )


def _sentences(text: str) -> list[str]:
    return [bare for part in _SENTENCES.split(text[:2000]) if (bare := plain(part))]


def _patterns(
    rows: Mapping[str, Sequence[str]], lists: Mapping[str, Sequence[str]]
) -> tuple[Pattern, ...]:
    # A name that is not there stays, and is found nowhere: without it, a row would ring for less.
    written = (
        _LIST.sub(lambda name: "|".join(lists.get(name[1], (name[0],))), row)
        for row in rows.get("words", ())
    )
    return tuple(_pattern_of(row) for row in written)


def unknown_lists(kinds: Mapping[str, Any]) -> Iterator[tuple[str, int, str]]:
    """The kind, the number of the row, and the name of each list that a file's rows want and that is not there."""
    known = kinds.get(LISTS, {})
    for kind, rows in kinds.items():
        for number, row in enumerate(rows.get("words", ()) if kind != LISTS else ()):
            yield from ((kind, number, name) for name in _LIST.findall(row) if name not in known)


def _locales_of(signs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """In which languages each sign is one."""
    found: dict[str, set[str]] = {}
    for sign, locale in signs:
        found.setdefault(sign, set()).add(locale)
    return found


def _pattern(row: str) -> Pattern:
    terms = row.split()
    wanted = [_signs(term) for term in terms if not term.startswith("!")]
    nowhere = tuple(_signs(term[2:]) for term in terms if term.startswith("!!"))
    unwanted = tuple(
        _signs(term[1:]) for term in terms if term.startswith("!") and not term.startswith("!!")
    )
    rarest = max(wanted, key=_shortest, default=((), ()))
    return Pattern(tuple(wanted), unwanted, nowhere, rarest)


_pattern_of = Remembered(_pattern, 8192)


def _shortest(signs: Signs) -> int:
    return min((len(sign.strip()) for sign in (*signs[0], *signs[1])), default=0)


@lru_cache(maxsize=256)  # several rows of a file name the same list
def _signs(term: str) -> Signs:
    """Alternatives as whole words, and as pieces where the script has no spaces; `=fire` is all that is said."""
    if term.startswith("="):
        said = (plain(part.replace("_", " ")) for part in term[1:].split("|"))
        return _once(f"{WHOLE}{one}" for one in said if one), ()
    words, joined = list[str](), list[str]()
    for part in term.split("|"):
        if PIECES.search(part):
            joined.append(kana(spaceless(plain(part.replace("_", " ").replace("*", "")))))
        else:
            words.append(_word(part))
    return _once(words), _once(joined)


def _once(signs: Iterable[str]) -> tuple[str, ...]:
    """Those that are none are left out; the same word of many rows is kept once: 8 MB less."""
    return tuple(sys.intern(sign) for sign in signs if sign)


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
