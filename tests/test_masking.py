"""What could tell who asked is taken out before a question is kept; the question stays readable."""

from __future__ import annotations

import pytest
from conftest import Bot
from sqlalchemy import select

from bot.masking import mask, unmarked
from bot.store.tables import unanswered

PERSONAL = [
    ("my name is Ahmad Rezai and I lost my card", "Ahmad Rezai"),
    ("I am called Olena. help", "Olena"),
    ("je m'appelle Jean Dupont, où aller", "Dupont"),
    ("me llamo María López y busco trabajo", "López"),
    ("meu nome é João Silva", "Silva"),
    ("меня зовут Олена Коваль и я", "Коваль"),
    ("мене звати Олена", "Олена"),
    ("benim adım Mehmet Yılmaz", "Yılmaz"),
    ("tôi tên là Nguyễn Văn A", "Nguyễn"),
    ("nama saya Budi Santoso", "Budi"),
    ("ang pangalan ko ay Maria Santos", "Santos"),
    ("اسمي محمد علي و فقدت بطاقتي", "محمد"),
    ("نام من رضا است", "رضا"),
    ("میرا نام علی ہے", "علی"),
    ("मेरो नाम सीता हो", "सीता"),
    ("මගේ නම නිමල්", "නිමල්"),
    ("私の名前はアリ・レザです。在留カードをなくしました", "レザ"),
    ("なまえは ソー・ウィンです", "ウィン"),
    ("アリと申します", "アリ"),
    ("我叫王小明，我的卡丢了", "王小明"),
    ("제 이름은 김철수입니다", "김철수"),
    ("ผมชื่อสมชาย", "สมชาย"),
    ("ကျွန်တော့်နာမည်က အောင်အောင်ပါ", "အောင်အောင်"),
    ("call me 090-1234-5678", "1234"),
    ("+81 90 1234 5678", "1234"),
    ("０９０ー１２３４ー５６７８", "1234"),
    ("٠٩٠١٢٣٤٥٦٧٨", "٠٩٠"),
    ("၀၉၀ ၁၂၃၄ ၅၆၇၈", "၁၂၃၄"),
    ("AB12345678CD", "12345678"),
    ("ＡＢ１２３４５６７８ＣＤ", "12345678"),
    ("my card ab 1234 5678 cd is lost", "5678"),
    ("passport TK1234567", "1234567"),
    ("my number 1234 5678 9012", "9012"),
    ("write to a.b@c.co.jp", "a.b@"),
    ("https://example.org/?token=abc", "abc"),
    ("line id: ali_99", "ali_99"),
    ("鎌倉市御成町18-10に住んでいます", "18-10"),
    ("材木座三丁目2番1号 101号室です", "101"),
    ("〒248-8686", "248"),
    ("I live at 3-2-1 Zaimokuza, Kamakura", "Zaimokuza"),
    ("born 1990/05/12", "1990"),
]  # fmt: skip
PLAIN = [
    "my name is wrong on the residence card", "2人の子ども 3歳", "家賃は100,000円", "110番", "8時30分まで",
    "名前は何ですか", "どこにいいますか", "ゴミは何といいますか", "kids of 3 and 5", "2026年の5月", "form N-400",
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), PERSONAL, ids=lambda value: value[:30])
def test_personal_data_is_taken_out(text: str, told: str) -> None:
    assert told not in mask(text)
    assert "[" in mask(text)


@pytest.mark.parametrize("text", PLAIN)
def test_what_tells_of_nobody_stays(text: str) -> None:
    assert mask(text) == text


def test_masking_twice_changes_nothing_and_is_quick_on_anything() -> None:
    for text, _ in PERSONAL:
        assert mask(mask(text)) == mask(text)
    for nasty in ("1-" * 3000, "市" * 5000, "my name is " * 800, "a@" * 3000, "((((" * 2000):
        assert len(mask(nasty)) <= 300


def test_a_phrase_has_no_marks() -> None:
    assert unmarked("my name is [name] and i lost my card") == "my name is and i lost my card"


def test_no_name_reaches_the_table(bot: Bot) -> None:
    bot.tell("my name is Zaphod Quux, wibble frobnicate the grommet 090-1234-5678")
    with bot.parts.store.begin() as connection:
        kept = [row.text for row in connection.execute(select(unanswered))]
    assert kept
    assert "Zaphod" not in str(kept) and "1234" not in str(kept)
