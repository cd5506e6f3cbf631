"""A snapshot of the national system is one compressed block instead of a row per account"""

from __future__ import annotations

import json
import zlib
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TEXTS = (
    *("platform", "form", "name", "host_unit", "url", "scheme", "value"),
    *("state_raw", "national_code"),
)
_ROW = sa.table(
    "national_row",
    *(sa.column(name) for name in ("id", "snapshot_id", "number", "state", *_TEXTS)),
    sa.column("identifiers", sa.JSON),
    sa.column("fields", sa.JSON),
)
_SNAPSHOT = sa.table(
    "national_snapshot",
    *(sa.column(name) for name in ("id", "row_count")),
    sa.column("block", sa.LargeBinary),
)


def upgrade() -> None:
    with op.batch_alter_table("national_snapshot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("row_count", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("block", sa.LargeBinary(), nullable=True))
    bind = op.get_bind()
    for snapshot in bind.scalars(sa.select(_SNAPSHOT.c.id)).all():
        columns = [c for c in _ROW.c if c.name not in {"scheme", "value"}]
        mine = sa.select(*columns).where(_ROW.c.snapshot_id == snapshot).order_by(_ROW.c.id)
        rows = [dict(row) for row in bind.execute(mine).mappings()]
        filled = {"row_count": len(rows), "block": _packed(rows)}
        bind.execute(sa.update(_SNAPSHOT).where(_SNAPSHOT.c.id == snapshot).values(filled))
    op.drop_table("national_row")
    with op.batch_alter_table("national_snapshot", schema=None) as batch_op:
        batch_op.alter_column("row_count", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("block", existing_type=sa.LargeBinary(), nullable=False)


def _packed(rows: list[dict[str, Any]]) -> bytes:
    """As `registry.exchange.national_rows` packs them."""
    further: dict[int, dict[str, str]] = {}
    for at, row in enumerate(rows):
        ids = dict(row["identifiers"])
        row["scheme"] = next(iter(ids), "")
        row["value"] = ids.pop(row["scheme"], "")
        if ids:
            further[at] = ids
    names = sorted({name for row in rows for name in row["fields"]})
    lines: list[Any] = [names]
    lines += ([row[name] for row in rows] for name in (*_TEXTS, "state", "number"))
    lines.append(further)
    lines += ([row["fields"].get(name, "") for row in rows] for name in names)
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    return zlib.compress(text.encode(), 1)
