"""New customers and brand measures in the stage measure, worked out by hand."""

from datetime import date

import pytest
from tests.flows.money_company import LAST, TODAY, company, earned, moment, order, shop, spend

from daogou.flows.workspace import Workspace


def test_new_customers_their_cost_and_the_channel_of_their_first_order(tmp_path):
    _summary, lines, _returns, new, _brand = earned(company(tmp_path, LAST, **shop()))
    whole = new["all", "all"]
    assert (whole["new_customers"], whole["orders"]) == (60, 80)
    assert whole["new_share"] == 0.75
    assert whole["new_share_low"] < 0.75 < whole["new_share_high"]
    assert (whole["cost"], whole["cac_blended"]) == (95, pytest.approx(95 / 60))
    assert whole["cac_paid"] == pytest.approx(95 / 60)
    assert new["channel", "search"]["new_customers"] == pytest.approx(60)
    assert new["channel", "search"]["cac_paid"] == 1.5
    assert new["channel", "search"]["cpa"] == 1.5
    assert (new["channel", "email"]["new_customers"], new["channel", "email"]["cpa"]) == (0, 0.25)
    assert new["channel", "email"]["cac_paid"] is None
    text = "\n".join(lines)
    assert "New customers: 60; first orders are 75" in text
    assert "New means no order in 8 days of data before." in text
    assert "too few of them are known long enough" in text  # data began less than 90 days before they came
    assert whole["payback"] is None
    assert "run 'daogou predict' first" in text


def test_first_orders_are_told_by_the_category_that_most_of_them_is_of_and_by_item(tmp_path):
    facts = shop(buyers=10, regulars=4)
    items = [{"item_id": name, "category": name.upper()} for name in ("tea", "cup", "odd")]
    lines = [
        {"line_id": f"{one['order_id']}{item}", "order_id": one["order_id"], "item_id": item, "net_sales": value}
        | {"quantity": 1}
        for one in facts["orders"]
        for item, value in (("tea", 3), ("cup", 7 if one["order_id"] in ("n1", "n2") else 1))
    ]
    _summary, _lines, _returns, new, _brand = earned(company(tmp_path, LAST, items=items, order_lines=lines, **facts))
    found = {key: row["new_customers"] for key, row in new.items() if key[0] in ("category", "item")}
    assert found == {("category", "TEA"): 8, ("category", "CUP"): 2, ("item", "tea"): 10, ("item", "cup"): 10}


def test_an_order_before_the_first_that_was_paid_makes_nobody_an_older_customer(tmp_path):
    """Days since the first order were below 0 for orders that were never paid."""
    told = [order("first", 9999, 0)]
    told += [order(f"o{n}", n, 95, 5) for n in range(40)]
    told += [order(f"u{n}", n, 50, 5, status="cancelled") for n in range(40)]
    whole = earned(company(tmp_path, LAST, orders=told, spend=[spend("p", "search", 93, 20)]))[3]["all", "all"]
    assert (whole["new_customers"], whole["orders"], whole["payback_days"]) == (40, 40, 0)


def test_payback_is_covered_or_not_yet(tmp_path):
    """Forty come on day 92 and later buy for 5 every second day: 2 of contribution each time."""
    base = [order("first", 9999, 0)]
    told = base + [order(f"o{n}-{k}", n, 92 + 2 * k, 5) for n in range(40) for k in range(4)]
    for cost, state, days in ((40 * 5, "covered", 4), (40 * 8.5, "not_yet", None), (0, "covered", 0)):
        folder = tmp_path / state / str(cost)
        folder.mkdir(parents=True)
        found = earned(company(folder, LAST, orders=told, spend=[spend("p", "search", 93, cost)]))
        whole = found[3]["all", "all"]
        assert (whole["payback"], whole["payback_days"]) == (state, days)
        if state == "not_yet":
            assert "contribution has not covered that yet within 8 days" in "\n".join(found[1])


def test_ltv_to_cac_takes_what_predict_expects(tmp_path):
    facts = shop()
    values = [{"customer_id": n, "as_of": TODAY, "contribution": 20.0 + n % 3} for n in range(60)]
    total = [{"as_of": TODAY, "measure": "contribution", "value": 1000.0, "low": 800.0, "high": 1200.0}]
    found = earned(company(tmp_path, LAST, **facts), customer_values=values, value_totals=total)
    whole = found[3]["all", "all"]
    ltv = sum(0.4 * (10 + n % 5) + 20 + n % 3 for n in range(60)) / 60
    assert whole["ltv"] == pytest.approx(ltv)
    assert whole["ltv_cac"] == pytest.approx(ltv / (95 / 60))
    assert whole["ltv_high"] - whole["ltv"] > 0.19 * 21
    assert whole["ltv_cac_low"] < whole["ltv_cac"] < whole["ltv_cac_high"]
    few = earned(Workspace(tmp_path), customer_values=values[:30], value_totals=total)
    assert few[3]["all", "all"]["ltv"] is None


def searches():
    """Two weeks apart: three of four searches name the brand in the last week, one of two before."""
    told = [(98, "tea house berlin"), (97, "TEA HOUSE"), (96, "green tea"), (95, "Tea House"), (90, "tea house"),
            (89, "pot"), (101, "tea house")]  # fmt: skip
    return [
        {"event_id": f"s{n}", "customer_id": 1, "kind": "search", "attributes": [("term", text)]} | moment(day)
        for n, (day, text) in enumerate(told)
    ]


def test_brand_measures_by_week_are_counted_and_marked_correlational(tmp_path):
    visits = [
        (99, "v1", None), (99.1, "v1", "search"), (98, "v2", "Direct"), (97, "v3", "search"), (97.1, "v3", None),
    ]  # fmt: skip
    seen = [
        {"event_id": f"v{n}", "customer_id": 2, "kind": "view", "session_id": visit, "channel": by, "source": "web"}
        | moment(day)
        for n, (day, visit, by) in enumerate(visits)
    ]
    other = [{"event_id": "x", "customer_id": 2, "kind": "view", "session_id": "x", "source": "app"} | moment(99)]
    words = [
        spend("1", "search", 95, 1, keyword="Tea House shop", impressions=30),
        spend("2", "search", 95, 1, keyword="tea", impressions=90),
    ]
    workspace = company(tmp_path, orders=[order("o", 1, 5)], events=searches() + seen + other, spend=words)
    summary, _lines, _returns, _new, brand = earned(workspace)
    found = {(row["measure"], row["week"]): (row["value"], row["share"]) for row in brand}
    assert found == {
        ("branded_searches", date(2025, 4, 10)): (3, 0.75),
        ("branded_searches", date(2025, 4, 3)): (1, 0.5),
        ("branded_impressions", date(2025, 4, 10)): (30, 0.25),
        ("direct_visits", date(2025, 4, 10)): (2, pytest.approx(2 / 3)),  # sources without channels tell nothing
    }
    assert summary["brand"]["what"] == "correlational, not proof"


def test_brand_lines_say_that_they_prove_nothing(tmp_path):
    told = [
        {"event_id": f"s{n}", "customer_id": 1, "kind": "search", "attributes": [("q", "oolong now")]} | moment(n)
        for n in range(20, 100)
    ]
    workspace = company(tmp_path, '[money]\nbrand_words = ["Oolong"]\n', orders=[order("o", 1, 5)], events=told)
    lines = [line for line in earned(workspace)[1] if "brand" in line]
    assert len(lines) == 1
    assert lines[0].startswith("Correlational, not proof: searches for the brand 28 in the last 4 weeks, 28 in the 4")


@pytest.mark.parametrize("rule", ["markov", "shapley", "last_non_direct", "time_decay"])
def test_first_orders_that_nothing_touched_are_credited_to_nobody(tmp_path, rule):
    facts = shop()
    facts["touches"] = [one for one in facts["touches"] if one["channel"] == "email"]  # of regulars alone
    new = earned(company(tmp_path, f'[attribution]\nrule = "{rule}"\n', **facts))[3]
    assert new["all", "all"]["new_customers"] == 60
    assert new["channel", "email"]["new_customers"] == 0
    assert new["channel", "email"]["orders"] == 20
    assert new["channel", "email"]["cac_paid"] is None
