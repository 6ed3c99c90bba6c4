"""Making messages comparable: width, case, letter variants, digits, repeats, Zawgyi, kana."""

from __future__ import annotations

import re
import unicodedata
import warnings
from functools import cache, lru_cache
from typing import Any

import regex

# Letters that people type for one another: Arabic for Persian, Urdu and the keyboard's default.
_VARIANTS = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ئ": "ی", "ك": "ک", "ة": "ه", "ۀ": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا",
        "ؤ": "و", "ہ": "ه", "ھ": "ه", "ے": "ی", "ـ": None, "\u200c": " ", "\u200b": None, "\u200d": None,
        "\u2066": None, "\u2067": None, "\u2068": None, "\u2069": None, "\u200e": None, "\u200f": None,
        "’": "'", "ʼ": "'", "‘": "'", "`": "'", "´": "'", "ё": "е", "ı": "i", "đ": "d", "ł": "l", "ø": "o",
        "œ": "oe", "æ": "ae", "ß": "ss",
    }
)  # fmt: skip
_REPEATED = regex.compile(r"(\X)\1{2,}")
_NOT_WORDS = regex.compile(r"[^\p{L}\p{M}\p{N}#'+]+")
_MARKS = regex.compile(r"[\u0300-\u036f\u064b-\u065f\u0670]")
_REPEATED_ASCII = re.compile(r"(.)\1{2,}")
_NOT_WORDS_ASCII = re.compile(r"[^a-z0-9#'+]+")
_LONG_MARKS = str.maketrans("", "", "ー～〜っッ")
_NATIVE = regex.compile(r"(?![0-9])\p{Nd}")
UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Myanmar}\p{Khmer}\p{Lao}]")


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """Small letters, one width, Latin digits, no marks, no punctuation, no letter three times in a row.

    >>> plain("ＡＢＣ　Ａｄｒｅｓｓｓｓ？ ۰۴۶۷")
    'abc adres 0467'
    """
    if text.isascii():  # nothing has another form
        return _plain_ascii(text.lower().replace("`", "'"))
    text = unicodedata.normalize("NFKC", text).casefold().translate(_VARIANTS)
    text = latin_digits(text)
    bare = _MARKS.sub("", unicodedata.normalize("NFD", text))
    if bare.isascii():
        return _plain_ascii(bare)
    bare = unicodedata.normalize("NFC", bare)
    if len(set(bare)) < len(bare) - 1:  # one letter three times, at least
        bare = _REPEATED.sub(r"\1", bare)
    if bare.isalnum():  # a word: the danger lists have fifty thousand
        return bare
    return _NOT_WORDS.sub(" ", bare).strip()


def _plain_ascii(bare: str) -> str:
    """Nearly all Latin writing, without its marks: the same in a third of the time."""
    return _NOT_WORDS_ASCII.sub(" ", _REPEATED_ASCII.sub(r"\1", bare)).strip()


def latin_digits(text: str) -> str:
    """Native digits as Latin ones."""
    if text.isascii() or text.isalpha():
        return text
    return _NATIVE.sub(_latin_digit, text)


def _latin_digit(native: regex.Match[str]) -> str:
    """`regex` knows digits of a newer Unicode than Python does: `int` would stop at those."""
    return str(unicodedata.digit(native[0], " "))


def kana(text: str) -> str:
    """Katakana as hiragana, without long marks and small っ: how beginners' spellings meet.

    >>> kana("びょーいん ホテル")
    'びょいん ほてる'
    """
    return "".join(
        chr(ord(letter) - 0x60) if "ァ" <= letter <= "ヶ" else letter for letter in text
    ).translate(_LONG_MARKS)


def spaceless(text: str) -> str:
    """Without spaces: for scripts that have none between words."""
    return text.replace(" ", "")


def from_zawgyi(text: str) -> tuple[str, bool]:
    """Burmese in Unicode, and whether it came in the old Zawgyi encoding (myanmartools, ICU)."""
    if not any("\u1000" <= letter <= "\u109f" for letter in text):
        return text, False
    detector = _detector()
    if detector is None or detector.get_zawgyi_probability(text) < 0.95:
        return text, False
    converter = _converter()
    return (converter.transliterate(text), True) if converter else (text, False)


@cache
def _detector() -> Any:
    try:
        from myanmartools import ZawgyiDetector
    except ImportError:  # optional: Unicode Burmese is understood without
        return None
    with warnings.catch_warnings():  # the package reads its own data the old way
        warnings.simplefilter("ignore", DeprecationWarning)
        return ZawgyiDetector()


@cache
def _converter() -> Any:
    try:
        from icu import Transliterator
    except ImportError:
        return None
    return Transliterator.createInstance("Zawgyi-my")
