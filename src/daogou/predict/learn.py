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
from daogou.predict.boosted import Boosted
from daogou.predict.evaluate import Happened, evaluate, log_losses
from daogou.predict.leaks import Finding, audit
from daogou.predict.linear import Logistic
from daogou.predict.recency import Recency
from daogou.predict.settings import PredictSettings
from daogou.predict.simplest import simplest
from daogou.predict.target import Moments, Target

Array = np.ndarray[Any, Any]

RULE = "recency"
What = Literal["days", "happened", "did not"]
_SIDES: tuple[tuple[What, int], ...] = (("happened", 1), ("did not", 0))
_KEY = ["customer_id", "as_of"]


@dataclass(frozen=True)
class Rows:
    """Customers at moments: a frame to learn from, and who, when and what happened, each of shape (rows,)."""

    frame: pa.Table
    customer: Array  # int64
    moment: Array  # datetime64[D]
    y: Array  # 1 where the event happened, else 0; without meaning where the outcome is not known yet

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
class Learned:
    """A target that was learned: each model's test, the champion's name, the champion trained on all moments."""

    estimates: Mapping[str, Mapping[str, Estimate]]
    champion: str
    model: Predictor
    findings: tuple[Finding, ...] = ()  # of the leak audit, which ran before


@dataclass(frozen=True)
class Lack:
    """Not enough data to learn a target and say how well: ``have`` of ``what``, where ``need`` are needed."""

    what: What  # days of orders; customers for whom it happened, or did not
    have: int
    need: int


def models(target: Target, settings: PredictSettings) -> dict[str, Predictor]:
    """New models by name, simplest first."""
    return {RULE: Recency(target.recency), "logistic": Logistic(), "boosted": Boosted(seed=settings.seed)}


def learn(rows: Rows, moments: Moments, target: Target, settings: PredictSettings) -> Learned | Lack:
    """Train on the moments for training, test on those for testing, choose, and train the champion on all known."""
    train, test = rows.at(moments.train), rows.at(moments.test)
    for part in (train, test):
        for what, value in _SIDES:
            customers = len(np.unique(part.customer[part.y == value]))
            if customers < settings.fewest_customers:
                return Lack(what, customers, settings.fewest_customers)
    with threadpool_limits(1, user_api="blas"):  # the matrices are small: threads would mostly wait for each other
        return _learned(rows, train, test, moments, target, settings)


def _learned(
    rows: Rows, train: Rows, test: Rows, moments: Moments, target: Target, settings: PredictSettings
) -> Learned:
    findings = tuple(audit(train.frame, train.y, train.moment, train.customer))
    fitted = {name: model.fit(train.frame, train.y) for name, model in models(target, settings).items()}
    probabilities = {name: model.predict(test.frame) for name, model in fitted.items()}
    happened = Happened(test.y, test.customer, test.moment)
    estimates = evaluate(happened, probabilities, RULE, settings.resamples, settings.seed)
    losses = {name: log_losses(test.y, p) for name, p in probabilities.items()}
    chosen = simplest(losses, test.customer)
    known = rows.at(moments.known)
    return Learned(estimates, chosen, models(target, settings)[chosen].fit(known.frame, known.y), findings)
