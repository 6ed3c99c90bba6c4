"""Settings: one row each, read from the environment, refused at start when they do not fit."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from dotenv import dotenv_values

Kind = Literal["text", "secret", "number", "path", "url", "switch"]
DEFAULT_CHANNEL = "default"  # the name of the only channel, where nobody gave it one


@dataclass(frozen=True, slots=True)
class Row:
    """One setting: its environment variable, what kind of value, the default, and help for people."""

    name: str
    kind: Kind
    default: str
    help: str


ROWS = (
    Row(
        "LINE_CHANNEL_SECRET",
        "secret",
        "",
        "Channel secret from the LINE Developers console. Two, separated by a comma, while it is being changed.",
    ),
    Row(
        "LINE_CHANNEL_ACCESS_TOKEN",
        "secret",
        "",
        "Long-lived channel access token from the LINE Developers console.",
    ),
    Row(
        "LINE_ACCOUNT_ID",
        "text",
        "",
        "Basic ID of the account (@…); a group then gets a button to the chat with one person.",
    ),
    Row(
        "LINE_API_BASE_URL",
        "url",
        "https://api.line.me",
        "Where the Messaging API is; the simulator and the tests point it at a stand-in.",
    ),
    Row(
        "CHANNELS",
        "text",
        "",
        "YAML file with several LINE channels, one a city (channels.example.yaml), instead of the LINE values here.",
    ),
    Row(
        "SECRET_KEY",
        "secret",
        "",
        "Long random text. It makes people's keys unreadable and signs cookies. Required with LINE; changing it forgets everyone.",
    ),
    Row(
        "SECRET_KEY_OLD",
        "secret",
        "",
        "Earlier values of SECRET_KEY, the latest first, separated by commas: with them a new SECRET_KEY forgets nobody.",
    ),
    Row(
        "DATABASE_URL",
        "url",
        "sqlite:///var/tomoni.db",
        "SQLite file, or postgresql+psycopg://… for several processes or machines.",
    ),
    Row("CONTENT_DIR", "path", "faq", "Folder of the FAQ files that staff edit."),
    Row("LOCALES_DIR", "path", "locales", "Folder of the translation catalogs."),
    Row(
        "VAR_DIR",
        "path",
        "var",
        "Folder for what the bot makes itself: database, trained weights, vectors.",
    ),
    Row("PORT", "number", "8000", "Port on 127.0.0.1."),
    Row(
        "SEMANTIC",
        "switch",
        "on",
        "Use the multilingual embedding model beside the lexical half: on or off.",
    ),
    Row(
        "FEEDS",
        "text",
        "",
        "Calendars that organisers keep elsewhere: contact=https://….ics or contact=file.ics, separated by spaces.",
    ),
    Row(
        "PUSH_RESERVE",
        "number",
        "20",
        "Pushes of the month that reminders leave over, for answers whose reply token was lost.",
    ),
    Row(
        "WORKERS",
        "number",
        "8",
        "Threads that answer received messages; 0 with PostgreSQL leaves it to `flask bot worker`.",
    ),
    Row(
        "PUBLIC_URL",
        "url",
        "",
        "Address at which people reach this server (https://…); needed for calendar links in LINE.",
    ),
    Row("STAFF", "switch", "off", "The page for staff at /staff: on or off."),
    Row(
        "TRUSTED_PROXY",
        "text",
        "",
        "IP address of the reverse proxy whose X-Forwarded-Proto and -For are believed; needed for the staff page.",
    ),
    Row(
        "UNANSWERED_DAYS",
        "number",
        "90",
        "Days for which questions without an answer are kept, without the person; more than 90 is read as 90.",
    ),
    Row(
        "LEARN_AFTER",
        "number",
        "5",
        "So many new phrases are waited for before the bot learns them all; 1 learns each at once.",
    ),
    Row(
        "OIDC_ISSUER",
        "url",
        "",
        "OpenID Connect for the staff page: the issuer, as in https://login.example.jp/tenant.",
    ),
    Row("OIDC_CLIENT_ID", "text", "", "OpenID Connect: the id of this client."),
    Row("OIDC_CLIENT_SECRET", "secret", "", "OpenID Connect: the secret of this client."),
    Row(
        "OIDC_ALLOWED",
        "text",
        "",
        "OpenID Connect: who may sign in, as e-mail addresses or @domains, separated by spaces.",
    ),
    Row(
        "MONITOR_TOKEN",
        "secret",
        "",
        "Long random text that /health and /metrics then ask for (Authorization: Bearer …); without it they answer this machine only.",
    ),
    Row(
        "LOG_LEVEL",
        "text",
        "INFO",
        "DEBUG, INFO, WARNING or ERROR. No level logs what people write.",
    ),
)


class SettingsError(Exception):
    """Every setting that is missing or wrong, in one message, each with its help."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The values of ROWS, converted; names are those of the rows in lower case."""

    line_channel_secret: str
    line_channel_access_token: str
    line_account_id: str
    line_api_base_url: str
    channels: str
    secret_key: str
    secret_key_old: str
    database_url: str
    content_dir: Path
    locales_dir: Path
    var_dir: Path
    port: int
    semantic: bool
    feeds: str
    push_reserve: int
    workers: int
    public_url: str
    staff: bool
    trusted_proxy: str
    unanswered_days: int
    learn_after: int
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str
    oidc_allowed: str
    monitor_token: str
    log_level: str

    @property
    def simulated(self) -> bool:
        """Whether the simulator stands in for LINE: no LINE value is set."""
        line = (self.line_channel_secret, self.line_channel_access_token, self.channels)
        return not any(line)


def load(environ: Mapping[str, str] | None = None, dotenv: Path = Path(".env")) -> Settings:
    """Read all settings. Raises SettingsError naming every problem at once."""
    given = _given(environ, dotenv)
    problems: list[str] = []
    values = {row.name.lower(): _convert(row, given, problems) for row in ROWS}
    problems += _contradictions(values)
    if problems:
        raise SettingsError("Tomoni cannot start:\n" + "\n".join(f"- {line}" for line in problems))
    return Settings(**{item.name: values[item.name] for item in fields(Settings)})


def _given(environ: Mapping[str, str] | None, dotenv: Path) -> dict[str, str]:
    if environ is not None:
        return dict(environ)
    written = {name: value or "" for name, value in dotenv_values(dotenv).items()}
    return {**written, **os.environ}


def _convert(row: Row, given: Mapping[str, str], problems: list[str]) -> Any:
    text = _text(row, given, problems)
    if row.kind == "number":
        if not text.isascii() or not text.isdigit():
            problems.append(f"{row.name} must be a whole number, not {text!r}. {row.help}")
            return 0
        return int(text)
    if row.kind == "switch":
        if text.lower() not in {"on", "off", "1", "0", "true", "false"}:
            problems.append(f"{row.name} must be on or off, not {text!r}. {row.help}")
        return text.lower() in {"on", "1", "true"}
    return Path(text) if row.kind == "path" else text.rstrip("/") if row.kind == "url" else text


def _text(row: Row, given: Mapping[str, str], problems: list[str]) -> str:
    """The value itself, or the content of the file that NAME_FILE names (secrets of containers)."""
    file = given.get(f"{row.name}_FILE", "").strip()
    if not file:
        return given.get(row.name, "").strip() or row.default
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        problems.append(f"{row.name}_FILE names a file that cannot be read: {error.strerror}.")
        return row.default


def _contradictions(values: Mapping[str, Any]) -> list[str]:
    """LINE needs its two values and our own key together; none of them is a start with the simulator.

    OpenID Connect needs its four. Several channels have their LINE values in their own file.
    """
    if values["workers"] == 0 and values["database_url"].startswith("sqlite"):
        return [
            "WORKERS is 0: with SQLite nobody would answer. Leave it out or give PostgreSQL in DATABASE_URL."
        ]
    line = ("line_channel_secret", "line_channel_access_token")
    if values["channels"] and any(values[name] for name in line):
        return [
            "CHANNELS is set: the LINE values belong into that file. Remove LINE_CHANNEL_SECRET and LINE_CHANNEL_ACCESS_TOKEN here."
        ]
    oidc = ("oidc_issuer", "oidc_client_id", "oidc_client_secret", "oidc_allowed")
    needed: list[str] = []
    if any(values[name] for name in line):
        needed += (*line, "secret_key")
    if values["channels"] and values["staff"]:
        needed += ("secret_key",)  # signs the cookies of all
    if any(values[name] for name in oidc):
        needed += oidc
    helps = {row.name.lower(): row.help for row in ROWS}
    return [f"{name.upper()} is missing. {helps[name]}" for name in needed if not values[name]]
