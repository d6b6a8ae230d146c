"""Where people affect each other, single customers are not compared."""

import pytest

from daogou.base import words
from daogou.base.errors import DaogouError
from daogou.measure.uplift_sharing import SHARED, warned


def test_nothing_declared_nothing_said() -> None:
    assert warned([], [0, 1], None) == []
    assert warned([], [0, 0, 1, 1], ["a", "a", "b", "b"]) == []


@pytest.mark.parametrize("kind", SHARED)
@pytest.mark.parametrize("code", ["en", "zh"])
def test_people_who_affect_each_other_are_refused_without_units_and_warned_of_with_them(kind: str, code: str) -> None:
    with words.language(code):
        with pytest.raises(DaogouError) as refused:
            warned([kind], [0, 1], None)
        assert refused.value.hint
        assert len(warned([kind], [0, 0, 1, 1], ["a", "a", "b", "b"])) == 1


def test_units_with_both_arms_are_counted() -> None:
    with words.language("en"):
        (told,) = warned([], [0, 1, 1, 1, 0], ["a", "a", "b", "b", "c"])
    assert "did not: 1;" in told


def test_another_word_is_refused() -> None:
    with words.language("en"), pytest.raises(DaogouError, match="gossip"):
        warned(["gossip"], [0, 1], None)
