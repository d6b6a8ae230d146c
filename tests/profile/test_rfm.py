from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from daogou.base.words import language
from daogou.profile import rfm
from daogou.profile.features import features
from daogou.profile.settings import SegmentSettings
from daogou.store.tables import PROFILES

people = st.lists(
    st.tuples(st.integers(1, 900), st.integers(0, 400), st.integers(0, 40), st.integers(-50, 5000)), max_size=30
)


def told(rows):
    """RFM values of (recency, tenure beyond it, orders, net sales); nobody outside the window has orders or money."""
    table = [(r, r + t, o if r <= 365 else 0, m if r <= 365 and o else 0) for r, t, o, m in rows]
    columns = np.array(table, dtype=np.int64).reshape(-1, 4).T
    return rfm.RFM(np.arange(len(table)), *columns[:3], columns[3].astype(float))


@given(people)
def test_everyone_has_one_name_in_each_scheme(rows):
    values = told(rows)
    english, chinese = rfm.english(values, 90), rfm.chinese(values, SegmentSettings())
    assert len(english) == len(chinese) == len(rows)
    assert set(english) <= set(rfm.ENGLISH)
    assert set(chinese) <= set(rfm.CHINESE)


@given(people)
def test_equal_values_get_equal_scores_and_better_ones_no_worse(rows):
    values = told(rows)
    for score, better in zip(rfm.scores(values), (-values.recency_days, values.orders, values.net_sales), strict=True):
        assert set(score) <= {1, 2, 3, 4, 5}
        for one in np.flatnonzero(values.active):
            for other in np.flatnonzero(values.active):
                if better[one] >= better[other]:
                    assert score[one] >= score[other]


def test_a_hundred_different_customers_fall_into_even_quintiles():
    n = np.arange(100)
    for score in rfm.scores(rfm.RFM(n, n + 1, n + 1, n + 1, n + 0.5)):
        assert np.bincount(score).tolist() == [0, 20, 20, 20, 20, 20]


def test_one_customer_who_bought_yesterday_is_new():
    one = told([(1, 0, 1, 10)])
    assert rfm.english(one, 90) == ["new"]
    assert rfm.chinese(one, SegmentSettings()) == ["important_value"]


def test_all_equal_customers_share_a_name():
    equal = rfm.RFM(np.arange(7), np.full(7, 3), np.full(7, 200), np.full(7, 2), np.full(7, 0.1))
    assert set(rfm.english(equal, 90)) == {"promising"}
    assert set(rfm.chinese(equal, SegmentSettings())) == {"important_value"}, "0.1 is not below the mean of 0.1"


def test_corners_of_the_grid():
    """Best in all three, once great but silent, recent and small, and out of the window."""
    rows = [(1, 300, 40, 4000), (300, 50, 39, 3900), (2, 10, 1, 5), (800, 10, 0, 0)]
    rows += [(100 + 5 * i, 100, 10 + i // 4, 500 + i) for i in range(16)]
    names = rfm.english(told(rows), 90)
    assert names[:4] == ["champions", "cant_lose", "new", "lost"]
    assert rfm.english(told(rows), new_days=5)[2] == "promising", "a first order long ago makes nobody new"


@pytest.mark.parametrize(
    ("recent", "often", "much", "name"),
    [
        (1, 1, 1, "important_value"),
        (1, 0, 1, "important_develop"),
        (0, 1, 1, "important_keep"),
        (0, 0, 1, "important_retain"),
        (1, 1, 0, "general_value"),
        (1, 0, 0, "general_develop"),
        (0, 1, 0, "general_keep"),
        (0, 0, 0, "general_retain"),
    ],
)
def test_the_eight_names_are_the_eight_corners(recent, often, much, name):
    low_and_high = [(60, 300, 2, 10), (10, 300, 20, 500)]
    row = (10 if recent else 60, 300, 20 if often else 2, 500 if much else 10)
    assert rfm.chinese(told([*low_and_high, row]), SegmentSettings(rfm_zh_threshold="mean"))[2] == name


def test_thresholds_can_be_the_median_or_ones_own():
    rows = told([(1, 0, 1, 1), (1, 0, 2, 2), (1, 0, 3, 3), (1, 0, 100, 1000)])
    assert rfm.chinese(rows, SegmentSettings())[2] == "general_develop"
    assert rfm.chinese(rows, SegmentSettings(rfm_zh_threshold="median"))[2] == "important_value"
    own = SegmentSettings(rfm_zh_recency_days=30, rfm_zh_orders=3, rfm_zh_net_sales=3)
    assert rfm.chinese(rows, own) == ["general_develop", "general_develop", "important_value", "important_value"]


def test_the_window_is_read_from_orders_and_refunds(shop, days):
    for ago, money in ((400, 1), (100, 10), (20, 100), (0, 1000)):
        shop.order(1, days(500 - ago), money)
    shop.refund(1, days(490), 30)
    cut = days(500)
    shop.warehouse.replace(PROFILES, features(shop.warehouse, [cut]))
    for window, orders, money in ((365, 2, 80.0), (50, 1, 70.0), (450, 3, 81.0), (5, 0, 0.0)):
        values = rfm.read(shop.warehouse, cut, window)
        assert (values.orders[0], values.net_sales[0], values.recency_days[0]) == (orders, money, 20)


def test_measures_at_several_cuts_are_those_of_profiles(shop, days):
    windows = (7, 28, 90, 180, 365)
    for customer in range(6):
        for n in range(customer + 1):
            shop.order(customer, days(13 * n + customer), 10.25 + n)
        shop.refund(customer, days(20 + 9 * customer), 3.5)
    cuts = [days(70), days(26), days(3)]
    names = ["customer_id", "as_of", "recency_days", "tenure_days"]
    names += [f"{what}_{window}" for window in windows for what in ("orders", "net_sales")]
    order = ["customer_id", "as_of"]
    found = shop.warehouse.to_arrow(rfm.measures(shop.warehouse, cuts, windows).order_by(order))
    expected = shop.warehouse.to_arrow(features(shop.warehouse, cuts).select(*names).order_by(order))
    assert found.num_rows > 10
    assert found.to_pylist() == expected.to_pylist()
    assert len({row["net_sales_90"] for row in found.to_pylist()}) > 3


facts = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 60), st.integers(-3, 40)), max_size=12)


def by_hand(ordered, refunded, cut, windows):
    """What ``measures`` must say of everybody at ``cut``, days as numbers."""
    said = {}
    for customer in {who for who, day, _ in ordered if day < cut}:
        bought = [(cut - day, money) for who, day, money in ordered if who == customer and day < cut]
        back = [(cut - day, money) for who, day, money in refunded if who == customer and day < cut]
        said[customer] = (min(ago for ago, _ in bought), max(ago for ago, _ in bought))
        for window in windows:
            net = sum(money for ago, money in bought if ago <= window) - sum(m for ago, m in back if ago <= window)
            said[customer] += (sum(ago <= window for ago, _ in bought), net)
    return said


@settings(
    max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    ordered=facts,
    refunded=facts,
    cuts=st.lists(st.integers(0, 64), min_size=1, max_size=3, unique=True),
    windows=st.lists(st.integers(1, 40), min_size=1, max_size=3, unique=True),
)
def test_measures_are_those_counted_by_hand(make_shop, days, ordered, refunded, cuts, windows):
    """Refunds without an order, before it and after it; windows of any length; cuts with nothing before them."""
    shop = make_shop()
    for customer, day, money in ordered:
        shop.order(customer, days(day), money)
    for customer, day, money in refunded:
        shop.refund(customer, days(day), money)
    made = rfm.measures(shop.warehouse, [days(cut) for cut in cuts], windows)
    numbers = [f"{what}_{window}" for window in windows for what in ("orders", "net_sales")]
    assert list(made.columns) == ["customer_id", "as_of", "recency_days", "tenure_days", *numbers]
    expected = [
        (customer, days(cut), *said)
        for cut in cuts
        for customer, said in by_hand(ordered, refunded, cut, windows).items()
    ]
    assert sorted(tuple(row.values()) for row in shop.warehouse.to_arrow(made).to_pylist()) == sorted(expected)


def test_a_refund_alone_makes_nobody_a_customer(shop, days):
    shop.refund(1, days(1), 5)
    shop.order(2, days(1), 10)
    shop.refund(3, days(1), 5)
    shop.order(3, days(9), 10)
    found = shop.warehouse.to_arrow(rfm.measures(shop.warehouse, [days(5)], [30]))
    assert found.column("customer_id").to_pylist() == [2]


def test_money_of_any_size_is_summed_exactly(shop, days):
    for n in range(20):
        shop.order(1, days(n), 99_999_999_999.1234 if n % 2 else 0.0001)
    shop.refund(1, days(20), 99_999_999_999.1234)
    (row,) = shop.warehouse.to_arrow(rfm.measures(shop.warehouse, [days(30)], [365])).to_pylist()
    assert row["net_sales_365"] == float(9 * Decimal("99999999999.1234") + 10 * Decimal("0.0001"))


@pytest.mark.parametrize("cuts", [[], [0, 0]])
def test_moments_must_be_there_and_differ(shop, days, cuts):
    with pytest.raises(ValueError, match="one or more different days"):
        rfm.measures(shop.warehouse, [days(cut) for cut in cuts], [30])


def test_profiles_of_another_day_are_not_read(shop, days):
    shop.order(1, days(0))
    shop.warehouse.replace(PROFILES, features(shop.warehouse, [days(3)]))
    assert len(rfm.read(shop.warehouse, days(3) + timedelta(days=1), 365).customers) == 0


def test_every_name_is_said_in_both_languages():
    for code in ("en", "zh"):
        with language(code):
            said = [rfm.label(key) for key in (*rfm.ENGLISH, *rfm.CHINESE)]
        assert len(set(said)) == 19
    with language("en"):
        assert [rfm.label(key) for key in rfm.ENGLISH] == [
            "Champions",
            "Loyal",
            "Potential loyalists",
            "New",
            "Promising",
            "Need attention",
            "About to sleep",
            "At risk",
            "Can't lose",
            "Hibernating",
            "Lost",
        ]
    with language("zh"):
        said = "重要价值, 重要发展, 重要保持, 重要挽留, 一般价值, 一般发展, 一般保持, 一般挽留"
        assert ", ".join(rfm.label(key) for key in rfm.CHINESE) == said
