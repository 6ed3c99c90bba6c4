"""`flask bot schema`, `flask bot new …`: what helps staff to write."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

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
    chosen, answers = chosen_of.own(), dict[str, str]()
    file: Path | None = None
    while file is None:
        answers = {
            one.key: _asked(one, answers.get(one.key, one.default))
            for one in newfiles.QUESTIONS[kind]
        }
        today = datetime.now(UTC).astimezone(JAPAN).date()
        try:
            file = newfiles.write(kind, answers, chosen.content_dir, chosen.locales_dir, today)
        except newfiles.NotWritten as error:
            click.echo(
                f"\n書きませんでした。\n{error}\n\nもう一度聞きます。Enter で、前の答えのままです。"
            )
    click.echo(f"{file} を書きました。開いて、見直してください。")
    if kind == "entry":
        click.echo("次に、住民の言い方を faq/phrases/<言語>.yaml に足してください（12個くらい）。")


def _asked(question: newfiles.Question, default: str) -> str:
    return str(click.prompt(question.ja, default=default, show_default=bool(default))).strip()
