"""`flask bot channels …`: which cities there are, and the end of one."""

from __future__ import annotations

import click

from bot import chosen
from bot.store import leaving


@click.group("channels")
def channels_commands() -> None:
    """The LINE channels of this deployment."""


@channels_commands.command("list")
def show() -> None:
    """Every channel with its content, and those that only the database still knows."""
    found = {one.name: one for one in chosen.every()}
    for one in found.values():
        click.echo(f"{one.name}  {one.settings.content_dir}  {one.destination}".rstrip())
    for name in sorted(leaving.known(chosen.database()) - set(found)):
        click.echo(
            f"{name}  is in no file: `flask bot channels remove {name}` deletes what is kept"
        )


@channels_commands.command("remove")
@click.argument("name")
@click.confirmation_option(prompt="Delete everything that is kept of this channel?")
def remove(name: str) -> None:
    """Delete all rows of NAME: its people, questions, counts, reminders, accounts of its staff alone."""
    if name in {one.name for one in chosen.every()}:
        raise click.ClickException(
            f"{name} still stands in CHANNELS (or is the only channel). Take it out and restart first."
        )
    click.echo(f"{leaving.remove(chosen.database(), name)} rows deleted")
