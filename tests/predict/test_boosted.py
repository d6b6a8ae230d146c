import numpy as np
import pyarrow as pa
import pytest

from daogou.predict.boosted import Boosted, Tree
from daogou.predict.linear import Logistic
from daogou.testing.predictor import RawPredictorContract, ValuePredictorContract, example


class TestBoosted(RawPredictorContract):
    make = Boosted


class TestBoostedValues(ValuePredictorContract):
    make = staticmethod(lambda: Boosted(goal="value"))


class TestTree(RawPredictorContract):
    make = Tree


class TestTreeValues(ValuePredictorContract):
    make = staticmethod(lambda: Tree(leaves=64, goal="value"))


def test_a_leaf_of_a_tree_holds_the_rate_of_its_rows():
    flag = np.repeat([True, False], 100)
    y = np.concatenate([np.repeat([1, 0], [30, 70]), np.repeat([1, 0], [10, 90])])
    rates = Tree(penalty=0).fit(pa.table({"flag": flag}), y).predict(pa.table({"flag": [True, False]}))
    assert rates == pytest.approx([0.3, 0.1], abs=1e-6)


def test_a_tree_has_no_more_leaves_than_it_may():
    frame, y = example()
    assert len(np.unique(Tree(leaves=4).fit(frame, y).predict(frame))) <= 4


def test_a_goal_that_does_not_exist():
    with pytest.raises(ValueError, match="goal must be 'event' or 'value', not 'class'"):
        Tree(goal="class")


def test_finds_an_interaction_that_a_line_cannot():
    # exclusive or: each column alone says nothing
    chance = np.random.default_rng(3)
    a, b = chance.random(2_000) < 0.5, chance.random(2_000) < 0.5
    frame = pa.table({"a": a, "b": b})
    y = (a != b).astype(int)
    trees = Boosted(column_share=1.0, learning_rate=0.1).fit(frame, y).predict(frame)
    line = Logistic().fit(frame, y).predict(frame)
    assert ((trees > 0.5) == y).all()
    assert abs(line - 0.5).max() < 0.05


def test_another_seed_gives_other_trees():
    chance = np.random.default_rng(3)
    frame = pa.table({f"x{n}": chance.normal(size=1_000) for n in range(5)})
    y = (chance.random(1_000) < 0.4).astype(int)
    assert not np.array_equal(
        Boosted(seed=1).fit(frame, y).predict(frame), Boosted(seed=2).fit(frame, y).predict(frame)
    )
