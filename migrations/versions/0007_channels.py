"""Several channels in one database: every row says whose it is; what was there belongs to the only one."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
WAITING = sa.text("state IN ('new', 'answered')")
# Tables by the kind of key that grows, with its columns so far.
PRIMARY = {
    "people": ["key"],
    "groups": ["key"],
    "wishes": ["person", "kind", "language"],
    "seen_gatherings": ["id"],
    "calendars": ["name"],
    "pushes": ["month"],
}
UNIQUE = {
    "inbox": ["event_id"],
    "uses": ["day", "locale", "outcome", "entry"],
    "feedback": ["day", "entry", "helpful"],
    "reminders": ["person", "about", "due_at"],
}
NEITHER = {"unanswered": "default", "audit": "default", "staff": ""}  # an account "": for all


def upgrade() -> None:
    op.drop_index("ix_inbox_open", table_name="inbox")
    for name, columns in PRIMARY.items():
        with op.batch_alter_table(name) as table:
            table.add_column(_channel("default"))
            table.drop_constraint(f"pk_{name}", type_="primary")
            table.create_primary_key(f"pk_{name}", ["channel", *columns])
    for name, columns in UNIQUE.items():
        with op.batch_alter_table(name) as table:
            table.add_column(_channel("default"))
            table.drop_constraint(f"uq_{name}_{'_'.join(columns)}", type_="unique")
            table.create_unique_constraint(
                f"uq_{name}_channel_{'_'.join(columns)}", ["channel", *columns]
            )
    for name, default in NEITHER.items():
        with op.batch_alter_table(name) as table:
            table.add_column(_channel(default))
    op.create_index(
        "ix_inbox_open",
        "inbox",
        ["channel", sa.text("urgent DESC"), "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def _channel(default: str) -> Any:
    return sa.Column("channel", sa.String(length=40), nullable=False, server_default=default)
