"""In which of the offered languages a message is: script, then letters, then a trained classifier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import regex

from bot.lexical import Floats, grams
from bot.normal import plain

# A script that decides by itself among the offered languages.
SCRIPTS = {
    "my": regex.compile(r"\p{Myanmar}"),
    "th": regex.compile(r"\p{Thai}"),
    "si": regex.compile(r"\p{Sinhala}"),
    "ko": regex.compile(r"\p{Hangul}"),
    "ne": regex.compile(r"\p{Devanagari}"),
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
    "arabic": (("ur", "ٹڈڑےھہںۓ"), ("fa", "پچژگ"), ("ar", "ةىإأؤئ")),
}
# Characters that Chinese writes and Japanese does not, among the most frequent of simplified text.
SIMPLIFIED = frozenset("们这个吗么请问时没说对会话过还为给让从来两样点钱医险难证签应办"
                       "车东开关问间马买卖书长门见贝头实习语读谁课业亲儿华发现费单电动"
                       "啊吧呢哪您她它怎你")  # fmt: skip
CONFIDENT = 0.75
UNKNOWN_BELOW = 0.5
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

    def guess(self, text: str, allowed: Iterable[str] | None = None) -> tuple[str | None, float]:
        """The likeliest language and how sure, among `allowed`."""
        keys = np.fromiter((key % len(self.logs) for key in grams(text)), np.int64)
        if not len(keys):
            return None, 0.0
        logs = self.logs[keys].sum(axis=0) / len(keys) ** 0.5
        if allowed is not None:
            logs = np.where([name in set(allowed) for name in self.locales], logs, -1e9)
        likely = np.exp(logs - logs.max())
        likely /= likely.sum()
        best = int(likely.argmax())
        return self.locales[best], float(likely[best])


LATIN_BUCKETS = 1 << 15


def fit(texts: Sequence[str], locales: Sequence[str], names: Sequence[str]) -> LatinModel:
    """Train on texts and their locales (or "romanised")."""
    counts = np.full((LATIN_BUCKETS, len(names)), 0.05, np.float64)
    place = {name: n for n, name in enumerate(names)}
    for text, locale in zip(texts, locales, strict=True):
        for key in grams(text):
            counts[key % LATIN_BUCKETS, place[locale]] += 1
    logs = np.log(counts / counts.sum(axis=0))
    logs -= logs.mean(axis=1, keepdims=True)
    return LatinModel(tuple(names), logs.astype(np.float32), np.zeros(len(names), np.float32))


def detect(text: str, model: LatinModel | None, hint: str | None = None) -> Detected:
    """The language of a text; `hint` (chosen or from the profile) decides what the text leaves open."""
    words = len(WORDS.findall(text))
    counts = Counter({name: len(pattern.findall(text)) for name, pattern in SCRIPTS.items()})
    name, count = counts.most_common(1)[0]
    latin = len(LATIN.findall(text))
    if count and count * 2 >= latin:
        return Detected(name, _words(text, words))
    if KANA.search(text):
        return Detected(_japanese(text), _words(text, words))
    if HAN.search(text):
        return Detected(_han(text, hint), _words(text, words))
    if len(CYRILLIC.findall(text)) > latin:
        return _by_letters(text, "cyrillic", model, words, hint)
    if len(ARABIC.findall(text)) > latin:
        return _by_letters(text, "arabic", model, words, hint)
    return _latin(text, model, words, hint) if latin else Detected(None, words, 0.0)


def _words(text: str, counted: int) -> int:
    """Scripts without spaces: about four letters to a word."""
    letters = len(LETTERS.findall(text))
    return max(counted, letters // 4)


def _japanese(text: str) -> str:
    """Easy Japanese for those who write in kana."""
    letters = len(LETTERS.findall(text))
    kanji = len(HAN.findall(text))
    return "ja-simple" if kanji <= letters * KANJI_SHARE else "ja"


def _han(text: str, hint: str | None) -> str:
    if any(letter in SIMPLIFIED for letter in text):
        return "zh-Hans"
    if hint in {"zh-Hans", "ja", "ja-simple"}:
        return "ja" if hint == "ja-simple" else hint
    return "ja"


def _by_letters(
    text: str, script: str, model: LatinModel | None, words: int, hint: str | None
) -> Detected:
    for locale, letters in LETTERS_OF[script]:
        if any(letter in letters for letter in text):
            if script == "arabic" and locale == "fa":
                return Detected(_among(text, model, ("fa", "ur"), "fa"), words)
            return Detected(locale, words)
    allowed = ("uk", "ru") if script == "cyrillic" else ("ar", "fa", "ur")
    if hint in allowed and words < 4:
        return Detected(hint, words, 0.6)
    guessed = _among(text, model, allowed, allowed[0])
    return Detected(guessed, words)


def _among(text: str, model: LatinModel | None, allowed: tuple[str, ...], default: str) -> str:
    if model is None:
        return default
    name, _ = model.guess(text, [one for one in allowed if one in model.locales])
    return name or default


def _latin(text: str, model: LatinModel | None, words: int, hint: str | None) -> Detected:
    if model is None:
        return Detected(None, words, 0.0)
    name, sure = model.guess(plain(text))
    if name is None or name.startswith("romanised") or sure < UNKNOWN_BELOW:
        return Detected(None, words, sure)
    if hint and hint != name and words < 4:
        return Detected(None, words, sure)
    return Detected(name, words, sure)
