import pytest

from daogou.base.errors import DaogouError
from daogou.base.settings import validated
from daogou.profile.settings import ProfileSettings, SegmentSettings


@pytest.mark.parametrize(
    ("kind", "values", "problem"),
    [
        (SegmentSettings, {"k": 1}, "k must be 0"),
        (SegmentSettings, {"rfm_scheme": "french"}, "french"),
        (SegmentSettings, {"features": [], "categories": 0}, "features may not be empty"),
        (SegmentSettings, {"rfm_window_days": 0}, "rfm_window_days must be 1"),
        (SegmentSettings, {"categories": -1}, "categories must be 0"),
        (ProfileSettings, {"overdue_ratio": 12.0}, "below lost_ratio"),
        (ProfileSettings, {"regular_order_days": 1}, "one day has no gap"),
        (ProfileSettings, {"replenish_purchases": 2}, "fewer show no rhythm"),
        (ProfileSettings, {"period_days": 0}, "period_days must be 1"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_in_words(kind, values, problem):
    with pytest.raises(DaogouError, match=problem):
        validated(kind, values, "daogou.toml")


def test_what_is_asked_for_is_what_is_set():
    assert validated(SegmentSettings, {"k": 5, "features": ["orders"]}, "").k == 5
    assert validated(ProfileSettings, {}, "") == ProfileSettings()
