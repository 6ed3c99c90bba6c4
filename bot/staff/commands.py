"""`flask bot staff …`: who may open the page for staff."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import click

from bot import settings
from bot.staff.accounts import SHORTEST, hashed
from bot.store import Staff, Store

NAME = re.compile(r"[\w.@+-]{2,60}")


@click.group("staff")
def staff_commands() -> None:
    """Accounts for the page at /staff."""


def _staff() -> Staff:
    store = Store(settings.load().database_url)
    store.migrate()
    return Staff(store)


@staff_commands.command("add")
@click.argument("name")
def add(name: str) -> None:
    """A new account, or a new password for NAME; the password is asked for twice."""
    if not NAME.fullmatch(name):
        raise click.UsageError("Write the name with 2 to 60 letters, digits, or . @ + - _")
    password = click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
    if len(password) < SHORTEST:
        raise click.ClickException(
            f"The password needs {SHORTEST} characters or more. Take a few words."
        )
    if name.casefold() in password.casefold():
        raise click.ClickException("The password must not contain the name.")
    accounts, now = _staff(), datetime.now(UTC)
    accounts.add(name, hashed(password), now)
    accounts.note("terminal", f"account: {name} added", now)
    click.echo(f"{name} may sign in at /staff. Is STAFF=on set?")


@staff_commands.command("list")
def show() -> None:
    """Every account, since when, and whether it is locked."""
    now = datetime.now(UTC)
    for one in _staff().all():
        locked = one.locked_until is not None and one.locked_until > now
        click.echo(
            f"{one.name}  since {one.added_on}{'  locked for some minutes' if locked else ''}"
        )


@staff_commands.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Take an account away; who is signed in with it is signed out."""
    accounts = _staff()
    if not accounts.remove(name):
        raise click.ClickException(f"There is no account {name}. See `flask bot staff list`.")
    accounts.note("terminal", f"account: {name} removed", datetime.now(UTC))
    click.echo(f"{name} removed")
