"""What evidence files were when they were complete: SHA-256 and size

Of files of earlier runs nothing is known but what they say of themselves; they are taken as they are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_sum",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evidence_sum"),
        sa.UniqueConstraint("name", name="uq_evidence_sum_name"),
    )
    op.create_index("ix_evidence_sum_sha256", "evidence_sum", ["sha256"])
