"""One bot for the whole run: real content, a stand-in for LINE, a database of its own for every test."""

from __future__ import annotations

import asyncio
import base64
import gc
import hashlib
import hmac
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from once import made_once
from private_postgres import MISSING, PrivatePostgres, binaries
from procrastinate import JobContext
from sqlalchemy import text

from app import create_app
from bot import settings as settings_of
from bot.calendar_page import calendar_page
from bot.cities import Cities
from bot.content import Content, Library
from bot.learning import Learner
from bot.line import Line, Sent
from bot.parts import Parts, build
from bot.settings import Settings
from bot.store import Store
from bot.store.inbox import PAUSE
from bot.watch import watch
from bot.web import every_error, headers, web
from bot.workers import Tasks, engine, options
from handlers import HANDLERS

gc.set_threshold(100_000, 20, 100)  # content stays: searches among it took 6 % of four files' tests
ROOT = Path(__file__).parents[1]
# The one that never had a window takes a third of the processor time of the other (measured).
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
SECRET = "a-channel-secret"
NOON = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)  # Tuesday, 12:00 in Japan


class FakeLine(Line):
    """Remembers what was said; `results` says what LINE answers next (default: sent)."""

    def __init__(self) -> None:
        self.replies: list[tuple[str, Sequence[Mapping[str, Any]]]] = []
        self.pushes: list[tuple[str, Sequence[Mapping[str, Any]], str]] = []
        self.results: list[Sent] = []
        self.left: list[str] = []
        self.profile: str | None = None
        self.quota_left: tuple[int | None, int] | None = (200, 0)

    def reply(self, token: str, messages: Sequence[Mapping[str, Any]]) -> Sent:
        self.replies.append((token, messages))
        return self.results.pop(0) if self.results else Sent("sent")

    def push(self, to: str, messages: Sequence[Mapping[str, Any]], retry_key: str) -> Sent:
        self.pushes.append((to, messages, retry_key))
        return self.results.pop(0) if self.results else Sent("sent")

    def language(self, person: str) -> str | None:
        return self.profile

    def leave(self, group: str, room: bool = False) -> None:
        self.left.append(group)

    def members(self, group: str) -> int | None:
        return 3

    def quota(self) -> tuple[int | None, int] | None:
        return self.quota_left

    @property
    def said(self) -> str:
        """Everything that was said so far, as JSON."""
        return json.dumps([messages for _, messages in self.replies], ensure_ascii=False)


@dataclass
class Bot:
    """The whole bot behind its front door."""

    parts: Parts
    line: FakeLine
    app: Flask
    now: datetime = NOON
    sent: int = field(default=0)

    def post(self, body: bytes, signature: str | None = None) -> int:
        """A request to /callback; signed as LINE does unless told otherwise."""
        made = signature if signature is not None else sign(body)
        answer = self.app.test_client().post(
            "/callback", data=body, headers={"X-Line-Signature": made}
        )
        return answer.status_code

    def receive(self, *events: Mapping[str, Any]) -> int:
        """Signed events."""
        return self.post(json.dumps({"destination": "U0", "events": list(events)}).encode())

    def work(self, now: datetime | None = None) -> int:
        """Answer everything that is due, by the way of this database; says how many events were worked on.

        Without `now`, also what waits for somebody to finish writing.
        """
        at = now or datetime.now(UTC) + PAUSE
        if not self.parts.store.sqlite:
            return jobs_done(self.parts, at)
        done = 0
        while self.parts.desk.work(at):
            done += 1
        return done

    def tell(self, text: str, person: str = "U" + "1" * 32, **more: Any) -> str:
        """A person writes; returns what the bot said, as JSON."""
        return self.do(message(text, person), **more)

    def do(self, event: Mapping[str, Any], **more: Any) -> str:
        """One event through the front door; returns what the bot said to it."""
        before = len(self.line.replies)
        assert self.receive({**event, **more}) == 200
        self.work()
        said = [messages for _, messages in self.line.replies[before:]]
        return json.dumps(said, ensure_ascii=False)


class Answers(Tasks):
    """The real tasks, counted. Reminders wait for `tick`: their dates are not those of this machine."""

    count = 0

    def answer(self, context: JobContext, event: int, at: int, channel: str = "default") -> None:
        self.count += 1
        super().answer(context, event, at, channel)

    def remind(self, context: JobContext, channel: str = "default") -> None:
        return


def jobs_done(
    parts: Parts,
    at: datetime,
    kind: type[Answers] = Answers,
    cities: Mapping[str, Parts] | None = None,
) -> int:
    """Run the job engine until nothing is due at `at`, which the database's clock does not know."""
    tasks = kind(cities or {parts.name: parts}, lambda: at)
    app = engine(parts.store.conninfo, tasks, ())
    shift_jobs(parts, at - datetime.now(UTC))

    async def run() -> None:
        async with app.open_async():
            await app.run_worker_async(**options(1, wait=False))

    asyncio.run(run())
    shift_jobs(parts, datetime.now(UTC) - at)
    return tasks.count


def shift_jobs(parts: Parts, ahead: timedelta) -> None:
    """Bring what is scheduled nearer."""
    with parts.store.begin() as connection:
        statement = "UPDATE procrastinate_jobs SET scheduled_at = scheduled_at - :ahead"
        connection.execute(text(statement), {"ahead": ahead})


_number = iter(range(10**9))


def event(kind: str, person: str = "U" + "1" * 32, **more: Any) -> dict[str, Any]:
    """An event as LINE sends it."""
    number = next(_number)
    return {
        "type": kind,
        "mode": "active",
        "timestamp": 1796094000000,
        "source": {"type": "user", "userId": person},
        "webhookEventId": f"01TEST{number:020}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"token{number:027}",
        **more,
    }


def message(text: str, person: str = "U" + "1" * 32, **more: Any) -> dict[str, Any]:
    """A text message."""
    return event(
        "message", person, message={"id": str(next(_number)), "type": "text", "text": text, **more}
    )


def sign(body: bytes, secret: str = SECRET) -> str:
    """The signature of a body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a bot on LINE, with the lexical half alone: the suite stays fast."""
    loaded = settings_of.load(
        {
            "LINE_CHANNEL_SECRET": SECRET,
            "LINE_CHANNEL_ACCESS_TOKEN": "token",
            "SECRET_KEY": "k" * 40,
            "SEMANTIC": "off",
            "CONTENT_DIR": str(ROOT / "faq"),
            "LOCALES_DIR": str(ROOT / "locales"),
        }
    )
    return replace(loaded, var_dir=tmp_path_factory.mktemp("var"))


@pytest.fixture(scope="session")
def library(settings: Settings) -> Library:
    """The real content."""
    return Library(settings.content_dir, settings.locales_dir)


@pytest.fixture(scope="session")
def content(library: Library) -> Content:
    """The real content."""
    return library.content


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, without a window. Not longer than a module: playwright's event loop forbids others meanwhile."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def learner(
    library: Library, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Learner:
    """What the bot learnt from the real phrases; learnt once for the whole run, kept in `var_dir`."""

    def learn(folder: Path) -> None:
        Learner(library.content, replace(settings, var_dir=folder)).finish()

    learnt = made_once(tmp_path_factory, "learnt", learn)
    shutil.copytree(learnt, settings.var_dir, dirs_exist_ok=True)
    return Learner(library.content, settings)


# Measured. The first learns for all; meanwhile the others do what needs nothing learnt.
STARTED_FIRST = tuple(
    f"test_{name}.py"
    for name in (
        "staff_pages", "writing", "translations", "content", "danger", "vectors",
        "mistakes", "gatherings_page", "staff", "cities", "callback", "reminders",
        "desk", "postgres", "simulator", "commands", "when", "staff_learning", "repository",
    )
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the others wait for, and what takes long, begins first: all processes then end together."""
    items.sort(key=lambda item: [*STARTED_FIRST, item.path.name].index(item.path.name))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`@pytest.mark.databases("sqlite", "postgresql")`: the same test on each."""
    marker = metafunc.definition.get_closest_marker("databases")
    if marker and "database" in metafunc.fixturenames:
        metafunc.parametrize("database", marker.args, indirect=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """One PostgreSQL for the whole run, started when the first test wants it."""
    if binaries() is None:
        pytest.skip(MISSING)
    server = PrivatePostgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file in which all migrations have run, to be copied."""
    file = tmp_path_factory.mktemp("tables") / "empty.db"
    store = Store(f"sqlite:///{file}")
    store.migrate()
    store.close()
    return file


@pytest.fixture
def database(request: pytest.FixtureRequest, tables: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a database without rows."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield f"sqlite:///{shutil.copy(tables, tmp_path / 'test.db')}"
        return
    server: PrivatePostgres = request.getfixturevalue("postgres")
    url = server.database()
    yield url
    server.drop(url)


@pytest.fixture
def bot(settings: Settings, library: Library, learner: Learner, database: str) -> Iterator[Bot]:
    """The bot behind /callback; events are answered by `work`, not by threads."""
    own = replace(settings, database_url=database)
    line = FakeLine()
    parts = build(own, [SECRET], HANDLERS, library=library, line=line, learner=learner)
    app = Flask("test")
    app.extensions["tomoni"] = Cities([parts])
    app.register_blueprint(web)
    app.register_blueprint(watch)
    app.register_blueprint(calendar_page)
    app.register_error_handler(Exception, every_error)
    app.after_request(headers)
    yield Bot(parts, line, app)
    parts.store.close()


@pytest.fixture
def make_app() -> Callable[[Settings], Flask]:
    """create_app as gunicorn calls it."""
    return create_app
