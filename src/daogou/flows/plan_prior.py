"""What past campaigns lead one to expect of the next: ``learnings``, read for its offer."""

import math
from datetime import date
from statistics import NormalDist
from typing import Any

from daogou.base.statistics import Z95
from daogou.store.rounding import number
from daogou.store.tables import LEARNINGS
from daogou.store.warehouse import Warehouse

_AMOUNTS = ("value", "low", "high", "next_low", "next_high")


def prior(warehouse: Warehouse, as_of: date, offer: str, cost_per_person: float) -> dict[str, Any] | None:
    """What campaigns of this offer, else all together, brought a person, as it was last measured; None: nothing was.

    ``age`` counts from when the last of them began to ``as_of``. ``pays`` is the chance that the next one's effect lies
    above what it costs a person, if what it may be is spread as a normal over ``next_low`` to ``next_high``.
    """
    learnt = warehouse.table(LEARNINGS)
    known = learnt.filter(learnt.as_of <= as_of, learnt.last_on < as_of)
    rows = [
        row
        for row in warehouse.to_arrow(known.filter(known.as_of == known.as_of.max())).to_pylist()
        if row["level"] == "all" or (row["level"] == "offer" and row["name"] == offer)
    ]
    if not rows:
        return None
    best = max(rows, key=lambda row: row["level"] == "offer")
    told = {name: best[name] for name in ("level", "name", "campaigns")}
    told |= {name: number(best[name]) for name in _AMOUNTS}
    pays = _chance_above(cost_per_person, best["next_low"], best["next_high"])
    return told | {"last_on": best["last_on"].isoformat(), "age": (as_of - best["last_on"]).days, "pays": number(pays)}


def _chance_above(least: float, low: float, high: float) -> float:
    if not high > low:  # also where either is no number
        return math.nan
    return 1 - NormalDist((low + high) / 2, (high - low) / (2 * Z95)).cdf(least)
