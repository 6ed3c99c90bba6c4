"""In which of the offered languages a message is: script, then letters, then two trained classifiers.

py3langid brings a model of running text in 142 languages; our own model knows the mixture that people
type here: loan words, office names, romanised Nepali. Where both know a language they must agree.
"""

from __future__ import annotations

import mmap
import tempfile
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray

from bot.lexical import Floats, Grams, grams
from bot.normal import UNSPACED, plain

# A script that decides by itself among the offered languages.
SCRIPTS = {
    "my": regex.compile(r"\p{Myanmar}"),
    "th": regex.compile(r"\p{Thai}"),
    "si": regex.compile(r"\p{Sinhala}"),
    "ko": regex.compile(r"\p{Hangul}"),
    "ne": regex.compile(r"\p{Devanagari}"),
    "am": regex.compile(r"\p{Ethiopic}"),
}
LATIN = regex.compile(r"\p{Latin}")
CYRILLIC = regex.compile(r"\p{Cyrillic}")
ARABIC = regex.compile(r"\p{Arabic}")
KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}ー]")
HAN = regex.compile(r"\p{Han}")
LETTERS = regex.compile(r"\p{L}")
WORDS = regex.compile(r"[\p{L}\p{M}\p{N}']+")
# Letters that only one of the languages of a script writes.
LETTERS_OF: Mapping[str, Sequence[tuple[str, str]]] = {
    "cyrillic": (("uk", "ґєіїҐЄІЇ"), ("ru", "ыэъёЫЭЪЁ")),
    "arabic": (("ps", "ټځڅډړږښګڼۍې"), ("ur", "ٹڈڑےھہںۓ"), ("ar", "ةك")),
}
PERSIAN = frozenset("پچژگکی")  # written in Persian, Urdu and Pashto, hardly ever in Arabic
ARABIC_ONLY = frozenset("ةكيى")
# Letters of the Latin script, and the languages that share it, by the codes of py3langid.
LATIN_CODES = {
    "en": "en",
    "fr": "fr",
    "tr": "tr",
    "vi": "vi",
    "es": "es",
    "pt": "pt",
    "tl": "fil",
    "id": "id",
    "ku": "ku",
}
NOT_OFFERED = ("so", "sw", "om", "rw", "ln", "ht", "uz", "de", "it", "pl", "ro")
CODES = {
    "uk": "uk",
    "ru": "ru",
    "ar": "ar",
    "fa": "fa",
    "ur": "ur",
    "ps": "ps",
    "ne": "ne",
    "hi": "hi",
    "zh": "zh-Hans",
    "ja": "ja",
}
# Words of everyday Chinese whose characters Japanese has too, but hardly ever without kana beside them.
CHINESE = regex.compile("[我你他她您们吗吧呢啊哪这那么了是很怎谁没想帮老被嗯不的在有找给说]")
# An address, and one that was typed: htps:/facebok,con. Sought from the beginnings of words alone: from every letter,
# five thousand without a space took a second (two thousand are read, a sixth of that).
LINK = regex.compile(
    r"(?<!\S)\S*(?:://|www\.|\.(?:com?|jp|net|org)\b|@\w+\.)\S*|\bht[tps]*[:/]\S*", regex.IGNORECASE
)
UNKNOWN_BELOW = 0.5
ROMANISED = "romanised-"
SURELY = 0.9  # from here on a romanised message, or one of a language not offered, is taken for it
FEW_WORDS = 3
SHORT = 6
OWN_WEIGHT = 0.4  # our model has seen little text and is too sure of itself
# Words of Hindi that are no Nepali.
HINDI = regex.compile(r"\b(?:है|हैं|हूँ|हूं|में|मैं|नहीं|मुझे|कैसे|था|थी|गया|मिलेगा|दो|लगेगी)\b")
KANJI_SHARE = 0.12  # of letters: below, somebody writes in kana and wants easy Japanese


@dataclass(frozen=True, slots=True)
class Detected:
    """`locale` None: a text of no offered language, or romanised, or too short to say."""

    locale: str | None
    words: int
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class LatinModel:
    """Naive Bayes over hashed n-grams of the languages that share a script. logs: (buckets, languages)."""

    locales: tuple[str, ...]
    logs: Floats
    prior: Floats

    def chances(self, text: str, allowed: Iterable[str] | None = None) -> dict[str, float]:
        """How likely each language is, among `allowed`; sums to 1, empty for a text without letters."""
        keys = grams(text).keys % len(self.logs)
        names = [name for name in self.locales if allowed is None or name in set(allowed)]
        if not len(keys) or not names:
            return {}
        logs = self.logs[keys].sum(axis=0) / len(keys) ** 0.5
        own = np.array([logs[self.locales.index(name)] for name in names])
        likely = np.exp(own - own.max())
        return dict(zip(names, (float(one) for one in likely / likely.sum()), strict=True))


LATIN_BUCKETS = 1 << 15
NEVER_SEEN = np.float64(0.05)  # times


class Counts:
    """How often every n-gram is in the texts of each language, from which a model is made."""

    def __init__(self) -> None:
        self._counts: dict[str, NDArray[np.float64]] = {}

    def add(self, said: Grams, names: Sequence[str]) -> None:
        """`names`: the language of each text of `said` (or "romanised-…")."""
        of_text = np.array(names)
        for name in sorted(set(names)):
            keys = said.keys[of_text[said.texts] == name] % LATIN_BUCKETS
            more = np.bincount(keys, minlength=LATIN_BUCKETS)
            self._counts[name] = self._counts.get(name, NEVER_SEEN) + more

    def model(self) -> LatinModel | None:
        """None without any text."""
        names = tuple(sorted(self._counts))
        if not names:
            return None
        counts = np.stack([self._counts[name] for name in names], axis=1)
        logs = np.log(counts / counts.sum(axis=0))
        logs -= logs.mean(axis=1, keepdims=True)
        return LatinModel(names, logs.astype(np.float32), np.zeros(len(names), np.float32))


@cache
def packaged() -> Any:
    """py3langid, restricted to the languages that matter here; three quarters of a second at first use."""
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier
    from py3langid.modelio import load_model

    weights, prior, codes, steps, rows, output = load_model(MODEL_DIR / MODEL_FILE)
    some = {*LATIN_CODES, *NOT_OFFERED, *CODES}
    columns = [n for n, code in enumerate(codes) if code in some]
    # Not `set_languages`: that keeps all 142 languages beside the chosen, which is 28 MB.
    return LanguageIdentifier(
        weights[:, columns], prior[columns], [codes[n] for n in columns], _on_disk(steps), output,
        norm_probs=True, tk_row=rows,
    )  # fmt: skip


def _on_disk(numbers: array[int]) -> Sequence[int]:
    """The same, read from a file without a name: 42 MB of steps, of which messages touch a few; here if no room."""
    try:
        with tempfile.TemporaryFile() as file:
            numbers.tofile(file)
            file.flush()
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError:
        return numbers
    view: Any = memoryview(mapped)
    steps: Sequence[int] = view.cast(numbers.typecode)
    return steps


def detect(text: str, model: LatinModel | None, hint: str | None = None) -> Detected:
    """The language of a text; `hint` (chosen or from the profile) decides what the text leaves open."""
    text = LINK.sub(" ", text)
    words = _words(text)
    latin = len(LATIN.findall(text))
    for name, count in _scripts(text):
        if count and count * 2 >= latin:
            return _of_script(name, text, model, words, hint)
    if KANA.search(text):
        return Detected(_japanese(text), words)
    return _latin(text, model, words, hint) if latin else Detected(None, words, 0.0)


def _scripts(text: str) -> list[tuple[str, int]]:
    """Scripts but kana and Latin, by how many letters of them there are."""
    counts = Counter({name: len(pattern.findall(text)) for name, pattern in SCRIPTS.items()})
    counts["cyrillic"] = len(CYRILLIC.findall(text))
    counts["arabic"] = len(ARABIC.findall(text))
    if not KANA.search(text):
        counts["han"] = len(HAN.findall(text))
    return counts.most_common(1)


def _words(text: str) -> int:
    """Scripts without spaces: about four letters to a word."""
    return max(len(WORDS.findall(text)), len(UNSPACED.findall(text)) // 4)


def _of_script(
    name: str, text: str, model: LatinModel | None, words: int, hint: str | None
) -> Detected:
    if name == "han":
        return Detected(_han(text, model, hint), words)
    if name == "cyrillic":
        return _by_letters(text, name, ("uk", "ru"), model, words, hint)
    if name == "arabic":
        return _by_letters(text, name, _arabic(text), model, words, hint)
    if name == "ne" and (HINDI.search(text) or _hindi(text)):
        return Detected("hi", words)
    return Detected(name, words)


def _hindi(text: str) -> bool:
    return _packaged_chances(text, ("ne", "hi")).get("hi", 0) >= SURELY


def _japanese(text: str) -> str:
    """Easy Japanese for those who write in kana."""
    letters = len(LETTERS.findall(text))
    kanji = len(HAN.findall(text))
    return "ja-simple" if kanji <= letters * KANJI_SHARE else "ja"


def _han(text: str, model: LatinModel | None, hint: str | None) -> str:
    """Chinese or Japanese: by characters that Japanese encodings lack, then by words."""
    if not _japanese_characters(text):
        return "zh-Hans"
    if hint in {"zh-Hans", "ja", "ja-simple"}:
        return "ja" if hint == "ja-simple" else hint
    if CHINESE.search(text):
        return "zh-Hans"
    short = len(HAN.findall(text)) <= SHORT  # a word or two: the name of a paper, from the counter
    return "ja" if short else _likelier(text, model, ("ja", "zh-Hans"))


def _japanese_characters(text: str) -> bool:
    """Whether JIS X 0208 has every Chinese character of a text: it has none that China simplified alone."""
    try:
        "".join(HAN.findall(text)).encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def _arabic(text: str) -> tuple[str, ...]:
    """The languages that a text in Arabic letters may be in."""
    letters = set(text)
    if letters & PERSIAN and not letters & ARABIC_ONLY:
        return ("fa", "ur", "ps")
    if letters & ARABIC_ONLY and not letters & PERSIAN:
        return ("ar", "fa", "ps")  # Persian and Pashto are typed on Arabic keyboards, too
    return ("ar", "fa", "ur", "ps")


def _by_letters(
    text: str,
    script: str,
    allowed: tuple[str, ...],
    model: LatinModel | None,
    words: int,
    hint: str | None,
) -> Detected:
    for locale, letters in LETTERS_OF[script]:
        if locale in allowed and any(letter in letters for letter in text):
            return Detected(locale, words)
    if hint in allowed and words < FEW_WORDS + 1:
        return Detected(hint, words, 0.6)
    return Detected(_likelier(LATIN.sub("", text), model, allowed), words)


def _likelier(text: str, model: LatinModel | None, allowed: tuple[str, ...]) -> str:
    """The likeliest of a few languages by both classifiers."""
    both = _agreed(text, model, allowed)
    return max(both, key=lambda name: both[name]) if both else allowed[0]


def _agreed(text: str, model: LatinModel | None, allowed: tuple[str, ...]) -> dict[str, float]:
    """The product of what both classifiers hold likely; sums to 1."""
    own = model.chances(plain(text), allowed) if model else {}
    other = _packaged_chances(text, allowed)
    both = {
        name: own.get(name, 1 / len(allowed)) ** OWN_WEIGHT * (other.get(name, 0) + 0.01)
        for name in allowed
    }
    total = sum(both.values()) or 1.0
    return {name: value / total for name, value in both.items()}


def _packaged_chances(text: str, allowed: Iterable[str]) -> dict[str, float]:
    """How likely py3langid holds each of our locales; what is not among `allowed` is left out."""
    names = LATIN_CODES | CODES
    ranked = {names.get(code, code): float(value) for code, value in packaged().rank(text.lower())}
    found = {name: ranked[name] for name in allowed if name in ranked}
    total = sum(found.values()) or 1.0
    return {name: value / total for name, value in found.items()}


def _latin(text: str, model: LatinModel | None, words: int, hint: str | None) -> Detected:
    offered = tuple(LATIN_CODES.values())
    strange = _packaged_chances(text, (*offered, *NOT_OFFERED))
    if words > FEW_WORDS and sum(strange.get(name, 0) for name in NOT_OFFERED) >= SURELY:
        return Detected(None, words)
    others = _romanised(text, model)
    romanised = sum(others.values()) >= SURELY
    if romanised and words > FEW_WORDS:
        alike = max(others.values()) < SURELY  # Urdu and Hindi: both may be meant
        return Detected(None if alike else max(others, key=others.__getitem__), words, SURELY)
    both = _agreed(text, model, offered)
    name = max(both, key=lambda one: both[one])
    if both[name] < UNKNOWN_BELOW or romanised or (hint and hint != name and words <= FEW_WORDS):
        return Detected(None, words, both[name])
    return Detected(name, words, both[name])


def _romanised(text: str, model: LatinModel | None) -> dict[str, float]:
    """How likely a text in Latin letters is in each language of another script."""
    likely = model.chances(plain(text)) if model else {}
    return {
        name.removeprefix(ROMANISED): value
        for name, value in likely.items()
        if name.startswith(ROMANISED)
    }
