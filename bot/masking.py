"""Takes out of a question what could tell who asked, before it is kept."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 300  # characters; a question is shorter, a letter is not ours to keep
DASH = "[-‐‑‒–—−ー]"
TOWN = "[一-龥々〆ヶァ-ヴー]"

# What says a name, in the languages that people write; the name is what follows.
NAMED = (
    r"my (?:full |first |last |family |given )?name(?: is|'s|’s)?", r"i am called", r"they call me",
    r"je m['’]appelle", r"mon nom(?: est)?", r"mon prénom(?: est)?",
    r"me llamo", r"mi nombre(?: es)?", r"(?:o )?meu nome(?: é)?", r"(?:eu )?me chamo",
    r"меня зовут", r"мо[её] имя", r"мене звати", r"мо[єе] ім['’ʼ]я",
    r"(?:benim )?ad[ıi]m", r"ismim", r"nav[eê] min(?: e)?", r"(?:tôi |em |mình )?tên(?: tôi| em)?(?: là)",
    r"nama saya(?: adalah)?", r"(?:ang )?pangalan ko(?: ay)?(?: si)?", r"magacaygu(?: waa)?", r"jina langu(?: ni)?",
    r"(?:أنا )?[إا]سمي(?: هو)?", r"(?:اسم|نام) من", r"اسمم", r"میرا نام", r"زما نوم",
    r"मेरो नाम", r"मेरा नाम", r"মোৰ নাম", r"আমার নাম", r"මගේ නම", r"ስሜ",
)  # fmt: skip
NOT_A_NAME = (
    r"(?:is\b|est\b|wrong|misspel|spel|written|not|on|in|different|incorrect|chang|mistak|missing|"
    r"est mal|está mal|falsch|неправильн|неверн|yanlış|غلط|خطأ|गलत)"
)
WORD = r"[^\s,.;:!?،。、！？（）()「」]+"
ENDS = r"(?:and|but|i|im|from|please|et|y|e|и|і|та|ve|và|dan|at|و|र|और)\b"
NAME = re.compile(
    rf"\b({'|'.join(NAMED)})(\s*[:：]?\s+)(?!{NOT_A_NAME})({WORD}(?:\s+(?!{ENDS}){WORD}){{0,2}})",
    re.IGNORECASE,
)
# Scripts without spaces: up to the particle or mark that ends a name.
UNSPACED_NAMES = (
    re.compile(r"((?:名前|なまえ|氏名)は\s*)(?!何|なに|な[んに]|ど)(.{1,20}?)(?=です|と申|といい|と言|という|で、|[、。,.\s]|$)"),
    re.compile(r"(?:^|(?<=[、。\s]))((?:私は|わたしは|僕は)?\s*)([^、。\s何]{1,20}?)(?=(?:と申します|といいます|と言います)(?!か))"),
    re.compile(r"((?:我(?:的名字)?(?:叫|是叫)|我的名字是|我名叫|姓名[:是]?)\s*)([^\s，。,.!！?？、]{1,8})"),
    re.compile(r"((?:제|내|저의)\s*이름은\s*)(\S+)"),
    re.compile(r"((?:저는|나는)\s+)(\S{1,12}?)(?=(?:이라고|라고)\s*(?:합니다|해요))"),
    re.compile(r"((?:ผม|ฉัน|ดิฉัน|หนู)?\s*ชื่อ\s*)(\S{1,20})"),
    re.compile(r"((?:ကျွန်တော်|ကျွန်မ|ကျမ|ကျနော်)?[့်]*\s*(?:နာမည်|အမည်)(?:က|မှာ)?\s*)([^\s၊။]{1,24})"),
    re.compile(r"((?:ខ្ញុំ)?\s*ឈ្មោះ\s*)(\S{1,20})"),
)  # fmt: skip

RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "[mail]"),
    (re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE), "[link]"),
    (re.compile(r"(?i)\b(line\s*id|wechat|whatsapp|instagram|facebook)\s*[:は]\s*\S+"), r"\1: [id]"),
    # A residence card is AB12345678CD; spaces and hyphens creep in.
    (re.compile(r"(?<![A-Za-z])[A-Za-z]{2}[\s-]?\d{4}[\s-]?\d{4}[\s-]?[A-Za-z]{2}(?![A-Za-z])"), "[number]"),
    (re.compile(r"(?<![A-Za-z])[A-Za-z]{1,2}\s?\d{6,9}(?!\d)"), "[number]"),  # passports
    (re.compile(r"〒\s?\d{3}\s?-?\s?\d{4}|(?<!\d)\d{3}-\d{4}(?![-\d])"), "[address]"),
    (re.compile(rf"{TOWN}{{1,12}}(?:町|台|谷|座|浜|船|倉)?\s?[\d一二三四五六七八九十]{{1,4}}\s?(?:丁目|番地|番町|番|{DASH}\s?\d{{1,4}})"
                rf"(?:[\s\d一二三四五六七八九十番地号室の]|{DASH})*"), "[address]"),
    (re.compile(rf"(?<!\d)\d{{1,3}}{DASH}\d{{1,3}}{DASH}\d{{1,4}}(?![\d-])(?:[\s,]+[A-Z][\w-]+)*"), "[address]"),
    (re.compile(rf"(?<!\d)\d{{1,4}}{DASH}\d{{1,4}},?\s+[A-Z][\w-]+(?:[\s,]+[A-Z][\w-]+)*"), "[address]"),
    # Seven digits and more, however they are grouped, in any script: telephone, My Number, account, birthday.
    (re.compile(rf"\+?(?:\(?\d\)?(?:{DASH}|[\s./()])?){{6,}}\d"), "[number]"),
)  # fmt: skip
MARKS = re.compile(r"\[(?:name|mail|link|id|number|address)\]")


def mask(text: str) -> str:
    """The question without names, numbers, addresses; too much rather than too little is taken out."""
    found = unicodedata.normalize("NFKC", text).strip()[: LONGEST * 2]
    for pattern, mark in RULES:
        found = pattern.sub(mark, found)
    found = NAME.sub(r"\1\2[name]", found)
    for pattern in UNSPACED_NAMES:
        found = pattern.sub(r"\1[name]", found)
    return re.sub(r"\s+", " ", found)[:LONGEST]


def unmarked(text: str) -> str:
    """A masked question as a phrase to learn from: the marks are nobody's words."""
    return re.sub(r"\s+", " ", MARKS.sub(" ", text)).strip()
