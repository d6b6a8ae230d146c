"""The whole loop of the example company beside a script of pandas, Surprise and scikit-learn, in one run.

Both run as their own processes, in turns, so that a busy machine slows both. Printed are wall and CPU seconds and peak
memory as the system counts them, the ratio of each pair of runs, and the spread over the repeats, which is the
machine's noise. The two do not do the same work: see peer.py for what the script leaves out.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
STEPS = {  # ours (stages of the JSON) beside theirs (functions of peer.py)
    "read, clean, store": (["ingest"], ["read"]),
    "features, RFM, k-means": (["profile", "segment"], ["rfm", "kmeans"]),
    "item neighbours": (["recommend"], ["item_neighbours"]),
    "purchase and inactivity": (["predict"], ["logistic"]),
    "plan, measure, report": (["plan", "measure", "report"], []),
}


@dataclass(frozen=True)
class Run:
    """One process: seconds of wall and CPU, peak memory in MB, and the JSON that it printed."""

    wall: float
    cpu: float
    peak: float
    printed: dict[str, Any]


def run(command: list[str]) -> Run:
    """Run a command to its end."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=output, stderr=said)
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        if status:
            said.seek(0)
            sys.exit(f"{' '.join(command)} failed:\n{said.read()}")
        output.seek(0)
        unit = 1e6 if sys.platform == "darwin" else 1e3  # ru_maxrss is in bytes there, else in kB
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit, json.load(output))


def ours(folder: Path) -> Run:
    """The loop of the example company in a new workspace."""
    with tempfile.TemporaryDirectory(dir=folder) as workspace:
        daogou = Path(sys.executable).with_name("daogou")
        return run([str(daogou), "demo", "--workspace", str(Path(workspace) / "demo"), "--json"])


def seconds(runs: list[Run], steps: list[str]) -> float:
    """The median over runs of the steps' seconds."""
    return median(sum(run.printed["seconds"].get(step, 0.0) for step in steps) for run in runs)


def spread(values: list[float]) -> str:
    """Median, and how far the repeats lie apart, in percent of it."""
    return f"{median(values):8.1f}  (spread {100 * (max(values) - min(values)) / median(values):.0f} %)"


def main() -> None:
    """Run both in turns and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--peer-python", required=True, help="the Python that has the peers")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    mine, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DAOGOU_KEYS"] = folder  # keys of workspaces that are thrown away
        for _ in range(options.repeats):
            mine.append(ours(Path(folder)))
            theirs.append(run([options.peer_python, str(HERE / "peer.py")]))
            print(f"Daogou {mine[-1].wall:.0f} s, script {theirs[-1].wall:.0f} s", file=sys.stderr, flush=True)

    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {options.repeats} repeats"
    )
    for name, unit in (("wall", "s"), ("cpu", "s"), ("peak", "MB")):
        a, b = [getattr(run, name) for run in mine], [getattr(run, name) for run in theirs]
        ratios = [x / y for x, y in zip(a, b, strict=True)]
        print(f"{name} ({unit})")
        print(f"  Daogou, the whole loop   {spread(a)}")
        print(f"  script, four steps of it {spread(b)}")
        print(f"  ratio                    {median(ratios):8.2f}  ({min(ratios):.2f} to {max(ratios):.2f})")
    print("wall seconds by step           Daogou   script")
    for step, (left, right) in STEPS.items():
        print(
            f"  {step:26} {seconds(mine, left):8.1f} {f'{seconds(theirs, right):8.1f}' if right else '     has none'}"
        )
    print("The script's item neighbours cover its ITEMS and HOUSEHOLDS only (see peer.py); Daogou's cover all of both.")


if __name__ == "__main__":
    main()
