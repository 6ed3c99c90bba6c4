"""Rows: received events, people, counts. The only place that knows SQL."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.store.asked import DRAFTED, WANTED, Asked, Question
from bot.store.copies import Copies
from bot.store.counts import Counted, Counts
from bot.store.inbox import Inbox, Received, Row
from bot.store.people import People
from bot.store.reminders import Reminder, Reminders
from bot.store.staff import Account, Staff
from bot.store.store import Store, StoreError

__all__ = [
    "DRAFTED", "WANTED", "Account", "Asked", "Connection", "Copies", "Counted", "Counts", "Inbox", "People",
    "Question", "Received", "Reminder", "Reminders", "Row", "Staff", "Store", "StoreError",
]  # fmt: skip
