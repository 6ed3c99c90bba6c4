"""What one file of faq/ says of another: contacts, related entries, dates that can be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.gatherings import occurrences
from bot.models import Gathering
from bot.source import Problem, pointed

if TYPE_CHECKING:
    from bot.content import Content

RULE_LOOK = timedelta(days=1100)  # a rule that has no date in three years is a mistake


@dataclass(frozen=True, slots=True)
class _Looking:
    """Where to look, and what was found."""

    folder: Path
    files: Mapping[str, Path]
    found: list[Problem] = field(default_factory=list)


def problems(content: Content, folder: Path, files: Mapping[str, Path]) -> list[Problem]:
    """All that does not fit; `files` says in which file each entry and gathering is."""
    reading = _Looking(folder, files)
    _entries(reading, content)
    _gatherings(reading, content)
    _contacts(reading, content)
    _dangers(reading, content)
    return reading.found


def _entries(reading: _Looking, content: Content) -> None:
    contacts, entries = set(content.contacts), set(content.entries)
    for entry in content.entries.values():
        file = reading.files[entry.id]
        _known(reading, file, "unknown-contact", ("contacts",), entry.contacts, contacts)
        _known(reading, file, "unknown-entry", ("related",), entry.related, entries)
        _no_braces(reading, file, entry.texts())


def _gatherings(reading: _Looking, content: Content) -> None:
    contacts = set(content.contacts)
    for gathering in content.gatherings.values():
        file = reading.files[gathering.id]
        _known(reading, file, "unknown-contact", ("organiser",), (gathering.organiser,), contacts)
        _takes_place(reading, file, gathering)
        _no_braces(reading, file, gathering.texts())


def _contacts(reading: _Looking, content: Content) -> None:
    contacts = set(content.contacts)
    file = reading.folder / "contacts.yaml"
    for name, contact in content.contacts.items():
        onward = (contact.passes_on,) if contact.passes_on else ()
        _known(reading, file, "unknown-contact", (name, "passes_on"), onward, contacts)
        if not (contact.phones or contact.mail or contact.passes_on or contact.url):
            reading.found.append(pointed(file, "no-way", (name,)))


def _dangers(reading: _Looking, content: Content) -> None:
    contacts, entries = set(content.contacts), set(content.entries)
    file = reading.folder / "danger.yaml"
    for name, danger in content.dangers.items():
        _known(reading, file, "unknown-entry", (name, "entry"), (danger.entry,), entries)
        _known(reading, file, "unknown-contact", (name, "more"), danger.more, contacts)


def _known(
    reading: _Looking, file: Path, code: str, path: tuple[str, ...],
    names: Iterable[str], known: set[str],
) -> None:  # fmt: skip
    for number, name in enumerate(names):
        if name in known:
            continue
        near = difflib.get_close_matches(name, known, 1, 0.7)
        full = f"{code}-near" if near else code
        reading.found.append(pointed(file, full, (*path, number), value=name, near="".join(near)))


def _no_braces(reading: _Looking, file: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        if "{" in text or "}" in text:
            reading.found.append(pointed(file, "placeholder", tuple(name.split(".")), value="{}"))


def _takes_place(reading: _Looking, file: Path, gathering: Gathering) -> None:
    """Dates that can be: an end after the start, a rule with dates, changes of dates that there are."""
    start, end = gathering.starts_at, gathering.ends_at
    if start is None:
        return
    if end is not None and str(end) < str(start)[: len(str(end))]:
        reading.found.append(pointed(file, "end-before-start", ("ends_at",), value=end, name=start))
        return
    first = start.date() if isinstance(start, datetime) else start
    plain = gathering.model_copy(update={"changes": ()})
    if gathering.repeat:
        if gathering.repeat.until and gathering.repeat.until < first:
            path, until = ("repeat", "until"), gathering.repeat.until
            reading.found.append(pointed(file, "over-before", path, value=until, name=first))
            return
        try:
            found = occurrences({gathering.id: plain}, first, first + RULE_LOOK)
        except ValueError:
            found = []
        if not found:
            reading.found.append(pointed(file, "never", ("repeat",)))
            return
        if found[0].day != first and first not in gathering.repeat.except_on:
            reading.found.append(pointed(file, "start-off-rule", ("starts_at",), value=first))
    for number, change in enumerate(gathering.changes):
        days = {one.day for one in occurrences({gathering.id: plain}, change.on, change.on)}
        if change.on not in days:
            reading.found.append(
                pointed(file, "no-such-date", ("changes", number, "on"), value=change.on)
            )
