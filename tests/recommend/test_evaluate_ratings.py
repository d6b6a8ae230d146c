import numpy as np
import pyarrow as pa
import pytest

from daogou.recommend import Interactions, ItemKNN, UserKNN
from daogou.recommend.evaluate_ratings import MeanRating, evaluate_ratings
from daogou.recommend.evaluate_splits import folds
from daogou.testing.recommender import rated_table

RATED = Interactions.from_frame(rated_table(), value="stars")
MODELS = {"Mean": MeanRating(), "UserKNN": UserKNN(), "centered": UserKNN(centered=True), "ItemKNN": ItemKNN()}


def test_errors_are_those_of_each_fold_by_hand():
    found = evaluate_ratings({"Mean": MeanRating()}, RATED, k=4)
    errors = np.concatenate([split.after.values - split.before.values.mean() for split, _places in folds(RATED, 4, 20)])
    assert found.ratings == len(RATED)
    assert found.estimates["Mean", "rmse"].value == pytest.approx(np.sqrt(np.mean(errors**2)))
    assert found.estimates["Mean", "mae"].value == pytest.approx(np.abs(errors).mean())
    assert found.over_best == {}


def test_models_are_compared_on_the_same_folds_and_customers():
    found = evaluate_ratings(MODELS, RATED)
    values = {model: found.estimates[model, "rmse"].value for model in MODELS}
    assert found.best == min(values, key=values.get) != "Mean"
    assert set(found.over_best) == {
        (model, metric) for model in MODELS if model != found.best for metric in ("rmse", "mae")
    }
    for (model, metric), estimate in found.over_best.items():
        gap = found.estimates[model, metric].value - found.estimates[found.best, metric].value
        assert estimate.value == pytest.approx(gap)
        assert estimate.low < estimate.value < estimate.high
        assert estimate.n == 60
    for estimate in found.estimates.values():
        assert estimate.low < estimate.value < estimate.high
    assert evaluate_ratings(MODELS, RATED) == found


def test_few_customers_give_no_interval_and_too_few_ratings_an_error():
    few = Interactions.from_frame(
        pa.table({"customer_id": [1, 1, 2], "item_id": [1, 2, 1], "stars": [1.0, 2.0, 3.0]}), value="stars"
    )
    found = evaluate_ratings({"Mean": MeanRating()}, few, k=3)
    assert np.isnan(found.estimates["Mean", "rmse"].low)
    with pytest.raises(ValueError, match="4 ratings"):
        evaluate_ratings({"Mean": MeanRating()}, few, k=4)
    with pytest.raises(ValueError, match="values"):
        evaluate_ratings(
            {"Mean": MeanRating()}, Interactions.from_frame(pa.table({"customer_id": [1], "item_id": [1]}))
        )
