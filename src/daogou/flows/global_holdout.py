"""The customers whom no campaign reaches for half a year: what all marketing brings is read against them."""

import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from daogou.base.assignment import draw
from daogou.base.clock import Clock
from daogou.base.words import gettext as _
from daogou.campaign.artefact import as_parquet
from daogou.campaign.design import HOLDOUT, TREATED
from daogou.campaign.population import Population, population
from daogou.campaign.power import Spread, visible_effect
from daogou.flows.workspace import Workspace
from daogou.store import models
from daogou.store.ledger import Campaign, Ledger
from daogou.store.rounding import number
from daogou.store.tables import ORDERS
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Period:
    """Half a calendar year, in local days; ``share`` of customers are reached by no campaign."""

    name: str
    starts_on: date
    ends_on: date
    share: float


def half_year(day: date) -> tuple[str, date, date]:
    """The name of the half-year's holdout, its first day and its last.

    >>> half_year(date(2026, 11, 29))
    ('global-holdout-2026H2', datetime.date(2026, 7, 1), datetime.date(2026, 12, 31))
    """
    half = 1 if day.month <= 6 else 2
    first = date(day.year, 1 if half == 1 else 7, 1)
    last = date(day.year, 6, 30) if half == 1 else date(day.year, 12, 31)
    return f"global-holdout-{day.year}H{half}", first, last


def held_out(salt: str, period: Period, keys: Array) -> Array:
    """Whether each key is held out in the period, shape (n,): its lot, drawn for the period alone, is below the share.

    So a customer who is new in the period gets a lot too, and nobody else's changes.
    """
    lots = np.array([draw(salt, period.name, key) for key in keys.tolist()], dtype=np.float64)
    found: Array = lots < period.share
    return found


def global_holdout(
    ledger: Ledger, workspace: Workspace, people: Population, as_of: date, clock: Clock
) -> Period | None:
    """Enter the half-year's holdout of these people in the ledger; None where the settings ask for none.

    The same people are the same row. In a half-year that has begun the share stays what it was; with a share of 0 the
    holdout ends on the day before ``as_of``.
    """
    share = workspace.settings.plan.global_holdout
    name, first, last = half_year(as_of)
    before = _standing(ledger, name, as_of)
    if share == 0:
        if before is not None:
            ends = max(as_of - timedelta(days=1), date.fromisoformat(before.summary["starts_on"]))
            told = before.summary | {"ends_on": ends.isoformat()}
            _enter(ledger, workspace, _rows_of(models.get(workspace.artefacts, before.plan_sha)), told, clock)
        return None
    if before is None:
        period = Period(name, max(first, as_of), last, share)
    else:
        begun = date.fromisoformat(before.summary["starts_on"])
        period = Period(name, begun, last, before.summary["share"])
    keys = keys_of(people)
    out = held_out(workspace.keys.salt, period, keys)
    rows = {
        "customer_id": pa.array(people.customer_id, pa.int64()),
        "arm": pa.array(np.where(out, HOLDOUT, TREATED).tolist(), pa.string()),
        "propensity": pa.array(np.round(np.where(out, period.share, 1 - period.share), 12), pa.float64()),
        "unit": pa.array(keys.tolist(), pa.string()),
    }
    told = {
        "name": name,
        "state": HOLDOUT,
        "share": period.share,
        "starts_on": period.starts_on.isoformat(),
        "ends_on": period.ends_on.isoformat(),
        "customers": len(people),
        "held_out": int(out.sum()),
    }
    _enter(ledger, workspace, rows, told, clock)
    return period


def holdouts(ledger: Ledger) -> dict[str, Campaign]:
    """The newest row of each half-year's holdout, by its name: customers who came later are in it."""
    return {one.name: one for one in ledger.campaigns() if one.state == HOLDOUT}


def held_back(workspace: Workspace, ledger: Ledger, day: date) -> set[int]:
    """The customers who are held out of everything on ``day``, as the last plan drew them."""
    found: set[int] = set()
    for one in holdouts(ledger).values():
        if one.summary["starts_on"] <= day.isoformat() <= one.summary["ends_on"]:
            rows = pq.read_table(io.BytesIO(models.get(workspace.artefacts, one.plan_sha)))
            out = rows.filter(pc.equal(rows["arm"], HOLDOUT))
            found |= set(out["customer_id"].to_pylist())
    return found


def held_out_text(n: int) -> str:
    """What a list for contact says of those who are not in it."""
    return _("Left out, because no campaign reaches them in this half-year (the global holdout): {n}.").format(
        n=f"{n:,}"
    )


def keys_of(people: Population) -> Array:
    """The key that each person's lot is drawn for: the customer's number, or the household."""
    keys: Array = people.customer_id.astype(str) if people.unit is None else people.unit
    return keys


def out_of_campaign(workspace: Workspace, people: Population, current: Period, first: date, last: date) -> Array:
    """The customers who may not be in a campaign of these days: held out in a half-year that it touches."""
    out = np.zeros(len(people), dtype=bool)
    for period in {current.name: current, **_later(current, workspace.settings.plan.global_holdout, last)}.values():
        if period.ends_on >= first:
            out |= held_out(workspace.keys.salt, period, keys_of(people))
    found: Array = people.customer_id[out]
    return found


def _later(current: Period, share: float, last: date) -> dict[str, Period]:
    """The half-year after the current one, where it begins by ``last``."""
    name, first, end = half_year(current.ends_on + timedelta(days=1))
    return {name: Period(name, first, end, share)} if first <= last else {}


def promise(
    workspace: Workspace, warehouse: Warehouse, people: Population, period: Period, as_of: date
) -> dict[str, Any]:
    """What the holdout will show when it ends, and what it forgoes: by spend in as many days of the past."""
    known_since = warehouse.scalar(warehouse.table(ORDERS).local_day.min())
    days = min((period.ends_on - period.starts_on).days + 1, (as_of - known_since).days)
    past = population(warehouse, as_of, max(days, 1))  # the same people in the same order
    out = held_out(workspace.keys.salt, period, keys_of(people))
    spread = Spread.of(past.spend, past.known_or_before, people.unit)
    units = spread.units
    share = float(out.mean()) if len(out) else 0.0
    effect = float(visible_effect(spread, units * share, units * (1 - share)))
    lift = effect / spread.mean if spread.mean > 0 else float("nan")
    margin = workspace.settings.plan.margin_used
    return {
        "name": period.name,
        "share": period.share,
        "customers": len(people),
        "held_out": int(out.sum()),
        "starts_on": period.starts_on.isoformat(),
        "ends_on": period.ends_on.isoformat(),
        "known_on": (period.ends_on + timedelta(days=1)).isoformat(),
        "history_days": days,
        "visible_lift": number(lift),
        "forgone": number(float(out.sum()) * effect * margin),
    }


def _standing(ledger: Ledger, name: str, as_of: date) -> Campaign | None:
    """The newest row of the half-year's holdout, unless it was ended."""
    found = holdouts(ledger).get(name)
    return found if found and found.summary["ends_on"] >= as_of.isoformat() else None


def _rows_of(data: bytes) -> dict[str, pa.ChunkedArray]:
    table = pq.read_table(io.BytesIO(data))
    return {name: table[name] for name in table.column_names}


def _enter(ledger: Ledger, workspace: Workspace, rows: dict[str, Any], told: dict[str, Any], clock: Clock) -> None:
    sha256 = models.put(workspace.artefacts, as_parquet(rows, {"holdout": told}))
    ledger.add_campaign(sha256, told["name"], HOLDOUT, told, clock())
