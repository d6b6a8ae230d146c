import numpy as np
import pytest

from daogou.base.words import language
from daogou.profile.apart import Contrast, contrasts, describe, from_json, names, to_json

VALUES = np.array([[1.0, 10.0, np.nan], [1.0, 10.0, np.nan], [3.0, 10.0, 5.0], [7.0, 10.0, 9.0]])


def told(*gaps):
    """Features as they are stored, from (feature, mean, overall, gap)."""
    return to_json([Contrast(*gap) for gap in gaps])


def test_contrasts_are_means_against_means_of_all_widest_first():
    found = contrasts(("orders_365", "recency_days", "gap_mean"), VALUES, np.array([False, False, True, True]))
    assert [c.feature for c in found] == ["orders_365", "gap_mean", "recency_days"]
    orders, gap, recency = found
    assert (orders.mean, orders.overall) == (5.0, 3.0)
    assert orders.gap == pytest.approx(2 / VALUES[:, 0].std())
    assert (gap.mean, gap.overall, gap.gap) == (7.0, 7.0, 0.0), "what is not known does not count"
    assert recency.gap == 0.0


def test_a_number_that_nobody_in_the_segment_has_is_left_out():
    found = contrasts(("orders_365", "gap_mean"), VALUES[:, [0, 2]], np.array([True, True, False, False]))
    assert [c.feature for c in found] == ["orders_365"]


def test_stored_features_come_back_as_they_were():
    found = contrasts(("orders_365", "share:酒水"), VALUES[:, :2], np.array([True, False, False, True]))
    assert from_json(to_json(found)) == found


def test_described_in_both_languages():
    features = told(
        ("orders_365", 63.2, 31.0, 0.9),
        ("share:FUEL", 0.12, 0.05, -0.6),
        ("order_value", 9.25, 8.0, 0.3),
        ("gap_sd", 1, 1, 0.1),
    )
    with language("en"):
        assert describe(features).split("; ") == [
            "orders in 365 days 63 (everyone 31)",
            "share of FUEL 12 % (everyone 5 %)",
            "average order value 9.2 (everyone 8.0)",
        ]
    with language("zh"):
        assert describe(features) == "近 365 天订单数 63（全体 31）；FUEL 占比 12%（全体 5%）；笔单价 9.2（全体 8.0）"


def test_nothing_notable_is_said_as_such():
    assert describe(told(("orders_365", 10, 10, 0.1))) == "much like everyone else"
    assert describe(told()) == "there is nobody to compare"
    assert names({"group_1": told(("orders_365", 10, 10, 0.1))}) == {"group_1": "Average"}


def test_names_come_from_the_two_widest_gaps():
    found = names(
        {
            "group_1": told(("orders_365", 9, 5, 1.0), ("share:FUEL", 0.2, 0.1, 0.8), ("order_value", 5, 6, -0.4)),
            "group_2": told(("orders_365", 2, 5, -1.0), ("discount_share", 0.2, 0.1, 0.7)),
        }
    )
    assert found == {"group_1": "Buy often, more FUEL", "group_2": "Buy seldom, bargain hunters"}


def test_names_that_would_be_the_same_say_more():
    common = (("orders_365", 9, 5, 1.0), ("order_value", 9, 5, 0.9))
    found = names(
        {
            "group_1": told(*common, ("weekend_share", 0.5, 0.3, 0.5)),
            "group_2": told(*common, ("weekend_share", 0.1, 0.3, -0.5)),
        }
    )
    assert found == {
        "group_1": "Buy often, big orders, at weekends",
        "group_2": "Buy often, big orders, on working days",
    }


def test_names_that_words_cannot_tell_apart_are_numbered():
    same = told(("orders_365", 9, 5, 1.0))
    for code, second in (("en", "Buy often (2)"), ("zh", "买得勤（2）")):
        with language(code):
            assert names({"group_1": same, "group_2": same})["group_2"] == second


def test_every_number_of_a_profile_has_words_in_both_languages():
    from daogou.profile.matrix import NUMBERS

    for code in ("en", "zh"):
        with language(code):
            for feature in NUMBERS:
                high, low = (names({"g": told((feature, 1, 1, gap))})["g"] for gap in (1, -1))
                assert high != low
                assert "_" not in high + low + describe(told((feature, 1, 1, 1)))


def test_a_number_without_words_is_named_by_itself():
    assert names({"g": told(("height", 2, 1, 1.0))}) == {"g": "High height"}
