"""A new entry for what people asked in vain: a draft file that git shows and that no resident sees."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bot import newfiles
from bot.directory import JAPAN
from bot.masking import unmarked
from bot.models import AREAS
from bot.newfiles import NotWritten
from bot.staff.door import back_to, content, did, now, office, say, staff
from bot.store import DRAFTED, Question

FIELDS = tuple(one.key for one in newfiles.QUESTIONS["entry"])
LONGEST = 4000  # characters of one field
JAPANESE = {"ja", "ja-simple"}


@staff.get("/new")
def new_entry() -> str:
    """The questions that `flask bot new entry` asks, as a form; what was asked in Japanese is filled in."""
    japanese = (unmarked(one.text) for one in _questions() if one.locale in JAPANESE)
    given = {"contacts": "city-kyosei", "risk": "normal", "area": request.args.get("area", ""),
             "question": next(japanese, "")}  # fmt: skip
    return _form(given, "")


@staff.post("/new")
def write_entry() -> tuple[str, int] | AnyResponse:
    """Write the draft; what is wrong is said above the form, which keeps what was written."""
    given = {key: request.form.get(key, "")[:LONGEST] for key in FIELDS}
    settings, today = office().parts.settings, now().astimezone(JAPAN).date()
    folders = settings.content_dir, settings.locales_dir
    try:
        file = newfiles.write("entry", given, *folders, today, draft=True)
    except NotWritten as error:
        return _form(given, str(error)), 422
    office().asked.settle([one.id for one in _questions()], f"{DRAFTED}{given['id']}")
    where = f"faq/{file.parent.name}/{file.name}"
    office().parts.look()
    did(f"draft written: {where}")
    say("done", f"下書き {where} を書きました。住民には、まだ見えません。",
        f"The draft {where} was written. No resident sees it yet.")  # fmt: skip
    return back_to("staff.asked")


def _form(given: dict[str, str], sentence: str) -> str:
    contacts = [(name, one.name) for name, one in content().contacts.items()]
    return render_template("staff/new_entry.html", given=given, sentence=sentence, areas=AREAS,
                           contacts=contacts, questions=_questions())  # fmt: skip


def _questions() -> list[Question]:
    """What was asked in vain and waits for this entry."""
    number = request.values.get("asked", 0, int)
    return office().asked.together(number) if number else []
