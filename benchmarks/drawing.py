"""Bars and curves of load as small SVG files, written by hand: no library draws here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

WIDTH, LEFT, ROW = 720, 300, 34
GREEN, INK = "#06775C", "#1F2933"


def bars(file: Path, title: str, rows: Sequence[tuple[str, float]]) -> None:
    """One horizontal bar a row, each with its value."""
    most = max(value for _, value in rows) or 1
    parts = [_text(10, 22, title, bold=True)]
    for number, (name, value) in enumerate(rows):
        y, width = 40 + number * ROW, (WIDTH - LEFT - 80) * value / most
        parts.append(_text(10, y + 17, name))
        parts.append(
            f'<rect x="{LEFT}" y="{y}" width="{max(width, 1):.1f}" height="24" fill="{GREEN}"/>'
        )
        parts.append(_text(LEFT + width + 8, y + 17, f"{value:.2f}"))
    _write(file, 40 + len(rows) * ROW + 10, parts)


def curve(file: Path, title: str, points: Sequence[tuple[float, float]]) -> None:
    """Values over time (seconds)."""
    far = max(x for x, _ in points) or 1
    most = max(y for _, y in points) or 1
    path = " ".join(
        f"{60 + x / far * (WIDTH - 90):.1f},{220 - y / most * 170:.1f}" for x, y in points
    )
    parts = [
        _text(10, 22, title, bold=True),
        f'<polyline fill="none" stroke="{GREEN}" stroke-width="2" points="{path}"/>',
        _text(5, 55, f"{most:.0f}"), _text(5, 220, "0"), _text(WIDTH - 80, 245, f"{far:.0f} s"),
    ]  # fmt: skip
    _write(file, 260, parts)


def _text(x: float, y: float, words: str, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" fill="{INK}"{weight}>{escape(words)}</text>'


def _write(file: Path, height: int, parts: Sequence[str]) -> None:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="13">'
    )
    file.write_text("\n".join([head, *parts, "</svg>", ""]), encoding="utf-8")
