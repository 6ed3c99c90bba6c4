"""Reminders: who is told first, what people want to hear of, what groups were told this week."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    false = sa.sql.expression.false()
    with op.batch_alter_table("reminders") as table:
        table.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=false))
    with op.batch_alter_table("groups") as table:
        table.add_column(sa.Column("digested", sa.String(length=10), nullable=True))
    op.create_table(
        "wishes",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person", "kind", "language", name=op.f("pk_wishes")),
    )
    op.create_table(
        "seen_gatherings",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seen_gatherings")),
    )
