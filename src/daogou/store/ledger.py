"""What people decided and who is who: the ledger, one SQLite file (or PostgreSQL, by its address).

The schema changes by migrations only; opening a ledger brings it to this version.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

METADATA = sa.MetaData()
Connection = sa.Connection  # an open transaction of the ledger

WORKSPACE = sa.Table(
    "workspace",
    METADATA,
    sa.Column("workspace_id", sa.String(36), primary_key=True),  # names the file of keys, kept elsewhere
)

IDENTITIES = sa.Table(
    "identities",
    METADATA,
    sa.Column("identity_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("customer_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("kind", sa.String(32), nullable=False),  # customer, guest; later e-mail, phone, device
    sa.Column("lookup", sa.LargeBinary(32), nullable=False),  # HMAC-SHA256 of the company's own id
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the id under the customer's key
    sa.UniqueConstraint("kind", "lookup", name="uq_identities_kind_lookup"),
)

CUSTOMER_KEYS = sa.Table(
    "customer_keys",
    METADATA,
    sa.Column("customer_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),  # the customer's key under the master key
)

MERGES = sa.Table(
    "merges",
    METADATA,
    sa.Column("merge_id", sa.Integer, primary_key=True),
    sa.Column("from_customer_id", sa.BigInteger, nullable=False),
    sa.Column("to_customer_id", sa.BigInteger, nullable=False),
    sa.Column("merged_at", sa.DateTime, nullable=False),
    sa.Column("undone_at", sa.DateTime),
)

CAMPAIGNS = sa.Table(
    "campaigns",
    METADATA,
    sa.Column("campaign_id", sa.Integer, primary_key=True),
    sa.Column("plan_sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),  # draft; later approved, running, closed, refused
    sa.Column("summary", sa.Text, nullable=False),  # JSON
    sa.Column("created_at", sa.DateTime, nullable=False),
)


@dataclass(frozen=True)
class Campaign:
    """A campaign and the hash of its plan; ``created_at`` in UTC."""

    id: int
    plan_sha: str
    name: str
    state: str
    summary: dict[str, Any]
    created_at: datetime


class Ledger:
    """An open ledger. Use as a context manager, or call :meth:`close`."""

    def __init__(self, address: Path | str) -> None:
        """Open the SQLite file or the database at ``address`` and bring it to this version."""
        url = f"sqlite:///{address}" if isinstance(address, Path) else address
        self.engine = sa.create_engine(url)
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
        self._migrate()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the database go."""
        self.engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """All that is written inside is kept, or nothing is."""
        with self.engine.begin() as connection:
            yield connection

    def workspace_id(self) -> str | None:
        """The name of this workspace's file of keys; None before there are keys."""
        with self.transaction() as connection:
            return connection.scalar(sa.select(WORKSPACE.c.workspace_id))

    def name_workspace(self, workspace_id: str) -> None:
        """Enter the name of this workspace's file of keys."""
        with self.transaction() as connection:
            connection.execute(WORKSPACE.insert().values(workspace_id=workspace_id))

    def add_campaign(self, plan_sha: str, name: str, state: str, summary: dict[str, Any], created_at: datetime) -> int:
        """The id of the campaign with this plan, written now unless it stands there already."""
        with self.transaction() as connection:
            known = connection.scalar(sa.select(CAMPAIGNS.c.campaign_id).where(CAMPAIGNS.c.plan_sha256 == plan_sha))
            if known is not None:
                return int(known)
            campaign = CAMPAIGNS.insert().values(
                plan_sha256=plan_sha,
                name=name,
                state=state,
                summary=json.dumps(summary, ensure_ascii=False, sort_keys=True),
                created_at=created_at.replace(tzinfo=None),
            )
            return int(connection.scalar(campaign.returning(CAMPAIGNS.c.campaign_id)) or 0)

    def campaigns(self) -> list[Campaign]:
        """Every campaign, the newest last."""
        with self.transaction() as connection:
            rows = connection.execute(sa.select(CAMPAIGNS).order_by(CAMPAIGNS.c.campaign_id)).all()
        return [
            Campaign(r.campaign_id, r.plan_sha256, r.name, r.state, json.loads(r.summary), r.created_at) for r in rows
        ]

    def _migrate(self) -> None:
        config = Config()
        config.set_main_option("script_location", "daogou:store/migrations")
        with self.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 10000"):
        connection.execute(f"PRAGMA {pragma}")
