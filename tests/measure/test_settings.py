"""Settings of the section [measure]."""

import pytest

from daogou.measure.settings import MeasureSettings


def test_thirty_redeemers_are_the_least_unless_said_otherwise() -> None:
    assert MeasureSettings().fewest_redeemers == 30


@pytest.mark.parametrize("wrong", [{"fewest_redeemers": 0}, {"resamples": 10}])
def test_values_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must"):
        MeasureSettings(**wrong)
