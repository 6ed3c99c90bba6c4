"""Bars as SVG, drawn here: no script, no style, and the same numbers stand in a table beside them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from bot.staff.tally import SMALL

WIDTH, HEIGHT, ROW = 640, 160, 26
LABELS = 8  # under the days


def columns(title: str, rows: Sequence[tuple[str, int]]) -> Markup:
    """One column a day; a day with too few messages is a dot."""
    most = max((count for _, count in rows), default=0) or 1
    step = WIDTH / max(len(rows), 1)
    parts = []
    for place, (name, count) in enumerate(rows):
        left = place * step
        if 0 < count < SMALL:
            parts.append(
                f'<circle class="few" cx="{left + step / 2:.1f}" cy="{HEIGHT - 4}" r="1.5"/>'
            )
        elif count:
            high = count / most * (HEIGHT - 12)
            parts.append(f'<rect class="bar" x="{left:.1f}" y="{HEIGHT - high:.1f}" '
                         f'width="{max(step - 1, 0.8):.1f}" height="{high:.1f}"/>')  # fmt: skip
        if place % max(len(rows) // LABELS, 1) == 0:
            parts.append(f'<text x="{left:.1f}" y="{HEIGHT + 16}">{escape(name[5:])}</text>')
    return _svg(title, WIDTH, HEIGHT + 22, parts)


def bars(title: str, rows: Sequence[tuple[str, int]]) -> Markup:
    """One bar a row, the longest as wide as there is room; too few is only a line."""
    most = max((count for _, count in rows), default=0) or 1
    parts = []
    for place, (name, count) in enumerate(rows):
        top = place * ROW
        wide = 1 if count < SMALL else count / most * (WIDTH - 260)
        parts.append(f'<text x="0" y="{top + 17}">{escape(_short(name))}</text>')
        parts.append(
            f'<rect class="bar" x="250" y="{top + 4}" width="{wide:.1f}" height="{ROW - 8}"/>'
        )
    return _svg(title, WIDTH, max(len(rows), 1) * ROW, parts)


def pairs(title: str, rows: Sequence[tuple[str, int, int]]) -> Markup:
    """Two bars a row, one under the other: how many said yes, how many said no."""
    most = max((max(yes, no) for _, yes, no in rows), default=0) or 1
    parts = []
    for place, (name, *both) in enumerate(rows):
        top = place * ROW
        parts.append(f'<text x="0" y="{top + 17}">{escape(_short(name))}</text>')
        for line, (kind, count) in enumerate(zip(("bar", "bar no"), both, strict=True)):
            wide = min(count, 1) if count < SMALL else count / most * (WIDTH - 260)
            parts.append(
                f'<rect class="{kind}" x="250" y="{top + 3 + 10 * line}" width="{wide:.1f}" height="9"/>'
            )
    return _svg(title, WIDTH, max(len(rows), 1) * ROW, parts)


def _short(name: str) -> str:
    return name if len(name) <= 18 else name[:17] + "…"


def _svg(title: str, width: int, height: int, parts: Sequence[str]) -> Markup:
    # Every text was escaped above; numbers are our own.
    inside, box = "".join(parts), f"0 0 {width} {height}"
    return Markup(f'<svg role="img" aria-label="{escape(title)}" viewBox="{box}">{inside}</svg>')  # noqa: S704
