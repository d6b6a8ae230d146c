"""Lorenz, Gini and top shares against the shop of the conftest and against published properties."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.measure.look.concentration import concentration, gini_of, len_of, read

FIRST, UNTIL = date(2024, 1, 1), date(2024, 5, 1)


def test_customers_by_hand(shop):
    amounts = read(shop, "customers", FIRST, UNTIL)
    # customer 1 has 180 less the 10 given back; ties by id; the guest is not a customer
    assert amounts.names == [4, 1, 5, 2, 6, 3]
    assert amounts.values.tolist() == [180, 170, 80, 50, 50, 40]
    found = concentration(amounts.values, 0, 1, 30)
    assert dict(found.tops)[0.5] == pytest.approx(430 / 570)
    assert dict(found.tops)[0.01] == pytest.approx(180 / 570)  # at least one
    # 2 * (1*40 + 2*50 + 3*50 + 4*80 + 5*170 + 6*180) / (6 * 570) - 7 / 6
    assert found.gini.value == pytest.approx(2 * 2540 / 3420 - 7 / 6)
    assert np.isnan(found.gini.low)
    assert (found.n, found.below, found.total) == (6, 0, 570)


def test_items_and_categories_count_what_guests_buy_too(shop):
    items = read(shop, "items", FIRST, UNTIL)
    assert dict(zip(items.names, items.values, strict=True)) == {"tea": 825, "coffee": 175, "thing": 80}
    categories = read(shop, "categories", FIRST, UNTIL)
    assert dict(zip(categories.names, categories.values, strict=True)) == {"TEA": 825, "COFFEE": 175}
    april = read(shop, "items", date(2024, 4, 1), UNTIL)
    assert dict(zip(april.names, april.values, strict=True)) == {"tea": 55, "coffee": 25}


def test_without_net_sales_there_is_no_curve(nothing):
    amounts = read(nothing, "customers", FIRST, UNTIL)
    assert concentration(amounts.values, 100, 1, 1).curve == ()
    below = concentration(np.array([0.0, -5.0]), 100, 1, 1)
    assert (below.n, below.below, below.tops) == (2, 2, ())
    assert np.isnan(below.gini.value)


def test_the_interval_holds_the_value_and_narrows_with_people():
    chance = np.random.default_rng(5)
    few, many = (np.sort(chance.lognormal(0, 1, n))[::-1] for n in (200, 20_000))
    widths = []
    for values in (few, many):
        gini = concentration(values, 300, 7, 30).gini
        assert gini.low < gini.value < gini.high
        widths.append(gini.high - gini.low)
    # the standard error goes with 1 / sqrt(n): ten times narrower for a hundred times the people, also where
    # neighbours are drawn together
    assert 6 < widths[0] / widths[1] < 16
    # Gini of a lognormal with sigma 1: 2 Phi(sigma / sqrt 2) - 1 = 0.5205 (Aitchison and Brown, 1957)
    assert concentration(many, 300, 7, 30).gini.value == pytest.approx(0.5205, abs=0.01)


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=50).filter(lambda values: sum(values) > 1))
def test_lorenz_is_convex_and_below_the_diagonal(values):
    found = concentration(np.sort(np.array(values))[::-1], 0, 1, 30)
    curve = np.array(found.curve)
    assert curve[0] == 0
    assert curve[-1] == 1
    assert (np.diff(curve, 2) >= -1e-9).all()
    assert (curve <= np.linspace(0, 1, len(curve)) + 1e-9).all()
    assert -1e-9 <= found.gini.value < 1
    assert [share for _top, share in found.tops] == sorted(share for _top, share in found.tops)


def test_a_weight_is_as_many_units():
    doubled = gini_of(np.array([1.0, 1, 2, 5, 5, 5]), np.ones(6))
    assert gini_of(np.array([1.0, 2, 5]), np.array([2, 1, 3])) == pytest.approx(doubled)
    assert [len_of(top, 7) for top in (0.01, 0.5, 1.0)] == [1, 4, 7]
