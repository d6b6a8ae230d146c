"""Every model on the same rows, tested on rows that it did not learn from; the simplest of the best is used."""

from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits

from daogou.base.errors import DaogouError
from daogou.base.estimate import Estimate
from daogou.base.raw import Raw, framed
from daogou.base.words import gettext as _
from daogou.predict.auc import auc_within
from daogou.predict.base import Predictor, Vector
from daogou.predict.blend import Blend
from daogou.predict.boosted import Boosted, Tree
from daogou.predict.calibrator import calibrated
from daogou.predict.champion import Champion
from daogou.predict.evaluate import Happened, evaluate, log_losses
from daogou.predict.folds import Split, blocks, folds
from daogou.predict.leaks import COLUMN_LEAKS, audit
from daogou.predict.linear import Linear, Logistic
from daogou.predict.outcome import events
from daogou.predict.ranking import ranking
from daogou.predict.rate import Rate
from daogou.predict.recent import Recent
from daogou.predict.simplest import simplest
from daogou.predict.svm import SVM

Array = np.ndarray[Any, Any]

BASE = "rate"
FEWEST = 30  # rows with the event, and without, that must be known to say how good a model is
LARGE = 10_000
SEED, RESAMPLES = 20170101, 400
RECENT: tuple[Literal["linear", "logistic", "boosted"], ...] = ("linear", "logistic", "boosted")


def candidates(rows: int, seed: int = SEED, timed: bool = False) -> dict[str, Predictor]:
    """New models by name, simplest first; larger trees from 10,000 rows, and means over memories where rows are timed.

    The SVM approximates from 2,000 rows, because it is fitted once a fold.
    """
    recent = {f"recent_{kind}": Recent(kind, seed=seed) for kind in RECENT} if timed else {}
    larger = Boosted(trees=600, learning_rate=0.05, leaves=15, rows_a_leaf=30, seed=seed)
    return {
        BASE: Rate(),
        "logistic": Logistic(),  # as simple as a line, and its probabilities need no cutting off
        "linear": Linear(),
        "tree": Tree(),
        "boosted": Boosted(seed=seed),
        "svm": SVM(exact_rows=2_000, seed=seed),
        "blend": Blend(seed=seed),
        **({"boosted_large": larger} if rows >= LARGE else {}),
        **recent,
    }


def choose(frame: Raw, y: ArrayLike, when: Any = None, groups: Any = None) -> Champion:
    """The simplest model whose log-loss is within one standard error of the best, trained on all rows.

    ``when`` and ``groups`` are arrays of shape (rows,) or names of columns, which are then not learned from: when the
    row was known (later rows are tested by models of earlier ones) and whose it is (never on both sides). Without
    ``when``, two rounds of five stratified folds. Columns in which the leak audit finds a leak are left out.

    Raises:
        DaogouError: too few rows with or without the event, too few moments, or no column is left to learn from.
        ValueError: ``y`` is no outcome of these rows.
    """
    data = framed(frame)
    named = [name for name in (when, groups) if isinstance(name, str)]
    when, groups = (_column(data, name) if isinstance(name, str) else name for name in (when, groups))
    data = data.drop(named)
    _check_columns(data)
    event = events(y, len(data))
    _check_enough(event)
    findings = tuple(audit(data.to_native(), event, when, groups))
    left_out = tuple(dict.fromkeys(one.column for one in findings if one.leak in COLUMN_LEAKS))
    data = data.drop(list(left_out))
    _check_columns(data)
    if when is not None:  # oldest first, as models that forget want it
        order = np.argsort(np.asarray(when), kind="stable")
        data, event, when = data[order.tolist()], event[order], np.asarray(when)[order]
        groups = None if groups is None else np.asarray(groups)[order]
    splits = list(folds(event, groups, SEED) if when is None else blocks(event, when, groups))
    if not splits:
        raise DaogouError(
            _("there are too few moments to test on later ones"),
            _("the table"),
            _("Give rows of more moments, or leave the column of time out."),
        )
    with threadpool_limits(1, user_api="blas"):  # the matrices are small: threads would mostly wait for each other
        tested = _tested(data, event, splits, timed=when is not None)
        customer = np.arange(len(event)) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
        champion = _chosen(event, customer, splits, tested, timed=when is not None)
        model = candidates(len(event), timed=when is not None)[champion.name].fit(data.to_native(), event)
    return replace(champion, model=model, findings=findings, left_out=left_out)


def _tested(data: Any, event: Vector, splits: list[Split], timed: bool) -> dict[str, Vector]:
    """Each candidate's probabilities of the tested rows, in the order of the splits."""
    found: dict[str, list[Vector]] = {}
    for split in splits:
        train, test = data[split.train.tolist()].to_native(), data[split.test.tolist()].to_native()
        for name, model in candidates(len(event), timed=timed).items():
            found.setdefault(name, []).append(model.fit(train, event[split.train]).predict(test))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _chosen(event: Vector, customer: Array, splits: list[Split], tested: dict[str, Vector], timed: bool) -> Champion:
    """The champion without its model, which is still to be trained."""
    rows = np.concatenate([split.test for split in splits])
    round_ = np.concatenate([np.full(len(split.test), split.round) for split in splits])
    y, who = event[rows], customer[rows]
    name = simplest({model: log_losses(y, p) for model, p in tested.items()}, who)
    if timed:
        trials = [(round_ < number, round_ == number) for number in np.unique(round_)[1:]]
    else:
        half = np.random.default_rng(SEED).permutation(int(customer.max()) + 1)[who] % 2 == 0
        trials = [(half, ~half), (~half, half)]
    calibrator, honest, verdict = calibrated(y, tested[name], who, trials)
    estimates = _estimates(y, who, round_, tested | {name: honest}, timed)
    return Champion(
        name=name,
        model=Rate(),
        calibrator=calibrator,
        calibration=verdict,
        estimates=estimates,
        protocol="blocks" if timed else "folds",
        findings=(),
        left_out=(),
        rows=len(event),
        events=int(event.sum()),
    )


def _estimates(
    y: Vector, who: Array, round_: Array, tested: dict[str, Vector], timed: bool
) -> dict[str, dict[str, Estimate]]:
    """Model -> metric -> estimate; where rates drift from block to block, AUC is the mean of those within blocks."""
    mixed = np.random.default_rng(SEED).permutation(len(y))  # so that ties are not in the order of the file
    y, who, round_ = y[mixed], who[mixed], round_[mixed]
    told = {name: p[mixed] for name, p in tested.items()}
    found = evaluate(Happened(y, who, round_), told, BASE, RESAMPLES, SEED)
    return {
        name: metrics
        | ranking(y, told[name], who, RESAMPLES, SEED)
        | ({"auc": auc_within(y, told[name], who, round_)} if timed else {})
        for name, metrics in found.items()
    }


def _column(data: Any, name: str) -> Array:
    if name not in data.columns:
        raise ValueError(f"there is no column {name!r}; there are {', '.join(data.columns)}")
    column: Array = data[name].to_numpy()
    return column


def _check_columns(data: Any) -> None:
    if not data.columns:
        raise DaogouError(
            _("no column is left to learn from"), _("the table"), _("Add columns that were known before the outcome.")
        )


def _check_enough(event: Vector) -> None:
    happened = int(event.sum())
    for have, text in (
        (happened, _("not enough data: rows in which it happened: {have}, needed: {need}")),
        (len(event) - happened, _("not enough data: rows in which it did not happen: {have}, needed: {need}")),
    ):
        if have < FEWEST:
            raise DaogouError(
                text.format(have=have, need=FEWEST), _("the table"), _("Wait until more rows have their outcome.")
            )
