"""Counters for those who run the bot; no label ever holds a person."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

registry = CollectorRegistry()
_rejected = Counter(
    "tomoni_webhook_rejected", "Requests to /callback that were refused", ["why"], registry=registry
)
_received = Counter("tomoni_events_received", "New events that were kept", registry=registry)
_repeated = Counter("tomoni_events_repeated", "Events that were known already", registry=registry)
_answered = Counter(
    "tomoni_answers", "Decisions by outcome and locale", ["outcome", "locale"], registry=registry
)
_sent = Counter(
    "tomoni_sent", "Calls to LINE by way and result", ["way", "result"], registry=registry
)
_waiting = Gauge("tomoni_inbox", "Received events by state", ["state"], registry=registry)
_problems = Gauge("tomoni_content_problems", "Problems of a refused content", registry=registry)


def rejected(why: str) -> None:
    """A request that was not LINE's, or not readable."""
    _rejected.labels(why).inc()


def received(new: int, known: int) -> None:
    """A request that was kept."""
    _received.inc(new)
    _repeated.inc(known)


def answered(outcome: str, locale: str) -> None:
    """A decision."""
    _answered.labels(outcome, locale).inc()


def sent(way: str, result: str) -> None:
    """A call to LINE."""
    _sent.labels(way, result).inc()


def state(counts: dict[str, int], problems: int) -> None:
    """What is waiting, as seen now."""
    for name in ("new", "answered", "done", "dead"):
        _waiting.labels(name).set(counts.get(name, 0))
    _problems.set(problems)


def rejections() -> dict[str, float]:
    """How many requests were refused, by reason."""
    return {
        sample.labels["why"]: sample.value
        for metric in _rejected.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    }


def sendings() -> dict[str, float]:
    """How many calls to LINE came out how since the start, by result."""
    found: dict[str, float] = {}
    for metric in _sent.collect():
        for sample in metric.samples:
            if sample.name.endswith("_total"):
                result = sample.labels["result"]
                found[result] = found.get(result, 0) + sample.value
    return found


def text() -> bytes:
    """Everything in Prometheus' format."""
    return generate_latest(registry)
