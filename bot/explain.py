"""Why a message is understood as it is, in words for those who tend the phrases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot import dispatch
from bot.context import Handler
from bot.desk import Knowledge
from bot.match import LIKELY, SURE, Match, Reasons
from bot.messages import Incoming, Person

SHOWN = 5


def explain(
    text: str, locale: str | None, now: datetime, knowledge: Knowledge, handlers: Sequence[Handler]
) -> str:
    """Language, danger, what each half finds, the fused probabilities, the band, and the reply."""
    matcher = knowledge.matcher
    if not isinstance(matcher, Match):
        raise TypeError("Only bot.match can say why.")
    detected = matcher.detect(text, locale, None)
    incoming = Incoming("text", now, person="explain", text=text)
    reply = dispatch.answer(
        incoming, Person("explain", locale), now, knowledge.content, matcher, handlers
    )
    lines = [
        f"language    {detected.locale or 'unknown'} ({detected.words} words, {detected.sure:.2f}); "
        f"answered in {reply.locale}",
        f"danger      {matcher.danger(text, locale) or 'no word of the lexicon'}",
        *_halves(matcher.reasons(text, reply.locale)),
        f"reply       {reply.outcome} {' '.join(reply.entries)}".rstrip(),
    ]
    return "\n".join(lines)


def _halves(reasons: Reasons) -> Iterator[str]:
    for name, scores in reasons.lexical:
        yield f"lexical     phrases of {name}: {_best(scores)}"
    yield f"semantic    {_best(reasons.semantic) if reasons.semantic else reasons.why_not}"
    yield f"together    {_best(reasons.fused)}"
    judged = reasons.matched
    yield (
        f"band        {judged.intent or judged.danger or judged.band} (one answer from {SURE}, "
        f"choices from {LIKELY} together; nothing of ours: {judged.none:.2f})"
    )


def _best(scores: Sequence[tuple[str, float]]) -> str:
    return ", ".join(f"{name} {score:.2f}" for name, score in scores[:SHOWN])
