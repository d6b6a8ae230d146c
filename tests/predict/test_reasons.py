"""Why a score is what it is, in words."""

import json
import re

import numpy as np
import pyarrow as pa

from daogou.base.words import language
from daogou.predict import Logistic
from daogou.predict.contributions import Contributions
from daogou.predict.history import ANY
from daogou.predict.reasons import SAID, Reason, read, said, strongest

TOLD = Contributions(
    ("own_recency", "orders", "attribute_age", "any_fading_28", "idle"),
    np.array([[-0.5, 0.25, 0.75, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0]]),
    -1.0,
    "log-odds",
)
FRAME = pa.table(
    {
        "own_recency": [3, 4],
        "orders": [12, 1],
        "attribute_age": ["45-54", None],
        "any_fading_28": [0.5, 0.1],
        "idle": pa.nulls(2, pa.float64()),
    }
)


def test_the_strongest_are_kept_with_their_values_and_idle_columns_are_no_reason():
    first, second = strongest(TOLD, FRAME)
    assert read(first) == [
        Reason("attribute_age", "45-54", 0.75),
        Reason("own_recency", 3, -0.5),
        Reason("orders", 12, 0.25),
    ]
    assert read(second) == []


def test_they_are_said_in_words():
    first, second = strongest(TOLD, FRAME)
    words = {"orders": "orders ever"}.get
    assert said(first, "DELI", words) == "age 45-54 raises it; days since DELI 3 lowers it; orders ever 12 raises it"
    assert said(second, "DELI", words) == ""
    with language("zh"):
        assert "DELI" in said(first, "DELI", lambda _name: "订单数")


def test_every_column_of_a_history_has_words_in_both_languages():
    names = ["recency", "days", "days_7", "days_84", "net_sales", "net_sales_28", "lines", "gap_mean", "gap_sd"]
    names += ["overdue_ratio", "periods", "fading_14", "share", "rate", "rate_84", "pace"]
    for name in names:
        text = json.dumps([{"column": f"own_{name}", "value": None, "adds": 1.0}])
        assert "own_" not in said(text, "DELI", str)
        assert "any order" in said(text.replace("own_", "any_"), ANY, str)
        with language("zh"):
            assert not re.search("[A-Za-z]", said(text, "熟食", str)), said(text, "熟食", str)


def test_a_model_explains_its_own_customers():
    chance = np.random.default_rng(3)
    frame = pa.table({"days": chance.integers(0, 100, 500), "noise": chance.random(500)})
    y = (chance.random(500) < 1 / (1 + np.exp(frame["days"].to_numpy() / 20 - 2))).astype(int)
    kept = strongest(Logistic().fit(frame, y).contributions(frame), frame)
    assert all(len(read(one)) <= SAID for one in kept)
    near = [read(one)[0] for one, days in zip(kept, frame["days"].to_pylist(), strict=True) if days < 10]
    assert {(one.column, one.adds > 0) for one in near} == {("days", True)}
