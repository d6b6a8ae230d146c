"""What a card is made of: metrics by group, bins of calibration, the curve of gain, and what moves scores."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.stats import spearmanr

from daogou.base.estimate import Estimate
from daogou.base.statistics import wilson
from daogou.predict.auc import auc
from daogou.predict.base import Predictor
from daogou.predict.calibrate import BINS
from daogou.predict.card import DEPTHS, Bin, Group, Input, Rows
from daogou.predict.contributions import Contributions
from daogou.predict.drift import Reference, reference
from daogou.predict.evaluate import log_losses
from daogou.predict.ranking import TENTH, gain

Array = np.ndarray[Any, Any]

STEADY = 0.5  # rank correlation from which a column is said to work one way
_ENOUGH = 5_000  # rows that tell which way a column works
_SEEN = 100_000  # rows that tell how columns and scores are spread


def embargo(train: Sequence[date], test: Sequence[date], days: int) -> int:
    """Days between the end of the last outcome learned from and the first moment tested on.

    >>> embargo([date(2024, 1, 1)], [date(2024, 2, 1)], 28)
    3
    """
    return (min(test) - max(train) - timedelta(days=days)).days


def bins(y: Array, probability: Array, customer: Array) -> tuple[Bin, ...]:
    """Ten bins of equally many rows, lowest first. Intervals count each customer once, however many rows there are."""
    order = np.argsort(probability, kind="stable")
    return tuple(
        Bin(len(rows), float(probability[rows].mean()), _rate(y[rows], customer[rows]))
        for rows in np.array_split(order, BINS)
        if len(rows)
    )


def groups(
    y: Array, probability: Array, customer: Array, by: Mapping[str, Sequence[str | None]], fewest: int
) -> tuple[Group, ...]:
    """Metrics of each group of each division ``by``, a group's name a row or None where it is not known.

    The groups of a division share out its rows, so that their events, Brier scores and log-losses add up to the whole.
    """
    found = []
    for division, names in by.items():
        held = np.array([name or "" for name in names], dtype=object)
        for name in sorted(set(held.tolist())):
            inside = held == name
            found.append(_group(division, name, y[inside], probability[inside], customer[inside], fewest))
    return tuple(found)


def inputs(told: Contributions, frame: pa.Table) -> tuple[Input, ...]:
    """What moves the scores of everyone in ``frame``, strongest first; columns that move nothing are left out."""
    sizes = np.abs(told.values).mean(axis=0) if len(told.values) else np.zeros(len(told.names))
    order = sorted(range(len(told.names)), key=lambda at: (-sizes[at], told.names[at]))
    return tuple(
        Input(told.names[at], float(f"{sizes[at]:.6g}"), _way(frame[told.names[at]], told.values[:, at]))
        for at in order
        if sizes[at] > 0
    )


def in_tenth(lift: Estimate) -> Estimate:
    """The share of the events among the likeliest tenth, from how many times that of a random tenth it is."""
    return Estimate(TENTH * lift.value, TENTH * lift.low, min(TENTH * lift.high, 1.0), lift.n)


def curve(y: Array, probability: Array) -> tuple[float, ...]:
    """The share of the events at each of ``DEPTHS``."""
    return tuple(gain(y, probability, depth) for depth in DEPTHS)


def references(frame: pa.Table, customer: Array, model: Predictor) -> dict[str, Reference]:
    """The bins of every column of the rows learned from, and of their scores (""), by the same model.

    Held-out scores are those of a model that had learned from less, so they would differ without any drift.
    """
    some = sample(len(customer))
    seen, people = frame.take(some), len(np.unique(customer[some]))
    found = {name: reference(seen[name], people) for name in seen.column_names}
    return found | {"": reference(model.predict(seen), people)}


def sample(rows: int) -> Array:
    """Places of rows that tell how columns are spread, evenly apart: all of a small table.

    >>> sample(3).tolist(), len(sample(1_000_000))
    ([0, 1, 2], 100000)
    """
    return np.arange(0, rows, max(rows // _SEEN, 1))


def _group(by: str, name: str, y: Array, probability: Array, customer: Array, fewest: int) -> Group:
    counted = asdict(Rows.of(y, customer))
    if counted["customers"] < fewest:
        return Group(by, name, few=True, **counted)
    sides = [len(np.unique(customer[y == value])) for value in (0, 1)]
    return Group(
        by,
        name,
        few=False,
        **counted,
        expected=float(probability.mean()),
        happened=_rate(y, customer),
        auc=auc(y, probability, customer) if min(sides) >= max(fewest // 3, 2) else None,
        brier=float(np.mean((probability - y) ** 2)),
        log_loss=float(log_losses(y, probability).mean()),
    )


def _rate(y: Array, customer: Array) -> Estimate:
    rate, people = float(np.mean(y)), len(np.unique(customer))
    return Estimate(rate, *wilson(rate * people, people), len(y))


def _way(column: Any, adds: Array) -> int:
    """By rank correlation of a number with what it adds, on some thousand rows."""
    step = max(len(adds) // _ENOUGH, 1)
    column, adds = column.take(pa.array(np.arange(0, len(adds), step))), adds[::step]
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        return 0
    values = column.cast(pa.float64()).to_numpy()
    known = np.isfinite(values)
    values, adds = values[known], adds[known]
    if len(values) < 3 or np.ptp(values) == 0 or np.ptp(adds) == 0:
        return 0
    steady = float(spearmanr(values, adds).statistic)
    return int(np.sign(steady)) if abs(steady) >= STEADY else 0
