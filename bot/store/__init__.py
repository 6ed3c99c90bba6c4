"""Rows: received events, people, counts. The only place that knows SQL."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.store.copies import Copies
from bot.store.inbox import Inbox, Received, Row
from bot.store.people import People
from bot.store.reminders import Reminder, Reminders
from bot.store.store import Store, StoreError

__all__ = [
    "Connection",
    "Copies",
    "Inbox",
    "People",
    "Received",
    "Reminder",
    "Reminders",
    "Row",
    "Store",
    "StoreError",
]
