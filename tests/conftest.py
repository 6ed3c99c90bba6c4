"""One bot for the whole run: real content, a stand-in for LINE, a database of its own for every test."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from bot import settings as settings_of
from bot.calendar_page import calendar_page
from bot.content import Content, Library
from bot.learning import Learner
from bot.line import Line, Sent
from bot.parts import Parts, build
from bot.settings import Settings
from bot.store.inbox import PAUSE
from bot.watch import watch
from bot.web import every_error, headers, web
from handlers import HANDLERS

ROOT = Path(__file__).parents[1]
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

    def work(self) -> None:
        """Answer everything that waits, also what waits for somebody to finish writing."""
        now = datetime.now(UTC) + PAUSE
        while self.parts.desk.work(now):
            pass

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


@pytest.fixture(scope="session")
def learner(library: Library, settings: Settings) -> Learner:
    """What the bot learnt from the real phrases; learnt once for the whole run."""
    return Learner(library.content, settings)


@pytest.fixture
def bot(settings: Settings, library: Library, learner: Learner, tmp_path: Path) -> Iterator[Bot]:
    """The bot behind /callback; events are answered by `work`, not by threads."""
    own = replace(settings, database_url=f"sqlite:///{tmp_path}/test.db")
    line = FakeLine()
    parts = build(own, [SECRET], HANDLERS, library=library, line=line, learner=learner)
    app = Flask("test")
    app.extensions["tomoni"] = parts
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
