"""Every sentence in every language: catalogs of the bot's own words and of the content, with their state."""

from __future__ import annotations

import gettext
import hashlib
import io
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polib

from bot.figures import differing
from bot.remembered import Remembered

State = Literal["missing", "draft", "outdated", "current", "wrong"]
SOURCE = "en"
CATALOGS = 64  # that are remembered
MADE_FROM = re.compile(r"^ja:([0-9a-f]{12})$", re.MULTILINE)
HOLE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Translation:
    """One translated text and how far it may be trusted; `of` is the Japanese it was made from.

    `wrong`: its numbers or holes are not those of the Japanese. Like an outdated one it is never shown.
    `before` is the Japanese that a translator saw, where a tool has put newer one in its place.
    """

    text: str
    state: State
    of: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A text as it will be shown: in which language it really is, and its state there."""

    text: str
    locale: str
    state: State


Catalog = Mapping[str, Translation]


def fill(sentence: str, holes: Mapping[str, object]) -> str:
    """Named holes only, filled with text only: `str.format` on a translation could read secrets."""
    return HOLE.sub(lambda hole: str(holes.get(hole[1], hole[0])), sentence)


class _Missing(gettext.NullTranslations):
    """What a catalog falls back to: it says that it has no such sentence."""

    def gettext(self, message: str) -> str:
        return ""


class Words:
    """The bot's own sentences in one language. Call it with the English sentence and its holes.

    Catalogs are asked in turn, so that languages which fall back to the same one share it.
    """

    def __init__(self, catalogs: Sequence[gettext.NullTranslations] = ()) -> None:
        self._catalogs = catalogs

    def __call__(self, sentence: str, **holes: object) -> str:
        said = (catalog.gettext(sentence) for catalog in self._catalogs)
        return fill(next(filter(None, said), sentence), holes)


def mark(sentence: str) -> str:
    """Marks a sentence for extraction where it is written long before it is said."""
    return sentence


def load_words(locales_dir: Path, locale: str, fallback: tuple[str, ...]) -> Words:
    """The bot's words in `locale`; what is missing there comes from its fallbacks, last from English."""
    if locale == SOURCE:
        return Words()  # the sentences in the code are English
    files = [locales_dir / name / "LC_MESSAGES" / "bot.po" for name in (locale, *fallback)]
    return Words([_words_of(file.read_text(encoding="utf-8")) for file in files if file.exists()])


def load_catalog(file: Path, babel_locale: str) -> Catalog:
    """The translations of faq/ in one language, by `msgctxt`. Raises OSError when it cannot be read."""
    return _catalog_of(file.read_text(encoding="utf-8"), babel_locale) if file.exists() else {}


def _read_words(text: str) -> gettext.NullTranslations:
    found = gettext.GNUTranslations(io.BytesIO(polib.pofile(text).to_binary()))
    found.add_fallback(_Missing())
    return found


def _read_catalog(text: str, babel_locale: str) -> Catalog:
    """The Japanese of a text is one string for all languages."""
    return {
        item.msgctxt: Translation(
            item.msgstr,
            _state(item, babel_locale),
            sys.intern(item.msgid),
            item.previous_msgid or "",
        )
        for item in polib.pofile(text)
        if item.msgctxt and not item.obsolete
    }


# Reading all catalogs takes a second.
_words_of, _catalog_of = Remembered(_read_words, CATALOGS), Remembered(_read_catalog, CATALOGS)


def line_of(file: Path, key: str) -> int:
    """The line of a catalog on which the text `key` begins; 1 where it has none."""
    lines = file.read_text(encoding="utf-8").splitlines()
    wanted = f'msgctxt "{key}"'
    return lines.index(wanted) + 1 if wanted in lines else 1


def _state(item: polib.POEntry, babel_locale: str) -> State:
    if not item.msgstr.strip():
        return "missing"
    if item.fuzzy and (item.previous_msgid or _of_other_words(item)):
        return "outdated"
    if differences(item.msgid, item.msgstr, babel_locale):
        return "wrong"
    return "draft" if item.fuzzy else "current"


def fingerprint(key: str, japanese: str) -> str:
    """Ties a translation to the words it was made from, in a catalog or a spreadsheet."""
    return hashlib.sha256(f"{key}\0{japanese.strip()}".encode()).hexdigest()[:12]


def _of_other_words(item: polib.POEntry) -> bool:
    """Whether a tool has put this translation under other Japanese: its comment goes with it, and tells.

    `msgmerge` without --previous and fuzzy matching over keys leave no other trace.
    """
    made_from = MADE_FROM.search(item.tcomment)
    return made_from is not None and made_from[1] != fingerprint(item.msgctxt, item.msgid)


def differences(japanese: str, translation: str, babel_locale: str) -> list[str]:
    """The numbers and holes that only one of the two texts has."""
    holes = set(HOLE.findall(japanese)) ^ set(HOLE.findall(translation))
    return differing(japanese, translation, babel_locale) + [f"{{{one}}}" for one in sorted(holes)]


def state_of(catalog: Catalog, key: str, japanese: str) -> State:
    """The state of one text. Japanese that has changed makes a translation outdated, whatever tool ran."""
    found = catalog.get(key)
    if found is None or found.state == "missing":
        return "missing"
    return found.state if found.of.strip() == japanese.strip() else "outdated"
