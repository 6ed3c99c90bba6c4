"""The quick reader says the same as the full one, or leaves the file to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT
from ruamel.yaml import YAML

from bot import text_lists

FILES = sorted(
    file
    for name in ("phrases", "intents", "danger")
    for file in (ROOT / "faq" / name).glob("*.yaml")
)


@pytest.mark.parametrize("file", FILES[::7], ids=lambda file: f"{file.parent.name}/{file.name}")
def test_what_is_read_quickly_is_what_is_written(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text_lists.read(text) == YAML(typ="base", pure=True).load(text)


@pytest.mark.parametrize(
    "text",
    [
        "a:\n  - unquoted\n",
        'a:\n  - "one"\na:\n  - "again"\n',
        "a:\n",
        "a: [1, 2]\n",
        'a:\n    deep:\n      - "x"\n',
        '  - "nobody\'s"\n',
        'a:\n  - "open\n',
        "",
    ],
)
def test_everything_else_is_left_to_the_full_reader(text: str) -> None:
    assert text_lists.read(text) is None
