"""Which sentence of a message asks: a story names days and classes too, and then asks something else."""

from __future__ import annotations

import regex

from bot.normal import UNSPACED

LONG, LONG_UNSPACED = 110, 45  # letters; from here on a message is a story rather than a question
_SENTENCE = regex.compile(r"[^.!?…。！？؟।၊။\n]+[.!?…。！？؟।၊။\n]*")
_NO_END = regex.compile(r"(?<=\d)\.(?=\d)|(?<=\b\p{L}{1,4})\.(?=\s*\d)")  # 5.12., Dec. 12
_ASKS = regex.compile(r"[?？؟]")


def question(text: str) -> str:
    """The last sentence with a question mark, else the last one.

    >>> question("I am new here. What is on this Saturday? Thank you.")
    'What is on this Saturday?'
    """
    found = [one.strip() for one in _SENTENCE.findall(_NO_END.sub("·", text)) if one.strip()]
    asking = [one for one in found if _ASKS.search(one)] or found
    return asking[-1].replace("·", ".") if asking else text


def is_story(text: str) -> bool:
    """Whether a message is so long that what it names need not be what it asks for."""
    return len(text) > (LONG_UNSPACED if UNSPACED.search(text) else LONG)
