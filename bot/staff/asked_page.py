"""What people asked in vain, and what staff make of it."""

from __future__ import annotations

from flask import Response, abort, g, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bot import phrase_file
from bot.masking import unmarked
from bot.phrase_file import NotAdded
from bot.staff import sheet
from bot.staff.door import back_to, content, did, now, office, say, staff
from bot.staff.likeness import Group
from bot.store import WANTED, Question

SHOWN = 20  # groups on a page
WORDINGS = 8  # of one group
IN_A_SHEET = 1000


@staff.get("/")
def asked() -> str:
    """Groups of questions, the most asked first."""
    groups = office().likeness.groups()
    page = max(request.args.get("page", 1, int), 1)
    start = (page - 1) * SHOWN
    return render_template(
        "staff/asked.html",
        groups=[_shown(group) for group in groups[start : start + SHOWN]],
        total=len(groups),
        page=page,
        more=start + SHOWN < len(groups),
        entries=[(one.id, one.title) for one in content().entries.values()],
        locales=content().offered,
        wanted=office().asked.wanted(20),
        drafts=content().drafts,
        days=office().parts.settings.unanswered_days,
        learning=office().parts.learner.state()["progress"],
    )


def _shown(group: Group) -> dict[str, object]:
    first, entries = group.questions[0], content().entries
    return {
        "id": group.id,
        "first": first,
        "phrase": unmarked(first.text),
        "others": _others(group),
        "count": group.count,
        "locales": group.locales,
        "last_on": group.last_on,
        "suggestions": [
            (name, entries[name].title) for name in group.suggestions if name in entries
        ],
    }


def _others(group: Group) -> list[Question]:
    """Other wordings, each once."""
    texts = {one.text.casefold(): one for one in reversed(group.questions[1:])}
    texts.pop(group.questions[0].text.casefold(), None)
    return list(texts.values())[:WORDINGS]


@staff.post("/asked/<int:number>")
def settle(number: int) -> AnyResponse:
    """One tap: what these questions are."""
    group = office().likeness.find(number)
    if group is None:
        say(
            "wrong",
            "この質問は、もうほかの人が決めました。",
            "Somebody else has settled this question already.",
        )
        return back_to("staff.asked")
    wish = request.form.get("means") or request.form.get("do", "")
    if wish == "other":
        wish = request.form.get("entry", "").split(" ")[0]
    if wish == "new-entry":
        _done(group, f"{WANTED}:{group.id}")
        return back_to("staff.new_entry", asked=group.id, area=_area(group))
    if wish == "not-ours":
        _done(group, wish)
        say("done", "決めました。", "Settled.")
    elif wish in content().entries:
        _teach(group, wish)
    else:
        say("wrong", "項目を一覧から選んでください。", "Choose an entry from the list.")
    return back_to("staff.asked", page=request.form.get("page", 1, int))


def _area(group: Group) -> str:
    """Where an entry for these questions may belong: where the likest one is."""
    known = content().entries
    return next((str(known[name].area) for name in group.suggestions if name in known), "")


def _teach(group: Group, entry: str) -> None:
    """The wording goes into the phrases of its language; also the others that were ticked."""
    locale = request.form.get("locale", "")
    if locale not in content().languages:
        abort(400)
    ticked = set(request.form.getlist("also", int))
    phrases = [(locale, request.form.get("phrase", ""))]
    phrases += [(one.locale, unmarked(one.text)) for one in _others(group) if one.id in ticked]
    folder = office().parts.settings.content_dir
    for language, phrase in phrases:
        try:
            file, line = phrase_file.add(folder, language, entry, phrase)
        except NotAdded as error:
            say("wrong", f"{language}：{error.ja}", f"{language}: {error.en}")
            if (language, phrase) == phrases[0]:
                return
        else:
            did(f"phrase added: {language}: {entry} (line {line})")
            say(
                "done",
                f"{file.name} の{line}行目に足しました（{entry}）。",
                f"Added to {file.name}, line {line} ({entry}).",
            )
    _done(group, entry)


def _done(group: Group, how: str) -> None:
    office().asked.settle([one.id for one in group.questions], how)
    office().likeness.drop(group)
    did(f"questions settled as {how}: {len(group.questions)}")


@staff.get("/asked.csv")
def asked_sheet() -> Response:
    """The same for a spreadsheet."""
    head = ("count", "languages", "last asked on", "question", "suggested")
    rows = [(one.count, " ".join(one.locales), one.last_on, one.questions[0].text, " ".join(one.suggestions))
            for one in office().likeness.groups()[:IN_A_SHEET]]  # fmt: skip
    did("list of questions downloaded")
    return as_sheet("asked", sheet.table(head, rows))


def as_sheet(name: str, body: bytes) -> Response:
    """A file to download."""
    answer = Response(body, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{now():%Y-%m-%d}.csv"'
    return answer


@staff.get("/record")
def record() -> str:
    """Who did what."""
    return render_template("staff/record.html", actions=office().staff.actions(200), who=g.who)
