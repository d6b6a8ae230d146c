import numpy as np
import pyarrow as pa

from daogou.predict.boosted import Boosted
from daogou.predict.linear import Logistic
from daogou.testing.predictor import PredictorContract


class TestBoosted(PredictorContract):
    make = Boosted


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
