"""Each prediction for analysts: its charts hold its figures, and read as tables too."""

import json
import math
from dataclasses import replace

import pytest

from daogou.base.estimate import Estimate
from daogou.base.words import LANGUAGES, language
from daogou.report import predictions
from daogou.report.contexts import Bin


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_chart_says_what_it_shows_and_has_its_figures(sample, code):
    with language(code):
        found = predictions.charts((sample.PREDICTED,))
    assert [chart.key for chart in found] == ["gain-0", "calibration-0", "movers-0"]
    for chart in found:
        json.dumps(chart.option, allow_nan=False)
        assert chart.label
        assert chart.rows
        assert all(len(row) == len(chart.head) for row in chart.rows)


def test_without_what_moves_scores_there_is_no_such_chart(sample):
    assert [c.key for c in predictions.charts((replace(sample.PREDICTED, movers=()),))] == ["gain-0", "calibration-0"]


def test_keys_of_several_predictions_differ(sample):
    keys = [chart.key for chart in predictions.charts((sample.PREDICTED, sample.PREDICTED))]
    assert len(set(keys)) == 6


def test_the_gain_curve_is_the_curve_and_its_mark_the_tenth(sample):
    chart = predictions.gain(sample.PREDICTED, "k")
    line, random, interval, mark = chart.option["series"]
    assert line["data"][0] == [0, 0]
    assert line["data"][-1] == [100, 100]
    assert random["data"] == [[0, 0], [100, 100]]
    assert mark["data"][0]["value"] == [10, 38.0]
    assert interval["data"] == [{"coords": [[10.0, 33.0], [10.0, 42.0]]}]
    assert dict(chart.rows)["10\N{NO-BREAK SPACE}%"] == "27\N{NO-BREAK SPACE}%"


def test_calibration_shows_every_bin_on_axes_of_one_length(sample):
    option = predictions.calibration(sample.PREDICTED, "k").option
    assert option["xAxis"]["max"] == option["yAxis"]["max"] >= 78
    dots = option["series"][2]["data"]
    assert [dot["value"][0] for dot in dots] == [round(100 * b.expected, 2) for b in sample.PREDICTED.bins]
    assert dots[0]["tip"].startswith("expected 3\N{NO-BREAK SPACE}%, happened 5")


def test_a_bin_without_interval_has_a_dot_and_no_line(sample):
    bare = replace(sample.PREDICTED, bins=(Bin(0.2, Estimate(0.3, math.nan, math.nan, 9)),))
    _diagonal, lines, dots = predictions.calibration(bare, "k").option["series"]
    assert (lines["data"], len(dots["data"])) == ([], 1)


def test_each_way_of_moving_has_its_own_colour_and_its_words(sample):
    chart = predictions.movers(sample.PREDICTED, "k")
    series = chart.option["baseOption"]["series"]
    assert [[bool(cell) for cell in one["data"]] for one in series] == [
        [False, True, False],
        [True, False, False],
        [False, False, True],
    ]
    assert len({one["itemStyle"]["color"] for one in series}) == 3
    assert [row[2] for row in chart.rows] == ["the more, the lower", "the more, the higher", "up and down"]


def test_the_chart_draws_the_strongest_and_the_table_has_all(sample):
    many = replace(sample.PREDICTED, movers=sample.PREDICTED.movers * 4)
    chart = predictions.movers(many, "k")
    assert (len(chart.option["baseOption"]["yAxis"]["data"]), len(chart.rows)) == (8, 12)
