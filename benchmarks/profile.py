"""How long everybody's profile takes by size, beside polars and pandas, and what a refresh costs.

For each number of order lines a company is written (see profile_company.py), and each step runs as a process of its
own: the full profile at several cuts; the RFM subset (recency, tenure, orders and net sales over five windows) by
Daogou from the warehouse, by polars streaming and by pandas from Parquet of the three columns that it needs, in turns;
and a refresh after 1 % new rows beside a full build of the same facts, at sizes of --refresh and below.

Printed are wall and CPU seconds of the process, CPU seconds of the step without start, imports, opening and closing,
peak memory, rows, and the load of the machine. Growth is the exponent of CPU by lines against the size before: 1.0 is
linear. The ratio of CPU to a peer's is the median over repeats, with the lowest and the highest. Counts of unsaved
rules: rules.py.
"""

import argparse
import contextlib
import io
import json
import math
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
from statistics import median
from typing import Any

WINDOWS = (7, 28, 90, 180, 365)
CUTS = 3  # the last moment, and 28 and 56 days before it
_PANDAS = 30_000_000  # lines above which pandas does not fit
_SAME = 1e-9  # relative


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _days(path: Path, memory: int, cuts: int) -> tuple[Any, list[date]]:
    from daogou.store.tables import ORDERS
    from daogou.store.warehouse import Warehouse

    warehouse = Warehouse(path, spill=path.parent / "spill", memory=memory)
    last = warehouse.scalar(warehouse.table(ORDERS).local_day.max()) + timedelta(days=1)
    return warehouse, [last - timedelta(days=28 * n) for n in range(cuts)]


def full(path: Path, memory: int, at: int) -> dict[str, float]:
    """All tables of profiles at the cuts, written."""
    from daogou.profile.days import all_days
    from daogou.profile.refresh import built
    from daogou.profile.settings import ProfileSettings
    from daogou.store.rounding import rounded
    from daogou.store.tables import CUSTOMER_DAYS, PROFILES

    warehouse, cuts = _days(path, memory, at)
    start, n = _cpu(), 0
    with warehouse:
        warehouse.replace(CUSTOMER_DAYS, all_days(warehouse))
        for table, rows in built(warehouse, cuts, ProfileSettings(), "").by_table.items():
            for cut in cuts:
                asked = rows.filter(rows.as_of == _ibis_date(cut)).select(*table.names).order_by("customer_id")
                made = rounded(warehouse.to_arrow(asked))
                warehouse.replace(table, made, as_of=cut)
                n += made.num_rows if table is PROFILES else 0
    return {"rows": n, "step": _cpu() - start}


def _ibis_date(day: date) -> Any:
    """A date that conditions are moved down to tables by."""
    import ibis

    return ibis.date(day.isoformat())


def stage(path: Path, _memory: int, _at: int) -> dict[str, float]:
    """The command that people run: a refresh where rows of before hold."""
    from daogou.cli.main import main as daogou

    os.environ.setdefault("DAOGOU_KEYS", str(path.parent / "keys"))
    start = _cpu()
    sys.argv = ["daogou", "profile", "--workspace", str(path.parent), "--json"]
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.suppress(SystemExit):
        daogou()
    return {"rows": json.loads(said.getvalue())["profile"]["rows"], "step": _cpu() - start}


def ours(path: Path, memory: int, at: int) -> dict[str, float]:
    """The RFM subset, from the warehouse."""
    from daogou.profile.rfm import measures

    warehouse, cuts = _days(path, memory, at)
    start = _cpu()
    with warehouse:
        rows = warehouse.to_arrow(measures(warehouse, cuts, WINDOWS))
        used = _cpu() - start
    return {"rows": rows.num_rows, "step": used, "sum": sum(rows.column("net_sales_365").to_pylist())}


def polars(path: Path, _memory: int, at: int) -> dict[str, float]:
    """The same by polars streaming, from Parquet."""
    import polars as pl

    start, n, total = _cpu(), 0, 0.0
    orders = pl.scan_parquet(path.with_suffix(".parquet"))
    last = orders.select(pl.col("local_day").max()).collect().item() + timedelta(days=1)
    for cut in (last - timedelta(days=28 * number) for number in range(at)):
        ago = (pl.lit(cut) - pl.col("local_day")).dt.total_days()
        columns = [ago.min().alias("recency_days"), ago.max().alias("tenure_days")]
        columns += [(ago <= w).sum().alias(f"orders_{w}") for w in WINDOWS]
        columns += [pl.col("net_sales").filter(ago <= w).sum().alias(f"net_sales_{w}") for w in WINDOWS]
        asked = orders.filter(pl.col("local_day") < cut).group_by("customer_id").agg(columns)
        rows = asked.collect(engine="streaming")
        n, total = n + rows.height, total + float(rows["net_sales_365"].sum())
    return {"rows": n, "step": _cpu() - start, "sum": total}


def pandas(path: Path, _memory: int, at: int) -> dict[str, float]:
    """The same by pandas, from Parquet."""
    import pandas as pd

    start = _cpu()
    orders = pd.read_parquet(path.with_suffix(".parquet"))
    orders["local_day"] = pd.to_datetime(orders["local_day"])
    orders["net_sales"] = orders["net_sales"].astype(float)
    last, n, total = orders["local_day"].max() + pd.Timedelta(days=1), 0, 0.0
    for cut in (last - pd.Timedelta(days=28 * number) for number in range(at)):
        seen = orders[orders["local_day"] < cut].copy()
        seen["ago"] = (cut - seen["local_day"]).dt.days
        for w in WINDOWS:
            inside = seen["ago"] <= w
            seen[f"orders_{w}"], seen[f"net_sales_{w}"] = inside, seen["net_sales"].where(inside, 0.0)
        by = seen.groupby("customer_id")
        sums = by[[f"{what}_{w}" for what in ("orders", "net_sales") for w in WINDOWS]].sum()
        n += len(sums.join(by["ago"].agg(["min", "max"])))
        total += float(sums["net_sales_365"].sum())
    return {"rows": n, "step": _cpu() - start, "sum": total}


def write(path: Path, memory: int, _at: int) -> dict[str, float]:
    """The company's facts, and the orders alone as Parquet; how many lines."""
    import duckdb
    from profile_company import example, write_company

    start = _cpu()
    write_company(example(path.parent.parent), path, int(path.parent.name), memory)
    shutil.copy(path.parent.parent / "example" / "daogou.toml", path.parent)
    with duckdb.connect(str(path)) as connection:
        parquet = path.with_suffix(".parquet")
        connection.execute(f"COPY (SELECT customer_id, local_day, net_sales FROM orders) TO '{parquet}'")
        lines = connection.execute("SELECT count(*) FROM order_lines").fetchone()[0]
    return {"rows": lines, "step": _cpu() - start}


def grow(path: Path, _memory: int, _at: int) -> dict[str, float]:
    """1 % new rows."""
    from profile_company import add_rows

    add_rows(path, 0.01)
    return {"rows": 0, "step": 0.0}


def forget(path: Path, _memory: int, _at: int) -> dict[str, float]:
    """Let the next stage make everything anew."""
    import duckdb

    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM profile_runs")
    return {"rows": 0, "step": 0.0}


STEPS: dict[str, Callable[[Path, int, int], dict[str, float]]] = {
    "write": write,
    "grow": grow,
    "forget": forget,
    "full": full,
    "stage": stage,
    "ours": ours,
    "polars": polars,
    "pandas": pandas,
}


Run = dict[str, float]


def _run(step: str, path: Path, options: argparse.Namespace) -> Run:
    """One step in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--file", str(path), "--cuts", str(options.cuts)]
    command += ["--memory", str(options.memory)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])


def _step(options: argparse.Namespace) -> None:
    start = time.perf_counter()
    measured = STEPS[options.step](options.file, options.memory, options.cuts)
    unit = 1e6 if sys.platform == "darwin" else 1e3
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(json.dumps(measured | {"wall": time.perf_counter() - start, "cpu": _cpu(), "peak": peak}))


def _tell(name: str, run: Run, more: str = "") -> None:
    load = os.getloadavg()[0]
    numbers = f"{run['wall']:9.1f}{run['cpu']:9.1f}{run['step']:9.2f}{run['peak']:9.0f}{run['rows']:>12,}"
    print(f"  {name:34}{numbers}{load:7.1f}  {more}", flush=True)


def _spread(values: list[float]) -> str:
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def _subset(path: Path, lines: int, options: argparse.Namespace) -> None:
    """The RFM subset by each, in turns, and our CPU by theirs."""
    peers = ("polars", "pandas") if lines <= _PANDAS else ("polars",)
    runs: dict[str, list[Run]] = {name: [] for name in ("ours", *peers)}
    for _repeat in range(options.repeats):
        for name, made in runs.items():
            made.append(_run(name, path, options))
    if any(
        not math.isclose(run["sum"], runs["ours"][0]["sum"], rel_tol=_SAME) for made in runs.values() for run in made
    ):
        raise SystemExit("the peers do not agree")
    for name, made in runs.items():
        middle = {key: median(run[key] for run in made) for key in made[0]} | {"rows": int(made[0]["rows"])}
        told = f"CPU of the step {_spread([run['step'] for run in made])}"
        if name != "ours":
            for key, what in (("step", "step"), ("cpu", "process")):
                ratios = [mine[key] / theirs[key] for mine, theirs in zip(runs["ours"], made, strict=True)]
                told += f"; ours / it, {what}: {_spread(ratios)}"
        _tell(f"RFM subset: {'daogou' if name == 'ours' else name}", middle, told)


def _refresh(path: Path, options: argparse.Namespace) -> None:
    _run("stage", path, options)
    _run("grow", path, options)
    again = _run("stage", path, options)
    _run("forget", path, options)
    anew = _run("stage", path, options)
    _tell("stage profile anew", anew)
    _tell("refresh after 1 % new rows", again, f"refresh / anew, CPU: {again['cpu'] / anew['cpu']:.2f}")


def measure(
    folder: Path, lines: int, options: argparse.Namespace, before: tuple[int, float] | None
) -> tuple[int, float]:
    """Every step at one size; how many lines there were, and the CPU seconds of the full profile."""
    path = folder / str(lines) / "warehouse.duckdb"
    path.parent.mkdir(exist_ok=True)
    written = _run("write", path, options)  # this process stays small: children inherit its peak
    count = int(written["rows"])
    print(f"{count:,} lines")
    print(f"  {'':34}{'wall s':>9}{'CPU s':>9}{'step s':>9}{'peak MB':>9}{'rows':>12}{'load':>7}", flush=True)
    _tell("company written", written)
    made = _run("full", path, options)
    growth = math.log(made["cpu"] / before[1]) / math.log(count / before[0]) if before else None
    _tell(f"full profile, cuts: {options.cuts}", made, "" if growth is None else f"growth: {growth:.2f}")
    _subset(path, count, options)
    if lines <= options.refresh:
        _refresh(path, options)
    if options.folder is None:
        shutil.rmtree(path.parent)  # a large company fills the disk
    return count, made["cpu"]


def main() -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, nargs="*", default=[1_000_000, 10_000_000], help="sizes; up to 100000000")
    parser.add_argument("--cuts", type=int, default=CUTS, help="moments that profiles are made at")
    parser.add_argument("--memory", type=int, default=4_000, help="MB that DuckDB may use")
    parser.add_argument("--repeats", type=int, default=5, help="of the RFM subset")
    parser.add_argument("--refresh", type=int, default=10_000_000, help="largest size at which a refresh is measured")
    parser.add_argument("--folder", type=Path, default=None, help="where companies are kept; default: nowhere")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        _step(options)
        return
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        os.environ.setdefault("DAOGOU_KEYS", str(folder / "keys"))
        before: tuple[int, float] | None = None
        for lines in sorted(options.lines):
            before = measure(folder, lines, options, before)


if __name__ == "__main__":
    main()
