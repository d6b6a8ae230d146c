"""Charts as plain options, each with its sentence and its figures."""

import json
from dataclasses import replace

import pytest

from daogou.base import words
from daogou.base.estimate import Estimate
from daogou.report import charts


def all_charts(sample):
    return [
        charts.treemap(sample.PEOPLE),
        charts.break_even(sample.PAST),
        charts.hits(sample.GUIDE.hits),
        charts.compared(sample.GUIDE.models),
        charts.flagged(sample.TRUST.flagged),
        charts.choices(sample.NEXT),
    ]


@pytest.mark.parametrize("code", words.LANGUAGES)
def test_every_chart_says_what_it_shows_and_has_its_figures(sample, code):
    with words.language(code):
        for chart in all_charts(sample):
            assert chart.label
            assert chart.rows
            assert all(len(row) == len(chart.head) for row in chart.rows)


def test_options_hold_data_only_so_that_they_can_be_written(sample):
    for chart in all_charts(sample):
        json.dumps(chart.option)


def test_area_is_people_and_darkness_is_share_of_net_sales(sample):
    cells = charts.treemap(sample.PEOPLE).option["series"][0]["data"]
    sizes = {cell["name"]: cell["value"] for cell in cells}
    assert sizes == {name: size for name, _zh, size, _sales in sample.ELEVEN}
    shade = {cell["name"]: int(cell["itemStyle"]["color"][1:3], 16) for cell in cells}
    sales = {name: sales for name, _zh, _size, sales in sample.ELEVEN}
    assert sorted(shade, key=shade.get) == sorted(sales, key=sales.get, reverse=True)


def test_each_language_sees_its_own_rfm_scheme(sample):
    assert len(charts.treemap(sample.PEOPLE).rows) == 11
    with words.language("zh"):
        assert [row[0] for row in charts.treemap(sample.PEOPLE).rows] == [zh for _en, zh, _n, _s in sample.EIGHT]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("share", [i / 20 for i in range(21)])
def test_words_on_every_shade_can_be_read(sample, share):
    people = replace(
        sample.PEOPLE,
        rfm_en=(replace(sample.GROUPS[0], net_sales=100.0), replace(sample.GROUPS[1], net_sales=100.0 * share)),
    )
    for cell in charts.treemap(people).option["series"][0]["data"]:
        ink = {"#fff": "#ffffff", "#000": "#000000"}[cell["label"]["color"]]
        light, dark = sorted((luminance(cell["itemStyle"]["color"]), luminance(ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.1, 1.4.3


def test_only_campaigns_with_enough_redeemers_have_a_dot(sample):
    chart = charts.break_even(sample.PAST)
    assert len(chart.rows) == 1 + 3 + sum(c.break_even is not None for c in sample.CAMPAIGNS) == 8


def test_a_dot_without_interval_has_no_line(sample):
    alone = Estimate(0.4, float("nan"), float("nan"), 0)
    chart = charts.hits([replace(sample.GUIDE.hits[0], ours=alone, popular=alone)])
    lines = [s for s in chart.option["baseOption"]["series"] if s["type"] == "lines"]
    assert all(line["data"] == [] for line in lines)


def test_every_model_has_a_row_and_the_one_that_is_used_is_said(sample):
    chart = charts.compared(sample.GUIDE.models)
    assert [row[0] for row in chart.rows] == ["ItemKNN (used)", "Popular", "RepeatLast"]
    new, repeat = (s["data"] for s in chart.option["baseOption"]["series"] if s["type"] == "scatter")
    assert (len(new), len(repeat)) == (3, 2)  # nobody could be asked what they take again from the last


def test_a_sparkline_needs_two_values():
    assert charts.sparkline([None, 3.0]) == ""
    assert charts.sparkline([3.0, None, 3.0]).count(",") == 2
