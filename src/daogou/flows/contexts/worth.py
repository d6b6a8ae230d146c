"""What customers are worth, as the stage predict found it."""

import math
from datetime import date
from typing import Any

import ibis

from daogou.base.estimate import Estimate
from daogou.flows.settings import Settings
from daogou.report import contexts as page
from daogou.store.tables import CUSTOMER_VALUES, VALUE_TOTALS
from daogou.store.warehouse import Warehouse


def worth(warehouse: Warehouse, as_of: date, settings: Settings) -> page.Worth | None:
    """The totals of ``as_of``; None where there was not enough data."""
    totals, values = (warehouse.table(one) for one in (VALUE_TOTALS, CUSTOMER_VALUES))
    day = ibis.date(as_of.isoformat())
    rows = warehouse.to_arrow(totals.filter(totals.as_of == day).drop("as_of")).to_pylist()
    found = {row["measure"]: Estimate(row["value"], *_ends(row), row["n"], row["unit"]) for row in rows}
    if not found:
        return None
    return page.Worth(
        days=settings.value.days,
        contribution=found["contribution"],
        at_risk=found["at_risk"],
        top_tenth_share=found["top_tenth_share"],
        wholesale=int(warehouse.scalar(values.filter(values.as_of == day, values.is_wholesale).count())),
        margin=settings.plan.margin_used,
        is_assumed=settings.plan.margin is None,
    )


def _ends(row: dict[str, Any]) -> tuple[float, float]:
    """Its interval, NaN where a table has nothing."""
    return tuple(math.nan if row[end] is None else row[end] for end in ("low", "high"))  # type: ignore[return-value]
