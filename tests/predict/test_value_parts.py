"""The parts of a customer's value: days of sales, wholesale buyers, models of money, of timing, and past windows."""

import numpy as np
import pytest

from daogou.predict import BGNBD, ParetoNBD
from daogou.predict.credibility import Credibility
from daogou.predict.value_forward import Drift, Held, held_forward
from daogou.predict.value_money import CREDIBILITY, GAMMA_GAMMA, money
from daogou.predict.value_sales import Sales, wholesale
from daogou.predict.value_settings import ValueSettings
from daogou.predict.value_timing import choose_timing
from daogou.testing.company import company


def chance():
    return np.random.default_rng(3)


def test_days_are_what_was_bought_less_what_came_back():
    sold = Sales.of([1, 1, 1, 2, 1], [5, 5, 9, 9, 12], [10.0, 5.0, 20.0, 8.0, 0.0], [0.0, 0.0, 20.0, 0.0, 4.0])
    buyers = sold.until(20)
    assert buyers.customer.tolist() == [1, 2]
    assert buyers.frequency.tolist() == [0, 0]  # what came back on its own day never was a purchase
    assert buyers.age.tolist() == [15, 11]
    assert buyers.net.tolist() == [11, 8]
    assert buyers.value.tolist() == [11, 8]
    assert [part.tolist() for part in sold.between(5, 13, buyers.customer)] == [[1, 1], [11, 8]]
    assert sold.until(12).net.tolist() == [15, 8]  # the refund of day 12 is not known yet
    assert sold.until(5).customer.tolist() == []


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        (([1], [1, 2], [3.0]), "one shape"),
        (([1], [1], [np.nan]), "must be numbers"),
        (([1], [1], [3.0], [-1.0]), "0 or more"),
    ],
)
def test_sales_that_cannot_be_are_refused(told, problem):
    with pytest.raises(ValueError, match=problem):
        Sales.of(*told)


def test_wholesale_buyers_are_named_and_log_normal_customers_are_not():
    usual = np.exp(chance().normal(3, 0.8, 2_000))
    paid = np.append(usual, [50_000.0, 90_000.0])
    buyers = Sales.of(np.arange(2_002), np.zeros(2_002), paid).until(1)
    named = wholesale(buyers)
    assert named[-2:].all()
    assert named[:-2].sum() <= 2
    assert not wholesale(Sales.of(np.arange(9), np.zeros(9), [5.0] * 8 + [900.0]).until(1)).any()  # half pay the same
    assert not wholesale(Sales.of([], [], []).until(1)).size


def test_gamma_gamma_is_used_where_frequency_says_nothing_of_value_and_refused_where_it_does():
    apart = money(company(1, 1_500, 540).until(540), 3.5, 0.1, chance(), 3)
    assert (apart.name, apart.refused) == (GAMMA_GAMMA, None)
    together = money(company(1, 1_500, 540, together=0.5).until(540), 3.5, 0.1, chance(), 3)
    assert (together.name, together.refused) == (CREDIBILITY, "correlated")
    assert together.tested.low > 0.1
    assert "who buys often pays more a purchase: correlation 0." in together.tested.said()
    assert together.tested.p_value < 1e-6
    less = money(company(1, 1_500, 540, together=-0.6).until(540), 3.5, 0.1, chance(), 3)
    assert less.refused == "correlated"
    assert "less" in less.tested.said()


def test_the_model_that_takes_its_place_knows_what_each_band_pays():
    sold = company(2, 3_000, 720, together=0.6)
    buyers = sold.until(540)
    found = money(buyers, 3.5, 0.1, chance(), 3)
    made, came = sold.between(540, 720, buyers.customer)
    for band in (buyers.purchases < 5, (buyers.purchases >= 5) & (buyers.purchases < 9), buyers.purchases >= 9):
        assert (made * found.mean)[band].sum() == pytest.approx(came[band].sum(), rel=0.25)
    assert made @ found.mean == pytest.approx(came.sum(), rel=0.1)
    few, many = (found.mean[band].mean() for band in (buyers.purchases == 1, buyers.purchases >= 9))
    assert many > 1.3 * few


def test_wholesale_buyers_do_not_move_what_others_are_expected_to_pay():
    sold = company(1, 1_500, 540)
    whole = Sales.of(
        np.append(sold.customer, [9_001] * 9 + [9_002] * 5), np.append(sold.day, [*range(9), *range(5)]),
        np.append(sold.paid, [1e5] * 9 + [3e4] * 5), np.append(sold.refunded, np.zeros(14)),
    )  # fmt: skip
    alone, beside = (money(one.until(540), 3.5, 0.1, chance(), 3) for one in (sold, whole))
    assert beside.mean[:-2][~alone.is_wholesale] == pytest.approx(alone.mean[~alone.is_wholesale], rel=1e-6)
    assert beside.is_wholesale[-2:].all()
    assert 3e4 < beside.mean[-1] < beside.mean[-2] < 1e5 + 1


def test_draws_of_money_have_the_mean_and_the_variance_that_are_said():
    found = money(company(1, 1_500, 540).until(540), 3.5, 0.1, chance(), 3)
    some = found.take(slice(0, 1))
    drawn = np.array([some.drawn(chance_, np.array([4.0]))[0] for chance_ in [chance()] for _again in range(20_000)])
    mean, own, within = some.mean[0], some.own[0], some.within[0]
    assert drawn.mean() == pytest.approx(4 * mean, rel=0.02)
    assert drawn.var() == pytest.approx(4 * within * (1 + own / mean**2) + 16 * own, rel=0.1)
    assert (found.drawn(chance(), np.zeros(len(found.mean))) == 0).all()


def test_credibility_weighs_own_purchases_against_the_band():
    rng = chance()
    n = rng.integers(1, 12, 20_000)
    own = 50 + 10 * rng.standard_normal(20_000)
    value = own + 20 * rng.standard_normal(20_000) / np.sqrt(n)
    squares = 400 * rng.chisquare(np.maximum(n - 1, 1)) * (n > 1)
    model = Credibility().fit(n, value, squares)
    assert model.within_ == pytest.approx(400, rel=0.05)
    assert model.between_ == pytest.approx([100] * 5, rel=0.3)
    told = model.expected(n, value)
    assert np.mean((told - own) ** 2) < 0.95 * min(np.mean((value - own) ** 2), np.mean((50 - own) ** 2))
    slope = np.polyfit(told, own, 1)[0]
    assert slope == pytest.approx(1, abs=0.05)
    others = model.others(chance(), 5, n, value, squares)
    assert len({one.means_[0] for one in others}) == 5


def test_credibility_refuses_what_cannot_be():
    with pytest.raises(ValueError, match="one shape"):
        Credibility().fit([], [], [])
    with pytest.raises(ValueError, match="fit the model first"):
        Credibility().expected([1], [1.0])
    alone = Credibility().fit([1], [5.0], [0.0])
    assert alone.expected([1], [5.0]).tolist() == [5.0]


@pytest.mark.parametrize("model", [BGNBD, ParetoNBD])
def test_futures_have_the_mean_that_is_expected(model):
    buyers = company(1, 1_500, 540).until(400)
    fitted = model().fit(*buyers.history)
    rng = chance()
    drawn = np.mean([fitted.future(rng, 180, *buyers.history).sum() for _again in range(60)])
    assert drawn == pytest.approx(fitted.expected(180, *buyers.history).sum(), rel=0.02)


@pytest.mark.parametrize("model", [BGNBD, ParetoNBD])
def test_parameters_are_as_uncertain_as_other_samples_show(model):
    """Models of other halves of the customers differ as far as their information says."""
    buyers = company(7, 1_500, 400, stays=0.2).until(400)
    rng, told, seen = chance(), [], []
    for _again in range(12):
        half = buyers.take(rng.random(1_500) < 0.5)
        fitted = model().fit(*half.history)
        seen.append(fitted.expected(180, *buyers.history).sum())
        if len(told) < 2:
            others = fitted.others(rng, 40, *half.history)
            told.append(np.std([one.expected(180, *buyers.history).sum() for one in others]))
    # halves of one sample share half of its chance: their spread is smaller by the root of two
    assert 0.4 < np.std(seen) * np.sqrt(2) / np.mean(told) < 2.0


@pytest.mark.parametrize("model", [BGNBD, ParetoNBD])
def test_what_a_model_says_of_each_adds_up_to_its_likelihood(model):
    buyers = company(1, 500, 400).until(400)
    fitted = model().fit(*buyers.history)
    assert fitted.log_likelihoods(*buyers.history).sum() == pytest.approx(fitted.log_likelihood_, rel=1e-9)
    assert fitted.expected(90, *buyers.history) == pytest.approx(
        fitted.if_alive(90, *buyers.history) * fitted.alive(*buyers.history)
    )


def leaving_any_time(seed, customers=3_000, days=700):
    """Sales of customers who leave at a moment of their own, not after a purchase."""
    rng = np.random.default_rng(seed)
    rows = []
    for k in range(customers):
        pace, end = rng.gamma(2.0, 1 / 20), rng.exponential(1 / rng.gamma(1.0, 1 / 150))
        gaps = np.cumsum(rng.exponential(1 / pace, 400))
        came = rng.integers(0, 300)
        rows += [(k, came)] + [(k, came + int(gap) + 1) for gap in gaps[gaps < min(end, days - came - 1)]]
    customer, day = np.array(rows).T
    return Sales.of(customer, day, np.ones(len(day)))


def test_the_model_of_timing_is_the_one_that_later_days_bear_out():
    anytime = choose_timing(leaving_any_time(1), 600, 200, 30, 1)
    assert anytime.name == "Pareto/NBD"
    assert anytime.gain > anytime.error > 0
    after = choose_timing(company(1, 3_000, 700, stays=0.3), 600, 200, 30, 1)
    assert after.name == "BG/NBD"
    few = choose_timing(company(1, 20, 100), 60, 30, 30, 1)
    assert (few.name, few.days) == ("BG/NBD", 0)


def test_windows_lie_before_the_moment_and_know_nothing_of_what_they_test():
    sold = company(1, 800, 500)
    settings = ValueSettings()
    windows = held_forward(sold, 0, 500, "BG/NBD", settings)
    assert [one.start for one in windows] == [100, 200, 300, 400]
    seen = sold.day < 300
    early = Sales(sold.customer[seen], sold.day[seen], sold.paid[seen], sold.refunded[seen])
    again = held_forward(early, 0, 500, "BG/NBD", settings)
    assert again[2].money.expected == windows[2].money.expected
    assert again[2].money.came == 0
    assert abs(windows[3].money.error) < 0.15
    assert held_forward(sold, 0, 3, "BG/NBD", settings) == ()


def test_windows_are_whole_years_where_two_are_known_and_a_year_is_asked_for():
    sold = company(1, 300, 1_200)
    windows = held_forward(sold, 0, 1_200, "BG/NBD", ValueSettings())
    assert [(one.start, one.days) for one in windows] == [(470, 365), (835, 365)]
    assert [one.days for one in held_forward(sold, 0, 700, "BG/NBD", ValueSettings())] == [140] * 4
    assert [one.days for one in held_forward(sold, 0, 1_200, "BG/NBD", ValueSettings(days=90))] == [90] * 4


def test_drift_leans_to_nothing_until_windows_agree():
    one = Drift.of([Held(100, 150)], 0.1)
    four = Drift.of([Held(100, 150)] * 4, 0.1)
    assert 0 < one.level < four.level < np.log(1.5)
    assert four.freedom == 7
    noisy = Drift.of([Held(100, 150, 0.2)] * 4, 0.1)
    assert noisy.scale < four.scale
    drawn = four.drawn(chance(), 10_000)
    assert np.log(np.median(drawn)) == pytest.approx(four.level, abs=1e-6)
    assert Drift.of([], 0.1, season=0.15).scale == pytest.approx(np.hypot(0.1, 0.15))
