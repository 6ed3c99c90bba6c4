"""What takes place, as a web page that prints, and as a calendar feed."""

from __future__ import annotations

import io
from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import segno
from babel.dates import format_date
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    render_template_string,
    request,
)

from bot import feed, gatherings, reminders
from bot.content import Content
from bot.directory import JAPAN
from bot.gatherings import Occurrence
from bot.models import Gathering
from bot.parts import Parts

TEMPLATE = Path(__file__).parent / "pages" / "gatherings.html"
STYLE = Path(__file__).parent / "pages" / "static" / "gatherings.css"
AHEAD = timedelta(days=400)
FRESH_SECONDS = 900
FEEDS_KEPT = 64
CALENDAR = "text/calendar; charset=utf-8"

calendar_page = Blueprint("gatherings", __name__, url_prefix="/gatherings")


def _parts() -> Parts:
    found: Parts = current_app.extensions["tomoni"]
    return found


def _content(locale: str) -> Content:
    content = _parts().library.content
    if locale not in content.languages:
        abort(404)
    return content


@calendar_page.get("/<locale>.ics")
def whole(locale: str) -> Response:
    """Everything with a date, for a calendar program that looks again by itself."""
    return _calendar(_content(locale), locale, None)


@calendar_page.get("/<locale>/<name>.ics")
def one(locale: str, name: str) -> Response:
    """One gathering."""
    content = _content(locale)
    if name not in content.gatherings or content.gatherings[name].undated:
        abort(404)
    return _calendar(content, locale, name)


@calendar_page.get("/<locale>/<name>/<at>.ics")
def dated(locale: str, name: str, at: str) -> Response:
    """One date of a gathering, named by its start in UTC as the buttons in the chat do."""
    content = _content(locale)
    try:
        moment = datetime.strptime(at, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    except ValueError:
        abort(404)
    found = reminders.find(content.gatherings.get(name), moment)
    if found is None:
        abort(404)
    response = make_response(feed.occurrence(found, content, locale))
    response.content_type = CALENDAR
    return _cached(response)


def _calendar(content: Content, locale: str, only: str | None) -> Response:
    """Made once for each content: thousands of events take a while."""
    response = make_response(_made(content, locale, only))
    response.content_type = CALENDAR
    response.last_modified = max(
        (feed.stamp(item) for item in content.gatherings.values()), default=None
    )
    return _cached(response)


_kept: OrderedDict[tuple[str, str, str | None], bytes] = OrderedDict()


def _made(content: Content, locale: str, only: str | None) -> bytes:
    key = (content.version, locale, only)
    if key not in _kept:
        _kept[key] = feed.feed(content, locale, only)
        while len(_kept) > FEEDS_KEPT:
            _kept.popitem(last=False)
    return _kept[key]


def _cached(response: Response) -> Response:
    response.cache_control.public = True
    response.cache_control.max_age = FRESH_SECONDS
    response.add_etag()
    response.make_conditional(request)
    return response


@calendar_page.get("/gatherings.css")
def style() -> Response:
    """The style of the page."""
    response = make_response(STYLE.read_text(encoding="utf-8"))
    response.content_type = "text/css; charset=utf-8"
    return _cached(response)


@calendar_page.get("/<locale>")
def page(locale: str) -> Response:
    """A list by month, then what has no date yet; works without JavaScript."""
    content = _content(locale)
    today = datetime.now(UTC).astimezone(JAPAN).date()
    found = gatherings.occurrences(content.gatherings, today, today + AHEAD)
    html = render_template_string(
        TEMPLATE.read_text(encoding="utf-8"),
        locale=locale,
        direction=content.direction(locale),
        say=content.say(locale),
        months=_months(found, content, locale),
        undated=[
            _shown(item, content, locale)
            for item in gatherings.undated(content.gatherings.values())
        ],
        languages=[(name, content.languages[name].name) for name in content.offered],
        qr=_qr(_public(f"/gatherings/{locale}.ics")),
        account=_account(),
        feed=f"/gatherings/{locale}.ics",
    )
    return _cached(make_response(html))


def _public(path: str) -> str:
    base = _parts().settings.public_url or request.host_url.rstrip("/")
    return base + path


def _account() -> dict[str, str] | None:
    """Where LINE adds the account as a friend, as a link and as a picture for the wall."""
    name = _parts().settings.line_account_id
    if not name:
        return None
    url = f"https://line.me/R/ti/p/{quote(name)}"
    return {"url": url, "qr": _qr(url)}


def _qr(url: str) -> str:
    buffer = io.BytesIO()
    segno.make(url, error="m").save(buffer, kind="svg", scale=3, xmldecl=False, svgns=True)
    import base64

    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode()


def _months(found: list[Occurrence], content: Content, locale: str) -> list[dict[str, Any]]:
    months: dict[str, list[dict[str, Any]]] = {}
    for item in found:
        title = _written(item.day, "yMMMM", content, locale)
        gathering = content.gatherings[item.gathering]
        row = _shown(gathering, content, locale) | {
            "when": _when(item, content, locale),
            "cancelled": item.cancelled,
            "feed": f"/gatherings/{locale}/{gathering.id}.ics",
        }
        months.setdefault(title, []).append(row)
    return [{"title": title, "rows": rows} for title, rows in months.items()]


def _written(day: date, skeleton: str, content: Content, locale: str) -> str:
    from babel.dates import format_skeleton

    babel = content.languages[locale].babel
    return str(format_skeleton(skeleton, datetime.combine(day, datetime.min.time()), locale=babel))


def _when(item: Occurrence, content: Content, locale: str) -> str:
    day = str(format_date(item.day, "full", locale=content.languages[locale].babel))
    if item.all_day:
        return day
    start, end = (at.astimezone(JAPAN) for at in (item.starts_at, item.ends_at))
    return content.say(locale)(
        "{day}, {hours} (Japan time)", day=day, hours=f"{start:%H:%M}–{end:%H:%M}"
    )


def _shown(gathering: Gathering, content: Content, locale: str) -> dict[str, Any]:
    key = f"gathering.{gathering.id}"
    texts = {name: content.tell(f"{key}.{name}", locale).text
             for name in ("title", "summary", "when", "place", "cost", "booking")
             if f"{key}.{name}" in content.japanese}  # fmt: skip
    organiser = content.tell(f"contact.{gathering.organiser}.name", locale).text
    return texts | {"organiser": organiser, "booking_url": gathering.booking_url}
