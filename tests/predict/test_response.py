"""Who answers a campaign, on a shop in memory."""

import pytest

from daogou.predict.response import KEY, frame, outcomes, past, reached
from daogou.store.tables import ASSIGNMENTS, COUPONS, CUSTOMERS, ITEMS, OFFERS, ORDERS, PAST_CAMPAIGNS
from daogou.testing.rows import rows

AS_OF = 100


def campaign(shop, name, starts, ends, people, items, kind="mail"):
    shop.warehouse.append(
        PAST_CAMPAIGNS,
        rows(
            PAST_CAMPAIGNS,
            {"campaign_id": name, "kind": kind, "starts_on": shop.day(starts), "ends_on": shop.day(ends)},
        ),
    )
    told = [{"campaign_id": name, "unit_id": one, "arm": "treated"} for one in people]
    shop.warehouse.append(ASSIGNMENTS, rows(ASSIGNMENTS, *told)) if told else None
    shop.warehouse.append(
        OFFERS, rows(OFFERS, *({"campaign_id": name, "offer_id": f"{name} {i}", "item_id": i} for i in items))
    )


def coupon(shop, name, customer, used):
    row = {"coupon_id": f"{name} {customer} {used}", "campaign_id": name, "customer_id": customer}
    row |= {"redeemed_day": None if used is None else shop.day(used)}
    shop.warehouse.append(COUPONS, rows(COUPONS, row))


@pytest.fixture
def campaigns(shop):
    """Three campaigns; the first begins before there are orders, the second at 30, the third at 60."""
    shop.item("tea", "HOT")
    shop.item("rice", "DRY")
    for day in (1, 5, 28, 45):
        shop.order(1, day, "tea", each=4)
    shop.order(2, 2, "rice", each=7)
    shop.order(2, 59, "tea", each=5)
    shop.order(2, 60, "tea", "rice")
    shop.tell()
    campaign(shop, "early", 0, 3, [1, 2], ["tea"])
    campaign(shop, "spring", 30, 40, [1, 2, 3], ["tea", "rice"])
    campaign(shop, "summer", 60, 70, [1, 2], ["tea"], kind="post")
    coupon(shop, "early", 1, 2)
    coupon(shop, "spring", 1, 31)
    coupon(shop, "spring", 1, 33)
    coupon(shop, "summer", 2, 60)
    coupon(shop, "summer", 1, 101)
    return shop


def seen(shop):
    """(campaign, customer) -> the row of the frame."""
    warehouse = shop.warehouse
    asked = past(warehouse, shop.day(1), shop.day(AS_OF))
    profiles = asked.reached.join(asked.campaigns, "campaign_id").select("customer_id", "as_of").distinct()
    found = warehouse.to_arrow(frame(warehouse, asked, profiles.mutate(orders=1))).to_pylist()
    return {(row["campaign_id"], row["customer_id"]): row for row in found}


def test_a_row_is_a_customer_reached_by_a_campaign_that_began_while_there_were_orders(campaigns):
    found = seen(campaigns)
    assert list(found) == [("spring", 1), ("spring", 2), ("spring", 3), ("summer", 1), ("summer", 2)]
    assert {row["as_of"] for key, row in found.items() if key[0] == "spring"} == {campaigns.day(30)}
    assert all(row["orders"] == 1 for row in found.values())


def test_what_the_campaign_is_stands_beside_each(campaigns):
    row = seen(campaigns)["spring", 3]
    told = [row[f"campaign_{name}"] for name in ("kind", "days", "offers", "items")]
    assert told == ["mail", 11, 2, 2]


def test_purchases_of_what_the_offers_cover_are_counted_until_the_day_before(campaigns):
    found = seen(campaigns)
    row = found["spring", 1]
    assert (row["covered_days"], row["covered_days_28"], row["covered_net_sales"]) == (3, 2, 12)
    assert (row["covered_recency"], row["covered_offers"], row["covered_share"]) == (2, 1, 0.5)
    row = found["summer", 2]
    assert (row["covered_days"], row["covered_recency"], row["covered_net_sales"]) == (1, 1, 5)
    row = found["spring", 3]
    assert (row["covered_days"], row["covered_recency"]) == (0, None)


def test_earlier_campaigns_and_answers_are_counted_one_that_runs_too(campaigns):
    found = seen(campaigns)
    row = found["spring", 1]
    assert (row["reached"], row["reached_kind"], row["answered"], row["used"], row["used_recency"]) == (1, 1, 1, 1, 28)
    assert row["answered_rate"] == pytest.approx(1 / 4)
    row = found["summer", 1]
    assert (row["reached"], row["reached_kind"], row["answered"], row["answered_kind"], row["used"]) == (2, 0, 2, 0, 3)
    assert found["summer", 2]["answered"] == 0
    campaign(campaigns, "other", 55, 65, [2], ["rice"])
    assert seen(campaigns)["summer", 2]["reached_open"] == 1


def test_coupons_of_whatever_kind_show_on_orders(campaigns):
    order = {"customer_id": 3, "local_day": campaigns.day(29), "maker_coupon": 2, "shop_coupon": 1, "net_sales": 1}
    campaigns.warehouse.append(ORDERS, rows(ORDERS, {"order_id": "with coupon", **order}))
    row = seen(campaigns)["spring", 3]
    assert (row["coupon_days"], row["coupon_value"], row["coupon_recency"]) == (1, 3, 1)
    assert seen(campaigns)["spring", 2]["coupon_days"] == 0


def test_who_used_a_coupon_of_it_until_now_answered(campaigns):
    warehouse = campaigns.warehouse
    asked = past(warehouse, campaigns.day(1), campaigns.day(AS_OF))
    found = warehouse.to_arrow(outcomes(warehouse, asked, campaigns.day(AS_OF))).to_pylist()
    assert {tuple(row[name] for name in KEY): row["outcome"] for row in found} == {
        ("spring", 1): 1, ("spring", 2): 0, ("spring", 3): 0, ("summer", 1): 0, ("summer", 2): 1,
    }  # fmt: skip


def test_nothing_of_the_first_day_or_later_is_seen(campaigns):
    before = seen(campaigns)
    for customer in (1, 2, 3):
        for day in (60, 61, 99):
            campaigns.order(customer, day, "tea", "rice", each=50)
            coupon(campaigns, "spring", customer, day)
            coupon(campaigns, "summer", customer, day)
            order = {"customer_id": customer, "local_day": campaigns.day(day), "maker_coupon": 2, "net_sales": 1}
            campaigns.warehouse.append(ORDERS, rows(ORDERS, {"order_id": f"{customer} on {day}", **order}))
    campaigns.tell()
    campaign(campaigns, "same day", 60, 61, [1, 2], ["tea"])
    campaign(campaigns, "later", 70, 80, [1, 2], ["rice"])
    later = seen(campaigns)
    assert {key: later[key] for key in before} == before


def test_the_campaigns_own_answers_are_never_seen(campaigns):
    coupon(campaigns, "summer", 1, 59)  # a day before its first: a file's mistake
    assert seen(campaigns)["summer", 1]["used"] == 3


def test_people_held_out_are_not_reached(campaigns):
    held = {"campaign_id": "spring", "unit_id": 9, "arm": "holdout"}
    campaigns.warehouse.append(ASSIGNMENTS, rows(ASSIGNMENTS, held))
    assert ("spring", 9) not in seen(campaigns)


def test_holders_of_coupons_are_reached_unless_only_used_ones_were_recorded(campaigns):
    campaign(campaigns, "flyer", 50, 55, [], ["tea"])
    coupon(campaigns, "flyer", 1, 51)
    assert ("flyer", 1) not in seen(campaigns)
    coupon(campaigns, "flyer", 2, None)
    assert ("flyer", 1) in seen(campaigns)
    assert ("flyer", 2) in seen(campaigns)


def test_whoever_is_told_twice_is_reached_once(campaigns):
    again = {"campaign_id": "spring", "unit_id": 1, "arm": "treated", "intended_action": "a letter too"}
    campaigns.warehouse.append(ASSIGNMENTS, rows(ASSIGNMENTS, again))
    found = campaigns.warehouse.to_arrow(reached(campaigns.warehouse)).to_pylist()
    assert len(found) == len({tuple(row.values()) for row in found})


def test_customers_and_items_need_not_be_known(campaigns):
    assert campaigns.warehouse.count(CUSTOMERS) == 0
    assert campaigns.warehouse.count(ITEMS) == 2
    assert seen(campaigns)["spring", 3]["covered_days"] == 0
