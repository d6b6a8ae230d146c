import numpy as np
import pyarrow as pa
import pytest

from daogou.base.errors import DaogouError
from daogou.profile.features import features
from daogou.profile.matrix import frame, matrix
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


def with_maps(profiles):
    """The same profiles with attributes of both customers and an own feature of the first."""
    maps = pa.array([[("age", "30"), ("likes", "tea;go")], [("likes", "go")]], pa.map_(pa.string(), pa.string()))
    own = pa.array([[("visits", 3.0)], []], pa.map_(pa.string(), pa.float64()))
    rows = profiles.sort_by("customer_id")
    for name, column in (("attributes", maps), ("own", own)):
        rows = rows.set_column(rows.column_names.index(name), name, column)
    return rows


def test_attributes_and_own_features_may_be_named(people):
    profiles, shares = people
    settings = SegmentSettings(features=["visits", "age", "likes", "favourite_category"], categories=0)
    rows = frame(with_maps(profiles), shares, settings)
    assert rows.to_pydict() == {
        "visits": [3.0, None],
        "age": ["30", None],
        "likes": ["tea;go", "go"],
        "favourite_category": ["DRINKS", "DAIRY"],
    }
    made = matrix(with_maps(profiles), shares, settings)
    assert made.names[0] == "visits"
    assert "is:likes=tea" in made.names
    assert made.values[:, made.names.index("is:likes=tea")].tolist() == [1, 0]
    with pytest.raises(DaogouError, match=r"unknown feature 'liked'\. Did you mean 'likes'"):
        frame(with_maps(profiles), shares, SegmentSettings(features=["liked"]))


def test_nobody_is_an_empty_matrix():
    empty = pa.table(
        {name: pa.array([], pa.float64()) for name in ("net_sales", "orders", "orders_365", "discount_share")}
    )
    empty = empty.append_column("customer_id", pa.array([], pa.int64()))
    made = matrix(empty, pa.table({"category": pa.array([], pa.string())}), SegmentSettings())
    assert made.values.shape == (0, 3)
