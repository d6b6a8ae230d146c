"""What was promised of earlier scores against what happened since, and when a model is to be trained again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95, wilson
from daogou.predict.drift import Shift
from daogou.predict.evaluate import FLAGGED, log_losses

Array = np.ndarray[Any, Any]
Why = Literal["inputs", "realised"]

MATTER = 0.8  # the strongest columns that together make up so much of what moves scores are those that matter
SHOWN = 6  # earlier runs that are looked at, none of whose outcomes overlap


@dataclass(frozen=True)
class Realised:
    """The scores of an earlier run whose outcome is now known: one row a customer."""

    scored_on: date
    expected: Estimate  # how many should; within the interval 95 times in 100, if the probabilities are right
    happened: int
    log_loss: Estimate
    promised: Estimate  # the log-loss on the card of that run
    hits: Estimate  # of 100 that were flagged, how many did
    promised_hits: Estimate

    @property
    def is_off(self) -> bool:
        """Whether more or fewer did than chance explains."""
        return not self.expected.low <= self.happened <= self.expected.high

    @property
    def is_worse(self) -> bool:
        """Whether the log-loss is above the card's, and the interval of the difference above 0."""
        half = np.hypot(self.log_loss.value - self.log_loss.low, self.promised.high - self.promised.value)
        return bool(self.log_loss.value - self.promised.value > half)


@dataclass(frozen=True)
class Again:
    """When to train again: on ``by`` at the latest, and why earlier than after so many days."""

    by: date
    why: tuple[Why, ...] = ()


def realised(
    scored_on: date, y: Array, probability: Array, customer: Array, promised: Estimate, promised_hits: Estimate
) -> Realised:
    """Expected against happened, for arrays of shape (customers,).

    The interval of ``expected`` is that of a sum of independent events; it knows nothing of what moves all at once.

    >>> card = Estimate(0.5, 0.4, 0.6, 100)
    >>> told = realised(date(2024, 1, 1), np.array([1, 0] * 50), np.full(100, 0.5), np.arange(100), card, card)
    >>> told.expected.value, told.happened, told.is_off
    (50.0, 50, False)
    """
    n = len(y)
    total, half = float(probability.sum()), Z95 * float(np.sqrt(np.sum(probability * (1 - probability))))
    loss = log_losses(y, probability)
    error = Z95 * float(loss.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
    mean = float(loss.mean())
    flagged = np.lexsort((customer, -probability))[: max(min(FLAGGED, n // 10), 1)]
    low, high = wilson(int(y[flagged].sum()), len(flagged))
    return Realised(
        scored_on,
        Estimate(total, max(total - half, 0.0), min(total + half, float(n)), n),
        int(y.sum()),
        Estimate(mean, mean - error, mean + error, n),
        promised,
        Estimate(100 * float(y[flagged].mean()), 100 * low, 100 * high, len(flagged), "in 100"),
        promised_hits,
    )


def apart(days: Iterable[date], at_least: int) -> list[date]:
    """The latest of ``days`` and earlier ones, none nearer to the next than ``at_least`` days, latest first.

    >>> apart([date(2024, 1, 1), date(2024, 1, 20), date(2024, 1, 29)], 28)
    [datetime.date(2024, 1, 29), datetime.date(2024, 1, 1)]
    """
    found: list[date] = []
    for day in sorted(days, reverse=True):
        if not found or (found[-1] - day).days >= at_least:
            found.append(day)
    return found[:SHOWN]


def matters(weights: Mapping[str, float]) -> set[str]:
    """The columns that matter, by what each moves scores.

    >>> sorted(matters({"a": 6.0, "b": 3.0, "c": 0.5, "d": 0.5}))
    ['a', 'b']
    """
    total, held, found = sum(weights.values()), 0.0, set()
    for name, weight in sorted(weights.items(), key=lambda pair: (-pair[1], pair[0])):
        if held >= MATTER * total:
            break
        found.add(name)
        held += weight
    return found


def again(
    trained_on: date, next_moment: date, most_days: int, moved: Sequence[Shift], earlier: Sequence[Realised]
) -> Again:
    """When to train again a model of ``trained_on``.

    After ``most_days``; or on ``next_moment``, the first day on which there is an outcome more to learn from, where one
    of ``moved`` (the inputs that matter, and the scores) has a large shift, or the latest of ``earlier`` was worse than
    promised.
    """
    latest = trained_on + timedelta(days=most_days)
    why: list[Why] = []
    if any(one.size == "large" for one in moved):
        why.append("inputs")
    if earlier and max(earlier, key=lambda one: one.scored_on).is_worse:
        why.append("realised")
    return Again(min(next_moment, latest) if why else latest, tuple(why))
