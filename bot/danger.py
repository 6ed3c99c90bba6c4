"""Someone is in danger now: patterns that staff keep, a file a language, without model or database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Pattern:
    """All of `wanted` and none of `unwanted` in one sentence; each is a set of alternatives."""

    wanted: tuple[Any, ...]
    unwanted: tuple[Any, ...]

    def fits(self, spaced: str, joined: str) -> bool:
        """Whether a sentence (padded with spaces, and without any) has this pattern."""
        return all(_found(term, spaced, joined) for term in self.wanted) and not any(
            _found(term, spaced, joined) for term in self.unwanted
        )


def _found(term: tuple[Any, Any], spaced: str, joined: str) -> bool:
    words, pieces = term
    return bool((words and words.search(spaced)) or (pieces and pieces.search(joined)))


class Lexicon:
    """The danger patterns of all languages."""

    def __init__(self, files: Mapping[str, Mapping[str, Any]]) -> None:
        self._kinds = {
            locale: {kind: _patterns(rows) for kind, rows in kinds.items()}
            for locale, kinds in files.items()
        }

    def kind(self, text: str, locale: str | None) -> str | None:
        """The kind of danger in a message, in the person's language first, then in every other."""
        first = [locale] if locale in self._kinds else []
        if locale in {"ja", "ja-simple"}:
            first = [name for name in ("ja", "ja-simple") if name in self._kinds]
        rest = [name for name in self._kinds if name not in first]
        sentences = [(one, f" {one} ", kana(spaceless(one))) for one in _sentences(text)]
        return self._in(first, sentences) or self._in(rest, sentences)

    def _in(self, locales: Sequence[str], sentences: Sequence[tuple[str, str, str]]) -> str | None:
        for locale in locales:
            kinds = self._kinds[locale]
            safe = kinds.get("safe", ())
            meant = [row for row in sentences if not any(one.fits(row[1], row[2]) for one in safe)]
            for kind in ORDER:
                if any(one.fits(row[1], row[2]) for row in meant for one in kinds.get(kind, ())):
                    return kind
        return None


def _sentences(text: str) -> list[str]:
    return [bare for part in _SENTENCES.split(text[:2000]) if (bare := plain(part))]


def _patterns(rows: Mapping[str, Sequence[str]]) -> tuple[Pattern, ...]:
    return tuple(_pattern(row) for row in rows.get("words", ()))


def _pattern(row: str) -> Pattern:
    terms = row.split()
    wanted = tuple(_term(term) for term in terms if not term.startswith("!"))
    return Pattern(wanted, tuple(_term(term[1:]) for term in terms if term.startswith("!")))


def _term(term: str) -> tuple[Any, Any]:
    """Alternatives as whole words, or as pieces where the script has no spaces; `=fire` is all that is said."""
    if term.startswith("="):
        said = (plain(part.replace("_", " ")) for part in term[1:].split("|"))
        return regex.compile("|".join(f"^ {regex.escape(one)} $" for one in said if one)), None
    parts = [part for part in term.split("|") if part]
    joined = [kana(spaceless(plain(part.replace("_", " ").replace("*", "")))) for part in parts
              if PIECES.search(part)]  # fmt: skip
    words = [_word(part) for part in parts if not PIECES.search(part)]
    return (
        regex.compile("|".join(word for word in words if word)) if any(words) else None,
        regex.compile("|".join(regex.escape(piece) for piece in joined if piece))
        if any(joined)
        else None,
    )


def _word(part: str) -> str:
    begin, end = part.startswith("*"), part.endswith("*")
    bare = plain(part.replace("_", " ").replace("*", ""))
    if not bare:
        return ""
    return f"{'' if begin else ' '}{regex.escape(bare)}{'' if end else ' '}"


def load(folder: Path) -> Lexicon:
    """Read danger/<locale>.yaml; a file that cannot be read is left out (check names it)."""
    from bot.source import read

    files = {file.stem: read(file, []) for file in sorted((folder / "danger").glob("*.yaml"))}
    return Lexicon({name: value for name, value in files.items() if isinstance(value, dict)})
