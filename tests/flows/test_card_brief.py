"""Short cards of models that tell no probability of a day to come."""

from datetime import date

import pytest

from daogou.base.words import language
from daogou.flows.card_brief import briefs
from daogou.store.tables import CARDS, EVALUATIONS, MODELS
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows

DAY = date(2024, 3, 1)


def measured(stage, subject, model, metric, value):
    return {"as_of": DAY, "stage": stage, "subject": subject, "model": model, "metric": metric, "value": value, "n": 90}


@pytest.fixture
def found():
    with Warehouse(":memory:") as warehouse:
        names = ("predict/tea", "predict/spend", "recommend/ItemKNN", "segment/kmeans")
        warehouse.append(MODELS, rows(MODELS, *({"as_of": DAY, "name": name, "kind": "Some"} for name in names)))
        warehouse.append(CARDS, rows(CARDS, {"as_of": DAY, "target": "tea"}))
        told = [
            measured("predict", "tea", "logistic", "auc", 0.8),
            measured("predict", "spend", "linear", "mae", 12.5),
            measured("predict", "spend", "last", "mae", 15.0),
            measured("recommend", "new", "ItemKNN", "ndcg@10", 0.05),
            measured("recommend", "new", "Popular", "ndcg@10", 0.03),
        ]
        warehouse.append(EVALUATIONS, rows(EVALUATIONS, *told))
        yield {one.name: one for one in briefs(warehouse, DAY)}


def test_every_model_without_a_whole_card_has_a_short_one(found):
    assert list(found) == ["spend", "recommend/ItemKNN", "segment/kmeans"]


def test_a_prediction_is_shown_beside_what_it_was_compared_with_others_alone(found):
    assert [(one.model, one.value.value) for one in found["spend"].figures] == [("last", 15.0), ("linear", 12.5)]
    assert [one.model for one in found["recommend/ItemKNN"].figures] == ["ItemKNN"]


def test_of_what_was_not_measured_that_is_said(found):
    with language("en"):
        assert found["segment/kmeans"].sections()[1].says == ("Nothing was measured of it.",)


@pytest.mark.parametrize("code", ["en", "zh"])
def test_tables_are_as_wide_as_their_heads(found, code):
    with language(code):
        for section in found["spend"].sections():
            assert all(len(row) == len(section.head) for row in section.rows)


def test_as_json_it_is_marked_as_short(found):
    kept = found["spend"].as_dict()
    assert (kept["brief"], kept["as_of"], kept["figures"][0]["metric"]) == (True, "2024-03-01", "mae")
