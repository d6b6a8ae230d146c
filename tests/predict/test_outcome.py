import numpy as np
import pytest

from daogou.predict.outcome import amounts, events, told


@pytest.mark.parametrize("y", [[0, 1], [False, True], ["no", "Yes"], ["否", "是"], np.array(["0", "1"]), [0.0, True]])
def test_events_in_the_ways_that_people_write_them(y):
    assert events(y, 2).tolist() == [0, 1]


@pytest.mark.parametrize("y", [["no", "maybe"], [0, 2], [1, 1], [None, 1], [0, np.nan], [0, np.inf]])
def test_what_is_no_event_is_refused(y):
    with pytest.raises(ValueError, match="y must hold both 0 and 1"):
        events(y, 2)


def test_amounts_are_finite_numbers():
    assert amounts([1, 2.5], 2).tolist() == [1, 2.5]
    with pytest.raises(ValueError, match="y must have one value a row, not shape"):
        amounts([1, 2.5], 3)
    with pytest.raises(ValueError, match="y must hold numbers"):
        amounts([], 0)


def test_told_is_where_an_outcome_is_given():
    assert told(np.array(["Yes", "", None, float("nan"), 0], dtype=object)).tolist() == [
        True,
        False,
        False,
        False,
        True,
    ]
