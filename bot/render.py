"""From a Reply to LINE's JSON, inside LINE's limits, counted as LINE counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import regex

from bot.messages import Ask, Call, Card, Choice, Line, Open, Part, Reply, SendPlace, Text

# https://developers.line.biz/en/reference/messaging-api/ : limits of July 2026
MESSAGES = 5
TEXT = 5000
ALT_TEXT = 1500
QUICK_REPLIES = 13
QUICK_LABEL = 20
BUTTON_LABEL = 40
POSTBACK_DATA = 300
DISPLAY_TEXT = 300
URI = 1000
BUBBLE_BYTES = 30_000
CAROUSEL_BYTES = 50_000
CAROUSEL_BUBBLES = 12
CARD_TEXT = 1800  # UTF-16 units of body text in one bubble: about two screens of an old phone

GREEN, RED, INK, GREY, PALE = "#06775C", "#B3261E", "#1F2933", "#5F6B76", "#EEF3F1"
SIZES = {"body": "md", "small": "xs", "strong": "md", "heading": "lg", "large": "xl"}
ISOLATE, POP = "\u2066", "\u2069"
OPENING, CLOSING = "(（「", ")）」"
# Runs that must keep their own order inside right-to-left text: numbers, times, Latin, Japanese.
_RUN = regex.compile(
    r"[#+]?[\p{Latin}\p{Nd}\p{Han}\p{Hiragana}\p{Katakana}]"
    r"(?:[\p{Latin}\p{Nd}\p{Han}\p{Hiragana}\p{Katakana}ー々\p{M} .:,/@#&+–—_~・（）()「」-]*"
    r"[\p{Latin}\p{Nd}\p{Han}\p{Hiragana}\p{Katakana}ー）)」])?"
)


def utf16(text: str) -> int:
    """LINE's default unit: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def graphemes(text: str) -> list[str]:
    """What a person sees as characters; LINE counts labels so."""
    return regex.findall(r"\X", text)


def clip(text: str, limit: int) -> str:
    """At most `limit` graphemes, cut at a space where there is one, never inside a grapheme."""
    parts = graphemes(text)
    if len(parts) <= limit:
        return text
    kept = "".join(parts[: limit - 1])
    words = kept.rsplit(" ", 1)
    return (words[0] if len(words) > 1 and len(words[0]) > len(kept) // 2 else kept) + "…"


def clip_utf16(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, never inside a grapheme."""
    if utf16(text) <= limit:
        return text
    kept, room = [], limit - 1
    for part in graphemes(text):
        room -= utf16(part)
        if room < 0:
            break
        kept.append(part)
    return "".join(kept) + "…"


def pieces(text: str, limit: int) -> list[str]:
    """`text` in pieces of at most `limit` UTF-16 units, cut after sentences, else between graphemes."""
    if utf16(text) <= limit:
        return [text]
    found, current = [], ""
    for sentence in regex.split(r"(?<=[。！？\n!?။۔؟।])|(?<=\.\s)", text):
        for part in _hard(sentence, limit):
            if utf16(current + part) > limit:
                found.append(current.rstrip("\n"))
                current = ""
            current += part
    return [piece for piece in (*found, current.rstrip("\n")) if piece]


def _hard(sentence: str, limit: int) -> list[str]:
    if utf16(sentence) <= limit:
        return [sentence]
    found, current = [], ""
    for part in graphemes(sentence):
        if utf16(current + part) > limit:
            found.append(current)
            current = ""
        current += part
    return [*found, current]


def isolated(text: str) -> str:
    """Right-to-left text whose numbers and foreign words keep their order (UAX #9, isolates)."""
    bare = text.replace(ISOLATE, "").replace(POP, "")
    return _RUN.sub(lambda run: _isolated_run(run[0]), bare)


def _isolated_run(run: str) -> str:
    """A bracket whose partner is outside belongs to the sentence around: inside, it would be mirrored."""
    at = _lonely_bracket(run)
    if at is None:
        return f"{ISOLATE}{run}{POP}"
    before, after = run[:at], run[at + 1 :]
    return (f"{ISOLATE}{before}{POP}" if before else "") + run[at] + isolated(after)


def _lonely_bracket(run: str) -> int | None:
    opened: list[int] = []
    for at, letter in enumerate(run):
        if letter in OPENING:
            opened.append(at)
        elif letter in CLOSING:
            if not opened:
                return at
            opened.pop()
    return opened[0] if opened else None


def _within(text: str) -> str:
    """Left-to-right lines inside a right-to-left card."""
    return "\n".join(f"{ISOLATE}{line}{POP}" if line else "" for line in text.split("\n"))


def to_line(reply: Reply, rtl: frozenset[str]) -> list[dict[str, Any]]:
    """The messages of a reply; `rtl` are the locales written from right to left."""
    messages: list[dict[str, Any]] = []
    for part in reply.parts:
        messages += _messages(part, rtl)
    messages = messages[:MESSAGES]
    if messages and reply.choices:
        mixed = reply.locale in rtl
        items = [_quick(choice, mixed) for choice in reply.choices[:QUICK_REPLIES]]
        messages[-1]["quickReply"] = {"items": items}
    return messages


def _messages(part: Part, rtl: frozenset[str]) -> list[dict[str, Any]]:
    if isinstance(part, Text):
        body = isolated(part.body) if part.locale in rtl else part.body
        return [{"type": "text", "text": piece} for piece in pieces(body, TEXT)]
    cards = part if isinstance(part, tuple) else (part,)
    bubbles = [bubble for card in cards for bubble in _bubbles(card, rtl)]
    alt = clip_utf16(next((card.alt for card in cards if card.alt), "Tomoni"), ALT_TEXT)
    return [{"type": "flex", "altText": alt, "contents": group} for group in _grouped(bubbles)]


def _grouped(bubbles: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """One bubble alone, several as carousels within LINE's size."""
    group: list[dict[str, Any]] = []
    for bubble in bubbles:
        if group and (len(group) == CAROUSEL_BUBBLES or _bytes([*group, bubble]) > CAROUSEL_BYTES):
            yield _carousel(group)
            group = []
        group.append(bubble)
    if group:
        yield _carousel(group)


def _carousel(group: list[dict[str, Any]]) -> dict[str, Any]:
    return group[0] if len(group) == 1 else {"type": "carousel", "contents": group}


def _bytes(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode()) + 40


def _bubbles(card: Card, rtl: frozenset[str]) -> list[dict[str, Any]]:
    """A card as bubbles: one, or several where the text is long; buttons below the last."""
    pages = list(_pages(card.lines))
    return [
        _bubble(card, page, card.choices if n == len(pages) - 1 else (), rtl, first=n == 0)
        for n, page in enumerate(pages)
    ]


def _pages(lines: tuple[Line, ...]) -> Iterable[list[Line]]:
    page: list[Line] = []
    room = CARD_TEXT
    for line in lines:
        for piece in pieces(line.text, CARD_TEXT):
            if page and utf16(piece) > room:
                yield page
                page, room = [], CARD_TEXT
            page.append(Line(piece, line.style, line.locale))
            room -= utf16(piece)
    yield page


def _bubble(
    card: Card, lines: list[Line], choices: tuple[Choice, ...], rtl: frozenset[str], first: bool
) -> dict[str, Any]:
    danger = card.tone == "danger"
    bubble: dict[str, Any] = {
        "type": "bubble",
        "direction": "rtl" if card.locale in rtl else "ltr",
        "size": "mega",
    }
    if first and card.title:
        title = _words(card.title, card.locale, rtl)
        bubble["header"] = {
            "type": "box",
            "layout": "vertical",
            "backgroundColor": RED if danger else GREEN,
            "paddingAll": "lg",
            "contents": [_text(title, size="lg", weight="bold", color="#FFFFFF")],
        }
    contents = [_line(line, card, rtl) for line in lines if line.text or line.style == "rule"]
    if contents:
        bubble["body"] = {
            "type": "box", "layout": "vertical", "spacing": "md", "contents": contents,
        }  # fmt: skip
    if choices:
        mixed = card.locale in rtl
        buttons = [_button(choice, n, danger, mixed) for n, choice in enumerate(choices)]
        bubble["footer"] = {
            "type": "box", "layout": "vertical", "spacing": "sm", "contents": buttons,
        }  # fmt: skip
    return bubble


def _line(line: Line, card: Card, rtl: frozenset[str]) -> dict[str, Any]:
    if line.style == "rule":
        return {"type": "separator", "margin": "lg"}
    options: dict[str, Any] = {"size": SIZES[line.style], "color": INK}
    if line.style in {"strong", "heading", "large"}:
        options["weight"] = "bold"
    if line.style == "small":
        options["color"] = GREY
    if card.locale in rtl and line.locale and line.locale not in rtl:
        return _text(_within(line.text), **options)
    return _text(_words(line.text, line.locale or card.locale, rtl), **options)


def _words(text: str, locale: str, rtl: frozenset[str]) -> str:
    return isolated(text) if locale in rtl else text


def _text(text: str, **options: Any) -> dict[str, Any]:
    """Wraps and grows with the phone's font size: LINE does neither by itself."""
    return {"type": "text", "text": text, "wrap": True, "scaling": True, **options}


def _button(choice: Choice, number: int, danger: bool, mixed: bool) -> dict[str, Any]:
    strong = number == 0 and isinstance(choice, Call)
    button: dict[str, Any] = {
        "type": "button",
        "action": _action(choice, BUTTON_LABEL, mixed),
        "style": "primary" if strong else "secondary",
        "height": "sm",
        "scaling": True,
        "adjustMode": "shrink-to-fit",
    }
    if strong:
        button["color"] = RED if danger else GREEN
    return button


def _quick(choice: Choice, mixed: bool) -> dict[str, Any]:
    return {"type": "action", "action": _action(choice, QUICK_LABEL, mixed)}


def _label(text: str, limit: int, mixed: bool) -> str:
    """A label in right-to-left text keeps the order of its numbers, as far as LINE's limit has room for the marks."""
    label = clip(text, limit)
    ordered = isolated(label) if mixed else label
    return ordered if len(graphemes(ordered)) <= limit else label


def _action(choice: Choice, limit: int, mixed: bool) -> dict[str, Any]:
    label = _label(choice.label, limit, mixed)
    if isinstance(choice, Call):
        return {"type": "uri", "label": label, "uri": f"tel:{choice.number.replace('#', '%23')}"}
    if isinstance(choice, Open):
        return {"type": "uri", "label": label, "uri": choice.url[:URI]}
    if isinstance(choice, SendPlace):
        return {"type": "location", "label": label}
    return _postback(choice, label)


def _postback(choice: Ask, label: str) -> dict[str, Any]:
    return {
        "type": "postback",
        "label": label,
        "data": written(choice.action),
        "displayText": clip(choice.label, DISPLAY_TEXT),
    }


def written(action: Mapping[str, str]) -> str:
    """An action as postback data; `bot.line` reads it back. At most 300 characters (LINE)."""
    data = urlencode(action)
    if len(data) > POSTBACK_DATA:
        raise ValueError(f"The action {action.get('do')} is longer than LINE's 300 characters.")
    return data
