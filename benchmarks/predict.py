"""Predictions on public data, by the protocols that their figures are known by; seeds and intervals printed.

    python benchmarks/predict.py --telco churn.csv --bank bank-full.csv.gz --demo FOLDER --scale

Telco: IBM's churn table (7,043 rows). Bank: UCI bank-full (45,211 rows in order of their date), without ``duration``,
which is written while the customer decides. What customers are worth: ``benchmarks/value.py``.
``--demo`` makes the example company in FOLDER and predicts its purchases, inactivity and answers to campaigns.
Differences smaller than the interval are ties. No peer is run here.
"""

import argparse
import os
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded

import resource
from pathlib import Path

import numpy as np
import pyarrow as pa
from predict_company import company, response

from daogou.predict import Champion, choose
from daogou.predict.compare import SEED, candidates
from daogou.predict.table import take_label
from daogou.store.table_file import read_table

METRICS = ("auc", "brier", "log_loss", "ece", "slope", "average_precision", "lift_in_tenth")
FLOORS = {
    "telco": "floor AUC 0.845, Brier 0.1345, ECE 0.03; aim 0.8486, 0.134, 0.02",
    "bank": "floor AUC 0.800; aim 0.805",
    "bank forward": "floor AUC 0.60; aim 0.63",
}


def table(path: Path, label: str, without: tuple[str, ...] = ()) -> tuple[pa.Table, list[object]]:
    frame, y = take_label(read_table(path), label, str(path))
    return frame.drop_columns(list(without)), y


def told(name: str, champion: Champion, seconds: float) -> None:
    print(f"\n{name}: {champion.rows} rows, {champion.events} events, {champion.protocol}; {FLOORS[name]}")
    for finding in champion.findings:
        print(f"  leak audit: {finding}")
    for model, metrics in champion.estimates.items():
        shown = ", ".join(f"{metric} {metrics[metric].value:.4f}" for metric in METRICS)
        auc = metrics["auc"]
        print(f"  {'*' if model == champion.name else ' '} {model}: {shown}; AUC {auc.low:.4f} to {auc.high:.4f}")
    print(f"  champion {champion.name}, calibration {champion.calibration}, {seconds:.0f} s CPU, seed {SEED}")


def compared(name: str, frame: pa.Table, y: list[object], when: np.ndarray | None = None) -> None:
    start = time.process_time()
    champion = choose(frame, y, when=when)
    told(name, champion, time.process_time() - start)


def scale(rows: int = 1_000_000, columns: int = 60) -> None:
    """Scoring made-up customers by each candidate, fitted on 20,000 of them."""
    chance = np.random.default_rng(SEED)
    made = {f"x{n}": chance.normal(size=rows) for n in range(columns - 10)}
    made |= {f"city{n}": chance.choice(["a", "b", "c", "d"], rows) for n in range(10)}
    frame = pa.table(made)
    y = (made["x0"] + made["x1"] * made["x2"] + chance.normal(size=rows) > 1).astype(int)
    print(f"\nscoring {rows} customers x {columns} columns, one process; floor 20 s, 2 GB; aim 5 s")
    for name, model in candidates(20_000).items():
        model.fit(frame.slice(0, 20_000), y[:20_000])
        start, wall = time.process_time(), time.perf_counter()
        model.predict(frame)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        spent = time.process_time() - start
        print(f"  {name}: {spent:.1f} s CPU, {time.perf_counter() - wall:.1f} s wall, peak so far {peak:.2f} GB")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("telco", "bank"):
        asked.add_argument(f"--{name}", type=Path)
    asked.add_argument("--scale", action="store_true", help="score a million made-up customers")
    asked.add_argument("--demo", type=Path, help="the example company's folder")
    given = asked.parse_args()
    if given.telco:
        compared("telco", *table(given.telco, "Churn", ("customerID",)))
    if given.bank:
        frame, y = table(given.bank, "y", ("duration",))
        compared("bank", frame, y)
        compared("bank forward", frame, y, np.arange(len(y)))
    if given.demo:
        company(given.demo)
        response(given.demo)
    if given.scale:
        scale()


if __name__ == "__main__":
    main()
