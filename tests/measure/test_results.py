"""What past campaigns reached, brought and cost."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest

from daogou.measure.results import BEGINS_BEFORE, ENDS_AFTER, Assumptions, Result, Results, results
from daogou.store.tables import ASSIGNMENTS, COUPONS, ORDERS, PAST_CAMPAIGNS
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows

TERMS = Assumptions(margin=0.25, contact_cost=0.5, fewest_redeemers=30, resamples=300)
TODAY = date(2018, 1, 1)


@pytest.fixture(scope="module")
def found(journey: Warehouse) -> Results:
    return results(journey, TODAY, TERMS)


def named(found: Results, name: str) -> Result:
    return next(row for row in (*found.campaigns, *found.pooled) if row.name == name)


def test_complete_journey_has_27_campaigns_with_the_published_counts(found: Results) -> None:
    assert len(found.campaigns) == 27
    assert sum(row.reached for row in found.campaigns) == 6589
    assert sum(row.redemptions for row in found.campaigns) == 2102
    assert sum(row.reached < 170 for row in found.campaigns) == 13


def test_fewer_than_30_redeemers_show_counts_alone(found: Results) -> None:
    for row in (*found.campaigns, *found.pooled):
        assert (row.rate is None) == (row.redeemers < 30)
        assert (row.break_even is None) == (row.redeemers < 30)
    assert sum(row.rate is None for row in found.campaigns) == 23


def test_campaigns_that_are_not_wholly_in_the_data_are_marked(found: Results) -> None:
    marks = {row.name: row.incomplete for row in found.campaigns if row.incomplete}
    assert sorted(name for name, mark in marks.items() if mark == ENDS_AFTER) == ["15", "20", "21", "22", "23"]
    assert sorted(name for name, mark in marks.items() if mark == BEGINS_BEFORE) == ["24", "25", "26"]


def test_half_of_a_households_consecutive_campaigns_overlap(found: Results) -> None:
    assert found.overlap is not None
    assert found.overlap.value == pytest.approx(0.507, abs=0.001)
    assert found.overlap.n == 6589 - 1559  # pairs of a campaign and the one before
    assert found.overlap.low < found.overlap.value < found.overlap.high


def test_pools_are_sums_and_people_are_counted_once(found: Results) -> None:
    everything = named(found, "all")
    assert [row.name for row in found.pooled] == ["Type A", "Type B", "Type C", "all", "complete"]
    for field in ("reached", "responses", "redemptions", "coupon_sales", "cost_shop", "cost_maker"):
        total = sum(getattr(row, field) for row in found.campaigns)
        assert getattr(everything, field) == pytest.approx(total)
    assert (everything.people, everything.redeemers) == (1559, 410)
    assert everything.net_sales < sum(row.net_sales for row in found.campaigns)  # campaigns overlap
    assert named(found, "complete").campaigns == 19
    assert named(found, "complete").incomplete_campaigns == 0


def test_break_even_is_cost_over_contribution(found: Results) -> None:
    row = named(found, "18")
    assert row.reached == 1133
    assert row.redeemers == 214
    assert row.break_even is not None
    contribution = 0.25 * (row.coupon_sales + row.cost_coupons)
    assert row.break_even.value == pytest.approx((1133 * 0.5 + row.cost_coupons) / contribution)
    assert row.break_even.low < row.break_even.value < row.break_even.high


def test_every_redemption_has_an_order_and_nothing_is_counted_twice(found: Results, journey: Warehouse) -> None:
    coupons, orders = journey.table(COUPONS), journey.table(ORDERS)
    days = coupons.select("customer_id", local_day="redeemed_day").distinct()
    trips = orders.semi_join(days, ["customer_id", "local_day"])
    assert found.coupons.without_order == 0
    assert named(found, "all").coupon_sales == pytest.approx(float(journey.scalar(trips.net_sales.sum())))
    value = float(journey.scalar((trips.shop_coupon + trips.maker_coupon).sum()))
    assert found.coupons.attributed + found.coupons.unexplained == pytest.approx(value)
    assert 0 < found.coupons.on_covered < found.coupons.attributed


def test_twice_gives_equal_figures(found: Results, journey: Warehouse) -> None:
    assert results(journey, TODAY, TERMS) == found


@pytest.fixture
def shop() -> Iterator[Warehouse]:
    """One campaign that reached customers 1 to 4 and held out 5; customer 1 used two coupons on one day."""
    day = date(2024, 3, 5)
    with Warehouse(":memory:") as warehouse:
        ran = {"campaign_id": "spring", "starts_on": date(2024, 3, 1), "ends_on": date(2024, 3, 31), "cost": 20}
        warehouse.append(PAST_CAMPAIGNS, rows(PAST_CAMPAIGNS, ran))
        sent = ({"campaign_id": "spring", "unit_id": k, "arm": "treated" if k < 5 else "holdout"} for k in range(1, 6))
        warehouse.append(ASSIGNMENTS, rows(ASSIGNMENTS, *sent))
        used = ({"coupon_id": c, "customer_id": 1, "campaign_id": "spring", "redeemed_day": day} for c in "ab")
        warehouse.append(COUPONS, rows(COUPONS, *used))
        orders = [
            {"order_id": "x", "customer_id": 1, "local_day": day, "net_sales": 90, "shop_coupon": 10},
            {"order_id": "y", "customer_id": 1, "local_day": day + timedelta(days=20), "net_sales": 50},
            {"order_id": "z", "customer_id": 1, "local_day": date(2024, 4, 1), "net_sales": 70},
            {"order_id": "before", "customer_id": 2, "local_day": date(2024, 2, 1), "net_sales": 5},
        ]
        warehouse.append(ORDERS, rows(ORDERS, *orders))
        yield warehouse


def test_a_small_campaign_by_hand(shop: Warehouse) -> None:
    terms = Assumptions(margin=0.5, contact_cost=9.0, fewest_redeemers=1, resamples=300)
    row = results(shop, date(2024, 4, 2), terms).campaigns[0]
    assert (row.reached, row.redeemers, row.redemptions, row.incomplete) == (4, 1, 2, "")
    assert row.net_sales == 140  # what the redeemer bought while it ran
    assert row.coupon_sales == 90
    assert row.cost_contact == 20  # what the company says, not what is assumed
    assert row.cost_coupons == 10
    assert row.rate is not None
    assert row.rate.value == 0.25
    assert row.break_even is not None
    assert row.break_even.value == pytest.approx(30 / (0.5 * 100))


def test_a_campaign_without_redemptions_has_counts(shop: Warehouse) -> None:
    shop.replace(COUPONS, rows(COUPONS))
    row = results(shop, date(2024, 4, 2), TERMS).campaigns[0]
    assert (row.reached, row.redeemers, row.net_sales, row.cost_shop) == (4, 0, 0.0, 20.0)


def test_coupon_holders_are_reached_where_nobody_was_assigned(shop: Warehouse) -> None:
    shop.replace(ASSIGNMENTS, rows(ASSIGNMENTS))
    row = results(shop, date(2024, 4, 2), TERMS).campaigns[0]
    assert (row.reached, row.redeemers) == (1, 1)


def test_campaigns_of_the_future_are_not_measured(shop: Warehouse) -> None:
    assert results(shop, date(2024, 3, 1), TERMS).campaigns == ()


def test_no_campaigns_give_no_figures() -> None:
    with Warehouse(":memory:") as warehouse:
        found = results(warehouse, TODAY, TERMS)
    assert (found.campaigns, found.pooled, found.overlap, found.whole) == ((), (), None, None)


def test_a_campaign_that_nobody_got_shows_zeros(shop: Warehouse) -> None:
    for table in (ASSIGNMENTS, COUPONS):
        shop.replace(table, rows(table))
    found = results(shop, date(2024, 4, 2), TERMS)
    assert found.campaigns[0].reached == 0
    assert found.overlap is not None
    assert np.isnan(found.overlap.value)
