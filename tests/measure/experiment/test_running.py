"""One look at a test that is still running."""

import numpy as np
import pytest

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.measure.experiment.difference import Comparison
from daogou.measure.experiment.running import DECIDED, Look, Seen, growth, link, look, time_left, z_of
from daogou.measure.experiment.sequential import boundaries

LOOKS = 20


def estimate(value, error, n=1000):
    return Estimate(value, value - Z95 * error, value + Z95 * error, n)


def seen(z, hangs=None):
    return Seen(estimate(z, 1.0), estimate(z, 1.0), hangs)


def test_looks_as_the_days_say_are_those_of_the_boundaries():
    fractions = [0.2, 0.4, 0.6, 0.8, 1.0]
    history = []
    for fraction in fractions:
        history.append(look(history, seen(0.1), fraction))
    np.testing.assert_allclose([one.boundary for one in history], boundaries(fractions), atol=1e-6)
    assert [one.state for one in history] == ["running"] * 4 + ["nothing"]


def test_looks_that_hang_together_more_closely_spend_less_and_bound_lower():
    first = look([], seen(0.1), 0.5)
    loose, close = (look([first], seen(0.1, hangs), 0.9) for hangs in (0.3, 0.95))
    assert close.boundary < loose.boundary
    assert close.information < loose.information


def test_a_look_that_could_not_be_read_counts_for_nothing():
    unread = look([], None, 0.3)
    assert (unread.state, unread.z) == ("mismatch", None)
    few = look([unread], Seen(Estimate(1.0, np.nan, np.nan, 9), Estimate(1.0, np.nan, np.nan, 9)), 0.4)
    assert (few.state, few.z) == ("running", None)
    after = look([unread, few], seen(1.0), 1.0)
    assert after.boundary == pytest.approx(Z95)
    assert look([], Seen(Estimate(1.0, np.nan, np.nan, 9), estimate(0.0, 0.0)), 1.0).state == "nothing"


def test_works_and_harms_and_what_is_told_is_smaller_than_what_was_seen():
    history = [look([], seen(2.0), 0.5)]
    up, down = (look(history, Seen(estimate(z, 1.0), estimate(z, 1.0)), 0.75) for z in (3.0, -3.0))
    assert (up.state, down.state) == ("works", "harms")
    assert 0 < up.told.low < up.told.value < 3.0
    assert down.told.value == pytest.approx(-up.told.value)
    assert look([*history, up], seen(-9.0), 0.9) is up


def test_money_is_told_in_full_and_corrected_by_as_much_as_the_test_was():
    raw = Estimate(30.0, 30.0 - Z95 * 10, 30.0 + Z95 * 10, 500)
    early = look([], seen(1.0), 0.5)
    told = look([early], Seen(raw, estimate(3.0, 1.0)), 0.75).told
    same = look([early], seen(3.0), 0.75).told
    assert told.value == pytest.approx(30.0 + 10 * (same.value - 3.0))
    assert told.low == pytest.approx(30.0 + 10 * (same.low - 3.0))


def test_an_arm_of_several_has_its_part_of_the_error():
    assert look([], seen(0.0), 1.0, alpha=0.025).boundary == pytest.approx(2.2414, abs=1e-3)
    only = look([], seen(2.1), 1.0, alpha=0.025)
    assert only.state == "nothing"
    assert only.told.low < 0 < only.told.high


@pytest.mark.parametrize("fraction", [0.0, 0.5, 0.4, 1.2])
def test_a_share_of_the_days_that_does_not_rise_is_refused(fraction):
    with pytest.raises(ValueError, match="a share of the days that rises"):
        look([Look(0.5, 0.5, 3.0, 0.1, "running")], seen(0.0), fraction)


def test_no_spread_has_no_z():
    assert z_of(estimate(1.0, 0.0)) is None
    assert link(np.zeros(5), np.arange(5.0)) is None


def test_the_link_is_the_correlation_by_unit():
    chance = np.random.default_rng(3)
    unit = np.repeat(np.arange(300), 4)
    now, before = chance.normal(size=(2, 1200))
    sums = [np.bincount(unit, one) for one in (now, before + now)]
    expected = (sums[0] @ sums[1]) / np.sqrt((sums[0] @ sums[0]) * (sums[1] @ sums[1]))
    assert link(now, before + now, unit) == pytest.approx(expected)


EVEN = np.arange(1, LOOKS + 1) / LOOKS
LATE = np.where(EVEN < 0.95, 0.2 * EVEN, 0.2 * EVEN + 10 * (EVEN - 0.85))  # variance of sales: most on the last days
BUYERS = 0.9 * EVEN  # share who have bought for the first time


def hanging_together(kind):
    """Covariance of what people have brought by each look, shape (looks, looks)."""
    if kind == "buyers":
        return np.minimum.outer(BUYERS, BUYERS) * (1 - np.maximum.outer(BUYERS, BUYERS))
    if kind == "people":  # who brings much always does
        return np.minimum.outer(EVEN, EVEN) + 3 * np.outer(EVEN, EVEN)
    of = LATE if kind == "late" else EVEN
    return np.minimum.outer(of, of)


def decided(kind, *, with_link):
    """The share of tests of nothing that any of the looks decides, of 200,000."""
    spread = np.sqrt(np.diag(hanging_together(kind)))
    links = hanging_together(kind) / np.outer(spread, spread)
    history = []
    for k, fraction in enumerate(EVEN.tolist()):
        history.append(look(history, seen(0.0, links[k, k - 1] if k and with_link else None), fraction))
    draws = np.random.default_rng(3).multivariate_normal(np.zeros(LOOKS), links, 200_000, method="eigh")
    return (np.abs(draws) >= [one.boundary for one in history]).any(axis=1).mean()


@pytest.mark.parametrize(("kind", "by_days"), [("even", 0.05), ("late", 0.081), ("buyers", 0.086), ("people", 0.038)])
def test_twenty_looks_at_nothing_decide_one_in_twenty(kind, by_days):
    """Also where sales come late or nearly everyone buys once, which looks by the days alone get wrong."""
    assert decided(kind, with_link=True) == pytest.approx(0.05, abs=0.0025)
    assert decided(kind, with_link=False) == pytest.approx(by_days, abs=0.005)


def test_twenty_looks_at_people_decide_one_in_twenty():
    """The same with the link as it is found from people, who buy once at most."""
    chance, trials, people = np.random.default_rng(8), 300, 1000
    found = 0
    for _ in range(trials):
        treated = chance.random(people) < 0.5
        day = np.where(chance.random(people) < 0.9, chance.integers(0, LOOKS, people), LOOKS)
        compared, history = Comparison(treated.astype(int)), []
        for k, fraction in enumerate(EVEN.tolist()):
            now, before = (day <= k).astype(float), (day < k).astype(float)
            told = compared.effect(now)
            hangs = link(compared.influence(now), compared.influence(before)) if k else None
            history.append(look(history, Seen(told, told, hangs), fraction))
            if history[-1].state in DECIDED:
                break
        found += history[-1].state in DECIDED
    assert found / trials < 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / trials)


def test_time_left_is_that_of_the_plan():
    passed, error = 5, 2.0
    small, large = (estimate(value, error) for value in (0.0, 50.0))
    assert time_left(small, 10.0, passed, 20) == time_left(large, 10.0, passed, 20)
    # per day: an error of 0.4 against 0.5; (0.4 * 2.8016 / 0.5)^2 = 5.02 times the days
    assert time_left(small, 10.0, passed, 20) == 21
    assert time_left(small, 10.0, passed, 20, power=2.0) is None
    assert time_left(small, 1000.0, passed, 20) == 0
    assert time_left(small, 10.0, passed, 20, power=1.5) > 21


def test_growth_tells_days_apart_from_people():
    chance = np.random.default_rng(2)
    daily = chance.normal(size=(20_000, 10))
    own, person = daily.cumsum(axis=1), (daily + 3 * chance.normal(size=(20_000, 1))).cumsum(axis=1)
    for brought, low, high in ((own, 1.0, 1.1), (person, 1.7, 2.0)):
        errors = [estimate(0.0, brought[:, k].std()) for k in (4, 9)]
        assert low <= growth(errors[0], errors[1], 0.5) <= high
    assert growth(Estimate(0.0, np.nan, np.nan, 0), estimate(0.0, 1.0), 0.5) == 1.0
