"""The allocation beside HiGHS and beside simple policies, on the same instances in one run.

Instances have 20 actions in 5 channels; the budget and all capacities bind (the prices printed show it). Ours is solved
``--repeats`` times and the median is printed with its spread, which is the machine's noise; HiGHS solves the linear
relaxation by its interior point, without crossover where only time is compared, up to ``--highs`` customers. With
``--parquet`` that many customers are written to files first (168 MB a million) and allocated from there; the memory
printed is the peak of the whole process, so run it with ``--sizes`` empty.
"""

import argparse
import os
import platform
import resource
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from daogou.campaign import allocate, allocate_parquet

Array = np.ndarray[Any, Any]
ACTIONS, CHANNELS = 20, 5
UNIT = 1e6 if sys.platform == "darwin" else 1e3  # ru_maxrss is in bytes there, else in kB


def instance(n: int, seed: int) -> dict[str, Any]:
    """Values and costs of responses, float32, made in parts so that nothing else takes memory."""
    random = np.random.default_rng(seed)
    value, cost = np.empty((n, ACTIONS), np.float32), np.empty((n, ACTIONS), np.float32)
    response = random.beta(1, 8, (n, 1)).astype(np.float32)
    worth = random.lognormal(3, 0.6, (n, 1)).astype(np.float32)
    level = np.arange(ACTIONS) // CHANNELS  # of each channel's actions; channels differ a little
    coupon = (2 + 0.5 * level + random.uniform(0, 0.1, ACTIONS)).astype(np.float32)
    contact = (0.05 + 0.05 * level + random.uniform(0, 0.02, ACTIONS)).astype(np.float32)
    for start in range(0, n, 100_000):
        part = slice(start, start + 100_000)
        liking = random.uniform(0.5, 1.5, (len(response[part]), ACTIONS)).astype(np.float32)
        value[part] = response[part] * liking * worth[part] - 0.3
        cost[part] = response[part] * liking * coupon + contact
    return {
        "value": value, "cost": cost, "channel": np.arange(ACTIONS) % CHANNELS,
        "budget": 0.2 * n, "capacity": np.full(CHANNELS, int(0.06 * n)),
    }  # fmt: skip


def changed(case: dict[str, Any], share: float) -> dict[str, Any]:
    """The same instance with new data for that share of the customers."""
    n = len(case["value"])
    new, rows = instance(int(n * share), 12345), np.random.default_rng(1).choice(n, int(n * share), replace=False)
    value, cost = case["value"].copy(), case["cost"].copy()
    value[rows], cost[rows] = new["value"], new["cost"]
    return case | {"value": value, "cost": cost}


def highs(case: dict[str, Any], crossover: bool) -> tuple[float, float]:
    """Optimum of the linear relaxation by HiGHS's interior point, and seconds without building the model."""
    import highspy
    from scipy import sparse

    value, cost = case["value"].astype(np.float64), case["cost"].astype(np.float64)
    n, m = value.shape
    rows = [cost.ravel(), *(np.tile(case["channel"] == k, n).astype(np.float64) for k in range(CHANNELS))]
    every = sparse.csr_matrix((np.ones(n * m), np.arange(n * m), np.arange(0, n * m + 1, m)), shape=(n, n * m))
    matrix = sparse.vstack([every, sparse.csr_matrix(np.vstack(rows))]).tocsc()
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = n * m, matrix.shape[0]
    model.col_cost_, model.sense_ = value.ravel(), highspy.ObjSense.kMaximize
    model.col_lower_, model.col_upper_ = np.zeros(n * m), np.full(n * m, np.inf)
    model.row_lower_ = np.full(matrix.shape[0], -np.inf)
    model.row_upper_ = np.concatenate([np.ones(n), [case["budget"]], case["capacity"]])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("solver", "ipm")
    solver.setOptionValue("run_crossover", "on" if crossover else "off")
    solver.passModel(model)
    start = time.perf_counter()
    solver.run()
    return solver.getInfo().objective_function_value, time.perf_counter() - start


def greedy(case: dict[str, Any], score: Array) -> float:
    """Value of taking the best action of each customer by ``score``, customers by that score, while limits allow."""
    value, cost = case["value"], case["cost"]
    best = score.argmax(axis=1)
    room, left, total = case["capacity"].astype(int).tolist(), float(case["budget"]), 0.0
    places = np.arange(len(value))
    order = np.argsort(-score[places, best], kind="stable")
    rows = zip(
        value[places, best][order].tolist(), cost[places, best][order].tolist(),
        case["channel"][best][order].tolist(), strict=True,
    )  # fmt: skip
    for worth, price, channel in rows:
        if worth > 0 and price <= left and room[channel]:
            room[channel] -= 1
            left -= price
            total += worth
    return total


def policies(case: dict[str, Any]) -> dict[str, float]:
    """What simple policies reach."""
    value, cost = case["value"].astype(np.float64), case["cost"].astype(np.float64)
    random = np.random.default_rng(0)
    return {
        "by value / cost": greedy(case, value / cost),
        "by value": greedy(case, value),
        "by response": greedy(case, cost),  # cost rises with the probability to respond
        "random": greedy(case, random.random(value.shape)),
    }


def peak() -> float:
    """Peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNIT


def compare(n: int, seed: int, options: argparse.Namespace) -> None:
    """One instance, printed."""
    case, before = instance(n, seed), peak()
    runs = [allocate(**case) for _ in range(options.repeats)]
    started = time.process_time()
    runs.append(allocate(**case))
    busy = time.process_time() - started
    found, seconds = runs[-1], [run.seconds for run in runs]
    beyond, in_all = max(peak() - before, 0), peak()
    spread = 100 * (max(seconds) - min(seconds)) / median(seconds)
    print(
        f"{n:>10,} seed {seed}: {median(seconds):6.2f} s (spread {spread:.0f} %; {busy:.2f} s of CPU), "
        f"gap {found.gap:.1e}, {beyond:.0f} MB beyond the input, {in_all:.0f} MB in all; "
        f"prices {found.prices.budget:.2f}, {np.round(found.prices.capacity, 2).tolist()}"
    )
    warm = allocate(**changed(case, 0.01), warm=found)
    print(
        f"           warm, 1 % new data: {warm.seconds:.2f} s, gap {warm.gap:.1e}, "
        f"{100 * (warm.action != found.action).mean():.2f} % of actions change"
    )
    if n <= options.highs:
        optimum, taken = highs(case, crossover=n <= 20_000)
        print(
            f"           HiGHS {taken:.1f} s, {taken / median(seconds):.0f} times ours; "
            f"ours lacks {(optimum - found.objective) / optimum:.1e} of its optimum"
        )
        shares = {name: reached / optimum for name, reached in policies(case).items()}
        print("           " + ", ".join(f"{name} {100 * share:.1f} %" for name, share in shares.items()))


def write(folder: Path, n: int) -> None:
    """Instances of a million customers each, uncompressed, one after the other."""
    size = min(n, 1_000_000)
    for part in range(n // size):
        case = instance(size, 1000 + part)
        columns = {"customer_id": np.arange(part * size, (part + 1) * size)}
        for name in ("value", "cost"):
            columns |= {f"{name}_{j}": np.ascontiguousarray(case[name][:, j]) for j in range(ACTIONS)}
        path = folder / f"part-{part:03d}.parquet"
        pq.write_table(
            pa.table(columns), path, 250_000, use_dictionary=False, compression="none", write_statistics=False
        )


def out_of_core(n: int, where: str | None) -> None:
    """One instance from files to a file, printed."""
    with tempfile.TemporaryDirectory(dir=where) as place:
        folder = Path(place) / "customers"
        folder.mkdir()
        write(folder, n)
        asked = instance(1_000, 0) | {"budget": 0.2 * n, "capacity": np.full(CHANNELS, int(0.06 * n))}
        asked |= {name: [f"{name}_{j}" for j in range(ACTIONS)] for name in ("value", "cost")}
        started = time.process_time()
        found = allocate_parquet(folder, Path(place) / "actions.parquet", **asked, keep=["customer_id"])
        busy = time.process_time() - started
        size = sum(path.stat().st_size for path in folder.iterdir()) / 1e9
        print(
            f"{n:>10,} from {size:.1f} GB of Parquet: {found.seconds:.1f} s, {busy:.1f} s of CPU, "
            f"gap {found.gap:.1e}, {peak():.0f} MB in all"
        )


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--highs", type=int, default=100_000, help="customers up to which HiGHS solves it too")
    parser.add_argument("--parquet", type=int, nargs="*", default=[], help="customers that are allocated from files")
    parser.add_argument("--folder", help="where files are written and taken away again; else the system's")
    options = parser.parse_args()
    for small in (1_000, 70_000):  # compile, or load what was compiled
        allocate(**instance(small, 0))
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{platform.machine()}, {os.cpu_count()} cores, {load}, Python {platform.python_version()}")
    for n in options.sizes:
        for seed in options.seeds:
            compare(n, seed, options)
    for n in options.parquet:
        out_of_core(n, options.folder)


if __name__ == "__main__":
    main()
