import numpy as np
import pyarrow as pa
import pytest

from daogou.base.words import language
from daogou.profile.lookalike import FEWEST, alike
from daogou.profile.lookalike_matched import above, chances, strata
from daogou.profile.lookalike_reasons import in_words, reasons
from daogou.profile.lookalike_sentences import caution, lines, refusal

N = 3000


@pytest.fixture(scope="module")
def company():
    """Customers with activity, recency, and tastes that have nothing to do with either."""
    random = np.random.default_rng(0)
    orders, recency = random.poisson(8, N) + 1, random.integers(1, 200, N)
    tea, wine = random.normal(size=N), random.normal(size=N)
    rows = pa.table(
        {
            "orders": orders.astype(float),
            "recency_days": recency.astype(float),
            "share:TEA": tea,
            "share:WINE": wine,
            "noise": random.normal(size=N),
            "city": random.choice(["Berlin", "Paris", "Rome"], N),
            "likes": [";".join(random.choice(list("abcd"), 2, replace=False)) for _row in range(N)],
        }
    )
    return rows, orders, recency, tea


def active(orders, random, n=300):
    """Seeds drawn for their activity and nothing else."""
    made = np.zeros(len(orders), dtype=bool)
    made[random.choice(len(orders), n, replace=False, p=orders / orders.sum())] = True
    return made


def test_seeds_with_a_taste_are_found_and_more_than_among_others_as_active(company):
    rows, orders, recency, tea = company
    random = np.random.default_rng(1)
    likes_tea = random.random(N) < 0.6 / (1 + np.exp(-3 * (tea - 1.2)))
    found = alike(rows, likes_tea, orders, recency, (150,))
    assert found.lack is None
    assert found.auc.low > 0.75
    at = next(at for at in found.curve if at.size == 150)
    assert at.lift.low > 2
    assert at.found.value == pytest.approx(at.lift.value * at.matched.value)
    best = np.argsort(-np.where(likes_tea, -np.inf, found.scores))[:150]
    assert tea[best].mean() > 1
    assert [one.size for one in found.curve] == sorted({one.size for one in found.curve})
    shares = [one.found.value for one in found.curve]
    assert shares == sorted(shares), "a longer list finds no fewer"


@pytest.mark.parametrize("seed", range(4))
def test_seeds_drawn_at_random_are_refused_though_they_are_more_active(company, seed):
    rows, orders, recency, _tea = company
    found = alike(rows, active(orders, np.random.default_rng(seed)), orders, recency)
    assert (found.lack, found.scores) == ("alike", None)
    assert found.auc.low <= 0.5
    assert all(0.6 < at.lift.value < 1.5 for at in found.curve if at.size >= 150)
    told = str(refusal(found, "rules:lately"))
    assert "seed 'rules:lately': they do not differ from others who are as active" in told


def test_what_is_only_activity_is_no_likeness(company):
    """The most active tenth: a model would find them at once, and so would anyone who sorts by orders."""
    rows, orders, recency, _tea = company
    most = orders >= np.quantile(orders, 0.9)
    found = alike(rows, most, orders, recency)
    assert found.lack in ("alone", "alike")


def test_too_few_and_too_many_are_told_with_the_least(company):
    rows, orders, recency, _tea = company
    few = np.arange(N) < FEWEST - 1
    assert str(refusal(alike(rows, few, orders, recency), "a.csv")) == (
        f"seed 'a.csv': {FEWEST - 1} customers are too few to learn from. Name {FEWEST} or more who have a profile."
    )
    most = np.arange(N) >= FEWEST - 1
    assert alike(rows, most, orders, recency).lack == "everyone"
    assert "nearly everyone" in str(refusal(alike(rows, most, orders, recency), "a.csv"))
    with language("zh"):
        assert f"请至少提供 {FEWEST} 位" in str(refusal(alike(rows, few, orders, recency), "a.csv"))


def test_twice_is_the_same(company):
    rows, orders, recency, tea = company
    one, two = (alike(rows, tea > 1.3, orders, recency) for _again in range(2))
    assert (one.scores == two.scores).all()
    assert (one.auc, one.curve) == (two.auc, two.curve)


def test_a_matched_list_has_as_many_of_each_stratum():
    of = np.repeat([0, 1, 2], [10, 100, 5])
    listed = np.concatenate([np.arange(10), np.arange(10, 60)])  # all of the first, half of the second
    assert chances(of, np.arange(115), listed).tolist() == [1, 0.5, 0]


def test_seeds_are_compared_with_their_like():
    orders = np.repeat([1, 50], 100)
    recency = np.tile(np.arange(100), 2)
    scores = orders * 10.0 + np.tile([0.0, 1.0], 100)
    seeds, others = np.arange(101, 200, 20), np.setdiff1d(np.arange(200), np.arange(101, 200, 20))
    won = above(scores, seeds, others, orders, recency)
    assert won.min() >= 0.5, "half of the others who are as active score the same, half less"
    assert won.mean() < 0.9, "not all: those who buy seldom do not count"
    assert np.isnan(above(scores, np.arange(100, 200), np.arange(100), orders, recency)).all(), "nobody is as active"


def test_strata_are_fine_where_seeds_are():
    orders = np.repeat(np.arange(1, 11), 10)
    of = strata(orders, np.ones(100), orders > 5)
    assert len(np.unique(of[orders <= 5])) == 1, "where no seed is, one band does"
    assert len(np.unique(of[orders > 5])) >= 4


def test_reasons_are_against_others_as_active():
    # seeds are all active and like tea; actives who are no seeds like it little, and so do the many others
    is_seed = np.repeat([True, False, False], [50, 50, 200])
    of = np.repeat([0, 0, 1], [50, 50, 200])
    values = np.column_stack([np.repeat([9.0, 9.0, 1.0], [50, 50, 200]), np.repeat([0.5, 0.1, 0.3], [50, 50, 200])])
    found = reasons(("orders", "share:TEA"), values, is_seed, of)
    assert [(one.feature, one.mean, one.overall) for one in found] == [("share:TEA", 0.5, 0.1), ("orders", 9, 9)]
    assert in_words(found) == ["share of TEA 50 % (others as active 10 %)"]


def test_the_caution_goes_with_every_list(company):
    rows, orders, recency, tea = company
    found = alike(rows, tea > 1.3, orders, recency, (100,))
    told = lines(found, 100, 100, 2, ["share of TEA 50 % (others as active 10 %)"])
    assert any(line.startswith("* list of 100: finds ") for line in told)
    assert "Ids in the file that no customer has: 2" in told
    assert caution().startswith("Similar is not persuadable")
    with language("zh"):
        assert "相似不等于能被打动" in caution()
