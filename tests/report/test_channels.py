"""What the page says of channels."""

from dataclasses import replace

import pytest

from daogou.base.words import LANGUAGES, language
from daogou.report import channels, page
from daogou.report.contexts import Text


def plain(markup):
    return str(markup).replace("<strong>", "").replace("</strong>", "").replace("\N{NO-BREAK SPACE}", " ")


def test_claims_orders_and_paths_stand_in_one_sentence(sample):
    said = plain(channels.sentence(sample.CHANNELS))
    assert said == "Platforms claim 8,662 orders; 12,414 were made, 58 % of them touched by what we know of."
    silent = replace(sample.CHANNELS, rows=tuple(replace(row, claimed=None) for row in sample.CHANNELS.rows))
    assert plain(channels.sentence(silent)) == "58 % of 12,414 orders were touched by what we know of."
    assert "–" in plain(channels.sentence(replace(silent, orders=0, no_path=0)))


def test_the_three_columns_stand_side_by_side_and_say_what_is_not_known(sample):
    drawn = channels.chart(sample.CHANNELS, sample.FULL.company)
    rows = {row[0]: row[1:5] for row in drawn.rows}
    assert rows["search"] == ("6,120", "2,904", "2.1", "not tested")
    assert rows["email"] == ("–", "2,611", "–", "312 (between 122 and 502)")
    assert rows["affiliate"][3] == "-20 (too few for an interval)"
    assert rows[sample.HOSTILE] == ("640", "cannot be seen", "–", "not tested")
    bars = {
        series["name"]: [point["value"] for point in series["data"]] for series in drawn.option["baseOption"]["series"]
    }
    assert bars["Proven by a test"] == ["-", 312.0, -20.0, "-", "-"]
    assert bars["Claimed by the platform"][1] == "-"


def test_a_column_that_nothing_fills_is_not_drawn(sample):
    bare = replace(sample.CHANNELS, rows=tuple(replace(row, proven=None) for row in sample.CHANNELS.rows))
    series = channels.chart(bare, sample.FULL.company).option["baseOption"]["series"]
    assert [one["name"] for one in series] == ["Claimed by the platform", "Credited by our rule"]


def test_the_next_step_is_the_test_that_is_missed_most(sample):
    assert "Test" in plain(channels.action(sample.CHANNELS))
    assert "search" in plain(channels.action(sample.CHANNELS))
    assert "2.1 times" in plain(channels.action(sample.CHANNELS))
    modest = replace(sample.CHANNELS, rows=tuple(replace(row, over_claim=None) for row in sample.CHANNELS.rows))
    assert "with people or regions left out by lot" in plain(channels.action(modest))
    tested = replace(sample.CHANNELS, rows=sample.CHANNELS.rows[1:3])
    assert "Every channel was tested" in plain(channels.action(tested))


def test_other_rules_stand_beside_ours(sample):
    head, rows = channels.by_rule(sample.CHANNELS)
    assert head == ("Rule", "search", "email", "affiliate", "direct")
    assert rows[0] == ("the last touch", "2,904", "2,611", "1,411", "277")


@pytest.mark.parametrize("code", LANGUAGES)
def test_credit_is_never_shown_without_what_it_is(sample, code):
    text = page.render(sample.FULL)
    with language(code):
        assert text.count({"en": "Credit, not causation", "zh": "只是归因，不是因果"}[code]) >= 1


def test_it_says_by_which_kind_of_test(sample):
    email = replace(sample.CHANNELS.rows[1], proven_by=Text("by lots", "由抽签对照"))
    drawn = channels.chart(replace(sample.CHANNELS, rows=(email,)), sample.FULL.company)
    assert drawn.rows[0][4] == "312 (between 122 and 502) by lots"
