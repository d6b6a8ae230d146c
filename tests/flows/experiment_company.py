"""A made-up company whose campaigns' true effects are known, told in arrays."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from daogou.campaign.artefact import as_parquet
from daogou.campaign.design import Design
from daogou.flows.experiments import experiments
from daogou.flows.workspace import Workspace
from daogou.store import models
from daogou.store.tables import (
    ASSIGNMENTS,
    CUSTOMERS,
    EVENTS,
    ORDERS,
    PAST_CAMPAIGNS,
    READINGS,
    REFUNDS,
    TOUCHES,
    Table,
)
from daogou.testing.rows import rows

FIRST, AS_OF = date(2025, 1, 1), date(2025, 12, 2)
JUNE = date(2025, 6, 1)
COMPANY = '[company]\ntimezone = "Europe/Berlin"\ncurrency = "EUR"\n'


class Company:
    """``people`` customers; half of them order once before June. Each order, lot and touch is told in a call."""

    def __init__(
        self,
        folder: Path,
        people: int = 3000,
        seed: int = 8,
        settings: str = "",
        region: list[str] | None = None,
        **known: list[str],
    ) -> None:
        (folder / "daogou.toml").write_text(COMPANY + settings, encoding="utf-8")
        self.workspace = Workspace(folder)
        self.people = np.arange(people)
        self.chance = np.random.default_rng(seed)
        self.told: dict[Table, list[pa.Table]] = {}
        attributes = [
            [(name, values[k]) for name, values in known.items() if values[k] is not None] for k in range(people)
        ]
        told = {"attributes": attributes, "region": region or [None] * people}
        self.tell(CUSTOMERS, customer_id=self.people, is_static=np.ones(people, bool), **told)
        self._orders = 0
        early = self.people[self.chance.random(people) < 0.5]
        self.buy(early, FIRST + self.chance.integers(0, 140, len(early)) * timedelta(days=1), self.amounts(len(early)))

    def amounts(self, n: int) -> np.ndarray:
        return np.round(self.chance.uniform(10, 50, n), 2)

    def tell(self, table: Table, **columns: Any) -> None:
        """Rows of a table; what is not told is empty, or plain where it may not be."""
        one = rows(table, {})
        n = len(next(iter(columns.values())))
        made = []
        for field in one.schema:
            if field.name not in columns:
                made.append(pa.repeat(one[field.name][0], n))
            elif pa.types.is_decimal(field.type):
                made.append(pa.array(np.asarray(columns[field.name], float)).cast(field.type))
            else:
                made.append(pa.array(list(columns[field.name]), field.type))
        self.told.setdefault(table, []).append(pa.Table.from_arrays(made, schema=one.schema))

    def buy(self, who: np.ndarray, day: Any, money: np.ndarray) -> None:
        """An order of each; ``day`` one for all, or one each."""
        each = [day] * len(who) if isinstance(day, date) else list(day)
        ids = [f"o{self._orders + k}" for k in range(len(who))]
        self._orders += len(who)
        self.tell(ORDERS, order_id=ids, customer_id=who, local_day=each, net_sales=money, list_value=money, paid=money)

    def refund(self, who: np.ndarray, day: date, money: float) -> None:
        ids = [f"r{k}-{day}" for k in who]
        self.tell(REFUNDS, refund_id=ids, customer_id=who, local_day=[day] * len(who), amount=np.full(len(who), money))

    def event(self, who: np.ndarray, day: date, kind: str, **more: Any) -> None:
        ids = [f"{kind}{k}-{day}" for k in who]
        n = len(who)
        columns = {name: [value] * n for name, value in more.items()}
        self.tell(EVENTS, event_id=ids, customer_id=who, local_day=[day] * n, kind=[kind] * n, **columns)

    def touch(self, who: np.ndarray, day: date, kind: str, campaign: str, **more: Any) -> None:
        ids = [f"{campaign}-{kind}{k}-{day}" for k in who]
        n = len(who)
        columns = {name: [value] * n for name, value in more.items()} | {"campaign_id": [campaign] * n}
        columns |= {"kind": [kind] * n, "channel": ["email"] * n, "local_day": [day] * n}
        self.tell(TOUCHES, touch_id=ids, customer_id=who, **columns)

    def draw(
        self,
        name: str,
        shares: Mapping[str, float] | None = None,
        start: date = JUNE,
        *,
        people: np.ndarray | None = None,
        arm: np.ndarray | None = None,
        lost: Mapping[str, float] | None = None,
        kind: str | None = "coupon",
        days: int = 20,
    ) -> np.ndarray:
        """Lots of a campaign: the arm of each of ``people``; ``lost`` is the share of an arm that files do not tell."""
        shares = shares or {"treated": 0.5, "holdout": 0.5}
        who = self.people if people is None else people
        if arm is None:
            arm = self.chance.choice(list(shares), len(who), p=list(shares.values()))
        chance = np.array([shares[one] for one in arm.tolist()])
        gone = np.array([(lost or {}).get(one, 0.0) for one in arm.tolist()])
        kept = self.chance.random(len(who)) >= gone
        told = {"campaign_id": [name] * int(kept.sum()), "unit_id": who[kept], "arm": arm[kept].tolist()}
        self.tell(ASSIGNMENTS, propensity=chance[kept], **told)
        ends = start + timedelta(days=days)
        self.tell(PAST_CAMPAIGNS, campaign_id=[name], kind=[kind], channel=["email"], starts_on=[start], ends_on=[ends])
        return arm

    def plan(self, name: str, design: Design, unit: list[str] | None = None) -> None:
        """What the ledger holds of a campaign that was planned here."""
        keys = [str(k) for k in self.people] if unit is None else unit
        columns = {"customer_id": pa.array(self.people, pa.int64()), "unit": pa.array(keys, pa.string())}
        sha256 = models.put(self.workspace.artefacts, as_parquet(columns, {"plan": {"name": name}}))
        with self.workspace.ledger() as ledger:
            ledger.add_campaign(sha256, name, "draft", {"design": design.as_dict()}, datetime(2025, 5, 1, tzinfo=UTC))

    def hold_out(self, name: str, arm: np.ndarray, share: float, first: date, last: date) -> None:
        """A global holdout as the ledger holds it."""
        columns = {
            "customer_id": pa.array(self.people, pa.int64()),
            "arm": pa.array(arm.tolist(), pa.string()),
            "propensity": pa.array(np.where(arm == "holdout", share, 1 - share)),
        }
        told = {"starts_on": first.isoformat(), "ends_on": last.isoformat(), "share": share}
        sha256 = models.put(self.workspace.artefacts, as_parquet(columns, {"holdout": told}))
        with self.workspace.ledger() as ledger:
            ledger.add_campaign(sha256, name, "holdout", told, datetime(2025, 5, 1, tzinfo=UTC))

    def store(self) -> None:
        """Write what was told since the last call."""
        with self.workspace.warehouse() as warehouse:
            for table, parts in self.told.items():
                warehouse.append(table, pa.concat_tables(parts))
        self.told = {}

    def read(self, as_of: date = AS_OF) -> tuple[dict[str, Any], list[str]]:
        """Store what was told, and read all experiments."""
        self.store()
        with self.workspace.warehouse() as warehouse, warehouse.transaction():
            return experiments(self.workspace, warehouse, as_of)

    def readings(self, **equal: Any) -> list[dict[str, Any]]:
        """Rows of ``READINGS`` whose columns equal what is given."""
        with self.workspace.warehouse() as warehouse:
            told = warehouse.to_arrow(warehouse.table(READINGS)).to_pylist()
        return [row for row in told if all(row[name] == value for name, value in equal.items())]
