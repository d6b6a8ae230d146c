"""Who was drawn into which arm: of each finished campaign with a control group, and of the global holdout so far."""

import io
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from daogou.campaign.design import HOLDOUT, TREATED, Design
from daogou.flows.designs import Designs, designs
from daogou.flows.global_holdout import holdouts
from daogou.flows.unit_rows import customer_units
from daogou.flows.workspace import Workspace
from daogou.measure.experiment.mismatch import Mismatch, mismatch, mismatch_of
from daogou.store import models
from daogou.store.ledger import Campaign
from daogou.store.tables import ASSIGNMENTS, CUSTOMERS, PAST_CAMPAIGNS, UTC_TIME
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]

CAMPAIGN, PROGRAMME = "campaign", "programme"
GLOBAL_HOLDOUT = "global holdout"  # kind of a campaign in the company's own files that is one


@dataclass(frozen=True)
class Lots:
    """Everyone who was drawn for one campaign. Arrays have one value a customer, in ascending order of ``customer``.

    Attributes:
        level: campaign, or programme: the global holdout.
        start: first day of the outcome; ``end`` is the day after its last.
        arm: place in ``names``, which are in order and hold ``holdout``.
        chance: the probability of the arm that each is in.
        unit: a number for each household or store that was drawn; None: customers were.
        left_out: customers who could only be in one arm, or are in two.
    """

    level: str
    name: str
    start: date
    end: date
    design: Design
    sha256: str | None
    customer: Array
    arm: Array
    names: tuple[str, ...]
    chance: Array
    unit: Array | None
    left_out: int

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms that got something: those of the design in its order, then others by name."""
        names = [name for name in self.names if name != HOLDOUT]
        own = [name for name in self.design.arms if name in names]
        return (*own, *(name for name in names if name not in own))

    def within(self, arm: str) -> Array:
        """Whether each is in an arm, shape (n,)."""
        return np.asarray(self.arm == self.names.index(arm))

    @property
    def sizes(self) -> Mismatch | None:
        """Whether all arms are as large as lots make them; None of two arms, which each reading tests by itself."""
        if len(self.names) < 3:
            return None
        first = np.arange(len(self.arm)) if self.unit is None else np.unique(self.unit, return_index=True)[1]
        arm, chance = self.arm[first], self.chance[first]
        chances = [chance[arm == place] for place in range(len(self.names))]
        if any(np.ptp(one) > 1e-6 for one in chances):
            return mismatch_of(chances)
        return mismatch([len(one) for one in chances], [float(one.mean()) for one in chances])


def anything_drawn(workspace: Workspace, warehouse: Warehouse) -> bool:
    """Whether any campaign, or a global holdout, left people out by lot."""
    with workspace.ledger() as ledger:
        return bool(_with_holdout(warehouse)) or bool(holdouts(ledger))


def finished(workspace: Workspace, warehouse: Warehouse, as_of: date) -> Iterator[Lots]:
    """Each campaign with a holdout by lot whose outcome's days are over at ``as_of``, oldest first."""
    return _of_campaigns(workspace, warehouse, lambda _name, _start, end: end <= as_of)


def running(
    workspace: Workspace, warehouse: Warehouse, as_of: date, also: Container[str] = frozenset()
) -> Iterator[Lots]:
    """Each that has begun and whose days are not over at ``as_of``; and of those that are over, those of ``also``."""
    return _of_campaigns(workspace, warehouse, lambda name, start, end: start < as_of and (end > as_of or name in also))


def _of_campaigns(
    workspace: Workspace, warehouse: Warehouse, is_asked: Callable[[str, date, date], bool]
) -> Iterator[Lots]:
    fixed, planned = designs(workspace), _planned(workspace)
    begun, kinds = starts(warehouse, workspace.settings.company.timezone), _kinds(warehouse)
    for start, name in sorted((begun[name], name) for name in _with_holdout(warehouse) if name in begun):
        end = start + timedelta(days=fixed.of(name).outcome_days)
        if not is_asked(name, start, end) or kinds.get(name) == GLOBAL_HOLDOUT:
            continue
        lots = _lots(workspace, warehouse, name, (start, end), fixed, planned.get(name))
        if lots is not None:
            yield lots


def programme(workspace: Workspace, warehouse: Warehouse, as_of: date) -> Iterator[Lots]:
    """Each global holdout from its first day to its last, or to now: those drawn here, and those that files tell of."""
    with workspace.ledger() as ledger:
        rows = holdouts(ledger)
    for name, row in sorted(rows.items(), key=lambda item: item[1].summary["starts_on"]):
        start, last = (date.fromisoformat(row.summary[key]) for key in ("starts_on", "ends_on"))
        if start < as_of:
            drawn_here = _of_artefact(workspace, row, name, start, min(last + timedelta(days=1), as_of))
            if drawn_here.arms and HOLDOUT in drawn_here.names:  # of a few customers it may be that nobody is held out
                yield drawn_here
    table = warehouse.table(PAST_CAMPAIGNS)
    told = table.filter(table.kind.strip().lower() == GLOBAL_HOLDOUT).order_by("starts_on", "campaign_id")
    for campaign in warehouse.to_arrow(told.select("campaign_id", "starts_on", "ends_on")).to_pylist():
        start, last = campaign["starts_on"], campaign["ends_on"]
        if start < as_of and campaign["campaign_id"] in _with_holdout(warehouse):
            span = (start, min(last + timedelta(days=1), as_of))
            fixed = Designs({}, Design(outcome_days=(span[1] - start).days))
            lots = _lots(workspace, warehouse, campaign["campaign_id"], span, fixed, None, PROGRAMME)
            if lots is not None:
                yield lots


def starts(warehouse: Warehouse, timezone: str = "UTC") -> dict[str, date]:
    """The first day of each campaign: as imported, else the local day of its first lot."""
    lots = warehouse.table(ASSIGNMENTS)
    drawn = lots.filter(lots.occurred_at.notnull()).group_by("campaign_id").agg(moment=lots.occurred_at.min())
    found = {}
    for row in warehouse.to_arrow(drawn).to_pylist():
        found[row["campaign_id"]] = _local(row["moment"], timezone)
    campaigns = warehouse.table(PAST_CAMPAIGNS).select("campaign_id", "starts_on")
    return found | {row["campaign_id"]: row["starts_on"] for row in warehouse.to_arrow(campaigns).to_pylist()}


def _local(moment: datetime, timezone: str) -> date:
    local: date = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).date()
    return local


def drawn(warehouse: Warehouse, campaign: str, before: datetime | None = None) -> ir.Table:
    """unit_id, arm, propensity and number of arms of everyone drawn by lot; where it is told when, ``before`` (UTC)."""
    rows = warehouse.table(ASSIGNMENTS)
    rows = rows.filter(rows.campaign_id == campaign, rows.propensity.notnull())
    if before is not None:
        rows = rows.filter(rows.occurred_at.isnull() | (rows.occurred_at < ibis.literal(before).cast(UTC_TIME)))
    by = rows.group_by("unit_id").agg(arms=rows.arm.nunique(), arm=rows.arm.min(), propensity=rows.propensity.min())
    return by.order_by("unit_id")


def _with_holdout(warehouse: Warehouse) -> list[str]:
    rows = warehouse.table(ASSIGNMENTS)
    rows = rows.filter(rows.propensity.notnull())
    by = rows.group_by("campaign_id").agg(held=(rows.arm == HOLDOUT).any(), arms=rows.arm.nunique())
    found = warehouse.to_arrow(by.filter(by.held, by.arms > 1).select("campaign_id").order_by("campaign_id"))
    names: list[str] = found["campaign_id"].to_pylist()
    return names


def _lots(
    workspace: Workspace,
    warehouse: Warehouse,
    name: str,
    span: tuple[date, date],
    fixed: Designs,
    plan: Campaign | None,
    level: str = CAMPAIGN,
) -> Lots | None:
    """The lots of a campaign in the tables; None where nobody could be in either arm."""
    zone = ZoneInfo(workspace.settings.company.timezone)
    end = datetime(span[1].year, span[1].month, span[1].day, tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    rows = warehouse.to_arrow(drawn(warehouse, name, end))
    chance = rows["propensity"].to_numpy()
    kept = (chance > 0) & (chance < 1) & (rows["arms"].to_numpy() == 1)
    arm, names = _coded(rows["arm"].filter(pa.array(kept)))
    if HOLDOUT not in names or len(names) < 2:
        return None
    customer, design = rows["unit_id"].to_numpy()[kept], fixed.of(name)
    unit = _units(workspace, warehouse, design, plan, customer, span[0])
    drawn_by, sha256 = _one_arm_each(unit, arm, customer), fixed.sha256(name)
    left_out = int((~kept).sum())
    return Lots(level, name, *span, design, sha256, customer, arm, names, chance[kept], drawn_by, left_out)


def _of_artefact(workspace: Workspace, row: Campaign, name: str, start: date, end: date) -> Lots:
    """A global holdout that was drawn here."""
    told = pq.read_table(io.BytesIO(models.get(workspace.artefacts, row.plan_sha))).sort_by("customer_id")
    customer = told["customer_id"].to_numpy()
    arm, names = _coded(told["arm"])
    unit = _numbered(customer, told["unit"]) if "unit" in told.column_names else None
    design = Design(outcome_days=(end - start).days, arms=(TREATED,))
    chance = told["propensity"].to_numpy()
    return Lots(
        PROGRAMME, name, start, end, design, None, customer, arm, names, chance, _one_arm_each(unit, arm, customer), 0
    )


def _coded(arms: pa.ChunkedArray) -> tuple[Array, tuple[str, ...]]:
    """Each arm's place among the names, and these in order."""
    told = arms.combine_chunks().dictionary_encode()
    names = np.asarray(told.dictionary.to_pylist(), dtype=str)
    order = np.argsort(names)
    places = np.empty(len(names), dtype=np.int64)
    places[order] = np.arange(len(names))
    return places[told.indices.to_numpy()], tuple(names[order].tolist())


def _planned(workspace: Workspace) -> dict[str, Campaign]:
    """The last plan of each name."""
    with workspace.ledger() as ledger:
        return {one.name: one for one in ledger.campaigns() if one.state != HOLDOUT and one.summary.get("design")}


def _kinds(warehouse: Warehouse) -> dict[str, str]:
    table = warehouse.table(PAST_CAMPAIGNS)
    rows = warehouse.to_arrow(table.select("campaign_id", kind=table.kind.strip().lower())).to_pylist()
    return {row["campaign_id"]: row["kind"] or "" for row in rows}


def _units(
    workspace: Workspace, warehouse: Warehouse, design: Design, plan: Campaign | None, customer: Array, day: date
) -> Array | None:
    """What was drawn instead of customers: as the plan's artefact keeps it, else as customers' attributes tell."""
    if design.unit not in ("household", "store"):
        return None
    if plan is not None:
        told = pq.read_table(
            io.BytesIO(models.get(workspace.artefacts, plan.plan_sha)), columns=["customer_id", "unit"]
        )
    else:
        known = _households(warehouse, workspace.settings.plan.household, day)
        told = warehouse.to_arrow(known if design.unit == "household" else customer_units(warehouse, "store", day, day))
        told = told.rename_columns(["customer_id", "unit"])
    told = told.sort_by("customer_id")
    place = np.searchsorted(customer, told["customer_id"].to_numpy())
    inside = place < len(customer)
    inside[inside] = customer[place[inside]] == told["customer_id"].to_numpy()[inside]
    unit = customer.copy()
    kept = told.filter(pa.array(inside))
    unit[place[inside]] = _numbered(kept["customer_id"].to_numpy(), kept["unit"])
    return unit


def _households(warehouse: Warehouse, attribute: str, day: date) -> ir.Table:
    """customer_id and household of the customers who had one on ``day``."""
    rows = warehouse.table(CUSTOMERS)
    rows = rows.mutate(unit=rows.attributes.get(attribute).strip().nullif(""))
    rows = rows.filter(rows.unit.notnull(), rows.is_static | (rows.valid_from <= ibis.date(day.isoformat())))
    return rows.group_by("customer_id").aggregate(unit=rows.unit.argmax(rows.valid_from))


def _numbered(customer: Array, unit: pa.ChunkedArray) -> Array:
    """Each unit's number: its lowest customer's, so that units of several campaigns are told by one number."""
    codes = unit.combine_chunks().dictionary_encode().indices.to_numpy()
    lowest = np.full(int(codes.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(lowest, codes, customer)
    return np.asarray(lowest[codes])


def _one_arm_each(unit: Array | None, arm: Array, customer: Array) -> Array | None:
    """The units; of those that are in several arms, which no lot of units makes, each customer by themselves."""
    if unit is None or np.array_equal(unit, customer):
        return None
    _names, place = np.unique(unit, return_inverse=True)
    low, high = np.full(place.max() + 1, len(arm)), np.full(place.max() + 1, -1)
    np.minimum.at(low, place, arm)
    np.maximum.at(high, place, arm)
    return np.where((low == high)[place], unit, customer)
