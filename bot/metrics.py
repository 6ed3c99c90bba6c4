"""Counters for those who run the bot; no label ever holds a person.

Several processes share them through files (PROMETHEUS_MULTIPROC_DIR, set in gunicorn.conf.py); a gauge
that is measured anew at every look is then the latest one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

registry = CollectorRegistry()
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


def _counter(name: str, help_: str, *labels: str) -> Counter:
    return Counter(f"tomoni_{name}", help_, labels, registry=registry)


def _gauge(name: str, help_: str, *labels: str) -> Gauge:
    return Gauge(f"tomoni_{name}", help_, labels, registry=registry, multiprocess_mode="mostrecent")


def _histogram(name: str, help_: str, *labels: str) -> Histogram:
    return Histogram(f"tomoni_{name}", help_, labels, registry=registry, buckets=SECONDS)


_rejected = _counter(
    "webhook_rejected", "Requests to /callback that were refused", "why", "channel"
)
_requests = _histogram("webhook_seconds", "From a request of LINE to our answer", "status")
_received = _counter(
    "events_received", "Events by kind, also those known already", "kind", "channel"
)
_repeated = _counter("events_repeated", "Events that were known already", "channel")
# answer, choices and fallback are the three bands of matching
_answered = _counter(
    "answers", "Decisions by kind of event", "kind", "outcome", "locale", "channel"
)
_delay = _histogram("reply_seconds", "From receiving an event to LINE taking the answer", "channel")
_sent = _counter("sent", "Messages to LINE by way and result", "way", "result", "channel")
_expired = _counter(
    "reply_tokens_refused", "Reply tokens that LINE did not take any more", "channel"
)
_calls = _histogram("line_call_seconds", "Calls to LINE; status 0: no answer", "endpoint", "status")
_waiting = _gauge("inbox", "Received events by state", "state", "channel")
_oldest = _gauge(
    "inbox_oldest_seconds", "How long the oldest unanswered event has been waiting", "channel"
)
_problems = _gauge("content_problems", "Problems of a refused content", "channel")
_content = _gauge("content", "The content in use", "version", "channel")
_quota = _gauge(
    "push_quota", "Pushes of the month: the limit (-1: none) and those used", "what", "channel"
)


@dataclass(frozen=True, slots=True)
class State:
    """What is to be seen at this moment."""

    counts: Mapping[str, int] = field(default_factory=dict)
    oldest: datetime | None = None
    problems: int = 0
    version: str = ""


def rejected(why: str, channel: str = "") -> None:
    """A request that was not LINE's, or not readable; `channel` where one was addressed."""
    _rejected.labels(why, channel).inc()


def requested(status: int, seconds: float) -> None:
    """A request to /callback was answered."""
    _requests.labels(str(status)).observe(seconds)


def received(kind: str, channel: str) -> None:
    """An event."""
    _received.labels(kind, channel).inc()


def repeated(count: int, channel: str) -> None:
    """Events that were known already."""
    _repeated.labels(channel).inc(count)


def answered(kind: str, outcome: str, locale: str, channel: str) -> None:
    """A decision."""
    _answered.labels(kind, outcome, locale, channel).inc()


def sent(way: str, result: str, channel: str) -> None:
    """A message to LINE."""
    _sent.labels(way, result, channel).inc()
    if (way, result) == ("reply", "refused"):
        _expired.labels(channel).inc()


def delayed(seconds: float, channel: str) -> None:
    """A person's answer is with LINE."""
    _delay.labels(channel).observe(max(seconds, 0))


def called(endpoint: str, status: int, seconds: float) -> None:
    """A call to LINE ended; status 0 where no answer came."""
    _calls.labels(endpoint, str(status)).observe(seconds)


def quota(limit: int | None, used: int, channel: str) -> None:
    """What LINE says of the month's pushes."""
    _quota.labels("limit", channel).set(-1 if limit is None else limit)
    _quota.labels("used", channel).set(used)


def state(seen: Mapping[str, State], now: datetime) -> None:
    """What is waiting in each channel, as seen now."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        _content.clear()
    for channel, one in seen.items():
        for name in ("new", "answered", "done", "dead"):
            _waiting.labels(name, channel).set(one.counts.get(name, 0))
        _oldest.labels(channel).set((now - one.oldest).total_seconds() if one.oldest else 0)
        _problems.labels(channel).set(one.problems)
        _content.labels(one.version, channel).set(1)


def rejections(channel: str) -> dict[str, float]:
    """How many requests were refused, by reason: those to this channel and those to nobody we know."""
    return _by(_rejected, "why", {"", channel})


def sendings(channel: str) -> dict[str, float]:
    """How many calls to LINE came out how since the start, by result."""
    return _by(_sent, "result", {channel})


def _by(counter: Counter, label: str, channels: set[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for metric in counter.collect():
        for sample in metric.samples:
            if sample.name.endswith("_total") and sample.labels["channel"] in channels:
                name = sample.labels[label]
                found[name] = found.get(name, 0) + sample.value
    return found


def text() -> bytes:
    """Everything in Prometheus' format, of all processes of this machine."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(registry)
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)
