"""Calendars that organisers keep elsewhere (iCalendar), fetched safely and read as gatherings.

What is imported is shown as it is written there. A calendar that cannot be fetched or read keeps its last
good copy and is reported.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import logging
import secrets
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import recurring_ical_events
import urllib3
from icalendar import Calendar
from pydantic import ValidationError

from bot.directory import JAPAN
from bot.models import Gathering

log = logging.getLogger(__name__)

SIZE_LIMIT = 2 * 1024 * 1024  # bytes; a busy association's calendar has some 200 kB
SECONDS_LIMIT = 20.0
REDIRECTS = 3
TIMEOUT = urllib3.Timeout(connect=5.0, read=5.0)
EVERY = timedelta(minutes=30)
BEFORE, AFTER = timedelta(days=14), timedelta(days=400)
EVENTS_LIMIT = 500
TITLE_LIMIT, TEXT_LIMIT = 80, 400

Resolve = Callable[[str], Iterable[str]]
Kind = Callable[[str], str | None]


class FeedError(Exception):
    """A calendar could not be fetched or read; the sentence is for staff."""


@dataclass(frozen=True, slots=True)
class Source:
    """One calendar: the contact that keeps it, and an https address or a file."""

    contact: str
    address: str

    @property
    def name(self) -> str:
        """The name of its copy on disk."""
        return hashlib.sha256(self.address.encode()).hexdigest()[:16]


def sources(setting: str) -> tuple[Source, ...]:
    """`forum=https://… lip=calendars/lip.ics`: contact and address, separated by spaces."""
    pairs = (part.partition("=") for part in setting.split())
    return tuple(Source(contact, address) for contact, _, address in pairs if contact and address)


def resolved(host: str) -> Iterable[str]:
    """All addresses of a host."""
    try:
        rows = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FeedError(f"{host} cannot be found.") from error
    return [str(row[4][0]) for row in rows]


@dataclass(slots=True)
class Feeds:
    """Keeps the last good copy of each calendar in `folder`."""

    sources: tuple[Source, ...]
    folder: Path
    resolve: Resolve = field(default=resolved)
    problems: dict[str, str] = field(default_factory=dict)
    _looked_at: datetime | None = None

    def refresh(self, now: datetime) -> bool:
        """Fetch what is due; says whether a calendar was looked at."""
        if not self.sources or (self._looked_at and now - self._looked_at < EVERY):
            return False
        self._looked_at = now
        for source in self.sources:
            try:
                self._fetch(source)
                self.problems.pop(source.address, None)
            except (FeedError, OSError, urllib3.exceptions.HTTPError) as error:
                self.problems[source.address] = str(error) or type(error).__name__
                log.warning("calendar of %s not taken: %s", source.contact, error)
        return True

    def gatherings(self, now: datetime, kind: Kind) -> dict[str, Gathering]:
        """Everything of two weeks ago to a year ahead, by id; cancelled dates included."""
        found: dict[str, Gathering] = {}
        for source in self.sources:
            try:
                calendar = _calendar(self._copy(source).read_bytes())
            except FileNotFoundError:
                continue
            except FeedError as error:
                self.problems[source.address] = str(error)
                continue
            found |= {one.id: one for one in _gatherings(calendar, source, now, kind)}
        return found

    def copies(self) -> dict[str, bytes]:
        """The last good copy of each, for other machines."""
        files = {source.name: self._copy(source) for source in self.sources}
        return {name: file.read_bytes() for name, file in files.items() if file.exists()}

    def keep(self, copies: Mapping[str, bytes]) -> bool:
        """Take over what another machine fetched; says whether there was any."""
        mine = [source for source in self.sources if source.name in copies]
        for source in mine:
            _write(self._copy(source), copies[source.name])
        return bool(mine)

    def _copy(self, source: Source) -> Path:
        return self.folder / f"{source.name}.ics"

    def _fetch(self, source: Source) -> None:
        if not source.address.startswith("https://"):
            if "://" in source.address:
                raise FeedError(f"{source.address}: only https addresses and files are read.")
            data: bytes | None = _limited(Path(source.address))
        else:
            data = self._download(source)
        if data is not None:
            _calendar(data)
            _write(self._copy(source), data)

    def _download(self, source: Source) -> bytes | None:
        """The calendar, or None where it is the one that we have."""
        tags = self.folder / f"{source.name}.json"
        known = _known(tags) if self._copy(source).exists() else {}
        data, headers = get(source.address, known, self.resolve)
        if data is not None:
            kept = {ours: headers[theirs] for ours, theirs in TAGS.items() if theirs in headers}
            _write(tags, json.dumps(kept).encode())
        return data


TAGS = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}


def _known(file: Path) -> dict[str, str]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: str(found[name]) for name in TAGS if name in found}


def _write(file: Path, data: bytes) -> None:
    """A reader never sees half a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    waiting = file.with_suffix(f".{secrets.token_hex(4)}.new")
    waiting.write_bytes(data)
    waiting.replace(file)


def _limited(file: Path) -> bytes:
    if file.stat().st_size > SIZE_LIMIT:
        raise FeedError(f"{file} is larger than {SIZE_LIMIT} bytes.")
    return file.read_bytes()


# --- fetching -------------------------------------------------------------------------------------


def get(
    url: str, headers: Mapping[str, str], resolve: Resolve
) -> tuple[bytes | None, Mapping[str, str]]:
    """Fetch an address; (None, headers) when it has not changed. Raises FeedError, HTTPError, OSError."""
    until = time.monotonic() + SECONDS_LIMIT
    for _ in range(REDIRECTS + 1):
        answer = _ask(url, headers, resolve)
        try:
            if answer.status == 304:
                return None, answer.headers
            if answer.status in {301, 302, 303, 307, 308}:
                url = urljoin(url, answer.headers.get("Location", ""))
                continue
            if answer.status != 200:
                raise FeedError(f"{urlsplit(url).hostname} answered {answer.status}.")
            return _body(answer, until), answer.headers
        finally:
            answer.release_conn()
            answer.close()
    raise FeedError(f"More than {REDIRECTS} redirections.")


def _ask(url: str, headers: Mapping[str, str], resolve: Resolve) -> Any:
    """One request, to an address that was checked: the name is not looked up a second time."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise FeedError("Only https addresses are fetched.")
    pool = urllib3.HTTPSConnectionPool(
        public_address(parts.hostname, resolve), parts.port or 443, maxsize=1, retries=False,
        timeout=TIMEOUT, server_hostname=parts.hostname, assert_hostname=parts.hostname,
    )  # fmt: skip
    path = parts.path or "/"
    sent = {"Host": parts.netloc.rpartition("@")[2], "User-Agent": "tomoni", **headers}
    return pool.request(
        "GET", f"{path}?{parts.query}" if parts.query else path, headers=sent,
        redirect=False, preload_content=False,
    )  # fmt: skip


def public_address(host: str, resolve: Resolve) -> str:
    """An address of a host. Raises FeedError when any of them is not on the public internet."""
    found = list(resolve(host))
    if not found:
        raise FeedError(f"{host} has no address.")
    for address in found:
        if not ipaddress.ip_address(address.partition("%")[0]).is_global:
            raise FeedError(f"{host} is an address inside a network; only public ones are fetched.")
    return found[0]


def _body(answer: Any, until: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in answer.stream(65536, decode_content=True):
        size += len(part)
        if size > SIZE_LIMIT:
            raise FeedError(f"The calendar is larger than {SIZE_LIMIT} bytes.")
        if time.monotonic() > until:
            raise FeedError(f"The calendar takes longer than {SECONDS_LIMIT:.0f} seconds.")
        parts.append(part)
    return b"".join(parts)


# --- reading --------------------------------------------------------------------------------------


def _calendar(data: bytes) -> Calendar:
    try:
        calendar = Calendar.from_ical(data)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise FeedError("This is not a calendar (iCalendar, RFC 5545).") from error
    if not isinstance(calendar, Calendar) or calendar.name != "VCALENDAR":
        raise FeedError("This is not a calendar (iCalendar, RFC 5545).")
    return calendar


def _gatherings(
    calendar: Calendar, source: Source, now: datetime, kind: Kind
) -> Iterator[Gathering]:
    """Every date of every event as a gathering of its own, the first EVENTS_LIMIT of them."""
    today = now.astimezone(JAPAN).date()
    query = recurring_ical_events.of(calendar, skip_bad_series=True)
    found = query.between(today - BEFORE, today + AFTER)
    for event in sorted(found, key=lambda one: str(one["DTSTART"].dt))[:EVENTS_LIMIT]:
        try:
            yield _gathering(event, source, kind)
        except (ValidationError, ValueError, KeyError, TypeError):
            log.warning("an event in the calendar of %s cannot be read", source.contact)


def _gathering(event: Any, source: Source, kind: Kind) -> Gathering:
    start = event["DTSTART"].dt
    title = _line(event.get("SUMMARY"), TITLE_LIMIT) or "…"
    name = hashlib.sha256(f"{source.address}|{event.get('UID')}|{start}".encode()).hexdigest()[:12]
    place = _line(event.get("LOCATION"), TITLE_LIMIT)
    cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED"
    day = start.astimezone(JAPAN).date() if isinstance(start, datetime) else start
    url = str(event.get("URL") or "")
    return Gathering.model_validate(
        {
            "id": f"import-{name}",
            "kind": kind(title) or "other",
            "title": title,
            "summary": _line(event.get("DESCRIPTION"), TEXT_LIMIT),
            "organiser": source.contact,
            "starts_at": _written(start),
            "ends_at": _written(_end(event, start)),
            "place": {"name": place, "address": place} if place else None,
            "booking_url": url if url.startswith("https://") else None,
            "changes": [{"on": day, "cancelled": True}] if cancelled else [],
        }
    )


def _end(event: Any, start: date | datetime) -> date | datetime:
    """The inclusive last day of an all-day event, the end of any other."""
    end = event["DTEND"].dt if "DTEND" in event else start
    if isinstance(start, datetime):
        return end if isinstance(end, datetime) and end > start else start + timedelta(hours=1)
    return max(start, end - timedelta(days=1))


def _written(at: date | datetime) -> str:
    """In Japan's time; a time without a zone is meant in Japan."""
    if not isinstance(at, datetime):
        return at.isoformat()
    return (at.astimezone(JAPAN) if at.tzinfo else at.replace(tzinfo=JAPAN)).isoformat()


def _line(value: Any, limit: int) -> str:
    """Text as it is written there, without control characters, at most `limit` characters."""
    text = "".join(letter for letter in str(value or "") if letter == "\n" or letter.isprintable())
    text = text.replace("{", "｛").replace("}", "｝").strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
