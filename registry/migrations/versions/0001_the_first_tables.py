"""The first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "registry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("is_self", sa.Boolean(), nullable=False),
        sa.Column("jurisdiction_uid", sa.String(length=36), nullable=True),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_registry"),
        sa.UniqueConstraint("uid", name="uq_registry_uid"),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("form", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("fold", sa.String(length=200), nullable=False),
        sa.Column("verified_subject", sa.String(length=200), nullable=True),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("followers", sa.Integer(), nullable=True),
        sa.Column("cadence", sa.String(length=100), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["origin_id"], ["registry.id"], name="fk_account_origin_id"),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("uid", name="uq_account_uid"),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index("ix_account_platform_fold", ["platform", "fold"], unique=False)
        batch_op.create_index("ix_account_state", ["state"], unique=False)

    op.create_table(
        "history",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_uid", sa.String(length=36), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_uid", sa.String(length=36), nullable=False),
        sa.Column("actor_name", sa.String(length=100), nullable=False),
        sa.Column("acting_unit_uid", sa.String(length=36), nullable=True),
        sa.Column("os_user", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("filing_uid", sa.String(length=36), nullable=True),
        sa.Column("batch_uid", sa.String(length=36), nullable=True),
        sa.Column("rebased_seq", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["origin_id"], ["registry.id"], name="fk_history_origin_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_history"),
        sa.UniqueConstraint("hash", name="uq_history_hash"),
        sa.UniqueConstraint("uid", name="uq_history_uid"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index("ix_history_filing_uid", ["filing_uid"], unique=False)
        batch_op.create_index(
            "ix_history_subject",
            ["subject_kind", "subject_uid", "effective_on", "seq"],
            unique=False,
        )

    op.create_table(
        "sweep",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("time_point", sa.DateTime(timezone=True), nullable=False),
        sa.Column("week", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["origin_id"], ["registry.id"], name="fk_sweep_origin_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sweep"),
        sa.UniqueConstraint("time_point", name="uq_sweep_time_point"),
        sa.UniqueConstraint("uid", name="uq_sweep_uid"),
    )
    with op.batch_alter_table("sweep", schema=None) as batch_op:
        batch_op.create_index("ix_sweep_week", ["week"], unique=False)

    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("fold", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("supervising_unit_id", sa.Integer(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["origin_id"], ["registry.id"], name="fk_unit_origin_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name="fk_unit_parent_id"),
        sa.ForeignKeyConstraint(["successor_id"], ["unit.id"], name="fk_unit_successor_id"),
        sa.ForeignKeyConstraint(
            ["supervising_unit_id"], ["unit.id"], name="fk_unit_supervising_unit_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
        sa.UniqueConstraint("uid", name="uq_unit_uid"),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index("ix_unit_fold", ["fold"], unique=False)
        batch_op.create_index("ix_unit_parent_id", ["parent_id"], unique=False)

    op.create_table(
        "account_identifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("preferred", sa.Boolean(), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_account_identifier_account_id"
        ),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["registry.id"], name="fk_account_identifier_origin_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_account_identifier"),
        sa.UniqueConstraint("uid", name="uq_account_identifier_uid"),
    )
    with op.batch_alter_table("account_identifier", schema=None) as batch_op:
        batch_op.create_index("ix_account_identifier_account_id", ["account_id"], unique=False)
        batch_op.create_index(
            "uq_account_identifier_live",
            ["platform", "scheme", "value"],
            unique=True,
            sqlite_where=sa.text("valid_to IS NULL AND NOT disputed"),
            postgresql_where=sa.text("valid_to IS NULL AND NOT disputed"),
        )

    op.create_table(
        "account_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_account_role_account_id"),
        sa.ForeignKeyConstraint(["origin_id"], ["registry.id"], name="fk_account_role_origin_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_account_role_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_account_role"),
        sa.UniqueConstraint("uid", name="uq_account_role_uid"),
    )
    with op.batch_alter_table("account_role", schema=None) as batch_op:
        batch_op.create_index("ix_account_role_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_account_role_unit_id", ["unit_id"], unique=False)

    op.create_table(
        "account_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("credential", sa.String(length=200), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_account_source_account_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_account_source"),
    )
    with op.batch_alter_table("account_source", schema=None) as batch_op:
        batch_op.create_index("ix_account_source_account_id", ["account_id"], unique=False)

    op.create_table(
        "actor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_actor_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_actor"),
        sa.UniqueConstraint("uid", name="uq_actor_uid"),
    )
    with op.batch_alter_table("actor", schema=None) as batch_op:
        batch_op.create_index("ix_actor_name_kind", ["name", "kind"], unique=False)

    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_uid", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("discriminator", sa.String(length=300), nullable=False),
        sa.Column("severity", sa.String(length=32), nullable=False),
        sa.Column("rule_set", sa.String(length=64), nullable=False),
        sa.Column("review", sa.String(length=32), nullable=False),
        sa.Column("remedy", sa.String(length=32), nullable=False),
        sa.Column("waived_until", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("observation_uids", sa.JSON(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_finding_account_id"),
        sa.ForeignKeyConstraint(["origin_id"], ["registry.id"], name="fk_finding_origin_id"),
        sa.ForeignKeyConstraint(["previous_id"], ["finding.id"], name="fk_finding_previous_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_finding_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_finding"),
        sa.UniqueConstraint("uid", name="uq_finding_uid"),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index("ix_finding_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_finding_code", ["code", "review"], unique=False)
        batch_op.create_index(
            "ix_finding_identity",
            ["subject_kind", "subject_uid", "code", "discriminator"],
            unique=False,
        )
        batch_op.create_index("ix_finding_unit_id", ["unit_id"], unique=False)

    op.create_table(
        "jurisdiction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("approval_steps", sa.JSON(), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("may_open", sa.JSON(), nullable=False),
        sa.Column("rule_set", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_jurisdiction_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_jurisdiction"),
        sa.UniqueConstraint("unit_id", name="uq_jurisdiction_unit_id"),
    )
    op.create_table(
        "lead",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("identifiers", sa.JSON(), nullable=False),
        sa.Column("host_unit", sa.String(length=200), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_where", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_lead_account_id"),
        sa.ForeignKeyConstraint(["origin_id"], ["registry.id"], name="fk_lead_origin_id"),
        sa.PrimaryKeyConstraint("id", name="pk_lead"),
        sa.UniqueConstraint("uid", name="uq_lead_uid"),
    )
    op.create_table(
        "sender_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sender_id"], ["unit.id"], name="fk_sender_mapping_sender_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sender_mapping"),
        sa.UniqueConstraint("sender_id", name="uq_sender_mapping_sender_id"),
    )
    op.create_table(
        "unit_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("alias", sa.String(length=200), nullable=False),
        sa.Column("fold", sa.String(length=200), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_unit_alias_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_unit_alias"),
        sa.UniqueConstraint("unit_id", "fold", name="uq_unit_alias_unit_id_fold"),
    )
    with op.batch_alter_table("unit_alias", schema=None) as batch_op:
        batch_op.create_index("ix_unit_alias_fold", ["fold"], unique=False)

    op.create_table(
        "unit_identifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_unit_identifier_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_unit_identifier"),
        sa.UniqueConstraint("scheme", "value", name="uq_unit_identifier_scheme_value"),
    )
    with op.batch_alter_table("unit_identifier", schema=None) as batch_op:
        batch_op.create_index("ix_unit_identifier_unit_id", ["unit_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("left_key", sa.String(length=300), nullable=False),
        sa.Column("right_key", sa.String(length=300), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("actor_name", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name="fk_decision_actor_id"),
        sa.ForeignKeyConstraint(["origin_id"], ["registry.id"], name="fk_decision_origin_id"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.UniqueConstraint("uid", name="uq_decision_uid"),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index("ix_decision_pair", ["left_key", "right_key"], unique=False)

    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name="fk_erasure_actor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
        sa.UniqueConstraint("sha256", name="uq_erasure_sha256"),
    )
    op.create_table(
        "filing_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name="fk_filing_batch_actor_id"),
        sa.ForeignKeyConstraint(["origin_id"], ["registry.id"], name="fk_filing_batch_origin_id"),
        sa.PrimaryKeyConstraint("id", name="pk_filing_batch"),
        sa.UniqueConstraint("uid", name="uq_filing_batch_uid"),
    )
    op.create_table(
        "finding_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("actor_name", sa.String(length=100), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name="fk_finding_event_actor_id"),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name="fk_finding_event_finding_id"),
        sa.ForeignKeyConstraint(["origin_id"], ["registry.id"], name="fk_finding_event_origin_id"),
        sa.PrimaryKeyConstraint("id", name="pk_finding_event"),
        sa.UniqueConstraint("uid", name="uq_finding_event_uid"),
    )
    with op.batch_alter_table("finding_event", schema=None) as batch_op:
        batch_op.create_index("ix_finding_event_finding_id", ["finding_id"], unique=False)

    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name="fk_import_batch_actor_id"),
        sa.ForeignKeyConstraint(["origin_id"], ["registry.id"], name="fk_import_batch_origin_id"),
        sa.ForeignKeyConstraint(["sender_id"], ["unit.id"], name="fk_import_batch_sender_id"),
        sa.PrimaryKeyConstraint("id", name="pk_import_batch"),
        sa.UniqueConstraint("uid", name="uq_import_batch_uid"),
    )
    op.create_table(
        "national_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name="fk_national_snapshot_actor_id"),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["registry.id"], name="fk_national_snapshot_origin_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_national_snapshot"),
        sa.UniqueConstraint("uid", name="uq_national_snapshot_uid"),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sweep_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name="fk_run_actor_id"),
        sa.ForeignKeyConstraint(["origin_id"], ["registry.id"], name="fk_run_origin_id"),
        sa.ForeignKeyConstraint(["sweep_id"], ["sweep.id"], name="fk_run_sweep_id"),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
        sa.UniqueConstraint("uid", name="uq_run_uid"),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index("ix_run_sweep_id", ["sweep_id"], unique=False)

    op.create_table(
        "unit_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("other_unit_id", sa.Integer(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name="fk_unit_act_actor_id"),
        sa.ForeignKeyConstraint(["origin_id"], ["registry.id"], name="fk_unit_act_origin_id"),
        sa.ForeignKeyConstraint(["other_unit_id"], ["unit.id"], name="fk_unit_act_other_unit_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_unit_act_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_unit_act"),
        sa.UniqueConstraint("uid", name="uq_unit_act_uid"),
    )
    with op.batch_alter_table("unit_act", schema=None) as batch_op:
        batch_op.create_index("ix_unit_act_unit_id", ["unit_id"], unique=False)

    op.create_table(
        "filing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("host_unit_id", sa.Integer(), nullable=True),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("notice_url", sa.String(length=2000), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_filing_account_id"),
        sa.ForeignKeyConstraint(["batch_id"], ["filing_batch.id"], name="fk_filing_batch_id"),
        sa.ForeignKeyConstraint(["host_unit_id"], ["unit.id"], name="fk_filing_host_unit_id"),
        sa.ForeignKeyConstraint(["origin_id"], ["registry.id"], name="fk_filing_origin_id"),
        sa.PrimaryKeyConstraint("id", name="pk_filing"),
        sa.UniqueConstraint("number", name="uq_filing_number"),
        sa.UniqueConstraint("uid", name="uq_filing_uid"),
    )
    with op.batch_alter_table("filing", schema=None) as batch_op:
        batch_op.create_index("ix_filing_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_filing_state", ["state"], unique=False)

    op.create_table(
        "national_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("national_code", sa.String(length=64), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("form", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("host_unit", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("identifiers", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("state_raw", sa.String(length=100), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_national_row_account_id"),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["national_snapshot.id"], name="fk_national_row_snapshot_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_national_row"),
    )
    with op.batch_alter_table("national_row", schema=None) as batch_op:
        batch_op.create_index("ix_national_row_snapshot_id", ["snapshot_id"], unique=False)

    op.create_table(
        "observation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("existence", sa.String(length=32), nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("last_post_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_post_precision", sa.String(length=32), nullable=True),
        sa.Column("last_post_derived", sa.String(length=32), nullable=True),
        sa.Column("coverage", sa.String(length=32), nullable=False),
        sa.Column("covered_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("covered_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("display_name", sa.String(length=200), nullable=True),
        sa.Column("verified_subject", sa.String(length=200), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_observation_account_id"),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name="fk_observation_actor_id"),
        sa.ForeignKeyConstraint(["origin_id"], ["registry.id"], name="fk_observation_origin_id"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_observation_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_observation"),
        sa.UniqueConstraint(
            "run_id",
            "account_id",
            "kind",
            "ordinal",
            name="uq_observation_run_id_account_id_kind_ordinal",
        ),
        sa.UniqueConstraint("uid", name="uq_observation_uid"),
    )
    with op.batch_alter_table("observation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_observation_account", ["account_id", "kind", "observed_at"], unique=False
        )
        batch_op.create_index("ix_observation_existence", ["existence", "account_id"], unique=False)
        batch_op.create_index(
            "ix_observation_newest",
            ["account_id", "kind", "last_post_at", "run_id"],
            unique=False,
        )
        batch_op.create_index("ix_observation_time", ["observed_at"], unique=False)

    op.create_table(
        "planned_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("target", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_planned_check_account_id"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_planned_check_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_planned_check"),
        sa.UniqueConstraint(
            "run_id",
            "account_id",
            "kind",
            "ordinal",
            name="uq_planned_check_run_id_account_id_kind_ordinal",
        ),
    )
    with op.batch_alter_table("planned_check", schema=None) as batch_op:
        batch_op.create_index("ix_planned_check_account_id", ["account_id"], unique=False)

    op.create_table(
        "sender_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_sender_account_account_id"
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name="fk_sender_account_batch_id"
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["unit.id"], name="fk_sender_account_sender_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sender_account"),
        sa.UniqueConstraint(
            "sender_id", "account_id", name="uq_sender_account_sender_id_account_id"
        ),
    )
    with op.batch_alter_table("sender_account", schema=None) as batch_op:
        batch_op.create_index("ix_sender_account_account_id", ["account_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("filing_id", sa.Integer(), nullable=True),
        sa.Column("observation_uid", sa.String(length=36), nullable=True),
        sa.Column("finding_uid", sa.String(length=36), nullable=True),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_attachment_account_id"),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name="fk_attachment_actor_id"),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name="fk_attachment_filing_id"),
        sa.ForeignKeyConstraint(["origin_id"], ["registry.id"], name="fk_attachment_origin_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
        sa.UniqueConstraint("uid", name="uq_attachment_uid"),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index("ix_attachment_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_attachment_filing_id", ["filing_id"], unique=False)
        batch_op.create_index("ix_attachment_sha256", ["sha256"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("filing_id", sa.Integer(), nullable=True),
        sa.Column("duty", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_contact_account_id"),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name="fk_contact_filing_id"),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_contact_filing_id", ["filing_id"], unique=False)

    op.create_table(
        "filing_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("actor_name", sa.String(length=100), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name="fk_filing_step_actor_id"),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name="fk_filing_step_filing_id"),
        sa.ForeignKeyConstraint(["origin_id"], ["registry.id"], name="fk_filing_step_origin_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_filing_step_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_filing_step"),
        sa.UniqueConstraint("filing_id", "ordinal", name="uq_filing_step_filing_id_ordinal"),
        sa.UniqueConstraint("uid", name="uq_filing_step_uid"),
    )
    op.create_table(
        "link_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("observation_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("appid", sa.String(length=64), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("final_url", sa.Text(), nullable=False),
        sa.Column("signal", sa.String(length=64), nullable=False),
        sa.Column("failure", sa.String(length=32), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("certificate_expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hops", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["observation_id"], ["observation.id"], name="fk_link_result_observation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_link_result"),
    )
    with op.batch_alter_table("link_result", schema=None) as batch_op:
        batch_op.create_index("ix_link_result_observation_id", ["observation_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        # The planner's statistics are samples of values; a forgotten contact must not live on there.
        for column in ("name", "phone"):
            op.execute(f"ALTER TABLE contact ALTER COLUMN {column} SET STATISTICS 0")
