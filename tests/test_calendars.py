"""Organisers' own calendars: fetched safely, the last good copy kept, what is written there shown as it is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import calendars
from bot.calendars import FeedError, Feeds, Source

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
URL = "https://calendar.example.org/forum.ics"
EVENT = """BEGIN:VEVENT\r
UID:1@forum\r
DTSTART;TZID=Asia/Tokyo:20261205T140000\r
DTEND;TZID=Asia/Tokyo:20261205T160000\r
SUMMARY:{title}\r
{more}END:VEVENT\r
"""


def ics(title: str = "なんみん café 🎬 上映会", more: str = "") -> bytes:
    event = EVENT.format(title=title, more=more)
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n"
    return f"{head}{event}END:VCALENDAR\r\n".encode()


class Answer:
    """What a server answers."""

    def __init__(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        self.status, self.body = status, body
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def stream(self, size: int, decode_content: bool = True) -> Any:
        yield from (self.body[at : at + size] for at in range(0, len(self.body), size))

    def release_conn(self) -> None:
        """As urllib3."""

    def close(self) -> None:
        """As urllib3."""


class Web:
    """A stand-in for the network under bot.calendars: remembers which addresses were asked, with what."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: Answer | Exception) -> None:
        self.answers, self.asked = list(answers), list[tuple[str, str, Mapping[str, str]]]()
        monkeypatch.setattr(calendars.urllib3, "HTTPSConnectionPool", self.pool)

    def pool(self, address: str, port: int, **more: Any) -> Any:
        web = self

        class Pool:
            def request(
                self, method: str, path: str, headers: Mapping[str, str], **_: Any
            ) -> Answer:
                web.asked.append((address, path, headers))
                answer = web.answers.pop(0)
                if isinstance(answer, Exception):
                    raise answer
                return answer

        return Pool()


def feeds(folder: Path, address: str = URL, **hosts: list[str]) -> Feeds:
    public = {
        "calendar.example.org": ["93.184.216.34"],
        **{n.replace("_", "."): v for n, v in hosts.items()},
    }
    return Feeds((Source("forum", address),), folder, resolve=lambda host: public[host])


def kind(title: str) -> str | None:
    return "film" if "上映" in title else None


def test_titles_are_shown_as_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Web(monkeypatch, Answer(body=ics(more="LOCATION:腰越\\, 1-2\r\n")))
    looked = feeds(tmp_path)
    assert looked.refresh(NOW)
    (one,) = looked.gatherings(NOW, kind).values()
    assert (one.title, one.kind, one.organiser) == ("なんみん café 🎬 上映会", "film", "forum")
    assert one.place is not None
    assert one.place.name == "腰越, 1-2"
    assert looked.problems == {}


def test_what_has_not_changed_is_not_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = Web(
        monkeypatch,
        Answer(body=ics(), ETag='"a"', Last_Modified="Mon, 30 Nov 2026 00:00:00 GMT"),
        Answer(304),
    )
    looked = feeds(tmp_path)
    looked.refresh(NOW)
    assert not looked.refresh(NOW + timedelta(minutes=5))  # not due yet
    looked.refresh(NOW + timedelta(hours=1))
    assert web.asked[1][2]["If-None-Match"] == '"a"'
    assert web.asked[1][2]["If-Modified-Since"] == "Mon, 30 Nov 2026 00:00:00 GMT"
    assert len(looked.gatherings(NOW, kind)) == 1


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.7", "192.168.1.1", "172.16.3.4", "169.254.169.254", "::1", "fd00::1", "fe80::1%eth0",
     "100.64.0.1", "0.0.0.0", "::ffff:10.0.0.7"],
)  # fmt: skip
def test_private_addresses_are_refused(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = Web(monkeypatch)
    looked = feeds(
        tmp_path, "https://inside.example/x.ics", inside_example=["93.184.216.34", address]
    )
    looked.refresh(NOW)
    assert web.asked == []
    assert "inside a network" in looked.problems["https://inside.example/x.ics"]


def test_the_name_is_looked_up_once_so_that_it_cannot_change_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = Web(monkeypatch, Answer(body=ics()))
    feeds(tmp_path).refresh(NOW)
    assert web.asked[0][0] == "93.184.216.34"
    assert web.asked[0][2]["Host"] == "calendar.example.org"


@pytest.mark.parametrize(
    "target",
    ["http://calendar.example.org/x", "ftp://calendar.example.org/x", "file:///etc/passwd"],
)
def test_only_https_even_after_a_redirection(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = Web(monkeypatch, Answer(302, Location=target))
    looked = feeds(tmp_path)
    looked.refresh(NOW)
    assert "https" in looked.problems[URL]
    assert len(web.asked) == 1


def test_a_redirection_into_a_network_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = Web(monkeypatch, Answer(301, Location="https://inside.example/x.ics"))
    looked = feeds(tmp_path, inside_example=["192.168.0.2"])
    looked.refresh(NOW)
    assert "inside a network" in looked.problems[URL]
    assert len(web.asked) == 1


def test_http_is_not_even_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    web = Web(monkeypatch)
    looked = feeds(tmp_path, "http://calendar.example.org/forum.ics")
    looked.refresh(NOW)
    assert web.asked == []
    assert "https" in str(looked.problems)


def test_redirections_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    web = Web(monkeypatch, *[Answer(302, Location="/again") for _ in range(9)])
    looked = feeds(tmp_path)
    looked.refresh(NOW)
    assert "redirections" in looked.problems[URL]
    assert len(web.asked) == calendars.REDIRECTS + 1


def test_a_calendar_that_is_too_large_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Web(monkeypatch, Answer(body=b"x" * (calendars.SIZE_LIMIT + 1)))
    looked = feeds(tmp_path)
    looked.refresh(NOW)
    assert "larger" in looked.problems[URL]


def test_a_calendar_that_drips_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10**6, 15))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    Web(monkeypatch, Answer(body=ics() * 2000))
    looked = feeds(tmp_path)
    looked.refresh(NOW)
    assert "seconds" in looked.problems[URL]


@pytest.mark.parametrize(
    "broken",
    [Answer(500), Answer(404), Answer(body=b"<html>Sign in</html>"), Answer(body=b""), Answer(body=ics()[:90]),
     OSError("unreachable")],
    ids=["500", "404", "a sign-in page", "empty", "cut off", "unreachable"],
)  # fmt: skip
def test_a_broken_calendar_keeps_its_last_good_copy_and_is_reported(
    broken: Answer | Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Web(monkeypatch, Answer(body=ics()), broken, Answer(body=ics("次の会")))
    looked = feeds(tmp_path)
    looked.refresh(NOW)
    looked.refresh(NOW + timedelta(hours=1))
    assert looked.problems.keys() == {URL}
    assert [one.title for one in looked.gatherings(NOW, kind).values()] == [
        "なんみん café 🎬 上映会"
    ]
    looked.refresh(NOW + timedelta(hours=2))
    assert looked.problems == {}
    assert [one.title for one in looked.gatherings(NOW, kind).values()] == ["次の会"]


def test_a_cancelled_event_is_shown_as_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot import gatherings

    Web(monkeypatch, Answer(body=ics(more="STATUS:CANCELLED\r\n")))
    looked = feeds(tmp_path)
    looked.refresh(NOW)
    known = looked.gatherings(NOW, kind)
    (one,) = gatherings.occurrences(known, NOW.date(), NOW.date() + timedelta(days=14))
    assert one.cancelled


def test_a_rule_is_expanded_and_a_moved_date_stands_where_it_is_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = EVENT.format(
        title="動いた会", more="RECURRENCE-ID;TZID=Asia/Tokyo:20261212T140000\r\n"
    ).replace("20261205", "20261213")
    data = ics("会", "RRULE:FREQ=WEEKLY;COUNT=3\r\n").replace(
        b"END:VCALENDAR", moved.encode() + b"END:VCALENDAR"
    )
    Web(monkeypatch, Answer(body=data))
    looked = feeds(tmp_path)
    looked.refresh(NOW)
    days = sorted(str(one.starts_at)[:10] for one in looked.gatherings(NOW, kind).values())
    assert days == ["2026-12-05", "2026-12-13", "2026-12-19"]


def test_a_file_is_read_and_a_missing_one_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "lip.ics"
    file.write_bytes(ics())
    looked = feeds(tmp_path / "copies", str(file))
    looked.refresh(NOW)
    assert len(looked.gatherings(NOW, kind)) == 1
    gone = feeds(tmp_path / "none", str(tmp_path / "gone.ics"))
    gone.refresh(NOW)
    assert gone.problems


def test_an_unknown_host_is_a_sentence_for_staff() -> None:
    with pytest.raises(FeedError, match="no address"):
        calendars.public_address("x.example", lambda host: [])
