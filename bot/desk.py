"""One received event from its claim to its answer: load the person, decide, keep, send."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot import dispatch, events, metrics, render
from bot.answers import Answers
from bot.content import Content
from bot.context import Handler, Matcher
from bot.keys import Keys
from bot.line import Line, Sent
from bot.messages import Effect, Incoming, Messages, Person, Reply
from bot.settings import DEFAULT_CHANNEL
from bot.store import Connection, Inbox, People, Row, Store, StoreError
from bot.store.inbox import TRIES, TakenOver

log = logging.getLogger(__name__)

TOKEN_LIFE = timedelta(seconds=55)  # LINE says one minute after receiving, and not to rely on it
BACKOFF = (1.0, 2.0, 4.0, 8.0, 16.0)  # seconds; all of them fit into a token's life
PUSH_NAMESPACE = uuid.UUID("6f4c5f0e-5d44-4b0e-9a53-54e2a6a1f9f5")


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What an answer is made from, exchanged as a whole when staff change a file."""

    content: Content
    matcher: Matcher


@dataclass(frozen=True, slots=True)
class Decision:
    """What to say to an event, and what that leaves behind."""

    row: Row
    incoming: Incoming | None
    reply: Reply
    messages: Messages
    effects: Sequence[Effect]

    @property
    def answered(self) -> Row:
        """The row as it stands in the database once the decision is kept; nothing was sent yet."""
        return replace(self.row, messages=self.messages, what={"entries": self.reply.entries})


class Desk:
    """Takes received events and answers them. Safe to call from many threads."""

    def __init__(
        self, store: Store, keys: Keys, line: Line,
        knowledge: Callable[[], Knowledge], handlers: Sequence[Handler],
        settings: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.store, self.keys, self.line = store, keys, line
        self.inbox, self.people = Inbox(store), People(store)
        self._knowledge, self._handlers = knowledge, handlers
        self._settings = settings or {}
        self._answers = Answers()

    @property
    def failures(self) -> int:
        """So many messages one after the other LINE did not take."""
        return self.line.failures

    def work(self, now: datetime, most: int = 1) -> bool:
        """Decide about the next events and send the answers; False when nothing is due."""
        rows = self.inbox.claim(now, most)
        self._finish(self.decided(rows, now), now)
        return bool(rows)

    def answer(self, number: int, now: datetime) -> datetime | None:
        """Work on the event of a job; says when to come back to it, None when it is settled."""
        row = self.inbox.take(number, now)
        return self._work_on(row, now) if row else None

    def _work_on(self, row: Row, now: datetime) -> datetime | None:
        return self._finish(self.decided([row], now), now)

    def decided(self, rows: Sequence[Row], now: datetime) -> list[Row]:
        """Decide about claimed events, all decisions in one commit: what is to be sent then.

        Raises StoreError when nothing can be kept.
        """
        return self._kept([row for row in rows if self._is_alive(row)], now)

    def deliver(self, row: Row, now: datetime) -> datetime | bool:
        """Send an answer. True: `inbox.done` is due; False: settled; a moment: try again then."""
        try:
            return self._delivered(row, now)
        except TakenOver:
            return _lost(row)

    def _delivered(self, row: Row, now: datetime) -> datetime | bool:
        self._check_lease(row, now)
        if not row.reply_token or not row.messages:
            return True
        started = time.monotonic()
        said = self.line.reply(row.reply_token, row.messages)
        metrics.sent("reply", said.result, row.channel)
        if said.result == "sent" or (said.result == "refused" and self._was_taken(row, now)):
            waited = (now - row.received_at).total_seconds() + time.monotonic() - started
            metrics.delayed(waited, row.channel)
            return True
        return self._settle(row, said, now)

    def _check_lease(self, row: Row, now: datetime) -> None:
        """Who lay for longer than the lease may be somebody else's by now."""
        if row.leased_until and now >= row.leased_until and not self.inbox.held(row):
            raise TakenOver

    def _was_taken(self, row: Row, now: datetime) -> bool:
        """A living token is refused only when it was used: an earlier try had arrived."""
        return row.sending and now - row.received_at < TOKEN_LIFE

    def _finish(self, rows: Sequence[Row], now: datetime) -> datetime | None:
        """Send one after the other; when to try again."""
        said = [(row, self.deliver(row, now)) for row in rows]
        if sent := [row for row, done in said if done is True]:
            self.inbox.done(sent)
        return min((at for _, at in said if isinstance(at, datetime)), default=None)

    def _is_alive(self, row: Row) -> bool:
        if row.tries > TRIES:
            self._give_up(row, "tried too often")
            return False
        return True

    def forget_words(self) -> None:
        """Empty the memories of this process: they hold messages, though not whose."""
        self._answers.forget()
        self._knowledge().matcher.forget_words()

    def consider(self, incoming: Incoming, person: Person, now: datetime) -> Reply:
        """What would be said; nothing is kept, counted or sent."""
        known = self._knowledge()
        return dispatch.answer(
            incoming, person, now, known.content, known.matcher, self._handlers, (), self._settings
        )

    def _kept(self, rows: Sequence[Row], now: datetime) -> list[Row]:
        """The rows that have something to be sent, their decisions kept."""
        open_rows = [row for row in rows if row.messages is None]
        known = self.people.load({row.person for row in open_rows}) if open_rows else {}
        decide = self._decided_alone if len(open_rows) > 1 else self._decided
        found = [decide(row, known[row.person], now) for row in open_rows]
        decisions = [one for one in found if one is not None]
        again = [row for row in rows if row.messages is not None]
        untold = [row for row in again if not row.sending]  # LINE certainly did not take these
        if decisions or untold:
            with self.store.begin() as connection:
                decisions = [one for one in decisions if self._keep_decision(connection, one, now)]
                self.people.count(connection, now, [_use(one) for one in decisions if _use(one)])
                lost = {row.id for row in untold if not self._again(connection, row)}
                again = [row for row in again if row.id not in lost]
        for decision in decisions:
            self._after(decision)
        ready = {one.row.id: one.answered for one in decisions if one.messages}
        ready |= {row.id: row for row in again}
        return [ready[row.id] for row in rows if row.id in ready]

    def _decided_alone(self, row: Row, person: Person, now: datetime) -> Decision | None:
        """None where it fails: the lease gives this event back, and nobody beside it waits for that.

        Where there is nobody beside it, the failure goes to who called: a job is tried again by its engine.
        """
        try:
            return self._decided(row, person, now)
        except StoreError:
            raise  # the database is away: for all of them
        except Exception:
            log.exception("event %s: deciding failed", row.id)
            return None

    def _decided(self, row: Row, person: Person, now: datetime) -> Decision:
        """What to say to an event and what that leaves behind. Nothing is kept yet."""
        knowledge = self._knowledge()
        if row.what is None or (row.superseded and not self._in_danger(row)):
            return Decision(row, None, Reply("silent"), Messages(), ())
        incoming = _incoming(row)
        person = self._with_hint(person, row, incoming, now)
        incoming = self._with_members(row, incoming)
        pair, introduced = self.people.group(incoming.group) if incoming.group else ((), False)

        def make() -> tuple[Reply, Messages]:
            reply = dispatch.answer(
                incoming, person, now, knowledge.content, knowledge.matcher, self._handlers, pair,
                self._settings,
            )  # fmt: skip
            return reply, Messages(render.to_line(reply, knowledge.content.right_to_left))

        reply, messages = self._answers.get(incoming, person, now, knowledge, make)
        if incoming.kind == "join" and introduced:
            reply, messages = Reply("silent"), Messages()
        if not row.reply_token:
            messages = Messages()
        effects = [_addressed(effect, row) for effect in reply.effects]
        if person.waiting and messages:
            effects.append(Effect("told_waiting"))
        if person.missed and messages:
            effects.append(Effect("told_missed"))
        return Decision(row, incoming, reply, messages, effects)

    def _in_danger(self, row: Row) -> bool:
        """Whether a text that later ones replace is one of danger after all, in whatever words."""
        text = str((row.what or {}).get("text", ""))
        return self._knowledge().matcher.best(text, None).danger is not None

    def _keep_decision(self, connection: Connection, one: Decision, now: datetime) -> bool:
        """The messages, the erased text and its effects; nothing of it where somebody else has the event."""
        row, reply = one.row, one.reply
        group = one.incoming.group if one.incoming else None
        try:
            self.inbox.answered(connection, row, one.messages, reply.entries)
        except TakenOver:
            return _lost(row)
        self.people.apply(connection, row.person, group, one.effects, now)
        return True

    def _after(self, one: Decision) -> None:
        kind = one.incoming.kind if one.incoming else "superseded"
        metrics.answered(kind, one.reply.outcome, one.reply.locale, one.row.channel)
        if one.incoming and any(effect.name == "forget_group" for effect in one.effects):
            self._leave(one.row, one.incoming)

    def _again(self, connection: Connection, row: Row) -> bool:
        """An answer that LINE did not take: from now on it may have reached it; False where it is not ours."""
        try:
            self.inbox.sending(connection, row)
        except TakenOver:
            return _lost(row)
        return True

    def _with_hint(self, person: Person, row: Row, incoming: Incoming, now: datetime) -> Person:
        """With the language of their LINE profile when they are new to us."""
        new = person.locale is None and person.hint is None
        if not new or incoming.group or incoming.kind != "follow" or row.to is None:
            return person
        line_id = self.keys.unseal(row.to)
        found = self.line.language(line_id) if line_id else None
        hint = locale_of(found, self._knowledge().content)
        if hint:
            self.people.hint(row.person, hint, now)
        return replace(person, hint=hint)

    def _with_members(self, row: Row, incoming: Incoming) -> Incoming:
        """How many a weekly message would be counted for is said before a group asks for it."""
        if not incoming.group or not incoming.text.lower().startswith("/digest") or not row.to:
            return incoming
        line_id = self.keys.unseal(row.to)
        count = self.line.members(line_id) if line_id else None
        return replace(incoming, params={"members": str(count)}) if count else incoming

    def _leave(self, row: Row, incoming: Incoming) -> None:
        """A group sent us away by its own words: LINE is told after our good-bye."""
        line_id = self.keys.unseal(row.to) if row.to else None
        if line_id and incoming.kind == "text":
            self.line.leave(line_id, room=line_id.startswith("R"))

    # --- sending ---------------------------------------------------------------------------------

    def _settle(self, row: Row, sent: Sent, now: datetime) -> datetime | bool:
        in_time = now - row.received_at < TOKEN_LIFE
        if sent.result in {"wait", "unknown"} and in_time and row.tries < TRIES:
            wait = max(sent.seconds, BACKOFF[min(row.tries - 1, len(BACKOFF) - 1)])
            at = now + timedelta(seconds=wait)
            self.inbox.later(row, at, sending=row.sending or sent.result == "unknown")
            return at
        if not self.inbox.held(row):
            raise TakenOver
        # Of a token that has ended LINE does not tell whether an earlier try, whose sender died, had used it:
        # rather answered twice than never.
        if sent.result == "refused" or (sent.result == "wait" and not row.sending):
            self._push(row, sent, now)
        else:
            self._keep(row, sent.reason or sent.result, now)
        return False

    def _push(self, row: Row, sent: Sent, now: datetime) -> None:
        """The token is gone: push the answer, once, whoever tries it."""
        line_id = self.keys.unseal(row.to) if row.to else None
        if line_id is None or not row.messages or line_id[:1] != "U":
            self._keep(row, sent.reason, now)
            return
        key = str(uuid.uuid5(PUSH_NAMESPACE, _pushed_as(row)))
        pushed = self.line.push(line_id, row.messages, key)
        metrics.sent("push", pushed.result, row.channel)
        if pushed.result == "sent":
            self.inbox.done([row])
        else:
            self._keep(row, pushed.reason or pushed.result, now)

    def _keep(self, row: Row, reason: str, now: datetime) -> None:
        """Could not be sent: the person is told at their next message; staff see why."""
        log.error("event %s: answer not sent: %s", row.id, reason)
        entries = (row.what or {}).get("entries") or ()
        with self.store.begin() as connection:
            effects = [Effect("wait", {"entry": name}) for name in entries]
            self.people.apply(connection, row.person, None, effects, now)
        self.inbox.dead(row, reason)

    def _give_up(self, row: Row, reason: str) -> None:
        log.error("event %s: given up: %s", row.id, reason)
        metrics.sent("reply", "dead", row.channel)
        self.inbox.dead(row, reason)


# What is sent later needs an address; nothing else keeps one.
TO_BE_SENT = frozenset({"remind", "tell_new", "digest"})


def _addressed(effect: Effect, row: Row) -> Effect:
    """With the sealed LINE id, where the person asked to be written to."""
    if effect.name not in TO_BE_SENT or not row.to:
        return effect
    return Effect(effect.name, {**effect.values, "to": row.to})


def _pushed_as(row: Row) -> str:
    """The same for every try; two channels may have an event of the same id."""
    return row.event_id if row.channel == DEFAULT_CHANNEL else f"{row.channel}/{row.event_id}"


def _lost(row: Row) -> bool:
    log.warning("event %s: another worker has it", row.id)
    return False


def _use(one: Decision) -> tuple[str, str, str] | None:
    """What is counted of a decision: locale, outcome, entry."""
    reply = one.reply
    if reply.outcome == "silent":
        return None
    return reply.locale, reply.outcome, reply.entries[0] if reply.entries else ""


def _incoming(row: Row) -> Incoming:
    what: Mapping[str, Any] = row.what or {}
    return events.incoming(what, row.received_at, row.person, what.get("group"))


def locale_of(language: str | None, content: Content) -> str | None:
    """Our locale for a language code of a LINE profile, from the table; None where we have none."""
    if not language:
        return None
    code = language.replace("_", "-")
    for wanted in (code, code.split("-")[0]):
        for locale, row in content.languages.items():
            if wanted.lower() in {name.lower() for name in row.profile}:
                return locale
    return None
