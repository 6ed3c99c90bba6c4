"""Events are claimed by a small index of those that wait; texts are told from taps; a pulse for /readyz."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
WAITING = sa.text("state IN ('new', 'answered')")


def upgrade() -> None:
    false = sa.sql.expression.false()
    with op.batch_alter_table("inbox") as table:
        table.add_column(sa.Column("is_text", sa.Boolean(), nullable=False, server_default=false))
    op.create_index(
        "ix_inbox_open",
        "inbox",
        [sa.text("urgent DESC"), "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_table(
        "pulse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulse")),
    )
