"""Which entry can be read in which language, and how one text stands."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import abort, render_template, request

from bot import render
from bot.content import Content
from bot.i18n import State, Translation
from bot.messages import Incoming, Person
from bot.staff.door import content, now, office, staff

FIELDS = ("title", "question", "answer", "clerk")
WORST: tuple[State, ...] = ("missing", "wrong", "outdated", "draft", "current")


@staff.get("/coverage")
def coverage() -> str:
    """Entries by languages."""
    made = table(content())
    area = request.args.get("area", "")
    rows = [row for row in made["rows"] if not area or row[1] == area]  # type: ignore[attr-defined]
    return render_template("staff/coverage.html", **{**made, "rows": rows}, area=area)


_kept: dict[str, Mapping[str, object]] = {}


def table(found: Content) -> Mapping[str, object]:
    """The whole table; made once for each content."""
    made = _kept.get(found.version)
    if made is None:
        made = _table(found)
        _kept.clear()
        _kept[found.version] = made
    return made


def _table(found: Content) -> dict[str, object]:
    locales = [name for name in found.offered if name != "ja"]
    rows = [(one.id, one.area, one.title, [(name, state(found, one.id, name)) for name in locales])
            for one in found.entries.values()]  # fmt: skip
    totals = [
        {kind: sum(row[3][n][1] == kind for row in rows) for kind in WORST}
        for n in range(len(locales))
    ]
    areas = sorted({one.area for one in found.entries.values()})
    return {"locales": locales, "rows": rows, "totals": totals, "kinds": WORST, "areas": areas}


def state(found: Content, entry: str, locale: str) -> State:
    """The worst state of its texts."""
    states = {found.state(f"{entry}.{field}", locale) for field in FIELDS}
    return next(kind for kind in WORST if kind in states)


@staff.get("/coverage/<locale>/<entry>")
def text(locale: str, entry: str) -> str:
    """Japanese then and now, the translation, and the card."""
    found = content()
    if entry not in found.entries or locale not in found.offered:
        abort(404)
    return render_template(
        "staff/text.html",
        entry=found.entries[entry],
        locale=locale,
        direction=found.direction(locale),
        texts=[_text(found, f"{entry}.{field}", locale) for field in FIELDS],
        messages=json.dumps(_card(entry, locale), ensure_ascii=False),
    )


def _text(found: Content, key: str, locale: str) -> dict[str, object]:
    kept: Translation | None = found.catalogs.get(locale, {}).get(key)
    then = (kept.before or kept.of) if kept else ""
    japanese = found.japanese[key]
    return {
        "key": key,
        "state": found.state(key, locale),
        "japanese": japanese,
        "then": then.strip() if then.strip() != japanese.strip() else "",
        "translation": japanese if locale == "ja" else kept.text if kept else "",
    }


def _card(entry: str, locale: str) -> list[dict[str, object]]:
    """The answer as LINE gets it."""
    asked = Incoming("postback", now(), "staff", action={"do": "entry", "entry": entry})
    reply = office().parts.desk.consider(asked, Person("staff", locale), now())
    return render.to_line(reply, content().right_to_left)
