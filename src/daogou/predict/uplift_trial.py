"""What an uplift model learns from: who got what, what came of it, and the chance that each had to get it."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from daogou.base.raw import Vector, is_missing, written
from daogou.predict.outcome import NO, YES, amounts

Arms = np.ndarray[Any, np.dtype[np.int64]]
Matrix = np.ndarray[Any, np.dtype[np.float64]]

CONTROL = ("0", "control", "holdout", "false", "no", "对照组", "否")  # how a control group is called
FEWEST = 2  # rows of each arm


@dataclass(frozen=True)
class Trial:
    """``arm`` is 0 for the control group, else the place in ``names`` plus 1; ``propensity`` has shape (rows, arms).

    ``unit`` numbers what lots were drawn by, such as a household; None where that was the row itself.
    """

    arm: Arms
    names: tuple[str, ...]
    outcome: Vector
    propensity: Matrix
    unit: Arms | None = None

    @classmethod
    def read(
        cls,
        treated: ArrayLike,
        outcome: ArrayLike,
        propensity: ArrayLike | None,
        rows: int,
        units: ArrayLike | None = None,
    ) -> Self:
        """Check the arrays, which have one value a row.

        Raises:
            ValueError: a length that differs, a missing value, no control group, fewer than two rows or units in an
                arm, an outcome that is the same for everybody or no number, or a propensity not strictly between 0
                and 1.
        """
        arm, names = _arms(treated, rows)
        try:
            result = amounts(_numeric(outcome), rows)
        except ValueError as error:
            raise ValueError(str(error).replace("y must", "outcome must")) from None
        if np.ptp(result) == 0:
            raise ValueError("outcome is the same in every row: there is nothing that a message could have changed")
        return cls(arm, names, result, _propensity(propensity, arm, len(names)), _units(units, arm))

    @property
    def binary(self) -> bool:
        """Whether the outcome is an event: 0 and 1 and nothing else."""
        return bool(np.isin(self.outcome, (0.0, 1.0)).all())

    def rows(self, places: Any) -> "Trial":
        """The trial of some of its rows."""
        unit = None if self.unit is None else self.unit[places]
        return Trial(self.arm[places], self.names, self.outcome[places], self.propensity[places], unit)


def folds(trial: Trial, count: int, seed: int) -> Arms:
    """The fold of each row, shape (rows,); rows of one unit share it, arms and events are spread evenly.

    Fewer folds where an arm has fewer rows, or units. A unit in which several arms are counts for the first of them.
    """
    if trial.unit is None:
        first, unit = np.arange(len(trial.arm)), np.arange(len(trial.arm))
    else:
        by_arm = np.argsort(trial.arm, kind="stable")
        _names, places, unit = np.unique(trial.unit[by_arm], return_index=True, return_inverse=True)
        first = by_arm[places]
        unit = unit[np.argsort(by_arm, kind="stable")]
    arm, outcome = trial.arm[first], trial.outcome[first]
    sizes = np.bincount(arm)
    count = max(2, min(count, int(sizes[sizes > 0].min())))
    mixed = np.random.default_rng(seed).permutation(len(arm))
    order = mixed[np.lexsort((outcome[mixed], arm[mixed]))]
    fold = np.empty(len(order), dtype=np.int64)
    fold[order] = np.arange(len(order)) % count
    return fold[unit]


def _arms(treated: ArrayLike, rows: int) -> tuple[Arms, tuple[str, ...]]:
    given = np.asarray(treated)
    if given.shape != (rows,):
        raise ValueError(f"treated must have one value a row ({rows}), not shape {given.shape}")
    values, place = np.unique(
        [written(value) for value in given.tolist()] if given.dtype.kind in "OUST" else given, return_inverse=True
    )
    texts = [written(value) for value in values.tolist()]
    if any(is_missing(value) or text == "" for value, text in zip(values.tolist(), texts, strict=True)):
        raise ValueError("treated is missing somewhere: leave rows out of which nobody knows who got what")
    control = [at for at, text in enumerate(texts) if text.lower() in CONTROL]
    if len(control) != 1:
        raise ValueError(
            f"treated holds {', '.join(texts[:5]) or 'nothing'}: one of its values must be 0 or 'control', and name"
            " the control group, without which no effect can be learned"
        )
    others = [at for at in range(len(texts)) if at != control[0]]
    if not others:
        raise ValueError("treated holds the control group alone: nobody was treated, so no effect can be learned")
    number = np.zeros(len(texts), dtype=np.int64)
    number[others] = np.arange(1, len(others) + 1)
    arm = number[place]
    if (few := np.bincount(arm).min()) < FEWEST:
        raise ValueError(f"an arm has {few} row: {FEWEST} or more are needed in each, the control group included")
    return arm, tuple(texts[at] for at in others)


def _units(units: ArrayLike | None, arm: Arms) -> Arms | None:
    if units is None:
        return None
    given = np.asarray(units)
    if given.shape != arm.shape:
        raise ValueError(f"units must have one value a row, not shape {given.shape}")
    unit: Arms = np.unique(given, return_inverse=True)[1].astype(np.int64)
    few = min(len(np.unique(unit[arm == one])) for one in range(int(arm.max()) + 1))
    if few < FEWEST:
        raise ValueError(f"an arm has {few} unit: {FEWEST} or more are needed in each, the control group included")
    return unit


def _numeric(outcome: ArrayLike) -> ArrayLike:
    """Yes and no as 1 and 0; everything else as it is."""
    given = np.asarray(outcome)
    if given.dtype.kind not in "OUST":
        return given
    told = [written(value).lower() for value in given.tolist()]
    return np.array([1.0 if t in YES else 0.0 if t in NO else t or "missing" for t in told], dtype=object)


def _propensity(propensity: ArrayLike | None, arm: Arms, arms: int) -> Matrix:
    rows = len(arm)
    if propensity is None:
        shares = np.bincount(arm, minlength=arms + 1)[1:] / rows
        return np.broadcast_to(shares, (rows, arms))
    given = np.asarray(propensity, dtype=np.float64)
    if given.shape == (rows,):
        given = given[:, None]
    try:
        read: Matrix = np.broadcast_to(given, (rows, arms))
    except ValueError:
        raise ValueError(f"propensity must have shape ({rows},) or ({rows}, {arms}), not {given.shape}") from None
    if not (read > 0).all() or not (read.sum(axis=1) < 1).all():
        raise ValueError(
            "propensity must lie between 0 and 1, both left out: of who could only be in one arm nothing is learned"
        )
    return read
