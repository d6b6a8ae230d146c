"""Affiliates that appear at the till."""

import pytest

from daogou.measure import Paths, paths
from daogou.measure.attribution_hijack import last_seconds

MINUTE = 1 / 1440


def orders(*paths_told, minutes=10.0):
    """channel -> (last, flagged, money) of orders on day 10 after (channel, minutes before) touches."""
    touches = [(k, channel, 10 - before * MINUTE) for k, path in enumerate(paths_told) for channel, before in path]
    found = paths(
        [t[0] for t in touches], [t[1] for t in touches], [t[2] for t in touches],
        order_customer=list(range(len(paths_told))), order_at=[10.0] * len(paths_told), value=[5] * len(paths_told),
    )  # fmt: skip
    return {s.channel: (s.last, s.flagged, s.money) for s in last_seconds(found, {"coupons", "cashback"}, minutes)}


def test_a_touch_minutes_before_the_order_after_another_channel_is_flagged():
    assert orders([("search", 2000), ("coupons", 3)]) == {"coupons": (1, 1, 500)}


@pytest.mark.parametrize(
    "path",
    [
        [("search", 2000), ("coupons", 11)],  # early enough
        [("coupons", 3)],  # it brought the customer
        [("coupons", 2000), ("coupons", 3)],
        [("cashback", 2000), ("coupons", 3)],  # nobody else's path
    ],
)
def test_what_earned_its_order_is_not_flagged(path):
    assert orders(path) == {"coupons": (1, 0, 0)}


def test_other_channels_say_how_often_it_happens_by_itself():
    found = orders([("search", 2000), ("email", 3)], [("email", 2)], [("search", 2000), ("cashback", 0)])
    assert found == {"cashback": (1, 1, 500), "email": (2, 1, 500)}


def test_paths_without_times_are_refused():
    with pytest.raises(ValueError, match="need the time of each touch"):
        last_seconds(Paths.of(["a"], [1]), {"a"}, 10.0)
