"""One target from rows to a model that is used: train on the past, test on what came later, train again on all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from daogou.base.estimate import Estimate
from daogou.predict.base import Predictor
from daogou.predict.blend import Blend
from daogou.predict.boosted import Boosted, Tree
from daogou.predict.calibrated import Calibrated
from daogou.predict.calibrator import Calibrator, Verdict, calibrated
from daogou.predict.depth import at_depths, lost_value
from daogou.predict.evaluate import Happened, evaluate, log_losses
from daogou.predict.evaluate_values import evaluate_values
from daogou.predict.last import Last
from daogou.predict.leaks import Finding, audit
from daogou.predict.linear import Linear, Logistic
from daogou.predict.ranking import ranking
from daogou.predict.recency import Recency
from daogou.predict.settings import PredictSettings
from daogou.predict.simplest import paired, simplest
from daogou.predict.svm import SVM
from daogou.predict.target import Moments, Target

Array = np.ndarray[Any, Any]

RULE, LAST = "recency", "last"
WORTH = "net_sales_365"  # the column of what a customer brought in a year
SPLIT_SEED = 20170101
MOST_PARTS, EVENTS_A_PART = 10, 20  # of the customers that a line is tried on
What = Literal["days", "happened", "did not"]
_SIDES: tuple[tuple[What, int], ...] = (("happened", 1), ("did not", 0))
_KEY = ["customer_id", "as_of"]


@dataclass(frozen=True)
class Rows:
    """Customers at moments: a frame to learn from, and who, when and what happened, each of shape (rows,)."""

    frame: pa.Table
    customer: Array  # int64
    moment: Array  # datetime64[D]
    y: Array  # 1 where the event happened, else 0; of spend the amount; without meaning where it is not known yet

    @classmethod
    def of(cls, frame: pa.Table, outcomes: pa.Table) -> "Rows":
        """From two tables with the same keys in the same order.

        Raises:
            ValueError: the keys differ.
        """
        if not frame.select(_KEY).equals(outcomes.select(_KEY)):
            raise ValueError("frame and outcomes do not hold the same customers and moments in the same order")
        return cls(
            frame.drop_columns(_KEY),
            frame["customer_id"].to_numpy(),
            frame["as_of"].to_numpy().astype("datetime64[D]"),
            outcomes["outcome"].to_numpy(),
        )

    def at(self, moments: Sequence[date]) -> "Rows":
        """The rows of some moments."""
        held = np.isin(self.moment, np.array(moments, dtype="datetime64[D]"))
        return Rows(self.frame.filter(pa.array(held)), self.customer[held], self.moment[held], self.y[held])


@dataclass(frozen=True)
class Tested:
    """The champion on the moments for testing, of which it had seen nothing: arrays of shape (rows,)."""

    y: Array
    customer: Array
    moment: Array
    probability: Array  # calibrated; of spend the predicted amount


@dataclass(frozen=True)
class Learned:
    """A target that was learned: each model's test, the champion's name, the champion trained on all moments."""

    estimates: Mapping[str, Mapping[str, Estimate]]
    champion: str
    model: Predictor
    tested: Tested
    findings: tuple[Finding, ...] = ()  # of the leak audit, which ran before
    calibration: Verdict | Literal["no window"] = "no window"  # where no earlier moments are left to calibrate on
    ties: tuple[str, ...] = ()  # models whose loss does not surely differ from the champion's


@dataclass(frozen=True)
class Lack:
    """Not enough data to learn a target and say how well: ``have`` of ``what``, where ``need`` are needed."""

    what: What  # days of orders; customers for whom it happened, or did not
    have: int
    need: int
    longest: int = 0  # of days: the longest horizon that there would be enough for


def models(target: Target, settings: PredictSettings, names: Sequence[str] | None = None) -> dict[str, Predictor]:
    """New models by name, simplest first: the rule, and those of ``names`` (of the settings), as far as they can."""
    wanted = settings.models if names is None else names
    if target.of_values:
        return {LAST: Last(target.last_window)} | _value_models(wanted, settings.seed)
    trees = Boosted(seed=settings.seed)
    known: dict[str, Predictor] = {
        "logistic": Logistic(),
        "linear": Linear(),
        "tree": Tree(),
        "boosted": trees,
        "svm": SVM(exact_rows=2_000, seed=settings.seed),
        "blend": Blend(trees=trees.trees, rows_a_leaf=trees.rows_a_leaf, seed=settings.seed),
    }
    return {RULE: Recency(target.recency)} | {name: model for name, model in known.items() if name in wanted}


def _value_models(wanted: Sequence[str], seed: int) -> dict[str, Predictor]:
    """What predicts amounts: a line in the place of the logistic one."""
    known: dict[str, Predictor] = {
        "linear": Linear(goal="value"),
        "tree": Tree(goal="value"),
        "boosted": Boosted(goal="value", seed=seed),
        "svm": SVM(goal="value", exact_rows=2_000, seed=seed),
    }
    asked = {"linear" if name == "logistic" else name for name in wanted}
    return {name: model for name, model in known.items() if name in asked} or {"linear": known["linear"]}


def learn(
    rows: Rows, moments: Moments, target: Target, settings: PredictSettings, names: Sequence[str] | None = None
) -> Learned | Lack:
    """Train on the moments for training, test on those for testing, choose, and train the champion on all known.

    Its probabilities are calibrated on the latest moments for training, by a model of those before them.
    """
    train, test = rows.at(moments.train), rows.at(moments.test)
    for part in (train, test):
        lack = _lack(part, target, settings.fewest_customers)
        if lack is not None:
            return lack
    with threadpool_limits(1, user_api="blas"):  # the matrices are small: threads would mostly wait for each other
        if target.of_values:
            return _learned_values(rows, train, test, moments, target, settings, names)
        return _learned(rows, train, test, moments, target, settings, names)


def _lack(part: Rows, target: Target, fewest: int) -> Lack | None:
    for what, value in _SIDES:
        if target.of_values and what == "did not":
            continue
        customers = len(np.unique(part.customer[(part.y > 0) == bool(value)]))
        if customers < fewest:
            return Lack(what, customers, fewest)
    return None


def _learned(
    rows: Rows,
    train: Rows,
    test: Rows,
    moments: Moments,
    target: Target,
    settings: PredictSettings,
    names: Sequence[str] | None,
) -> Learned:
    findings = tuple(audit(train.frame, train.y, train.moment, train.customer))
    fitted = _fitted(models(target, settings, names), train)
    probabilities = {name: model.predict(test.frame) for name, model in fitted.items()}
    losses = {name: log_losses(test.y, p) for name, p in probabilities.items()}
    chosen = simplest(losses, test.customer)
    line, verdict = _line(rows, moments, models(target, settings, names)[chosen], settings)
    if line is not None:
        probabilities[chosen] = line.of(probabilities[chosen])
    estimates = _estimates(test, probabilities, target, settings)
    known = rows.at(moments.known)
    used = models(target, settings, names)[chosen].fit(known.frame, known.y)
    return Learned(
        estimates,
        chosen,
        used if line is None else Calibrated.of(used, line),
        Tested(test.y, test.customer, test.moment, probabilities[chosen]),
        findings,
        verdict,
        _ties(losses, chosen, test.customer),
    )


def _fitted(wanted: Mapping[str, Predictor], train: Rows) -> dict[str, Predictor]:
    """Each model, fitted; a blend takes its members from the others where they are there, as it would make them."""
    fitted: dict[str, Predictor] = {}
    for name, model in wanted.items():
        if isinstance(model, Blend) and {"logistic", "boosted"} <= fitted.keys():
            model.columns_ = fitted["logistic"].columns_
            model.members_ = (fitted["logistic"], fitted["boosted"])
            fitted[name] = model
        else:
            fitted[name] = model.fit(train.frame, train.y)
    return fitted


def _line(
    rows: Rows, moments: Moments, model: Predictor, settings: PredictSettings
) -> tuple[Calibrator | None, Verdict | Literal["no window"]]:
    """The line over log-odds that makes ``model`` honest, tried on customers that it was not learned by; or None."""
    before, later = rows.at(moments.before), rows.at(moments.calibrate)
    for part in (before, later):
        for value in (0, 1):
            if len(np.unique(part.customer[part.y == value])) < settings.fewest_customers:
                return None, "no window"
    probability = model.fit(before.frame, before.y).predict(later.frame)
    names, who = np.unique(later.customer, return_inverse=True)
    rare = min(int(later.y.sum()), int((1 - later.y).sum()))
    parts = int(np.clip(rare // EVENTS_A_PART, 2, MOST_PARTS))
    part_of = np.random.default_rng(SPLIT_SEED).permutation(len(names))[who] % parts
    trials = [(part_of != number, part_of == number) for number in range(parts)]
    found, _tried, verdict = calibrated(later.y, probability, later.customer, trials)
    return found and found.level_kept(probability), verdict


def _estimates(
    test: Rows, probabilities: Mapping[str, Array], target: Target, settings: PredictSettings
) -> dict[str, dict[str, Estimate]]:
    draws = settings.resamples, settings.seed
    found = evaluate(Happened(test.y, test.customer, test.moment), probabilities, RULE, *draws)
    for name, p in probabilities.items():
        found[name] |= ranking(test.y, p, test.customer, *draws)
        if target.is_leaving and WORTH in test.frame.column_names:
            worth = test.frame[WORTH].to_numpy()
            found[name] |= lost_value(test.y.astype(np.float64), p, worth, test.customer, *draws)
    return found


def depths(learned: Learned, at: Sequence[float], settings: PredictSettings) -> dict[str, Estimate]:
    """Gain and lift of the champion at any depths (0 to 1), on the moments for testing."""
    one = learned.tested
    return at_depths(one.y.astype(np.float64), one.probability, one.customer, at, settings.resamples, settings.seed)


def _ties(losses: Mapping[str, Array], chosen: str, customer: Array) -> tuple[str, ...]:
    """The other models whose mean loss lies within two standard errors of the chosen one's."""
    told = {name: paired(loss - losses[chosen], customer) for name, loss in losses.items() if name != chosen}
    return tuple(name for name, (mean, error) in told.items() if abs(mean) <= 1.96 * error)


def _learned_values(
    rows: Rows,
    train: Rows,
    test: Rows,
    moments: Moments,
    target: Target,
    settings: PredictSettings,
    names: Sequence[str] | None,
) -> Learned:
    """The same of amounts, which are never below 0; the loss is the squared error."""
    bought = train.y > 0
    both = bought.any() and not bought.all()
    findings = tuple(audit(train.frame, bought.astype(np.int8), train.moment, train.customer)) if both else ()
    fitted = {name: model.fit(train.frame, train.y) for name, model in models(target, settings, names).items()}
    predicted = {name: np.maximum(model.predict(test.frame), 0.0) for name, model in fitted.items()}
    losses = {name: (one - test.y) ** 2 for name, one in predicted.items()}
    chosen = simplest(losses, test.customer)
    estimates = evaluate_values(test.y, test.customer, predicted, LAST, settings.resamples, settings.seed)
    known = rows.at(moments.known)
    used = models(target, settings, names)[chosen].fit(known.frame, known.y)
    return Learned(
        estimates,
        chosen,
        used,
        Tested(test.y, test.customer, test.moment, predicted[chosen]),
        findings,
        ties=_ties(losses, chosen, test.customer),
    )
