"""What was last seen of each account, and indexes only where a query asks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FILL = """
INSERT INTO latest_look (account_id, kind, newest_post_at, read_at, tried_at, failures)
SELECT o.account_id, o.kind,
    max(CASE WHEN run.method <> 'self_report' THEN o.last_post_at END),
    max(CASE WHEN o.outcome = 'read' THEN o.observed_at END),
    max(o.observed_at),
    sum(CASE WHEN o.outcome = 'inconclusive' AND o.id > coalesce(r.id, 0) THEN 1 ELSE 0 END)
FROM observation o
JOIN run ON run.id = o.run_id
LEFT JOIN (
    SELECT account_id, kind, max(id) AS id FROM observation
    WHERE outcome = 'read' GROUP BY account_id, kind
) r ON r.account_id = o.account_id AND r.kind = o.kind
GROUP BY o.account_id, o.kind
"""


def upgrade() -> None:
    op.create_table(
        "latest_look",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("newest_post_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_latest_look_account_id"),
        sa.PrimaryKeyConstraint("account_id", "kind", name="pk_latest_look"),
        sqlite_with_rowid=False,
    )
    op.execute(_FILL)
    op.drop_index("ix_observation_account", table_name="observation")
    op.drop_index("ix_observation_existence", table_name="observation")
    gone = sa.text("existence = 'gone_signal'")
    op.create_index(
        "ix_observation_gone",
        "observation",
        ["account_id"],
        sqlite_where=gone,
        postgresql_where=gone,
    )
