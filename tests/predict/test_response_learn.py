"""Who answers a campaign: later campaigns test a model of those that had ended."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from daogou.predict.response_learn import Answers, Few, Reached, learn, split_day
from daogou.predict.response_sentences import told

FIRST = np.datetime64("2024-01-01")
AS_OF = date(2024, 12, 31)


def made(campaigns=10, people=200, days=40, seed=1, answer=0.0):
    """Customers who answer the more, the more they bought of what is covered; a campaign a month."""
    chance = np.random.default_rng(seed)
    covered = chance.poisson(2, (campaigns, people)).ravel().astype(float)
    happened = chance.random(len(covered)) < 1 / (1 + np.exp(3 - covered)) + answer
    campaign = np.repeat([f"c{n:02}" for n in range(campaigns)], people)
    starts = FIRST + np.repeat(np.arange(campaigns) * 30, people)
    frame = pa.table({"covered_days": covered, "coupon_recency": chance.integers(1, 200, len(covered)).astype(float)})
    return Reached(frame, campaign, np.tile(np.arange(people), campaigns), starts, starts + days, happened.astype(int))


def test_the_split_is_where_half_of_the_campaigns_had_ended():
    days = FIRST + np.arange(10) * 30
    assert split_day(days, days + 20) == days[5]
    assert split_day(days, days + 50) == days[6]
    assert split_day(days, days + 400) is None


def test_later_campaigns_test_a_model_of_those_that_had_ended():
    found = learn(made(), AS_OF, 100, 1)
    assert isinstance(found, Answers)
    assert (found.trained, found.tested, found.unfinished) == (5, 4, 0)  # one was running on the day
    assert found.from_day == date(2024, 6, 29)
    assert found.champion == "logistic"
    auc = found.estimates["logistic"]["auc"]
    assert auc.n == 4 * 200
    assert 0.7 < auc.low < auc.value < auc.high < 1
    assert found.estimates["logistic"]["gain_over_recency"].low > 0


def test_a_campaign_of_the_test_teaches_the_model_nothing():
    rows = made()
    turned = Reached(*(vars(rows) | {"y": np.where(rows.starts >= FIRST + 180, 1 - rows.y, rows.y)}).values())
    found = learn(turned, AS_OF, 100, 1)
    assert found.estimates["logistic"]["auc"].value < 0.3


def test_the_model_that_is_kept_learns_from_every_campaign_that_had_ended():
    rows = made()
    half = learn(rows, date(2024, 7, 1), 100, 1, date(2024, 4, 1))
    whole = learn(rows, AS_OF, 100, 1, date(2024, 4, 1))
    assert half.model.to_bytes() != whole.model.to_bytes()
    assert half.estimates == whole.estimates
    assert half.unfinished == 5
    assert any("still running" in line for line in told(half))
    assert not any("still running" in line for line in told(whole))


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        (made(campaigns=1), "campaigns"),
        (made(days=900), "campaigns"),
        (made(people=10), "did not"),
        (made(answer=1.0), "did not"),
    ],
)
def test_not_enough_is_said_with_how_much_would_be(rows, what):
    found = learn(rows, AS_OF, 100, 1)
    assert isinstance(found, Few)
    assert found.what in (what, "answered")
    assert found.need > found.have
    assert "not enough data" in told(found)[0]


def test_a_leak_is_told():
    rows = made()
    frame = rows.frame.append_column("leak", pa.array(rows.y.astype(float)))
    found = learn(Reached(*(vars(rows) | {"frame": frame}).values()), AS_OF, 100, 1)
    assert any("leak" in line and "audit" in line for line in told(found))


def test_the_same_rows_give_the_same_model():
    assert learn(made(), AS_OF, 100, 1).model.to_bytes() == learn(made(), AS_OF, 100, 1).model.to_bytes()
