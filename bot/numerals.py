"""Numbers as people write them: native digits, 二十, にじゅう, はつか, sáu, two."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import regex

from bot.normal import latin_digits, plain

_KANJI = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
          "十": 10, "両": 2, "两": 2, "兩": 2}  # fmt: skip
_KANA = {"いち": 1, "に": 2, "さん": 3, "し": 4, "よん": 4, "ご": 5, "ろく": 6, "しち": 7,
         "なな": 7, "はち": 8, "く": 9, "きゅう": 9, "じゅう": 10}  # fmt: skip
_DAYS_IN_KANA = {
    "ついたち": 1, "ふつか": 2, "みっか": 3, "よっか": 4, "いつか": 5, "むいか": 6, "なのか": 7,
    "ようか": 8, "ここのか": 9, "とおか": 10, "はつか": 20, "じゅうよっか": 14, "にじゅうよっか": 24,
}  # fmt: skip
_TAKEN = {"いつか", "ようか"}  # someday; shall we: days only beside a month or with ご, "later"
_UNIT = r"(?=\s*(?:月|日|号|號|年|天|週|周|个星期|個星期|个礼拜|星期后|个月))"
# 周一 and 星期三 are weekdays, not one week and three weeks.
_IN_KANJI = regex.compile(rf"(?<![周週期拜])[一二三四五六七八九十両两兩]+{_UNIT}")
_IN_KANA = regex.compile(
    rf"(?:{'|'.join(sorted(_KANA, key=len, reverse=True))})+(?=がつ|にち|しゅうかん)"
)
_DAY_BESIDE = regex.compile(
    rf"(?<=がつ|月)\s*({'|'.join(_DAYS_IN_KANA)})|({'|'.join(_DAYS_IN_KANA)})(?=\s*[ご後])"
    rf"|(?<=から\s?)({'|'.join(_DAYS_IN_KANA)})(?=まで)"
    rf"|({'|'.join(set(_DAYS_IN_KANA) - _TAKEN)})(?=\s*[のにはもで、]|まで|から|$)"
    r"|(?<![しみけせてねべめれえりちい])(ようか)(?=\s*の)"  # not しようか, "shall we"
)
_VIETNAMESE = {
    "một": 1, "giêng": 1, "hai": 2, "ba": 3, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8,
    "chín": 9, "mười một": 11, "mười hai": 12, "mười": 10, "chạp": 12,
}  # fmt: skip
_MONTH_IN_VIETNAMESE = regex.compile(
    rf"tháng\s+({'|'.join(sorted(_VIETNAMESE, key=len, reverse=True))})(?!\p{{L}})"
)
_TENS_IN_VIETNAMESE = {"mười": 10, "hai mươi": 20, "ba mươi": 30, "hăm": 20, "băm": 30}
_ONES_IN_VIETNAMESE = {"một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5,
                       "nhăm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9}  # fmt: skip
_DAY_IN_VIETNAMESE = regex.compile(
    rf"(?<=(?<!\p{{L}})(?:ngày|mùng|hôm|mồng)\s+)(?!năm\s+(?:nay|sau|tới))"
    rf"(?:(?<tens>{'|'.join(_TENS_IN_VIETNAMESE)})(?:\s+(?<more>{'|'.join(_ONES_IN_VIETNAMESE)}))?"
    rf"|(?!mốt)(?<ones>{'|'.join(_ONES_IN_VIETNAMESE)}))(?!\p{{L}})"
)
_CLOCK = regex.compile(
    r"(?<!\d)\d{1,2}(?::\d{2}|\s*(?:時|じ(?!ゅう)|点|點|시|a\.?m\b|p\.?m\b|giờ))(?:半|から|まで)*"
)


def latin(text: str) -> str:
    """The text with Latin digits and small letters, punctuation kept; hours of the day are left out.

    >>> latin("十二月二十日 18:00")
    '12月20日 '
    """
    digits = latin_digits(unicodedata.normalize("NFKC", text).lower())
    written = _IN_KANJI.sub(lambda found: str(_value(found[0], _KANJI)), digits)
    written = _IN_KANA.sub(lambda found: str(_value(found[0], _KANA)), written)
    written = _DAY_BESIDE.sub(
        lambda found: f"{_DAYS_IN_KANA[next(filter(None, found.groups()))]}日", written
    )
    written = _MONTH_IN_VIETNAMESE.sub(lambda found: f"tháng {_VIETNAMESE[found[1]]}", written)
    written = _DAY_IN_VIETNAMESE.sub(lambda found: str(_vietnamese(found.groupdict())), written)
    return _CLOCK.sub("", written)


def _vietnamese(found: dict[str, str | None]) -> int:
    """hai mươi lăm is 25."""
    ones = found["more"] or found["ones"]
    tens = _TENS_IN_VIETNAMESE[found["tens"]] if found["tens"] else 0
    return tens + (_ONES_IN_VIETNAMESE[ones] if ones else 0)


def _value(written: str, figures: dict[str, int]) -> int:
    """二十五 is 25; tens come before ones."""
    tens = ones = 0
    for part in regex.findall("|".join(sorted(figures, key=len, reverse=True)), written):
        if figures[part] == 10:
            tens, ones = (ones or 1) * 10, 0
        else:
            ones = ones * 10 + figures[part]
    return tens + ones


def counted(word: str, words: Sequence[str]) -> int:
    """3 or "three": the number of a word; `words` count from one, other spellings after a slash."""
    if word.isdecimal():
        return int(word)
    return next(n for n, names in enumerate(words, 1) if word in map(plain, names.split("/")))
