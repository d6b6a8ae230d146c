"""The ladder adds up on the page, ratios have their basis, and the statement and the flood say what they know."""

import html
import math
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.sample_of_tests import FLOOD, HOSTILE, LADDER, MONEY, STATEMENT, UNKNOWN_YEAR

from daogou.base.words import LANGUAGES, language
from daogou.report import amounts, flood, money, new_customers, statement
from daogou.report.contexts import Company, Ratio, Step, Text


def plain(markup) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", str(markup))).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def company(sample) -> Company:
    return sample.FULL.company


def cents(text: str) -> int:
    return round(float(text.replace("$", "").replace(",", "")) * 100)


def test_what_is_read_adds_up_to_the_cent(company):
    chart = money.waterfall(LADDER, company)
    sums = {str(step.name).lower() for step in LADDER.steps if step.is_sum}
    level = 0
    for name, amount, _share in chart.rows:
        if name.lower() in sums and level:
            assert cents(amount) == level, name
        level = cents(amount) if name.lower() in sums else level + cents(amount)
    assert level == 10_030_004


@given(st.lists(st.tuples(st.floats(-900, 900), st.booleans()), min_size=1, max_size=12))
def test_every_bar_hangs_where_the_one_above_ends(parts):
    steps, level = [], 1_000.0
    steps.append(Step("gmv", Text("GMV", ""), level, True, False))
    for place, (amount, is_sum) in enumerate(parts):
        level = level if is_sum else level + amount
        steps.append(Step(str(place), Text(str(place), ""), level if is_sum else amount, is_sum, False))
    shown = [step for step in steps if step.is_sum or step.amount]
    bars = money._levels(shown)
    before = 0.0
    for step, (low, high) in zip(shown, bars, strict=True):
        ends = {round(low, 6), round(high, 6)}
        assert round(before if not step.is_sum else 0.0, 6) in ends
        before = step.amount if step.is_sum else before + step.amount
        assert round(before, 6) in ends


def test_lines_that_are_nothing_are_not_shown_and_what_is_assumed_is_said(company):
    none = replace(LADDER.steps[1], amount=0.0)
    rows = money.waterfall(replace(LADDER, steps=(LADDER.steps[0], none, *LADDER.steps[2:])), company).rows
    names = [row[0] for row in rows]
    assert "Orders that were not paid" not in names
    assert "Shipping (assumed)" in names
    assert "Cost of goods, assumed" in names  # once


def test_a_ratio_is_never_bare(company):
    for code in LANGUAGES:
        with language(code):
            for one in MONEY.ratios:
                _of, basis, *_rest = money.ratio_row(one, company)
                assert basis in [name for name, _meaning in money.bases()]
                assert basis != "ROI"
    assert money.ratio_row(MONEY.ratios[0], company)[1:] == (
        "ROAS", "4.20 (3.90 to 4.50), provisional", "4.2 : 1", "$80,210", "$19,100",
    )  # fmt: skip
    nothing = money.ratio_row(MONEY.ratios[3], company)
    assert nothing[2:4] == ("–", "–")


def test_gain_to_cost_of_nothing_spent_is_no_ratio():
    assert amounts.gain_to_cost(5.0, 0.0) == amounts.gain_to_cost(None, 3.0) == amounts.gain_to_cost(5.0, None) == "–"
    assert amounts.gain_to_cost(-30.0, 20.0) == "-1.5 : 1"


def test_new_customers_tell_what_is_known(company):
    facts = dict(new_customers.facts(MONEY, company))
    assert facts["New customers"] == "312"
    assert facts["Cost per new customer (CAC), all"] == "$61.20 ($55.20 to $67.20)"
    assert facts["Paid back after"] == "148 days"
    late = replace(MONEY, won=(replace(MONEY.won[0], payback="not_yet", payback_days=None),))
    assert dict(new_customers.facts(late, company))["Paid back after"] == "not yet"
    free = replace(MONEY, won=(replace(MONEY.won[0], payback="", payback_days=None, cac_blended=None),))
    assert "Paid back after" not in dict(new_customers.facts(free, company))


def test_columns_that_nothing_fills_are_left_out(company):
    head, rows = new_customers.table(MONEY, company)
    assert len(head) == 7  # LTV : CAC is known of all together only
    assert plain(rows[2][0]) == f"Category {HOSTILE}"
    bare = replace(MONEY, won=tuple(one for one in MONEY.won if one.level in ("all", "item")))
    assert new_customers.table(bare, company)[0] == ("First order by", "New customers")


def test_what_to_do_about_money():
    assert "without cost there is no ratio" in plain(money.action(replace(MONEY, ratios=())))
    credited = tuple(one for one in MONEY.ratios if one.basis in ("roas", "profit_roi"))
    assert "What is credited is not what was caused" in plain(money.action(replace(MONEY, ratios=credited)))
    assert "incremental ROI" in plain(money.action(MONEY))


def test_a_provisional_ladder_says_so(company):
    assert plain(money.sentence(MONEY, company)).endswith("may still be returned.")
    final = replace(MONEY, ladder=replace(LADDER, is_provisional=False))
    assert "returned" not in plain(money.sentence(final, company))


def test_channels_ladders_begin_where_credit_does(company):
    row = money.others(MONEY, "channel", company)[1]
    assert row[0] == "no path"
    assert row[1:3] == ("–", "–")
    assert row[3] == "$401,000"


def test_the_statement_holds_like_against_like(company):
    chart = statement.chart(STATEMENT, company)
    dots = chart.option["baseOption"]["series"][1]["data"]
    assert [point["value"][0] for point in dots] == [120_400, 80_210, 87_000, 70_000]  # net sales alone
    assert [row[0] for row in chart.rows][-1] == "Contribution in the books"
    assert chart.rows[2][1:3] == ("$87,000 ($57,000 to $117,000)", "$26,100 ($17,100 to $35,100)")
    assert chart.rows[6][2] == "$18,420"


def test_a_silent_line_says_what_would_make_it_speak(company):
    assert statement.chart(UNKNOWN_YEAR, company) is None
    told = {one.line: statement.row(one, company) for one in UNKNOWN_YEAR.lines}
    assert told["holdout"][1:3] == ("–", "–")
    assert told["holdout"][4] == "Nothing is known of it."
    assert plain(statement.sentence(UNKNOWN_YEAR)) == "Nothing that marketing brought in 2017 is proven."
    assert "Keep a global holdout" in plain(statement.action(UNKNOWN_YEAR))
    kept = tuple(replace(one, campaigns=1) for one in UNKNOWN_YEAR.lines)
    assert "Leave the global holdout" in plain(statement.action(replace(UNKNOWN_YEAR, lines=kept)))
    assert "Believe the global holdout" in plain(statement.action(STATEMENT))


def test_the_flood_is_a_trend_with_gaps():
    charts = {one.key: one for one in flood.charts(FLOOD)}
    assert set(charts) == {"flood-messages", "flood-unsubscribes", "flood-complaints"}
    points = charts["flood-messages"].option["series"][0]["data"]
    assert 4 not in [point["value"][0] for point in points]
    assert charts["flood-messages"].rows[4][1] == "–"
    assert charts["flood-unsubscribes"].option["series"][0]["data"][0]["value"] == [0, 0.2]  # per cent
    quiet = replace(FLOOD, weeks=tuple(replace(week, complaints=None) for week in FLOOD.weeks))
    assert len(flood.charts(quiet)) == 2


@pytest.mark.parametrize(
    ("rising", "objected", "word"),
    [(True, True, "Write less"), (False, True, "which campaign"), (True, False, "limit"), (False, False, "Keep it so")],
)
def test_what_to_do_about_the_flood(rising, objected, word):
    assert word in plain(flood.action(replace(FLOOD, is_rising=rising, is_objected=objected)))


def test_points_and_numbers_are_written_as_people_read_them(company):
    assert amounts.told("share", 0.0126, company) == "1.26 points"
    assert amounts.told("number", 1234.6, company) == "1,235"
    assert amounts.told("number", math.nan, company) == "–"
    assert amounts.ratio(None) == "–"
    assert isinstance(MONEY.ratios[0], Ratio)


def test_a_ratio_says_what_it_rests_on(company):
    told = [money.ratio_row(one, company)[2] for one in MONEY.ratios]
    assert told[0].endswith(", provisional")
    assert told[2].endswith(", partly assumed")
    assert told[3] == "–"
