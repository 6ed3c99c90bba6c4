"""`flask bot …` and the server as people start them, in this process and in one of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from click.testing import Result

from app import create_app

ROOT = Path(__file__).parents[1]
PROGRAMS = Path(sys.executable).parent
Process = subprocess.Popen[str]


def environment(var: Path, **more: str) -> dict[str, str]:
    """That of this machine, without LINE's values; what the bot makes goes into `var`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LINE_")}
    return {**kept, "SEMANTIC": "off", "VAR_DIR": str(var), **more}


def flask_bot(*arguments: str, var: Path, given: str | bytes = "", **more: str) -> Result:
    """The command in this process: the same words in, the same words and exit code out."""
    with patch.dict(os.environ, FLASK_RUN_FROM_CLI="true"):
        runner = create_app().test_cli_runner()
    found: Result = runner.invoke(
        args=["bot", *arguments], input=given, env=environment(var, **more)
    )
    return found


def flask_process(
    *arguments: str, var: Path, given: bytes = b"", **more: str
) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own: slow, for tests of what only a process has."""
    return subprocess.run(
        [str(PROGRAMS / "flask"), "bot", *arguments],
        cwd=ROOT, env=environment(var, **more), input=given, capture_output=True, check=False,
    )  # fmt: skip


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def server(folder: Path, **more: str) -> Iterator[tuple[Process, str]]:
    """`make run`'s server on a port of its own, its database in `folder`, and its address."""
    port = free_port()
    own = {"PORT": str(port), "DATABASE_URL": f"sqlite:///{folder}/t.db", **more}
    command = [str(PROGRAMS / "gunicorn"), "--config", "gunicorn.conf.py", "app:create_app()"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(folder / "var", **own), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "Tomoni is on" in line:
                break
        address = f"http://127.0.0.1:{port}"
        with urllib.request.urlopen(f"{address}/healthz", timeout=100):
            pass  # gunicorn listens before its worker has read the content
        yield process, address
        process.terminate()
