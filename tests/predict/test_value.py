"""What customers are worth: on made-up companies whose future is known, and on histories that say nothing."""

from dataclasses import replace

import numpy as np
import pytest

from daogou.base.words import language
from daogou.predict import value_sentences as say
from daogou.predict.value import Lack, customer_values
from daogou.predict.value_sales import Sales
from daogou.predict.value_settings import ValueSettings
from daogou.testing.company import company

QUICK = ValueSettings(days=180, draws=120, fewest_customers=30)
NOW = 540


@pytest.fixture(scope="module")
def found():
    sold = company(1, customers=1_500, days=NOW + 180)
    return sold, customer_values(sold, NOW, 0.5, QUICK)


def test_the_total_is_what_came_and_the_past_is_not_in_it(found):
    sold, values = found
    _made, came = sold.between(NOW, NOW + 180, values.buyers.customer)
    plain = customer_values(sold, NOW, 1.0, replace(QUICK, discount=0.0))
    total = plain.totals["contribution"]
    assert total.value == pytest.approx(came.sum(), rel=0.1)
    assert total.low < came.sum() < total.high
    assert total.value < 0.7 * plain.buyers.net.sum()


def test_margin_and_discount_take_their_part(found):
    sold, values = found
    plain = customer_values(sold, NOW, 1.0, replace(QUICK, discount=0.0))
    ratio = values.totals["contribution"].value / plain.totals["contribution"].value
    assert 0.5 / 1.1**0.5 < ratio < 0.5 / 1.1**0.1
    for name in ("contribution", "at_risk"):
        theirs, ours = plain.totals[name], values.totals[name]
        assert [ours.low, ours.high] == pytest.approx([ratio * theirs.low, ratio * theirs.high], rel=0.05)
    assert values.high.sum() == pytest.approx(ratio * plain.high.sum(), rel=0.05)
    assert np.array_equal(plain.orders, values.orders)


def test_a_day_after_the_moment_changes_nothing(found):
    sold, values = found
    seen = sold.day < NOW
    early = Sales(sold.customer[seen], sold.day[seen], sold.paid[seen], sold.refunded[seen])
    again = customer_values(early, NOW, 0.5, QUICK)
    assert np.array_equal(again.contribution, values.contribution)
    assert np.array_equal(again.low, values.low)
    assert again.totals == values.totals


def test_customers_add_up_to_the_total_and_lie_within_their_bounds(found):
    _sold, values = found
    assert values.contribution.sum() == pytest.approx(values.totals["contribution"].value)
    assert values.at_risk.sum() == pytest.approx(values.totals["at_risk"].value)
    assert (values.low <= values.high).all()
    assert (values.low >= 0).all()
    likely = values.alive > 0.1  # of who has surely left, 39 futures in 40 bring nothing
    assert np.mean(values.contribution[likely] <= values.high[likely]) > 0.99
    assert values.at_risk == pytest.approx(values.contribution * (1 - values.alive) / values.alive)


def test_bounds_of_customers_hold_for_most(found):
    sold, values = found
    _made, came = sold.between(NOW, NOW + 180, values.buyers.customer)
    worth = came * 0.5
    held = (worth >= 0.9 * values.low) & (worth <= values.high)
    assert 0.92 < held.mean() <= 1.0


@pytest.mark.parametrize("drift", [0.0, 0.15])
def test_intervals_of_totals_cover(drift):
    """Ten small companies; with a drift, each one's pace changes for good at the moment of prediction."""
    chance, inside = np.random.default_rng(5), []
    settings = replace(QUICK, drift=max(drift, 0.02), discount=0.0, draws=100)
    for seed in range(10):
        factor = float(np.exp(drift * chance.standard_normal()))
        sold = company(100 + seed, customers=250, days=400 + 180, change=(400, factor))
        values = customer_values(sold, 400, 1.0, settings)
        _made, came = sold.between(400, 580, values.buyers.customer)
        total = values.totals["contribution"]
        inside.append(total.low <= came.sum() <= total.high)
    assert sum(inside) >= 8


def test_what_past_windows_lay_off_corrects_the_total_and_widens_it():
    sold = company(3, customers=1_500, days=540)
    calm = customer_values(sold, 540, 1.0, QUICK)
    growing = customer_values(company(3, customers=1_500, days=540, growth=1.0), 540, 1.0, QUICK)
    assert abs(calm.drifts.money.level) < 0.05
    assert growing.drifts.money.level > 0.05
    assert [one.days for one in growing.windows] == [108] * 4
    assert "+" in " ".join(say.told(growing, 180, "", "EUR")).split("corrected by ")[1]


def test_less_than_a_year_widens_the_interval_and_is_said():
    sold = company(4, customers=1_500, days=200)
    with_seasons = customer_values(sold, 200, 1.0, QUICK)
    without = customer_values(sold, 200, 1.0, replace(QUICK, season=0.0))
    a, b = with_seasons.totals["contribution"], without.totals["contribution"]
    assert a.value == b.value
    assert a.high - a.low > 1.3 * (b.high - b.low)
    assert any("less than a year" in line for line in say.told(with_seasons, 180, "", "EUR"))


def test_the_same_seed_gives_the_same(found):
    sold, values = found
    again = customer_values(sold, NOW, 0.5, QUICK)
    assert again.totals == values.totals
    assert np.array_equal(again.high, values.high)


def rows(*told):
    """Sales from (customer, day, paid, refunded)."""
    return Sales.of(*(np.array(column) for column in zip(*told, strict=True)))


@pytest.mark.parametrize(
    ("sold", "lack", "said"),
    [
        (Sales.of([], [], []), Lack("days", 0, 28), "orders of 0 days, of 28"),
        (rows((1, 0, 10.0, 0.0)), Lack("again", 0, 30), "two days or more: 0, needed: 30"),
        (rows(*((k, 0, 10.0, 0.0) for k in range(100))), Lack("again", 0, 30), "two days or more: 0"),
        (rows(*((k, 99, 10.0, 0.0) for k in range(100))), Lack("days", 1, 28), "orders of 1 days"),
        (rows(*((k, d, 10.0, 0.0) for k in range(100) for d in (0, 40))), None, ""),
        (rows(*((1, 7 * d, 10.0, 0.0) for d in range(14))), Lack("again", 1, 30), "1, needed: 30"),
        (rows(*((k, d, 0.0, 0.0) for k in range(50) for d in range(99))), Lack("days", 0, 28), "0 days"),
        (rows(*((k, d, -5.0, 0.0) for k in range(50) for d in range(99))), Lack("days", 0, 28), "0 days"),
    ],
    ids=["nothing", "one customer", "nobody again", "all today", "all twice", "one regular", "free", "negative"],
)
def test_histories_that_say_nothing_are_refused_in_words(sold, lack, said):
    found = customer_values(sold, 100, 0.25, ValueSettings(draws=100))
    if lack is None:  # alike, but enough: some answer, or a lack that says so
        assert not isinstance(found, Lack) or found.what == "alike"
        return
    assert found == lack
    assert said in next(say.told(found, 365, "", "EUR"))
    with language("zh"):
        assert "需要" in next(say.told(found, 365, "", "EUR"))


def test_customers_who_all_do_the_same_are_too_much_alike_to_tell():
    sold = rows(*((k, d, 10.0, 0.0) for k in range(100) for d in range(100)))
    found = customer_values(sold, 100, 0.25, ValueSettings(draws=100))
    assert isinstance(found, Lack)
    assert found.what == "alike"
    assert "too much alike" in say.lack(found)


def test_five_hundred_purchases_of_one_customer_are_no_harm():
    sold = company(5, customers=300, days=600)
    eager = Sales.of(
        np.append(sold.customer, np.full(500, 9_999)), np.append(sold.day, np.arange(500)),
        np.append(sold.paid, np.full(500, 20.0)), np.append(sold.refunded, np.zeros(500)),
    )  # fmt: skip
    values = customer_values(eager, 510, 1.0, QUICK)
    last = values.contribution[-1]
    assert np.isfinite(values.contribution).all()
    assert np.isfinite(values.high).all()
    assert 0 < last < 180 * 20 * 1.3


def test_who_gave_back_more_than_was_bought_is_worth_little_and_never_less_than_nothing():
    sold = company(6, customers=400, days=400)
    kept = customer_values(sold, 400, 1.0, QUICK)
    who = kept.buyers.customer[np.argsort(-kept.buyers.frequency)[0]]
    back = Sales.of(
        np.append(sold.customer, who), np.append(sold.day, 399), np.append(sold.paid, 0.0),
        np.append(sold.refunded, 1e6),
    )  # fmt: skip
    values = customer_values(back, 400, 1.0, QUICK)
    at = np.searchsorted(values.buyers.customer, who)
    assert values.buyers.net[at] < 0
    assert 0 <= values.contribution[at] < 0.2 * kept.contribution[at]
    assert (values.contribution >= 0).all()


def test_a_margin_that_is_none_is_refused():
    with pytest.raises(ValueError, match="margin"):
        customer_values(Sales.of([1], [1], [1.0]), 9, 0.0, QUICK)
