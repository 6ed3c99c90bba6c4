"""The LINE channels of one deployment, a row a city in a small file; without the file, the settings are the only one.

- name: kamakura
  destination: U8e742f61d673b39c7fff3cecb7536ef0
  channel_secret_file: /run/secrets/kamakura_channel_secret
  access_token_file: /run/secrets/kamakura_access_token
  key_file: /run/secrets/kamakura_key
  content_dir: cities/kamakura/faq
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from bot.models import Id, Words, Written, matching
from bot.settings import DEFAULT_CHANNEL, Settings, SettingsError
from bot.source import Problem, check, pointed, problem, read

SECRETS = ("channel_secret", "access_token", "key", "key_old")
NEEDED = frozenset(SECRETS) - {"key_old"}
UNKNOWN = "-"  # stands for a secret that was reported as missing
OWN = ("name", "destination", "channel_secret", "access_token", "key")  # no two channels share one

Destination = Annotated[str, matching(r"U[0-9a-f]{32}", "destination")]


class Row(Written):
    """One channel as it stands in the file; of secrets, what stands in the file that `…_file` names."""

    name: Annotated[Id, Field(max_length=40)]
    destination: Destination
    channel_secret: Words
    access_token: Words
    key: Words
    key_old: str = ""
    content_dir: Words
    locales_dir: str = ""
    account_id: str = ""
    feeds: str = ""
    push_reserve: Annotated[int, Field(ge=0)] | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """One LINE channel: its name, to whom LINE addresses its webhooks, and the settings as this city sees them."""

    name: str
    destination: (
        str  # empty for the only channel of the settings: whatever LINE says is meant for it
    )
    settings: Settings

    @property
    def secrets(self) -> list[str]:
        """The channel secret; two while it is being changed."""
        given = self.settings.line_channel_secret.split(",")
        return [one.strip() for one in given if one.strip()]


def load(settings: Settings) -> tuple[Channel, ...]:
    """All channels. Raises SettingsError with every mistake of the file at once."""
    if not settings.channels:
        return (Channel(DEFAULT_CHANNEL, "", settings),)
    file, problems = Path(settings.channels), list[Problem]()
    rows = _rows(file, problems)
    problems += _shared(file, rows)
    if problems:
        lines = (str(one) for one in sorted(set(problems)))
        raise SettingsError("\n".join(("Tomoni cannot start:", *lines)))
    return tuple(_channel(row, rows, settings) for row in rows.values())


def named(channels: Sequence[Channel], name: str | None) -> Channel:
    """The channel of this name; without a name, the only one. Raises SettingsError that names them all."""
    known = ", ".join(channel.name for channel in channels)
    if name is None and len(channels) > 1:
        raise SettingsError(f"Which channel? Add --channel with one of: {known}")
    for channel in channels:
        if name in {None, channel.name}:
            return channel
    raise SettingsError(f"There is no channel {name!r}. Known: {known}")


def _rows(file: Path, problems: list[Problem]) -> dict[int, Row]:
    """By their number in the file: those that can be read."""
    value = read(file, problems)
    if not isinstance(value, list) or not value:
        if not problems:
            problems.append(problem(file, "no-channels"))
        return {}
    found = {number: _row(file, row, number, problems) for number, row in enumerate(value)}
    return {number: row for number, row in found.items() if row is not None}


def _row(file: Path, value: Any, number: int, problems: list[Problem]) -> Row | None:
    if not isinstance(value, dict):
        problems.append(pointed(file, "wrong-shape", (number,), field=file.stem))
        return None
    given = dict(value)
    for name in SECRETS:
        problems += _secret(file, given, name, number)
    return check(file, given, Row, problems, at=(str(number),))


def _secret(file: Path, given: dict[str, Any], name: str, number: int) -> Iterator[Problem]:
    """Put the content of the file that `…_file` names in its place; what is missing is said once."""
    named_file = given.pop(f"{name}_file", None)
    if named_file is None and name not in given and name in NEEDED:
        yield pointed(file, "missing-secret", (number,), key=name)
    elif named_file is not None and name in given:
        yield pointed(file, "two-ways", (number, name), key=name)
    elif named_file is not None:
        try:
            given[name] = Path(str(named_file)).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            said = getattr(error, "strerror", None) or type(error).__name__
            yield pointed(file, "secret-file", (number, f"{name}_file"), key=name, value=said)
    if name in NEEDED:
        given.setdefault(name, UNKNOWN)


def _shared(file: Path, rows: Mapping[int, Row]) -> Iterator[Problem]:
    """What two channels have in common and must not: who is addressed, and whose people they are."""
    seen: dict[tuple[str, str], int] = {}
    for number, row in rows.items():
        for field in OWN:
            first = seen.setdefault((field, getattr(row, field)), number)
            if first != number and getattr(row, field) != UNKNOWN:
                yield pointed(file, "shared", (number, field), key=field, name=rows[first].name)


def _channel(row: Row, rows: Mapping[int, Row], settings: Settings) -> Channel:
    """What stands in the row goes before the settings; the rest is common."""
    own = replace(
        settings,
        channels="",
        line_channel_secret=row.channel_secret,
        line_channel_access_token=row.access_token,
        line_account_id=row.account_id,
        secret_key=row.key,
        secret_key_old=row.key_old,
        content_dir=Path(row.content_dir),
        locales_dir=Path(row.locales_dir) if row.locales_dir else settings.locales_dir,
        var_dir=settings.var_dir / _first_with(row, rows),
        feeds=row.feeds,
        push_reserve=settings.push_reserve if row.push_reserve is None else row.push_reserve,
    )
    return Channel(row.name, row.destination, own)


def _first_with(row: Row, rows: Mapping[int, Row]) -> str:
    """Channels with the same content learn once: what is learnt lies in the folder of the first."""
    return next(one.name for one in rows.values() if one.content_dir == row.content_dir)
