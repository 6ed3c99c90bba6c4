"""Forty ways in which staff break a file: each is named with its place and its remedy, and nobody is harmed.

Nineteen files of tests/broken break one entry (tests/test_content.py); here are the other files, and what is live.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from conftest import NOON, ROOT

from bot import content as content_of
from bot import dispatch, limits, phrase_check, phrases, translations
from bot.content import Library
from bot.explanations import EXPLANATIONS
from bot.learning import Learner
from bot.messages import Incoming, Person, Reply
from bot.settings import Settings
from handlers import HANDLERS

ENTRY, CONTACTS = "living/garbage.yaml", "contacts.yaml"
GATHERING, DANGER = "gatherings/refugee-film-festival.yaml", "danger.yaml"
EN, KINDS, LANGUAGES = "phrases/en.yaml", "intents/en.yaml", "languages.yaml"
# what is broken: file, what stands there (a pattern), what somebody writes, what the message must say
MISTAKES = {
    "wide space": (ENTRY, r"^risk:", "　risk:", "全角スペース"),
    "wide digits in a date": (ENTRY, r"^reviewed_on: .*", "reviewed_on: ２０２６-11-24", "半角"),
    "wide list mark": (ENTRY, r"^  - title:", "  － title:", "半角"),
    "colon in a text": (ENTRY, r"^title: .*", "title: ごみ: 出し方", "「\"」で囲んで"),
    "open quote": (ENTRY, r"^title: .*", 'title: "ごみ', "引用符"),
    "open bracket": (ENTRY, r"^contacts: .*", "contacts: [city-gomi, city-kyosei", "閉じて"),
    "no colon": (ENTRY, r"^risk: .*", "risk low", "「: 」"),
    "empty text": (ENTRY, r"^title: .*", 'title: ""', "空"),
    "no contact": (ENTRY, r"^contacts: .*", "contacts: []", "1つ以上"),
    "six contacts": (ENTRY, r"^contacts: .*", "contacts: [a, b, c, d, e, f]", "5個まで"),
    "long answer": (ENTRY, r"^answer: \|", "answer: |\n  " + "あ" * 2100, "2000字"),
    "unknown risk": (ENTRY, r"^risk: .*", "risk: middle", "low"),
    "id with capitals": (ENTRY, r"^id: .*", "id: Garbage", "半角の小文字"),
    "source without a day": (ENTRY, r"    seen_on: 2026-11-22\n", "", "seen_on"),
    "day that is not": (ENTRY, r"^review_by: .*", "review_by: 2027-02-30", "日付"),
    "expiry in words": (ENTRY, r"^risk:", "expires_on: 来年\nrisk:", "日付"),
    "telephone without zero": (CONTACTS, r'"0467-61-3870"', '"+81-467-61-3870"', "電話番号"),
    "wide telephone": (CONTACTS, r'"0467-61-3870"', '"０４６７-61-3870"', "半角"),
    "hour that is not": (CONTACTS, r'from: "08:30"', 'from: "8:30"', "時刻"),
    "weekday in Japanese": (CONTACTS, r"days: \[mon,", "days: [月,", "mon"),
    "typo in a key of a contact": (CONTACTS, r"^  remit:", "  remitt:", "remit"),
    "contact twice": (CONTACTS, r"^city-seikatsu:", "city-kyosei:", "2回"),
    "onward to nobody": (CONTACTS, r"passes_on: city-kyosei", "passes_on: city-kyose", "city-kyosei"),
    "month and day in words": (CONTACTS, r'year_end: \["12-29"', 'year_end: ["12月29日"', "月日"),
    "hours basis": (CONTACTS, r"basis: usual", "basis: maybe", "usual"),
    "wrong web address": (CONTACTS, r'url: "https://www.city', 'url: "www.city', "https://"),
    "organiser who is not": (GATHERING, r"^organiser: .*", "organiser: arupe", "連絡先"),
    "kind of a gathering": (GATHERING, r"^kind: .*", "kind: movie", "film"),
    "no date and not undated": (GATHERING, r"^(starts_at|undated): .*\n", "", "starts_at"),
    "gathering with another id": (GATHERING, r"^id: .*", "id: film-festival", "ファイル名"),
    "danger leads nowhere": (DANGER, r"entry: emergency-numbers", "entry: emergency-number", "emergency-numbers"),
    "danger without words": (DANGER, r"^  do: .*", "  do:", "空"),
    "direction of a language": (LANGUAGES, r"direction: ltr", "direction: left", "rtl"),
    "languages as a mapping": (LANGUAGES, r"(?s).*", "ja: x\n", "形"),
    "anchor": (ENTRY, r"^title: .*", "title: &a ごみ\nquestion2: *a", "項目はありません"),
    "key that is not": (ENTRY, r"^risk:", "zzz: 1\nrisk:", "消してください"),
    "neither yes nor no": (ENTRY, r"^risk:", "draft: maybe\nrisk:", "true か false"),
    "other folder": (ENTRY, r"^area: .*", "area: network", "フォルダ"),
    "id of another entry": (ENTRY, r"^id: .*", "id: can-i-work", "にもあります"),
    "a thousand brackets": (ENTRY, r"^title: .*", "title: " + "[" * 1000, "読めません"),
    "place in words": (CONTACTS, r"^  remit:", "  position: [north, east]\n  remit:", "数ではありません"),
    "contact without a way": (CONTACTS, r"^city-seikatsu:", "x:\n  name: x\n  remit: y\ncity-seikatsu:", "案内先"),
    "language with capitals": (LANGUAGES, r"id: ne,", "id: NE,", "使えません"),
    "rule without a rule": (GATHERING, r"^organiser:", "repeat: {on: [sat]}\norganiser:", "every か rrule"),
    "undated and nothing said": (GATHERING, r"^(starts_at|undated): .*\n(when: .*\n)?", "undated: true\n", "when"),
    "file too large": (ENTRY, r"\Z", "# " + "あ" * 400_000, "大きい"),
}  # fmt: skip
OF_PHRASES = {
    "phrase of no entry": (EN, r"^garbage:", "garbaje:", "garbage"),
    "phrases without a list": (EN, r"^garbage:\n", "garbage: text\nother-thing:\n", "形"),
    "phrase under two entries": (EN, r"^no-money-food-today:\n",
                                 'no-money-food-today:\n  - "welfare desk phone number"\n',
                                 "living-support-first-contact"),
    "unknown kind of small talk": (KINDS, r"^forget:", "forgett:", "種類"),
    "tab in phrases": (EN, r"^  - ", "\t- ", "タブ"),
    "list of words that is not": ("danger/en.yaml", r"@looks-for-family", "@looks-for-famly", "looks-for-famly"),
}  # fmt: skip


BROKEN = sorted((ROOT / "tests" / "broken").glob("*.yaml"))  # each breaks the same entry


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "faq", tmp_path / "faq")
    return tmp_path / "faq"


def broken(folder: Path, file: str, pattern: str, instead: str) -> Path:
    target = folder / file
    before = target.read_text(encoding="utf-8")
    after = re.sub(pattern, lambda _: instead, before, count=1, flags=re.MULTILINE)
    assert after != before, "the pattern is not in the file any more"
    target.write_text(after, encoding="utf-8")
    return target


def says_where_and_how(said: list[str], file: str, wanted: str) -> None:
    mine = [one for one in said if Path(one.split(":")[0]).name == Path(file).name]
    assert mine, said
    assert any(wanted in one for one in mine), mine
    for one in mine:
        _, line, column, *_ = one.split(":")
        assert line.isdigit() and column.isdigit()
        ja, en = one.split("\n")
        assert re.search("[ぁ-ん]", ja) and re.search("[a-z]", en)


def test_there_are_forty_ways() -> None:
    assert len(MISTAKES) + len(OF_PHRASES) + len(BROKEN) >= 40


@pytest.mark.parametrize("name", OF_PHRASES)
def test_a_mistake_in_phrases_is_named_too(
    name: str, copy: Path, content: content_of.Content
) -> None:
    file, pattern, instead, wanted = OF_PHRASES[name]
    broken(copy, file, pattern, instead)
    found, unread = phrases.load(copy)
    problems = [*unread, *phrase_check.problems(content, copy, found)]
    says_where_and_how([str(one) for one in problems], file, wanted)


@dataclass
class Live:
    """A bot over a copy of the content, and what it says before anything is broken."""

    faq: Path
    library: Library
    learner: Learner
    told: dict[str, str] = field(default_factory=dict)

    def says(self) -> Reply:
        asked = Incoming("text", NOON, "someone", text="when do i put out the garbage")
        person, known = Person("someone", "en"), self.learner.knowledge
        return dispatch.answer(asked, person, NOON, known.content, known.matcher, HANDLERS)

    def look(self) -> None:
        """What the bot does every second."""
        if self.library.refresh():
            self.learner.learn(self.library.content)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, settings: Settings, learner: Learner) -> Live:
    folder = tmp_path_factory.mktemp("live")
    shutil.copytree(ROOT / "faq", folder / "faq")
    shutil.copytree(settings.var_dir, folder / "var")
    own = replace(settings, content_dir=folder / "faq", var_dir=folder / "var", learn_after=1)
    library = Library(own.content_dir, own.locales_dir)
    return Live(own.content_dir, library, Learner(library.content, own))


ALL = [*MISTAKES, *OF_PHRASES, *(file.name for file in BROKEN)]


@pytest.mark.parametrize("name", ALL)
def test_what_is_live_stays_as_it_was_through_all_of_it(name: str, live: Live) -> None:
    """Staff are told the place and the remedy of each, and people get the answer that they got before."""
    before = live.says()
    assert before.entries == ("garbage",)
    file, *change = (MISTAKES | OF_PHRASES).get(name, (ENTRY,))
    good = (live.faq / file).read_bytes()
    if change:
        broken(live.faq, file, *change[:2])
    else:
        shutil.copy(ROOT / "tests" / "broken" / name, live.faq / file)
    live.look()
    told = [live.learner.state()["progress"]] if name in OF_PHRASES else live.library.problems
    assert any(Path(file).name in str(one) for one in told), "staff are not told"
    if name in MISTAKES:
        says_where_and_how([str(one) for one in told], file, change[2])
    live.told[name] = "\n".join(map(str, told))
    assert live.says() == before
    (live.faq / file).write_bytes(good)


# Named by other tests: of files that are missing or strange, of gatherings, of catalogs, of channels.
ELSEWHERE = {
    "missing-file", "unknown-language", "end-before-start", "never", "start-off-rule", "over-before", "no-such-date",
    "catalog", "too-long-line", "not-as-japanese",
    "no-channels", "destination", "missing-secret", "two-ways", "secret-file", "shared",
}  # fmt: skip


def test_every_promised_message_has_its_broken_file(live: Live) -> None:
    if len(live.told) < len(ALL):
        pytest.skip("only some of the broken files were looked at")
    said = "\n".join(live.told.values())
    for code, (ja, en) in EXPLANATIONS.items():
        sentences = [re.sub(r"\\\{\w+\\\}", ".*", re.escape(one)) for one in (ja, en)]
        assert code in ELSEWHERE or any(re.search(one, said) for one in sentences), code


def test_a_missing_file_a_strange_language_and_a_broken_catalog_are_named(
    copy: Path, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "locales", tmp_path / "locales")
    (copy / "dates.yaml").rename(copy / "phrases" / "xx.yaml")
    (copy / DANGER).unlink()
    catalog = tmp_path / "locales" / "ne" / "LC_MESSAGES" / "faq.po"
    catalog.write_text("hello\n", encoding="utf-8")
    content, problems = content_of.load(copy, tmp_path / "locales")
    said = [str(one) for one in [*problems, *phrase_check.problems(content, copy, [])]]
    says_where_and_how(said, DANGER, "ファイルがありません")
    says_where_and_how(said, "xx.yaml", "languages.yaml にありません")
    says_where_and_how(said, "faq.po", "翻訳ファイルを読めません")


def test_what_yaml_once_took_for_something_else_stays_as_it_was_written(copy: Path) -> None:
    """YAML 1.1 read these as false, a number of seconds, an octal number, a number, nothing."""
    for written in ("no", "12:30", "0467", "1_000", "0x1F", "~"):
        file = broken(copy, ENTRY, r"^title: .*", f"title: {written}")
        broken(copy, CONTACTS, r'number: "0467-61-3870"', "number: 0467613870")
        content, problems = content_of.load(copy, ROOT / "locales")
        assert problems == [] and content.entries["garbage"].title == written
        assert any(
            line.number == "0467613870" for one in content.contacts.values() for line in one.phones
        )
        shutil.copy(ROOT / "faq" / ENTRY, file)
        shutil.copy(ROOT / "faq" / CONTACTS, copy / CONTACTS)


def test_what_is_mended_is_taken_again(live: Live) -> None:
    trained = live.learner.state()["trained"]
    file = broken(live.faq, *MISTAKES["open bracket"][:3])
    live.look()
    assert live.library.problems
    shutil.copy(ROOT / "faq" / ENTRY, file)
    live.look()
    assert live.library.problems == [] and live.learner.state()["progress"] == ""
    assert live.says().entries == ("garbage",) and live.learner.state()["trained"] == trained


def test_a_broken_file_of_phrases_makes_the_bot_forget_nothing(
    copy: Path, settings: Settings, learner: Learner, tmp_path: Path
) -> None:
    shutil.copytree(settings.var_dir, tmp_path / "var")
    own = replace(settings, content_dir=copy, var_dir=tmp_path / "var", learn_after=1)
    library = Library(copy, own.locales_dir)
    mine = Learner(library.content, own)
    before = mine.state()["trained"]
    (copy / "phrases" / "my.yaml").write_text("garbage: [", encoding="utf-8")
    mine.learn(library.content)
    assert mine.state()["trained"] == before
    assert "my.yaml" in mine.state()["progress"]


def test_texts_over_lines_limits_are_found_in_every_language(copy: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "locales", tmp_path / "locales")
    file = tmp_path / "locales" / "en" / "LC_MESSAGES" / "faq.po"
    text = file.read_text(encoding="utf-8")
    at = text.index('msgctxt "garbage.title"')
    head, tail = text[:at], text[at:]
    file.write_text(
        head
        + re.sub(
            r'msgstr "[^"]*"',
            'msgstr "How to put out the garbage of your home in this city"',
            tail,
            count=1,
        ),
        encoding="utf-8",
    )
    content, problems = content_of.load(copy, tmp_path / "locales")
    assert problems == []
    found = [str(one) for one in limits.problems(content, copy, tmp_path / "locales")]
    assert len(found) == 1
    says_where_and_how(found, "faq.po", "garbage.title")
    assert int(found[0].split(":")[1]) == head.count("\n") + 1


def test_a_placeholder_or_number_that_differs_is_named(content: content_of.Content) -> None:
    locale, key = "en", "garbage.answer"
    catalog = {
        **content.catalogs[locale],
        key: replace(content.catalogs[locale][key], text="Twice {a week}", state="wrong"),
    }
    changed = replace(content, catalogs={**content.catalogs, locale: catalog})
    said = [str(one) for one in translations.wrong(changed, ROOT / "locales")]
    says_where_and_how(said, "faq.po", f"「{key}」の数字か")
    assert int(said[0].split(":")[1]) > 1


def test_what_is_written_is_without_any_of_this() -> None:
    content, problems = content_of.load(ROOT / "faq", ROOT / "locales")
    found, unread = phrases.load(ROOT / "faq")
    assert [*problems, *unread, *phrase_check.problems(content, ROOT / "faq", found)] == []
    assert limits.problems(content, ROOT / "faq", ROOT / "locales") == []
