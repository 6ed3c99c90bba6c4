"""What is old, unverified or undated: sentences for staff, Japanese beside English."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import phonenumbers

from bot.content import Content
from bot.gatherings import occurrences
from bot.models import Contact, Entry, Gathering

LOOK = timedelta(days=1100)
SHORT = 5  # digits; 110, 119, #8008 are dialled as they are


def stale(content: Content, today: date) -> Iterator[str]:
    """Every fact that staff should look at again."""
    for name, contact in content.contacts.items():
        yield from _contact(name, contact)
    for entry in content.entries.values():
        yield from _entry(entry, today)
    for gathering in content.gatherings.values():
        yield from _gathering(gathering, today)


def _contact(name: str, contact: Contact) -> Iterator[str]:
    for line in contact.phones:
        if line.verified_on is None:
            yield f"contacts.yaml: {name}: 電話 {line.number} は未確認です。/ This number is not verified."
        if not _possible(line.number):
            yield f"contacts.yaml: {name}: {line.number} は電話番号ではありません。/ Not a possible number."
    if contact.hours and contact.hours.verified_on is None:
        yield f"contacts.yaml: {name}: 時間は未確認です。/ The hours are not verified."


def _possible(number: str) -> bool:
    digits = [letter for letter in number if letter.isdigit()]
    if len(digits) <= SHORT:
        return True
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, "JP"))
    except phonenumbers.NumberParseException:
        return False


def _entry(entry: Entry, today: date) -> Iterator[str]:
    where = f"{entry.area}/{entry.id}.yaml"
    if entry.review_by < today:
        yield f"{where}: 見直しの日（{entry.review_by}）を過ぎました。/ Review was due."
    if entry.expires_on and entry.expires_on < today:
        yield f"{where}: {entry.expires_on} に終わりました。/ It has expired."
    for source in entry.sources:
        if not source.dated:
            yield f"{where}: 出典「{source.title}」に日付がありません。/ This source has no date."


def _gathering(gathering: Gathering, today: date) -> Iterator[str]:
    if gathering.undated:
        return
    if not occurrences({gathering.id: gathering}, today, today + LOOK):
        where = f"gatherings/{gathering.id}.yaml"
        yield f"{where}: もう行われません。消すか次の日を書いてください。/ Nothing of it is left."
