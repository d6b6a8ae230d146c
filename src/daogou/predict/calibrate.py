"""Whether probabilities mean what they say: of a hundred customers at 0.3, about thirty should."""

from typing import Any

import numpy as np
from scipy.special import expit, logit

Array = np.ndarray[Any, Any]

BINS = 10
_ENDLESS = 1e3  # a step of this many log-odds leads nowhere
_CLOSE = 1e-12  # probabilities nearer to 0 or 1 are taken for this: their logarithm would have no end


def inside(probability: Array) -> Array:
    """``probability`` kept away from 0 and 1, so that its logarithm is finite."""
    return np.clip(probability, _CLOSE, 1 - _CLOSE)


def line(y: Array, probability: Array, rounds: int = 30) -> Array:
    """Intercept and slope, shape (2,), of a logistic regression of ``y`` on the log-odds of ``probability``.

    Slope 1 and intercept 0 are perfect; a slope below 1: the probabilities are too extreme. NaN where it has no end.
    Source: Cox (1958); solved by Newton's method.
    """
    terms = line_terms(y, probability)
    at: Array = np.zeros(2)  # from where Newton's steps find a slope below 0 too
    for _round in range(rounds):
        step = newton_step(terms(at).sum(axis=0)[None, :])[0]
        if not np.isfinite(step).all() or np.abs(step).max() > _ENDLESS:
            break
        at = at + step
        if np.abs(step).max() < 1e-10:
            return at
    return np.array([np.nan, np.nan])


def line_terms(y: Array, probability: Array) -> Any:
    """A function of (intercept, slope) to what each row adds to score and information: shape (rows, 5)."""
    x = logit(inside(probability))

    def terms(at: Array) -> Array:
        expected = expit(at[0] + at[1] * x)
        off, weight = y - expected, expected * (1 - expected)
        return np.stack([off, off * x, weight, weight * x, weight * x * x], axis=1)

    return terms


def newton_step(totals: Array) -> Array:
    """Steps of shape (n, 2) from summed terms of shape (n, 5)."""
    score_0, score_1, a, b, c = totals.T
    step = np.stack([c * score_0 - b * score_1, a * score_1 - b * score_0], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        solved: Array = step / (a * c - b * b)[:, None]
    return solved


def bin_terms(y: Array, probability: Array) -> Array:
    """Shape (rows, BINS): each row's (probability - y) in the bin of its probability, bins of equally many rows.

    The expected calibration error is the sum over bins of the absolute column sums, over the rows.
    """
    place = np.argsort(np.argsort(probability, kind="stable"), kind="stable") * BINS // max(len(y), 1)
    terms = np.zeros((len(y), BINS))
    terms[np.arange(len(y)), place] = probability - y
    return terms
