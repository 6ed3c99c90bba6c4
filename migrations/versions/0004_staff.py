"""The staff page: sign-out reaches every browser, and the same question is found quickly."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("staff") as table:
        table.add_column(sa.Column("signed_out_at", sa.DateTime(), nullable=True))
    op.create_index("ix_unanswered_text", "unanswered", ["text", "locale"], unique=False)
