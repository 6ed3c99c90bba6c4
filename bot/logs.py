"""Logs: one JSON object a line, and nothing in it that a person wrote or is.

{"at": "2026-12-01T03:00:00.120Z", "level": "INFO", "logger": "bot.line", "message": "call", "method": "POST",
 "endpoint": "/v2/bot/message/reply", "status": 200, "request_id": "…", "ms": 61}
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

# Below WARNING these write addresses with LINE ids, rows with messages, or a line for every thread.
TALKATIVE = (
    "urllib3", "urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry", "sqlalchemy",
    "sqlalchemy.engine", "sqlalchemy.engine.Engine", "sqlalchemy.pool", "waitress", "werkzeug",
    "procrastinate", "psycopg", "psycopg.pool", "asyncio", "alembic", "py3langid",
)  # fmt: skip
LINE_ID = re.compile(r"\b[UCR][0-9a-f]{32}\b")
TOKEN = re.compile(r"(?i)\bbearer\s+\S+|[A-Za-z0-9+/_=-]{80,}")
FIELDS = ("method", "path", "endpoint", "status", "request_id", "ms")


def setup(level: str, stream: TextIO | None = None) -> logging.Handler:
    """Everything that this process logs goes to `stream` (default: standard error)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines())
    handler.addFilter(is_discreet)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in TALKATIVE:
        logger = logging.getLogger(name)
        if is_discreet not in logger.filters:
            logger.addFilter(is_discreet)
    # "Task queue depth": one line a request in a burst; /metrics has the backlog.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    return handler


def is_discreet(record: logging.LogRecord) -> bool:
    """Whether a record may be written: what others say of their work below WARNING may hold a person's words."""
    return record.levelno >= logging.WARNING or record.name.split(".")[0] in {"bot", "handlers"}


class Lines(logging.Formatter):
    """A record as one line of JSON. Of an exception its kind and place: its words may be a person's."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "at": at.replace("+00:00", "Z"), "level": record.levelname, "logger": record.name,
            "message": masked(record.getMessage()),
        }  # fmt: skip
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            line |= {"error": record.exc_info[0].__name__, "stack": _places(record.exc_info[2])}
        return json.dumps(line, ensure_ascii=False, default=str)


def masked(text: str) -> str:
    """Without LINE ids and keys, should one ever come here."""
    return TOKEN.sub("[key]", LINE_ID.sub("[id]", text))


def _places(trace: Any) -> list[str]:
    frames = traceback.extract_tb(trace)[-12:]
    return [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames]
