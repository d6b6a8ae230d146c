"""What the page says of campaigns that were tested, and of those that were not."""

import html
import re
from dataclasses import replace

import pytest
from tests.report.sample_of_tests import EARNED, EARNED_ONE, HOSTILE, PRIMARY, near

from daogou.base.words import LANGUAGES, language
from daogou.report import earned, earned_others, earned_words, page
from daogou.report.contexts import Company, Text


def plain(markup) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", str(markup))).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def company(sample) -> Company:
    return sample.FULL.company


def test_a_campaign_is_told_in_plain_sentences(company):
    assert plain(earned_words.cost(EARNED_ONE, company)) == "$1,310; contribution to cost is 3.2 : 1."
    assert plain(earned_words.brought(EARNED_ONE, company)) == (
        "$4,202 (between $2,838 and $5,566) of contribution beyond those held out, before what it cost."
    )
    assert plain(earned_words.sure(EARNED_ONE)) == (
        "2,200 people were to be reached and 551 people were held out by lot. 19 times in 20 the truth lies between "
        "these ends, and both are above the cost: it paid. Provisional: some of its orders may still be returned."
    )
    assert plain(earned_words.for_whom(EARNED_ONE)) == (
        "It worked for: top third by spend, bought in the last 28 days."
    )
    assert plain(earned_words.later(EARNED_ONE, company)) == (
        "In as many days again: -$0.31 (between -$0.83 and $0.21) for each. "
        "Nothing shows that orders were only brought forward."
    )
    assert plain(earned_words.step(EARNED_ONE)) == "Do it again, and hold people out again."
    assert "7c1e03aa91b2." in plain(earned_words.window(EARNED_ONE))
    assert "7c1e03aa91b2c" not in plain(earned_words.window(EARNED_ONE))


def test_what_is_not_known_is_said_and_what_would_be_enough(company):
    unsure = replace(EARNED_ONE, verdict="unsure", enough=9_400, is_provisional=False)
    assert plain(earned_words.sure(unsure)).endswith(
        "whether it paid cannot be told yet. About 9,400 people in all, split as here, would be enough."
    )
    bare = replace(EARNED_ONE, cost=None, tail=None, delivered=None, segments=(), design="")
    assert "Not known. Map spend" in plain(earned_words.cost(bare, company))
    assert earned_words.later(bare, company) is None
    assert earned_words.delivered(bare, company) is None
    assert plain(earned_words.for_whom(bare)) == "Too few in each segment to tell."
    assert "Nothing was fixed before it started" in plain(earned_words.window(bare))


def test_arms_out_of_balance_tell_no_figure(company):
    stopped = next(one for one in EARNED.tested if one.verdict == "mismatch")
    assert plain(earned_words.brought(stopped, company)) == "Not read, so that nobody believes a wrong figure."
    assert earned.outcomes(stopped, company) == ()
    with language("en"):
        text = page.render(page_of(stopped))
    assert "Every outcome that was read" not in text


def page_of(*tested):
    from tests.report import sample

    return replace(sample.FULL, earned=replace(EARNED, tested=tested, observed=(), learnings=(), untestable=()))


@pytest.mark.parametrize("tail", [-1.2, 1.2])
def test_sales_that_were_only_brought_forward_are_said(company, tail):
    one = replace(EARNED_ONE, tail=replace(PRIMARY, effect=near(tail, 0.5)))
    said = plain(earned_words.later(one, company))
    assert ("only brought forward" in said) == (tail < 0)


def test_the_headline_is_the_programme_else_the_count_else_that_nothing_is_proven(company):
    assert plain(earned.sentence(EARNED, company)).startswith("All campaigns together earned $4,202 (between")
    without = replace(EARNED, tested=tuple(one for one in EARNED.tested if one.level != "programme"))
    assert plain(earned.sentence(without, company)) == (
        "Of 16 tests, 2 brought more than they cost, 1 brought less, and 13 cannot tell yet."
    )
    assert "proven nowhere" in plain(earned.sentence(replace(EARNED, tested=()), company))


def test_every_verdict_has_its_words_and_its_step():
    words = {one.verdict: earned_words.verdict_word(one) for one in EARNED.tested}
    assert len(words) == 8
    assert all(plain(earned_words.step(one)) and plain(earned_words.sure(one)) for one in EARNED.tested)


def test_the_first_thing_to_do_is_to_mend_what_is_broken():
    def action(*verdicts):
        return plain(earned.action(replace(EARNED, tested=tuple(replace(EARNED_ONE, verdict=v) for v in verdicts))))

    assert "people went missing" in action("earned", "lost", "mismatch")
    assert "it cost more than it brought" in action("earned", "lost")
    assert "Repeat Campaign spring sale" in action("unsure", "earned")
    assert "Test again" in action("unsure")
    assert "Hold people out by lot" in action()


def test_the_chart_holds_each_interval_and_its_cost(company):
    chart = earned.chart(EARNED, company)
    series = {one["type"] + one["name"]: one["data"] for one in chart.option["baseOption"]["series"]}
    first = EARNED.tested[0]
    assert series["linesEarned beyond the control group"][0]["coords"] == [[2838, 0], [5566, 0]]
    assert series["scatterCost"][0]["value"] == [first.cost, 0]
    axis = chart.option["baseOption"]["xAxis"]
    assert axis["min"] <= -500
    assert axis["max"] >= 5566
    assert len(chart.rows) == len(EARNED.tested)
    assert earned.chart(replace(EARNED, tested=()), company) is None


def test_arms_of_one_campaign_stand_on_one_page():
    pages = earned.pages(EARNED)
    assert [len(one.arms) for one in pages if one.name == "three letters"] == [2]
    assert len({one.anchor for one in pages}) == len(pages)


@pytest.mark.parametrize(
    ("one", "other"), [("a b", "a.20.b"), ("a b", "a-b"), ("a/b", "a b"), ("a", "A"), ("1/2", "1.2f.2"), ("春", "夏")]
)
def test_names_that_differ_have_links_that_differ(one, other):
    assert earned.anchor(one) != earned.anchor(other)
    assert not set(earned.anchor(one)) & set(" <>\"'&#%/")


def test_others_are_folded_so_that_many_campaigns_stay_readable(sample):
    text = page.render(sample.FULL)
    shown = text[text.index('id="en-earned"') : text.index('id="en-running"')]
    folded = shown.index("<summary>The other 9</summary>")
    assert shown[:folded].count('class="campaign"') == earned.FIRST
    assert shown.count('class="campaign"') == 17
    assert "<summary>The other 19</summary>" in shown  # of 27 that were not randomised


def test_a_page_of_a_thousand_campaigns_stays_small(sample):
    many = tuple(replace(EARNED_ONE, name=f"mail {n}") for n in range(1_000))
    text = page.render(replace(sample.FULL, earned=replace(EARNED, tested=many)))
    assert text.count('class="campaign"') == 2 * earned.MOST
    assert "Older ones stand in the table above alone: 900." in text
    assert len(text) < 4_000_000


@pytest.mark.parametrize("code", LANGUAGES)
def test_not_randomised_is_never_shown_as_proof(sample, code):
    text = page.render(sample.FULL)
    body = text[text.index(f'id="{code}-earned"') : text.index(f'id="{code}-running"')]
    head = body.index(
        {"en": "Not randomised. Cannot be tested: estimate only", "zh": "未随机分组。无法测试，只能估计"}[code]
    )
    assert body.index({"en": "Like others", "zh": "有可比的人"}[code]) > head


def test_a_figure_without_interval_is_not_told(company):
    alone = replace(EARNED.observed[0], effect=near(2.0, float("nan")), placebo=None)
    row = earned_others.observed_rows(replace(EARNED, observed=(alone,)), company)[0]
    assert (row[1], row[5]) == ("–", "–")


def test_learnings_have_their_age_and_the_next_ones_range(company):
    row = earned_others.learnt_row(EARNED.learnings[0], company)
    assert row == (
        "All tests",
        "12",
        "$0.80 ($0.30 to $1.30)",
        "-$0.90 to $2.40",
        "Oct 2, 2017, 91 days ago",
    )
    assert plain(earned_others.learnt_row(EARNED.learnings[2], company)[0]) == "Channel not known"


def test_the_companys_words_never_become_markup(sample):
    evil = HOSTILE + "\"'><img src=x onerror=alert(1)>"
    hostile = replace(EARNED_ONE, name=evil, arm=evil, segments=((Text(evil, evil), near(1, 0.5)),), design=evil)
    text = page.render(page_of(hostile))
    assert "<script>document" not in text
    assert "<img src=x" not in text
    assert re.search(r'data-campaign="&lt;script&gt;document.title=&#39;pwned&#39;&lt;/script&gt;&#34;', text)
