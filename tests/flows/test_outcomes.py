"""Outcomes by their name: money is the ladder's, and each is counted on its own days."""

from datetime import timedelta

import numpy as np
import pytest
from tests.flows.experiment_company import AS_OF, FIRST, JUNE, Company

from daogou.flows.money_ladder import books_by_day, costs_of
from daogou.flows.outcomes import OUTCOMES, lacking, made_ready, measured, terms
from daogou.measure.money_orders import order_amounts
from daogou.store.tables import ORDER_LINES, ORDERS, REFUNDS

SETTINGS = "[money]\nshipping_cost = 1.5\ncommission = 0.04\n[plan]\nmargin = 0.3\n"


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """Orders with known, partly known and unknown cost of goods; some not paid, some refunded, some by no order."""
    made = Company(tmp_path_factory.mktemp("outcomes"), 400, settings=SETTINGS)
    everyone = made.people[:300]
    made.buy(everyone, JUNE, made.amounts(300))
    told = made.told[ORDERS][-1]
    ids, money = told["order_id"].to_pylist()[:200], np.array(told["net_sales"].to_pylist()[:200], float)
    cost = [float(one) * 0.4 if k % 2 else None for k, one in enumerate(money)]
    for half in ("a", "b"):
        lines = [f"{order}-{half}" for order in ids]
        paid = np.round(money / 2, 2)
        costs = np.array([np.nan if one is None else one / 2 for one in cost])
        known = ~np.isnan(costs) if half == "a" else np.zeros(200, bool)
        for mine in (known, ~known):
            more = {"unit_cost": costs[mine]} if mine is known else {}
            amounts = {"net_sales": paid[mine], "paid": paid[mine], "list_value": paid[mine]}
            names = {"line_id": np.array(lines)[mine], "order_id": np.array(ids)[mine]}
            n = int(mine.sum())
            made.tell(ORDER_LINES, item_id=["tea"] * n, quantity=np.ones(n), **names, **amounts, **more)
    made.buy(made.people[300:350], JUNE + timedelta(days=1), made.amounts(50))
    unpaid = made.told[ORDERS].pop()
    made.told[ORDERS].append(unpaid.set_column(unpaid.column_names.index("status"), "status", [["cancelled"] * 50]))
    made.refund(made.people[350:360], JUNE + timedelta(days=2), 3.0)  # names no order
    back = {"refund_id": [f"b{k}" for k in range(20)], "customer_id": everyone[:20], "order_id": ids[:20]}
    made.tell(REFUNDS, local_day=[JUNE + timedelta(days=40)] * 20, amount=np.full(20, 5.0), **back)
    made.store()
    return made


def test_all_customers_together_are_the_ladder(company):
    with company.workspace.warehouse() as warehouse:
        costs = costs_of(company.workspace)
        books = books_by_day(warehouse, AS_OF, costs, order_amounts(warehouse, AS_OF, costs)).values()
        with made_ready(company.workspace, warehouse, AS_OF) as ready:
            found = measured(
                warehouse, ["contribution", "net_sales", "orders", "refunds"], company.people, FIRST, AS_OF, ready
            )
    for name, step in (("contribution", "contribution"), ("net_sales", "net")):
        assert found[name].values.sum() == pytest.approx(float(sum(one.ladder[step] for one in books)), abs=1e-6)
    assert found["orders"].values.sum() == sum(one.orders for one in books)
    assert found["refunds"].values.sum() == pytest.approx(10 * 3.0 + 20 * 5.0)
    assert found["contribution"].values.sum() != pytest.approx(0.3 * found["net_sales"].values.sum(), rel=0.01)


def test_windows_add_up(company):
    middle = JUNE + timedelta(days=1)
    with company.workspace.warehouse() as warehouse, made_ready(company.workspace, warehouse, AS_OF) as ready:
        names = ["contribution", "orders"]
        parts = [
            measured(warehouse, names, company.people, *days, ready) for days in ((FIRST, middle), (middle, AS_OF))
        ]
        whole = measured(warehouse, names, company.people, FIRST, AS_OF, ready)
    for name in names:
        assert sum(one[name].values for one in parts) == pytest.approx(whole[name].values)


def test_an_order_that_was_not_paid_is_none(company):
    with company.workspace.warehouse() as warehouse:
        day = JUNE + timedelta(days=1)
        found = measured(warehouse, ["orders"], company.people, day, day + timedelta(days=1), terms(company.workspace))
    assert found["orders"].values.sum() == 0


def test_what_came_back_later_is_seen_once_it_is_known(company):
    window = JUNE, JUNE + timedelta(days=1)
    with company.workspace.warehouse() as warehouse:
        at_once = measured(warehouse, ["refunds"], company.people, *window, terms(company.workspace))["refunds"]
        with made_ready(company.workspace, warehouse, AS_OF) as ready:
            later = measured(warehouse, ["refunds"], company.people, *window, ready)["refunds"]
    assert (at_once.values.sum(), later.values.sum()) == (0, 100)


def test_margin_is_that_of_lines_whose_cost_is_known(company):
    with company.workspace.warehouse() as warehouse:
        assert lacking(warehouse, ["margin", "dwell", "application", "visits"], terms(company.workspace)) == {
            "dwell": "read_seconds", "application": "undeclared", "visits": "unknown",
        }  # fmt: skip
        found = measured(warehouse, ["margin"], company.people, FIRST, AS_OF, terms(company.workspace))["margin"]
    assert found.values.sum() / found.below.sum() == pytest.approx(0.6, abs=0.01)
    assert (found.below[1:200:2] > 0).all()
    assert found.below.sum() == pytest.approx(found.below[1:200:2].sum())


def test_every_outcome_is_described():
    assert all(one.unit for one in OUTCOMES.values())
