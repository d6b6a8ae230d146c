"""What the figures say."""

import pytest

from daogou.base import words
from daogou.measure import sentences as say
from daogou.measure.results import BEGINS_BEFORE, ENDS_AFTER


def test_the_break_even_is_said_as_the_share_that_would_not_have_come() -> None:
    expected = "this campaign pays only if at least 38 % of redemptions would not have happened anyway"
    assert say.break_even_text(0.381) == expected
    assert say.break_even_text(0.38, is_pool=True) == expected.replace("this campaign pays", "these campaigns pay")


@pytest.mark.parametrize("is_pool", [True, False])
def test_above_one_it_cannot_pay(is_pool: bool) -> None:
    assert "cannot pay at these assumptions" in say.break_even_text(1.01, is_pool)
    assert "pay only" in say.break_even_text(1.0, is_pool) or "pays only" in say.break_even_text(1.0, is_pool)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_marks_have_words(language: str) -> None:
    with words.language(language):
        assert say.incomplete_text(BEGINS_BEFORE) != say.incomplete_text(ENDS_AFTER)
