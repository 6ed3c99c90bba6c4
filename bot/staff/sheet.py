"""Tables for a spreadsheet, in which nothing is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# What Excel, LibreOffice and their Japanese input methods read as the start of a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "﹢", "﹣", "−")


def neutral(value: object) -> str:
    """The value as text; a leading apostrophe where a spreadsheet would calculate."""
    text = str(value)
    return (
        f"'{text}"
        if text.startswith(FORMULA) or text.lstrip(" \u3000").startswith(FORMULA)
        else text
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with the mark that makes Excel read it so."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    for row in (head, *rows):
        writer.writerow([neutral(value) for value in row])
    return out.getvalue().encode("utf-8-sig")
