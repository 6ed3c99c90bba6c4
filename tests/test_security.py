"""Each line of the security checklist that is not tested where its subject is."""

from __future__ import annotations

import io
import json
import logging
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Bot, event, message

from bot import logs
from bot.i18n import fill
from bot.keys import Keys
from bot.line import Line, Sent
from bot.settings import load

ME = "U" + "ab" * 16
WORDS = "himitsu-no-kotoba"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged, every logger at DEBUG, through our own handler."""
    root, stream = logging.getLogger(), io.StringIO()
    before, level = root.handlers, root.level
    levels = {name: logging.getLogger(name).level for name in logs.TALKATIVE}
    logs.setup("DEBUG", stream)
    for name in logs.TALKATIVE:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield stream
    root.handlers, root.level = before, level
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)


class Api(BaseHTTPRequestHandler):
    """LINE's API, as far as these tests ask it."""

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("x-line-request-id", "request-7")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = _answer

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def api() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_no_log_at_any_level_holds_words_ids_or_tokens(
    bot: Bot, written: io.StringIO, api: str
) -> None:
    bot.parts.desk.line = Line(api, "access-token-of-the-channel")
    bot.receive(event("follow", ME), message(WORDS, ME))
    bot.work()
    bot.parts.desk.line.push(ME, [{"type": "text", "text": WORDS}], "key-1")
    bot.parts.desk.line.leave("C" + "0" * 32)
    bot.post(WORDS.encode())
    bot.receive(event("unfollow", ME))
    bot.work()
    logging.getLogger("bot.test").error("%s %s", ME, "Bearer access-token-of-the-channel")
    found = written.getvalue()
    secrets = (WORDS, ME, "C" + "0" * 32, "token0", "access-token", bot.parts.keys.person(ME))
    assert [one for one in secrets if one in found] == []
    assert found.count("\n") >= 6


def test_a_log_line_is_json_with_what_line_advises_to_keep(
    bot: Bot, written: io.StringIO, api: str
) -> None:
    Line(api, "t").language(ME)
    bot.receive(message("ごみ"))
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    (call,) = (line for line in lines if line["message"] == "call")
    assert (call["method"], call["endpoint"]) == ("GET", "/v2/bot/profile/{id}")
    assert (call["status"], call["request_id"]) == (200, "request-7")
    (hook,) = (line for line in lines if line["message"] == "webhook")
    assert (hook["method"], hook["path"], hook["status"]) == ("POST", "/callback", 200)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", hook["at"])


def test_an_exception_is_logged_by_kind_and_place_not_by_its_words(written: io.StringIO) -> None:
    try:
        raise ValueError(WORDS)
    except ValueError:
        logging.getLogger("bot.test").exception("it failed")
    line = json.loads(written.getvalue())
    assert (line["error"], WORDS in written.getvalue()) == ("ValueError", False)
    assert any("test_security.py" in place for place in line["stack"])


# --- keys ----------------------------------------------------------------------------------------


def test_a_new_secret_key_beside_the_old_one_forgets_nobody() -> None:
    before, after = Keys("first"), Keys("third", ["second", "first"])
    sealed = before.seal(ME)
    assert after.unseal(sealed) == ME
    assert after.person(ME) == before.person(ME)
    assert before.unseal(after.seal(ME)) is None
    assert Keys("third").unseal(after.resealed(sealed) or "") == ME
    assert Keys("other").unseal(sealed) is None
    assert Keys("other").resealed(sealed) is None


def test_kept_line_ids_go_under_the_new_key(bot: Bot) -> None:
    keys = bot.parts.keys
    with bot.parts.store.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO groups (key, introduced, digest, \"to\", seen_on) VALUES ('k', 0, 1, ?, '2026-12-01')",
            (keys.seal(ME),),
        )
    bot.parts.desk.people.reseal(Keys("new", ["k" * 40]).resealed)
    with bot.parts.store.begin() as connection:
        (kept,) = connection.exec_driver_sql('SELECT "to" FROM groups').one()
    assert Keys("new").unseal(kept) == ME


def test_two_channel_secrets_serve_while_one_is_changed(bot: Bot) -> None:
    from conftest import sign

    body = json.dumps({"events": []}).encode()
    bot.parts.secrets = ["new-secret", "old-secret"]
    assert bot.post(body, sign(body, "old-secret")) == 200
    assert bot.post(body, sign(body, "new-secret")) == 200
    assert bot.post(body, sign(body, "older-secret")) == 401


def test_secrets_may_come_from_files(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from-a-file\n")
    given = {"LINE_CHANNEL_SECRET_FILE": str(file), "LINE_CHANNEL_ACCESS_TOKEN": "t", "SECRET_KEY": "k"}  # fmt: skip
    assert load(given).line_channel_secret == "from-a-file"


# --- what is kept ---------------------------------------------------------------------------------


def whole_file(bot: Bot) -> bytes:
    """The database with its journal, byte by byte."""
    bot.parts.store.tidy()
    file = Path(str(bot.parts.store.url.database))
    return b"".join(one.read_bytes() for one in sorted(file.parent.glob(file.name + "*")))


def asked(bot: Bot, question: str) -> Any:
    """The first value that the file itself gives."""
    with closing(sqlite3.connect(str(bot.parts.store.url.database))) as connection:
        return connection.execute(question).fetchone()[0]


def test_forgetting_leaves_nothing_of_the_person_in_the_file(bot: Bot) -> None:
    key = bot.parts.keys.person(ME).encode()
    bot.do(event("postback", ME, postback={"data": "do=language&locale=en"}))
    bot.line.results = [Sent("refused", "400 Invalid reply token"), Sent("quota", "429 limit")]
    bot.tell(WORDS + " when do i put out the garbage", ME)
    assert key in whole_file(bot)
    bot.do(event("postback", ME, postback={"data": "do=forget-now"}))
    found = whole_file(bot)
    for trace in (ME.encode(), key, WORDS.encode()):
        assert trace not in found


def test_words_and_line_ids_are_gone_from_the_file_once_answered(bot: Bot) -> None:
    bot.receive(message(WORDS + " ごみ", ME))
    sealed = asked(bot, 'SELECT "to" FROM inbox')
    assert ME not in sealed and bot.parts.keys.unseal(sealed) == ME
    bot.work()
    found = whole_file(bot)
    assert ME.encode() not in found
    assert sealed.encode() not in found
    unanswered = asked(bot, "SELECT count(*) FROM unanswered")
    assert unanswered or WORDS.encode() not in found


def test_a_hole_in_a_sentence_reads_nothing_but_its_value() -> None:
    for trap in ("{u.__class__}", "{u[0]}", "{__import__}", "{u!r}", "{}", "{0}"):
        assert fill(trap, {"u": "x"}) == trap


def test_every_dependency_is_pinned_by_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
        rows = [row for row in text.splitlines() if row and not row.lstrip().startswith("#")]
        assert rows and all("==" in row and "--hash=sha256:" in row for row in rows)


def test_a_body_of_too_many_events_is_refused_whole(bot: Bot) -> None:
    assert bot.post(json.dumps({"events": [None] * 1001}).encode()) == 400
    assert bot.post(json.dumps({"events": [None] * 1000}).encode()) == 200
