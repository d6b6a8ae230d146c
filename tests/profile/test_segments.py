from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from daogou.base.words import language
from daogou.profile import rfm
from daogou.profile.features import features
from daogou.profile.segments import labels, segmentation
from daogou.profile.settings import SegmentSettings
from daogou.profile.shares import category_shares
from daogou.store.tables import EVALUATIONS, PROFILES, SEGMENT_SUMMARIES, SEGMENTS


@pytest.fixture(scope="module")
def made(module_shop):
    """Forty customers: wine in seldom, dear orders against milk in frequent, cheap ones."""
    shop, first = module_shop, date(2024, 1, 1)
    shop.item("milk", "DAIRY")
    shop.item("wine", "DRINKS")
    random = np.random.default_rng(7)
    for customer in range(40):
        wine = customer % 2
        for day in range(int(random.integers(0, 5)), 100, 40 if wine else 8):
            money = float(random.integers(40, 60) if wine else random.integers(3, 8))
            shop.order(customer, first + timedelta(days=day), items={"wine" if wine else "milk": money})
    return segment(shop, first + timedelta(days=100))


def segment(shop, as_of, settings=SegmentSettings()):  # noqa: B008 - it is frozen
    shop.warehouse.replace(PROFILES, features(shop.warehouse, [as_of]))
    profiles = shop.warehouse.to_arrow(shop.warehouse.table(PROFILES))
    shares = shop.warehouse.to_arrow(category_shares(shop.warehouse, [as_of]))
    values = rfm.read(shop.warehouse, as_of, settings.rfm_window_days)
    return segmentation(profiles, shares, values, settings, as_of)


def test_everyone_is_in_one_segment_of_each_method(made):
    for method in ("rfm", "rfm_zh", "kmeans"):
        of = made.segments.filter(pa.compute.equal(made.segments["method"], method))
        assert sorted(of["customer_id"].to_pylist()) == list(range(40))


def test_the_groups_are_the_two_kinds_of_customers_that_there_are(made):
    rows = made.segments.filter(pa.compute.equal(made.segments["method"], "kmeans")).to_pylist()
    assert {(row["customer_id"] % 2, row["segment"]) for row in rows} == {(1, "group_1"), (0, "group_2")}
    assert made.groups.centres_.shape[0] == 2
    named = labels(made.summaries)
    assert "DRINKS" in named["kmeans", "group_1"] or "big orders" in named["kmeans", "group_1"]
    assert named["kmeans", "group_1"] != named["kmeans", "group_2"]


def test_sizes_and_net_sales_add_up_in_every_method(made):
    rows = made.summaries.to_pylist()
    totals = {
        method: (
            sum(row["size"] for row in rows if row["method"] == method),
            sum(row["net_sales"] for row in rows if row["method"] == method),
        )
        for method in ("rfm", "rfm_zh", "kmeans")
    }
    assert {size for size, _net in totals.values()} == {40}
    assert len({round(net, 6) for _size, net in totals.values()}) == 1
    groups = [row["net_sales"] for row in rows if row["method"] == "kmeans"]
    assert groups == sorted(groups, reverse=True), "group_1 brings most"


def test_rows_are_as_the_contracts_have_them(shop, made):
    for table, rows in (
        (SEGMENTS, made.segments),
        (SEGMENT_SUMMARIES, made.summaries),
        (EVALUATIONS, made.evaluations),
    ):
        assert tuple(rows.column_names) == table.names
        shop.warehouse.replace(table, rows)
        keys = rows.select(table.key).to_pylist()
        assert len({tuple(key.values()) for key in keys}) == len(keys)


def test_the_curve_is_kept_with_its_champion(made):
    rows = made.evaluations.to_pylist()
    assert {row["model"] for row in rows if row["metric"] == "silhouette"} == {f"k={k}" for k in range(2, 11)}
    assert {row["model"] for row in rows if row["is_champion"]} == {"k=2"}
    assert all(row["low"] is None for row in rows if row["metric"] == "silhouette_shuffled")


def test_one_customer_has_both_rfm_names_and_no_group(shop, days):
    shop.order(1, days(0))
    made = segment(shop, days(1))
    assert made.groups is None
    assert made.evaluations.num_rows == 0
    assert [(row["method"], row["segment"]) for row in made.segments.to_pylist()] == [
        ("rfm", "new"),
        ("rfm_zh", "important_value"),
    ]
    with language("zh"):
        assert labels(made.summaries)["rfm_zh", "important_value"] == "重要价值"


def test_nobody_is_in_no_segment(shop, days):
    made = segment(shop, days(1))
    assert (made.segments.num_rows, made.summaries.num_rows, labels(made.summaries)) == (0, 0, {})
