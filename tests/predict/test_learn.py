from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from scipy.special import expit, logit

from daogou.base.rule import Did
from daogou.base.words import language
from daogou.predict import sentences as say
from daogou.predict.calibrated import Calibrated
from daogou.predict.festivals import Windows
from daogou.predict.learn import Lack, Rows, learn, models
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


def test_all_models_that_are_named_are_compared_and_the_rule_always(rows):
    names = ("logistic", "linear", "tree", "boosted", "svm", "blend")
    learned = learn(rows, PLAN, TARGET, PredictSettings(resamples=100), names)
    assert list(learned.estimates) == ["recency", *names]
    few = learn(rows, PLAN, TARGET, PredictSettings(resamples=100, models=("tree",)))
    assert list(few.estimates) == ["recency", "tree"]
    for metrics in learned.estimates.values():
        assert {"auc", "brier", "log_loss", "ece", "slope", "average_precision", "lift_in_tenth"} <= set(metrics)
        assert all(one.low <= one.high for one in metrics.values())


def test_a_blend_of_fitted_members_is_the_blend_that_is_fitted(rows):
    known = models(TARGET, PredictSettings())
    blend = known["blend"].fit(rows.frame, rows.y)
    parts = [known[name].fit(rows.frame, rows.y) for name in ("logistic", "boosted")]
    expected = expit(sum(logit(part.predict(rows.frame)) for part in parts) / 2)
    assert blend.predict(rows.frame) == pytest.approx(expected)
    alone = learn(rows, PLAN, TARGET, PredictSettings(resamples=100, models=("blend",)))
    together = learn(rows, PLAN, TARGET, PredictSettings(resamples=100))
    loss = "log_loss"
    assert alone.estimates["blend"][loss] == together.estimates["blend"][loss]


@pytest.fixture
def fading():
    """Rows of six moments; what tells customers apart tells half as much after the first four."""
    chance = np.random.default_rng(4)
    days = [date(2024, 1, 1) + timedelta(28 * n) for n in range(6)]
    n = 900
    x = chance.normal(size=6 * n)
    weight = np.repeat([3.0, 3.0, 3.0, 3.0, 1.5, 1.5], n)
    y = (chance.random(6 * n) < expit(weight * x)).astype(np.int8)
    frame = pa.table({"own_recency": chance.random(6 * n), "x": x})
    return Rows(frame, np.tile(np.arange(n), 6), np.repeat(np.array(days, "datetime64[D]"), n), y), days


def test_a_model_that_is_too_sure_of_itself_is_calibrated_on_the_window_between(fading):
    rows, days = fading
    settings = PredictSettings(resamples=100, models=("logistic",))
    plan = Moments(tuple(days[:5]), (days[5],), tuple(days), tuple(days[:4]), (days[4],))
    learned = learn(rows, plan, TARGET, settings)
    assert learned.calibration == "used"
    assert isinstance(learned.model, Calibrated)
    plain = learn(rows, replace(plan, before=(), calibrate=()), TARGET, settings)
    assert (plain.calibration, type(plain.model).__name__) == ("no window", "Logistic")
    assert plain.estimates["logistic"]["log_loss"].value > learned.estimates["logistic"]["log_loss"].value


def test_a_month_in_which_more_happens_does_not_raise_what_is_foretold(fading):
    rows, days = fading
    high = rows.moment == np.datetime64(days[4])
    risen = np.where(high & (np.random.default_rng(5).random(len(rows.y)) < 0.5), 1, rows.y).astype(np.int8)
    settings = PredictSettings(resamples=100, models=("logistic",))
    plan = Moments(tuple(days[:5]), (days[5],), tuple(days), tuple(days[:4]), (days[4],))
    told = learn(Rows(rows.frame, rows.customer, rows.moment, risen), plan, TARGET, settings)
    plain = learn(
        Rows(rows.frame, rows.customer, rows.moment, risen), replace(plan, before=(), calibrate=()), TARGET, settings
    )
    assert told.calibration == "used"
    assert told.tested.probability.mean() == pytest.approx(plain.tested.probability.mean(), abs=0.02)


def test_an_honest_model_gets_no_line_and_one_that_would_flip_is_refused(rows, fading):
    four = Moments(tuple(DAYS[:3]), (DAYS[3],), tuple(DAYS), tuple(DAYS[:2]), (DAYS[2],))
    learned = learn(rows, four, TARGET, PredictSettings(resamples=100))
    assert learned.calibration in ("no better", "used")
    drifting, days = fading
    turned = drifting.moment == np.datetime64(days[3])
    flipped = Rows(drifting.frame, drifting.customer, drifting.moment, np.where(turned, 1 - drifting.y, drifting.y))
    plan = Moments(tuple(days[:4]), (days[5],), tuple(days), tuple(days[:3]), (days[3],))
    refused = learn(flipped, plan, TARGET, PredictSettings(resamples=100, models=("logistic",)))
    assert refused.calibration == "flips"
    assert not isinstance(refused.model, Calibrated)


def test_models_that_differ_by_chance_alone_are_called_ties(rows):
    learned = learn(rows, PLAN, TARGET, PredictSettings(resamples=100))
    assert learned.champion not in learned.ties
    assert "recency" not in learned.ties  # surely worse
    assert learned.ties


def test_what_lists_of_leaving_show_is_measured(rows):
    chance = np.random.default_rng(1)
    worth = pa.array(chance.gamma(1, 100, len(rows.y)))
    inactive = Target("inactive", "", 28, "absence")
    told = Rows(
        rows.frame.rename_columns({"own_recency": "any_recency"}).append_column("net_sales_365", worth),
        rows.customer,
        rows.moment,
        rows.y,
    )
    learned = learn(told, PLAN, inactive, PredictSettings(resamples=100))
    metrics = learned.estimates[learned.champion]
    assert 0 < metrics["lost_value_in_tenth"].value < metrics["lost_value_in_tenth_by_risk"].value < 1
    assert any(
        "Whether contact keeps them is not known until it is tested" in line for line in say.at_risk(inactive, learned)
    )
    assert say.at_risk(TARGET, learn(rows, PLAN, TARGET, PredictSettings(resamples=100))) == []


MONEY = Target("money", "", 28, "spend", Did("bought"))


@pytest.fixture
def amounts():
    """What each spends is as much as last time, half of it chance, and a third spend nothing."""
    chance = np.random.default_rng(2)
    own = np.tile(chance.gamma(2, 20, 400), 4)
    last = own * chance.choice([0.0, 1.5], 1_600)
    y = own * chance.choice([0.0, 1.5], 1_600, p=[1 / 3, 2 / 3])
    frame = pa.table({"own_net_sales_28": last, "usual": own, "net_sales_365": own * 13})
    return Rows(frame, np.tile(np.arange(400), 4), np.repeat(np.array(DAYS, "datetime64[D]"), 400), y)


def test_spend_is_an_amount_and_must_beat_the_last_window(amounts):
    learned = learn(amounts, PLAN, MONEY, PredictSettings(resamples=100))
    assert list(learned.estimates) == ["last", "linear", "boosted"]
    assert learned.champion == "linear"
    metrics = learned.estimates["linear"]
    assert metrics["gain_over_last"].low > 0.2
    assert metrics["total_off"].low < 0 < metrics["total_off"].high
    assert learned.tested.probability.min() >= 0
    said = say.told(MONEY, learned)
    assert said.startswith("money (net sales within 28 days): a customer's amount is missed by ")
    assert "no model is clearly better" not in said
    with language("zh"):
        assert "总额偏差" in say.told(MONEY, learned)


def test_where_nothing_beats_the_last_window_it_is_used_and_said(amounts):
    settled = Rows(amounts.frame, amounts.customer, amounts.moment, amounts.frame["own_net_sales_28"].to_numpy())
    learned = learn(settled, PLAN, MONEY, PredictSettings(resamples=100))
    assert learned.champion == "last"
    assert say.told(MONEY, learned).endswith("no model is clearly better than that")


def test_too_few_who_spend_are_told(amounts):
    nothing = Rows(amounts.frame, amounts.customer, amounts.moment, np.zeros(1_600))
    assert learn(nothing, PLAN, MONEY, PredictSettings()) == Lack("happened", 0, 30)
    own = "[predict.targets.money]: look at its event, its filters and its population"
    assert own in say.told(MONEY, Lack("happened", 0, 30))
    assert "within = 84 at most would do" in say.told(MONEY, Lack("days", 300, 400, 84))
    assert "[predict" not in say.told(TARGET, Lack("days", 300, 400, 84))


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (Target("x", "target:x", 7, "happening", Did("viewed")), "x (viewed something, within 7 days)"),
        (Target("x", "target:x", 7, "absence", Did("bought")), "x (did not buy, within 7 days)"),
        (Target("x", "", 60, "second_purchase"), "x (a second purchase within 60 days of the first)"),
        (Target("x", "", 60, "churn"), "x (no order within the customer's own due window, of 60 days at most)"),
        (
            Target("x", "", 60, "contract", None, "plan", ("off", "gone")),
            "x ('plan' becomes off or gone within 60 days)",
        ),
    ],
)
def test_each_kind_is_said_in_words(target, said):
    assert say.title(target) == said
    with language("zh"):
        assert say.title(target) != said


def test_festivals_are_said():
    windows = Windows(PLAN, (date(2024, 6, 1),), frozenset({"618"}), False, frozenset({"double_11"}))
    left, ahead = say.festive(TARGET, windows)
    assert left.endswith("because they hold 618 and nothing is compared with them: 2024-06-01")
    assert "the days to come hold Double 11" in ahead
    [kept] = say.festive(TARGET, Windows(PLAN, (), frozenset({"618"}), True))
    assert "there are too few others to leave them out" in kept
    assert say.festive(TARGET, None) == say.festive(TARGET, Windows(PLAN)) == []
