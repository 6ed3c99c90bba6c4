"""Dates in people's words: a table a language, asked on Tuesday 1 December 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import icu
import pytest
from conftest import NOON, ROOT

from bot import dispatch, nepali_days, persian_days
from bot.content import Content
from bot.learning import Learner
from bot.messages import Incoming, Person
from handlers import HANDLERS

TABLES = sorted((ROOT / "tests" / "when").glob("*.tsv"))
RIGHT = 0.97


def understood(text: str, locale: str, now: datetime, learner: Learner) -> tuple[str, ...] | None:
    incoming, person = Incoming("text", now, person="x", text=text), Person("x", locale)
    knowledge = learner.knowledge
    reply = dispatch.answer(incoming, person, now, knowledge.content, knowledge.matcher, HANDLERS)
    return reply.range


@pytest.mark.parametrize("file", TABLES, ids=lambda file: file.stem)
def test_the_days_that_were_meant_are_listed(file: Path, learner: Learner) -> None:
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    wrong = [
        (text, (first, last), found)
        for first, last, text in rows
        if (found := understood(text, file.stem, NOON, learner)) != (first, last)
    ]
    assert len(wrong) <= len(rows) * (1 - RIGHT), wrong


def test_every_language_with_texts_has_a_table_of_days(content: Content) -> None:
    tables = {file.stem for file in TABLES}
    assert set(content.locales) <= tables
    assert sum(len(file.read_text(encoding="utf-8").splitlines()) - 1 for file in TABLES) >= 200


def test_the_persian_calendar_is_exact() -> None:
    calendar = icu.Calendar.createInstance(
        icu.TimeZone.createTimeZone("UTC"), icu.Locale("fa_IR@calendar=persian")
    )
    fields = icu.UCalendarDateFields
    day = date(2000, 1, 1)
    while day < date(2050, 1, 1):
        calendar.setTime(datetime.combine(day, time(12), UTC).timestamp())
        year, month, number = (
            calendar.get(one) for one in (fields.YEAR, fields.MONTH, fields.DATE)
        )
        written = f"{year}/{month + 1}/{number}"
        assert persian_days.read(written, "", day) == (day, day), written
        day += timedelta(days=1)


@pytest.mark.parametrize(
    "text",
    ["बैशाख १५ गते कार्यक्रम", "2084 mangsir 15 karyakram", "२०८४/८/१५ कार्यक्रम", "चैत ३१ गते कार्यक्रम"],
)
def test_a_day_of_a_nepali_year_that_is_not_fixed_is_not_mistaken_for_another(
    text: str, content: Content
) -> None:
    asked = content.calendar.read(text, "ne", NOON.date())
    assert asked.event
    assert asked.start is None


def test_every_day_of_a_fixed_nepali_year_is_one_day_of_ours(content: Content) -> None:
    day, last = date(2026, 4, 14), date(2027, 4, 13)
    for month in nepali_days.fixed(["2083 2026-04-14 31 31 32 31 31 31 30 29 30 29 30 30"]):
        number = 1
        while day <= month.span[1]:
            written = f"2083/{month.number}/{number}"
            found = content.calendar.read(f"{written} karyakram", "ne", date(2026, 4, 14))
            assert (found.start, found.end) == (day, day), written
            day, number = day + timedelta(days=1), number + 1
    assert day == last + timedelta(days=1)


# On another subject, although a day, a kind or a word for gatherings is in it.
OTHERS = (
    ("en", "my residence card expires on 20 June"), ("en", "is city hall open on saturday"),
    ("en", "when is burnable garbage on monday"), ("en", "i have fever, doctor tomorrow"),
    ("en", "my husband hit me last friday"), ("en", "can my child start school in April"),
    ("ja", "土曜日に市役所は開いていますか"),
    ("ja", "燃えるごみは月曜日ですか"), ("ja", "在留カードの期限が6月20日です"),
    ("ja-simple", "あした びょういんに いきたいです"), ("ja-simple", "げつようびの ごみ"),
    ("fr", "ma carte de séjour expire le 20 juin"), ("fr", "la mairie est ouverte samedi ?"),
    ("uk", "моя картка закінчується 20 червня"), ("uk", "чи працює мерія в суботу"),
    ("tr", "oturum kartım 20 haziranda bitiyor"), ("tr", "belediye cumartesi açık mı"),
    ("vi", "thẻ lưu trú của tôi hết hạn ngày 20 tháng 6"), ("vi", "thứ bảy tòa thị chính có mở cửa không"),
    ("ar", "بطاقة الإقامة تنتهي يوم 20 يونيو"), ("ar", "هل البلدية مفتوحة يوم السبت"),
    ("fa", "کارت اقامت من ۲۰ ژوئن تمام می شود"), ("fa", "شهرداری شنبه باز است"),
    ("my", "နေထိုင်ခွင့်ကတ် ဇွန် ၂၀ ကုန်မယ်"), ("ne", "मेरो रेसिडेन्स कार्ड जुन २० मा सकिन्छ"),
    ("ne", "शनिबार नगरपालिका खुल्छ?"), ("zh-Hans", "在留卡6月20日到期了怎么办"), ("zh-Hans", "市政府星期六开门吗"),
)  # fmt: skip


@pytest.mark.parametrize(("locale", "text"), OTHERS)
def test_a_day_alone_is_no_question_for_the_programme(
    locale: str, text: str, learner: Learner
) -> None:
    assert understood(text, locale, NOON, learner) is None


# Without a day, or with an entry of its own: still questions for the programme.
COMING = (
    ("en", "next career consultation"), ("en", "japanese class on wednesday"), ("ja", "次のキャリア相談"),
    ("ja", "水曜日の日本語教室"), ("fr", "prochaine consultation emploi"), ("tr", "sonraki film"),
    ("uk", "наступна консультація з роботи"), ("ne", "अर्को करियर परामर्श"), ("zh-Hans", "下次就业咨询"),
    ("vi", "thứ tư có lớp học tiếng nhật không"),
    ("ja", "次の弁護士相談はいつですか"), ("ja-simple", "つぎの えいがは いつですか"), ("tr", "sıradaki film ne zaman"),
    ("ar", "متى الاستشارة القادمة"), ("ar", "إيمتى المعرض الجاي"), ("fa", "جلسه بعدی مشاوره کی است"),
    ("uk", "якого числа найближчий кінопоказ"), ("fr", "c'est quand la prochaine expo"),
    ("my", "နောက် ရုပ်ရှင် ဘယ်တော့လဲ"),
    ("ne", "अर्को फिल्म कहिले हो"), ("vi", "buổi chiếu phim sắp tới ngày mấy"), ("zh-Hans", "下一场电影什么时候"),
    ("ko", "다음 취업 상담 언제예요"),
    ("th", "ฉายหนังครั้งต่อไปเมื่อไหร่"), ("es", "cuándo es la próxima consulta con abogado"),
    ("pt", "quando é o próximo seminário"), ("fil", "kailan ang susunod na pelikula"),
    ("id", "kapan pemutaran film berikutnya"),
    ("ru", "ближайшая консультация по работе"), ("ur", "اگلی فلم کب ہے"), ("si", "ඊළඟ චිත්‍රපටය කවදද"),
    ("en", "what date is the career advice session"),
)  # fmt: skip


@pytest.mark.parametrize(("locale", "text"), COMING)
def test_the_next_of_a_kind_and_the_day_of_a_class_are_in_the_programme(
    locale: str, text: str, learner: Learner
) -> None:
    assert understood(text, locale, NOON, learner) is not None


# Stories about something else, with a day, a class, a meeting or the word for an event in them.
STORIES = (
    ("en", "My daughter started middle school in April and cries every Monday because she does not "
     "understand the class. Who can teach her Japanese at school?"),
    ("en", "I had a meeting with my boss on Friday and he said I am fired from next month. "
     "He did not give me any paper. Where can I complain?"),
    ("ja", "来月から子どもが小学校に入ります。先生との面談があると言われましたが、日本語ができません。"
     "通訳をお願いできますか。"),
    ("tr", "Kızım ocak ayında liseye başlayacak ama dersleri anlamıyor. Okulda Japonca desteği var mı?"),
    ("ar", "ابني بدأ المدرسة في ابريل ولا يفهم الدرس، المعلمة قالت في الاجتماع يوم الاثنين انه يحتاج مساعدة. "
     "من يساعده باليابانية؟"),
    ("fa", "پسرم از فروردین به مکتب می رود اما درس ها را نمی فهمد. روز دوشنبه در جلسه معلم گفت کمک لازم است. "
     "کی به او جاپانی یاد می دهد؟"),
    ("uk", "У понеділок на зборах начальник сказав, що з січня я звільнена. Зарплату за листопад не дали. "
     "Куди скаржитись?"),
    ("fr", "Ma fille commence le collège en avril et ne comprend rien en classe. Lundi j'ai une réunion avec "
     "le professeur. Est-ce qu'il y a une aide en japonais à l'école ?"),
    ("vi", "Thứ hai con tôi vào lớp 1, cô giáo mời họp phụ huynh. Con chưa biết tiếng Nhật, trường có người "
     "hỗ trợ không?"),
    ("zh-Hans", "我孩子四月上小学，老师说周一开会，可是孩子听不懂上课的内容。学校有没有日语辅导？"),
    ("ne", "मेरो छोरी अप्रिलमा विद्यालय गई तर कक्षामा केही बुझ्दिन। सोमबार शिक्षकसँग बैठक छ। जापानी सिकाउने "
     "सहयोग पाइन्छ?"),
    ("my", "သမီး ဧပြီလမှာ ကျောင်းတက်တယ်။ အတန်းထဲမှာ ဘာမှ နားမလည်ဘူး။ တနင်္လာနေ့ ဆရာမနဲ့ အစည်းအဝေးရှိတယ်။ "
     "ကျောင်းမှာ ဂျပန်စာ သင်ပေးမယ့်သူ ရှိလား"),
)  # fmt: skip


@pytest.mark.parametrize(("locale", "text"), STORIES)
def test_a_story_with_a_day_and_a_class_is_no_question_for_the_programme(
    locale: str, text: str, learner: Learner
) -> None:
    assert understood(text, locale, NOON, learner) is None


def test_of_a_story_the_sentence_that_asks_names_the_days(learner: Learner) -> None:
    story = "I came to Kamakura in March and work on Mondays. I know nobody here. Any event this Saturday?"
    assert understood(story, "en", NOON, learner) == ("2026-12-05", "2026-12-05")


def test_the_last_friday_is_that_of_a_month_only_where_one_is_named(content: Content) -> None:
    today = NOON.date()
    of_a_month = content.calendar.read("events on the last friday of december", "en", today)
    assert of_a_month.start == date(2026, 12, 25)
    assert content.calendar.read("the event of last friday", "en", today).start == date(2026, 12, 4)


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "We want to hold an event for refugees on 20 June and need a room, can the city support us?"),
        ("en", "when can i get free legal advice"), ("en", "when is the refugee festival"),
        ("ja", "難民フェスティバルはいつですか"), ("fr", "quand a lieu le festival des réfugiés"),
    ],
)  # fmt: skip
def test_when_alone_is_answered_by_the_entry_that_knows(
    locale: str, text: str, learner: Learner
) -> None:
    assert understood(text, locale, NOON, learner) is None


def test_the_next_letter_from_an_office_is_no_question_for_the_programme(learner: Learner) -> None:
    assert (
        understood("what do i do next after i lost my residence card", "en", NOON, learner) is None
    )


ASKED = (
    ("en", "events for kids this month", {"children"}), ("en", "anything near me in June", {"near"}),
    ("en", "events in my language next week", {"mine"}), ("ja", "今月の子ども向けのイベント", {"children"}),
    ("ja", "近くの催し 6月", {"near"}), ("fr", "activités pour les enfants en juin", {"children"}),
    ("uk", "події для дітей у червні", {"children"}), ("tr", "haziranda yakınımda etkinlik", {"near"}),
    ("vi", "tháng 6 có sự kiện cho trẻ em không", {"children"}), ("ar", "فعاليات للاطفال في يونيو", {"children"}),
    ("fa", "برنامه برای کودکان در ژوئن", {"children"}), ("my", "ဇွန်လ ကလေးပွဲ", {"children"}),
    ("ne", "जुनमा बच्चाको कार्यक्रम", {"children"}), ("zh-Hans", "六月附近的活动", {"near"}),
)  # fmt: skip


@pytest.mark.parametrize(("locale", "text", "wanted"), ASKED)
def test_for_whom_and_where_is_understood(
    locale: str, text: str, wanted: set[str], content: Content
) -> None:
    asked = content.calendar.read(text, locale, NOON.date())
    assert {name for name in ("children", "mine", "near") if getattr(asked, name)} == wanted
    assert asked.start is not None
