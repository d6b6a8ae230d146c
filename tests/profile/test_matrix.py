import numpy as np
import pyarrow as pa
import pytest

from daogou.base.errors import DaogouError
from daogou.profile.features import features
from daogou.profile.matrix import matrix, scaled
from daogou.profile.settings import SegmentSettings
from daogou.profile.shares import category_shares


@pytest.fixture
def people(shop, days):
    for item, category in (("milk", "DAIRY"), ("wine", "DRINKS"), ("soap", "CARE")):
        shop.item(item, category)
    shop.order(2, days(0), items={"milk": 30, "wine": 10})
    shop.order(1, days(1), items={"wine": 50})
    shop.order(1, days(3), items={"wine": 20, "soap": 30})
    cut = [days(9)]
    return tuple(shop.warehouse.to_arrow(make(shop.warehouse, cut)) for make in (features, category_shares))


def test_rows_are_customers_and_columns_what_was_asked_for(people):
    made = matrix(*people, SegmentSettings(features=["recency_days", "order_value", "gap_mean"], categories=2))
    assert made.customers.tolist() == [1, 2]
    assert made.names == ("recency_days", "order_value", "gap_mean", "share:DRINKS", "share:CARE")
    expected = [[6, 50, 2, 0.7, 0.3], [9, 40, np.nan, 0.25, 0]]  # CARE and DAIRY are equal: the first by name
    np.testing.assert_allclose(made.values, expected)


def test_no_categories_no_shares(people):
    profiles, shares = people
    assert matrix(profiles, shares.slice(0, 0), SegmentSettings()).names == tuple(SegmentSettings().features)
    assert matrix(profiles, shares, SegmentSettings(categories=0)).names == tuple(SegmentSettings().features)


def test_an_unknown_feature_is_named_with_the_nearest_known(people):
    with pytest.raises(DaogouError, match=r"unknown feature 'recensy_days'\. Did you mean 'recency_days'"):
        matrix(*people, SegmentSettings(features=["recensy_days"]))


def test_scaled_columns_are_comparable():
    random = np.random.default_rng(0)
    money, share = random.lognormal(3, 2, 500), random.uniform(size=500)
    share[:50] = np.nan
    made = scaled(np.column_stack([money, share, np.ones(500), np.full(500, np.nan)]))
    assert made.shape == (500, 2), "columns in which everyone is equal say nothing"
    np.testing.assert_allclose(made.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(made.std(axis=0), 1)
    assert np.abs(made).max() < 4, "logarithms and clipping tame the tail"


def test_nobody_is_an_empty_matrix():
    empty = pa.table(
        {name: pa.array([], pa.float64()) for name in ("net_sales", "orders", "orders_365", "discount_share")}
    )
    empty = empty.append_column("customer_id", pa.array([], pa.int64()))
    made = matrix(empty, pa.table({"category": pa.array([], pa.string())}), SegmentSettings())
    assert made.values.shape == (0, 3)
