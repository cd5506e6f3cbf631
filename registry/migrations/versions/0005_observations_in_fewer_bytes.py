"""Moments of observations are numbers on SQLite and their uids 16 bytes

PostgreSQL keeps its own types, so there is nothing to do on it but what `registry.history.triggers` does.
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_MOMENTS = {
    "observation": ("observed_at", "last_post_at", "covered_since", "covered_until"),
    "latest_look": ("newest_post_at", "read_at", "tried_at"),
}
_UIDS = {"observation": "uid", "attachment": "observation_uid"}
_NUMBER = (
    "strftime('%s', substr({0}, 1, 19)) * 1000000 + CAST(substr({0} || '000000', 21, 6) AS INTEGER)"
)


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        return
    driver = bind.connection.driver_connection
    assert driver is not None
    driver.create_function("taizhang_packed", 1, _packed, deterministic=True)
    for trigger in ("keep_observation_update", "keep_observation_insert"):
        op.execute(f"DROP TRIGGER IF EXISTS {trigger}")  # installed anew after the migrations
    for table in ("observation", "latest_look", "attachment"):
        changes = [f"{name} = {_number(name)}" for name in _MOMENTS.get(table, ())]
        changes += [f"{name} = taizhang_packed({name})" for name in (_UIDS.get(table),) if name]
        bind.exec_driver_sql(f"UPDATE {table} SET {', '.join(changes)}")
    driver.create_function("taizhang_packed", 1, None)


def _number(name: str) -> str:
    """Microseconds since 1970 of a text `2026-11-23 01:00:00.000000`; others are left alone."""
    text = _NUMBER.format(name)
    return f"CASE typeof({name}) WHEN 'text' THEN {text} ELSE {name} END"


def _packed(uid: object) -> object:
    """As `registry.models.base.packed_uid`: texts that are no uid stay."""
    if not isinstance(uid, str) or len(uid) != 36:
        return uid
    digits = uid.replace("-", "")
    try:
        packed = bytes.fromhex(digits)
    except ValueError:
        return uid
    dashed = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
    return packed if packed.hex() == digits and dashed == uid else uid
