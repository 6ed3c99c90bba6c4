"""What takes place, as a web page that prints, and as a calendar feed."""

from __future__ import annotations

import base64
import calendar
import io
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import segno
from babel import Locale
from babel.dates import format_date, format_skeleton
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    make_response,
    render_template_string,
    request,
)

from bot import feed, gatherings, reminders
from bot.cities import Cities
from bot.content import Content
from bot.directory import JAPAN
from bot.gatherings import Occurrence
from bot.models import Gathering
from bot.parts import Parts, path_of
from bot.settings import DEFAULT_CHANNEL

TEMPLATE = Path(__file__).parent / "pages" / "gatherings.html"
STYLE = Path(__file__).parent / "pages" / "static" / "gatherings.css"
AHEAD = timedelta(days=400)
SHOWN = 60  # dates on one page: two or three sheets of paper
FRESH_SECONDS = 900
FEEDS_KEPT = 64
LONGEST = 60  # days of an exhibition that are marked in the grid
# CLDR has no short ones in Burmese but single letters, the same for two days; these are on calendars in Myanmar.
SHORT_WEEKDAYS = {"my": ("လာ", "ဂါ", "ဟူး", "တေး", "ကြာ", "နေ", "နွေ")}
CALENDAR = "text/calendar; charset=utf-8"

calendar_page = Blueprint("gatherings", __name__, url_prefix="/gatherings")


@calendar_page.url_value_preprocessor
def _of_channel(_: str | None, values: dict[str, Any] | None) -> None:
    """The page of each channel has its name in front; that of the only one has none."""
    g.channel = (values or {}).pop("channel", DEFAULT_CHANNEL)


def _parts() -> Parts:
    cities: Cities = current_app.extensions["tomoni"]
    if g.channel not in cities.open:
        abort(404)
    return cities.open[g.channel]


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
    key = (content.version, locale, f"{name}@{at}")
    return _answer(
        _feeds.of(key, lambda: feed.occurrence(found, content, locale), datetime.now(UTC))
    )


def _calendar(content: Content, locale: str, only: str | None) -> Response:
    key = (content.version, locale, only or "")
    return _answer(_feeds.of(key, lambda: feed.feed(content, locale, only), datetime.now(UTC)))


@dataclass(frozen=True, slots=True)
class Made:
    """A calendar file and since when it is so."""

    data: bytes
    made_at: datetime


class Feeds:
    """Made once for each content and language: thousands of events take a while."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, str], Made] = OrderedDict()

    def of(self, key: tuple[str, str, str], make: Callable[[], bytes], now: datetime) -> Made:
        """Content version, language and which one; what was the same before keeps its time."""
        found = self._kept.get(key)
        if found is None:
            data = make()
            same = (
                one for name, one in self._kept.items() if name[1:] == key[1:] and one.data == data
            )
            found = self._kept[key] = next(same, Made(data, now))
            while len(self._kept) > FEEDS_KEPT:
                self._kept.popitem(last=False)
        return found


_feeds = Feeds()


def _answer(made: Made) -> Response:
    """With ETag and Last-Modified: a calendar that looks again is told "nothing new" in a few bytes."""
    response = make_response(made.data)
    response.content_type = CALENDAR
    response.last_modified = made.made_at
    return _cached(response)


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
    """Each month as a grid and as a list, then what has no date yet; works without JavaScript."""
    content = _content(locale)
    today = datetime.now(UTC).astimezone(JAPAN).date()
    first = max(today, _asked_from(today))
    coming = list(islice(content.schedule.each(first, today + AHEAD), SHOWN + 1))
    html = render_template_string(
        TEMPLATE.read_text(encoding="utf-8"),
        locale=locale,
        direction=content.direction(locale),
        say=content.say(locale),
        apart=_apart,
        months=_months(coming[:SHOWN], content, locale),
        undated=[
            _shown(item, content, locale)
            for item in gatherings.undated(content.gatherings.values())
        ],
        languages=[(name, content.languages[name].name) for name in content.offered],
        base=path_of(g.channel),
        qr=_qr(_public(f"{path_of(g.channel)}/gatherings/{locale}.ics")),
        account=_account(),
        feed=_public(f"{path_of(g.channel)}/gatherings/{locale}.ics"),
        more=coming[SHOWN].day.isoformat() if len(coming) > SHOWN else None,
    )
    return _cached(make_response(html))


def _asked_from(today: date) -> date:
    """`?from=2027-01-15`, as the link under a long list says it; anything else is today."""
    try:
        return date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        return today


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
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode()


def _months(found: list[Occurrence], content: Content, locale: str) -> list[dict[str, Any]]:
    """What is known of a gathering stands at its first date only: a weekly class would fill a sheet a month."""
    months: dict[date, list[dict[str, Any]]] = {}
    anchors: dict[date, str] = {}
    told: set[str] = set()
    for number, item in enumerate(found):
        row = _row(item, content, locale) | {"anchor": f"d{number}", "told": item.gathering in told}
        told.add(item.gathering)
        months.setdefault(item.day.replace(day=1), []).append(row)
        for ahead in range(min((item.last_day - item.day).days, LONGEST) + 1):
            anchors.setdefault(item.day + timedelta(days=ahead), row["anchor"])
    return [
        {
            "title": _written(first, "yMMMM", content, locale),
            "weekdays": _weekdays(content, locale),
            "weeks": _grid(first, anchors),
            "rows": rows,
        }
        for first, rows in months.items()
    ]


def _row(item: Occurrence, content: Content, locale: str) -> dict[str, Any]:
    at = f"{item.starts_at.astimezone(UTC):%Y%m%dT%H%MZ}"
    return _shown(content.gatherings[item.gathering], content, locale) | {
        "when": _when(item, content, locale),
        "cancelled": item.cancelled,
        "moved": _day(item.moved_from, content, locale) if item.moved_from else None,
        "feed": f"{path_of(g.channel)}/gatherings/{locale}/{item.gathering}/{at}.ics",
    }


def _weekdays(content: Content, locale: str) -> list[tuple[str, str]]:
    """Full and short names, Sunday first, as calendars on Japanese walls."""
    names = Locale.parse(content.languages[locale].babel).days["stand-alone"]
    short = SHORT_WEEKDAYS.get(locale, names["abbreviated"])
    return [(names["wide"][number], short[number]) for number in (6, 0, 1, 2, 3, 4, 5)]


def _apart(text: str) -> str:
    """Text of another direction keeps its own full stop and brackets (Unicode's isolates)."""
    return f"\u2068{text}\u2069"


def _grid(first: date, anchors: Mapping[date, str]) -> list[list[dict[str, Any] | None]]:
    """The weeks of a month: each day with the anchor of its first row, None outside the month."""
    weeks = calendar.Calendar(calendar.SUNDAY).monthdatescalendar(first.year, first.month)
    return [
        [
            {"number": day.day, "anchor": anchors.get(day)} if day.month == first.month else None
            for day in week
        ]
        for week in weeks
    ]


def _written(day: date, skeleton: str, content: Content, locale: str) -> str:
    babel = content.languages[locale].babel
    return str(format_skeleton(skeleton, datetime.combine(day, datetime.min.time()), locale=babel))


def _day(day: date, content: Content, locale: str) -> str:
    return str(format_date(day, "full", locale=content.languages[locale].babel))


def _when(item: Occurrence, content: Content, locale: str) -> str:
    day = _day(item.day, content, locale)
    if item.all_day:
        last = item.last_day
        return day if last == item.day else f"{day} – {_day(last, content, locale)}"
    start, end = (at.astimezone(JAPAN) for at in (item.starts_at, item.ends_at))
    return content.say(locale)(
        "{day}, {hours} (Japan time)", day=day, hours=f"{start:%H:%M}–{end:%H:%M}"
    )


def _shown(gathering: Gathering, content: Content, locale: str) -> dict[str, Any]:
    key = f"gathering.{gathering.id}"
    texts = {name: content.tell(f"{key}.{name}", locale).text
             for name in ("title", "summary", "when", "place", "cost", "booking", "capacity")
             if f"{key}.{name}" in content.japanese}  # fmt: skip
    names = (
        content.languages[name].name for name in gathering.languages if name in content.languages
    )
    return texts | {
        "organiser": content.tell(f"contact.{gathering.organiser}.name", locale).text,
        "booking_url": gathering.booking_url,
        "languages": ", ".join(names),
        "children": gathering.children,
        "accessible": gathering.accessible,
    }
