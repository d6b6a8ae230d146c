"""Channels in the stage measure: three columns, what is missing, and words where nothing is known."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from daogou.flows.measure import measure
from daogou.flows.workspace import Workspace
from daogou.store.tables import (
    ASSIGNMENTS,
    CHANNELS,
    CREDITS,
    CUSTOMERS,
    EVENTS,
    ORDERS,
    PAST_CAMPAIGNS,
    REFUNDS,
    SPEND,
    TOUCHES,
)
from daogou.testing.rows import rows

COMPANY = '[company]\ntimezone = "Europe/Berlin"\ncurrency = "EUR"\n'
START = datetime(2025, 1, 1)
DAY = timedelta(days=1)


def moment(days):
    at = START + timedelta(days=days)
    return {"occurred_at": at, "local_day": at.date()}


def order(n, customer, days, value=10):
    return {"order_id": f"o{n}", "customer_id": customer, "net_sales": value, "paid": value} | moment(days)


def touch(n, customer, channel, days, kind="click", **more):
    return {"touch_id": f"t{n}", "customer_id": customer, "channel": channel, "kind": kind} | moment(days) | more


def company(folder, settings="", **facts):
    (folder / "daogou.toml").write_text(COMPANY + settings, encoding="utf-8")
    workspace = Workspace(folder)
    tables = {"orders": ORDERS, "touches": TOUCHES, "events": EVENTS, "spend": SPEND, "refunds": REFUNDS,
              "customers": CUSTOMERS, "assignments": ASSIGNMENTS, "campaigns": PAST_CAMPAIGNS}  # fmt: skip
    with workspace.warehouse() as warehouse:
        for name, told in facts.items():
            warehouse.append(tables[name], rows(tables[name], *told))
    return workspace


def run(workspace):
    report = measure(workspace, lambda: datetime(2025, 5, 1, tzinfo=UTC), lambda done, text: None)
    json.dumps(report.summary, allow_nan=False)
    return report


def kept(workspace, table):
    with workspace.warehouse() as warehouse:
        return warehouse.to_arrow(warehouse.table(table).order_by(*table.key)).to_pylist()


def by_channel(report):
    return {row["channel"]: row for row in report.summary["attribution"]["channels"]}


ORDERS_OF_THREE = [
    order(1, 1, 60, 100.01),
    order(2, 2, 61, 50),
    order(3, 3, 62, 30),
    order(4, 4, 63, 7),
    order(5, 1, 79.5, 20),
]
TOUCHES_OF_THREE = [
    touch(1, 1, "Search", 55),
    touch(2, 1, "email", 58),
    touch(3, 2, "search", 40),
    touch(4, 3, "search", 61.9, user_agent="Mozilla/5.0 (compatible; Googlebot/2.1)"),
    touch(5, 3, "email", 61.9, is_bot=True),
    touch(6, 3, "email", 61.9, kind="open"),
    touch(7, 2, "email", 70),  # after the order
]
LAST = '[attribution]\nrule = "last"\n'
OF_13_DAYS = f"{LAST}[plan]\noutcome_days = 13\n"


def test_each_order_is_credited_once_net_of_its_refunds_and_what_is_left_has_no_path(tmp_path):
    back = [
        {"refund_id": "r1", "order_id": "o1", "customer_id": 1, "amount": 0.51} | moment(65),
        {"refund_id": "r2", "order_id": "o2", "customer_id": 2, "amount": 50} | moment(90),  # not known yet
        {"refund_id": "r3", "customer_id": 2, "amount": 4} | moment(65),
    ]
    workspace = company(tmp_path, LAST, orders=ORDERS_OF_THREE, touches=TOUCHES_OF_THREE, refunds=back)
    report = run(workspace)
    told = report.summary["attribution"]
    assert (told["orders"], told["orders_with_path"], told["no_path_share"]) == (5, 3, 0.4)
    assert told["refunds_of_no_order"] == 4.0
    found = by_channel(report)
    assert {name: row["credited_orders"] for name, row in found.items()} == {"email": 2, "search": 1}
    assert found["email"]["credited_net_sales"] == 119.5
    credits = kept(workspace, CREDITS)
    for rule in {row["rule"] for row in credits}:
        mine = [row for row in credits if row["rule"] == rule]
        assert sum(row["orders"] for row in mine) == pytest.approx(5)
        assert sum(row["net_sales"] for row in mine) == Decimal("206.50")
        assert {row["channel"] for row in mine} == {"", "email", "search"}
    linear = {row["channel"]: row["net_sales"] for row in credits if row["rule"] == "linear"}
    assert linear == {"": 37, "email": Decimal("59.75"), "search": Decimal("109.75")}
    assert len({row["rule"] for row in credits}) == 8
    text = "\n".join(report.lines)
    assert "Credit, not causation: 3 of 5 orders of the last 90 days have a path, shared by: the last touch" in text
    assert "40 % of orders have no path" in text
    assert "Refunds that name no order, €4.00, lower no channel's credit." in text
    assert "no CTR" not in text


def test_programs_opens_and_later_touches_are_no_credit_and_the_settings_say_what_is(tmp_path):
    settings = LAST + 'kinds = ["open"]\nlookback_days = 5\n'
    report = run(company(tmp_path, settings, orders=ORDERS_OF_THREE, touches=TOUCHES_OF_THREE))
    assert {name: row["credited_orders"] for name, row in by_channel(report).items()} == {"email": 1}


def test_events_that_name_a_channel_are_touches_and_a_visit_belongs_to_who_signs_in(tmp_path):
    seen = [
        {"event_id": "e1", "customer_id": 9, "kind": "view", "channel": "Social ", "session_id": "s1"} | moment(59),
        {"event_id": "e2", "customer_id": 1, "kind": "sign_in", "session_id": "s1"} | moment(59.01),
        {"event_id": "e3", "customer_id": 10, "kind": "view", "channel": "radio", "session_id": "s2"} | moment(59.5),
        {"event_id": "e4", "customer_id": 1, "kind": "sign_in", "session_id": "s2"} | moment(59),
        {"event_id": "e5", "customer_id": 2, "kind": "sign_in", "session_id": "s2"} | moment(59),
    ]
    people = [{"customer_id": c, "is_guest": c > 8, "valid_from": date(1970, 1, 1)} for c in (1, 2, 9, 10)]
    report = run(company(tmp_path, LAST, orders=ORDERS_OF_THREE[:2], events=seen, customers=people))
    assert report.summary["attribution"]["orders_with_path"] == 1  # two people in one visit: nobody's
    assert {name: row["credited_orders"] for name, row in by_channel(report).items()} == {"social": 1, "radio": 0}


def spend(channel, claimed, days=90, cost=2):
    return [
        {"spend_id": f"{channel}{d}", "channel": channel, "day": (START + DAY * (80 - 1 - d)).date(), "cost": cost,
         "claimed_orders": claimed / days if claimed is not None else None}
        for d in range(days)
    ]  # fmt: skip


def test_claims_stand_beside_credit_with_their_factor_and_what_cannot_be_seen(tmp_path):
    told = [*spend("Search", 9), *spend("walled", 4), *spend("email", 5, days=30), *spend("flyers", None)]
    workspace = company(tmp_path, LAST, orders=ORDERS_OF_THREE, touches=TOUCHES_OF_THREE, spend=told)
    report = run(workspace)
    found = by_channel(report)
    assert (found["search"]["claimed_orders"], found["search"]["credited_orders"]) == (pytest.approx(9), 1)
    assert found["search"]["over_claim"] == pytest.approx(9)
    assert (found["email"]["claimed_days"], found["email"]["over_claim"]) == (30, None)  # a part of the days
    assert (found["walled"]["credited_orders"], found["walled"]["over_claim"]) == (None, None)
    assert (found["flyers"]["claimed_orders"], found["flyers"]["cost"]) == (None, 180)
    assert all(row["proven_orders"] is None for row in found.values())
    text = "\n".join(report.lines)
    assert "search: claimed 9, credited 1, proven not tested." in text
    assert "search claims 9.0 times what our rule credits to it." in text
    assert "so that no order can be credited: walled, flyers." in text
    assert "Platforms together claim 18 orders; 5 were made." in text
    last = [row for row in kept(workspace, CHANNELS) if row["channel"] == ""]
    assert (last[0]["credited_orders"], last[0]["from_day"]) == (2, date(2024, 12, 22))


def test_conversions_are_claims_where_spend_tells_of_none_and_an_order_counts_once(tmp_path):
    said = [touch(10 + n, 1, "affiliate", 60, "conversion", order_id=f"o{n // 2}") for n in range(4)]
    report = run(company(tmp_path, LAST, orders=ORDERS_OF_THREE, touches=[*TOUCHES_OF_THREE, *said]))
    row = by_channel(report)["affiliate"]
    assert (row["claimed_orders"], row["credited_orders"]) == (2, None)


def test_affiliates_that_come_at_the_till_are_told(tmp_path):
    late = [touch(20, 1, "affiliate", 60 - 3 / 1440), touch(21, 4, "affiliate", 63 - 3 / 1440)]
    report = run(company(tmp_path, LAST, orders=ORDERS_OF_THREE, touches=[*TOUCHES_OF_THREE, *late]))
    row = by_channel(report)["affiliate"]
    assert (row["last_orders"], row["last_second_orders"], row["last_second_net_sales"]) == (3, 1, 100.01)
    assert "affiliate touched 1 orders (33 % of those where it was last) only in the last 10 minutes" in "\n".join(
        report.lines
    )


def test_what_a_test_proved_is_the_difference_to_the_people_held_out(tmp_path):
    campaign = {"campaign_id": "m1", "channel": "Email", "starts_on": date(2025, 2, 20), "ends_on": date(2025, 3, 4)}
    mailed = [
        {"campaign_id": "m1", "unit_id": c, "arm": "treated", "propensity": 0.75}
        | ({"arm": "holdout", "propensity": 0.25} if c % 4 == 0 else {})
        for c in range(400)
    ]
    bought = [order(100 + c, c, 62) for c in range(400) if c % 4 == 1 or c % 8 == 0]
    report = run(company(tmp_path, OF_13_DAYS, orders=bought, touches=[touch(1, 1, "email", 61)], campaigns=[campaign],
                         assignments=mailed))  # fmt: skip
    row = by_channel(report)["email"]
    assert row["proven_orders"] == pytest.approx((100 / 300 - 50 / 100) * 300)  # it cost orders
    assert row["proven_low"] < row["proven_orders"] < row["proven_high"] < 0
    assert "email: claimed none, credited 1, proven -50 (between" in "\n".join(report.lines)


@pytest.mark.parametrize("propensity", [0.5, 0.75])
def test_arms_of_sizes_that_lots_would_not_bring_prove_nothing(tmp_path, propensity):
    campaign = {"campaign_id": "m1", "channel": "Email", "starts_on": date(2025, 2, 20), "ends_on": date(2025, 3, 4)}
    mailed = [
        {"campaign_id": "m1", "unit_id": c, "arm": "treated", "propensity": propensity}
        | ({"arm": "holdout", "propensity": 1 - propensity} if c % 4 == 0 else {})
        for c in range(400)
    ]
    bought = [order(100 + c, c, 62) for c in range(400) if c % 4 == 1 or c % 8 == 0]
    report = run(company(tmp_path, OF_13_DAYS, orders=bought, touches=[touch(1, 1, "email", 61)], campaigns=[campaign],
                         assignments=mailed))  # fmt: skip
    assert (by_channel(report)["email"]["proven_orders"] is None) == (propensity == 0.5)


def test_a_test_of_a_handful_of_people_proves_nothing(tmp_path):
    campaign = {"campaign_id": "m1", "channel": "Email", "starts_on": date(2025, 2, 20), "ends_on": date(2025, 3, 4)}
    mailed = [
        {"campaign_id": "m1", "unit_id": c, "arm": "holdout" if c % 2 else "treated", "propensity": 0.5}
        for c in range(8)
    ]
    bought = [order(100 + c, c, 62) for c in range(3)]
    report = run(company(tmp_path, OF_13_DAYS, orders=bought, touches=[touch(1, 1, "email", 61)], campaigns=[campaign],
                         assignments=mailed))  # fmt: skip
    row = by_channel(report)["email"]
    assert (row["proven_orders"], row["proven_by"]) == (None, None)


def test_a_list_that_nobody_drew_by_lot_proves_nothing(tmp_path):
    campaign = {"campaign_id": "m1", "channel": "email", "starts_on": date(2025, 2, 20), "ends_on": date(2025, 3, 10)}
    mailed = [{"campaign_id": "m1", "unit_id": c, "arm": "holdout" if c % 4 == 0 else "treated"} for c in range(40)]
    report = run(company(tmp_path, LAST, orders=ORDERS_OF_THREE, touches=TOUCHES_OF_THREE, campaigns=[campaign],
                         assignments=mailed))  # fmt: skip
    assert by_channel(report)["email"]["proven_orders"] is None


def test_only_the_last_days_are_looked_at(tmp_path):
    settings = LAST + "days = 10\n"
    report = run(company(tmp_path, settings, orders=ORDERS_OF_THREE, touches=TOUCHES_OF_THREE, spend=spend("email", 9)))
    told = report.summary["attribution"]
    assert (told["orders"], told["orders_with_path"]) == (1, 1)
    row = by_channel(report)["email"]
    assert (row["claimed_orders"], row["claimed_days"], row["over_claim"]) == (pytest.approx(1), 10, pytest.approx(1))


def test_without_touches_and_spend_words_say_what_brings_them(tmp_path):
    workspace = company(tmp_path, orders=ORDERS_OF_THREE)
    report = run(workspace)
    assert report.summary["attribution"] == {}
    assert any(line.startswith("No touches and no spend are known. Map touches and spend in") for line in report.lines)
    assert kept(workspace, CREDITS) == kept(workspace, CHANNELS) == []


def test_touches_of_which_none_counts_are_told(tmp_path):
    sent = [touch(1, 1, "sms", 59, kind="sent")]
    report = run(company(tmp_path, orders=ORDERS_OF_THREE, touches=sent, spend=spend("sms", 3)))
    assert "No touch counts: [attribution] kinds asks for click, and no event names a channel." in report.lines
    assert report.summary["attribution"]["no_path_share"] == 1


def test_measuring_again_changes_nothing(tmp_path):
    workspace = company(tmp_path, orders=ORDERS_OF_THREE, touches=TOUCHES_OF_THREE, spend=spend("search", 9))
    first = run(workspace).summary["attribution"], kept(workspace, CREDITS), kept(workspace, CHANNELS)
    assert (run(workspace).summary["attribution"], kept(workspace, CREDITS), kept(workspace, CHANNELS)) == first
