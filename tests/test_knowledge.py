"""Offices, days, gatherings, letters: rules as tables."""

from __future__ import annotations

import sys
from datetime import date, datetime

import pytest
import regex
from conftest import Bot, message

from bot import directory, gatherings, render
from bot.content import Content
from bot.directory import JAPAN
from bot.learning import Learner
from bot.messages import Card, Line, Reply
from bot.models import Gathering
from bot.normal import from_zawgyi, plain


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAPAN)


@pytest.mark.parametrize(
    ("contact", "now", "is_open", "moment"),
    [
        ("city-citizens", "2026-12-01 10:00", True, "2026-12-01 17:15"),
        ("city-citizens", "2026-12-01 18:00", False, "2026-12-02 08:30"),
        ("city-citizens", "2026-12-12 10:00", True, "2026-12-12 17:00"),  # second Saturday
        ("city-citizens", "2026-12-05 10:00", False, "2026-12-07 08:30"),  # first Saturday
        ("city-citizens", "2026-12-31 10:00", False, "2027-01-04 08:30"),  # year end
        ("city-citizens", "2026-11-23 10:00", False, "2026-11-24 08:30"),  # public holiday
        ("city-branch-ofuna", "2026-12-01 12:30", False, "2026-12-01 13:00"),  # lunch
        ("kana-center", "2026-12-01 11:00", True, "2026-12-01 12:00"),
        ("labour-hotline", "2026-12-05 20:00", True, "2026-12-05 21:00"),  # Saturday evening
        ("inochi-sos", "2026-12-01 03:00", False, "2026-12-01 06:00"),
    ],
)
def test_an_office_is_open_or_says_when_it_opens(
    contact: str, now: str, is_open: bool, moment: str, content: Content
) -> None:
    found = directory.opened(content.contacts[contact], at(now))
    assert found.open is is_open
    assert (found.until if is_open else found.next) == at(moment)


def test_unknown_hours_are_said_to_be_unknown(content: Content) -> None:
    assert not directory.opened(content.contacts["arrupe"], at("2026-12-01 10:00")).known
    assert directory.opened(content.contacts["police-110"], at("2026-12-31 03:00")).always


TUESDAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("locale", "text", "first", "last"),
    [
        ("en", "events today", "2026-12-01", "2026-12-01"),
        ("en", "anything tomorrow", "2026-12-02", "2026-12-02"),
        ("en", "this weekend", "2026-12-05", "2026-12-06"),
        ("en", "next weekend", "2026-12-12", "2026-12-13"),
        ("en", "next week", "2026-12-07", "2026-12-13"),
        ("en", "in june", "2027-06-01", "2027-06-30"),
        ("en", "on the 20th", "2026-12-20", "2026-12-20"),
        ("en", "20 June 2027", "2027-06-20", "2027-06-20"),
        ("ja", "来週の催し", "2026-12-07", "2026-12-13"),
        ("ja", "十二月二十日", "2026-12-20", "2026-12-20"),
        ("ja-simple", "6がつ20にち", "2027-06-20", "2027-06-20"),
        ("ja-simple", "あした なにがある", "2026-12-02", "2026-12-02"),
        ("uk", "на вихідних", "2026-12-05", "2026-12-06"),
        ("uk", "у червні", "2027-06-01", "2027-06-30"),
        ("ru", "в июне", "2027-06-01", "2027-06-30"),
        ("my", "ဒီအပတ်", "2026-11-30", "2026-12-06"),
        ("fa", "ماه جون", "2027-06-01", "2027-06-30"),
        ("ar", "في حزيران", "2027-06-01", "2027-06-30"),
        ("ar", "٢٠ يونيو", "2027-06-20", "2027-06-20"),
        ("fr", "le 20 juin", "2027-06-20", "2027-06-20"),
        ("tr", "haziranda", "2027-06-01", "2027-06-30"),
        ("vi", "ngày 20 tháng 6", "2027-06-20", "2027-06-20"),
        ("ne", "भोलि", "2026-12-02", "2026-12-02"),
        ("zh-Hans", "下周末", "2026-12-12", "2026-12-13"),
        ("ko", "6월 20일", "2027-06-20", "2027-06-20"),
        ("th", "มิถุนายน", "2027-06-01", "2027-06-30"),
    ],
)
def test_days_are_understood_in_peoples_words(
    locale: str, text: str, first: str, last: str, content: Content
) -> None:
    asked = content.calendar.read(text, locale, TUESDAY)
    assert (str(asked.start), str(asked.end)) == (first, last)


@pytest.mark.parametrize("text", ["I have 3 kids", "at 14:00", "119", "0467-61-3870", "12000 yen"])
def test_other_numbers_are_not_days(text: str, content: Content) -> None:
    assert content.calendar.read(text, "en", TUESDAY).start is None


def made(**more: object) -> dict[str, Gathering]:
    row = {
        "id": "x",
        "kind": "class",
        "title": "x",
        "organiser": "arrupe",
        "starts_at": "2026-12-05T14:00",
        **more,
    }
    return {"x": Gathering.model_validate(row)}


def days(found: list[gatherings.Occurrence]) -> list[str]:
    return [one.day.isoformat() for one in found]


def test_the_first_and_third_saturday_without_an_exception() -> None:
    repeat = {"every": "month", "on": ["sat"], "weeks": [1, 3], "except": ["2026-12-19"]}
    found = gatherings.occurrences(made(repeat=repeat), date(2026, 12, 1), date(2027, 1, 31))
    assert days(found) == ["2026-12-05", "2027-01-02", "2027-01-16"]


def test_moved_and_cancelled_dates_are_shown_as_such() -> None:
    changes = [
        {"on": "2026-12-05", "cancelled": True},
        {"on": "2026-12-12", "to": "2026-12-13T10:00"},
    ]
    found = gatherings.occurrences(
        made(repeat={"every": "week", "on": ["sat"]}, changes=changes),
        date(2026, 12, 1),
        date(2026, 12, 20),
    )
    assert days(found) == ["2026-12-05", "2026-12-13", "2026-12-19"]
    assert [one.cancelled for one in found] == [True, False, False]
    assert found[1].moved_from == date(2026, 12, 12)


def test_a_yearly_day_comes_every_year(content: Content) -> None:
    found = gatherings.occurrences(content.gatherings, date(2027, 1, 1), date(2028, 12, 31))
    assert days(found) == ["2027-06-20", "2028-06-20"]
    assert found[0].all_day


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ＡＢＣ　Ａｄｒｅｓｓｓｓ？", "abc adres"),
        ("۰۴۶۷ ٠٤٦٧ ०४६७", "0467 0467 0467"),
        ("كتاب ي", "کتاب ی"),
        ("Ça va?? À bientôt", "ca va a bientot"),
        ("hellooooo", "hello"),
        ("", ""),
    ],
)
def test_letters_are_made_comparable(text: str, wanted: str) -> None:
    assert plain(text) == wanted


def test_digits_of_every_script_are_read_or_left_out() -> None:
    """Also those of a newer Unicode than Python's: they once stopped the message that held them."""
    letters = "".join(
        chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000
    )
    digits = regex.findall(r"\p{Nd}", letters)
    assert len(digits) > 600
    for one in digits:
        found = plain(f"bus {one}").removeprefix("bus")
        assert not found or int(found) < 10
    assert plain("bus ۴ ၇ ०") == "bus 4 7 0"


def test_zawgyi_is_read_and_told_once(bot: Bot) -> None:
    zawgyi = "ေနမေကာင္းလို႔ ေဆးခန္းသြားခ်င္တယ္"
    text, was = from_zawgyi(zawgyi)
    assert was
    assert text != zawgyi
    assert from_zawgyi("နေမကောင်းလို့") == ("နေမကောင်းလို့", False)
    assert "Zawgyi" in bot.do(message(zawgyi))
    assert "Zawgyi" not in bot.do(message(zawgyi))


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("在留カードをなくしました", "ja"),
        ("ざいりゅうカードを なくしました", "ja-simple"),
        ("i lost my residence card yesterday in the train", "en"),
        ("я загубила карту резидента вчора в поїзді", "uk"),
        ("я потеряла карту резидента вчера", "ru"),
        ("ကျွန်တော် ကတ်ပျောက်သွားတယ်", "my"),
        ("บัตรหายค่ะ", "th"),
        ("카드를 잃어버렸어요", "ko"),
        ("我的在留卡丢了怎么办", "zh-Hans"),
        ("چطور باید برای پناهندگی ثبت نام کنم", "fa"),
        ("j'ai perdu ma carte de residence hier soir", "fr"),
        ("tôi bị mất thẻ ngoại kiều hôm qua", "vi"),
        ("ikamet kartımı dün trende kaybettim", "tr"),
    ],
)
def test_the_language_of_a_message(text: str, locale: str, learner: Learner) -> None:
    assert learner.knowledge.matcher.detect(text, None, None).locale == locale


def test_right_to_left_text_keeps_numbers_and_latin_in_order() -> None:
    isolated = render.isolated("تماس 0467-61-3870 با JAR")
    assert "\u20660467-61-3870\u2069" in isolated
    assert "\u2066JAR\u2069" in isolated


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("الشرطة (交番, kōban).", "الشرطة (\u2066交番, kōban\u2069)."),
        ("مركز (JAR) 0467-55-5422.", "مركز (\u2066JAR\u2069) \u20660467-55-5422\u2069."),
        ("خط DV (24 h) الآن", "خط \u2066DV (24 h)\u2069 الآن"),
        ("بطاقة (بلاغ 遺失届) هنا", "بطاقة (بلاغ \u2066遺失届\u2069) هنا"),
    ],
)
def test_brackets_of_a_right_to_left_sentence_stay_outside_the_isolate(
    text: str, wanted: str
) -> None:
    assert render.isolated(text) == wanted


def test_japanese_in_a_right_to_left_card_keeps_its_own_direction() -> None:
    card = Card("عنوان", (Line("じゅうしょは ＿＿です。\nはい", locale="ja"),), locale="ar")
    (message,) = render.to_line(Reply("danger", (card,), locale="ar"), frozenset({"ar"}))
    (line,) = message["contents"]["body"]["contents"]
    assert line["text"] == "\u2066じゅうしょは ＿＿です。\u2069\n\u2066はい\u2069"


@pytest.mark.parametrize(
    "text", ["မြန်မာဘာသာစကား" * 40, "👩‍👩‍👧" * 200, "あ" * 3000, "Привіт " * 600]
)
def test_pieces_never_cut_inside_a_grapheme(text: str) -> None:
    found = render.pieces(text, 100)
    assert all(render.utf16(piece) <= 100 for piece in found)
    assert [part for piece in found for part in render.graphemes(piece)] == render.graphemes(text)
