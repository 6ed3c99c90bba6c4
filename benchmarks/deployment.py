"""A deployment on one machine for measurements: PostgreSQL, web processes, workers, a stand-in for LINE."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import http.client
import json
import multiprocessing
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

from cable import Cable  # noqa: E402
from private_postgres import PrivatePostgres  # noqa: E402

LEARNT = ROOT / "var"  # what the project has learnt already is not learnt again for a measurement
SECRET = "secret-of-measurements"
TOKEN_LIFE = 60_000  # milliseconds, as LINE says
SENTENCES = (
    "i lost my residence card", "when is garbage collected", "how do i enter my child in school",
    "i want to learn japanese", "where can i get health insurance", "i am looking for a job",
)  # fmt: skip


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def person(number: int) -> str:
    """A LINE id."""
    return f"U{number:032x}"


def event(number: int, of: int, text: str) -> dict[str, object]:
    """A text message as LINE sends it now; the stand-in reads the moment back from the token."""
    now = int(time.time() * 1000)
    return {
        "type": "message", "mode": "active", "timestamp": now, "webhookEventId": f"01{number:024}",
        "source": {"type": "user", "userId": person(of)}, "replyToken": f"{now:013}{number:019}",
        "deliveryContext": {"isRedelivery": False},
        "message": {"type": "text", "id": str(number), "text": text},
    }  # fmt: skip


def post(connection: http.client.HTTPConnection, *events: dict[str, object]) -> int:
    """A signed request to /callback; its status. Raises OSError, HTTPException when the server is away."""
    body = json.dumps({"destination": "U0", "events": list(events)}).encode()
    signature = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    connection.request("POST", "/callback", body, {"X-Line-Signature": signature})
    answer = connection.getresponse()
    answer.read()
    return answer.status


# --- LINE ------------------------------------------------------------------------------------------


class Line:
    """What LINE does with replies and pushes, in a process of its own: the oracle of every measurement."""

    def __init__(self, delay: float = 0.0) -> None:
        self.port = free_port()
        self._process = multiprocessing.Process(target=_serve, args=(self.port, delay), daemon=True)
        self._process.start()
        _wait(self.port)

    def seen(self) -> dict[str, object]:
        """sent: token -> [moment, entry]; tries: token -> calls; pushed: person -> entry; refused: count."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", "/seen")
        found: dict[str, object] = json.loads(connection.getresponse().read())
        connection.close()
        return found

    def stop(self) -> None:
        """End."""
        self._process.terminate()


def _serve(port: int, delay: float) -> None:
    asyncio.run(_serve_forever(port, delay))


async def _serve_forever(port: int, delay: float) -> None:
    sent: dict[str, tuple[float, str]] = {}
    tries: dict[str, int] = {}
    pushed: dict[str, str] = {}

    def reply(body: dict[str, object]) -> bytes:
        token, now = str(body["replyToken"]), time.time()
        tries[token] = tries.get(token, 0) + 1
        if token in sent or now * 1000 - int(token[:13]) > TOKEN_LIFE:
            return _http(400, {"message": "Invalid reply token"})
        sent[token] = (now, _entry(body))
        return _http(200, {})

    def answer(method: str, path: str, body: bytes) -> bytes:
        if path == "/seen":
            return _http(200, {"sent": sent, "tries": tries, "pushed": pushed})
        if path.endswith("/reply"):
            return reply(json.loads(body))
        if path.endswith("/push"):
            found = json.loads(body)
            pushed[found["to"]] = _entry(found)
            return _http(200, {})
        return _http(200, {"type": "none", "totalUsage": 0})

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = re.search(r"(?i)content-length: *(\d+)", head)
                body = await reader.readexactly(int(length[1])) if length else b""
                method, path, _ = head.split(" ", 2)
                if delay and method == "POST":
                    await asyncio.sleep(delay)
                writer.write(answer(method, path, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", port, backlog=512)
    await server.serve_forever()


def _entry(body: dict[str, object]) -> str:
    found = re.search(r"entry=([a-z0-9-]+)", json.dumps(body))
    return found[1] if found else ""


def _http(status: int, body: object) -> bytes:
    data = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    return head.encode() + data


def _wait(port: int, seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"nothing answers on port {port}")


# --- processes -------------------------------------------------------------------------------------


def cpu_of(wanted: Callable[[list[str]], bool]) -> float:
    """CPU seconds of the processes whose fields of /proc/…/stat (from the state on) fit."""
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if wanted(fields):
            ticks += sum(int(field) for field in fields[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


class Process:
    """A web process or a worker; may be killed and started again."""

    def __init__(
        self, kind: str, environment: dict[str, str], log: Path, cable: Cable | None = None
    ) -> None:
        self.kind, self._environment, self._log, self.cable = kind, environment, log, cable
        self.port = int(environment["PORT"])
        self.start()

    def start(self) -> None:
        """Start it; does not wait."""
        folder = Path(sys.executable).parent
        command = {
            "web": [folder / "gunicorn", "--config", "gunicorn.conf.py", "app:create_app()"],
            "worker": [folder / "flask", "bot", "worker"],
        }[self.kind]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command], cwd=ROOT, env=self._environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def signal(self, number: int) -> None:
        """To the process and its children."""
        os.killpg(self._process.pid, number)

    def kill(self) -> None:
        """SIGKILL: nothing is finished."""
        self.signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> float:
        """SIGTERM; the seconds that it took to finish."""
        started = time.monotonic()
        self._process.terminate()
        self._process.wait(30)
        return time.monotonic() - started

    def cpu(self) -> float:
        """CPU seconds of it and its children: the group that start_new_session made."""
        return cpu_of(lambda fields: int(fields[2]) == self._process.pid)

    def megabytes(self) -> float:
        """Memory of it and its children (PSS: what is shared is counted once)."""
        size = 0.0
        for file in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = file.read_text().rpartition(")")[2].split()
                if int(fields[2]) == self._process.pid:
                    rollup = (file.parent / "smaps_rollup").read_text()
                    size += int(re.search(r"Pss: +(\d+)", rollup)[1]) / 1024  # type: ignore[index]
            except OSError:
                continue
        return size


class Deployment:
    """Everything together; `webs` answer only webhooks, `workers` answer people.

    With `cables` each of them has one of its own to the database.
    """

    def __init__(
        self, webs: int, workers: int, threads: int = 4, delay: float = 0.0, cables: bool = False
    ) -> None:
        self.webs: list[Process] = []
        self.workers: list[Process] = []
        self.folder = Path(tempfile.mkdtemp(prefix="tomoni-measured-"))
        self.postgres = PrivatePostgres(durable=True)
        self.line = Line(delay)
        self.url = self.postgres.database()
        self._threads, self._cables = threads, cables
        self.webs.append(self._process("web"))
        self._wait_for_web(self.webs[0])  # it learns for all, where var/ has nothing
        self.webs += [self._process("web") for _ in range(webs - 1)]
        self.workers += [self._process("worker") for _ in range(workers)]
        for web in self.webs:
            self._wait_for_web(web)
        self._wait_for_workers(workers)

    def _process(self, kind: str) -> Process:
        url, cable = self.url, None
        if self._cables:
            port = free_port()
            cable = Cable(port, self.postgres.folder / ".s.PGSQL.5432")
            url = f"{url.partition('?')[0].replace('@/', f'@127.0.0.1:{port}/')}"
        environment = {
            **os.environ, "DATABASE_URL": url, "LINE_CHANNEL_SECRET": SECRET,
            "LINE_CHANNEL_ACCESS_TOKEN": "token", "SECRET_KEY": "k" * 40, "SEMANTIC": "off",
            "LINE_API_BASE_URL": f"http://127.0.0.1:{self.line.port}", "PORT": str(free_port()),
            "VAR_DIR": str(LEARNT), "LOG_LEVEL": "WARNING",
            "WORKERS": "0" if kind == "web" else str(self._threads),
        }  # fmt: skip
        return Process(kind, environment, self.folder / f"{kind}.log", cable)

    def _wait_for_web(self, web: Process) -> None:
        _wait(web.port)
        connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=120)
        connection.request("GET", "/health")
        connection.getresponse().read()
        connection.close()

    def ask(self, query: str) -> float:
        """One number from the database."""
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            return float(connection.execute(query).fetchone()[0])  # type: ignore[index]

    def _wait_for_workers(self, wanted: int) -> None:
        for _ in range(600):
            if self.ask("SELECT count(*) FROM procrastinate_workers") >= wanted:
                return
            time.sleep(0.2)
        raise TimeoutError("the workers do not start")

    def cpu(self) -> dict[str, float]:
        """CPU seconds so far, by what uses them."""
        server = self.postgres.pid
        return {
            "web": sum(one.cpu() for one in self.webs),
            "worker": sum(one.cpu() for one in self.workers),
            "PostgreSQL": cpu_of(lambda fields: int(fields[1]) == server),
        }

    def add_worker(self) -> Process:
        """One more."""
        self.workers.append(self._process("worker"))
        self._wait_for_workers(len(self.workers))
        return self.workers[-1]

    def stop(self) -> None:
        """End all of it."""
        for one in (*self.webs, *self.workers):
            one.kill()
            if one.cable:
                one.cable.stop()
        self.line.stop()
        self.postgres.stop()
