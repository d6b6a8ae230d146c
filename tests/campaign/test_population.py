"""Who can take part, and what they spent."""

from datetime import date

import numpy as np

from daogou.campaign.population import population
from daogou.store.tables import ORDERS, PROFILES, REFUNDS
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows

TODAY = date(2024, 3, 1)


def test_spend_is_net_of_refunds_in_windows_that_end_today() -> None:
    orders = (
        {"customer_id": 1, "local_day": date(2024, 2, 29), "net_sales": 30},  # the last day of the last window
        {"customer_id": 1, "local_day": date(2024, 2, 2), "net_sales": 10},  # its first day
        {"customer_id": 1, "local_day": date(2024, 2, 1), "net_sales": 7},  # the window before
        {"customer_id": 2, "local_day": TODAY, "net_sales": 99},  # not known yet
    )
    refund = {"customer_id": 1, "local_day": date(2024, 2, 20), "amount": 5}
    known = ({"customer_id": k, "as_of": TODAY, "net_sales_365": 100.0 * k, "recency_days": k} for k in (2, 1))
    with Warehouse(":memory:") as warehouse:
        warehouse.append(ORDERS, rows(ORDERS, *orders))
        warehouse.append(REFUNDS, rows(REFUNDS, refund))
        warehouse.append(PROFILES, rows(PROFILES, *known, {"customer_id": 9, "as_of": date(2023, 1, 1)}))
        people = population(warehouse, TODAY, 28)
    assert people.customer_id.tolist() == [1, 2]
    assert people.value.tolist() == [100.0, 200.0]
    assert people.spend.tolist() == [35.0, 0.0]
    assert people.before.tolist() == [7.0, 0.0]
    assert people.order_value == 10


def test_an_empty_shop_has_nobody() -> None:
    with Warehouse(":memory:") as warehouse:
        people = population(warehouse, TODAY, 28)
    assert len(people) == 0
    assert np.isnan(people.order_value)
