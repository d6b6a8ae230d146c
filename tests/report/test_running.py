"""What the page says of tests that are running."""

import html
import re
from dataclasses import replace

import pytest
from tests.report.sample_of_tests import BROKEN, RUNNING, RUNNING_ONE, near

from daogou.report import running
from daogou.report.contexts import Running


def plain(markup) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", str(markup))).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def company(sample):
    return sample.FULL.company


def test_before_a_decision_no_figure_is_told(company):
    said = plain(running.state(replace(RUNNING_ONE, effect=near(0.5, 0.3)), company))
    assert said == (
        "No decision yet; until there is one, no figure is told, as it would mislead. About 9 more days, from the "
        "effect that was planned; its planned end is Jan 14, 2018."
    )
    assert "Its planned end is" in plain(running.state(replace(RUNNING_ONE, days_left=None), company))
    assert plain(running.planned(RUNNING_ONE, company)).endswith("it is made to find $0.42 for each.")
    assert "made to find" not in plain(running.planned(replace(RUNNING_ONE, planned_effect=None), company))


def test_a_decision_is_told_with_its_day_and_interval(company):
    assert plain(running.state(RUNNING.tests[1], company)) == (
        "Decided on Jan 1, 2018: contribution rose by $0.50 (between $0.20 and $0.80) for each, corrected for having "
        "looked early."
    )
    assert plain(running.state(RUNNING.tests[2], company)).endswith("Stop it.")
    assert "find who is missing" in plain(running.state(RUNNING.tests[3], company))
    assert "nothing was decided" in plain(running.state(RUNNING.tests[4], company))


def test_the_chart_holds_every_look_and_where_it_decides(company):
    chart = running.charts(RUNNING)[0]
    upper, lower, found = chart.option["series"]
    assert [point["value"] for point in found["data"]] == [[17, 0.6], [33, 1.1], [66, 1.9]]  # one look could not say
    assert [y for _x, y in upper["data"]] == [-y for _x, y in lower["data"]]
    axis = chart.option["yAxis"]
    assert axis["min"] <= min(y for _x, y in lower["data"])
    assert axis["max"] >= max(y for _x, y in upper["data"])
    assert [row[2] for row in chart.rows] == ["0.60", "1.10", "–", "1.90"]
    assert len({one.key for one in running.charts(RUNNING)}) == 4  # the fifth is told in words


def test_a_guard_rail_has_its_change_its_limit_and_its_state(company):
    assert running.rail_row(RUNNING_ONE.rails[0], company) == (
        "unsubscribes",
        "0.1 points (-0.4 to 0.6)",
        "0.5 points",
        "not sure yet",
    )
    assert running.rail_row(BROKEN, company)[3] == "broken: stop the test"
    assert running.rail_row(RUNNING_ONE.rails[2], company)[1::2] == ("–", "not enough data")


def test_a_broken_guard_rail_comes_before_a_good_decision():
    works = replace(RUNNING_ONE, state="works", name="good")
    broken = replace(works, name="bad", rails=(BROKEN,))
    assert plain(running.action(Running((works, broken)))) == "Stop bad: it breaks a guard rail."
    assert plain(running.sentence(Running((works, broken)))).endswith("A guard rail is broken in bad.")
    assert plain(running.action(Running((works,)))) == "good works: it may end now, and go to everyone."
    assert plain(running.action(Running((RUNNING_ONE,)))).startswith("Leave them running")
    assert plain(running.action(Running((replace(works, state="harms"),)))) == "Stop good: it does harm."
    assert "who is missing in good" in plain(running.action(Running((replace(works, state="mismatch"),))))
