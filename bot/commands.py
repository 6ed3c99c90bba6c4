"""`flask bot …`: what staff and those who run the bot do in a terminal."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from bot import channels as channels_of
from bot import chosen as chosen_of
from bot import cities as cities_of
from bot import content as content_of
from bot import dispatch, logs, settings, translations
from bot.chosen import Commands
from bot.content import Library
from bot.desk import Knowledge
from bot.learning import Learner
from bot.messages import Card, Incoming, Person, Reply, Text
from bot.settings import Settings, SettingsError
from handlers import HANDLERS

bot_commands = Commands("bot", help="Ask, check, measure, translate.")


class Moment(click.ParamType[datetime]):
    """An aware ISO moment."""

    name = "moment"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        """`2026-12-01T10:00+09:00`; without an offset it is refused."""
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a moment like 2026-12-01T10:00+09:00.")
        if at.tzinfo is None:
            self.fail(f"{value!r} says no offset from UTC: write +09:00 behind it for Japan.")
        return at


@bot_commands.command()
@click.argument("text", required=False)
@click.option(
    "--json", "as_json", is_flag=True, help="One message a line in, one JSON object a line out."
)
@click.option("--locale", help="The language that the person chose.")
@click.option("--now", type=Moment(), help="The clock, e.g. 2026-12-01T10:00+09:00.")
def ask(text: str | None, as_json: bool, locale: str | None, now: datetime | None) -> None:
    """Answer a question here, as in LINE."""
    if text is None and not as_json:
        raise click.UsageError("Write a question in quotation marks, or use --json.")
    knowledge = _knowledge(chosen_of.own())
    if locale and locale not in knowledge.content.languages:
        known = " ".join(knowledge.content.languages)
        raise click.UsageError(f"There is no locale {locale!r}. Known: {known}")
    at = now or datetime.now(UTC)
    if not as_json:
        _print(_reply(text or "", locale, at, knowledge))
        return
    for line in [text] if text is not None else _lines():
        reply = _reply(line, locale, at, knowledge)
        click.echo(json.dumps(_summary(line, reply), ensure_ascii=False))


def _lines() -> Iterator[str]:
    """Standard input as UTF-8, whatever the terminal thinks; a broken byte breaks no line."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _learner(chosen: Settings) -> Learner:
    try:
        library = Library(chosen.content_dir, chosen.locales_dir)
    except content_of.ContentError as error:
        raise click.ClickException(str(error)) from error
    return Learner(library.content, chosen)


def _knowledge(chosen: Settings) -> Knowledge:
    learner = _learner(chosen)
    learner.finish()
    return learner.knowledge


@bot_commands.command()
def learn() -> None:
    """Learn from the phrases, and keep the semantic half in learnt/ for every other machine."""
    learner = _learner(chosen_of.own())
    learner.ship()
    click.echo(f"learnt: {learner.state()}")


@bot_commands.command()
def worker() -> None:
    """Answer received messages beside the web processes, here or on another machine (PostgreSQL)."""
    chosen = settings.load()
    if chosen.simulated or chosen.database_url.startswith("sqlite"):
        raise click.ClickException(
            "A worker needs the web processes' LINE values and DATABASE_URL=postgresql+psycopg://…"
        )
    logs.setup(chosen.log_level)
    try:
        chosen = replace(chosen, workers=chosen.workers or 4)
        cities = cities_of.opened(chosen, channels_of.load(chosen), HANDLERS)
    except (content_of.ContentError, SettingsError) as error:
        raise click.ClickException(str(error)) from error
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    cities.start()
    ended.wait()
    cities.stop()


def _reply(text: str, locale: str | None, now: datetime, knowledge: Knowledge) -> Reply:
    incoming = Incoming("text", now, person="terminal", text=text)
    person = Person("terminal", locale=locale)
    return dispatch.answer(incoming, person, now, knowledge.content, knowledge.matcher, HANDLERS)


def _summary(text: str, reply: Reply) -> dict[str, Any]:
    summary = {
        "text": text,
        "locale": reply.locale,
        "outcome": reply.outcome,
        "entries": list(reply.entries),
        "contacts": list(reply.contacts),
        "score": None if reply.score is None else round(reply.score, 4),
    }
    return summary | ({"range": list(reply.range)} if reply.range else {})


def _print(reply: Reply) -> None:
    for part in reply.parts:
        for card in part if isinstance(part, tuple) else (part,):
            click.echo(_as_text(card) + "\n")
    labels = [choice.label for choice in reply.choices]
    if labels:
        click.echo("  ".join(f"[{label}]" for label in labels))


def _as_text(part: Card | Text) -> str:
    if isinstance(part, Text):
        return part.body
    lines = ["-" * 40 if line.style == "rule" else line.text for line in part.lines]
    buttons = [f"[{choice.label}]" for choice in part.choices]
    return "\n".join([f"== {part.title}", *lines, *buttons])


@bot_commands.command()
@click.option("--strict", is_flag=True, help="Also what is old, unverified or undated.")
@click.option("--links", is_flag=True, help="Also ask each link once whether its page is there.")
@click.option("--watch", is_flag=True, help="Check again after every saving, until Ctrl+C.")
def check(strict: bool, links: bool, watch: bool) -> None:
    """Check all content files at once; exit code 1 when something is wrong."""
    from bot import checking

    chosen = chosen_of.own()
    if watch:
        checking.watch(chosen, strict, links)
    elif not checking.check(chosen, strict, links):
        sys.exit(1)


@bot_commands.command()
@click.option("--dead", is_flag=True, help="List the events that were given up, with the reason.")
def inbox(dead: bool) -> None:
    """What was received and where it stands; never what people wrote."""
    from bot.store import Inbox

    rows = Inbox(chosen_of.store())
    for state, count in sorted(rows.counts().items()):
        click.echo(f"{state:10} {count}")
    for number, at, reason in rows.dead_rows() if dead else ():
        click.echo(f"{number}  {at.isoformat(timespec='seconds')}  {reason}")


class Limit(click.ParamType[tuple[str, float]]):
    """A figure and its limit, as in first=0.9."""

    name = "figure=limit"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, float]:
        """`first=0.9`; the name must be one of the figures of evaluate."""
        from bot.evaluate import FIGURES

        name, _, limit = str(value).partition("=")
        if name not in (*FIGURES, "p50_ms", "p95_ms"):
            self.fail(f"{name!r} is not a figure. Known: {', '.join(FIGURES)}, p50_ms, p95_ms.")
        try:
            return name, float(limit)
        except ValueError:
            self.fail(f"{limit!r} is not a number: write {name}=0.9.")


@bot_commands.command()
@click.option("--days", default=60, help="How far ahead.")
def gatherings(days: int) -> None:
    """The coming dates, where each comes from, and how many people will be reminded."""
    from bot import gatherings as dates
    from bot.calendars import Feeds, sources
    from bot.directory import JAPAN
    from bot.reminders import About
    from bot.store import Reminders

    chosen, now, store = chosen_of.own(), datetime.now(UTC), chosen_of.store()
    library = Library(chosen.content_dir, chosen.locales_dir)
    feeds = Feeds(sources(chosen.feeds), chosen.var_dir / "feeds")
    library.take(feeds.gatherings(now, library.content.calendar.kind))
    content, waiting = library.content, Reminders(store).planned()
    today = now.astimezone(JAPAN).date()
    for one in dates.occurrences(content.gatherings, today, today + timedelta(days=days)):
        gathering = content.gatherings[one.gathering]
        origin = "imported" if one.gathering.startswith("import-") else f"{one.gathering}.yaml"
        state = "cancelled" if one.cancelled else "moved" if one.moved_from else ""
        people = waiting.get(str(About("at", one.gathering, one.starts_at)), 0)
        at = one.starts_at.astimezone(JAPAN)
        click.echo(
            f"{at:%Y-%m-%d %H:%M}  {people:3} reminders  {origin}  {gathering.title}  {state}"
        )
    for open_one in dates.undated(content.gatherings.values()):
        click.echo(f"no date yet       {open_one.id}.yaml  {open_one.title}")


@bot_commands.command()
def reminders() -> None:
    """Send the reminders that are due now, for those who run it by a timer; then say what waits."""
    parts = cities_of.Opener(HANDLERS).built(chosen_of.channel(), chosen_of.store())
    sent = parts.jobs.tick(datetime.now(UTC))
    counts = parts.jobs.reminders.counts()
    click.echo(
        f"{sent} sent, {counts.get('waiting', 0)} wait, {counts.get('missed', 0)} to be told"
    )


@bot_commands.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--locale", help="The language of the questions; without it, the name of each file.")
@click.option("--unchosen", is_flag=True, help="As people who have not chosen a language.")
@click.option("--mistakes", is_flag=True, help="What is taken for what, and the worst mistakes.")
@click.option("--at-least", type=Limit(), multiple=True, help="Exit 1 under it: first=0.9")
@click.option("--at-most", type=Limit(), multiple=True, help="Exit 1 over it: wrong_alone=0.03")
def evaluate(
    files: tuple[Path, ...],
    as_json: bool,
    locale: str | None,
    unchosen: bool,
    mistakes: bool,
    at_least: tuple[tuple[str, float], ...],
    at_most: tuple[tuple[str, float], ...],
) -> None:
    """Measure matching on files of questions (kind, topics, text; tab-separated), named <locale>.tsv."""
    from bot import evaluate as evaluation

    knowledge = _knowledge(chosen_of.own())
    results = [
        evaluation.measure(file, knowledge, HANDLERS, locale, not unchosen) for file in files
    ]
    if as_json:
        click.echo(json.dumps([one.figures() for one in results], ensure_ascii=False))
    else:
        click.echo(evaluation.table(results))
        click.echo(evaluation.mistakes(results) if mistakes else "")
    failed = evaluation.failures(results, dict(at_least), dict(at_most))
    for sentence in failed:
        click.echo(sentence, err=True)
    if failed:
        sys.exit(1)


@bot_commands.command()
@click.argument("text")
@click.option("--locale", help="The language that the person chose.")
def explain(text: str, locale: str | None) -> None:
    """Why a message is understood as it is: language, both halves, how sure, which way to answer."""
    from bot import explain as explaining

    knowledge = _knowledge(chosen_of.own())
    click.echo(explaining.explain(text, locale, datetime.now(UTC), knowledge, HANDLERS))


@bot_commands.group("translations", cls=Commands)
def translations_commands() -> None:
    """The state of every language, and the way in and out for translators."""


def _content(chosen: Settings) -> content_of.Content:
    content, problems = content_of.load(chosen.content_dir, chosen.locales_dir)
    if problems:
        raise click.ClickException("\n".join(str(problem) for problem in problems))
    return content


@translations_commands.command("status")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def translations_status(as_json: bool) -> None:
    """How many texts of each language are missing, draft, outdated, current."""
    found = translations.status(_content(chosen_of.own()))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    states = ("current", "draft", "outdated", "missing")
    click.echo("  ".join(f"{name:>10}" for name in ("locale", *states)))
    for locale, counts in found.items():
        cells = (locale, *(str(counts.get(state, 0)) for state in states))
        click.echo("  ".join(f"{cell:>10}" for cell in cells))


@translations_commands.command("sync")
@click.argument("locales", nargs=-1)
def translations_sync(locales: tuple[str, ...]) -> None:
    """Bring catalogs to today's Japanese; a new LOCALE gets its empty catalog."""
    chosen = chosen_of.own()
    content = _content(chosen)
    for locale in locales or tuple(content.catalogs):
        if locale not in content.languages or locale == "ja":
            raise click.UsageError(f"{locale} is not a language to translate into.")
        waiting = translations.sync(content, chosen.locales_dir, locale)
        click.echo(f"{locale}: {waiting} texts wait for a translator")


@translations_commands.command("reword")
@click.argument("entry")
def translations_reword(entry: str) -> None:
    """The Japanese of ENTRY was only reworded: keep its translations."""
    chosen = chosen_of.own()
    kept = translations.reword(_content(chosen), chosen.locales_dir, entry)
    click.echo(f"{entry}: {kept} translations kept")


@translations_commands.command("rename")
@click.argument("old")
@click.argument("new")
def translations_rename(old: str, new: str) -> None:
    """Give an entry another id in all files and catalogs."""
    chosen = chosen_of.own()
    content = _content(chosen)
    if old not in content.entries or new in content.entries:
        raise click.UsageError(f"{old} must exist and {new} must not.")
    for file in translations.rename(chosen.content_dir, chosen.locales_dir, old, new):
        click.echo(str(file))


@translations_commands.command("export-xlsx")
@click.argument("locale")
@click.option("--to", "file", type=click.Path(path_type=Path), help="Default: <locale>.xlsx")
def translations_export(locale: str, file: Path | None) -> None:
    """A spreadsheet for a translator."""
    content = _content(chosen_of.own())
    if locale not in content.languages or locale == "ja":
        raise click.UsageError(f"{locale} is not a language to translate into.")
    target = file or Path(f"{locale}.xlsx")
    click.echo(f"{target}: {translations.export(content, locale, target)} texts")


@translations_commands.command("import-xlsx")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
def translations_import(file: Path) -> None:
    """Take a translator's spreadsheet; stale or broken rows are refused one by one."""
    chosen = chosen_of.own()
    try:
        taken, refused = translations.take(_content(chosen), chosen.locales_dir, file)
    except translations.Refused as error:
        raise click.ClickException(str(error)) from error
    for sentence in refused:
        click.echo(sentence)
    click.echo(f"{taken} texts taken, {len(refused)} refused")
    if refused:
        sys.exit(1)
