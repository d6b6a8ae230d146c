"""What a plan says."""

import pytest

from daogou.base import words
from daogou.campaign import sentences as say
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
