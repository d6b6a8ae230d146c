"""Campaigns read together: those of one offer, and all of a year."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import numpy as np

from daogou.base.estimate import Estimate
from daogou.campaign.design import HOLDOUT, TREATED
from daogou.flows.experiment_readings import Told, finite
from daogou.measure.experiment.reading_joined import joined, total
from daogou.store.tables import ASSIGNMENTS, READINGS
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]

OFFER, YEAR = "offer", "year"
_KIND = "kind"


@dataclass(frozen=True)
class Joined:
    """Several campaigns' contribution as one reading; ``effect`` is per person treated, ``total`` of all together.

    ``treated`` and ``held_out`` count people once a campaign, ``people`` are the different ones treated, and
    ``in_several`` those of them whom more than one of the campaigns treated.
    """

    level: str
    name: str
    arm: str
    campaigns: tuple[str, ...]
    effect: Estimate
    total: Estimate
    treated: int
    held_out: int
    people: int
    in_several: int
    cost: float
    first: date
    last: date


@dataclass(frozen=True)
class SumOfCampaigns:
    """What all campaigns with a control group that began in a year brought in contribution, added up.

    The interval counts a person who took part in several campaigns as one draw. ``in_several`` of ``people`` were
    treated by more than one of them.
    """

    total: Estimate
    cost: float
    campaigns: int
    people: int
    in_several: int
    first: date
    last: date


def by_offer(found: Sequence[Told], kinds: Mapping[str, str]) -> list[Joined]:
    """One reading an offer and arm that more than one campaign had.

    Campaigns are of one offer where their plans said so. Of others, those of one kind are read together where none of
    them can be read alone.
    """
    groups: dict[tuple[str, str, str], list[Told]] = {}
    for one in found:
        if one.part is not None:
            offer = one.lots.design.offer
            by, name = (OFFER, offer) if offer else (_KIND, kinds.get(one.lots.name, ""))
            groups.setdefault((by, name, one.arm), []).append(one)
    made = []
    for (by, name, arm), ones in groups.items():
        alone = any(one.earned is not None and finite(one.earned) for one in ones)
        if name and len({one.lots.name for one in ones}) > 1 and (by == OFFER or not alone):
            made.append(_joined(OFFER, name, arm, ones))
    return made


def by_year(found: Sequence[Told]) -> list[Joined]:
    """The sum of all campaigns that began in one calendar year, a reading a year, oldest first."""
    years: dict[int, list[Told]] = {}
    for one in found:
        if one.part is not None:
            years.setdefault(one.lots.start.year, []).append(one)
    return [_joined(YEAR, str(year), TREATED, ones) for year, ones in sorted(years.items())]


def sum_of_campaigns(warehouse: Warehouse, as_of: date, year: int) -> SumOfCampaigns | None:
    """The sum of a year's campaigns as ``READINGS`` hold it at ``as_of``; None where none of them could be read."""
    table = warehouse.table(READINGS)
    rows = table.filter(table.as_of == ibis.date(as_of.isoformat()), table.level == YEAR, table.name == str(year))
    told = warehouse.to_arrow(rows).to_pylist()
    if not told:
        return None
    row = told[0]
    mine = table.filter(
        table.as_of == ibis.date(as_of.isoformat()),
        table.level == "campaign",
        table.outcome == "contribution",
        table.value.notnull(),
        table.from_day.year() == year,
    )
    lots = warehouse.table(ASSIGNMENTS)
    treated = lots.filter(lots.arm != HOLDOUT, lots.propensity.notnull())
    treated = treated.semi_join(mine.filter(mine.segment == "").select(campaign_id="name"), "campaign_id")
    by = treated.group_by("unit_id").aggregate(n=treated.campaign_id.nunique())
    people = warehouse.to_arrow(by.aggregate(people=by.count(), in_several=(by.n > 1).sum())).to_pylist()[0]
    campaigns = warehouse.scalar(treated.campaign_id.nunique())
    value, low, high = (math.nan if row[end] is None else row[end] for end in ("total", "total_low", "total_high"))
    return SumOfCampaigns(
        Estimate(value, low, high, people["people"]),
        row["cost"] or 0.0,
        campaigns,
        people["people"],
        people["in_several"] or 0,
        row["from_day"],
        row["to_day"],
    )


def _joined(level: str, name: str, arm: str, ones: Sequence[Told]) -> Joined:
    parts = [one.part for one in ones if one.part is not None]
    names = tuple(dict.fromkeys(one.lots.name for one in ones))
    treated = [one.treated_people for one in ones]
    people, times = np.unique(np.concatenate(treated), return_counts=True)
    held = {one.lots.name: one.reading.held_out for one in ones}  # arms of one campaign share theirs
    return Joined(
        level,
        name,
        arm,
        names,
        joined(parts),
        total(parts),
        sum(one.reading.treated for one in ones),
        sum(held.values()),
        len(people),
        int((times > 1).sum()),
        sum(one.cost for one in ones),
        min(one.lots.start for one in ones),
        max(one.lots.end for one in ones) - timedelta(days=1),
    )
