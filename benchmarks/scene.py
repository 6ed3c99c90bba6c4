"""What every measurement needs: LINE's stand-in, a server, signed events, and figures of a process."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import os
import random
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.train import KEPT_AS

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
LEARNT = ROOT / "var"  # what the project has learnt already is not learnt again for a measurement
SECRET = "benchmark-channel-secret"
QUESTIONS = (
    "ごみは いつ だしますか", "I lost my residence card", "my child has a fever", "how do i enrol my child in school",
    "在留カードを なくしました", "国民健康保険に入りたい", "where can I learn Japanese", "how much is the pension",
    "Як отримати медичне страхування?", "我的孩子想上学", "Tôi muốn học tiếng Nhật", "how to pay tax",
    "hello", "thank you", "どこで にほんごを べんきょう できますか", "garbage day",
)  # fmt: skip


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def certificate(folder: Path) -> tuple[Path, Path, Path]:
    """A certificate for localhost, its key, and a bundle of this system's authorities and it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem, private, bundle = (folder / name for name in ("line.pem", "line.key", "bundle.pem"))
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption(),
    ))  # fmt: skip
    system = ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt"
    known = Path(system).read_bytes() if Path(system).exists() else b""
    bundle.write_bytes(known + pem.read_bytes())
    return pem, private, bundle


class Line:
    """The stand-in as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        pem, key, self.bundle = certificate(folder)
        command = [sys.executable, "-m", "benchmarks.fake_line", str(self.port), str(pem), str(key)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._process.stdout.readline()
        self._context = ssl.create_default_context(cafile=str(pem))

    def ask(self, path: str) -> Any:
        """What the stand-in says to `path`."""
        connection = http.client.HTTPSConnection("localhost", self.port, context=self._context)
        connection.request("GET", path)
        found = json.loads(connection.getresponse().read())
        connection.close()
        return found

    def end(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait()


class Server:
    """gunicorn as `make run` starts it, with the application `app`; on Linux, because of /proc."""

    def __init__(self, app: str, line: Line, folder: Path, **more: str) -> None:
        self.port = free_port()
        self._app, self._line, self._folder, self._more = app, line, folder, more
        self.start()

    def start(self) -> None:
        """Start, and wait until people are answered."""
        environment = {
            **os.environ, "PORT": str(self.port), "LINE_CHANNEL_SECRET": SECRET,
            "LINE_CHANNEL_ACCESS_TOKEN": "benchmark", "SECRET_KEY": "k" * 40,
            "LINE_API_BASE_URL": f"https://localhost:{self._line.port}",
            "SSL_CERT_FILE": str(self._line.bundle), "DATABASE_URL": f"sqlite:///{self._folder}/inbox.db",
            "VAR_DIR": str(LEARNT), "SEMANTIC": "off", "LOG_LEVEL": "WARNING", **self._more,
        }  # fmt: skip
        gunicorn = Path(sys.executable).with_name("gunicorn")
        command = [str(gunicorn), "--config", "gunicorn.conf.py", self._app]
        with (self._folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + 240
        while not self._answers():
            if time.monotonic() > until or self.process.poll() is not None:
                raise RuntimeError((self._folder / "server.log").read_text()[-2000:])
            time.sleep(0.1)

    def learnt(self) -> None:
        """Wait until Tomoni has learnt all languages: it answers before, beside a busy thread."""
        while not self._has_learnt():
            time.sleep(0.2)

    def _has_learnt(self) -> bool:
        """What is learnt from all languages is kept as a folder; what answers before is not."""
        name = _page(self.port, "/health")["matching"]["trained"]
        return any((LEARNT / f"{KEPT_AS}{name}-{half}").is_dir() for half in ("lexical", "full"))

    def _answers(self) -> bool:
        try:
            return get(self.port, "/healthz") == 200
        except OSError:
            return False

    def processes(self) -> list[int]:
        """gunicorn and what it started."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [self.process.pid, *(int(one) for one in children.split())]

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        ticks = 0
        for one in self.processes():
            parts = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(parts[11]) + int(parts[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Megabytes that are its own (PSS)."""
        kilobytes = 0
        for one in self.processes():
            rows = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            kilobytes += sum(int(row.split()[1]) for row in rows if row.startswith("Pss:"))
        return kilobytes / 1024

    def kill(self) -> None:
        """End it as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """Stop it in order."""
        self.process.terminate()
        try:
            self.process.wait(25)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def served(app: str, line: Line, folder: Path, **more: str) -> Iterator[Server]:
    """A server for as long as the block lasts."""
    server = Server(app, line, folder, **more)
    try:
        yield server
    finally:
        server.end()


def get(port: int, path: str) -> int:
    """The status of a page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def _page(port: int, path: str) -> Any:
    """What a page says as JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class Event:
    """A signed request with one text of one person."""

    token: str
    question: str
    body: bytes
    signature: str


def event(number: int, question: str, run: str) -> Event:
    """A text of a person who writes for the first time."""
    token = f"{run}{number:020}"
    body = json.dumps({"destination": "U" + "0" * 32, "events": [{
        "type": "message", "mode": "active", "timestamp": int(time.time() * 1000), "webhookEventId": f"01{token}",
        "deliveryContext": {"isRedelivery": False}, "replyToken": token,
        "source": {"type": "user", "userId": "U" + hashlib.md5(token.encode()).hexdigest()},
        "message": {"id": str(number), "type": "text", "text": question, "quoteToken": "q" * 40},
    }]}).encode()  # fmt: skip
    made = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    return Event(token, question, body, base64.b64encode(made).decode())


def events(count: int, run: str, questions: Sequence[str] = QUESTIONS) -> list[Event]:
    """So many, in a fixed disorder."""
    chosen = random.Random(run)
    return [event(number, chosen.choice(questions), run) for number in range(count)]


@dataclass
class Sending:
    """Sends events over kept connections; remembers when each was acknowledged."""

    port: int
    clients: int = 8
    rate: float = 0.0  # events a second; 0: as fast as they are acknowledged
    insist: bool = False  # LINE's redelivery: again until it is acknowledged
    sent_at: dict[str, float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    def all(self, waiting: Sequence[Event]) -> None:
        """Send them; returns when the last was acknowledged or given up."""
        started, lock = time.monotonic(), threading.Lock()
        left = iter(enumerate(waiting))

        def client() -> None:
            connection = None
            while True:
                with lock:
                    number, one = next(left, (0, None))
                if one is None:
                    return
                if self.rate:
                    time.sleep(max(0.0, started + number / self.rate - time.monotonic()))
                connection = self._send(connection, one)

        threads = [threading.Thread(target=client) for _ in range(self.clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _send(
        self, connection: http.client.HTTPConnection | None, one: Event
    ) -> http.client.HTTPConnection | None:
        self.sent_at.setdefault(one.token, time.monotonic())
        while True:
            began = time.monotonic()
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                connection.request("POST", "/callback", one.body, {
                    "X-Line-Signature": one.signature, "Content-Type": "application/json",
                })  # fmt: skip
                answer = connection.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException):
                connection, status = None, 0
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if status == 200:
                self.seconds.append(time.monotonic() - began)
            if status == 200 or not self.insist:
                return connection
            time.sleep(0.2)


def wait_for(line: Line, count: int, seconds: float) -> int:
    """Until so many tokens were answered, or nothing has come for `seconds`."""
    last, since = -1, time.monotonic()
    while True:
        found = int(line.ask("/_count"))
        if found != last:
            last, since = found, time.monotonic()
        if found >= count or time.monotonic() - since > seconds:
            return found
        time.sleep(0.05)


def percentile(values: Sequence[float], share: float) -> float:
    """In milliseconds."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


def median(rows: Sequence[dict[str, float]], name: str) -> float:
    """The middle of several runs."""
    return statistics.median(row[name] for row in rows)


def load() -> str:
    """How busy the machine is, for the reader of a table."""
    one, five, _ = os.getloadavg()
    return f"load {one:.1f} (1 min), {five:.1f} (5 min) on {os.cpu_count()} cores"


def write(name: str, title: str, lines: Sequence[str]) -> None:
    """A page of results; shown, too."""
    RESULTS.mkdir(exist_ok=True)
    text = "\n".join([f"# {title}", "", *lines, ""])
    (RESULTS / name).write_text(text, encoding="utf-8")
    print(text, flush=True)
