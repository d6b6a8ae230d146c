"""A number and its doubt."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval, the rows behind it and its unit.

    ``low`` and ``high`` are NaN where there is not enough data for an interval.
    """

    value: float
    low: float
    high: float
    n: int
    unit: str = ""

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies wholly on one side of 0."""
        return bool(self.low > 0 or self.high < 0)

    def as_dict(self) -> dict[str, float | int | str | None]:
        """JSON-ready: NaN and infinity become None."""
        return {
            key: None if isinstance(value, float) and not np.isfinite(value) else value
            for key, value in asdict(self).items()
        }


def by_group(
    measure: Callable[..., Estimate], *arrays: np.ndarray[Any, Any], group: np.ndarray[Any, Any]
) -> dict[Any, Estimate]:
    """The same measure for each group, groups in sorted order.

    >>> mean = lambda x: Estimate(float(x.mean()), float("nan"), float("nan"), len(x))
    >>> split = by_group(mean, np.array([1.0, 3.0, 5.0]), group=np.array(["a", "a", "b"]))
    >>> {name: estimate.value for name, estimate in split.items()}
    {'a': 2.0, 'b': 5.0}
    """
    if not len(group):
        return {}
    order = np.argsort(group, kind="stable")
    names, starts = np.unique(group[order], return_index=True)
    rows = np.split(order, starts[1:])
    return {name: measure(*(array[mine] for array in arrays)) for name, mine in zip(names.tolist(), rows, strict=True)}
