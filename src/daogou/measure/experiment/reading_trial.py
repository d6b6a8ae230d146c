"""What an experiment's reading starts from: who was drawn into which arm, and what is compared."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from daogou.measure.experiment.mismatch import Mismatch

Array = np.ndarray[Any, Any]
Kind = Literal["share", "count", "money", "amount", "ratio"]

HEAVY = ("money", "amount")  # kinds whose mean a few large values carry; an amount is money in no currency: seconds


@dataclass(frozen=True)
class Outcome:
    """What is compared.

    Attributes:
        name: as docs/methods/experiments.md has it.
        kind: a ratio is the sum of ``values`` over the sum of ``below``.
        values: shape (n,), 0 for who did nothing.
        below: shape (n,), of a ratio.
        among: shape (n,), the people whom it speaks of, known before the lots; None: everyone.
        before: shape (n,), the same as ``values`` in the time before; None: nothing that the covariates do not say.
        role: primary, other, guard_rail or tail.
    """

    name: str
    kind: Kind
    values: Array
    below: Array | None = None
    among: Array | None = None
    before: Array | None = None
    role: str = "other"


@dataclass(frozen=True)
class Trial:
    """Who was drawn into which arm, and what was known of them before. Arrays of shape (n,), covariates (n, k)."""

    treated: Array
    propensity: Array  # to be treated
    covariates: Array
    segment: Array  # names, or places in ``names``
    unit: Array | None = None  # where not the person was drawn
    delivered: Array | None = None  # 1 for whom the message reached; None: not known
    sizes: Mismatch | None = None  # of all arms, where there are more than these two
    names: tuple[str, ...] = ()  # of segments
