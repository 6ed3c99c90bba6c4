"""The server that `make run` starts: half-sent requests, and its orderly end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, free_port

HALF = b"POST /callback HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nConnection: close\r\n\r\nabc"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("LINE_")},
        "PORT": str(port), "VAR_DIR": str(tmp_path), "SEMANTIC": "off", "DATABASE_URL": f"sqlite:///{tmp_path}/t.db",
    }  # fmt: skip
    gunicorn = Path(sys.executable).with_name("gunicorn")
    command = [str(gunicorn), "--config", "gunicorn.conf.py", "app:create_app()"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True) as server:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60):
                    break
            except OSError:
                time.sleep(0.1)
        yield server, port
        server.kill()


def test_a_request_that_has_begun_is_answered_before_the_end(
    served: tuple[subprocess.Popen[str], int],
) -> None:
    server, port = served
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(16)]
    for one in idle:
        one.sendall(HALF)
    began = time.monotonic()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
        assert answer.status == 200
    assert time.monotonic() - began < 1
    server.send_signal(signal.SIGTERM)
    time.sleep(0.3)  # the signal has to pass from gunicorn to its worker
    for one in idle:
        one.sendall(b"defghij")
    said = [one.recv(100) for one in idle]
    assert all(head.startswith(b"HTTP/1.1 401") for head in said)
    assert server.wait(20) == 0
    for one in idle:
        one.close()
