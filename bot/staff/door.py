"""The way into the staff page: TLS, sign-in, a token on every form, strict headers, plain errors."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    session,
    url_for,
)
from werkzeug.exceptions import Forbidden, HTTPException
from werkzeug.wrappers import Response as AnyResponse

from bot.cards import AREA_NAMES
from bot.content import Content
from bot.staff import session as cookie
from bot.staff.office import Office, Offices
from bot.store import Account

PAGES = Path(__file__).parents[1] / "pages"
OPEN = frozenset({"staff.sign_in", "staff.static_file", "staff.oidc_begin", "staff.oidc_end"})
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LANGUAGES = ("ja", "en")

staff = Blueprint("staff", __name__, url_prefix="/staff", template_folder=str(PAGES))


def offices() -> Offices:
    """The offices of all channels."""
    found: Offices = current_app.extensions["tomoni-staff"]
    return found


def office() -> Office:
    """What the pages work with: the channel that was chosen."""
    channel = g.get("channel")
    return offices().of(channel) if channel else offices().first


def content() -> Content:
    """What staff wrote, as it is live."""
    return office().parts.library.content


def now() -> datetime:
    """This request's moment."""
    return datetime.now(UTC)


def both(ja: str, en: str) -> str:
    """The sentence in the language that this member of staff reads."""
    return ja if g.get("language", "ja") == "ja" else en


def say(kind: str, ja: str, en: str) -> None:
    """A sentence on top of the next page; kind is done or wrong."""
    session["said"] = [*session.get("said", []), (kind, ja, en)]


def did(what: str) -> None:
    """The line that this action leaves in the record."""
    office().staff.note(g.who, what, now())


@staff.before_request
def _guard() -> AnyResponse | tuple[str, int] | None:
    """Everything that must be true before a page is made; the first that is not decides."""
    g.language, g.who, g.channel, g.channels = _language(), None, None, ()
    if not request.is_secure and not cookie.is_local():
        raise Forbidden(description="https")
    claimed = cookie.claimed(now())
    if claimed is not None:
        account = offices().accounts.staff.find(claimed.name)
        if account and cookie.still_valid(claimed, account):
            g.who = claimed.name
            _choose(account)
        else:
            session.clear()
    if g.who is None and request.endpoint not in OPEN:
        if request.method == "GET":
            return redirect(url_for("staff.sign_in"))
        return _page(both("ログインしてください。", "Please sign in."), 401)
    if request.method != "GET" and not cookie.token_is_right():
        return _page(both("ページが古くなりました。もう一度開いて、やり直してください。",
                          "This page is too old. Open it again and repeat."), 400)  # fmt: skip
    if (
        g.who is not None
        and g.channel is None
        and request.endpoint not in {*OPEN, "staff.sign_out"}
    ):
        return _page(_closed(), 403)
    return None


def _choose(account: Account) -> None:
    """The channel whose pages are shown: what was chosen last, among those that this account may see."""
    g.channels = offices().channels(account)
    for wanted in (request.args.get("channel"), session.get("channel"), *g.channels):
        if wanted in g.channels:
            g.channel = session["channel"] = wanted
            return


def _closed() -> str:
    return both("見られるチャネルがありません。内容が直るのを待つか、サーバーの担当者に聞いてください。",
                "There is no channel that you may see: its content is being mended, or ask whoever runs the "
                "server for one (flask bot staff channel).")  # fmt: skip


def _language() -> str:
    chosen = request.args.get("lang", "")
    if chosen in LANGUAGES:
        session["lang"] = chosen
    kept = session.get("lang")
    if kept in LANGUAGES:
        return str(kept)
    return request.accept_languages.best_match(LANGUAGES, "ja")


@staff.after_request
def _headers(response: Response) -> Response:
    """Stricter than elsewhere: nothing is kept by browsers or between."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "geolocation=(), camera=(), microphone=()"
    if request.endpoint != "staff.static_file":
        response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


@staff.context_processor
def _words() -> dict[str, Any]:
    return {
        "t": both,
        "csrf": cookie.token,
        "channels": g.get("channels", ()),
        "said": lambda: session.pop("said", []),
        "name_of": _name,
        "area_of": area_name,
    }


def area_name(area: str) -> str:
    """What residents see on the button of this area; staff know it from there."""
    return content().say(g.get("language", "ja"))(AREA_NAMES[area])


def _name(locale: str) -> str:
    language = content().languages.get(locale)
    return f"{language.name} ({locale})" if language else locale


def _page(sentence: str, status: int) -> tuple[str, int]:
    return render_template("staff/sorry.html", sentence=sentence), status


@staff.errorhandler(HTTPException)
def _refused(error: HTTPException) -> tuple[str, int]:
    """404 and the like, in words."""
    g.setdefault("language", _language())
    g.setdefault("who", None)
    if error.description == "https":
        return _page(both("https:// で開いてください。設定は README の TRUSTED_PROXY にあります。",
                          "Open this page with https://. How to set it up: README, TRUSTED_PROXY."), 403)  # fmt: skip
    return _page(both("このページはありません。", "There is no such page."), error.code or 500)


@staff.get("/static/<path:name>")
def static_file(name: str) -> Response:
    """Style and script of the pages."""
    return send_from_directory(PAGES / "static", name, max_age=3600)


@staff.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> AnyResponse | tuple[str, int]:
    """Name and password; the same answer for a wrong name and a wrong password."""
    if request.method == "GET":
        return make_response(render_template("staff/sign_in.html", oidc=office().oidc, sentence=""))
    name, at = request.form.get("name", "").strip()[:80], now()
    if not office().accounts.limit.allows(request.remote_addr or "", at):
        return _again(
            both("回数が多すぎます。5分待ってください。", "Too many tries. Wait five minutes."), 429
        )
    answer = office().accounts.check(name, request.form.get("password", "")[:1000], at)
    if answer == "welcome":
        return welcome(name, at)
    _at_the_door(name)
    office().staff.note(name or "-", f"sign-in refused: {answer}", at)
    return _again(both("名前かパスワードがちがいます。5回まちがえると、15分使えません。",
                       "Wrong name or password. After five tries the account rests for 15 minutes."), 401)  # fmt: skip


def _again(sentence: str, status: int) -> tuple[str, int]:
    return render_template("staff/sign_in.html", oidc=office().oidc, sentence=sentence), status


def welcome(name: str, at: datetime) -> AnyResponse:
    """Begin the session of somebody who showed who they are."""
    cookie.begin(name, at)
    _at_the_door(name)
    office().staff.note(name, "signed in", at)
    return redirect(url_for("staff.asked"), 303)


def _at_the_door(name: str) -> None:
    """What somebody does before they have chosen stands in the record of the first channel that they may see."""
    account = offices().accounts.staff.find(name)
    g.channel = next(iter(offices().channels(account)), None) if account else None


@staff.post("/sign-out")
def sign_out() -> AnyResponse:
    """Here and in every other browser."""
    office().staff.sign_out(g.who, now())
    did("signed out")
    session.clear()
    return redirect(url_for("staff.sign_in"), 303)


def back_to(endpoint: str, **values: Any) -> AnyResponse:
    """After an action: the page again, by GET."""
    return redirect(url_for(endpoint, **values), 303)
