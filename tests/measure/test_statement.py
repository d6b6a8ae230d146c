"""The year's statement: sources side by side, and by how much they differ."""

import math
from datetime import date

import pytest

from daogou.base import words
from daogou.base.estimate import Estimate
from daogou.measure.statement import LINES, Entry, added, covers, differences, exact, in_order, is_sure, less, times
from daogou.measure.statement_sentences import (
    apart_text,
    difference_text,
    earned_text,
    headline,
    missing_text,
)

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)


def write(one):
    value, low, high = (f"{figure:.0f}" for figure in (one.value, one.low, one.high))
    return value if low == high else f"{value} ({low} to {high})"


def entries(**changed):
    told = {
        "claimed": Entry("claimed", exact(120.0), FIRST, LAST),
        "credited": Entry("credited", exact(90.0), FIRST, LAST, compared=80.0),
        "campaigns": Entry(
            "campaigns", Estimate(7.0, 3.0, 11.0, 900), FIRST, LAST, 3, 900, Estimate(21.0, 9.0, 33.0, 900)
        ),
        "overlap": Entry("overlap", Estimate(2.0, math.nan, math.nan, 9), FIRST, LAST, 3, 200),
        "holdout": Entry("holdout", Estimate(6.0, 3.0, 9.0, 999), FIRST, LAST, 2, None, Estimate(18.0, 9.0, 27.0, 999)),
        "unmeasured": Entry("unmeasured", exact(4.0), FIRST, LAST, 2),
        "cost": Entry("cost", exact(1.0), FIRST, LAST, 5),
        "books": Entry("books", exact(60.0), FIRST, LAST),
    }
    return in_order([one for one in (told | changed).values() if one is not None], FIRST, LAST)


def named(told):
    return {one.pair: one.gap for one in differences(told)}


def said(told):
    return {one.pair: difference_text(one, told, write) for one in differences(told)}


def test_the_headline_is_claimed_credited_and_proven():
    assert headline(2025, entries(), write) == (
        "2025, in net sales: platforms claim 120, our rule credits 90, tests of campaigns prove 21 (9 to 33), the"
        " global holdout proves 18 (9 to 27) for all marketing."
    )
    with words.language("zh"):
        assert headline(2025, entries(), write).startswith("2025 年，按净额：平台自报 120")


def test_differences_have_the_doubt_of_both():
    found = named(entries())
    assert (found["claims"].value, found["claims"].low) == (40.0, 40.0)
    assert found["proof"].value == 69.0
    assert found["proof"].high - found["proof"].value == pytest.approx(12.0)
    assert found["sum"].value == 1.0
    assert found["sum"].high - 1.0 == pytest.approx(5.0)  # the root of 4 squared and 3 squared
    assert found["profit"].value == 5.0


def test_claims_are_held_against_the_credit_of_the_channels_that_claim():
    assert named(entries())["claims"].value == 120.0 - 80.0
    text = said(entries())["claims"]
    assert text.startswith("Platforms claim 40 more than our rule credits to the same channels")
    less_claimed = entries(claimed=Entry("claimed", exact(50.0), FIRST, LAST))
    assert said(less_claimed)["claims"].startswith("Platforms claim 30 less")


def test_sources_of_other_days_are_not_held_against_each_other():
    half = date(2025, 7, 1)
    late = entries(
        holdout=Entry("holdout", Estimate(6.0, 3.0, 9.0, 99), half, LAST, 1),
        claimed=Entry("claimed", exact(120.0), half, LAST),
    )
    assert set(named(late)) == {"proof"}
    assert "2025-07-01 to 2025-12-31" in apart_text(late)
    assert apart_text(entries()) == ""
    assert "in the books" in earned_text(entries(), write, write)
    assert "in the books" not in earned_text(late, write, write)


def test_what_chance_could_bring_is_no_difference():
    assert "do not differ by more than chance" in said(entries())["sum"]
    far = entries(holdout=Entry("holdout", Estimate(1.0, 0.5, 1.5, 99), FIRST, LAST, 1))
    assert "Campaigns added up say 6" in said(far)["sum"]
    assert "campaigns take sales from each other" in said(far)["sum"]
    more = entries(holdout=Entry("holdout", Estimate(30.0, 25.0, 35.0, 99), FIRST, LAST, 1))
    assert "The global holdout says 23" in said(more)["sum"]
    assert "In several campaigns, and counted in each: 200 of 900 people." in said(more)["sum"]


def test_unmeasured_campaigns_are_credited_and_not_proven():
    assert "Campaigns that no test measured are credited, too: 2, which cost 4" in said(entries())["proof"]
    assert "no test measured" not in said(entries(unmeasured=None))["proof"]


def test_profit():
    assert said(entries())["profit"] == "All marketing earned 5 (2 to 8) more than it cost."
    dear = entries(cost=Entry("cost", exact(20.0), FIRST, LAST))
    assert said(dear)["profit"] == "All marketing cost 14 (11 to 17) more than it earned."
    even = entries(cost=Entry("cost", exact(5.0), FIRST, LAST))
    assert "cannot be told yet" in said(even)["profit"]


@pytest.mark.parametrize("line", LINES)
def test_any_source_may_be_missing(line):
    told = entries(**{line: None})
    assert [one.line for one in told] == list(LINES)
    assert told[LINES.index(line)].value is None
    for one in differences(told):
        assert difference_text(one, told, write)
    assert isinstance(headline(2025, told, write) + earned_text(told, write, write) + apart_text(told), str)


def test_nothing_at_all():
    told = in_order([], FIRST, LAST)
    assert differences(told) == []
    assert headline(2025, told, write) == ""
    assert earned_text(told, write, write) == ""
    assert [one.line for one in told if missing_text(one)] == [
        "claimed", "credited", "campaigns", "holdout", "cost", "books"
    ]  # fmt: skip
    kept = Entry("holdout", None, FIRST, LAST, 1)
    assert missing_text(kept) != missing_text(Entry("holdout", None, FIRST, LAST))


def test_sums():
    assert added([]) is None
    unknown = added([exact(1.0), Estimate(1.0, math.nan, math.nan, 3)])
    assert unknown.value == 2.0
    assert math.isnan(unknown.low)
    assert not is_sure(unknown)
    assert less(times(exact(2.0), 3.0), exact(1.0)).value == 5.0
    assert covers(entries()[0], entries()[1])
