"""The first ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "workspace",
        sa.Column("workspace_id", sa.String(36), primary_key=True),
    )
    op.create_table(
        "identities",
        sa.Column("identity_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("customer_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("lookup", sa.LargeBinary(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("kind", "lookup", name="uq_identities_kind_lookup"),
    )
    op.create_index("ix_identities_customer_id", "identities", ["customer_id"])
    op.create_table(
        "customer_keys",
        sa.Column("customer_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "merges",
        sa.Column("merge_id", sa.Integer, primary_key=True),
        sa.Column("from_customer_id", sa.BigInteger, nullable=False),
        sa.Column("to_customer_id", sa.BigInteger, nullable=False),
        sa.Column("merged_at", sa.DateTime, nullable=False),
        sa.Column("undone_at", sa.DateTime),
    )
    op.create_table(
        "campaigns",
        sa.Column("campaign_id", sa.Integer, primary_key=True),
        sa.Column("plan_sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("campaigns", "merges", "customer_keys", "identities", "workspace"):
        op.drop_table(name)
