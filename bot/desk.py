"""One received event from its claim to its answer: load the person, decide, keep, send."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot import dispatch, events, metrics, render
from bot.content import Content
from bot.context import Handler, Matcher
from bot.keys import Keys
from bot.line import Line, Sent
from bot.messages import Effect, Incoming, Person, Reply
from bot.store import Inbox, People, Row, Store
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

    def work(self, now: datetime) -> bool:
        """Work on the next event; False when nothing is due. Raises StoreError when nothing can be kept."""
        row = self.inbox.claim(now)
        if row is None:
            return False
        self._work_on(row, now)
        return True

    def answer(self, number: int, now: datetime) -> datetime | None:
        """Work on the event of a job; says when to come back to it, None when it is settled."""
        row = self.inbox.take(number, now)
        return self._work_on(row, now) if row else None

    def _work_on(self, row: Row, now: datetime) -> datetime | None:
        if row.tries > TRIES:
            self._give_up(row, "tried too often")
            return None
        try:
            ready = self._decided(row, now) if row.messages is None else row
            return self._send(ready, now) if ready is not None else None
        except TakenOver:
            log.warning("event %s: another worker has it", row.id)
            return None

    def consider(self, incoming: Incoming, person: Person, now: datetime) -> Reply:
        """What would be said; nothing is kept, counted or sent."""
        known = self._knowledge()
        return dispatch.answer(
            incoming, person, now, known.content, known.matcher, self._handlers, (), self._settings
        )

    def _decided(self, row: Row, now: datetime) -> Row | None:
        """Decide, and keep the decision: its effects, the messages and the erased text in one commit."""
        if row.what is None or self.inbox.superseded(row):
            self.inbox.done(row)
            return None
        knowledge = self._knowledge()
        incoming = _incoming(row)
        person = self._person(row, incoming, now)
        incoming = self._with_members(row, incoming)
        pair, introduced = self.people.group(incoming.group) if incoming.group else ((), False)
        reply = dispatch.answer(
            incoming,
            person,
            now,
            knowledge.content,
            knowledge.matcher,
            self._handlers,
            pair,
            self._settings,
        )
        if incoming.kind == "join" and introduced:
            reply = Reply("silent")
        messages = render.to_line(reply, knowledge.content.right_to_left) if row.reply_token else []
        effects = [_addressed(effect, row) for effect in reply.effects]
        if person.waiting and messages:
            effects.append(Effect("told_waiting"))
        if person.missed and messages:
            effects.append(Effect("told_missed"))
        with self.store.begin() as connection:
            self.people.apply(connection, row.person, incoming.group, effects, now)
            if reply.outcome != "silent":
                entry = reply.entries[0] if reply.entries else ""
                self.people.count(connection, now, reply.locale, reply.outcome, entry)
            self.inbox.answered(connection, row, messages)
        metrics.answered(reply.outcome, reply.locale)
        if any(effect.name == "forget_group" for effect in effects):
            self._leave(row, incoming)
        return (
            replace(row, messages=messages, what={"entries": reply.entries}) if messages else None
        )

    def _person(self, row: Row, incoming: Incoming, now: datetime) -> Person:
        """The person, with the language of their LINE profile when they are new to us."""
        person = self.people.load(row.person)
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

    def _send(self, row: Row, now: datetime) -> datetime | None:
        """Says when to try again."""
        if not row.reply_token or not row.messages:
            self.inbox.done(row)
            return None
        perhaps_sent = row.sending
        self.inbox.sending(row)
        sent = self.line.reply(row.reply_token, row.messages)
        metrics.sent("reply", sent.result)
        return self._settle(row, sent, now, perhaps_sent)

    def _settle(self, row: Row, sent: Sent, now: datetime, perhaps_sent: bool) -> datetime | None:
        in_time = now - row.received_at < TOKEN_LIFE
        if sent.result == "sent" or (sent.result == "refused" and perhaps_sent):
            self.inbox.done(row)  # a token is refused once it was used: the first try had arrived
        elif sent.result in {"wait", "unknown"} and in_time and row.tries < TRIES:
            wait = max(sent.seconds, BACKOFF[min(row.tries - 1, len(BACKOFF) - 1)])
            at = now + timedelta(seconds=wait)
            self.inbox.later(row, at, sending=perhaps_sent or sent.result == "unknown")
            return at
        elif sent.result == "refused" or (sent.result == "wait" and not perhaps_sent):
            self._push(row, sent, now)
        else:
            self._keep(row, sent.reason or sent.result, now)
        return None

    def _push(self, row: Row, sent: Sent, now: datetime) -> None:
        """The token is gone and LINE certainly did not take the answer: push it, once."""
        line_id = self.keys.unseal(row.to) if row.to else None
        if not self.inbox.held(row):
            raise TakenOver
        if line_id is None or not row.messages or line_id[:1] != "U":
            self._keep(row, sent.reason, now)
            return
        key = str(uuid.uuid5(PUSH_NAMESPACE, row.event_id))
        pushed = self.line.push(line_id, row.messages, key)
        metrics.sent("push", pushed.result)
        if pushed.result == "sent":
            self.inbox.done(row)
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
        metrics.sent("reply", "dead")
        self.inbox.dead(row, reason)


# What is sent later needs an address; nothing else keeps one.
TO_BE_SENT = frozenset({"remind", "tell_new", "digest"})


def _addressed(effect: Effect, row: Row) -> Effect:
    """With the sealed LINE id, where the person asked to be written to."""
    if effect.name not in TO_BE_SENT or not row.to:
        return effect
    return Effect(effect.name, {**effect.values, "to": row.to})


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
