"""A model of who answers a campaign, tested on campaigns that begin after those that it learned from had ended."""

from collections.abc import Mapping
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
from daogou.predict.simplest import simplest

Array = np.ndarray[Any, Any]

RULE = "recency"  # days since the customer last used any coupon
FEWEST = 30  # customers who answered, and who did not, on either side


@dataclass(frozen=True)
class Reached:
    """Customers and campaigns that reached them: a frame to learn from, and arrays of shape (rows,)."""

    frame: pa.Table
    campaign: Array
    customer: Array  # int64
    starts: Array  # datetime64[D]
    ends: Array  # datetime64[D], the campaign's last day
    y: Array  # 1 where the customer answered

    def __len__(self) -> int:
        return len(self.y)

    def of(self, held: Array) -> "Reached":
        """Some of the rows."""
        arrays = (self.campaign, self.customer, self.starts, self.ends, self.y)
        return Reached(self.frame.filter(pa.array(held)), *(array[held] for array in arrays))

    @property
    def campaigns(self) -> int:
        """How many there are."""
        return len(np.unique(self.campaign))


@dataclass(frozen=True)
class Answers:
    """What was learned: each model on later campaigns, and the champion trained on every campaign that had ended.

    ``from_day`` is the first day of the earliest campaign that was tested on. ``unfinished``: those of them that were
    still running at ``as_of``, so that late answers are missing.
    """

    estimates: Mapping[str, Mapping[str, Estimate]]
    champion: str
    model: Predictor
    findings: tuple[Finding, ...]
    from_day: date
    trained: int  # campaigns
    tested: int
    unfinished: int


@dataclass(frozen=True)
class Few:
    """Not enough to learn from: ``have`` of ``what``, where ``need`` are needed."""

    what: Literal["campaigns", "answered", "did not"]
    have: int
    need: int


def split_day(starts: Array, ends: Array) -> np.datetime64 | None:
    """The first day of a campaign by which half of the campaigns, of shape (campaigns,), had ended; None if never.

    >>> days = np.array(["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"], "datetime64[D]")
    >>> str(split_day(days, days + 35))
    '2024-04-01'
    """
    for day in np.sort(starts):
        if 2 * int((ends < day).sum()) >= len(ends):
            found: np.datetime64 = day
            return found
    return None


def models(seed: int) -> dict[str, Predictor]:
    """New models by name, simplest first."""
    return {RULE: Recency("coupon_recency"), "logistic": Logistic(), "boosted": Boosted(seed=seed)}


def learn(rows: Reached, as_of: date, resamples: int, seed: int, from_day: date | None = None) -> Answers | Few:
    """Train on the campaigns that ended before ``from_day``, test on those that begin on it or later.

    Without ``from_day`` it is :func:`split_day`. A campaign that was running on the day is in neither part.
    """
    _names, first = np.unique(rows.campaign, return_index=True)
    day = np.datetime64(from_day, "D") if from_day else split_day(rows.starts[first], rows.ends[first])
    if day is None:
        return Few("campaigns", len(first), max(len(first) + 1, 2))
    train, test = rows.of(rows.ends < day), rows.of(rows.starts >= day)
    for part in (train, test):
        for what, value in (("answered", 1), ("did not", 0)):
            customers = len(np.unique(part.customer[part.y == value]))
            if customers < FEWEST:
                return Few(what, customers, FEWEST)  # type: ignore[arg-type]
    with threadpool_limits(1, user_api="blas"):  # the matrices are small: threads would mostly wait for each other
        findings = tuple(audit(train.frame, train.y, train.starts, train.customer))
        told = {name: model.fit(train.frame, train.y).predict(test.frame) for name, model in models(seed).items()}
        estimates = evaluate(Happened(test.y, test.customer, test.campaign), told, RULE, resamples, seed)
        chosen = simplest({name: log_losses(test.y, p) for name, p in told.items()}, test.customer)
        ended = rows.of(rows.ends < np.datetime64(as_of, "D"))
        model = models(seed)[chosen].fit(ended.frame, ended.y)
    unfinished = test.of(test.ends >= np.datetime64(as_of, "D")).campaigns
    return Answers(estimates, chosen, model, findings, day.astype(object), train.campaigns, test.campaigns, unfinished)
