"""The chapter of looks: charts with their figures, words that hold to the doubt, and no chart without data."""

import json
from dataclasses import replace

import pytest

from daogou.base import words
from daogou.base.estimate import Estimate
from daogou.report import look
from daogou.report.contexts.look import Moved
from daogou.report.look.change import signed

NOTHING = {"top": (), "cohorts": (), "moved": (), "seconds": (), "closed": 0, "again": 0}


def charts(sample, **changed):
    return {chart.key: chart for chart in look.charts(replace(sample.LOOK, **changed), sample.FULL.company)}


@pytest.mark.parametrize("code", words.LANGUAGES)
def test_four_charts_with_their_figures(sample, code):
    with words.language(code):
        found = charts(sample)
    assert list(found) == ["cohorts", "concentration", "change", "seconds"]
    for chart in found.values():
        json.dumps(chart.option)
        assert chart.label
        assert chart.rows
        assert all(len(row) == len(chart.head) for row in chart.rows)


def test_a_month_that_is_not_over_has_no_cell_and_few_people_are_grey(sample):
    chart = charts(sample)["cohorts"]
    many, few = chart.option["baseOption"]["series"]
    assert [cell["value"][:2] for cell in many["data"]][:2] == [[0, 0], [1, 0]]
    known = sum(share is not None for cohort in sample.LOOK.cohorts for share in cohort.retention)
    assert len(many["data"]) + len(few["data"]) == known
    assert {cell["value"][1] for cell in few["data"]} == {5, 6, 7, 8, 9}  # those of November and December are not over
    assert chart.rows[0][0] == "2017-01 *"
    assert chart.rows[11][2] == "window still open"


def test_without_data_there_is_no_chart(sample):
    assert charts(sample, **NOTHING) == {}
    assert str(look.sentence(replace(sample.LOOK, **NOTHING))).startswith("What people do shows here")
    assert str(look.action(replace(sample.LOOK, **NOTHING))).startswith("No figure moved more than chance")
    only = replace(sample.LOOK, closed=0, again=0)
    assert (
        str(look.sentence(only))
        == "20\xa0% of customers bring <strong>51\xa0%</strong> of the last year&#39;s net sales."
    )


def test_a_change_is_drawn_unless_its_interval_is_as_wide_as_the_chart(sample):
    chart = charts(sample)["change"]
    option = chart.option["baseOption"]
    assert "New customers" not in option["yAxis"]["data"]
    assert look.undrawn(sample.LOOK) == "New customers"
    assert [row[0] for row in chart.rows if row[0] == "New customers"]
    assert option["xAxis"]["min"] == -20
    assert chart.rows[0][2].replace("\xa0", " ") == "+3.6 % (between +1.0 % and +6.2 %)"
    assert chart.rows[6][2] == "+0.2 points (between -1.8 points and +2.2 points)"
    assert "Spend per buyer moved by +5.0" in str(look.action(sample.LOOK))


def test_a_figure_without_comparison_is_a_dash(sample):
    moved = tuple(replace(one, over_previous=None, over_last_year=None) for one in sample.LOOK.moved)
    assert "change" not in charts(sample, moved=moved)
    nan = float("nan")
    bare = (replace(sample.LOOK.moved[0], over_previous=Estimate(0.5, nan, nan, 3), over_last_year=None),)
    chart = charts(sample, moved=bare)["change"]
    assert chart.rows == (("Net sales", "$378,412", "+50\xa0%", "–"),)


def test_second_orders_add_up(sample):
    chart = charts(sample)["seconds"]
    series = chart.option["baseOption"]["series"][0]
    people = sum(one.people for one in sample.LOOK.seconds)
    assert sum(link["value"] for link in series["links"]) == people
    assert [node["name"] for node in series["data"]][-2:] == ["2 others", "2 none so far"]
    assert {link["source"] for link in series["links"]} | {link["target"] for link in series["links"]} == {
        node["name"] for node in series["data"]
    }


def test_a_change_that_rounds_to_nothing_has_no_minus():
    orders, rate = (Moved(key, 1.0, None, None) for key in ("orders", "repurchase"))
    told = [signed(one, value) for one, value in ((orders, -0.0004), (rate, -0.0001), (orders, -0.0006))]
    assert [one[:4] for one in told] == ["+0.0", "+0.0", "-0.1"]
