"""Asks every link of the content once, politely, whether its page is still there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import urllib3

from bot.content import Content

WAIT = 1.0  # seconds between two questions to the same host
TIMEOUT = urllib3.Timeout(connect=5.0, read=10.0)
NAME = "Tomoni link check (asks each page once)"
HERE = frozenset({200, 204, 206, 401, 403, 405, 429})  # 403, 429: robots are not welcome
ONWARD = urllib3.Retry(
    total=None, connect=0, read=0, other=0, redirect=3
)  # a page that moved is where it went

Ask = Callable[[str], int | None]


def of(content: Content) -> dict[str, list[str]]:
    """Every address with the files that name it."""
    found: dict[str, list[str]] = {}
    for entry in content.entries.values():
        where = f"{entry.area}/{entry.id}.yaml"
        for url in [link.url for link in entry.links] + [one.url or "" for one in entry.sources]:
            found.setdefault(url, []).append(where)
    for name, contact in content.contacts.items():
        found.setdefault(contact.url or "", []).append(f"contacts.yaml: {name}")
    for gathering in content.gatherings.values():
        found.setdefault(gathering.booking_url or "", []).append(f"gatherings/{gathering.id}.yaml")
    found.pop("", None)
    return found


def dead(content: Content, ask: Ask, wait: float = WAIT) -> Iterator[str]:
    """A sentence for each page that is gone. Stops with one sentence when nothing at all answers."""
    hosts: dict[str, float] = {}
    answered = 0
    for number, (url, files) in enumerate(sorted(of(content).items())):
        host = urlsplit(url).netloc
        time.sleep(max(0.0, hosts.get(host, 0.0) + wait - time.monotonic()))
        status = ask(url)
        hosts[host] = time.monotonic()
        answered += status is not None
        if number == 4 and not answered:
            yield "ネットワークにつながりません。リンクは調べていません。/ No network: the links were not asked."
            return
        if status is None or status not in HERE:
            said = status or "no answer"
            yield f"{files[0]}: {url} は見られません（{said}）。新しいURLに直すか、消してください。/ This page is gone."


def ask(url: str) -> int | None:
    """The status of a page, by HEAD and, where that is not allowed, by the first bytes of GET."""
    pool = urllib3.PoolManager(timeout=TIMEOUT, retries=ONWARD, headers={"User-Agent": NAME})
    try:
        status = pool.request("HEAD", url).status
        if status in {404, 405, 501}:
            answer = pool.request("GET", url, preload_content=False)
            status = answer.status
            answer.close()
    except (urllib3.exceptions.HTTPError, ValueError):
        return None
    return int(status)
