"""Bins and quantiles against the shop of the conftest; every value stands in one bin."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.base.errors import DaogouError
from daogou.measure.look.bins import counts, edges
from daogou.measure.look.distribution import ORDER_VALUE, distribution, inside, read, spread
from daogou.store.tables import PROFILES
from daogou.testing.rows import rows

AS_OF = date(2024, 5, 1)


def test_order_values_by_hand(shop):
    values = read(shop, ORDER_VALUE, AS_OF)
    # 10 20 20 | 25 25 30 40 | 50 60 60 60 80 100; the guest's 500 is not in
    whole, by = distribution(values, [0, 25, 50], {"few": pa.array([2, 3])})
    assert [(one.low, one.high, one.count) for one in whole.bins] == [(0, 25, 3), (25, 50, 4), (50, None, 6)]
    assert (whole.n, whole.unknown, whole.quantiles[2]) == (13, 0, 40)
    assert whole.mean == pytest.approx(580 / 13)
    assert [one.count for one in by["few"].bins] == [3, 1, 0]
    assert inside(values, whole.bins[2]).tolist() == [1, 4, 5]


def test_a_number_of_profiles_with_what_is_not_known(shop):
    told = [
        {"customer_id": k, "as_of": AS_OF, "orders": k, "gap_mean": gap} for k, gap in ((1, 2.5), (2, None), (3, 4))
    ]
    shop.append(PROFILES, rows(PROFILES, *told))
    whole, _by = distribution(read(shop, "gap_mean", AS_OF), None, {})
    assert (whole.n, whole.unknown) == (2, 1)
    assert sum(one.count for one in whole.bins) == 2
    assert [one.count for one in distribution(read(shop, "orders", AS_OF), None, {})[0].bins] == [1, 1, 1]
    assert read(shop, "orders", date(2024, 4, 1)).values.tolist() == []
    with pytest.raises(DaogouError, match="there is no number 'order' of customers. Did you mean 'orders'"):
        read(shop, "order", AS_OF)


def test_edges_that_do_not_ascend_are_refused(shop):
    values = read(shop, ORDER_VALUE, AS_OF)
    for wrong in ([0, 50, 25], [0, 0]):
        with pytest.raises(DaogouError, match="do not ascend"):
            distribution(values, wrong, {})


def test_nothing_has_no_bins(nothing):
    whole, _by = distribution(read(nothing, ORDER_VALUE, AS_OF), None, {})
    assert (whole.bins, whole.n) == ((), 0)
    assert np.isnan(whole.mean)


def test_edges_are_ones_that_people_read():
    chance = np.random.default_rng(1)
    assert edges(chance.lognormal(3, 1, 5000))[:3] == [0.0, 20.0, 40.0]
    assert edges(np.array([7.0])) == [7.0]
    assert edges(np.full(50, 0.25)) == [0.25]
    assert edges(np.arange(12.0)) == list(range(12))
    assert edges(np.arange(1000.0))[1] == 100
    assert edges(np.linspace(0, 1, 1001))[1] == pytest.approx(0.1)


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=60))
def test_every_value_stands_in_one_bin(values):
    array = np.array(values)
    lower = edges(array)
    assert lower == sorted(set(lower))
    assert len(lower) <= 22
    assert counts(array, lower).sum() == len(values)
    found = spread(array, lower)
    assert sum(one.count for one in found.bins) == found.n == len(values)
    assert lower[0] <= array.min()
