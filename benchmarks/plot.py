"""Bars as SVG, without a plotting package."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

SHOWN = (
    ("first", "right first"),
    ("refused", "out of scope refused"),
    ("wrong_alone", "wrong alone"),
)
COLOURS = {"first": "#1b6e53", "refused": "#7fb7a3", "wrong_alone": "#b3402e"}
BAR, GAP, LEFT, WIDE = 9, 10, 150, 420


def bars(lines: Sequence[Any]) -> str:
    """One group of bars a contestant, one block a task; shares from 0 to 1."""
    parts, y = [], 40
    for task in dict.fromkeys(line.task for line in lines):
        parts.append(_text(10, y, task, "bold"))
        y += 12
        for line in (line for line in lines if line.task == task):
            parts += _group(line, y)
            y += len(SHOWN) * BAR + GAP
        y += 24
    legend = [
        f'<rect x="{LEFT + n * 150}" y="10" width="10" height="10" fill="{COLOURS[key]}"/>'
        + _text(LEFT + 14 + n * 150, 19, title)
        for n, (key, title) in enumerate(SHOWN)
    ]
    size = f'width="{LEFT + WIDE + 60}" height="{y}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">'
        f'<rect width="100%" height="100%" fill="white"/>{"".join(legend + parts)}</svg>\n'
    )


def _group(line: Any, y: int) -> list[str]:
    parts = [_text(10, y + 2 * BAR, line.name)]
    if line.why:
        return [*parts, _text(LEFT, y + 2 * BAR, "could not run")]
    for n, (key, _) in enumerate(SHOWN):
        value, top = line.figures[key], y + n * BAR
        parts.append(f'<rect x="{LEFT}" y="{top}" width="{value * WIDE:.1f}" height="{BAR - 1}" '
                     f'fill="{COLOURS[key]}"/>')  # fmt: skip
        parts.append(
            f'<text x="{LEFT + value * WIDE + 3:.1f}" y="{top + BAR - 1}" font-size="9">{value:.3f}</text>'
        )
    return parts


def _text(x: int, y: int, text: str, weight: str = "normal") -> str:
    return f'<text x="{x}" y="{y}" font-weight="{weight}">{escape(text)}</text>'
