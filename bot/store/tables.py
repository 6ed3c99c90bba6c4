"""The tables: what is kept, and for how long it is meant to be kept."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.settings import DEFAULT_CHANNEL

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _channel(default: str = DEFAULT_CHANNEL, primary_key: bool = False) -> Column[str]:
    """Whose row it is, where one database serves several LINE channels."""
    kind = String(40)
    return Column("channel", kind, nullable=False, server_default=default, primary_key=primary_key)


OPEN = "inbox.state IN ('new', 'answered')"  # rows that somebody still waits for

# One row a received event. `what` (the person's words) and `to` (the encrypted LINE id) are erased when it
# is answered, `messages` when they are sent; an empty row stays seven days, so that a redelivery is known.
# state: new -> answered -> done, or dead. A claim is a lease: it gives the row back by itself.
inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    _channel(),
    Column("event_id", String(80), nullable=False),
    Column("person", String(64), nullable=False),
    Column("message", String(64)),
    Column("state", String(10), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("is_text", Boolean, nullable=False, default=False),
    Column("received_at", DateTime, nullable=False),
    Column("due_at", DateTime, nullable=False),
    Column("leased_until", DateTime),
    Column("tries", Integer, nullable=False),
    Column("sending", Boolean, nullable=False),
    Column("reply_token", String(128)),
    Column("to", Text),
    Column("what", JSON),
    Column("messages", JSON),
    Column("reason", String(200)),
    UniqueConstraint("channel", "event_id"),
    Index("ix_inbox_state_due_at", "state", "due_at"),
    Index("ix_inbox_person_state", "person", "state"),
    Index("ix_inbox_message", "message"),
    Index(
        "ix_inbox_open",
        "channel",
        text("urgent DESC"),
        "id",
        sqlite_where=text("state IN ('new', 'answered')"),
        postgresql_where=text("state IN ('new', 'answered')"),
    ),
)

# What is known of a person: no name, no LINE id, no words of theirs.
people = Table(
    "people",
    metadata,
    _channel(primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("locale", String(20)),
    Column("hint", String(20)),
    Column("last_entry", String(80)),
    Column("last_at", DateTime),
    Column("position", String(40)),
    Column("told_unicode", Boolean, nullable=False, default=False),
    Column("waiting", JSON),
    Column("seen_on", String(10), nullable=False),
)

groups = Table(
    "groups",
    metadata,
    _channel(primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("pair", JSON),
    Column("introduced", Boolean, nullable=False, default=False),
    Column("digest", Boolean, nullable=False, default=False),
    Column("digested", String(10)),
    Column("to", Text),
    Column("seen_on", String(10), nullable=False),
)

# Questions without the person, masked, until staff have read them or they are too old.
unanswered = Table(
    "unanswered",
    metadata,
    Column("id", Integer, primary_key=True),
    _channel(),
    Column("text", Text, nullable=False),
    Column("locale", String(20), nullable=False),
    Column("asked_on", String(10), nullable=False),
    Column("count", Integer, nullable=False),
    Column("token", String(32)),
    Column("held", Boolean, nullable=False),
    Column("settled", String(80)),
    Index("ix_unanswered_token", "token"),
    Index("ix_unanswered_text", "text", "locale"),
)

# Counts by day; nothing in them belongs to a person.
uses = Table(
    "uses",
    metadata,
    Column("id", Integer, primary_key=True),
    _channel(),
    Column("day", String(10), nullable=False),
    Column("locale", String(20), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("entry", String(80), nullable=False),
    Column("count", Integer, nullable=False),
    UniqueConstraint("channel", "day", "locale", "outcome", "entry"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    _channel(),
    Column("day", String(10), nullable=False),
    Column("entry", String(80), nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("count", Integer, nullable=False),
    UniqueConstraint("channel", "day", "entry", "helpful"),
)

# Asked for by the person: the only place where a LINE id stays (encrypted).
reminders = Table(
    "reminders",
    metadata,
    Column("id", Integer, primary_key=True),
    _channel(),
    Column("person", String(64), nullable=False),
    Column("to", Text, nullable=False),
    Column("about", String(120), nullable=False),
    Column("locale", String(20), nullable=False),
    Column("due_at", DateTime, nullable=False),
    Column("retry_key", String(36), nullable=False),
    Column("state", String(10), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("leased_until", DateTime),
    UniqueConstraint("channel", "person", "about", "due_at"),
    Index("ix_reminders_state_due_at", "state", "due_at"),
)

# "Tell me of new ones": of a kind, in a language; ends by itself.
wishes = Table(
    "wishes",
    metadata,
    _channel(primary_key=True),
    Column("person", String(64), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("language", String(20), primary_key=True),
    Column("to", Text, nullable=False),
    Column("locale", String(20), nullable=False),
    Column("since", DateTime, nullable=False),
)

# Gatherings that were announced, or were there before anybody asked.
seen_gatherings = Table(
    "seen_gatherings",
    metadata,
    _channel(primary_key=True),
    Column("id", String(80), primary_key=True),
    Column("seen_at", DateTime, nullable=False),
)

# The last good copy of each calendar that organisers keep elsewhere: one machine fetches, all read.
calendars = Table(
    "calendars",
    metadata,
    _channel(primary_key=True),
    Column("name", String(16), primary_key=True),
    Column("data", LargeBinary, nullable=False),
    Column("taken_at", DateTime, nullable=False),
)

# When this database last took a change from a process that was asked whether it is ready.
pulse = Table(
    "pulse",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
)

# Pushes that LINE counts, by month of Japan: the plan allows few.
pushes = Table(
    "pushes",
    metadata,
    _channel(primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("count", Integer, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("name", String(80), primary_key=True),
    _channel(""),  # "" for all
    Column("password", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", DateTime),
    Column("added_on", String(10), nullable=False),
    Column("signed_out_at", DateTime),
)

# Who did what on the staff page; append only.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    _channel(),
    Column("at", DateTime, nullable=False),
    Column("who", String(80), nullable=False),
    Column("did", String(200), nullable=False),
)
