"""All of faq/ and its catalogs as one immutable snapshot, reloaded as a whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from bot import consistency, drafts, i18n
from bot.drafts import Draft
from bot.i18n import Catalog, Told, Words
from bot.last_good import LastGood
from bot.models import Contact, Danger, Entry, Gathering, Language
from bot.schedule import Schedule
from bot.source import Problem, check, pointed, problem, read
from bot.when import Calendar

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Content:
    """Everything that staff wrote, checked. `version` changes with any byte of it."""

    version: str
    languages: Mapping[str, Language]
    entries: Mapping[str, Entry]
    contacts: Mapping[str, Contact]
    gatherings: Mapping[str, Gathering]
    dangers: Mapping[str, Danger]
    calendar: Calendar
    japanese: Mapping[str, str]
    catalogs: Mapping[str, Catalog]
    words: Mapping[str, Words]
    drafts: tuple[Draft, ...] = ()

    @property
    def offered(self) -> tuple[str, ...]:
        """The languages with words of their own, in the order of languages.yaml."""
        return tuple(name for name in self.languages if name == "ja" or name in self.catalogs)

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages in which most answers can be read."""
        return tuple(name for name in self.offered if name == "ja" or name in self._mostly)

    @cached_property
    def schedule(self) -> Schedule:
        """What takes place and when."""
        return Schedule(self.gatherings)

    @cached_property
    def _mostly(self) -> frozenset[str]:
        texts = [f"{name}.answer" for name in self.entries]
        return frozenset(
            locale
            for locale in self.catalogs
            if sum(self.has(key, locale) for key in texts) > len(texts) / 2
        )

    def say(self, locale: str) -> Words:
        """The bot's own words in `locale`."""
        return self.words[locale if locale in self.words else "en"]

    def state(self, key: str, locale: str) -> i18n.State:
        """How far the text `key` may be trusted in `locale`."""
        if locale == "ja":
            return "current"
        return i18n.state_of(self.catalogs.get(locale, {}), key, self.japanese[key])

    def tell(self, key: str, locale: str) -> Told:
        """The text `key` in `locale` or the nearest language of its chain that has it."""
        for name in (locale, *self.chain(locale)):
            state = self.state(key, name)
            if state in {"draft", "current"}:
                text = self.japanese[key] if name == "ja" else self.catalogs[name][key].text
                return Told(text.strip(), name, state)
        return Told(self.japanese[key], "ja", "current")

    def chain(self, locale: str) -> tuple[str, ...]:
        """What is shown while a text is missing in `locale`, best first."""
        language = self.languages.get(locale)
        return language.fallback if language else ("ja-simple", "en", "ja")

    def has(self, key: str, locale: str) -> bool:
        """Whether `key` may be shown in `locale` itself."""
        return self.state(key, locale) in {"draft", "current"}

    @property
    def right_to_left(self) -> frozenset[str]:
        """The languages that are written from right to left."""
        return frozenset(name for name in self.languages if self.direction(name) == "rtl")

    def direction(self, locale: str) -> str:
        """ltr or rtl."""
        language = self.languages.get(locale)
        return language.direction if language else "ltr"


@dataclass(slots=True)
class _Reading:
    """What one reading of the folder found so far."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)


def load(folder: Path, locales_dir: Path) -> tuple[Content, list[Problem]]:
    """Read everything. The Content is complete only where the list of problems is empty."""
    reading = _Reading(folder)
    languages = _rows(reading, folder / "languages.yaml", Language)
    contacts = _mapping(reading, folder / "contacts.yaml", Contact)
    dangers = _mapping(reading, folder / "danger.yaml", Danger)
    entries = _entries(reading)
    gatherings = _folder(reading, sorted((folder / "gatherings").glob("*.yaml")), Gathering)
    content = Content(
        version=fingerprint(folder, locales_dir),
        languages={language.id: language for language in languages},
        entries=entries,
        contacts=contacts,
        gatherings=gatherings,
        dangers=dangers,
        calendar=Calendar({one.id: one for one in languages}, _dates(reading)),
        japanese=_japanese(entries, contacts, gatherings, dangers),
        catalogs=_catalogs(reading, locales_dir, languages),
        words=_words(reading, locales_dir, languages),
        drafts=tuple(reading.drafts),
    )
    reading.problems.extend(consistency.problems(content, folder, reading.files))
    return content, sorted(set(reading.problems))


def _entries(reading: _Reading) -> dict[str, Entry]:
    files = sorted(
        file
        for file in sorted(reading.folder.glob("*/*.yaml"))
        if file.parent.name not in {"phrases", "intents", "danger", "negatives", "gatherings"}
    )
    entries = _folder(reading, files, Entry)
    for entry in entries.values():
        file = reading.files[entry.id]
        if entry.area != file.parent.name:
            reading.problems.append(
                pointed(file, "wrong-folder", ("area",), value=entry.area, name=file.parent.name)
            )
        if entry.review_by <= entry.reviewed_on:
            dates = {"value": entry.review_by, "name": entry.reviewed_on}
            reading.problems.append(pointed(file, "review-order", ("review_by",), **dates))
    return entries


def _folder(reading: _Reading, files: Iterable[Path], model: type[Any]) -> dict[str, Any]:
    """One file a thing, named after its id."""
    found: dict[str, Any] = {}
    for file in files:
        value = read(file, reading.problems)
        if model is Entry and drafts.is_draft(value):
            reading.drafts.append(drafts.seen(file, value))
            continue
        item = check(file, value, model, reading.problems) if value is not None else None
        if item is None:
            continue
        if item.id != file.stem:
            reading.problems.append(
                pointed(file, "wrong-name", ("id",), value=item.id, name=file.stem)
            )
        if item.id in found:
            other = reading.files[item.id].name
            reading.problems.append(
                pointed(file, "duplicate-id", ("id",), value=item.id, name=other)
            )
        found[item.id] = item
        reading.files[item.id] = file
    return found


def _mapping(reading: _Reading, file: Path, model: type[Any]) -> dict[str, Any]:
    value = read(file, reading.problems)
    if not isinstance(value, dict):
        if value is not None:
            reading.problems.append(problem(file, "wrong-shape", field=file.stem))
        return {}
    rows = {
        key: check(file, row, model, reading.problems, at=(str(key),)) for key, row in value.items()
    }
    return {key: row for key, row in rows.items() if row is not None}


def _rows(reading: _Reading, file: Path, model: type[Any]) -> list[Any]:
    value = read(file, reading.problems)
    if not isinstance(value, list):
        if value is not None:
            reading.problems.append(problem(file, "wrong-shape", field=file.stem))
        return []
    rows = [check(file, row, model, reading.problems, at=(str(n),)) for n, row in enumerate(value)]
    return [row for row in rows if row is not None]


def _dates(reading: _Reading) -> dict[str, dict[str, list[str]]]:
    """How people name days, by language and meaning."""
    file = reading.folder / "dates.yaml"
    value = read(file, reading.problems) if file.exists() else {}
    if isinstance(value, dict) and all(isinstance(row, dict) for row in value.values()):
        return value
    reading.problems.append(problem(file, "wrong-shape", field=file.stem))
    return {}


def _japanese(
    entries: Mapping[str, Entry],
    contacts: Mapping[str, Contact],
    gatherings: Mapping[str, Gathering],
    dangers: Mapping[str, Danger],
) -> dict[str, str]:
    groups: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("", entries),
        ("contact.", contacts),
        ("gathering.", gatherings),
        ("danger.", dangers),
    )
    return {
        f"{prefix}{name}.{key}": text.strip()
        for prefix, things in groups
        for name, thing in things.items()
        for key, text in thing.texts().items()
    }


def _catalogs(
    reading: _Reading, locales_dir: Path, languages: Iterable[Language]
) -> dict[str, Catalog]:
    found: dict[str, Catalog] = {}
    for language in languages:
        file = locales_dir / language.id / "LC_MESSAGES" / "faq.po"
        try:
            catalog = i18n.load_catalog(file, language.babel)
        except (OSError, ValueError) as error:
            reading.problems.append(problem(file, "catalog", value=error))
            continue
        if catalog:
            found[language.id] = catalog
    return found


def _words(reading: _Reading, locales_dir: Path, languages: Iterable[Language]) -> dict[str, Words]:
    found = {"en": Words()}
    for language in languages:
        try:
            found[language.id] = i18n.load_words(locales_dir, language.id, language.fallback)
        except (OSError, ValueError) as error:
            file = locales_dir / language.id / "LC_MESSAGES" / "bot.po"
            reading.problems.append(problem(file, "catalog", value=error))
    return found


def files(folder: Path, locales_dir: Path) -> list[Path]:
    """Every file that the content is made of."""
    found = [*folder.rglob("*.yaml"), *folder.rglob("*.txt"), *locales_dir.rglob("*.po")]
    return sorted(file for file in found if not file.name.startswith("."))


Stamps = tuple[tuple[str, int, int], ...]


def stamps(folder: Path, locales_dir: Path) -> Stamps:
    """When each file was written and how large it is: changes with every saving."""
    found = []
    for file in files(folder, locales_dir):
        with contextlib.suppress(FileNotFoundError):  # an editor puts a new file in its place
            stat = file.stat()
            found.append((str(file), stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def fingerprint(folder: Path, locales_dir: Path) -> str:
    """A short name for exactly this content."""
    digest = hashlib.sha256()
    for file in files(folder, locales_dir):
        digest.update(str(file).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


class ContentError(Exception):
    """The content cannot be used at all: every problem, one a line."""

    def __init__(self, problems: Iterable[object]) -> None:
        self.problems = tuple(str(item) for item in problems)
        super().__init__("\n".join(self.problems))


def with_gatherings(content: Content, more: Mapping[str, Gathering]) -> Content:
    """The content with gatherings from elsewhere; their texts have no translation."""
    if not more:
        return content
    mark = hashlib.sha256(repr(sorted(more.items())).encode()).hexdigest()[:6]
    return replace(
        content,
        version=f"{content.version}+{mark}",
        gatherings={**content.gatherings, **more},
        japanese={**content.japanese, **_japanese({}, {}, more, {})},
    )


class Library:
    """Keeps the last good content and takes a new one only when all of it is right.

    With `last_good` also over a restart: then a mistake is no reason not to begin.
    """

    def __init__(self, folder: Path, locales_dir: Path, last_good: LastGood | None = None) -> None:
        self._folder, self._locales_dir, self._last_good = folder, locales_dir, last_good
        self._reloading = threading.Lock()
        self._seen = self._look()
        content, problems = load(folder, locales_dir)
        if problems:
            content = self._earlier(problems)
        else:
            self._keep(content)
        self._written = content
        self._imported: Mapping[str, Gathering] = {}
        self.content = content
        self.problems: list[Problem] = problems

    def take(self, imported: Mapping[str, Gathering]) -> bool:
        """What other calendars hold stands beside what staff wrote; says whether it is new."""
        known = {name: one for name, one in imported.items()
                 if one.organiser in self._written.contacts}  # fmt: skip
        if known == self._imported:
            return False
        self._imported = known
        self.content = with_gatherings(self._written, known)
        return True

    def refresh(self) -> bool:
        """Read again when a file has changed; says whether there is new content now."""
        seen = self._look()
        if seen == self._seen or not self._reloading.acquire(blocking=False):
            return False
        try:
            content, self.problems = load(self._folder, self._locales_dir)
            self._seen = seen
            for item in self.problems:
                log.error("content not taken, the last good one stays: %s", item)
            if not self.problems:
                self._keep(content)
                self._written = content
                self.content = with_gatherings(content, self._imported)
            return not self.problems
        except OSError as error:  # a file vanished while it was read: the next look tries again
            log.warning("content is changing, reading again: %s", error.strerror)
            return False
        finally:
            self._reloading.release()

    def _earlier(self, problems: list[Problem]) -> Content:
        """What was good before this start. Raises ContentError where nothing was."""
        found = self._last_good.find() if self._last_good else None
        content, more = load(*found) if found else (None, problems)
        if content is None or more:
            raise ContentError(problems)
        for item in problems:
            log.error("content not taken, that of before this start stays: %s", item)
        return content

    def _keep(self, content: Content) -> None:
        if self._last_good:
            where = (self._folder, self._locales_dir)
            self._last_good.keep(*where, content.version, lambda: fingerprint(*where))

    def _look(self) -> Stamps:
        return stamps(self._folder, self._locales_dir)
