"""Bodies that are not as LINE sends them: no answer may be a 5xx, memory may not grow.

    python -m benchmarks.fuzz [--bodies 100000]

Half are events with parts exchanged, removed or of another type; a quarter are damaged bytes; a quarter
nested deeply, very long, or of odd numbers. A fifth has a wrong signature. Sent to the real server.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import random
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.scene import SECRET, Event, Line, Sending, event, load, served, write

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, 2**70, "", "\0", "\ud800", "あ" * 3000, [], {}, [[]], {"a": {}}, "null", [None] * 50,
)  # fmt: skip
KINDS = ("message", "postback", "unsend", "follow", "unfollow", "join", "beacon", "new", "messageEdited")  # fmt: skip


def odd(chance: random.Random) -> Event:
    """One body, mostly signed."""
    plain = event(chance.getrandbits(40), "ごみ", f"f{chance.getrandbits(40):x}")
    body = chance.choice((_exchanged, _exchanged, _damaged, _extreme))(plain.body, chance)
    key = SECRET if chance.random() < 0.8 else "wrong"
    made = base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()
    return Event(plain.token, "", body, made)


def _exchanged(body: bytes, chance: random.Random) -> bytes:
    found = json.loads(body)
    one = found["events"][0]
    one["type"] = chance.choice(KINDS)
    places = [one, one["message"], one["source"], one["deliveryContext"], found]
    for _ in range(chance.randint(1, 4)):
        place = chance.choice(places)
        if not place:
            continue
        name = chance.choice(list(place))
        if chance.random() < 0.3:
            del place[name]
        else:
            place[name] = chance.choice(ODD)
    return json.dumps(found).encode()


def _damaged(body: bytes, chance: random.Random) -> bytes:
    data = bytearray(body)
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data[: chance.randint(1, len(data))])


def _extreme(body: bytes, chance: random.Random) -> bytes:
    deep = chance.randint(1, 3000)
    return chance.choice((
        b"[" * deep, b'{"events":[' + b"[" * deep + b"]" * deep + b"]}", b'{"events":[' + b"1e999," * deep + b"0]}",
        b'{"events":[' + b"9" * 5000 + b"]}", b'{"events":["' + b"a" * deep * 30 + b'"]}',
        body + b"\0", b"\xef\xbb\xbf" + body,
        b'{"events":[NaN,Infinity]}', b'{"events":' + b'{"a":' * deep + b"1" + b"}" * deep + b"}",
    ))  # fmt: skip


def main(count: int) -> None:
    """Send them; say what came back and what memory did."""
    chance = random.Random(5)
    statuses: dict[int, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        line = Line(Path(folder))
        with served("app:create_app()", line, Path(folder)) as server:
            server.learnt()
            before, done = 0.0, 0
            while done < count:
                some = [odd(chance) for _ in range(min(1000, count - done))]
                sending = Sending(server.port)
                sending.all(some)
                done += len(some)
                for status, times in sending.statuses.items():
                    statuses[status] = statuses.get(status, 0) + times
                if not before and done >= count // 5:
                    before = server.memory()
            after = server.memory()
        line.end()
    bad = sum(times for status, times in statuses.items() if status >= 500 or not status)
    write("fuzz.md", "Fuzzed bodies", [
        f"{count} bodies, {load()}.", "",
        "| statuses | 5xx or cut off | memory after a fifth / at the end MB | growth |",
        "|---|---|---|---|",
        f"| {statuses} | {bad} | {before:.1f} / {after:.1f} | {(after / before - 1) * 100:+.1f}% |",
    ])  # fmt: skip


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--bodies", type=int, default=100000)
    main(asked.parse_args().bodies)
