"""How much the bot is used, in pictures and tables; small numbers are not shown, and no person is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from flask import Response, render_template, request

from bot.staff import charts, sheet
from bot.staff.asked_page import as_sheet
from bot.staff.door import area_name, both, content, did, now, office, staff
from bot.staff.tally import SPANS, by, coarse, ranked, shown
from bot.store import Counted

ROWS = 15
OUTCOMES: Mapping[str, tuple[str, str]] = {
    "answer": ("答えた", "answered"),
    "choices": ("どれですか、と聞いた", "asked which"),
    "danger": ("危険", "danger"),
    "gatherings": ("催し", "gatherings"),
    "smalltalk": ("あいさつなど", "small talk"),
    "command": ("言葉の変更など", "commands"),
    "fallback": ("答えがなかった", "no answer"),
}


@staff.get("/use")
def use() -> str:
    """Five pictures with their tables."""
    days = _days()
    counted = office().tally.last(days, now())
    total = sum(counted.days.values())
    return render_template(
        "staff/use.html", days=days, spans=SPANS, pictures=_pictures(counted, days, now()),
        about=shown(total), right=_right(counted),
    )  # fmt: skip


def _days() -> int:
    days = request.args.get("days", SPANS[0], int)
    return days if days in SPANS else SPANS[0]


def _pictures(counted: Counted, days: int, at: datetime) -> list[dict[str, object]]:
    dated = _dated(counted, days, at)
    made: list[dict[str, object]] = [
        {"id": "day", "title": both("日ごとのメッセージ", "Messages a day"), "rows": dated,
         "picture": charts.columns(both("日ごとのメッセージ", "Messages a day"), dated)},
    ]  # fmt: skip
    for name, title, rows in _tables(counted):
        made.append({"id": name, "title": title, "rows": rows, "picture": charts.bars(title, rows)})
    for one in made:
        one["cells"] = [(label, shown(count)) for label, count in one["rows"]]  # type: ignore[attr-defined]
    return made


def _dated(counted: Counted, days: int, at: datetime) -> list[tuple[str, int]]:
    today = at.astimezone(UTC).date()
    dates = [str(today - timedelta(days=n)) for n in reversed(range(days))]
    return [(one, coarse(counted.days.get(one, 0))) for one in dates]


def _tables(counted: Counted) -> list[tuple[str, str, list[tuple[str, int]]]]:
    found = content()
    areas = {one.id: str(one.area) for one in found.entries.values()}
    entries = [(found.entries[name].title if name in found.entries else name, count)
               for name, count in ranked(by(counted, 2))[:ROWS]]  # fmt: skip
    locales = [(found.languages[name].name if name in found.languages else name, count)
               for name, count in ranked(by(counted, 0))]  # fmt: skip
    outcomes = [
        (both(*OUTCOMES.get(name, (name, name))), count) for name, count in ranked(by(counted, 1))
    ]
    return [
        ("locale", both("言葉", "Languages"), locales),
        (
            "area",
            both("分野", "Areas"),
            [(area_name(name), count) for name, count in ranked(by(counted, 2, areas))],
        ),
        ("entry", both("項目", "Entries"), entries),
        ("outcome", both("どう答えたか", "Outcomes"), outcomes),
    ]


def _right(counted: Counted) -> dict[str, object]:
    """Was this right: yes and no for each entry, most answers first."""
    answers: Counter[str] = Counter()
    for (entry, _), count in counted.helped.items():
        answers[entry] += count
    titles = {one.id: one.title for one in content().entries.values()}
    yes, no = (
        {name: coarse(counted.helped.get((name, how), 0)) for name in answers}
        for how in (True, False)
    )
    rows = [(titles.get(name, name), yes[name], no[name]) for name, _ in ranked(answers)[:ROWS]]
    picture = charts.pairs(both("「役に立った」と「ちがう」", "Was this right?"), rows)
    return {
        "picture": picture,
        "cells": [(name, shown(one), shown(other)) for name, one, other in rows],
    }


@staff.get("/use.csv")
def use_sheet() -> Response:
    """The same numbers for a spreadsheet."""
    days = _days()
    counted = office().tally.last(days, now())
    rows: list[tuple[object, ...]] = [
        ("day", day, shown(count)) for day, count in _dated(counted, days, now())
    ]
    for name, part in (("locale", 0), ("outcome", 1), ("entry", 2)):
        rows += [(name, label, shown(count)) for label, count in ranked(by(counted, part))]
    for (entry, yes), count in sorted(counted.helped.items()):
        rows.append(("right" if yes else "not right", entry, shown(count)))
    did(f"counts of {days} days downloaded")
    return as_sheet("use", sheet.table(("what", "name", "messages"), rows))
