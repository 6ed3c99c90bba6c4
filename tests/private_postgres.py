"""A PostgreSQL of our own for tests and measurements: private folder and socket, gone when we are."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from bot.store import Store

MISSING = "PostgreSQL is not on this machine: apt-get install postgresql"
TEMPLATE = "tomoni_template"


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL here."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: one.parent.name)
    found = shutil.which("postgres")
    known = [folder for folder in folders if (folder / "postgres").exists()]
    return known[-1] if known else Path(found).parent if found else None


class PrivatePostgres:
    """One server; `database()` makes a new database with our tables in it.

    `durable` False leaves out waiting for the disk: for tests, never for measurements.
    """

    def __init__(self, durable: bool = False, options: tuple[str, ...] = ()) -> None:
        folder = binaries()
        if folder is None:
            raise FileNotFoundError(MISSING)
        self._bin, self._durable, self._options = folder, durable, options
        self._numbers = itertools.count()
        self.folder = Path(tempfile.mkdtemp(prefix="tomoni-postgres-"))
        if os.geteuid() == 0:  # the server refuses root; Debian's package brings this account
            shutil.chown(self.folder, "postgres")
        self._run(
            ["initdb", "-D", "data", "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C"]
        )
        self.start()
        self._prepare()

    def _command(self, command: list[str]) -> list[str]:
        """As somebody who is not root; it ends when we end."""
        drop = (
            ["--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        )
        return ["setpriv", *drop, "--pdeathsig", "INT", str(self._bin / command[0]), *command[1:]]

    def _run(self, command: list[str]) -> None:
        subprocess.run(self._command(command), cwd=self.folder, check=True, capture_output=True)

    def start(self) -> None:
        """Start, and wait until it answers."""
        settings = ["listen_addresses=", f"unix_socket_directories={self.folder}", "max_connections=200",
                    *self._options, *(() if self._durable else ("fsync=off", "synchronous_commit=off",
                                                                "full_page_writes=off"))]  # fmt: skip
        flags = [part for setting in settings for part in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(["postgres", "-D", "data", *flags]), cwd=self.folder, stderr=log
            )
        for _ in range(400):
            try:
                psycopg.connect(self._conninfo("postgres")).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise TimeoutError((self.folder / "log").read_text()[-2000:])

    @property
    def pid(self) -> int:
        """The server's process; its connections are children of it."""
        return self._process.pid

    def kill(self) -> None:
        """As a power cut: nobody is told."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(20)

    def stop(self) -> None:
        """End and leave nothing behind."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _conninfo(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def _prepare(self) -> None:
        self.execute(f"CREATE DATABASE {TEMPLATE}")
        store = Store(self.url(TEMPLATE))
        store.migrate()
        store.close()

    def execute(self, statement: str, name: str = "postgres") -> None:
        """One statement outside of a transaction."""
        with psycopg.connect(self._conninfo(name), autocommit=True) as connection:
            connection.execute(statement)

    def run_files(self, name: str, files: Sequence[Path]) -> None:
        """As an operator does: each statement by itself."""
        for file in files:
            shutil.copy(file, self.folder / "statements.sql")
            command = ["psql", "-h", str(self.folder), "-U", "postgres", "-v", "ON_ERROR_STOP=1"]
            self._run([*command, "-d", name, "-f", "statements.sql"])

    def url(self, name: str) -> str:
        """The address as DATABASE_URL takes it."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def database(self) -> str:
        """The address of a new database."""
        name = f"test{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Some 8 MB less on the disk."""
        self.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")
