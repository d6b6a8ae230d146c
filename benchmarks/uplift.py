"""Uplift: Hillstrom's test, trials whose truth is known, and a million rows.

Run: ``DAOGOU_DATA=/path/to/data .venv/bin/python benchmarks/uplift.py hillstrom|advice|known|million [trials [rows]]``.
Each part prints its figures; docs/methods/uplift.md tells those of one run.
"""

import gzip
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from daogou.base.estimate import Estimate
from daogou.flows.uplift_choice import choose_uplift
from daogou.measure import qini
from daogou.predict import DRLearner, SLearner, TLearner, UpliftModel, XLearner

Array = np.ndarray[Any, Any]

SPLITS, ROWS, COLUMNS = 30, 10_000, 8
COLUMNS_LEFT_OUT = ["segment", "visit", "conversion", "spend"]


def mail(arm: str) -> tuple[pa.Table, pa.Table, Array]:
    """Hillstrom's columns, outcomes, and who got the mail ``arm`` against nobody."""
    path = Path(os.environ["DAOGOU_DATA"]) / "hillstrom" / "hillstrom.csv.gz"
    with gzip.open(path) as file:
        table = arrow_csv.read_csv(file)
    segment = np.array(table["segment"].to_pylist())
    inside = (segment == arm) | (segment == "No E-Mail")
    table = table.filter(pa.array(inside))
    return table.drop_columns(COLUMNS_LEFT_OUT), table, (segment[inside] == arm).astype(int)


def halves(treated: Array, outcome: Array, seed: int) -> tuple[Array, Array]:
    """Two halves with as many of each arm and outcome."""
    chance = np.random.default_rng(seed)
    mixed = chance.permutation(len(treated))
    order = mixed[np.lexsort((outcome[mixed], treated[mixed]))]
    swap = np.repeat(chance.random((len(order) + 1) // 2) < 0.5, 2)[: len(order)]
    first = (np.arange(len(order)) % 2 == 0) ^ swap
    return order[first], order[~first]


def hillstrom() -> None:
    """The mean test Qini of each learner over thirty splits, and the advice at three costs."""
    frame, table, treated = mail("Womens E-Mail")
    visit = table["visit"].to_numpy()
    learners: dict[str, Callable[[], UpliftModel]] = {
        "SLearner": SLearner,
        "TLearner": TLearner,
        "XLearner": XLearner,
        "DRLearner": DRLearner,
    }
    for name, make in learners.items():
        found, seconds = [], 0.0
        for seed in range(SPLITS):
            train, test = halves(treated, visit, seed)
            start = time.perf_counter()
            model = make().fit(frame.take(train), treated[train], visit[train])
            seconds += time.perf_counter() - start
            found.append(qini(model.effect(frame.take(test)), treated[test], visit[test], resamples=1).value)
        print(f"{name}: Qini {np.mean(found):.4f}, sd {np.std(found):.4f}, {seconds / SPLITS:.2f} s a fit")


def advice() -> None:
    """What is advised for each of Hillstrom's mails."""
    for arm, outcome, costs in (
        ("Womens E-Mail", "visit", (0.05, 0.10, 0.15)),
        ("Mens E-Mail", "visit", (0.05, 0.10, 0.15)),
        ("Womens E-Mail", "spend", (0.10, 0.50)),
        ("Mens E-Mail", "spend", (0.10, 0.50)),
    ):
        frame, table, treated = mail(arm)
        for cost in costs:
            told = choose_uplift(frame, treated, table[outcome].to_numpy(), cost).advice
            profits = ", ".join(f"{name} {_short(one)}" for name, one in told.profits.items())
            print(f"{arm}, {outcome}, cost {cost}: {told.action}, share {told.share:.2f}; {profits}")


def _short(one: Estimate) -> str:
    return f"{one.value:.4f} ({one.low:.4f} to {one.high:.4f})"


def simulated(kind: str, seed: int, rows: int) -> tuple[pa.Table, Array, Array, Array, float, set[str]]:
    """A trial: frame, arm, outcome, true effects (rows, arms), the cost, and which advice is right.

    strong: a third gains 1, the others nothing, at a cost of 0.2. weak: effects of 0.3 with a deviation of 0.05 at a
    cost of 0.1, so that nobody should be left out. none: 0.3 for all, at a cost of 0.1. none, dear: at a cost of 0.5.
    negative: half gain 0.5, half lose 0.5, at a cost of 0.05. rare: one in a hundred buys, worth 30, the message
    doubles it for a fifth only, at a cost of 0.05. arms: each of five is right for a fifth, gains 1, at a cost of 0.1.
    """
    chance = np.random.default_rng(seed)
    X = chance.normal(size=(rows, COLUMNS))
    arms = 5 if kind == "arms" else 1
    cost = {"strong": 0.2, "negative": 0.05, "rare": 0.05, "none, dear": 0.5}.get(kind, 0.1)
    group = (chance.random(rows) * 5).astype(int)
    effect = {
        "strong": lambda: (X[:, 0] > 0.43) * 1.0,
        "weak": lambda: 0.3 + 0.05 * X[:, 0],
        "none": lambda: np.full(rows, 0.3),
        "none, dear": lambda: np.full(rows, 0.3),
        "negative": lambda: np.sign(X[:, 1]) * 0.5,
        "rare": lambda: np.where(group == 0, 0.01, 0.0) * 30,
        "arms": lambda: (group[:, None] == np.arange(5)) * 1.0,
    }[kind]()
    truth = np.asarray(effect, dtype=np.float64).reshape(rows, arms)
    arm = chance.integers(0, arms + 1, rows)
    got = np.column_stack([np.zeros(rows), truth])[np.arange(rows), arm]
    if kind == "rare":
        outcome = 30.0 * (chance.random(rows) < 0.01 + got / 30)
    else:
        outcome = X[:, 0] + 0.5 * X[:, 2] + got + chance.normal(0, 1, rows)
    frame = pa.table({f"x{n}": X[:, n] for n in range(COLUMNS)} | {"group": np.array(list("abcde"))[group]})
    right = {
        "strong": {"target"},
        "weak": {"all"},
        "none": {"all"},
        "none, dear": {"nobody"},
        "negative": {"target"},
        "rare": {"test", "all", "target"},
        "arms": {"target"},
    }[kind]
    return frame, arm, outcome, truth, cost, right


def known(trials: int, rows: int) -> None:
    """How often the advice is right, how far effects are off, and how often intervals hold the truth."""
    for kind in ("strong", "weak", "none", "none, dear", "negative", "rare", "arms"):
        told: Counter[str] = Counter()
        right, covered, errors, promised, delivered, over = 0, 0, [], [], [], []
        for seed in range(trials):
            frame, arm, outcome, truth, cost, good = simulated(kind, seed, rows)
            found = choose_uplift(frame, arm, outcome, cost)
            told[found.advice.action] += 1
            right += found.advice.action in good
            effect = found.model.effect(frame).reshape(truth.shape)
            shrunk = found.advice.shrinkage.of(effect)
            errors.append(np.sqrt(((shrunk - truth) ** 2).mean()))
            mean = found.advice.effect[0]
            covered += mean.low <= truth[:, 0].mean() <= mean.high
            choice = found.advice.choose(effect, cost)
            gain = np.column_stack([np.zeros(len(truth)), truth - cost])
            delivered.append(gain[np.arange(len(truth)), choice].mean())
            over.append(delivered[-1] - max(0.0, (truth - cost).mean(axis=0).max()))
            promised.append(found.advice.expected.value)
        print(
            f"{kind}: right {right} of {trials} ({dict(told)}), effect off by {np.mean(errors):.3f} (deviation of the"
            f" truth {truth.std():.3f}), mean effect in its interval {covered}, promised {np.mean(promised):.4f},"
            f" delivered {np.mean(delivered):.4f}, over the better of all and nobody {np.mean(over):.4f}",
            flush=True,
        )


def million() -> None:
    """Fit and effect of a boosted T-learner on a million rows of twenty columns."""
    chance = np.random.default_rng(0)
    rows = 1_000_000
    X = chance.normal(size=(rows, 20))
    treated = chance.integers(0, 2, rows)
    outcome = (chance.random(rows) < 0.1 + 0.05 * treated * (X[:, 0] > 0)).astype(int)
    frame = pa.table({f"x{n}": X[:, n] for n in range(20)})
    start = time.perf_counter()
    TLearner(base="boosted").fit(frame, treated, outcome).effect(frame)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"1,000,000 x 20: {time.perf_counter() - start:.1f} s, peak {peak:.2f} GB")


if __name__ == "__main__":
    part = sys.argv[1]
    trials = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    rows = int(sys.argv[3]) if len(sys.argv) > 3 else ROWS
    {"hillstrom": hillstrom, "advice": advice, "million": million, "known": lambda: known(trials, rows)}[part]()
