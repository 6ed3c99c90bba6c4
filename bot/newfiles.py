"""Writes a new entry, gathering or contact that passes the check, from answers to questions."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

from bot import content as content_of
from bot import schemas
from bot.models import AREAS, GatheringKind

REVIEW = timedelta(days=182)
LONGEST_ID = 60
UNQUOTED = {"risk", "contacts", "kind", "organiser", "languages"}
DRAFT = "# 下書きです。住民には見えません。足りないものを書き、draft の行を消すと、公開されます。\ndraft: true\n"


@dataclass(frozen=True, slots=True)
class Question:
    """One question to staff, with an example or a default."""

    key: str
    ja: str
    default: str = ""
    many: bool = False


ID = Question("id", "id（半角の小文字と「-」。例：bicycle-parking）")
QUESTIONS: Mapping[str, tuple[Question, ...]] = {
    "entry": (
        ID,
        Question("area", f"分野（{' '.join(AREAS)}）"),
        Question("risk", "まちがうと危ないですか（low / normal / high）", "normal"),
        Question("contacts", "連絡先のid（空白で区切る。contacts.yaml にあるもの）", "city-kyosei", many=True),
        Question("title", "ボタンに出る短い題（20字まで）"),
        Question("question", "質問（住民が聞くように）"),
        Question("answer", "答え（やさしい文で。出典にあることだけ）"),
        Question("clerk", "窓口で見せる、ていねいな日本語"),
        Question("source", "出典のページの名前"),
        Question("url", "出典のURL（https:// から）"),
    ),
    "gathering": (
        ID,
        Question("kind", f"種類（{' '.join(get_args(GatheringKind))}）"),
        Question("title", "催しの名前"),
        Question("summary", "どんな催しか"),
        Question("organiser", "主催の連絡先のid（contacts.yaml にあるもの）", "city-kyosei"),
        Question("starts_at", "いつ（例：2027-06-20T14:00+09:00。決まっていなければ空）"),
        Question("place", "場所の名前"),
    ),
    "contact": (
        ID,
        Question("name", "名前"),
        Question("remit", "何を担当しますか"),
        Question("phone", "電話（例：0467-23-3000）"),
        Question("address", "住所"),
        Question("languages", "話せる言葉（空白で区切る。例：ja en）", "ja", many=True),
    ),
}  # fmt: skip


class NotWritten(Exception):
    """The answers do not make a good file; every problem, one a line."""


def write(
    kind: str,
    answers: Mapping[str, str],
    folder: Path,
    locales_dir: Path,
    today: date,
    draft: bool = False,
) -> Path:
    """The file, checked with everything else; with a problem it is taken back.

    A `draft` is an entry that may lack answers and is not shown to residents until its line is taken out.
    """
    clean = {key: _clean(value) for key, value in answers.items()}
    _refuse(kind, clean)
    file, text = _text(kind, clean, folder, today, draft)
    before = file.read_text(encoding="utf-8") if file.exists() else None
    if before is not None and kind != "contact":
        raise NotWritten(
            f"{file.name} は、もうあります。別の id にしてください。/ The id is taken."
        )
    try:
        _put(file, (before or "") + text)
        _, problems = content_of.load(folder, locales_dir)
        mine = [one for one in problems if draft is False or Path(one.file) == file]
        if mine:
            _take_back(file, before)
            raise NotWritten("\n".join(str(one) for one in mine))
    except OSError as error:
        raise NotWritten(f"{file.name} に書けません（{error.strerror}）。フォルダの権限を確かめてください。"
                         "/ The file cannot be written: check the folder's permissions.") from error  # fmt: skip
    return file


def _clean(value: str) -> str:
    """What a form or a terminal gives, with plain line breaks and without tabs and control characters."""
    lines = [
        "".join(one if one.isprintable() else " " for one in line) for line in value.splitlines()
    ]
    return "\n".join(line.strip() for line in lines).strip()


def _refuse(kind: str, answers: Mapping[str, str]) -> None:
    """Id and area make the name of the file, some values stand there unquoted: nothing else may be in them."""
    if (
        not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", answers["id"])
        or len(answers["id"]) > LONGEST_ID
    ):
        raise NotWritten("id は半角の小文字、数字、「-」だけです（60字まで）。"
                         "/ Write the id with lower-case letters, digits and hyphens.")  # fmt: skip
    if kind == "entry" and answers["area"] not in AREAS:
        raise NotWritten(f"分野は {' '.join(AREAS)} のどれかです。/ Write one of these areas.")
    for key in UNQUOTED & answers.keys():
        if not re.fullmatch(r"[A-Za-z0-9 -]*", answers[key]):
            raise NotWritten(
                f"{key}「{answers[key]}」は半角の英字、数字、「-」だけです。/ Write {key} with letters and digits."
            )


def _put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    waiting = file.with_name(f".{file.name}.new")
    waiting.write_text(text, encoding="utf-8")
    waiting.replace(file)


def _take_back(file: Path, before: str | None) -> None:
    if before is None:
        file.unlink()
    else:
        file.write_text(before, encoding="utf-8")


def _text(
    kind: str, answers: Mapping[str, str], folder: Path, today: date, draft: bool
) -> tuple[Path, str]:
    """Where the file goes and what stands in it."""
    if kind == "contact":
        return folder / "contacts.yaml", _contact(answers)
    if kind == "gathering":
        text = schemas.modeline("gathering", 1) + _gathering(answers, today)
        return folder / "gatherings" / f"{answers['id']}.yaml", text
    text = schemas.modeline("entry", 1) + _entry(answers, today, draft)
    return folder / answers["area"] / f"{answers['id']}.yaml", text


def _quoted(answers: Mapping[str, str]) -> dict[str, str]:
    return {
        key: json.dumps(" ".join(value.split()), ensure_ascii=False)
        for key, value in answers.items()
    }


def _contact(answers: Mapping[str, str]) -> str:
    q = _quoted(answers)
    phone = (
        f"  phones:\n    - {{number: {q['phone']}, verified_on: null}}\n"
        if answers["phone"]
        else ""
    )
    address = f"  address: {q['address']}\n" if answers["address"] else ""
    return (f"{answers['id']}:\n  name: {q['name']}\n  remit: {q['remit']}\n{phone}{address}"
            f"  languages: [{_list(answers['languages'])}]\n  passes_on: city-kyosei\n")  # fmt: skip


def _gathering(answers: Mapping[str, str], today: date) -> str:
    q = _quoted(answers)
    when = (f"starts_at: {answers['starts_at']}\n" if answers["starts_at"]
            else "undated: true\nwhen: 日は主催に聞いてください。\n")  # fmt: skip
    place = f"place: {{name: {q['place']}}}\n" if answers["place"] else ""
    return (f"id: {answers['id']}\nkind: {answers['kind']}\ntitle: {q['title']}\nsummary: {q['summary']}\n"
            f"organiser: {answers['organiser']}\n{when}{place}languages: [ja]\nsources_seen_on: {today}\n")  # fmt: skip


def _entry(answers: Mapping[str, str], today: date, draft: bool) -> str:
    """What is empty is left out: a draft may lack it, and of anything else the check says so."""
    lines = {key: f"{key}: {value}\n" for key, value in _quoted(answers).items()}
    lines["answer"] = f"answer: |\n{textwrap.indent(answers['answer'], '  ')}\n"
    texts = [lines[key] for key in ("title", "question", "answer", "clerk") if answers[key]]
    return (f"id: {answers['id']}\n{DRAFT if draft else ''}area: {answers['area']}\nrisk: {answers['risk']}\n"
            f"contacts: [{_list(answers['contacts'])}]\nreviewed_on: {today}\nreview_by: {today + REVIEW}\n"
            f"{''.join(texts)}links: []\nrelated: []\n{_sources(answers, today)}")  # fmt: skip


def _sources(answers: Mapping[str, str], today: date) -> str:
    q = _quoted(answers)
    if not answers["source"] and not answers["url"]:
        return "sources: []\n"
    title = q["source"] if answers["source"] else q["url"]
    url = f"    url: {q['url']}\n" if answers["url"] else ""
    return f"sources:\n  - title: {title}\n{url}    seen_on: {today}\n    verified_on: null\n"


def _list(text: str) -> str:
    return ", ".join(text.split())
