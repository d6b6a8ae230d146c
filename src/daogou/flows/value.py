"""Part of the stage predict: what each customer is worth."""

from datetime import date
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from daogou.flows.workspace import Workspace
from daogou.predict import value_sentences as say
from daogou.predict.value import Lack, Values, customer_values
from daogou.predict.value_sales import Sales
from daogou.store.rounding import number, rounded
from daogou.store.tables import CUSTOMER_VALUES, CUSTOMERS, ORDERS, REFUNDS, VALUE_TOTALS, Table
from daogou.store.warehouse import Warehouse

_EPOCH = date(1970, 1, 1)


def value(workspace: Workspace, warehouse: Warehouse, as_of: date) -> tuple[dict[str, Any], list[str]]:
    """Write ``CUSTOMER_VALUES`` and ``VALUE_TOTALS`` at ``as_of``; the summary, and sentences in the current language.

    Both are empty where there is not enough data, and the summary says what is lacking.
    """
    settings, plan = workspace.settings.value, workspace.settings.plan
    margin, is_assumed = plan.margin_used, plan.margin is None
    found = customer_values(sales(warehouse, as_of), (as_of - _EPOCH).days, margin, settings)
    rows, totals = ([], []) if isinstance(found, Lack) else (_rows(found, as_of), _totals(found, as_of))
    warehouse.replace(CUSTOMER_VALUES, rounded(_table(CUSTOMER_VALUES, rows)), as_of=as_of)
    warehouse.replace(VALUE_TOTALS, rounded(_table(VALUE_TOTALS, totals)), as_of=as_of)
    about = {"days": settings.days, "discount": settings.discount, "margin": margin, "margin_assumed": is_assumed}
    lines = list(
        say.told(found, settings.days, say.margin_said(margin, is_assumed), workspace.settings.company.currency)
    )
    return {"value": about | _summary(found)}, lines


def sales(warehouse: Warehouse, as_of: date) -> Sales:
    """What everyone but guests bought and gave back before ``as_of``, by day."""
    day = ibis.date(as_of.isoformat())
    orders, refunds, customers = (warehouse.table(one) for one in (ORDERS, REFUNDS, CUSTOMERS))
    bought = orders.filter(orders.local_day < day).select("customer_id", "local_day", paid="net_sales")
    back = refunds.filter(refunds.local_day < day).select("customer_id", "local_day", refunded="amount")
    none = ibis.literal(0).cast("decimal(18, 4)")
    rows = ibis.union(
        bought.mutate(refunded=none), back.mutate(paid=none).select("customer_id", "local_day", "paid", "refunded")
    )
    guests = customers.filter(customers.is_guest).select("customer_id").distinct()
    days = (
        rows.anti_join(guests, "customer_id")
        .group_by("customer_id", "local_day")
        .aggregate(paid=lambda t: t.paid.sum().cast("float64"), refunded=lambda t: t.refunded.sum().cast("float64"))
    )
    found = warehouse.to_arrow(days)
    return Sales.of(
        found["customer_id"].to_numpy(),
        found["local_day"].cast(pa.int32()).to_numpy(),
        found["paid"].to_numpy(),
        np.maximum(found["refunded"].to_numpy(), 0.0),
    )


def _rows(found: Values, as_of: date) -> list[dict[str, Any]]:
    buyers = found.buyers
    columns = {
        "customer_id": buyers.customer,
        "p_alive": found.alive,
        "orders": found.orders,
        "contribution": found.contribution,
        "low": found.low,
        "high": found.high,
        "at_risk": found.at_risk,
        "historic_net_sales": buyers.net,
        "is_wholesale": found.money.is_wholesale,
    }
    same = {"as_of": as_of, "model": f"{found.choice.name}, {found.money.name}"}
    told = zip(*(values.tolist() for values in columns.values()), strict=True)
    return [same | dict(zip(columns, row, strict=True)) for row in told]


def _totals(found: Values, as_of: date) -> list[dict[str, Any]]:
    return [{"as_of": as_of, "measure": name} | vars(estimate) for name, estimate in found.totals.items()]


def _summary(found: Values | Lack) -> dict[str, Any]:
    if isinstance(found, Lack):
        return {"lack": say.lack(found)}
    tested, choice, money = found.money.tested, found.choice, found.drifts.money
    return {name: estimate.as_dict() for name, estimate in found.totals.items()} | {
        "customers": len(found.buyers.customer),
        "historic_net_sales": round(float(found.buyers.net.sum()), 4),
        "wholesale_buyers": int(found.money.is_wholesale.sum()),
        "timing": {"model": choice.name, "held_out_days": choice.days}
        | {name: number(getattr(choice, name)) for name in ("gain", "error")}
        | {"parameters": found.timing.parameters_},
        "money": {
            "model": found.money.name,
            "refused": say.refused(found),
            "correlation": {name: getattr(tested, name) for name in ("value", "low", "high", "p_value")},
        },
        "held_forward": [
            {"days": one.days, "expected": round(one.money.expected, 4), "came": round(one.money.came, 4)}
            for one in found.windows
        ],
        "correction": round(money.factor - 1, 6),
    }


def _table(table: Table, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=table.schema().to_pyarrow())
