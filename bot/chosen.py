"""`--channel NAME` of the commands: whose files and rows a command in the terminal works on."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup

from bot import channels, settings
from bot.channels import Channel
from bot.settings import Settings, SettingsError
from bot.store import Store

FOR_ALL = frozenset({"worker"})
META = "tomoni.channel"


class Commands(AppGroup):
    """Commands of which each takes --channel, but those that are for all channels."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """With its option; without it, the only channel that there is."""
        there = any(
            one.name == "channel" for one in cmd.params
        )  # a command may be added to two apps
        if not there and not isinstance(cmd, click.Group) and (name or cmd.name) not in FOR_ALL:
            help_ = "The channel, where CHANNELS names several."
            cmd.params.append(
                click.Option(["--channel"], help=help_, expose_value=False, callback=_keep)
            )
        super().add_command(cmd, name)


def _keep(context: click.Context, _: click.Parameter, value: Any) -> None:
    context.meta[META] = value


def channel() -> Channel:
    """The channel that was named, or the only one; an error names them all."""
    return named(click.get_current_context().meta.get(META))


def named(name: str | None) -> Channel:
    """The channel of this name, or the only one."""
    try:
        return channels.named(every(), name)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error


def every() -> tuple[Channel, ...]:
    """All channels of the settings."""
    try:
        return channels.load(settings.load())
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def own() -> Settings:
    """The settings as this channel sees them."""
    return channel().settings


def store() -> Store:
    """The database as this channel sees it."""
    return database().seen_by(channel().name)


def database() -> Store:
    """The database of all channels, with today's tables."""
    made = Store(settings.load().database_url)
    made.migrate()
    return made
