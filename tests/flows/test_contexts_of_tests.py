"""What the report is told of tests, money and messages: from rows as the stage measure writes them."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from daogou.base.estimate import Estimate
from daogou.flows.contexts import contexts, earned, flood, money, running, statement
from daogou.flows.contexts.earned_verdict import enough, verdict_of
from daogou.flows.workspace import Workspace
from daogou.report import contexts as contexts_of_page
from daogou.report.contexts import Earned, Flood, Missing, Money, Outcome, Running, Statement, Text
from daogou.report.page import render
from daogou.store.tables import (
    ACQUISITION,
    BRAND,
    EVIDENCE,
    GUARD_RAILS,
    ITEMS,
    LADDER,
    LEARNINGS,
    LOOKS,
    OBSERVED,
    RATES,
    READINGS,
    RETURNS,
    STATEMENT,
    Table,
)
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows

AS_OF = date(2024, 3, 1)
HOSTILE = "<script>x</script>"
Row = dict[str, Any]


@pytest.fixture
def warehouse(bare_workspace: Workspace) -> Iterator[Warehouse]:
    with bare_workspace.warehouse() as opened:
        yield opened


def write(warehouse: Warehouse, table: Table, *told: Row) -> None:
    warehouse.append(table, rows(table, *({"as_of": AS_OF} | row for row in told)))


def reading(name: str = "spring", **more: Any) -> Row:
    base: Row = {"level": "campaign", "name": name, "arm": "treated", "outcome": "contribution", "segment": ""}
    base |= {"role": "primary", "unit": "customer", "from_day": date(2024, 1, 1), "to_day": date(2024, 1, 28)}
    base |= {"treated": 800, "held_out": 200, "mismatch_p": 0.5, "value": 2.0, "low": 1.0, "high": 3.0}
    return base | {"total": 1_600.0, "total_low": 800.0, "total_high": 2_400.0, "cost": 400.0} | more


def arms_of(warehouse: Warehouse) -> tuple[contexts_of_page.Tested, ...]:
    found = earned.earned(warehouse, AS_OF)
    assert isinstance(found, Earned)
    return found.tested


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({}, "earned"),
        ({"cost": 3_000.0}, "lost"),
        ({"cost": 1_000.0}, "unsure"),
        ({"cost": None}, "more"),
        ({"cost": None, "value": -2.0, "low": -3.0, "high": -1.0}, "less"),
        ({"cost": None, "low": -1.0}, "open"),
        ({"low": None, "high": None, "total_low": None, "total_high": None}, "too_few"),
        ({"mismatch_p": 0.0001, "value": None, "low": None, "high": None, "total": None}, "mismatch"),
        ({"outcome": "orders", "value": 0.2, "low": 0.1, "high": 0.3}, "more"),  # no figure of money was read
    ],
)
def test_the_verdict_is_the_whole_interval_against_the_cost(warehouse: Warehouse, more: Row, verdict: str) -> None:
    write(warehouse, READINGS, reading(**more))
    assert [one.verdict for one in arms_of(warehouse)] == [verdict]


def test_what_was_earned_and_its_ratio_come_from_the_money_of_the_same_campaign(warehouse: Warehouse) -> None:
    ratio = {"level": "campaign", "name": "spring", "basis": "incremental_roi", "value": 2.5, "low": 0.5, "high": 4.5}
    write(warehouse, READINGS, reading(), reading("other"))
    write(warehouse, RETURNS, ratio | {"gain": 1_750.0, "gain_low": 750.0, "gain_high": 2_750.0, "cost": 500.0})
    other, spring = arms_of(warehouse)
    assert spring.earned is not None
    assert other.earned is not None
    assert (spring.earned.low, spring.cost, spring.ratio) == (750.0, 500.0, Estimate(2.5, 0.5, 4.5, 0))
    assert (other.earned.low, other.cost, other.ratio) == (800.0, 400.0, None)


def test_a_mismatch_tells_no_figure_even_where_rows_hold_one(warehouse: Warehouse) -> None:
    write(warehouse, READINGS, reading(mismatch_p=0.0005))
    one = arms_of(warehouse)[0]
    assert (one.earned, one.primary, one.ratio, one.step) == (None, None, None, "find")


def test_each_row_finds_its_place_on_the_campaigns_page(warehouse: Warehouse) -> None:
    write(
        warehouse,
        READINGS,
        reading(design="ab" * 32, false_discovery=0.01, lift_value=0.1, lift_low=0.05, lift_high=0.15),
        reading(outcome="orders", role="other", false_discovery=0.2, value=0.1, low=0.01, high=0.2),
        reading(outcome="unsubscribes", role="guard_rail", p_value=0.001, value=0.02, low=0.01, high=0.03),
        reading(outcome="contribution_after", role="tail", value=-1.0, low=-1.5, high=-0.5),
        reading(outcome="contribution_delivered", role="delivered", value=2.5),
        reading(segment="high/recent", value=3.0),
        reading(segment="rest", value=None, low=None, high=None),
    )
    one = arms_of(warehouse)[0]
    assert (one.design, one.arm, one.unit) == ("ab" * 32, "", "customer")
    assert one.primary is not None
    assert one.primary.is_sure
    assert [(str(other.name), other.kind, other.is_sure) for other in one.others] == [("orders", "number", False)]
    assert [(rail.kind, rail.is_sure) for rail in one.guard_rails] == [("share", True)]
    assert one.tail is not None
    assert one.tail.effect == Estimate(-1.0, -1.5, -0.5, 800)
    assert one.delivered is not None
    assert one.delivered.kind == "money"
    assert [(str(name), effect.value) for name, effect in one.segments] == [
        ("top third by spend, bought in the last 28 days", 3.0)
    ]
    assert one.step == "guard"  # an opt-out that rose surely comes before the repeat


def test_a_tail_that_takes_back_is_looked_at_before_a_repeat(warehouse: Warehouse) -> None:
    tail = reading(outcome="contribution_after", role="tail", value=-1.0, low=-1.5, high=-0.5)
    write(warehouse, READINGS, reading(), tail)
    assert arms_of(warehouse)[0].step == "forward"


def test_the_programme_stands_first_then_offers_then_the_latest_campaigns(warehouse: Warehouse) -> None:
    late = {"from_day": date(2024, 2, 1), "to_day": date(2024, 2, 28)}
    write(
        warehouse,
        READINGS,
        reading("a"),
        reading("b", **late),
        reading("b", arm="other", **late),
        reading("free delivery", level="offer"),
        reading("2023H2", level="programme"),
        reading("2024H1", level="programme", **late),
        reading("2024", level="year"),
    )
    whole = {"level": "all", "name": "all", "basis": "incremental_roi", "value": 1.0, "low": 0.5, "high": 1.5}
    arm = {"level": "campaign", "name": "b / other", "basis": "incremental_roi", "value": 9.0, "low": 8.0, "high": 10.0}
    write(warehouse, RETURNS, whole, arm)
    found = [(one.name, one.arm, one.ratio.value if one.ratio else None) for one in arms_of(warehouse)]
    assert found == [
        ("2024H1", "", 1.0),
        ("2023H2", "", None),
        ("free delivery", "", None),
        ("b", "other", 9.0),
        ("b", "treated", None),
        ("a", "", None),
    ]


@pytest.mark.parametrize(
    ("more", "step"), [({}, "go_on"), ({"cost": 9_000.0}, "cut"), ({"total_low": None, "total_high": None}, "wait")]
)
def test_the_programme_is_not_repeated_but_goes_on(warehouse: Warehouse, more: Row, step: str) -> None:
    if more.get("total_low", 1.0) is None:
        more = more | {"low": None, "high": None}
    write(warehouse, READINGS, reading("2024H1", level="programme", **more))
    assert arms_of(warehouse)[0].step == step


def test_a_figure_that_has_no_interval_is_not_told(warehouse: Warehouse) -> None:
    nothing: Row = {"low": None, "high": None}
    tail = reading(outcome="contribution_after", role="tail", **nothing)
    write(warehouse, READINGS, reading(total_low=None, total_high=None, **nothing), tail)
    alone: Row = {"level": "campaign", "name": "spring", "value": -1.0, "gain": -8.0, "cost": 400.0}
    write(warehouse, RETURNS, alone | {"basis": "incremental_roi"}, alone | {"basis": "roas"})
    write(warehouse, LADDER, rung("days", "28", "gmv", 1, 10.0))
    one = arms_of(warehouse)[0]
    assert (one.earned, one.ratio, one.tail, one.verdict) == (None, None, None, "too_few")
    found = money.money(warehouse, AS_OF)
    assert isinstance(found, Money)
    told = {ratio.basis: ratio.gain is not None for ratio in found.ratios}
    assert told == {"roas": True, "incremental_roi": False}


def test_nothing_of_another_moment_is_told(warehouse: Warehouse) -> None:
    write(warehouse, READINGS, reading() | {"as_of": AS_OF + timedelta(days=1)})
    assert earned.earned(warehouse, AS_OF) == Missing("lots")


def test_what_would_be_enough_hangs_on_the_cost_and_never_on_the_gain_found() -> None:
    near, far = (Estimate(value, value - 300, value + 300, 1_000) for value in (90.0, -200.0))
    assert enough(near, 100.0, 1_000) == enough(far, 100.0, 1_000)
    assert enough(near, 100.0, 1_000) == pytest.approx(
        1_000 * ((1.959964 + 0.841621) * 300 / 1.959964 / 100) ** 2, rel=0.01
    )
    assert enough(near, 1_000.0, 1_000) is None  # these were enough
    assert enough(near, 0.0, 1_000) is None
    assert enough(Estimate(1.0, math.nan, math.nan, 9), 10.0, 9) is None


def test_without_lots_the_doubt_is_told(warehouse: Warehouse) -> None:
    base: Row = {"method": "doubly_robust", "outcome": "contribution", "from_day": date(2024, 1, 1), "value": 1.0}
    base |= {"to_day": date(2024, 1, 28), "low": 0.5, "high": 1.5, "reached": 300, "others": 900, "overlap": 0.9}
    regions = base | {"campaign_id": "r", "method": "difference_in_differences", "verdict": "too_few", "low": None}
    write(
        warehouse, OBSERVED, base | {"campaign_id": "a", "verdict": "placebo"},
        base | {"campaign_id": "b", "verdict": "not_refuted", "elsewhere_reached": 0.4}, regions,
    )  # fmt: skip
    write(
        warehouse, EVIDENCE, {"campaign_id": "a", "kind": "none", "why": "everyone_reached"},
        {"campaign_id": "tv", "kind": "none", "channel": "tv", "why": "audience_channel"},
        {"campaign_id": "winter", "kind": "lots"},
    )  # fmt: skip
    found = earned.earned(warehouse, AS_OF)
    assert isinstance(found, Earned)
    assert [(one.name, one.is_doubtful, one.by_region, one.elsewhere) for one in found.observed] == [
        ("a", True, False, None), ("b", False, False, 0.4), ("r", True, True, None),
    ]  # fmt: skip
    assert "do not use this figure" in str(found.observed[0].verdict)
    assert "regions" in str(found.observed[2].verdict)
    assert [(one.name, one.channel) for one in found.untestable] == [("tv", "tv")]
    assert found.waiting == ("winter",)


def test_a_test_that_runs_or_was_read_is_not_waiting(warehouse: Warehouse) -> None:
    write(warehouse, EVIDENCE, *({"campaign_id": name, "kind": "lots"} for name in ("spring", "running", "draft")))
    write(warehouse, READINGS, reading())
    write(warehouse, LOOKS, look("running"))
    found = earned.earned(warehouse, AS_OF)
    assert isinstance(found, Earned)
    assert found.waiting == ("draft",)


def test_learnings_are_told_by_name(warehouse: Warehouse) -> None:
    base: Row = {"campaigns": 4, "value": 1.0, "low": 0.5, "high": 1.5, "next_low": -1.0, "next_high": 3.0, "age": 30}
    write(warehouse, EVIDENCE, {"campaign_id": "a", "kind": "none"})
    write(warehouse, LEARNINGS, base | {"level": "segment", "name": "low/gone"}, base | {"level": "all", "name": ""})
    found = earned.earned(warehouse, AS_OF)
    assert isinstance(found, Earned)
    assert [str(one.name) for one in found.learnings] == [
        "", "bottom third by spend, last bought more than 90 days ago",
    ]  # fmt: skip


def look(name: str = "spring", **more: Any) -> Row:
    base: Row = {"campaign_id": name, "arm": "treated", "outcome": "contribution", "starts_on": date(2024, 2, 1)}
    base |= {"ends_on": date(2024, 3, 20), "treated": 800, "held_out": 200, "fraction": 0.5, "boundary": 2.8}
    return base | {"z": 1.0, "state": "running", "value": 0.4, "low": 0.1, "high": 0.7, "days_left": 9} | more


def test_a_running_test_is_told_with_all_its_looks_and_no_figure(warehouse: Warehouse) -> None:
    write(
        warehouse,
        LOOKS,
        look() | {"as_of": AS_OF - timedelta(days=7), "fraction": 0.3, "boundary": 3.9},
        look(),
        look() | {"as_of": AS_OF + timedelta(days=7), "fraction": 0.8},
        look(starts_on=date(2023, 1, 1))
        | {"as_of": AS_OF - timedelta(days=300), "fraction": 0.2},  # the same name before
    )
    rail = {"campaign_id": "spring", "arm": "treated", "outcome": "margin", "allowed": -0.02, "state": "broken"}
    write(warehouse, GUARD_RAILS, rail | {"value": -0.05, "low": -0.07, "high": -0.03})
    found = running.running(warehouse, AS_OF)
    assert isinstance(found, Running)
    one = found.tests[0]
    assert (one.effect, one.days_left, one.arm) == (None, 9, "")
    assert [glance.fraction for glance in one.glances] == [0.3, 0.5]
    assert [(rail.kind, rail.state) for rail in one.rails] == [("share", "broken")]
    shares, bounds = zip(*one.curve, strict=True)
    assert shares[-1] == 1.0
    assert bounds[-1] == pytest.approx(1.96, abs=0.001)
    assert all(a > b for a, b in itertools.pairwise(bounds))


def test_a_decided_test_is_told_with_its_figure_and_each_look_once(warehouse: Warehouse) -> None:
    decided = look(state="works", decided_on=AS_OF - timedelta(days=7))
    write(warehouse, LOOKS, decided | {"as_of": AS_OF - timedelta(days=7)}, decided)
    found = running.running(warehouse, AS_OF)
    assert isinstance(found, Running)
    one = found.tests[0]
    assert one.effect == Estimate(0.4, 0.1, 0.7, 800)
    assert (one.days_left, len(one.glances), one.glances[0].on) == (None, 1, AS_OF - timedelta(days=7))
    assert running.running(warehouse, AS_OF + timedelta(days=1)) == Missing("running")


def line(name: str, place: int, **more: Any) -> Row:
    days = {"from_day": date(2024, 1, 1), "to_day": date(2024, 2, 29)}
    return {"year": 2024, "line": name, "place": place} | days | more


def test_the_statement_names_each_difference(warehouse: Warehouse) -> None:
    write(
        warehouse, STATEMENT,
        line("claimed", 1, value=120_000.0, low=120_000.0, high=120_000.0),
        line("credited", 2, value=80_000.0, low=80_000.0, high=80_000.0, compared=70_000.0),
        line("campaigns", 3, value=6_000.0, low=3_000.0, high=9_000.0, net_sales=20_000.0, net_sales_low=10_000.0,
             net_sales_high=30_000.0, campaigns=4, people=900),
        line("holdout", 5), line("books", 8, value=900_000.0, low=900_000.0, high=900_000.0),
    )  # fmt: skip
    found = statement.statement(warehouse, AS_OF, "USD")
    assert isinstance(found, Statement)
    assert [(one.line, one.net_sales is not None, one.value is not None) for one in found.lines] == [
        ("claimed", True, False), ("credited", True, False), ("campaigns", True, True), ("holdout", False, False),
        ("books", False, True),
    ]  # fmt: skip
    assert "platforms claim $120K" in str(found.says[0])
    assert any("Platforms claim $50K more than our rule credits" in text.en for text in found.differences)
    assert all(text.zh != text.en for text in (*found.says, *found.differences))


def test_books_alone_are_no_statement(warehouse: Warehouse) -> None:
    assert statement.statement(warehouse, AS_OF, "USD") == Missing("statement")
    write(warehouse, STATEMENT, line("claimed", 1), line("books", 8, value=9.0, low=9.0, high=9.0))
    assert statement.statement(warehouse, AS_OF, "USD") == Missing("statement")


def rung(level: str, name: str, step: str, place: int, amount: float, first: date = date(2024, 2, 1)) -> Row:
    told = {"level": level, "name": name, "step": step, "place": place, "amount": amount, "shown": amount}
    return told | {"is_sum": step in ("gmv", "net"), "from_day": first, "to_day": date(2024, 2, 29)}


def test_money_is_told_from_the_longest_days_and_ratios_that_are_known_first(warehouse: Warehouse) -> None:
    write(
        warehouse, LADDER,
        rung("days", "28", "gmv", 1, 10.0), rung("days", "90", "net", 3, 90.0, date(2023, 12, 2)),
        rung("days", "90", "gmv", 1, 100.0, date(2023, 12, 2)), rung("days", "90", "tax", 2, -10.0, date(2023, 12, 2)),
        rung("month", "2024-02", "gmv", 1, 10.0), rung("all", "all", "gmv", 1, 500.0, date(2020, 1, 1)),
    )  # fmt: skip
    names = [("campaign", "2", 1.0), ("campaign", "10", 2.0), ("campaign", "1", None), ("all", "all", None)]
    write(warehouse, RETURNS, *({"level": a, "name": b, "basis": "roas", "value": value} for a, b, value in names))
    new = [("item", f"i{k}", 30.0 - k) for k in range(12)] + [("all", "all", 40.0), ("category", "tea", 9.0)]
    write(warehouse, ACQUISITION, *({"level": a, "name": b, "new_customers": n} for a, b, n in new))
    title: Row = {"item_id": "i0", "title": "Green tea"}
    later = {"item_id": "i0", "title": "Of tomorrow", "valid_from": AS_OF}
    warehouse.append(ITEMS, rows(ITEMS, title | {"is_static": True}, later))
    weeks = [(date(2024, 2, 29), 7.0), (date(2024, 2, 22), 5.0)]
    write(warehouse, BRAND, *({"measure": "direct_visits", "week": day, "value": value} for day, value in weeks))
    found = money.money(warehouse, AS_OF)
    assert isinstance(found, Money)
    assert (found.ladder.name, [step.key for step in found.ladder.steps]) == ("90", ["gmv", "tax", "net"])
    assert [one.level for one in found.others] == ["month"]
    assert [one.name for one in found.ratios] == ["all", "2", "10", "1"]
    assert [one.name for one in found.won][:3] == ["all", "tea", "Green tea"]
    assert len(found.won) == 12
    assert found.signs[0].values == (5.0, 7.0)


def week(back: int, rate: str, value: float, half: float = 0.1) -> Row:
    end = AS_OF - timedelta(days=1 + 7 * back)
    return {"dimension": "week", "name": end.isoformat(), "rate": rate, "value": value, "low": value - half,
            "high": value + half}  # fmt: skip


@pytest.mark.parametrize(("now", "is_rising"), [(1.5, True), (1.15, False)])
def test_the_flood_holds_every_week_and_rises_beyond_chance_alone(
    warehouse: Warehouse, now: float, is_rising: bool
) -> None:
    day = week(9, "messages_per_person", 7.0) | {"dimension": "day"}
    write(
        warehouse, RATES, week(3, "messages_per_person", 1.0), week(0, "messages_per_person", now),
        week(0, "unsubscribe_rate", 0.5, 0.01), week(3, "unsubscribe_rate", 0.3, 0.01), day,
    )  # fmt: skip
    found = flood.flood(warehouse, AS_OF)
    assert isinstance(found, Flood)
    assert [one.messages is None for one in found.weeks] == [False, True, True, False]
    assert (found.is_rising, found.is_objected) == (is_rising, True)


def test_one_week_is_no_trend(warehouse: Warehouse) -> None:
    write(warehouse, RATES, week(0, "messages_per_person", 1.0))
    assert flood.flood(warehouse, AS_OF) == Missing("flood")


def test_an_outcome_that_nobody_knows_keeps_its_name(warehouse: Warehouse) -> None:
    write(warehouse, READINGS, reading(outcome=HOSTILE, cost=None))
    one = arms_of(warehouse)[0]
    assert one.primary is not None
    assert (str(one.primary.name), one.primary.kind) == (HOSTILE, "number")


def test_the_page_of_a_shop_shows_its_campaigns_and_runs_nothing(bare_workspace: Workspace) -> None:
    with bare_workspace.warehouse() as warehouse, bare_workspace.ledger() as ledger:
        as_of = bare_workspace.as_of(warehouse)
        write(warehouse, READINGS, reading(HOSTILE) | {"as_of": as_of}, reading("a b") | {"as_of": as_of})
        text = render(contexts(bare_workspace, warehouse, ledger, "a-release"))
    assert "<script>x" not in text
    assert 'id="en-campaign-a.20.b"' in text
    assert 'id="zh-campaign-a.20.b"' in text
    assert "earned its cost" in text
    assert "赚回了成本" in text


def test_a_verdict_without_an_interval_is_none() -> None:
    nothing = Outcome(Text("x", "x"), "money", None, None, None, None, None, is_sure=False)
    assert verdict_of(nothing, None, 10.0, None) == "too_few"
    assert verdict_of(replace(nothing, effect=Estimate(1.0, 0.5, 1.5, 9)), None, None, 0.5) == "more"
