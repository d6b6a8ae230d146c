"""Whatever library a table is held in, every public model takes it as it is and gives the same."""

import importlib

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from daogou.predict import Logistic
from daogou.profile import KMeans
from daogou.recommend import Interactions, ItemKNN

CHANCE = np.random.default_rng(2)
TAKEN = pa.table(
    {
        "customer_id": [f"c{n}" for n in CHANCE.integers(0, 30, 400)],
        "item_id": CHANCE.integers(0, 25, 400),
        "when": pa.array(CHANCE.integers(0, 10**9, 400)).cast(pa.timestamp("s")),
    }
)
PEOPLE = pa.table(
    {
        "age": pa.array(CHANCE.integers(18, 80, 300), mask=CHANCE.random(300) < 0.1),
        "plan": pa.array(CHANCE.choice(["Basic", "Premium"], 300)),
        "interests": pa.array(CHANCE.choice(["tea;music", "音乐、茶", "sport", None], 300)),
    }
)
LEFT = CHANCE.integers(0, 2, 300)
HELD = {"pandas": lambda table: table.to_pandas(), "polars": pl.from_arrow, "pyarrow": lambda table: table}


@pytest.mark.parametrize("library", HELD)
def test_recommendations(library: str) -> None:
    def picks(frame: object) -> list[list[object]]:
        model = ItemKNN(feedback="implicit").fit(Interactions.from_frame(frame, when="when"))
        return model.recommend(["c1", "c2"], 5).item_ids.tolist()

    assert picks(HELD[library](TAKEN)) == picks(TAKEN)


@pytest.mark.parametrize("library", HELD)
def test_predictions(library: str) -> None:
    frame = HELD[library](PEOPLE)
    assert Logistic().fit(frame, LEFT).predict(frame) == pytest.approx(Logistic().fit(PEOPLE, LEFT).predict(PEOPLE))


@pytest.mark.parametrize("library", HELD)
def test_groups(library: str) -> None:
    assert KMeans(k=3).fit(HELD[library](PEOPLE)).labels_.tolist() == KMeans(k=3).fit(PEOPLE).labels_.tolist()


@pytest.mark.parametrize("room", ["recommend", "predict", "profile", "campaign"])
def test_every_public_name_is_there(room: str) -> None:
    module = importlib.import_module(f"daogou.{room}")
    assert all(hasattr(module, name) for name in module.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Nobody'"):
        module.Nobody  # noqa: B018 (asking is the test)
