"""The sentences of the blocks."""

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from daogou.base import words
from daogou.base.estimate import Estimate
from daogou.report import lacks, lists, sentences
from daogou.report.contexts import Flagged, Headline, Missing, Pick, Text
from daogou.report.contexts.offers import Reason


def plain(text) -> str:
    return str(text).replace("<strong>", "").replace("</strong>", "").replace("\N{NO-BREAK SPACE}", " ")


HEADLINE = Headline(28, 103, 100, 0, 12, 5_000.0, 27, False, date(2018, 2, 5))


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (100, "103 customers bought, 3 % more than in the previous period."),
        (206, "103 customers bought, 50 % fewer than in the previous period."),
        (103, "103 customers bought, as many as in the previous period."),
        (None, "103 customers bought."),
        (0, "103 customers bought."),
    ],
)
def test_buyers_are_compared_where_there_is_something_to_compare(sample, before, said):
    first = sentences.headline(replace(HEADLINE, buyers_before=before), sample.FULL.company)[0]
    assert plain(first) == "In the last 28 days " + said


def test_the_headline_in_chinese(sample):
    with words.language("zh"):
        said = [plain(s) for s in sentences.headline(replace(HEADLINE, guest_orders=5), sample.FULL.company)]
    assert said == [
        "过去 28 天有 103 位顾客下单，环比增加 3%。另有 5 笔订单来自没有留下身份的顾客。",
        "12 位老顾客已超过自己平时的购买间隔，过去一年他们贡献了 US$5,000 净额。",
        "27 个过往活动带来多少增量，目前并不知道，因为没有留对照组。下一个活动的方案已拟好，2018年2月5日可见分晓。",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"overdue": None}, "Nobody has bought often enough"),
        ({"overdue": 0}, "No regular customer is overdue."),
        ({"past_campaigns": 0}, "the data hold none"),
        ({"held_out": True}, "kept a control group"),
    ],
)
def test_what_is_not_known_is_said(sample, change, said):
    assert said in " ".join(plain(s) for s in sentences.headline(replace(HEADLINE, **change), sample.FULL.company))


def test_shares_change_by_points_and_amounts_by_per_cent(sample):
    said = {m.key: sentences.over_previous(m).replace("\N{NO-BREAK SPACE}", " ") for m in sample.PULSE.measures}
    assert said["net_sales"] == "↑ 3.6 %"
    assert said["repurchase"] == "↓ 1.3 points"
    assert said["refunds"] == ""


def test_values_are_escaped():
    assert sentences.say("{x}", x="<b>") == "&lt;b&gt;"


def test_predictions_are_told_in_people(sample):
    assert plain(sentences.trust(sample.TRUST)) == (
        "Of the 100 that we flag as leaving, about 61 (55 to 67) do leave; picking at random, 12."
    )
    other = Flagged("other", "", 0, Estimate(40, 30, 50, 900), Estimate(9, 8, 10, 900), Text("Comes back", "回来"))
    assert plain(sentences.flag(other)) == (
        "Comes back: of the 100 that we flag, about 40 (30 to 50) do; picking at random, 9."
    )


def test_without_predictions_the_rows_speak(sample):
    assert plain(sentences.trust(replace(sample.TRUST, flagged=()))).startswith("1,677,842 rows were received")


def test_a_list_that_cannot_be_made_yet_says_from_when(sample):
    early = replace(sample.SECOND, facts={**sample.SECOND.facts, "known": 3.0})
    assert lists.reason(early).startswith("Only 3 second orders are known so far; from 30 on")


@pytest.mark.parametrize("lack", Missing.__annotations__["lacks"].__args__)
def test_every_lack_is_said_in_both_languages(lack):
    said = set()
    for code in words.LANGUAGES:
        with words.language(code):
            said.add(lacks.why(Missing(lack)))
    assert len(said) == len(words.LANGUAGES)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "pay only if at least 41 % of redemptions would not have happened anyway (between 34 % and 48 %)"),
        ({"break_even": Estimate(1.6, 1.2, 2.1, 434)}, "cannot pay at these assumptions: their cost is 160 %"),
        ({"break_even": None}, "434 people redeemed a coupon: too few"),
        ({"break_even": None, "redemptions": 0}, "No redemption is known"),
    ],
)
def test_what_past_campaigns_must_earn(sample, change, said):
    assert said in plain(sentences.past(replace(sample.PAST, overall=replace(sample.PAST.overall, **change))))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "6.1 were among their 20 picks; offering everyone the best sellers finds 4.8."),
        ({"hits": ()}, "What each customer is most likely to want next, and why."),
        ({"hits": (), "is_personal": False}, "Best sellers that each customer has not bought"),
    ],
)
def test_what_picks_are_worth(sample, change, said):
    assert said in plain(sentences.guide(replace(sample.GUIDE, **change)))


@pytest.mark.parametrize("code", words.LANGUAGES)
@pytest.mark.parametrize("kind", get_args(Reason))
@pytest.mark.parametrize("because", [(), ("<b>tea",), ("<b>tea", "milk")])
@pytest.mark.parametrize("same", [(), ("brand",), ("category",), ("brand", "category")])
def test_every_pick_has_a_reason(code, kind, because, same):
    with words.language(code):
        said = sentences.pick_reason(Pick("x", because, True, kind, same if because else ()))
    assert said.endswith("." if code == "en" else "。")
    assert "<b>" not in said
    assert "{" not in said


def test_a_pick_without_what_speaks_for_it_sells_well():
    assert sentences.pick_reason(Pick("x", (), True, "together")) == "It sells well at the moment."
    assert "nothing personal" in sentences.pick_reason(Pick("x", (), True, "not_personal"))
