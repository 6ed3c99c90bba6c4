"""iCalendar text (RFC 5545): lines ended by CRLF, folded at 75 octets, escaped.

icalendar's objects take 2 s for 2,000 gatherings; a test reads what is written here back with that library.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from bot.directory import JAPAN

OCTETS = 75  # RFC 5545, 3.1
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})
# Japan has had no summer time since 1951.
ZONE = (
    "BEGIN:VTIMEZONE", "TZID:Asia/Tokyo", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0900",
    "TZOFFSETTO:+0900", "TZNAME:JST", "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip
HEAD = (
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tomoni//gatherings//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
    "X-WR-CALNAME:Tomoni", "X-WR-TIMEZONE:Asia/Tokyo", "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
)  # fmt: skip


def calendar(events: Iterable[Sequence[str]]) -> bytes:
    """A whole calendar of events, each a list of content lines."""
    lines = [*HEAD, *ZONE]
    for event in events:
        lines += ("BEGIN:VEVENT", *event, "END:VEVENT")
    return "".join(fold(line) for line in (*lines, "END:VCALENDAR")).encode()


def fold(line: str) -> str:
    """A content line with its end; longer ones go on after a space. No character is cut.

    >>> fold("SUMMARY:x")
    'SUMMARY:x\\r\\n'
    """
    left = line.encode()
    if len(left) <= OCTETS:
        return line + "\r\n"
    parts, size = [], OCTETS
    while len(left) > size:
        cut = size
        while left[cut] & 0b1100_0000 == 0b1000_0000:  # inside a character of UTF-8
            cut -= 1
        parts.append(left[:cut])
        left, size = left[cut:], OCTETS - 1  # the next begins with a space
    return b"\r\n ".join([*parts, left]).decode() + "\r\n"


def text(name: str, value: str) -> str:
    """A property whose value is text."""
    return f"{name}:{value.translate(_ESCAPED)}"


def moment(name: str, at: date | datetime) -> str:
    """A day as a day, a moment in Japan's time."""
    if not isinstance(at, datetime):
        return f"{name};VALUE=DATE:{at:%Y%m%d}"
    return f"{name};TZID=Asia/Tokyo:{at.astimezone(JAPAN):%Y%m%dT%H%M%S}"


def utc(name: str, at: datetime) -> str:
    """A moment in UTC, as DTSTAMP wants it."""
    return f"{name}:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
