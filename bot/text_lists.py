"""Lists of quoted texts, as phrases and danger words are written: read quickly, or left to the full reader."""

from __future__ import annotations

import json
import re
from typing import Any

_LIST = re.compile(r"( *)([A-Za-z0-9-]+): (\[.*\])$")
_NAME = re.compile(r"( *)([A-Za-z0-9-]+):$")
_ITEM = re.compile(r' +- ("([^"\\\x00-\x1f]*)"|".*")$')


def read(text: str) -> dict[str, Any] | None:
    """Lists of texts under one or two names; None for any other YAML, a mistake among them.

    Thirty thousand such lines take the full reader three seconds of every start.
    """
    try:
        found = _names(text)
    except ValueError:
        return None
    return found if found and all(_is_filled(value) for value in found.values()) else None


def _names(text: str) -> dict[str, Any]:
    """Raises ValueError for what is written in another way."""
    whole: dict[str, Any] = {}
    group, items = whole, list[str]()
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        if item := _ITEM.match(line):
            plain = item[2]  # without an escape: what is between the quotes
            items.append(json.loads(item[1]) if plain is None else plain)
            continue
        name = _LIST.match(line) or _NAME.match(line)
        if name is None or len(name[1]) not in {0, 2}:
            raise ValueError(line)
        if not name[1]:
            group = whole
        elif group is whole:
            group = _opened(whole)
        if name[2] in group:
            raise ValueError(line)
        items = json.loads(name[3]) if name.re is _LIST else []
        group[name[2]] = items
    return whole


def _opened(whole: dict[str, Any]) -> dict[str, Any]:
    """The last name turns out to hold names of its own."""
    last = next(reversed(whole), None)
    if last is None or whole[last] != []:
        raise ValueError(last)
    made: dict[str, Any] = {}
    whole[last] = made
    return made


def _is_filled(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(value) and all(_is_filled(inner) for inner in value.values())
    return bool(value) and all(isinstance(one, str) for one in value)
