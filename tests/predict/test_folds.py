import numpy as np
import pytest

from daogou.predict.folds import blocks, folds

Y = (np.arange(300) % 3 == 0).astype(float)


def test_every_row_is_tested_once_a_round_at_its_own_rate():
    splits = list(folds(Y, None, seed=1))
    assert len(splits) == 10
    for number in (0, 1):
        tested = np.sort(np.concatenate([split.test for split in splits if split.round == number]))
        assert np.array_equal(tested, np.arange(300))
    assert all(Y[split.test].mean() == pytest.approx(1 / 3) for split in splits)
    assert all(not np.intersect1d(split.train, split.test).size for split in splits)


def test_groups_stay_whole():
    groups = np.repeat(np.arange(100), 3)
    for split in folds(Y, groups, seed=1):
        assert not np.intersect1d(groups[split.train], groups[split.test]).size


def test_blocks_are_of_whole_moments_and_learn_from_earlier_ones():
    when = np.repeat(np.arange(30), 10)[::-1]
    splits = list(blocks(Y, when, None))
    assert len(splits) == 5
    for split in splits:
        assert when[split.train].max() < when[split.test].min()


def test_customers_who_could_be_recognised_are_not_learned_from():
    when, who = np.repeat(np.arange(30), 10), np.arange(300) % 25
    settled = (who % 2).astype(float)
    for split in blocks(settled, when, who):
        assert not np.intersect1d(who[split.train], who[split.test]).size
    assert any(np.intersect1d(who[split.train], who[split.test]).size for split in blocks(Y, when, who))
