"""`flask bot schema`, `flask bot new …`: what helps staff to write."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from bot import chosen as chosen_of
from bot import newfiles, schemas
from bot.directory import JAPAN


@click.command("schema")
def schema_command() -> None:
    """Write JSON Schemas and editor settings, so that editors complete and underline."""
    changed = schemas.write(chosen_of.own().content_dir)
    click.echo("\n".join(str(file) for file in changed) or "nothing has changed")


@click.command("new")
@click.argument("kind", type=click.Choice(sorted(newfiles.QUESTIONS)))
def new_command(kind: str) -> None:
    """Ask in Japanese and write a good file. 日本語で聞いて、正しいファイルを作ります。"""
    chosen = chosen_of.own()
    answers = {one.key: click.prompt(one.ja, default=one.default, show_default=bool(one.default)).strip()
               for one in newfiles.QUESTIONS[kind]}  # fmt: skip
    today = datetime.now(UTC).astimezone(JAPAN).date()
    try:
        file = newfiles.write(kind, answers, chosen.content_dir, chosen.locales_dir, today)
    except newfiles.NotWritten as error:
        raise click.ClickException(f"書きませんでした。\n{error}") from error
    click.echo(f"{file} を書きました。開いて、見直してください。")
    if kind == "entry":
        click.echo("次に、住民の言い方を faq/phrases/<言語>.yaml に足してください（12個くらい）。")
