"""`flask bot check`: everything that staff edit, at once or after every saving."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime

import click

from bot import content as content_of
from bot import freshness, limits, links, phrase_check, phrases, translations
from bot.content import Stamps
from bot.settings import Settings

LOOK_EVERY = 0.5  # seconds


def check(chosen: Settings, strict: bool, ask_links: bool) -> bool:
    """Say every problem; whether there was none."""
    content, mistakes = content_of.load(chosen.content_dir, chosen.locales_dir)
    found, unread = phrases.load(chosen.content_dir)
    more = phrase_check.problems(content, chosen.content_dir, found) if not mistakes else []
    long = limits.problems(content, chosen.content_dir, chosen.locales_dir) if not mistakes else []
    wrong = translations.wrong(content, chosen.locales_dir)
    problems = sorted({*mistakes, *unread, *more, *long, *wrong})
    for one in problems:
        click.echo(str(one))
    for draft in content.drafts:
        click.echo(
            f"{draft.where}: 下書きです。住民には見えません。/ A draft, seen by no resident."
        )
        for lack in draft.lacks:
            click.echo(f"  {lack}")
    if strict:
        for sentence in freshness.stale(content, datetime.now(UTC).date()):
            click.echo(sentence)
    if ask_links:
        for sentence in links.dead(content, links.ask):
            click.echo(sentence)
    if problems:
        click.echo(f"\n{len(problems)} problems / 問題が {len(problems)} 件あります。")
        return False
    click.echo(
        f"{len(content.entries)} entries, {len(content.contacts)} contacts, "
        f"{len(content.gatherings)} gatherings, {len(found)} phrases, "
        f"{len(content.locales)} languages: all right / 問題はありません。"
    )
    return True


def watch(chosen: Settings, strict: bool, ask_links: bool) -> None:
    """Now, and again after every saving; ends with Ctrl+C."""
    seen = content_of.stamps(chosen.content_dir, chosen.locales_dir)
    check(chosen, strict, ask_links)
    click.echo(
        "保存するたびに、もう一度調べます。終わりは Ctrl+C です。/ Watching; Ctrl+C ends it."
    )
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(LOOK_EVERY)
            seen = _again(chosen, strict, seen)


def _again(chosen: Settings, strict: bool, seen: Stamps) -> Stamps:
    now = content_of.stamps(chosen.content_dir, chosen.locales_dir)
    if now == seen:
        return seen
    click.echo(f"--- {datetime.now(UTC).astimezone():%H:%M:%S}")
    try:
        check(chosen, strict, ask_links=False)
    except FileNotFoundError:  # an editor puts a new file in its place: the next look finds it
        return seen
    return now
