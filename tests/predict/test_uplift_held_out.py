import numpy as np
import pyarrow as pa
import pytest

from daogou.predict import DRLearner
from daogou.predict.columns import Columns
from daogou.predict.uplift import scores
from daogou.predict.uplift_held_out import candidates, held_out_effects
from daogou.predict.uplift_trial import Trial, folds
from daogou.testing.uplift import trial


def test_every_row_is_told_by_models_that_did_not_see_it() -> None:
    """An outcome that a row alone holds cannot be known: no effect is told for it."""
    frame, treated, _outcome, _truth = trial(600)
    outcome = np.random.default_rng(1).normal(0, 1, 600)
    found = held_out_effects(frame, treated, outcome)
    assert set(found.effects) == set(candidates())
    for effect in found.effects.values():
        assert effect.shape == found.scores.shape == (600, 1)
        assert abs(np.corrcoef(effect[:, 0], outcome * (2 * treated - 1))[0, 1]) < 0.12
    assert sorted(np.bincount(found.fold)) == pytest.approx([120] * 5, abs=1)


def test_the_mean_score_is_the_mean_effect_and_surer_than_plain_means() -> None:
    off, plain = [], []
    for seed in range(8):
        frame, treated, outcome, truth = trial(500, seed=seed)
        found = held_out_effects(frame, treated, outcome)
        off.append(found.scores.mean() - truth.mean())
        plain.append(outcome[treated == 1].mean() - outcome[treated == 0].mean() - truth.mean())
    assert np.mean(off) == pytest.approx(0, abs=0.05)
    assert np.std(off) < np.std(plain)


def test_several_arms_and_known_lots() -> None:
    frame, treated, outcome, truth = trial(2_000, arms=2)
    found = held_out_effects(frame, treated, outcome, np.array([1 / 3, 1 / 3]))
    assert found.arms == ("1", "2")
    assert found.scores.mean(axis=0) == pytest.approx(truth.mean(axis=0), abs=0.2)


def test_a_household_is_in_one_fold() -> None:
    frame, treated, outcome, _truth = trial(600)
    home = np.arange(600) // 3
    found = held_out_effects(frame, treated, outcome, units=home)
    assert all(len(set(found.fold[home == one])) == 1 for one in range(200))
    with pytest.raises(ValueError, match="units must have one value a row"):
        held_out_effects(frame, treated, outcome, units=home[:5])


def test_scores_and_the_drlearner_foretell_no_unit_by_itself() -> None:
    """Members of a household do the same, whatever they get; only a model that saw one foretells the other.

    ``home`` names the household in a column, so that trees that saw half of it know the rest by heart: what is left of
    the outcome after the correction is then much smaller than where whole households are held out.
    """
    chance = np.random.default_rng(6)
    home = np.repeat(np.arange(150), 8)
    treated = np.repeat(chance.integers(0, 2, 150), 8)
    outcome = np.repeat(chance.normal(0, 1, 150), 8) + chance.normal(0, 0.1, 1_200)
    frame = pa.table({"home": home})
    spread = {}
    for name, units in (("rows", None), ("households", home)):
        trial = Trial.read(treated, outcome, None, 1_200, units)
        columns = Columns.learn(frame)
        score = scores("boosted", 1, columns, columns.numbers_of(frame), columns.codes_of(frame), trial)
        spread[name] = score.std()
    assert spread["households"] > 1.1 * spread["rows"]
    alone = DRLearner(base="boosted").fit(frame, treated, outcome)
    together = DRLearner(base="boosted").fit(frame, treated, outcome, units=home)
    assert np.abs(together.effect(frame) - alone.effect(frame)).max() > 0.1


def test_folds_keep_units_whole_and_hold_every_arm() -> None:
    arm = np.repeat([0, 0, 1, 1, 2, 2], 3)
    trial = Trial.read(arm, np.arange(18.0), None, 18, np.repeat(list("fedcba"), 3))
    assert trial.rows([0, 3]).unit.tolist() == [5, 4]
    for seed in range(20):
        fold = folds(trial, 5, seed)
        assert all(len(set(fold[start : start + 3])) == 1 for start in range(0, 18, 3))
        assert all(set(arm[fold == one]) == {0, 1, 2} for one in set(fold))


def test_an_arm_of_a_single_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="an arm has 1 unit"):
        DRLearner().fit(pa.table({"x": [1, 2, 3, 4]}), [0, 0, 1, 1], [1, 2, 3, 4], units=["a", "b", "c", "c"])
