"""The population stability index: by hand, under no change, and where something changed."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.predict.drift import LARGE, SOME, Shift, psi, reference, shift, shifts

COUNTS = st.lists(st.integers(0, 200), min_size=2, max_size=8)


def test_psi_is_the_sum_over_bins_by_hand():
    by_hand = (0.2 - 0.1) * math.log(0.2 / 0.1) + (0.3 - 0.3) * math.log(1) + (0.5 - 0.6) * math.log(0.5 / 0.6)
    assert psi([10, 30, 60], [100, 150, 250]) == pytest.approx(by_hand, abs=1e-15)
    assert psi([10, 30, 60], [100, 150, 250]) == pytest.approx(0.0875469, abs=1e-7)


def test_an_empty_bin_counts_as_half_a_row():
    by_hand = (0.5 / 10 - 0.5) * math.log((0.5 / 10) / 0.5) + (1 - 0.5) * math.log(1 / 0.5)
    assert psi([5, 5], [0, 10]) == pytest.approx(by_hand)


def test_of_nobody_there_is_no_index():
    assert math.isnan(psi([3, 4], [0, 0]))


@given(COUNTS.filter(any), st.integers(1, 5))
def test_the_same_shares_are_no_shift(counts, times):
    whole = [count for count in counts if count]
    assert psi(whole, [count * times for count in whole]) == pytest.approx(0, abs=1e-12)


@given(COUNTS.filter(any), COUNTS.filter(any))
def test_psi_is_never_below_0_and_the_same_both_ways(one, other):
    width = min(len(one), len(other))
    before, now = one[:width], other[:width]
    if any(before) and any(now) and all(a and b for a, b in zip(before, now, strict=True)):
        assert psi(before, now) >= -1e-12
        assert psi(before, now) == pytest.approx(psi(now, before))


def test_bins_are_the_deciles_learned_from():
    known = reference(np.arange(1.0, 101.0), 100)
    assert known.edges == tuple(float(edge) for edge in range(10, 91, 10))
    assert known.counts == (*([10] * 10), 0)
    assert known.count(np.array([-5.0, 10.0, 10.5, 1e9, np.nan, np.inf])) == (2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2)


def test_a_heap_of_zeros_and_missing_values_have_bins_of_their_own():
    values = np.array([0.0] * 70 + [1.0] * 10 + [2.0] * 10 + [np.nan] * 10)
    known = reference(values, 100)
    assert known.edges[0] == 0.0
    assert known.counts[0] == 70
    assert known.counts[-1] == 10
    assert sum(known.counts) == 100


def test_a_constant_that_moves_either_way_is_seen():
    known = reference(np.full(500, 7.0), 500)
    assert shift(known, np.full(500, 7.0), 500).psi == 0
    for moved in (6.0, 8.0):
        assert shift(known, np.full(500, moved), 500).size == "large"


def test_texts_have_bins_by_what_is_common_and_the_rest_together():
    values = pa.array(["a"] * 60 + ["b"] * 39 + [None] * 100 + ["rare"])
    known = reference(values, 200)
    assert known.levels == ("a", "b")
    assert known.counts == (60, 39, 1, 100)
    assert known.count(pa.chunked_array([["a", "new"], [None, "rare"]])) == (1, 0, 2, 1)


def test_at_most_twenty_texts_have_a_bin():
    names = [f"{n:02}" for n in range(30) for _copy in range(30 - n // 2)]
    known = reference(pa.array(names), len(names))
    assert len(known.levels) == 20
    assert sum(known.counts) == len(names)


def test_a_column_of_nothing_is_no_shift():
    known = reference(pa.nulls(50, pa.float64()), 50)
    found = shift(known, pa.nulls(20, pa.float64()), 20)
    assert (found.psi, found.expected, found.size) == (0, 0, "none")


def test_booleans_and_whole_numbers_have_bins_too():
    known = reference(pa.array([True] * 30 + [False] * 70), 100)
    assert shift(known, pa.array([True] * 90 + [False] * 10), 100).size == "large"


@pytest.mark.parametrize("draw", ["normal", "counts"])
@pytest.mark.parametrize(("before", "now"), [(2_000, 200), (300, 300), (300, 60)])
def test_without_change_the_index_is_what_is_expected_and_no_alarm_is_raised(draw, before, now):
    chance = np.random.default_rng(11)
    make = chance.normal if draw == "normal" else lambda size: chance.poisson(0.4, size=size).astype(float)
    found = [shift(reference(make(size=before), before), make(size=now), now, columns=10) for _try in range(600)]
    assert np.mean([one.psi for one in found]) == pytest.approx(np.mean([one.expected for one in found]), rel=0.2)
    # 1 in 100 for ten columns together; half rows of empty bins cost a little of that
    assert np.mean([one.size != "none" for one in found]) <= 0.01


def test_few_customers_alone_are_no_drift_though_the_index_passes_a_quarter():
    chance = np.random.default_rng(3)
    found = [shift(reference(chance.normal(size=300), 300), chance.normal(size=40), 40) for _try in range(300)]
    assert np.mean([one.psi >= LARGE for one in found]) > 0.5
    assert np.mean([one.size == "large" for one in found]) < 0.05


@pytest.mark.parametrize("move", [lambda x: x + 0.8, lambda x: x * 2.5, lambda x: np.where(x > 0.3, np.nan, x)])
def test_a_change_of_place_width_or_what_is_known_is_seen(move):
    chance = np.random.default_rng(5)
    known = reference(chance.normal(size=3_000), 3_000)
    assert shift(known, move(chance.normal(size=800)), 800, columns=60).size == "large"


def test_a_change_of_level_in_mostly_zeros_is_seen():
    chance = np.random.default_rng(6)
    known = reference(chance.poisson(0.05, 3_000).astype(float), 3_000)
    assert known.edges == (0.0,)
    assert shift(known, chance.poisson(0.4, 1_000).astype(float), 1_000).size == "large"


def test_sizes_have_the_fields_bounds():
    assert [Shift(value, 0, 0, 9).size for value in (SOME - 1e-9, SOME, LARGE - 1e-9, LARGE)] == [
        "none",
        "some",
        "some",
        "large",
    ]


def test_rows_of_one_customer_at_many_moments_are_not_many_customers():
    values = np.random.default_rng(2).normal(size=50)
    rows = np.tile(values, 8)  # the same fifty at eight moments
    honest, naive = (shift(reference(rows, people), values[:40], 40) for people in (50, 400))
    assert honest.expected > naive.expected
    assert honest.limit > naive.limit


def test_every_column_with_a_reference_is_looked_at():
    frame = pa.table({"a": [1.0, 2.0, 3.0], "b": ["x", "y", None]})
    before = {name: reference(frame[name], 3) for name in frame.column_names}
    found = shifts(before, frame, 3)
    assert list(found) == ["a", "b"]
    assert [one.psi for one in found.values()] == [0, 0]
