"""How each campaign can be known, what platforms' own studies say, and what was proven of each channel."""

import json
import math
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.flows.conftest import open_workspace

from daogou.base.estimate import Estimate
from daogou.base.words import LANGUAGES, language
from daogou.flows.evidence import evidence
from daogou.flows.measure import measure
from daogou.flows.plan_units import UnitTest, plan_units
from daogou.flows.proven import _together
from daogou.measure.experiment import region_sentences as say
from daogou.store.tables import (
    ASSIGNMENTS,
    CHANNELS,
    CUSTOMERS,
    EVIDENCE,
    LIFT_STUDIES,
    ORDERS,
    PAST_CAMPAIGNS,
    UNIT_ASSIGNMENTS,
)

LAST = date(2025, 9, 30)
NOW = datetime(2025, 10, 1, tzinfo=UTC)


def campaign(name, channel=None, starts=date(2025, 8, 1)):
    return {"campaign_id": name, "channel": channel, "starts_on": starts, "ends_on": starts + timedelta(days=13)}


def people(name, *arms, propensity=None):
    return [{"campaign_id": name, "unit_id": k, "arm": arm, "propensity": propensity} for k, arm in enumerate(arms)]


def regions(name, channel, on_orders=3, off_orders=1, starts=date(2025, 8, 1), days=28, propensity=0.5):
    """Eight pairs of regions whose customers order ``on_orders`` and ``off_orders`` times in the test."""
    rows, orders, customers = [], [], []
    for k in range(16):
        is_on = (k // 2 + k) % 2 == 0
        region = f"{name}{k}"
        customers.append({"customer_id": 1000 + k, "is_static": True, "region": region})
        rows.append(
            {"campaign_id": name, "channel": channel, "unit": "region", "unit_name": region, "pair": str(k // 2),
             "arm": "on" if is_on else "off", "propensity": propensity, "starts_on": starts,
             "ends_on": starts + timedelta(days=days - 1)}
        )  # fmt: skip
        for n in range((on_orders if is_on else off_orders) + k // 8):
            day = starts + timedelta(days=n)
            orders.append({"order_id": f"{region}-{n}", "customer_id": 1000 + k, "local_day": day, "net_sales": 20})
    return rows, orders, customers


def study(name="st1", channel="Social", **more):
    row = {"study_id": name, "channel": channel, "platform": "Meta", "starts_on": date(2025, 8, 1)}
    row |= {"ends_on": date(2025, 8, 28), "incremental_orders": 120, "incremental_orders_low": 80}
    return row | {"incremental_orders_high": 160} | more


def company(folder, *, orders=(), customers=(), **facts):
    tables = {"campaigns": PAST_CAMPAIGNS, "assigned": ASSIGNMENTS, "units": UNIT_ASSIGNMENTS, "studies": LIFT_STUDIES}
    last = {"order_id": "last", "customer_id": 1, "local_day": LAST, "net_sales": 10}
    told = {tables[name]: list(rows) for name, rows in facts.items()}
    return open_workspace(
        folder, {CUSTOMERS: [{"customer_id": 1, "is_static": True}, *customers], ORDERS: [last, *orders]} | told
    )


def known(workspace):
    with workspace.warehouse() as warehouse, warehouse.transaction():
        summary, lines = evidence(workspace, warehouse, workspace.as_of(warehouse))
        rows = warehouse.to_arrow(warehouse.table(EVIDENCE)).to_pylist()
    json.dumps(summary, allow_nan=False)
    return {row["campaign_id"]: (row["kind"], row["channel"], row["why"]) for row in rows}, summary, lines


def test_every_campaign_is_known_by_something_or_by_nothing_with_why(tmp_path):
    units, orders, customers = regions("geo", "Search")
    weeks = [
        row | {"campaign_id": "wk", "unit": "time", "channel": "social", "unit_name": str(k)}
        for k, row in enumerate(units)
    ]
    told, summary, lines = known(
        company(
            tmp_path,
            orders=orders,
            customers=customers,
            campaigns=[
                campaign("mail", "Email"), campaign("all", "Email"), campaign("chosen", "SMS"), campaign("tv", "TV"),
                campaign("lost", "email"), campaign("geo", "search"), campaign("next", "email", date(2025, 12, 1)),
                campaign("meta", "social"), campaign("sure", "email"),
            ],
            assigned=[
                *people("mail", "treated", "holdout", propensity=0.5),
                *people("all", "treated", "treated", propensity=1.0),
                *people("chosen", "treated", "holdout"),
                *people("sure", "treated", "holdout", propensity=1.0),
                *people("only-lots", "treated", "holdout", propensity=0.5),
            ],
            units=[*units, *weeks, *[row | {"campaign_id": "byhand", "propensity": None} for row in units]],
            studies=[study(campaign_id="meta"), study("st2", "video")],
        )
    )  # fmt: skip
    assert told == {
        "mail": ("lots", "email", None),
        "only-lots": ("lots", "", None),
        "all": ("none", "email", "everyone_reached"),
        "chosen": ("none", "sms", "no_lots"),
        "sure": ("none", "email", "no_lots"),
        "tv": ("none", "tv", "audience_channel"),
        "lost": ("none", "email", "nobody_known"),
        "geo": ("regions", "search", None),
        "wk": ("weeks", "social", None),
        "byhand": ("none", "search", "no_lots"),
        "meta": ("lift_study", "social", None),
        "st2": ("lift_study", "video", None),
    }
    assert (summary["tested"], summary["untested"]) == (6, 6)
    assert lines[-1] == "Campaigns with a test: 6. Cannot be tested: estimate only: 6."


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_why_has_words(code):
    with language(code):
        said = [say.why_text(why) for why in
                ("nobody_known", "everyone_reached", "no_lots", "audience_channel", "cannot_switch")]  # fmt: skip
    assert len(set(said)) == 5


def test_drafts_are_in_until_their_day_and_marked_where_they_cannot_be_tested(tmp_path):
    workspace = company(tmp_path)
    plan_units(workspace, lambda: NOW, lambda *_: None, UnitTest("search"))
    with workspace.ledger() as ledger:
        ledger.add_campaign("a", "learning", "draft", {"starts_on": "2025-10-08", "held_out": 5}, NOW)
        ledger.add_campaign("b", "to-all", "draft", {"starts_on": "2025-10-08", "held_out": 0}, NOW)
        ledger.add_campaign("c", "past", "draft", {"starts_on": "2025-09-08", "held_out": 5}, NOW)
        ledger.add_campaign("e", "approved", "approved", {"starts_on": "2025-09-08", "held_out": 5}, NOW)
        ledger.add_campaign("f", "refused", "refused", {"starts_on": "2025-10-08", "held_out": 5}, NOW)
        ledger.add_campaign("d", "global-holdout-2025H2", "holdout", {"starts_on": "2025-07-01"}, NOW)
    told, _summary, _lines = known(workspace)
    assert told == {
        "learning": ("lots", "", None),
        "approved": ("lots", "", None),
        "to-all": ("none", "", "everyone_reached"),
        "search-2025-10-08": ("none", "search", "cannot_switch"),
    }


def test_a_company_without_campaigns_says_nothing(tmp_path):
    told, summary, lines = known(company(tmp_path))
    assert (told, lines, summary["campaigns"]) == ({}, [], [])


def test_a_study_is_told_with_its_platform_and_only_when_it_is_over(tmp_path):
    value = study("st2", incremental_orders=None, incremental_orders_low=None, incremental_orders_high=None)
    value |= {"incremental_value": 5000, "incremental_value_low": 1000, "incremental_value_high": 9000}
    later = study("st3", ends_on=date(2025, 10, 1))
    _told, summary, lines = known(company(tmp_path, studies=[study(), value, later]))
    assert [one["study_id"] for one in summary["lift_studies"]] == ["st1", "st2"]
    assert "Lift study st1, Meta's own test of social: 120 (between 80 and 160) incremental orders." in lines
    assert "Lift study st2, Meta's own test of social: €5,000 (between €1,000 and €9,000)." in lines


def channels(workspace):
    report = measure(workspace, lambda: NOW, lambda *_: None)
    with workspace.warehouse() as warehouse:
        rows = warehouse.to_arrow(warehouse.table(CHANNELS)).to_pylist()
    return {row["channel"]: row for row in rows}, report


def test_what_regions_proved_stands_beside_what_is_credited(tmp_path):
    units, orders, customers = regions("geo", "Search")
    rows, report = channels(company(tmp_path, orders=orders, customers=customers, units=units))
    row = rows["search"]
    assert (row["proven_by"], row["proven_name"]) == ("regions", "geo")
    assert row["proven_orders"] == pytest.approx(8 * 2)  # two orders more in each of eight regions
    assert row["proven_low"] == pytest.approx(16)
    assert any("search: claimed none, credited cannot be seen, proven 16" in line for line in report.lines)
    assert any("by regions on and off" in line for line in report.lines)


def test_own_tests_go_before_a_platforms_study(tmp_path):
    units, orders, customers = regions("geo", "Search")
    rows, report = channels(
        company(tmp_path, orders=orders, customers=customers, units=units,
                studies=[study("a", "search"), study("b", "social"), study("c", "social", incremental_orders=30,
                         incremental_orders_low=20, incremental_orders_high=40)])
    )  # fmt: skip
    assert rows["search"]["proven_by"] == "regions"
    assert (rows["social"]["proven_by"], rows["social"]["proven_name"]) == ("lift_study", "Meta")
    assert rows["social"]["proven_orders"] == 150
    assert rows["social"]["proven_low"] == pytest.approx(150 - math.hypot(40, 10))
    assert any("by Meta's own study" in line for line in report.lines)


def test_a_test_that_is_not_read_proves_nothing(tmp_path):
    units, orders, customers = regions("geo", "Search", propensity=None)
    rows, _report = channels(company(tmp_path, orders=orders, customers=customers, units=units))
    assert "search" not in rows


def test_a_study_without_interval_or_from_long_ago(tmp_path):
    bare = study("a", "video", incremental_orders_low=None, incremental_orders_high=None)
    old = study("b", "print", starts_on=date(2023, 1, 1), ends_on=date(2023, 1, 30))
    rows, _report = channels(company(tmp_path, studies=[bare, old]))
    assert (rows["video"]["proven_orders"], rows["video"]["proven_low"]) == (120, None)
    assert "print" not in rows


def test_arms_that_share_a_control_group_are_no_surer_together():
    one = Estimate(10.0, 4.0, 16.0, 100, "orders")
    assert _together([one, one]) == Estimate(20.0, 8.0, 32.0, 200, "orders")
