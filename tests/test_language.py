"""Which language a message is in: letters, words, mixtures, and when not to say."""

from __future__ import annotations

import re

import pytest
from conftest import Bot, event

from bot.content import Content
from bot.learning import Learner


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("在留カードをなくしました", "ja"),
        ("ざいりゅうかーど なくした", "ja-simple"),
        ("我丢了居留卡 怎么办", "zh-Hans"),
        ("外国人租房子应该去哪里", "zh-Hans"),
        ("我想找工作", "zh-Hans"),
        ("住民票", "ja"),
        ("де отримати медичну картку", "uk"),
        ("ой дякую, зрозуміла", "uk"),
        ("где получить карту жителя", "ru"),
        ("كيف أسجل ابني في المدرسة", "ar"),
        ("وين بدي روح كرمال السكن", "ar"),
        ("چطور بیمه درمانی بگیرم", "fa"),
        ("رئیسم حقوق مرا نمی‌دهد", "fa"),
        ("مجھے نوکری چاہیے", "ur"),
        ("زما کارډ ورک شو چيرته لاړ شم", "ps"),
        ("ካርዴ ጠፋብኝ የት ልሂድ", "am"),
        ("karta min winda bû ez biçim ku derê", "ku"),
        ("karta min wenda bu divê ez biçim kû", "ku"),
        ("मेरो कार्ड हरायो के गर्ने", "ne"),
        ("मेरा कार्ड खो गया है क्या करूं", "hi"),
        ("အလုပ်ရှာချင်တယ်", "my"),
        ("อยากเรียนภาษาญี่ปุ่น", "th"),
        ("일본어 배우고 싶어요", "ko"),
        ("මට රැකියාවක් ඕන", "si"),
        ("where can i see a doctor", "en"),
        ("nasaan po ang city hall kasi nawala ang card ko", "fil"),
        ("dimana kantor kota saya mau lapor pindah", "id"),
        ("perdí mi tarjeta de residencia", "es"),
        ("perdi meu cartão de residente, o que faço", "pt"),
        ("j'ai perdu ma carte de séjour", "fr"),
        ("ikamet kartımı kaybettim ne yapmalıyım", "tr"),
        ("toi bi mat the cu tru phai lam sao", "vi"),
        ("mero card harayo ke garne hola aba", "ne"),
        ("Ich habe meine Karte verloren und weiß nicht wohin", None),
        ("https://example.org/login", None),
        ("htps:/exmaple,con/wathc?v=12", None),
        ("👍👍", None),
    ],
)
def test_a_message_is_in(text: str, locale: str | None, learner: Learner) -> None:
    assert learner.knowledge.matcher.detect(text, None, None).locale == locale


@pytest.mark.parametrize(
    "text",
    ["mera residence card kho gaya hai ab kya karu", "kamra kiraye par nahi mil raha hai bhai"],
)
def test_roman_urdu_and_hindi_are_no_english(text: str, learner: Learner) -> None:
    """They are alike: which of both it is may stay open."""
    assert learner.knowledge.matcher.detect(text, None, None).locale in {None, "ur", "hi"}


@pytest.mark.parametrize(
    ("text", "intent"), [("hello", "hello"), ("hi", "hello"), ("thank you", "thanks")]
)
def test_a_greeting_in_latin_letters_is_no_office(text: str, intent: str, learner: Learner) -> None:
    """Of "hello" many languages know the job centre alone, Hello Work."""
    assert learner.knowledge.matcher.best(text, None).intent == intent


@pytest.mark.parametrize("text", ["hola amigo", "merci beaucoup madame", "teşekkürler"])
def test_a_few_words_in_a_shared_script_never_switch_the_language(text: str, bot: Bot) -> None:
    bot.do(event("postback", postback={"data": "do=language&locale=en"}))
    assert "Information from Tomoni" in bot.tell(text)


@pytest.mark.parametrize("hint", [None, "ja"])
def test_a_button_answers_in_the_language_of_its_card(
    hint: str | None, bot: Bot, content: Content
) -> None:
    """Also for somebody with a Japanese telephone, who has chosen no language and types nothing more."""
    bot.line.profile = hint
    bot.do(event("follow"))
    said = bot.tell("я загубила карту резидента, що мені робити")
    button = re.search(r"do=entry&[^\"]*", said)
    assert button
    said = bot.do(event("postback", postback={"data": button[0]}))
    assert content.say("uk")("Show at the counter") in said


def test_a_chosen_language_outweighs_that_of_an_old_button(bot: Bot, content: Content) -> None:
    bot.do(event("postback", postback={"data": "do=language&locale=en"}))
    said = bot.do(event("postback", postback={"data": "do=entry&entry=garbage&in=uk"}))
    assert content.say("en")("Show at the counter") in said


def test_a_button_in_a_language_that_is_not_there_is_answered(bot: Bot, content: Content) -> None:
    said = bot.do(event("postback", postback={"data": "do=entry&entry=garbage&in=xx"}))
    assert content.say("ja-simple")("Show at the counter") in said


def test_an_unknown_language_gets_easy_japanese_english_and_the_languages(bot: Bot) -> None:
    said = bot.tell("Ich habe meine Karte verloren und weiß nicht wohin ich gehen soll")
    assert "やさしい日本語" in said
    assert "မြန်မာ" in said
    assert "（" in said  # easy Japanese: readings in brackets
    assert "English" in said
