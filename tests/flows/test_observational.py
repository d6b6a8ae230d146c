"""What campaigns without lots seem to have brought, from a company's tables to words: always with what refutes it."""

from datetime import date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flows.conftest import open_workspace

from daogou.base import words
from daogou.flows import observational_groups
from daogou.flows.measure import measure
from daogou.flows.observational import observational
from daogou.flows.observational_known import Attributes, Dated, Known, columns
from daogou.store.tables import (
    ASSIGNMENTS,
    COUPONS,
    CUSTOMERS,
    OBSERVED,
    ORDERS,
    PAST_CAMPAIGNS,
    REFUNDS,
    TOUCHES,
    UNIT_ASSIGNMENTS,
)

FIRST, START, LAST = date(2025, 1, 1), date(2025, 6, 1), date(2025, 7, 31)
PEOPLE, EFFECT, MARGIN = 1500, 16.0, 0.25


class Company:
    """People buy about once a fortnight, some more than others; ``chosen`` is whom a campaign takes: heavy buyers."""

    def __init__(self, seed=3, people=PEOPLE):
        self.rng = np.random.default_rng(seed)
        self.people = people
        self.often = self.rng.gamma(2.0, 0.035, people)
        self.orders, self.lists, self.campaigns = [], [], []
        self.more = {CUSTOMERS: [{"customer_id": one, "is_static": True} for one in range(people)]}
        days = (LAST - FIRST).days + 1
        for customer, day in zip(*np.nonzero(self.rng.random((people, days)) < self.often[:, None]), strict=True):
            self.buy(customer, FIRST + timedelta(days=int(day)), float(self.rng.gamma(4.0, 8.0)) + 0.5)
        for customer in range(people):
            self.buy(customer, FIRST, 5.0)
        self.buy(0, LAST, 1.0)

    def buy(self, customer, day, money):
        amounts = {"list_value": money, "net_sales": money, "paid": money}
        order = {"order_id": f"o{len(self.orders)}", "customer_id": int(customer), "local_day": day, "lines": 1}
        self.orders.append(order | amounts)

    def spend(self, first, last):
        made = np.zeros(self.people)
        for one in self.orders:
            if first <= one["local_day"] < last:
                made[one["customer_id"]] += one["net_sales"]
        return made

    def chosen(self, share=0.3, strength=1.0):
        """By lots that favour whoever spent much in the months before May."""
        z = np.log1p(self.spend(FIRST, date(2025, 5, 1)))
        z = strength * (z - z.mean()) / z.std()
        return self.rng.random(self.people) < 2 * share / (1 + np.exp(-z))

    def run(self, name, who, start=START, effect=EFFECT, propensity=None, days=20):
        self.campaigns.append({"campaign_id": name, "starts_on": start, "ends_on": start + timedelta(days=days)})
        for customer in np.flatnonzero(who).tolist():
            row = {"campaign_id": name, "unit_id": customer, "arm": "treated", "propensity": propensity}
            self.lists.append(row)
            if effect:
                self.buy(customer, start + timedelta(days=int(self.rng.integers(0, 28))), effect)

    def facts(self):
        return {ORDERS: self.orders, ASSIGNMENTS: self.lists, PAST_CAMPAIGNS: self.campaigns} | self.more


def told(folder, company):
    workspace = open_workspace(folder, company.facts())
    with workspace.warehouse() as warehouse, warehouse.transaction():
        summary, lines = observational(workspace, warehouse, workspace.as_of(warehouse))
    return workspace, {one["campaign_id"]: one for one in summary["campaigns"]}, summary["not_read"], lines


@pytest.fixture(scope="module")
def spring(tmp_path_factory):
    company = Company()
    company.run("spring", company.chosen())
    return company, *told(tmp_path_factory.mktemp("observational"), company)


def test_the_effect_on_those_reached_is_found_where_the_plain_difference_is_far_off(spring):
    company, _workspace, found, not_read, _lines = spring
    one = found["spring"]
    assert one["low"] < EFFECT * MARGIN < one["high"]
    assert one["high"] - one["low"] < EFFECT * MARGIN * 2
    reached = np.zeros(PEOPLE, dtype=bool)
    reached[[row["unit_id"] for row in company.lists]] = True
    brought = MARGIN * company.spend(START, START + timedelta(days=28))
    assert brought[reached].mean() - brought[~reached].mean() > one["high"]
    assert (one["method"], one["outcome"], one["verdict"]) == ("doubly_robust", "contribution", "not_refuted")
    assert (one["from_day"], one["to_day"]) == ("2025-06-01", "2025-06-28")
    assert one["reached"] == reached.sum()
    assert one["unbalanced_before"] > one["unbalanced_after"]
    assert one["placebo_low"] < 0 < one["placebo_high"]
    assert 0 < one["detectable"] < EFFECT
    assert not_read == {}


def test_the_table_holds_what_the_json_says(spring):
    _company, workspace, found, _not_read, _lines = spring
    with workspace.warehouse() as warehouse:
        rows = warehouse.to_arrow(warehouse.table(OBSERVED)).to_pylist()
    assert [row["campaign_id"] for row in rows] == ["spring"]
    for name in OBSERVED.names:
        if name not in ("as_of", "from_day", "to_day"):
            assert rows[0][name] == found["spring"][name]


def test_the_stage_says_in_both_languages_that_it_is_no_proof(spring):
    _company, workspace, found, _not_read, _lines = spring
    report = measure(workspace, None, lambda *_: None)
    assert report.summary["observational"]["campaigns"] == list(found.values())
    assert any(
        line.startswith("Not randomised: campaigns without") and "None of this is proof" in line
        for line in report.lines
    )
    with words.language("zh"):
        lines = measure(workspace, None, lambda *_: None).lines
    assert any(line.startswith("非随机：") and "不是证明" in line for line in lines)


def test_twice_the_same(spring):
    _company, workspace, found, _not_read, _lines = spring
    with workspace.warehouse() as warehouse, warehouse.transaction():
        again, _said = observational(workspace, warehouse, workspace.as_of(warehouse))
    assert again["campaigns"] == list(found.values())


def test_what_followed_the_outcome_changes_nothing(spring, tmp_path):
    """Orders, refunds and attributes from the day after the outcome on, and the last day's attributes before it."""
    _company, _workspace, found, _not_read, _lines = spring
    company = Company()
    company.run("spring", company.chosen())
    after = START + timedelta(days=28)
    rng = np.random.default_rng(9)
    for customer in range(PEOPLE):
        company.buy(customer, after + timedelta(days=int(rng.integers(0, 10))), float(rng.integers(1, 500)))
        changed = {"customer_id": customer, "valid_from": START, "member_level": "gold" if customer % 2 else "basic"}
        company.more[CUSTOMERS].append(changed)
    refund = {"refund_id": "r", "customer_id": 1, "local_day": after, "amount": 50.0}
    later = {"campaign_id": "later", "starts_on": after, "ends_on": after + timedelta(days=5)}
    company.campaigns.append(later)
    company.more[REFUNDS] = [refund]
    _workspace, same, _not_read, _lines = told(tmp_path, company)
    assert same["spring"] == found["spring"]


def known(rows, about, n=6):
    """What ``columns`` sees: rows of (person, day, amount), and of (person, day, level)."""
    person, day, amount = (np.array([row[k] for row in rows], dtype=np.int64) for k in range(3))
    ones, listed = np.ones(len(rows), dtype=np.int64), {"listed": amount + 3, "discount": 0 * amount + 3}
    sums = {"sold": amount, "refunded": amount // 9, "orders": ones} | listed
    owner, since, level = ([row[k] for row in about] for k in range(3))
    return Known(
        np.arange(n),
        np.zeros(n, dtype=np.int64),
        Dated.of(person, day, sums),
        Dated.of(person, day, {}),
        Dated.of(person, day, {"coupons": ones}),
        Dated.of(person + n * (amount % 2), day, {"sold": amount}),
        ("even", "odd"),
        Attributes.of(np.array(owner, dtype=np.int64), np.array(since, dtype=np.int64), {"level": level}),
        first=0,
    )


_ROWS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 200), st.integers(1, 10**6)), max_size=40)
_ABOUT = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 200), st.sampled_from("abc")), max_size=10)


@settings(max_examples=60, deadline=None)
@given(_ROWS, _ABOUT, st.integers(30, 150))
def test_what_is_known_before_a_day_hangs_on_nothing_of_that_day_or_later(rows, about, cut):
    whole = columns(known(rows, about), np.arange(6), cut, {})
    early = columns(
        known([row for row in rows if row[1] < cut], [row for row in about if row[1] < cut]), np.arange(6), cut, {}
    )
    assert whole.names == early.names
    assert np.array_equal(whole.values, early.values)


@settings(max_examples=60, deadline=None)
@given(_ROWS, st.integers(30, 150))
def test_what_was_bought_in_a_window_is_the_sum_of_its_rows(rows, cut):
    made = columns(known(rows, []), np.arange(6), cut, {"person": np.arange(6)})
    told = dict(zip(made.names, made.values.T, strict=True))
    for person in range(6):
        mine = [row for row in rows if row[0] == person and cut - 28 <= row[1] < cut]
        if "net_sales_28" in told:
            assert told["net_sales_28"][person] == sum(row[2] - row[2] // 9 for row in mine) / 10_000
        if "orders_28" in told:
            assert told["orders_28"][person] == len(mine)


def test_a_refund_within_the_days_is_taken_off(spring, tmp_path):
    _company, _workspace, found, _not_read, _lines = spring
    company = Company()
    company.run("spring", company.chosen())
    n = len(company.lists)
    company.more[REFUNDS] = [
        {"refund_id": str(k), "customer_id": row["unit_id"], "local_day": START, "amount": EFFECT}
        for k, row in enumerate(company.lists)
    ]
    _workspace, less, _not_read, _lines = told(tmp_path, company)
    assert n == found["spring"]["reached"]
    assert less["spring"]["value"] == pytest.approx(found["spring"]["value"] - EFFECT * MARGIN, abs=0.01)


def test_people_chosen_for_what_nobody_recorded_are_refuted_by_the_placebo(tmp_path):
    company = Company()
    hidden = company.rng.random(PEOPLE) < 0.3
    for customer in np.flatnonzero(hidden).tolist():  # they have begun to buy more in May, and go on
        for start in (START - timedelta(days=28), START):
            company.buy(customer, start + timedelta(days=int(company.rng.integers(0, 28))), 40.0)
    company.run("spring", hidden & (company.rng.random(PEOPLE) < 0.8), effect=0.0)
    _workspace, found, _not_read, lines = told(tmp_path, company)
    one = found["spring"]
    assert one["placebo_low"] > 0
    assert (one["verdict"], "placebo" in one["doubts"]) == ("placebo", True)
    assert "in the days before the start: 1" in lines[0]


def test_people_unlike_all_others_are_not_compared(tmp_path):
    """Those reached are on the list of a campaign that still runs, and nobody else is."""
    company = Company()
    who = company.chosen()
    company.run("first", who, start=START - timedelta(days=35), days=60)
    company.run("second", who)
    _workspace, found, _not_read, _lines = told(tmp_path, company)
    one = found["second"]
    assert one["verdict"] == "no_overlap"
    assert one["overlap"] < 0.8
    assert one["low"] is None
    assert (one["elsewhere_reached"], one["elsewhere_others"]) == (1.0, 0.0)


def test_few_people_get_no_interval(tmp_path):
    company = Company()
    company.run("small", np.arange(PEOPLE) < 90)
    company.run("tiny", np.arange(PEOPLE) < 3)
    company.run("all", np.ones(PEOPLE, dtype=bool))
    _workspace, found, _not_read, _lines = told(tmp_path, company)
    assert sorted(found) == ["all", "small", "tiny"]
    assert {(one["verdict"], one["low"]) for one in found.values()} == {("too_few", None)}


def test_what_cannot_be_looked_at_is_named_with_the_reason(tmp_path):
    company = Company()
    who = company.chosen()
    company.run("early", who, effect=0.0, start=FIRST + timedelta(days=55))
    company.run("just", who, effect=0.0, start=FIRST + timedelta(days=56))
    company.run("late", who, effect=0.0, start=LAST - timedelta(days=26))
    company.run("drawn", who, propensity=0.5)
    company.campaigns += [
        {"campaign_id": name, "starts_on": START, "ends_on": LAST} for name in ("empty", "coupons", "on")
    ]
    used = {"campaign_id": "coupons", "redeemed_day": START, "redeemed_at": datetime.combine(START, time(9))}
    company.more[COUPONS] = [{"coupon_id": str(k), "customer_id": k} | used for k in range(300)]
    company.more[UNIT_ASSIGNMENTS] = [
        {"campaign_id": "on", "unit": "region", "unit_name": "north", "arm": "on", "propensity": 0.5}
        | {"starts_on": START, "ends_on": LAST}
    ]
    _workspace, found, not_read, lines = told(tmp_path, company)
    assert list(found) == ["just"]
    assert not_read == {"early": "no_history", "late": "not_over", "empty": "nobody", "coupons": "only_answers"}
    assert lines[-1].startswith("Campaigns without a control group that could not be looked at: 4 (")


def test_who_was_reached_later_or_only_answered_is_in_neither_group(tmp_path):
    company = Company()
    company.campaigns.append({"campaign_id": "mail", "starts_on": START, "ends_on": LAST})
    kinds = [("sent", 0, 300), ("sent", 8, 50), ("click", 1, 20), ("sent", 40, 30)]  # kind, day, people
    touches, customer = [], 0
    for kind, day, people in kinds:
        for _ in range(people):
            touch = {"touch_id": f"t{customer}", "customer_id": customer, "kind": kind, "campaign_id": "mail"}
            touches.append(touch | {"local_day": START + timedelta(days=day), "channel": "email"})
            customer += 1
    company.more[TOUCHES] = touches
    _workspace, found, _not_read, _lines = told(tmp_path, company)
    one = found["mail"]
    assert (one["reached"], one["late"], one["only_answered"]) == (300, 50, 20)
    assert one["others"] == PEOPLE - 370  # those reached after the outcome's days are among them


def test_holders_of_coupons_are_reached_where_not_only_redeemers_are_listed(tmp_path):
    company = Company()
    company.campaigns.append({"campaign_id": "coupons", "starts_on": START, "ends_on": LAST})
    used = {"redeemed_day": START, "redeemed_at": datetime.combine(START, time(9))}
    company.more[COUPONS] = [
        {"coupon_id": str(k), "customer_id": k, "campaign_id": "coupons"} | (used if k < 40 else {}) for k in range(300)
    ]
    _workspace, found, _not_read, _lines = told(tmp_path, company)
    assert (found["coupons"]["reached"], found["coupons"]["only_answered"]) == (300, 0)


def test_only_people_known_before_the_start_are_compared(tmp_path):
    company = Company()
    who = company.chosen()
    fresh = range(PEOPLE, PEOPLE + 200)
    for customer in fresh:
        company.more[CUSTOMERS].append({"customer_id": customer, "is_static": True})
        company.buy(customer, START, 30.0)
    company.more[CUSTOMERS].append({"customer_id": 9999, "is_static": True, "is_guest": True})
    company.buy(9999, FIRST, 30.0)
    company.run("spring", np.concatenate([who, np.ones(200, dtype=bool)]), effect=0.0)
    _workspace, found, _not_read, _lines = told(tmp_path, company)
    one = found["spring"]
    assert (one["reached"], one["not_known_before"]) == (who.sum(), 200)
    assert one["reached"] + one["others"] <= PEOPLE


def test_of_many_people_a_sample_is_compared_and_it_is_said(spring, tmp_path, monkeypatch):
    _company, _workspace, found, _not_read, _lines = spring
    company = Company()
    company.run("spring", company.chosen())
    monkeypatch.setattr(observational_groups, "MOST", 800)
    monkeypatch.setattr("daogou.flows.observational.MOST", 800)
    _workspace, part, _not_read, _lines = told(tmp_path, company)
    one, whole = part["spring"], found["spring"]
    assert (one["reached"], one["others"]) == (400, 400)
    assert one["sampled_from"] == whole["reached"] + whole["others"]
    assert one["low"] < EFFECT * MARGIN < one["high"]
    assert whole["sampled_from"] is None


def regional(trend=0.0, regions=24, effect=EFFECT):
    """Half of the regions are reached; ``trend``: what their people buy more in May already, and then."""
    company = Company()
    region = np.arange(PEOPLE) % regions
    company.more[CUSTOMERS] = [
        {"customer_id": one, "is_static": True, "region": f"r{region[one]}"} for one in range(PEOPLE)
    ]
    who = region % 2 == 0
    if trend:
        for customer in np.flatnonzero(who).tolist():
            company.buy(customer, START - timedelta(days=3), trend)
            company.buy(customer, START + timedelta(days=3), trend)
    company.run("posters", who, effect=effect)
    return company


def test_whole_regions_are_compared_as_regions(tmp_path):
    _workspace, found, _not_read, _lines = told(tmp_path, regional())
    one = found["posters"]
    assert (one["method"], one["reached"], one["others"]) == ("difference_in_differences", 12, 12)
    assert one["low"] < EFFECT * MARGIN < one["high"]
    assert one["low"] > 0
    assert (one["verdict"], one["periods_before"]) == ("not_refuted", 5)


def test_regions_that_had_begun_to_differ_are_refuted(tmp_path):
    _workspace, found, _not_read, _lines = told(tmp_path, regional(trend=EFFECT, effect=0.0))
    one = found["posters"]
    assert one["placebo_low"] > 0
    assert one["verdict"] == "placebo"


def test_regions_that_were_switched_on_without_a_lot_are_compared(tmp_path):
    company = regional(effect=0.0)
    company.lists = []
    company.more[UNIT_ASSIGNMENTS] = [
        {"campaign_id": "posters", "unit": "region", "unit_name": f"r{k}", "arm": "off" if k % 2 else "on"}
        | {"starts_on": START, "ends_on": LAST}
        for k in range(24)
    ]
    _workspace, found, _not_read, _lines = told(tmp_path, company)
    one = found["posters"]
    assert (one["method"], one["reached"], one["others"]) == ("difference_in_differences", 12, 12)
    assert one["low"] < 0 < one["high"]


def test_few_regions_have_no_interval(tmp_path):
    _workspace, found, _not_read, _lines = told(tmp_path, regional(regions=8))
    assert (found["posters"]["verdict"], found["posters"]["low"]) == ("too_few", None)


def test_a_company_without_campaigns_is_told_nothing(tmp_path):
    _workspace, found, not_read, lines = told(tmp_path, Company(people=5))
    assert (found, not_read, lines) == ({}, {}, [])


def test_a_company_of_guests_alone_has_nobody_to_compare(tmp_path):
    company = Company(people=300)
    company.run("spring", np.arange(300) < 100)
    company.more[CUSTOMERS] = [row | {"is_guest": True} for row in company.more[CUSTOMERS]]
    _workspace, found, not_read, lines = told(tmp_path, company)
    assert (found, not_read, len(lines)) == ({}, {"spring": "nobody"}, 1)
