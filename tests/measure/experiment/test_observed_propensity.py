"""Models that foretell who was reached, and what each would have brought."""

import numpy as np
import pytest

from daogou.measure.experiment.propensity import FOLDS, folds, foretold, ridge, standardised


def people(seed=1, n=600):
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.gamma(1.0, 50.0, n), rng.normal(size=n), rng.random(n) < 0.3])
    treated = rng.random(n) < 1 / (1 + np.exp(-x[:, 1]))
    return rng, x, treated, 0.2 * x[:, 0] + rng.normal(size=n)


def test_nobody_is_foretold_by_a_model_that_saw_them():
    """Whoever's outcome is changed is foretold the same, and others are not."""
    _rng, x, treated, y = people()
    first = foretold(y, treated, x).if_not
    one = int(np.flatnonzero(~treated)[0])
    changed = y.copy()
    changed[one] += 1e6
    second = foretold(changed, treated, x).if_not
    fold = folds(treated, 0)
    same = fold == fold[one]
    assert np.array_equal(first[same], second[same])
    assert not np.isclose(first[~same], second[~same]).any()


def test_what_those_reached_brought_teaches_nothing_of_what_they_would_have():
    _rng, x, treated, y = people()
    assert np.array_equal(foretold(y, treated, x).if_not, foretold(y + 1000 * treated, treated, x).if_not)


def test_nobody_is_called_likely_by_a_model_that_saw_that_they_were_reached():
    """Forty columns of noise: whoever was reached looks no likelier than others."""
    rng = np.random.default_rng(5)
    x, treated = rng.normal(size=(300, 40)), np.arange(300) % 3 == 0
    chance = foretold(np.zeros(300), treated, x).propensity
    assert chance[treated].mean() - chance[~treated].mean() < 0.05


def test_it_is_right_about_who_was_reached():
    _rng, x, treated, y = people(n=4000)
    chance = foretold(y, treated, x).propensity
    assert np.abs(chance - 1 / (1 + np.exp(-x[:, 1]))).mean() < 0.05
    assert (chance > 0).all()
    assert (chance < 1).all()


@pytest.mark.parametrize("penalty", [1.0, 1000.0])
def test_ridge_is_scikit_learns(penalty, monkeypatch):
    from sklearn.linear_model import Ridge

    monkeypatch.setattr("daogou.measure.experiment.propensity._PENALTIES", (penalty,))
    _rng, x, _treated, y = people()
    expected = Ridge(alpha=penalty).fit(x[:500], y[:500]).predict(x[500:])
    assert ridge(x[:500], y[:500], x[500:]) == pytest.approx(expected)


def test_the_penalty_is_chosen_as_scikit_learn_chooses_it():
    from sklearn.linear_model import RidgeCV

    rng = np.random.default_rng(4)
    x = rng.normal(size=(300, 80))
    y = x[:, 0] + rng.normal(0, 5, 300)
    expected = RidgeCV([1.0, 10.0, 100.0, 1000.0, 1e4, 1e5]).fit(x, y).predict(x)
    # its left-out errors are exact where ours are by trace: the penalty is the same
    assert ridge(x, y, x) == pytest.approx(expected, rel=1e-6)


def test_values_not_known_and_columns_that_say_nothing_do_no_harm():
    _rng, x, treated, y = people()
    x = np.column_stack([x, np.where(treated, np.nan, 1.0), np.ones(len(y))])
    x[::7, 0] = np.nan
    assert np.isfinite(standardised(x, len(y))).all()
    assert np.isfinite(foretold(y, treated, x).if_not).all()
    assert foretold(y, treated, np.zeros((len(y), 0))).propensity == pytest.approx(treated.mean(), abs=0.02)


def test_folds_are_even_in_both_arms_and_hang_on_the_seed():
    treated = np.arange(503) < 101
    fold = folds(treated, 1)
    for side in (treated, ~treated):
        counts = np.bincount(fold[side], minlength=FOLDS)
        assert counts.max() - counts.min() <= 1
    assert not np.array_equal(fold, folds(treated, 2))


def test_too_few_are_refused_with_the_reason():
    with pytest.raises(ValueError, match="an arm has 3 people"):
        foretold(np.ones(50), np.arange(50) < 3, np.ones(50))
