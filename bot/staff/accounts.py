"""Who may sign in: Argon2 passwords, a lock after wrong ones, a limit on tries from one address."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.store import Staff

SHORTEST = 12  # characters; NIST SP 800-63B asks for 8, and for 15 where nothing else is asked for
TRIES, WINDOW = 10, timedelta(minutes=5)  # from one address
ADDRESSES = 10_000  # remembered; the oldest goes
AT_ONCE = 2  # hashes; each takes 64 MiB

Answer = Literal["welcome", "wrong", "locked"]
hasher = PasswordHasher()  # RFC 9106, the low-memory choice


@dataclass(slots=True)
class Limit:
    """So many tries in so much time from one address; one process's memory."""

    _tries: OrderedDict[str, deque[datetime]] = field(default_factory=OrderedDict)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def allows(self, address: str, now: datetime) -> bool:
        """Counts the try. An IPv6 network counts as one address: a household has 2^64 of them."""
        key = ":".join(address.split(":")[:4]) if ":" in address else address
        with self._counting:
            tries = self._tries.setdefault(key, deque())
            self._tries.move_to_end(key)
            while len(self._tries) > ADDRESSES:
                self._tries.popitem(last=False)
            while tries and now - tries[0] > WINDOW:
                tries.popleft()
            if len(tries) >= TRIES:
                return False
            tries.append(now)
        return True


class Accounts:
    """Signs in members of staff by password."""

    def __init__(self, staff: Staff) -> None:
        self.staff = staff
        self.limit = Limit()
        self._hashing = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = nobody()

    def check(self, name: str, password: str, now: datetime) -> Answer:
        """A locked account refuses the right password too, and nobody learns which names there are."""
        account = self.staff.find(name)
        if account and account.locked_until and account.locked_until > now:
            return "locked"
        right = self._verified(account.password if account else self._nobody, password)
        if account is None:
            return "wrong"
        if not right:
            return "locked" if self.staff.failed(name, now) else "wrong"
        self.staff.succeeded(name)
        return "welcome"

    def _verified(self, kept: str, password: str) -> bool:
        with self._hashing:
            try:
                return hasher.verify(kept, password)
            except (VerificationError, InvalidHashError):
                return False


@cache
def nobody() -> str:
    """Verified where there is no such account: a name that does not exist takes as long as one that does."""
    return hasher.hash("nobody")


def hashed(password: str) -> str:
    """What is kept of a password."""
    return hasher.hash(password)
