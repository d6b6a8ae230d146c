"""What a running test must not break."""

import numpy as np
import pytest

from daogou.base.estimate import Estimate
from daogou.measure.experiment.always_valid import always_valid, widened
from daogou.measure.experiment.difference import Comparison
from daogou.measure.experiment.guard_rails import rail

PEOPLE = 4000
TREATED = np.tile([0, 1], PEOPLE // 2)


def values(share, share_treated, seed=1):
    chance = np.random.default_rng(seed).random(PEOPLE)
    return (chance < np.where(TREATED == 1, share_treated, share)).astype(float)


@pytest.mark.parametrize(
    ("treated", "limit", "state"), [(0.05, 0.02, "broken"), (0.011, 0.02, "within"), (0.025, 0.02, "unsure")]
)
def test_states(treated, limit, state):
    assert rail("complaints", Comparison(TREATED), values(0.01, treated), limit).state == state


def test_a_fall_of_the_margin_breaks_it():
    chance = np.random.default_rng(2)
    sales = np.full(PEOPLE, 100.0)
    profit = sales * (0.3 - 0.06 * TREATED) + chance.normal(0, 5, PEOPLE)
    assert rail("margin", Comparison(TREATED), profit, -0.02, sales).state == "broken"
    assert rail("margin", Comparison(TREATED), profit, -0.10, sales).state == "within"
    rises = sales * (0.3 + 0.06 * TREATED) + chance.normal(0, 5, PEOPLE)
    assert rail("margin", Comparison(TREATED), rises, -0.02, sales).state == "within"


def test_nothing_yet_is_not_within_for_sure_among_few():
    few = np.tile([0, 1], 150)
    assert rail("complaints", Comparison(few), np.zeros(300), 0.005).state == "unsure"
    many = np.tile([0, 1], 20_000)
    assert rail("complaints", Comparison(many), np.zeros(40_000), 0.005).state == "within"


def test_below_a_hundred_people_an_arm_nothing_is_said():
    few = np.tile([0, 1], 90)
    assert rail("complaints", Comparison(few), np.ones(180) * few, 0.005).change is None
    buyers = np.concatenate([np.ones(150), np.zeros(PEOPLE - 150)])
    assert rail("refund_rate", Comparison(TREATED), buyers * 0.1, 0.02, buyers).change is None


def test_a_limit_of_nothing():
    assert rail("complaints", Comparison(TREATED), values(0.01, 0.06), 0.0).state == "broken"
    assert rail("margin", Comparison(TREATED), -values(0.1, 0.5), 0.0, np.ones(PEOPLE)).state == "broken"


def test_intervals_hold_at_all_looks_at_once():
    """Unsubscribes come day by day, more of them among those who get messages: the interval follows the truth."""
    chance, trials, days = np.random.default_rng(4), 300, 28
    held = 0
    for _ in range(trials):
        treated = chance.random(2000) < 0.5
        first = chance.geometric(np.where(treated, 0.004, 0.002), 2000)
        inside = True
        for day in range(1, days + 1):
            truth = (1 - 0.996**day) - (1 - 0.998**day)
            found = rail("unsubscribes", Comparison(treated), (first <= day).astype(float), 0.02)
            inside &= found.change.low <= truth <= found.change.high
        held += inside
    assert held / trials >= 0.95 - 2 * np.sqrt(0.95 * 0.05 / trials)


def test_it_is_narrowest_where_it_tells_the_limit():
    plain = Estimate(0.0, -1.96, 1.96, 10)
    widths = {share: widened(plain, share).high for share in (0.01, 0.3, 1.0, 4.0, 50.0)}
    assert min(widths, key=widths.__getitem__) == 1.0
    assert widened(plain, 1.0).high == always_valid(plain, 10).high
