"""One deployment, many cities: who is addressed, what stays apart, and that one city needs none of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from alembic import command
from alembic.config import Config
from conftest import ROOT
from flask import Flask
from sqlalchemy import text

from bot import channels
from bot import settings as settings_of
from bot.channel_commands import channels_commands
from bot.commands import bot_commands
from bot.settings import DEFAULT_CHANNEL, SettingsError
from bot.staff.commands import staff_commands
from bot.store import Inbox, People, Received, Reminders, Staff, Store
from bot.store.staff import EVERY
from bot.store.store import MIGRATIONS

A, B = "U" + "a" * 32, "U" + "b" * 32
GOOD = f"""
- name: kamakura
  destination: {A}
  channel_secret: secret-a, secret-a-new
  access_token: token-a
  key: key-a
  content_dir: faq
- name: kobe
  destination: {B}
  channel_secret: secret-b
  access_token_file: token-b
  key: key-b
  key_old: key-b-old
  content_dir: cities/kobe
  push_reserve: 5
"""
Write = Callable[[str], tuple[channels.Channel, ...]]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Read a file of channels as the settings name it."""

    def written(text: str, **more: str) -> tuple[channels.Channel, ...]:
        monkeypatch.chdir(tmp_path)
        Path("token-b").write_text("token-of-b\n")
        Path("channels.yaml").write_text(text)
        return channels.load(settings_of.load({"CHANNELS": "channels.yaml", **more}))

    return written


# --- the file ------------------------------------------------------------------------------------


def test_without_the_file_the_settings_are_the_only_channel() -> None:
    given = settings_of.load({})
    (only,) = channels.load(given)
    assert (only.name, only.destination, only.settings) == (DEFAULT_CHANNEL, "", given)


def test_each_row_is_a_channel_with_settings_of_its_own(write: Write) -> None:
    kamakura, kobe = write(GOOD)
    assert (kamakura.name, kamakura.destination) == ("kamakura", A)
    assert kamakura.secrets == ["secret-a", "secret-a-new"]
    own = kobe.settings
    assert (own.line_channel_access_token, own.secret_key, own.secret_key_old) == (
        "token-of-b", "key-b", "key-b-old",
    )  # fmt: skip
    assert (own.content_dir, own.push_reserve) == (Path("cities/kobe"), 5)
    assert kamakura.settings.push_reserve == 20
    assert not own.simulated and kamakura.settings.var_dir != own.var_dir


def test_what_is_learnt_from_the_same_content_lies_in_the_same_folder(write: Write) -> None:
    one, other = write(GOOD.replace("cities/kobe", "faq"))
    assert one.settings.var_dir == other.settings.var_dir


def test_everything_that_is_wrong_is_said_at_once_with_its_place(write: Write) -> None:
    text = f"""
- name: Kamakura City
  destination: kamakura
  access_token: token-a
  contentdir: faq
- name: kobe
  destination: {B}
  channel_secret: b
  access_token_file: no-such-file
  key: k
  key_file: k
  content_dir: x
"""
    with pytest.raises(SettingsError) as error:
        write(text)
    said = str(error.value)
    for part in (
        "channels.yaml:2:9: ", "Kamakura City cannot be an id",
        "channels.yaml:3:16: ", "kamakura is no destination",
        "Neither channel_secret nor channel_secret_file", "Neither key nor key_file",
        "There is no field contentdir. Did you mean content_dir?", "The field content_dir is missing",
        "channels.yaml:9:22: ", "The file that access_token_file names cannot be read",
        "Both key and key_file are there",
    ):  # fmt: skip
        assert part in said, part


@pytest.mark.parametrize("text", ["", "a: b", "- kobe"], ids=["empty", "no list", "no row"])
def test_a_file_without_channels_is_refused(write: Write, text: str) -> None:
    with pytest.raises(SettingsError, match=r"channels\.yaml"):
        write(text)


def test_no_two_channels_share_a_key_a_secret_or_a_destination(write: Write) -> None:
    text = (
        GOOD.replace(B, A)
        .replace("key-b\n", "key-a\n")
        .replace("secret-b", "secret-a, secret-a-new")
    )
    with pytest.raises(SettingsError) as error:
        write(text.replace("kobe", "kamakura"))
    for field in ("name", "destination", "channel_secret", "key"):
        assert f": {field} is the same as that of the channel kamakura" in str(error.value).replace(
            "    ", ": "
        )
    assert "key-a" not in str(error.value)


def test_the_lines_values_and_the_file_exclude_each_other_and_staff_need_a_key(
    write: Write,
) -> None:
    with pytest.raises(SettingsError, match="CHANNELS is set"):
        write(GOOD, LINE_CHANNEL_SECRET="x")
    with pytest.raises(SettingsError, match="SECRET_KEY is missing"):
        write(GOOD, STAFF="on")
    assert write(GOOD, STAFF="on", SECRET_KEY="k")


def test_a_channel_is_found_by_name_and_the_only_one_without(write: Write) -> None:
    both = write(GOOD)
    assert channels.named(both, "kobe").destination == B
    assert channels.named(both[:1], None).name == "kamakura"
    for name in (None, "osaka"):
        with pytest.raises(SettingsError, match="kamakura, kobe"):
            channels.named(both, name)


# --- what was there before -----------------------------------------------------------------------


def before_channels(store: Store) -> None:
    """The tables of the version without channels, with a row in some of them."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    rows = (
        "people (key, told_unicode, seen_on) VALUES ('k', false, '2026-12-01')",
        "pushes (month, count) VALUES ('2026-12', 3)",
        "staff (name, password, role, failures, added_on) VALUES ('hanako', 'x', 'staff', 0, '2026-12-01')",
        "inbox (event_id, person, state, urgent, is_text, received_at, due_at, tries, sending) VALUES "
        "('e', 'k', 'new', false, true, '2026-12-01 00:00:00', '2026-12-01 00:00:00', 0, false)",
    )
    with store.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        for row in rows:
            connection.execute(text(f"INSERT INTO {row}"))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_there_belongs_to_the_only_channel(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/t.db"
    if kind == "postgresql":
        server = request.getfixturevalue("postgres")
        server.execute("CREATE DATABASE before_channels")
        url = server.url("before_channels")
    store = Store(url)
    before_channels(store)
    store.migrate()
    now = datetime(2026, 12, 1, 0, 1, tzinfo=UTC)
    assert [row.channel for row in Inbox(store).claim(now)] == [DEFAULT_CHANNEL]
    known = Received("e", "k", {"kind": "text", "text": "x"})
    assert Inbox(store).receive([known], now) == 0
    assert Inbox(store.seen_by("kobe")).receive([known], now) == 1
    assert Reminders(store).pushed("2026-12") == 3
    assert Reminders(store.seen_by("kobe")).pushed("2026-12") == 0
    People(store).hint("k", "en", now)
    with store.begin() as connection:
        (row,) = connection.execute(text("SELECT channel, hint FROM people")).all()
    assert tuple(row) == (DEFAULT_CHANNEL, "en")
    assert [one.channel for one in Staff(store).all()] == [EVERY]
    store.close()


# --- --channel of the commands --------------------------------------------------------------------


@pytest.fixture
def terminal(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What a command says with both channels in the file."""
    write(GOOD)
    monkeypatch.setenv("CHANNELS", "channels.yaml")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/t.db")
    runner = Flask("terminal").test_cli_runner()

    def run(group: click.Group, *arguments: str, given: str = "") -> str:
        return runner.invoke(group, arguments, input=given).output

    return run


def test_a_command_asks_which_channel_and_works_on_that_alone(
    terminal: Callable[..., str], tmp_path: Path
) -> None:
    store = Store(f"sqlite:///{tmp_path}/t.db")
    store.migrate()
    kobe = Inbox(store.seen_by("kobe"))
    kobe.receive([Received("e", "p", {"kind": "text", "text": "x"})], datetime.now(UTC))
    store.close()
    assert "Add --channel with one of: kamakura, kobe" in terminal(bot_commands, "inbox")
    assert "There is no channel 'osaka'" in terminal(bot_commands, "inbox", "--channel", "osaka")
    assert terminal(bot_commands, "inbox", "--channel", "kobe").split() == ["new", "1"]
    assert terminal(bot_commands, "inbox", "--channel", "kamakura") == ""
    assert "--channel" in terminal(bot_commands, "translations", "status", "--help")
    assert "--channel" not in terminal(bot_commands, "worker", "--help")


def test_all_that_is_kept_of_a_channel_that_left_can_be_deleted(
    terminal: Callable[..., str], tmp_path: Path
) -> None:
    store = Store(f"sqlite:///{tmp_path}/t.db")
    store.migrate()
    for name in ("osaka", "kobe"):
        People(store.seen_by(name)).hint("key-of-a-person", "en", datetime.now(UTC))
    assert "osaka  is in no file" in terminal(channels_commands, "list")
    assert "still stands in CHANNELS" in terminal(channels_commands, "remove", "kobe", "--yes")
    assert terminal(channels_commands, "remove", "osaka", "--yes") == "1 rows deleted\n"
    assert terminal(channels_commands, "list").splitlines() == [
        f"kamakura  faq  {A}", f"kobe  cities/kobe  {B}",
    ]  # fmt: skip
    assert People(store.seen_by("kobe")).load({"key-of-a-person"})["key-of-a-person"].hint == "en"
    store.close()


def test_an_account_is_for_one_channel_or_for_all(terminal: Callable[..., str]) -> None:
    words = "a few long words\n" * 2
    assert "Add one of: kamakura, kobe, all" in terminal(
        staff_commands, "add", "hanako", given=words
    )
    for name, channel in (("hanako", "kobe"), ("taro", "all")):
        assert "may sign in" in terminal(
            staff_commands, "add", name, "--channel", channel, given=words
        )
    listed = terminal(staff_commands, "list").splitlines()
    assert (listed[0].split()[0], listed[0].split()[-1]) == ("hanako", "kobe")
    assert "kobe" not in listed[1]
    assert terminal(staff_commands, "channel", "taro", "kamakura") == "taro sees kamakura\n"
    assert "There is no account" in terminal(staff_commands, "channel", "jiro", "kobe")
    assert terminal(staff_commands, "list").splitlines()[1].endswith("kamakura")


def test_the_example_is_a_good_file_but_for_the_secrets() -> None:
    with pytest.raises(SettingsError) as error:
        channels.load(settings_of.load({"CHANNELS": str(ROOT / "channels.example.yaml")}))
    lines = [line for line in str(error.value).splitlines()[1:] if line.startswith(" ")]
    assert len(lines) == 6
    assert all("names cannot be read" in line for line in lines)
