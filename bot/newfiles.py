"""Writes a new entry, gathering or contact that passes the check, from answers to questions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

from bot import content as content_of
from bot.models import AREAS, GatheringKind

REVIEW = timedelta(days=182)


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
    kind: str, answers: Mapping[str, str], folder: Path, locales_dir: Path, today: date
) -> Path:
    """The file, checked with everything else; with a problem it is taken back."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", answers["id"]):
        raise NotWritten("id は半角の小文字、数字、「-」だけです。")
    file, text = _text(kind, answers, folder, today)
    before = file.read_text(encoding="utf-8") if file.exists() else None
    if before is not None and kind != "contact":
        raise NotWritten(f"{file} は、もうあります。別の id にしてください。")
    file.parent.mkdir(parents=True, exist_ok=True)
    waiting = file.with_name(f".{file.name}.new")
    waiting.write_text((before or "") + text, encoding="utf-8")
    waiting.replace(file)
    _, problems = content_of.load(folder, locales_dir)
    if problems:
        if before is None:
            file.unlink()
        else:
            file.write_text(before, encoding="utf-8")
        raise NotWritten("\n".join(str(one) for one in problems))
    return file


def _text(kind: str, answers: Mapping[str, str], folder: Path, today: date) -> tuple[Path, str]:
    q = {key: json.dumps(value, ensure_ascii=False) for key, value in answers.items()}
    if kind == "contact":
        phone = (
            f"  phones:\n    - {{number: {q['phone']}, verified_on: null}}\n"
            if answers["phone"]
            else ""
        )
        address = f"  address: {q['address']}\n" if answers["address"] else ""
        body = (f"{answers['id']}:\n  name: {q['name']}\n  remit: {q['remit']}\n{phone}{address}"
                f"  languages: [{_list(answers['languages'])}]\n  passes_on: city-kyosei\n")  # fmt: skip
        return folder / "contacts.yaml", body
    if kind == "gathering":
        when = (f"starts_at: {answers['starts_at']}\n" if answers["starts_at"]
                else "undated: true\nwhen: 日は主催に聞いてください。\n")  # fmt: skip
        place = f"place: {{name: {q['place']}}}\n" if answers["place"] else ""
        body = (f"id: {answers['id']}\nkind: {answers['kind']}\ntitle: {q['title']}\n"
                f"summary: {q['summary']}\n"
                f"organiser: {answers['organiser']}\n{when}{place}languages: [ja]\n"
                f"sources_seen_on: {today}\n")  # fmt: skip
        return folder / "gatherings" / f"{answers['id']}.yaml", body
    url = f"    url: {q['url']}\n" if answers["url"] else ""
    body = (f"id: {answers['id']}\narea: {answers['area']}\nrisk: {answers['risk']}\n"
            f"contacts: [{_list(answers['contacts'])}]\n"
            f"reviewed_on: {today}\nreview_by: {today + REVIEW}\ntitle: {q['title']}\nquestion: {q['question']}\n"
            f"answer: |\n  {answers['answer'].strip()}\nclerk: {q['clerk']}\nlinks: []\nrelated: []\nsources:\n"
            f"  - title: {q['source']}\n{url}    seen_on: {today}\n    verified_on: null\n")  # fmt: skip
    return folder / answers["area"] / f"{answers['id']}.yaml", body


def _list(text: str) -> str:
    return ", ".join(text.split())
