import pytest

from daogou.recommend.settings import RecommendSettings


@pytest.mark.parametrize(
    "wrong",
    [
        {"n": 0},
        {"n": 1001},
        {"k": 0},
        {"min_support": 0},
        {"holdout_days": 0},
        {"shrinkage": -0.1},
        {"half_life": 0.0},
        {"popular_half_life": -1.0},
    ],
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="must"):
        RecommendSettings(**wrong)
