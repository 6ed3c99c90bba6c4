"""The numbers of a translation are those of the Japanese, however its language writes them."""

from __future__ import annotations

import pytest

from bot.figures import differing


@pytest.mark.parametrize(
    ("japanese", "translation", "locale"),
    [
        ("14日以内", "within 14 days", "en"),
        ("2024年6月10日から", "since 10 June 2024", "en"),
        ("2024年6月10日から", "з 10 червня 2024 року", "uk"),
        ("2024年6月10日から", "منذ 10 يونيو 2024", "ar"),
        ("17,510円", "17.510 yen", "tr"),
        ("17,510円", "17 510 iens", "fr"),
        ("14.5m", "14,5 m", "tr"),
        ("1万2,000円", "12,000 yen", "en"),
        ("4分の3", "3/4", "en"),
        ("8:30–17:15", "8:30 မှ 17:15 အထိ", "my"),
        ("電話 0467-61-3870", "फोन ०४६७-६१-३८७०", "ne"),
        ("電話 0467-61-3870", "هاتف \u20660467-61-3870\u2069", "ar"),
        ("第2・第4土曜日", "2nd and 4th Saturday", "en"),
        ("14日", "14日（じゅうよっか）", "ja"),
    ],
)
def test_the_same_number_in_another_writing(japanese: str, translation: str, locale: str) -> None:
    assert differing(japanese, translation, locale) == []


@pytest.mark.parametrize(
    ("japanese", "translation", "what"),
    [
        ("14日以内", "within 15 days", ["14", "15"]),
        ("0467-61-3870", "0467-61-3871", ["0467-61-3870", "0467-61-3871"]),
        ("8:30–17:15", "8:30–17:00", ["17:00", "17:15"]),
        ("2024年6月10日", "10 July 2024", ["6"]),
        ("無料です", "free for 3 months", ["3"]),
        ("3,000円", "300 yen", ["300", "3000"]),
    ],
)
def test_another_number_is_found(japanese: str, translation: str, what: list[str]) -> None:
    assert set(what) <= set(differing(japanese, translation, "en"))
