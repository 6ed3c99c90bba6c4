"""The server that `make run` starts: half-sent requests, and its orderly end."""

from __future__ import annotations

import shutil
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from terminal import Process, server

from bot.learning import Learner
from bot.settings import Settings

HALF = b"POST /callback HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nConnection: close\r\n\r\nabc"


@pytest.fixture
def served(learner: Learner, settings: Settings, tmp_path: Path) -> Iterator[tuple[Process, int]]:
    """With what this run has learnt already."""
    shutil.copytree(settings.var_dir, tmp_path / "var")
    with server(tmp_path) as (process, address):
        yield process, int(address.rpartition(":")[2])
        process.kill()


def test_a_request_that_has_begun_is_answered_before_the_end(served: tuple[Process, int]) -> None:
    process, port = served
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(16)]
    for one in idle:
        one.sendall(HALF)
    began = time.monotonic()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
        assert answer.status == 200
    assert time.monotonic() - began < 1
    process.send_signal(signal.SIGTERM)
    time.sleep(0.3)  # the signal has to pass from gunicorn to its worker
    for one in idle:
        one.sendall(b"defghij")
    said = [one.recv(100) for one in idle]
    assert all(head.startswith(b"HTTP/1.1 401") for head in said)
    assert process.wait(20) == 0
    for one in idle:
        one.close()
