"""The pool: who decides, who sends, and how little is tried while LINE takes nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from bot import inbox
from bot.inbox import AT_ONCE, FAILING, HELD, Pool
from bot.store import Row, StoreError

THREADS = 20
MANY = min(AT_ONCE, HELD * THREADS)


def row(number: int) -> Row:
    return Row(
        number, f"e{number}", f"p{number}", datetime.now(UTC), 1, True, "t", None, None, [{}]
    )


class Desk:
    """Holds rows as the database would; `deliver` is what LINE says. It is its own inbox."""

    def __init__(self, rows: Sequence[Row] = (), failures: int = 0) -> None:
        self.failures = failures
        self.waiting, self.asked, self.settled = list(rows), [], []  # type: ignore[var-annotated]
        self.changed = threading.Condition()
        self.inbox = self
        self.deliver: Callable[[Row, datetime], bool] = lambda row, now: True
        self.trouble: list[Exception] = []

    def claim(self, now: datetime, most: int, sent: Sequence[Row]) -> list[Row]:
        with self.changed:
            self.asked.append(most)
            self.changed.notify_all()
            if self.trouble:
                raise self.trouble.pop()
            self.settled += sent
            found, self.waiting = self.waiting[:most], self.waiting[most:]
            return found

    def decided(self, rows: Sequence[Row], now: datetime) -> list[Row]:
        return list(rows)

    def until(self, is_so: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(is_so, 20)


def run(desk: Desk, until: Callable[[], bool]) -> None:
    pool = Pool(desk, THREADS)  # type: ignore[arg-type]
    pool.start()
    desk.until(until)
    pool.stop()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its pauses are for others, not for these tests."""
    for name in ("TRY_EVERY", "AFTER_TROUBLE", "SETTLE_AFTER", "LOOK_EVERY"):
        monkeypatch.setattr(inbox, name, 0.001)


@pytest.mark.parametrize(
    ("failures", "most"), [(0, MANY), (FAILING - 1, MANY), (FAILING, 1), (FAILING + 90, 1)]
)
def test_one_message_is_tried_at_a_time_once_line_has_taken_none_for_long(
    failures: int, most: int
) -> None:
    desk = Desk(failures=failures)
    run(desk, lambda: len(desk.asked) > 2)
    assert set(desk.asked[:3]) == {most}


def test_the_first_message_that_line_takes_ends_the_caution() -> None:
    desk = Desk([row(n) for n in range(60)], failures=FAILING)

    def taken(one: Row, now: datetime) -> bool:
        desk.failures = 0
        return True

    desk.deliver = taken
    run(desk, lambda: len(desk.settled) == 60)
    assert desk.asked[0] == 1
    assert max(desk.asked) > 1
    assert sorted(one.id for one in desk.settled) == list(range(60))


def test_while_line_takes_nothing_nobody_is_held_and_nothing_is_settled() -> None:
    desk = Desk([row(n) for n in range(10)], failures=FAILING)

    def refused(one: Row, now: datetime) -> bool:
        desk.failures += 1
        return False

    desk.deliver = refused
    run(desk, lambda: desk.failures == FAILING + 10 and not desk.waiting)
    assert set(desk.asked) <= {0, 1}
    assert desk.settled == []


def test_what_was_sent_is_settled_later_where_the_database_takes_no_change_now() -> None:
    desk = Desk([row(1)])

    def sent(one: Row, now: datetime) -> bool:
        desk.trouble = [StoreError("database is locked"), ValueError("a mistake of ours")]
        return True

    desk.deliver = sent
    run(desk, lambda: len(desk.settled) == 1)
    assert desk.trouble == []
    assert [one.id for one in desk.settled] == [1]


def test_a_mistake_while_sending_keeps_nobody_from_sending() -> None:
    desk = Desk([row(n) for n in range(THREADS * 3)])

    def some_fail(one: Row, now: datetime) -> bool:
        if one.id < THREADS * 2:
            raise ValueError("a mistake of ours")
        return True

    desk.deliver = some_fail
    run(desk, lambda: len(desk.settled) == THREADS)
    assert {one.id for one in desk.settled} == set(range(THREADS * 2, THREADS * 3))
