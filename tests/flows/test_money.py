"""Money in the stage measure, worked out by hand: the ladder, when it is final, and what it is of."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daogou.base.errors import DaogouError
from daogou.base.words import LANGUAGES, language
from daogou.flows.measure import measure
from daogou.flows.money import money
from daogou.flows.workspace import Workspace
from daogou.measure.money_ladder import SUMS
from daogou.store.tables import (
    ITEMS,
    LADDER,
    ORDER_LINES,
    ORDERS,
    REFUNDS,
    TABLES,
)
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows

COMPANY = '[company]\ntimezone = "Asia/Shanghai"\ncurrency = "CNY"\nname = "Daogou"\n'
START = datetime(2025, 1, 1, 4)
TODAY = date(2025, 4, 1)


def moment(day):
    at = START + timedelta(days=day)
    return {"occurred_at": at, "local_day": at.date()}


def order(name, day, net, customer=1, **more):
    """An order of ``net``, paid at once; discounts make its list value higher."""
    full = net + more.get("shop_discount", 0) + more.get("shop_coupon", 0)
    back = more.get("maker_coupon", 0) + more.get("platform_discount", 0)
    told = {"order_id": name, "customer_id": customer, "net_sales": net, "paid": net - back, "list_value": full}
    return told | moment(day) | more


def company(folder, text="", **facts):
    folder.mkdir(exist_ok=True)
    (folder / "daogou.toml").write_text(COMPANY + text, encoding="utf-8")
    workspace = Workspace(folder)
    with workspace.warehouse() as warehouse:
        for name, told in facts.items():
            warehouse.append(TABLES[name], rows(TABLES[name], *told))
    return workspace


def earned(workspace, as_of=TODAY):
    """The part of the JSON, the lines, and rows of the ladder by level, name and step."""
    with workspace.warehouse() as warehouse, warehouse.transaction():
        summary, lines = money(workspace, warehouse, as_of)
        kept = warehouse.to_arrow(warehouse.table(LADDER).order_by("level", "name", "place")).to_pylist()
    json.dumps(summary, allow_nan=False)
    return summary, lines, kept


def amounts(kept, level="all", name="all"):
    return {row["step"]: row["amount"] for row in kept if (row["level"], row["name"]) == (level, name) if row["amount"]}


def adds_up(kept):
    """Every step is the sum of all deductions above it, to the last digit."""
    ladders = {}
    for row in kept:
        ladders.setdefault((row["level"], row["name"]), []).append(row)
    for ladder in ladders.values():
        ladder.sort(key=lambda row: row["place"])
        running = None
        for row in ladder:
            if row["is_sum"]:
                assert running in (None, row["amount"])
                running = row["amount"]
            else:
                running = (running or 0) + row["amount"]
    return len(ladders)


ORDERS_OF_ALL_KINDS = [
    order("o1", 0, 100, shop_discount=10, shop_coupon=5, paid_at=START, source="web"),
    order("o2", 1, 80, maker_coupon=8, platform_discount=2, paid_at=START + timedelta(days=1), source="web"),
    order("o3", 2, 50, source="web"),  # never paid: its source tells paid_at of the others
    order("o4", 2, 40, status="Cancelled", source="shop"),  # its source tells none, so its status counts
    order("o5", 3, 60, status="done", source="shop", tax=6),
    order("o6", 31, 30, paid_at=START + timedelta(days=200), source="web"),  # paid after as_of: not yet
]
REFUNDS_OF_ALL_KINDS = [
    {"refund_id": "r1", "order_id": "o1", "amount": 20, "kind": "returned"} | moment(10),
    {"refund_id": "r2", "order_id": "o2", "amount": 5, "kind": "price difference"} | moment(10),
    {"refund_id": "r3", "order_id": "o3", "amount": 50, "kind": "cancelled before payment"} | moment(3),
    {"refund_id": "r4", "order_id": "o5", "amount": 12, "kind": "cancelled before dispatch"} | moment(4),
    {"refund_id": "r5", "amount": 7, "kind": "returned"} | moment(40),  # of no order
    {"refund_id": "r6", "order_id": "o1", "amount": 9, "kind": "returned"} | moment(150),  # not known yet
]


def test_the_ladder_is_the_one_that_a_controller_writes_by_hand(tmp_path):
    lines = [
        {"line_id": "1", "order_id": "o1", "item_id": "tea", "quantity": 2, "net_sales": 60, "unit_cost": 12},
        {"line_id": "2", "order_id": "o1", "item_id": "cup", "quantity": 1, "net_sales": 40},  # cost of its item
        {"line_id": "3", "order_id": "o2", "item_id": "pot", "quantity": 1, "net_sales": 90},  # nobody knows
        {"line_id": "4", "order_id": "o2", "item_id": "pot", "quantity": 0, "net_sales": -10},  # of the basket
        {"line_id": "5", "order_id": "o5", "item_id": "cup", "quantity": 3, "net_sales": 60},
    ]
    items = [
        {"item_id": "cup", "valid_from": date(2024, 1, 1), "unit_cost": 10},
        {"item_id": "cup", "valid_from": date(2025, 1, 3), "unit_cost": 11},  # dearer from the third day
        {"item_id": "pot", "valid_from": date(2024, 1, 1)},
    ]
    text = (
        "[money]\nshipping_cost = 3\ncommission = 0.1\npayment_fee = 0.01\nresold = 0.5\ntax_in_paid = true\n"
        "[plan]\nmargin = 0.4\n"
    )
    workspace = company(
        tmp_path, text, orders=ORDERS_OF_ALL_KINDS, refunds=REFUNDS_OF_ALL_KINDS, order_lines=lines, items=items
    )
    summary, _lines, kept = earned(workspace)
    known_back = 34 * 0.5 * 0.2 + 33 * 0.2  # half of a fifth is sold again; what was not sent is whole
    told_o2 = 3 + 7.5 + 0.7
    assert amounts(kept) == {
        step: Decimal(str(round(amount, 4)))
        for step, amount in {
            "gmv": 375,
            "not_paid": -120,
            "shop_discount": -10,
            "shop_coupon": -5,
            "maker_coupon": -8,
            "platform_discount": -2,
            "paid": 230,
            "maker_paid_back": 8,
            "platform_paid_back": 2,
            "tax": -6,
            "refund_before_dispatch": -12,
            "refund_returned": -27,
            "refund_other": -5,
            "net": 190,
            "cost_of_goods": -(2 * 12 + 10 + 3 * 11),
            "cost_of_goods_assumed": -(0.6 * 75 - told_o2) + 0.6 * 7,
            "goods_back": known_back,
            "gross_profit": 190 - 67 - (45 - told_o2) + 4.2 + known_back,
            "shipping": -9,
            "commission": -(8 + 7.5 + 4.2),
            "payment_fee": -(1 + 0.7 + 0.6),
            "contribution": 190 - 67 - (45 - told_o2) + 4.2 + known_back - 9 - 19.7 - 2.3,
        }.items()
    }
    assert adds_up(kept) == 1 + 2 + 3
    assert summary["cost_of_goods_known"]["all"] == pytest.approx(1 - (75 - 7) / 190)
    assumed = {row["step"] for row in kept if row["level"] == "all" and row["assumed"]}
    assert assumed == {
        "cost_of_goods_assumed", "shipping", "commission", "payment_fee", "gross_profit", "contribution",
    }  # fmt: skip


def test_where_no_cost_is_known_contribution_is_the_margin_whatever_shipping_costs(tmp_path):
    told = [order(f"o{n}", n, 10.01 + n) for n in range(7)]
    for text in ("", "[money]\nshipping_cost = 2\ncommission = 0.05\n"):
        _summary, _lines, kept = earned(company(tmp_path / str(len(text)), text, orders=told))
        found = amounts(kept)
        assert float(found["contribution"]) == pytest.approx(0.25 * float(found["net"]), abs=0.001)
        assert (found.get("shipping", 0) < 0) == bool(text)


def test_a_coupon_makes_goods_no_cheaper_and_costs_its_whole_value(tmp_path):
    """110 sold for 100 after a coupon of 10: cost of goods is assumed of 110. Half came back: half of it."""
    for n, (back, contribution) in enumerate(((0, 0.25 * 110 - 10), (50, (0.25 * 110 - 10) / 2), (100, 0))):
        refund = [{"refund_id": "r", "order_id": "o", "amount": back, "kind": "returned"} | moment(5)]
        workspace = company(tmp_path / str(n), orders=[order("o", 0, 100, shop_coupon=10)], refunds=refund)
        _summary, _lines, kept = earned(workspace)
        assert amounts(kept).get("contribution", 0) == Decimal(str(contribution))


def test_costs_above_what_the_margin_leaves_lower_contribution(tmp_path):
    _summary, _lines, kept = earned(company(tmp_path, "[money]\nshipping_cost = 9\n", orders=[order("o", 0, 10)]))
    assert amounts(kept)["contribution"] == 1
    assert "cost_of_goods_assumed" not in amounts(kept)


def test_refunds_stand_with_their_orders_and_those_of_no_order_on_their_own_day(tmp_path):
    workspace = company(tmp_path, orders=ORDERS_OF_ALL_KINDS, refunds=REFUNDS_OF_ALL_KINDS)
    _summary, _lines, kept = earned(workspace)
    assert amounts(kept, "month", "2025-01")["refund_returned"] == -20
    assert amounts(kept, "month", "2025-02")["refund_returned"] == -7
    assert "refund_returned" not in amounts(kept, "month", "2025-03")


def test_months_are_provisional_until_their_last_order_can_no_longer_be_returned(tmp_path):
    told = [order(f"o{n}", n, 10) for n in range(0, 59, 7)]
    workspace = company(tmp_path, orders=told)
    for as_of, open_months in (
        (date(2025, 2, 14), ["2025-01", "2025-02"]),
        (date(2025, 2, 15), ["2025-02"]),
        (date(2025, 3, 20), ["2025-03"]),
    ):
        _summary, lines, kept = earned(workspace, as_of)
        assert sorted({row["name"] for row in kept if row["level"] == "month" and row["provisional"]}) == open_months
        assert "Provisional: orders of the last 15 days may still be returned." in " ".join(lines)
        with workspace.warehouse() as warehouse:
            warehouse.replace(LADDER, rows(LADDER))
    final = company(tmp_path / "final", "[money]\nreturn_days = 0\n", orders=told)
    _summary, lines, kept = earned(final)
    assert not any(row["provisional"] for row in kept)
    assert "Provisional" not in " ".join(lines)


def test_nothing_from_as_of_on_is_used(tmp_path):
    workspace = company(tmp_path, orders=ORDERS_OF_ALL_KINDS, refunds=REFUNDS_OF_ALL_KINDS)
    before = earned(workspace)
    later = [order("z1", 90, 500), order("z2", 95, 70, paid_at=START + timedelta(days=95), source="shop")]
    back = [{"refund_id": "z", "order_id": "o1", "amount": 80, "kind": "returned"} | moment(90)]
    item = [{"item_id": "tea", "valid_from": TODAY, "unit_cost": 1}]
    with workspace.warehouse() as warehouse:
        for table, told in ((ORDERS, later), (REFUNDS, back), (ITEMS, item)):
            warehouse.append(table, rows(table, *told))
    assert earned(workspace) == before


AMOUNT = st.integers(0, 5_000_000).map(lambda units: units / 10_000)
SALE = st.tuples(st.integers(0, 89), AMOUNT, AMOUNT, AMOUNT, AMOUNT, st.sampled_from(["", "cancelled"]))
RETURN = st.tuples(
    st.integers(0, 7),
    st.integers(0, 89),
    AMOUNT,
    st.sampled_from(["returned", "cancelled before payment", "odd", None]),
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SALE, min_size=1, max_size=8), st.lists(RETURN, max_size=5), st.integers(0, 9))
def test_any_ladder_adds_up_and_months_are_the_whole(tmp_path, sales, returns, digits):
    """Odd amounts, odd costs, refunds above their orders: nothing is lost in any step or any month."""
    text = f"[money]\nshipping_cost = 1.{digits}7\ncommission = 0.0{digits}3\npayment_fee = 0.006\n"
    told = [
        order(f"o{n}", day, net, shop_discount=cut, shop_coupon=coupon, maker_coupon=maker, status=status)
        for n, (day, net, cut, coupon, maker, status) in enumerate(sales)
    ]
    lines = [
        {"line_id": str(n), "order_id": f"o{n}", "quantity": 1, "net_sales": sale[1], "unit_cost": sale[1] / 3}
        for n, sale in enumerate(sales)
        if n % 2
    ]
    back = [
        {"refund_id": str(n), "order_id": f"o{of}" if of < 7 else None, "amount": amount, "kind": kind} | moment(day)
        for n, (of, day, amount, kind) in enumerate(returns)
    ]
    (tmp_path / "daogou.toml").write_text(COMPANY + text, encoding="utf-8")
    workspace = Workspace(tmp_path)
    with Warehouse(":memory:") as warehouse:
        for table, rows_of in ((ORDERS, told), (ORDER_LINES, lines), (REFUNDS, back)):
            warehouse.append(table, rows(table, *rows_of))
        money(workspace, warehouse, TODAY)
        kept = warehouse.to_arrow(warehouse.table(LADDER)).to_pylist()
    assert adds_up(kept)
    for row in kept:
        if row["level"] == "all":
            months = [other["amount"] for other in kept if other["level"] == "month" and other["step"] == row["step"]]
            assert sum(months) == row["amount"]


def test_redemptions_of_one_order_share_it_to_the_last_digit(tmp_path):
    used = [
        {
            "coupon_id": f"c{n}",
            "customer_id": 1,
            "campaign_id": f"m{n}",
            "order_id": "o1",
            "redeemed_day": date(2025, 1, 1),
        }
        for n in range(3)
    ]
    ran = [{"campaign_id": f"m{n}", "starts_on": date(2025, 1, 1), "ends_on": date(2025, 1, 31)} for n in range(3)]
    workspace = company(tmp_path, orders=[order("o1", 0, 100.0001, shop_coupon=10)], coupons=used, past_campaigns=ran)
    _summary, _lines, kept = earned(workspace)
    assert adds_up(kept) >= 3
    for step in SUMS:
        parts = [amounts(kept, "campaign", f"m{n}")[step] for n in range(3)]
        assert sum(parts) == amounts(kept)[step]
        assert max(parts) - min(parts) <= Decimal("0.0002")


@pytest.mark.parametrize("code", LANGUAGES)
def test_lines_are_filled_in_both_languages_and_no_ratio_is_made_of_nothing(tmp_path, code):
    with language(code):
        report = measure(
            company(tmp_path, orders=ORDERS_OF_ALL_KINDS), lambda: datetime(2025, 5, 1, tzinfo=UTC), lambda *_: None
        )
    assert not [line for line in report.lines if "{" in line]
    assert report.summary["money"]["returns"] == []
    assert report.summary["money"]["acquisition"][0]["cost"] is None
    json.dumps(report.summary, allow_nan=False)


def test_measuring_again_changes_nothing(tmp_path):
    workspace = company(tmp_path, orders=ORDERS_OF_ALL_KINDS, refunds=REFUNDS_OF_ALL_KINDS)
    assert earned(workspace) == earned(workspace)


def test_settings_out_of_range_are_refused(tmp_path):
    for text, message in (
        ("return_days = -1", "return_days must be 0 or more"),
        ("commission = 1.5", "must lie between 0 and 1"),
        ("shipping_cost = -2", "shipping_cost must be 0 or more"),
        ('brand_words = [" "]', "brand_words holds an empty word"),
    ):
        with pytest.raises(DaogouError, match=message):
            company(tmp_path, f"[money]\n{text}\n")
