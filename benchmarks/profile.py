"""How long everybody's profile takes by size, beside polars and pandas, and what a refresh costs.

For each number of order lines a company is written (see profile_company.py), and each step runs as a process of its
own: the full profile at several cuts, the RFM subset (recency, tenure, orders and net sales over five windows) by
Daogou, polars streaming and pandas, and a refresh after 1 % new rows beside a full build of the same facts. Printed are
wall and CPU seconds and peak memory; growth is CPU a line against the size before, 1.0 is linear. Counts of unsaved
rules: rules.py.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from profile_company import add_rows, example, write_company

WINDOWS = (7, 28, 90, 180, 365)
CUTS = 3  # the last moment, and 28 and 56 days before it
_PANDAS = 30_000_000  # lines above which pandas does not fit


def _days(path: Path, memory: int) -> tuple[Any, list[date]]:
    from daogou.store.tables import ORDERS
    from daogou.store.warehouse import Warehouse

    warehouse = Warehouse(path, spill=path.parent / "spill", memory=memory)
    last = warehouse.scalar(warehouse.table(ORDERS).local_day.max()) + timedelta(days=1)
    return warehouse, [last - timedelta(days=28 * n) for n in range(CUTS)]


def full(path: Path, memory: int) -> int:
    """All tables of profiles at the cuts; how many profiles."""
    from daogou.profile.days import all_days
    from daogou.profile.refresh import built
    from daogou.profile.settings import ProfileSettings
    from daogou.store.rounding import rounded
    from daogou.store.tables import CUSTOMER_DAYS, PROFILES

    warehouse, cuts = _days(path, memory)
    n = 0
    with warehouse:
        warehouse.replace(CUSTOMER_DAYS, all_days(warehouse))
        for table, rows in built(warehouse, cuts, ProfileSettings(), "").by_table.items():
            kept = warehouse.materialise("written", rows)
            for cut in cuts:
                at = kept.filter(kept.as_of == cut).select(*table.names).order_by("customer_id")
                made = rounded(warehouse.to_arrow(at))
                warehouse.replace(table, made, as_of=cut)
                n += made.num_rows if table is PROFILES else 0
    return n


def stage(path: Path, _memory: int) -> int:
    """The stage as the command runs it: a refresh where rows of before hold."""
    from daogou.base.clock import system_clock
    from daogou.flows.profile import profile
    from daogou.flows.workspace import Workspace

    os.environ.setdefault("DAOGOU_KEYS", str(path.parent / "keys"))
    return profile(Workspace(path.parent), system_clock, lambda _d, _t: None).summary["profile"]["rows"]


def ours(path: Path, memory: int) -> int:
    """The RFM subset, from the warehouse."""
    from daogou.profile.features import numbers

    warehouse, cuts = _days(path, memory)
    with warehouse:
        rows = numbers(warehouse, cuts).select(
            "customer_id",
            "as_of",
            "recency_days",
            "tenure_days",
            *(f"orders_{w}" for w in WINDOWS),
            *(f"net_sales_{w}" for w in WINDOWS),
        )
        return warehouse.to_arrow(rows).num_rows


def polars(path: Path, _memory: int) -> int:
    """The same by polars streaming, from Parquet."""
    import polars as pl

    orders = pl.scan_parquet(path.with_suffix(".parquet"))
    last = orders.select(pl.col("local_day").max()).collect().item() + timedelta(days=1)
    n = 0
    for cut in (last - timedelta(days=28 * number) for number in range(CUTS)):
        ago = (pl.lit(cut) - pl.col("local_day")).dt.total_days()
        columns = [ago.min().alias("recency_days"), ago.max().alias("tenure_days")]
        columns += [(ago <= w).sum().alias(f"orders_{w}") for w in WINDOWS]
        columns += [pl.col("net_sales").filter(ago <= w).sum().alias(f"net_sales_{w}") for w in WINDOWS]
        rows = orders.filter(pl.col("local_day") < cut).group_by("customer_id").agg(columns)
        n += rows.collect(engine="streaming").height
    return n


def pandas(path: Path, _memory: int) -> int:
    """The same by pandas, from Parquet."""
    import pandas as pd

    orders = pd.read_parquet(path.with_suffix(".parquet"))
    orders["local_day"] = pd.to_datetime(orders["local_day"])
    orders["net_sales"] = orders["net_sales"].astype(float)
    last, n = orders["local_day"].max() + pd.Timedelta(days=1), 0
    for cut in (last - pd.Timedelta(days=28 * number) for number in range(CUTS)):
        seen = orders[orders["local_day"] < cut].copy()
        seen["ago"] = (cut - seen["local_day"]).dt.days
        for w in WINDOWS:
            inside = seen["ago"] <= w
            seen[f"orders_{w}"], seen[f"net_sales_{w}"] = inside, seen["net_sales"].where(inside, 0.0)
        by = seen.groupby("customer_id")
        sums = by[[f"{what}_{w}" for what in ("orders", "net_sales") for w in WINDOWS]].sum()
        n += len(sums.join(by["ago"].agg(["min", "max"])))
    return n


def write(path: Path, memory: int) -> int:
    """The company's facts, and the orders alone as Parquet; how many lines."""
    import duckdb

    write_company(example(path.parent.parent), path, int(path.parent.name), memory)
    shutil.copy(path.parent.parent / "example" / "daogou.toml", path.parent)
    with duckdb.connect(str(path)) as connection:
        parquet = path.with_suffix(".parquet")
        connection.execute(f"COPY (SELECT customer_id, local_day, net_sales FROM orders) TO '{parquet}'")
        return int(connection.execute("SELECT count(*) FROM order_lines").fetchone()[0])


def grow(path: Path, _memory: int) -> int:
    """1 % new rows."""
    add_rows(path, 0.01)
    return 0


def forget(path: Path, _memory: int) -> int:
    """Let the next stage make everything anew."""
    import duckdb

    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM profile_runs")
    return 0


STEPS: dict[str, Callable[[Path, int], int]] = {
    "write": write,
    "grow": grow,
    "forget": forget,
    "full": full,
    "stage": stage,
    "ours": ours,
    "polars": polars,
    "pandas": pandas,
}


def _run(step: str, path: Path, memory: int) -> dict[str, float]:
    """One step in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--file", str(path), "--memory", str(memory)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def _step(step: str, path: Path, memory: int) -> None:
    start = time.perf_counter()
    n = STEPS[step](path, memory)
    used, unit = resource.getrusage(resource.RUSAGE_SELF), 1e6 if sys.platform == "darwin" else 1e3
    measured = {
        "wall": time.perf_counter() - start,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss / unit,
    }
    print(json.dumps(measured | {"rows": n}))


def _tell(name: str, run: dict[str, float], more: str = "") -> None:
    load = os.getloadavg()[0]
    numbers = f"{run['wall']:9.1f}{run['cpu']:9.1f}{run['peak']:9.0f}{run['rows']:>12,}"
    print(f"  {name:34}{numbers}{load:7.1f}  {more}", flush=True)


def measure(folder: Path, lines: int, memory: int, before: float | None) -> float:
    """Every step at one size; the CPU seconds a line of the full profile."""
    path = folder / str(lines) / "warehouse.duckdb"
    path.parent.mkdir(exist_ok=True)
    count = int(_run("write", path, memory)["rows"])  # this process stays small: children inherit its peak
    print(f"{count:,} lines")
    print(f"  {'':34}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}{'rows':>12}{'load':>7}", flush=True)
    made = _run("full", path, memory)
    each = made["cpu"] / count
    _tell(f"full profile, {CUTS} cuts", made, f"growth {each / before:.2f}" if before else "")
    subset = _run("ours", path, memory)
    _tell("RFM subset: daogou", subset)
    for peer in ("polars", "pandas") if count <= _PANDAS else ("polars",):
        theirs = _run(peer, path, memory)
        _tell(f"RFM subset: {peer}", theirs, f"daogou / it, CPU: {subset['cpu'] / theirs['cpu']:.2f}")
    _run("stage", path, memory)
    _run("grow", path, memory)
    again = _run("stage", path, memory)
    _run("forget", path, memory)
    anew = _run("stage", path, memory)
    _tell("stage profile anew", anew)
    _tell("refresh after 1 % new rows", again, f"refresh / anew, CPU: {again['cpu'] / anew['cpu']:.2f}")
    return each


def main() -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--memory", type=int, default=4_000, help="MB that DuckDB may use")
    parser.add_argument("--folder", type=Path, default=None, help="where companies are kept; default: nowhere")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        _step(options.step, options.file, options.memory)
        return
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        os.environ.setdefault("DAOGOU_KEYS", str(folder / "keys"))
        before: float | None = None
        for lines in sorted(options.lines):
            before = measure(folder, lines, options.memory, before)


if __name__ == "__main__":
    main()
