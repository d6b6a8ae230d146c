from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from daogou.base.words import language
from daogou.predict import sentences as say
from daogou.predict.learn import Lack, Rows, learn
from daogou.predict.settings import PredictSettings
from daogou.predict.target import Moments, Target
from daogou.testing.predictor import example

TARGET = Target("tea", "tea", 28)
DAYS = [date(2024, 1, 1) + timedelta(28 * n) for n in range(4)]
PLAN = Moments(tuple(DAYS[:2]), (DAYS[3],), tuple(DAYS))


@pytest.fixture
def rows():
    frame, y = example(1_200)
    frame = frame.rename_columns({"days": "own_recency"}).drop_columns(["empty"])
    return Rows(frame, np.tile(np.arange(300), 4), np.repeat(np.array(DAYS, "datetime64[D]"), 300), y)


def test_a_clean_target_has_no_findings(rows):
    learned = learn(rows, PLAN, TARGET, PredictSettings(resamples=100))
    assert learned.findings == ()
    assert say.warned(TARGET, learned) == []


def test_a_leak_is_found_before_training_and_told(rows):
    leaky = Rows(rows.frame.append_column("refunded", pa.array(rows.y)), rows.customer, rows.moment, rows.y)
    learned = learn(leaky, PLAN, TARGET, PredictSettings(resamples=100))
    assert [(one.leak, one.column) for one in learned.findings] == [("copy", "refunded")]
    told = "buys tea within 28 days, leak audit: 'refunded' is the outcome itself in other words (AUC alone: 1.00)"
    assert say.warned(TARGET, learned) == [told]
    with language("zh"):
        assert "泄漏检查" in say.warned(TARGET, learned)[0]


def test_nothing_learned_is_nothing_to_warn_of():
    assert say.warned(TARGET, Lack("days", 1, 252)) == []
