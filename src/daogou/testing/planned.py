"""A company that plans its next campaign, and what came of it."""

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from daogou.flows.plan import plan
from daogou.flows.workspace import Workspace
from daogou.store import models
from daogou.store.tables import ORDERS, PROFILES
from daogou.testing.rows import rows

TODAY = date(2024, 3, 1)
LAST = TODAY - timedelta(days=1)
COMPANY = '[company]\ntimezone = "Europe/Berlin"\ncurrency = "EUR"\n'


def company(folder: Path, settings: str = "", customers: int = 900) -> Workspace:
    """Customers who ordered once or twice in the last 28 days, three a household, in 40 stores and two cities."""
    workspace = asking(folder, settings)
    spend = 1 + np.random.default_rng(0).integers(0, 100, customers)
    orders = [
        {
            "order_id": f"{k}-{n}",
            "customer_id": k + 1,
            "local_day": LAST - timedelta(days=(k + 9 * n) % 28),
            "net_sales": int(spend[k]),
            "store_id": f"shop {k % 40}",
        }
        for k in range(customers)
        for n in range(1 + k % 2)
    ]
    known = [
        {
            "customer_id": k + 1,
            "as_of": TODAY,
            "net_sales_365": float(spend[k] * (1 + k % 2)),
            "recency_days": 1 + k % 28,
            "region": "north" if k % 3 else "south",
            "attributes": [("household_id", f"h{k // 3}"), ("city", "Oslo" if k % 5 else "Rome")],
        }
        for k in range(customers)
    ]
    with workspace.warehouse() as warehouse:
        warehouse.append(ORDERS, rows(ORDERS, *orders))
        warehouse.append(PROFILES, rows(PROFILES, *known))
    return workspace


def asking(folder: Path, settings: str) -> Workspace:
    """The company in this folder with these settings beside its name."""
    (folder / "daogou.toml").write_text(COMPANY + settings, encoding="utf-8")
    return Workspace(folder)


def planned(workspace: Workspace) -> dict[str, Any]:
    """What the stage plan says in its JSON."""
    report = plan(workspace, lambda: datetime(2024, 3, 1, 9, tzinfo=UTC), lambda _done, _text: None)
    told: dict[str, Any] = report.summary["plan"]
    return told


def artefact(workspace: Workspace, sha256: str) -> pa.Table:
    """The rows of a stored plan."""
    return pq.read_table(io.BytesIO(models.get(workspace.artefacts, sha256)))


def becomes(workspace: Workspace, state: str) -> None:
    """Every campaign of the ledger gets this state, as if a person had decided."""
    with workspace.ledger() as ledger, ledger.transaction() as connection:
        connection.exec_driver_sql("UPDATE campaigns SET state = ?", (state,))
