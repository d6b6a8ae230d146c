"""Which model is used: the simplest that does as well as the best."""

from collections.abc import Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def simplest(losses: Mapping[str, Array], customer: Array) -> str:
    """The first model, simplest first, whose mean loss is within one standard error of the lowest.

    ``losses`` are of shape (rows,) by model; the error is that of the paired difference, rows summed by customer.
    Source: Breiman et al. (1984), the one-standard-error rule.

    >>> same = np.array([0.2, 0.4, 0.6])
    >>> simplest({"rule": same + 0.3, "line": same, "trees": same}, np.arange(3))
    'line'
    """
    best = min(losses, key=lambda name: float(losses[name].mean()))
    for name, loss in losses.items():
        mean, error = paired(loss - losses[best], customer)
        if mean <= error:
            return name
    return best


def paired(difference: Array, customer: Array) -> tuple[float, float]:
    """Mean and standard error of a difference by row, of shape (rows,), rows summed by customer."""
    names, group = np.unique(customer, return_inverse=True)
    mean = float(difference.mean())
    sums = np.bincount(group, difference - mean)
    correction = len(names) / max(len(names) - 1, 1)
    return mean, float(np.sqrt(correction * (sums @ sums))) / len(difference)
