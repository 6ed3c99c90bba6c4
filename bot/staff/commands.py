"""`flask bot staff …`: who may open the page for staff."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import click

from bot import chosen
from bot.staff.accounts import SHORTEST, hashed
from bot.store import Staff
from bot.store.staff import EVERY, NONE

NAME = re.compile(r"[\w.@+-]{2,60}")


@click.group("staff")
def staff_commands() -> None:
    """Accounts for the page at /staff."""


def _staff(channel: str = EVERY) -> Staff:
    """The accounts, and the record of the channel of the account; the first one's where it is for all."""
    return Staff(chosen.database().seen_by(channel or chosen.every()[0].name))


def _allowed(name: str | None) -> str:
    """What --channel says as an account keeps it: one of several channels, or all of them."""
    known = [channel.name for channel in chosen.every()]
    if (name is None and len(known) == 1) or (name == "all" and name not in known):
        return EVERY
    if name not in known:
        raise click.UsageError(f"Which channel? Add one of: {', '.join([*known, 'all'])}")
    return name


@staff_commands.command("add")
@click.argument("name")
@click.option("--channel", help="Whose pages they see, where CHANNELS names several: one, or all.")
def add(name: str, channel: str | None) -> None:
    """A new account, or a new password for NAME; the password is asked for twice."""
    if not NAME.fullmatch(name):
        raise click.UsageError("Write the name with 2 to 60 letters, digits, or . @ + - _")
    where = _allowed(channel)
    password = click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
    if len(password) < SHORTEST:
        raise click.ClickException(
            f"The password needs {SHORTEST} characters or more. Take a few words."
        )
    if name.casefold() in password.casefold():
        raise click.ClickException("The password must not contain the name.")
    accounts, now = _staff(where), datetime.now(UTC)
    accounts.add(name, hashed(password), now, where)
    accounts.note("terminal", f"account: {name} added", now)
    click.echo(f"{name} may sign in at /staff. Is STAFF=on set?")


@staff_commands.command("list")
def show() -> None:
    """Every account, since when, and whether it is locked."""
    now = datetime.now(UTC)
    for one in _staff().all():
        locked = one.locked_until is not None and one.locked_until > now
        where = {EVERY: "", NONE: "  no channel yet"}.get(one.channel, f"  {one.channel}")
        click.echo(
            f"{one.name}  since {one.added_on}{where}{'  locked for some minutes' if locked else ''}"
        )


@staff_commands.command("channel")
@click.argument("name")
@click.argument("channel")
def move(name: str, channel: str) -> None:
    """Give the account NAME the pages of CHANNEL, or of `all`."""
    where = _allowed(channel)
    accounts = _staff(where)
    if not accounts.move(name, where):
        raise click.ClickException(f"There is no account {name}. See `flask bot staff list`.")
    accounts.note("terminal", f"account: {name} sees {channel}", datetime.now(UTC))
    click.echo(f"{name} sees {channel}")


@staff_commands.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Take an account away; who is signed in with it is signed out."""
    accounts = _staff()
    if not accounts.remove(name):
        raise click.ClickException(f"There is no account {name}. See `flask bot staff list`.")
    accounts.note("terminal", f"account: {name} removed", datetime.now(UTC))
    click.echo(f"{name} removed")
