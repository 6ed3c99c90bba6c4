"""Changes that share a commit: all that wait are kept by it, and nobody fails for another's sake."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.store import Store, StoreError


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(f"sqlite:///{tmp_path}/t.db")
    made.migrate()
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE kept (number INTEGER PRIMARY KEY)"))
    return made


def keeping(number: int) -> Callable[[Connection], int]:
    def keep(connection: Connection) -> int:
        connection.execute(text("INSERT INTO kept VALUES (:n)"), {"n": number})
        return number

    return keep


def numbers(store: Store) -> list[int]:
    with store.read() as connection:
        return list(connection.execute(text("SELECT number FROM kept ORDER BY number")).scalars())


def at_once(store: Store, changes: list[Callable[[Connection], int]]) -> list[object]:
    """Run the first, and all others while it is writing; what each returned or raised."""
    said: list[object] = [None] * len(changes)
    started, go_on = threading.Event(), threading.Event()

    def first(connection: Connection) -> int:
        started.set()
        assert go_on.wait(10)
        return changes[0](connection)

    def run(number: int, change: Callable[[Connection], int]) -> None:
        try:
            said[number] = store.keep(change)
        except (StoreError, ValueError) as error:
            said[number] = error

    threads = [threading.Thread(target=run, args=(0, first))]
    threads[0].start()
    assert started.wait(10)
    threads += [threading.Thread(target=run, args=pair) for pair in list(enumerate(changes))[1:]]
    for ahead, thread in enumerate(threads[1:]):
        thread.start()
        while len(store._together._waiting) <= ahead:
            assert threads[0].is_alive()
    go_on.set()
    for thread in threads:
        thread.join(10)
    return said


def test_what_comes_while_another_writes_shares_one_commit(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[int] = []
    begin = store._together._begin
    monkeypatch.setattr(store._together, "_begin", lambda: (commits.append(1), begin())[1])
    assert at_once(store, [keeping(n) for n in range(9)]) == list(range(9))
    assert numbers(store) == list(range(9))
    assert len(commits) == 2


def test_one_that_fails_takes_nobody_with_it(store: Store) -> None:
    def fail(_: Connection) -> int:
        raise ValueError("mine alone")

    said = at_once(store, [keeping(1), keeping(2), fail, keeping(2), keeping(3)])
    assert said[0:2] == [1, 2]
    assert isinstance(said[2], ValueError)
    assert isinstance(said[3], StoreError)
    assert said[4] == 3
    assert numbers(store) == [1, 2, 3]


def test_nobody_is_told_it_is_kept_when_the_database_is_locked(
    store: Store, tmp_path: Path
) -> None:
    import sqlite3

    other = sqlite3.connect(tmp_path / "t.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError):
        store.keep(keeping(1))
    other.execute("ROLLBACK")
    other.close()
    assert store.keep(keeping(1)) == 1
    assert numbers(store) == [1]
