"""What a plan says."""

from typing import Any

import pytest

from daogou.base import words
from daogou.campaign import design_sentences as fixed
from daogou.campaign import sentences as say
from daogou.campaign.design import OUTCOMES
from daogou.campaign.holdout import REST
from daogou.campaign.offer import Offer


def test_whoever_is_ranked_is_marked_as_likely_and_not_proven() -> None:
    for chosen_by in ("response", "lapsed"):
        assert "likely buyers, not proven gain" in say.why_text(Offer("tea", chosen_by), 28)
    assert "likely buyers, not proven gain" in say.who_text(10, "response")
    assert "proven" not in say.why_text(Offer("tea", "settings"), 28)


def test_hidden_gains_are_named_only_where_they_exist() -> None:
    assert say.hidden_text(0.02, 0.15).startswith("A gain between 2.0 % and 15 % would pay and may stay hidden")
    assert say.hidden_text(0.2, 0.15) == ""
    assert say.hidden_text(None, 0.15) == ""


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_stratum_has_a_name(language: str) -> None:
    with words.language(language):
        names = {
            say.stratum_text(f"{value}/{recency}")
            for value in ("high", "middle", "low")
            for recency in ("recent", "quiet", "gone")
        } | {say.stratum_text(REST)}
    assert len(names) == 10
    assert not any("/" in name for name in names)


def test_chinese_writes_percent_without_a_space() -> None:
    with words.language("zh"):
        assert say.share_text(0.1, 0.244) == "留出 10% 作对照组时，消费提升达到平时的 24% 才看得出来。"


CASES = [
    ({"given": None, "detects": True}, "Held out are 20 %: the least that shows a gain of 12 %, from which it pays."),
    ({"given": None, "detects": True, "target": "planned"}, "Held out are 20 %: the least"),
    ({"given": None, "detects": False, "least_detects": False}, "Not even half held out shows the gain from which it"),
    (
        {"given": None, "detects": False, "least_detects": False, "target": "assumed"},
        "Not even half held out",
    ),
    ({"given": 0.2, "detects": True, "least": 0.1}, "The settings hold out 20 %; 10 % would be enough"),
    ({"given": 0.2, "detects": True}, "The settings hold out 20 %; that shows the gain that counts, 12 %."),
    ({"given": 0.2, "detects": False, "least": 0.4}, "The settings hold out 20 %: that does not show the gain that"),
    ({"given": 0.2, "detects": False, "least_detects": False}, "The settings hold out 20 %; not even half would show"),
    ({"given": None, "detects": False, "target_lift": None}, "It costs nothing, so that any gain pays"),
]


@pytest.mark.parametrize(("told", "begins"), CASES)
def test_why_so_many_are_held_out(told: dict[str, Any], begins: str) -> None:
    usual = {"share": 0.2, "least": 0.2, "least_detects": True, "target": "pays", "target_lift": 0.123}
    assert fixed.size_text(usual | told).startswith(begins)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_outcome_has_a_name(language: str) -> None:
    with words.language(language):
        assert len({say.outcome_text(name) for name in OUTCOMES}) == len(OUTCOMES)


def test_names_of_the_companys_own_stay_in_strata() -> None:
    with words.language("zh"):
        assert say.stratum_text("low/柏林") == "消费额后三分之一，柏林"
    assert say.stratum_text("everyone") == "everyone"
    assert say.lots_text([]) == "Lots decide among all of them."
