"""Campaigns that reached whole regions: how these changed beside the others, from the facts before ``as_of``."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from daogou.base.estimate import Estimate
from daogou.flows.observational_groups import Group
from daogou.flows.observational_known import Attributes
from daogou.flows.observational_rows import amounts
from daogou.measure.experiment.observed_regions import (
    difference_in_differences,
    placebo_in_regions,
    whole_regions,
)
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]

PERIODS = 6  # of the outcome's days each, before the start, at most
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class InRegions:
    """One campaign that went by regions: contribution a person and region, and how many regions of each kind."""

    effect: Estimate
    placebo: Estimate
    reached: int
    others: int
    periods: int


def in_regions(
    warehouse: Warehouse, one: Group, regions: Attributes, everyone: Array, since: Array, first: int, margin: float
) -> InRegions | None:
    """The difference in differences of a campaign that reached whole regions; None where it went by people.

    ``regions`` has a row of each of ``everyone``. The same people make a region in each period: those known before the
    earliest of them. A region is what its people brought on average, so that each region counts once.
    """
    place = np.searchsorted(everyone, one.customer)
    region = regions.at(place, one.start)[:, 0]
    hit = whole_regions(region, one.reached)
    if hit is None:
        return None
    periods = min(PERIODS, (one.start - first) // one.days)
    earliest = one.start - periods * one.days
    stayed = (region >= 0) & (since[place] < max(earliest, first + 1))
    people = np.bincount(region[stayed], minlength=len(hit))
    sums = _sums(warehouse, one.customer[stayed], region[stayed], len(hit), earliest, one, periods)
    has = people > 0
    means = margin * sums[has] / people[has][:, None]
    hit = hit[has]
    if not hit.any() or hit.all():
        return None
    return InRegions(
        difference_in_differences(means[:, :-1], means[:, -1:], hit),
        placebo_in_regions(means[:, :-1], hit),
        int(hit.sum()),
        int((~hit).sum()),
        periods,
    )


def _sums(
    warehouse: Warehouse, customer: Array, region: Array, n: int, earliest: int, one: Group, periods: int
) -> Array:
    """Net sales less refunds by region and period, shape (regions, periods + 1), in currency."""
    asked = warehouse.materialise("observed_regions", pa.table({"customer_id": customer, "person": region}))
    rows = amounts(warehouse, asked, _EPOCH + timedelta(days=one.end))
    rows = rows.filter(rows.local_day >= ibis.date((_EPOCH + timedelta(days=earliest)).isoformat()))
    found = warehouse.to_arrow(rows.select("person", "local_day", net=rows.sold - rows.refunded))
    warehouse.drop("observed_regions")
    day = found["local_day"].to_numpy().astype("datetime64[D]").astype(np.int64)
    sums = np.zeros((n, periods + 1), dtype=np.int64)
    np.add.at(sums, (found["person"].to_numpy(), (day - earliest) // one.days), found["net"].to_numpy())
    return np.asarray(sums / 10_000)
