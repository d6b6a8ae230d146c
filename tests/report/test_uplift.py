"""Charts of uplift: everything that is drawn lies on the axis."""

import pytest
from tests.report.sample import FULL

from daogou.base import words
from daogou.report import uplift


@pytest.mark.parametrize("code", ["en", "zh"])
def test_both_charts_hold_their_intervals(code: str) -> None:
    with words.language(code):
        profit, tenths = sorted(uplift.charts(FULL.uplift.campaigns[0], FULL.company), key=lambda chart: chart.key)
    assert (profit.key, tenths.key) == ("uplift_profit", "uplift_tenths")
    campaign = FULL.uplift.campaigns[0]
    for chart, drawn in ((profit, [p.profit for p in campaign.curve]), (tenths, [t.shown for t in campaign.tenths])):
        axis = chart.option["yAxis"]
        assert axis["min"] <= min(one.low for one in drawn)
        assert axis["max"] >= max(one.high for one in drawn)
        assert (axis["max"] - axis["min"]) / axis["interval"] == pytest.approx(
            round((axis["max"] - axis["min"]) / axis["interval"])
        )
        assert len(chart.head) == len(chart.rows[0])


def test_where_all_are_alike_no_tenths_are_drawn() -> None:
    found = uplift.charts(FULL.uplift.campaigns[1], FULL.company)
    assert [chart.key for chart in found] == ["uplift_profit"]
