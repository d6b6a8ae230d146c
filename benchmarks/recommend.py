"""Neighbours of Daogou beside those of Surprise and implicit: same data, same answers, CPU seconds on one thread.

Each measurement is a process of its own and both sides take turns, so that a busy machine slows both. A ratio is theirs
over ours, of the same turn; its spread over the repeats is the machine's noise. Compiled code is made before, and read
before the clock starts, as the libraries' own is. Surprise's lists for all customers are extrapolated from a few. Run
with --small to try it out.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("NUMBA", "OMP", "OPENBLAS", "MKL")}
FOLDS = 5


def write_data(folder: Path, data: Path, small: bool) -> None:
    """MovieLens in folds, a generated set of 1M half stars with its item counts, and a power law of 20M purchases."""
    import numpy as np
    import pyarrow.csv as csv

    chance = np.random.default_rng(0)
    stars = csv.read_csv(data / "movielens-latest-small" / "ratings.csv.gz")
    customer, item, rating = (stars[name].to_numpy() for name in ("userId", "movieId", "rating"))
    fold = chance.permutation(len(rating)) % FOLDS
    for part in range(FOLDS):
        write_fold(folder / f"movielens{part}.npz", customer, item, rating, fold == part)

    people, things, rows = (600, 400, 20_000) if small else (6_000, 4_000, 1_000_000)
    counts = np.sort(np.unique(item, return_counts=True)[1])[::-1]
    curve = np.interp(np.linspace(0, 1, things), np.linspace(0, 1, len(counts)), counts)
    activity = chance.lognormal(0, 1, people)
    pairs = np.zeros(0, np.int64)
    while len(pairs) < rows:
        more = chance.choice(people, rows, p=activity / activity.sum()) * np.int64(things)
        pairs = np.unique(np.concatenate([pairs, more + chance.choice(things, rows, p=curve / curve.sum())]))
    pairs = chance.permutation(pairs)[:rows]
    customer, item = pairs // things, pairs % things
    taste = chance.normal(3.5, 0.5, things)[item] + chance.normal(0, 0.4, people)[customer]
    rating = np.clip(np.round(2 * (taste + chance.normal(0, 0.9, rows))) / 2, 0.5, 5)
    write_fold(folder / "generated.npz", customer, item, rating, chance.permutation(rows) % FOLDS == 0)

    people, things, rows = (2_000, 500, 60_000) if small else (200_000, 20_000, 20_000_000)
    curve, activity = (np.arange(things) + 10.0) ** -0.8, chance.pareto(2.0, people) + 1
    pairs = np.zeros(0, np.int64)
    while len(pairs) < rows:
        n = min(rows, 2 * (rows - len(pairs)) + 1000)
        more = chance.choice(people, n, p=activity / activity.sum()) * np.int64(things)
        pairs = np.unique(np.concatenate([pairs, more + chance.choice(things, n, p=curve / curve.sum())]))
    pairs = np.delete(pairs, chance.choice(len(pairs), len(pairs) - rows, replace=False))
    starts = np.searchsorted(pairs, np.arange(people + 1) * np.int64(things))
    np.savez(folder / "implicit.npz", items=(pairs % things).astype(np.int32), starts=starts)


def write_fold(path: Path, customer: Any, item: Any, rating: Any, test: Any) -> None:
    import numpy as np

    train = {"customer": customer[~test], "item": item[~test], "stars": rating[~test]}
    np.savez(path, **train, test_customer=customer[test], test_item=item[test])


def ours(folder: Path, step: str, *rest: str) -> dict[str, float]:
    """Do a step with Daogou; CPU seconds."""
    import numpy as np
    import pyarrow as pa

    from daogou.recommend import Interactions, ItemKNN, UserKNN

    tiny = pa.table({"customer_id": [1, 1, 2], "item_id": [1, 2, 1], "stars": [3.0, 4.0, 5.0]})
    for value in ("stars", None):  # compiled code is read from its cache, as the peers' is read on import
        for make in (UserKNN, ItemKNN):
            model = make(k=1, scale=(0.5, 5)).fit(Interactions.from_frame(tiny, value=value))
            model.recommend([1], 1)
            if value:
                model.rate([1], [1])

    if step == "implicit":
        data = np.load(folder / "implicit.npz")
        starts, items = data["starts"], data["items"]
        ids = pa.array(np.arange(len(starts) - 1)), pa.array(np.arange(items.max() + 1))
        taken = Interactions(*ids, np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts)), items)
        start = time.process_time()
        model = ItemKNN(k=40).fit(taken)
        fitted = time.process_time()
        model.recommend(ids[0], 10)
        done = time.process_time()
        np.save(folder / "our_similar.npy", model.similar(ids[1].slice(0, 200), 40).scores)
        return {"fit": fitted - start, "recommend": done - fitted}
    data = np.load(folder / f"{step}.npz")
    table = pa.table({key: data[key] for key in ("customer", "item", "stars")})
    start = time.process_time()
    ratings = Interactions.from_frame(table, "customer", "item", "stars")
    read = time.process_time()
    model = (UserKNN if rest[0] == "customers" else ItemKNN)(scale=(0.5, 5)).fit(ratings)
    fitted = time.process_time()
    if rest[1:] == ("lists",):
        picks = model.recommend(ratings.customer_ids, 10)
        done = time.process_time()
        asked = np.load(folder / "peer_lists.npz")
        rows = np.searchsorted(ratings.customer_ids.to_numpy(), asked["people"])
        assert np.abs(picks.scores[rows] - asked["scores"]).max() < 1e-9, "lists differ"
        return {"all lists": done - fitted}
    answers = model.rate(data["test_customer"], data["test_item"])
    done = time.process_time()
    theirs = np.load(folder / f"peer_{step}_{rest[0] == 'customers'}.npy")
    assert np.abs(answers - theirs).max() < 1e-9, "answers differ"
    return {"read": read - start, "fit": fitted - read, "predict": done - fitted}


def run(command: list[str]) -> dict[str, Any]:
    """The JSON that a process prints, with its peak memory in MB."""
    done = subprocess.run(command, env={**os.environ, **ONE_THREAD}, stdout=subprocess.PIPE, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def compare(rows: dict[str, list[str]], steps: list[list[str]], folder: Path, peer: str, repeats: int) -> None:
    """Run both sides in turns and print, for each row, the ratio of the seconds of its parts, summed over ``steps``."""
    mine: dict[str, list[float]] = {name: [] for name in rows}
    theirs: dict[str, list[float]] = {name: [] for name in rows}
    for turn in range(repeats + 1):
        left, right = dict.fromkeys(rows, 0.0), dict.fromkeys(rows, 0.0)
        for step in steps:
            told = run([peer, str(HERE / "recommend_peer.py"), str(folder), *step])
            answered = run([sys.executable, __file__, "--ours", str(folder), *step])
            for name, parts in rows.items():
                right[name] += sum(told["seconds"][part] for part in parts)
                left[name] += sum(answered["seconds"][part] for part in parts)
        peak = answered["peak"], told["peak"]
        if turn or not repeats:  # the first turn compiles
            for name in rows:
                mine[name].append(left[name])
                theirs[name].append(right[name])
    for name in rows:
        ratios = [b / a for a, b in zip(mine[name], theirs[name], strict=True)]
        print(
            f"{name:58} {median(mine[name]):9.3f} {median(theirs[name]):9.2f} {median(ratios):7.1f}x"
            f"  ({min(ratios):.1f} to {max(ratios):.1f})  peak {peak[0]:,.0f} and {peak[1]:,.0f} MB",
            flush=True,
        )


def main() -> None:
    """Compare, row by row."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--peer-python", required=True, help="the Python that has the peers")
    parser.add_argument("--data", type=Path, default=os.environ.get("DAOGOU_DATA"), help="has movielens-latest-small/")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--small", action="store_true", help="small generated sets")
    parser.add_argument("--rows", nargs="*", default=["movielens", "generated", "lists", "implicit"])
    options = parser.parse_args()
    if options.data is None:
        sys.exit("Name the folder of movielens-latest-small: --data FOLDER")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, 1 thread each")
    print(f"{'CPU seconds':58} {'Daogou':>9} {'peer':>9}   ratio")
    with tempfile.TemporaryDirectory() as scratch:
        folder, peer, repeats = Path(scratch), options.peer_python, options.repeats
        # In a process of its own: a child's peak memory begins at what its parent held.
        subprocess.run([sys.executable, __file__, "--write", scratch, options.data, str(options.small)], check=True)
        for side in ("customers", "items"):
            if "movielens" in options.rows:
                folds = [[f"movielens{part}", side] for part in range(FOLDS)]
                name = f"MovieLens, 5 folds, {side}: fit, predict"
                compare({name: ["fit", "predict"]}, folds, folder, peer, repeats)
            if "generated" in options.rows:
                name = f"generated 1M, {side}: fit, predict"
                compare({name: ["fit", "predict"]}, [["generated", side]], folder, peer, repeats)
            if "lists" in options.rows:
                for data in ("movielens0", "generated"):
                    name = f"{data}, {side}: top 10 of all (extrapolated)"
                    compare({name: ["all lists"]}, [[data, side, "lists"]], folder, peer, repeats)
        if "implicit" in options.rows:
            names = {"purchases, ItemKNN: fit": ["fit"], "purchases, ItemKNN: recommend 10 to all": ["recommend"]}
            compare(names, [["implicit"]], folder, peer, repeats)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ours"]:
        import resource

        taken_seconds = ours(Path(sys.argv[2]), *sys.argv[3:])
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(json.dumps({"seconds": taken_seconds, "peak": peak_mb}))
    elif sys.argv[1:2] == ["--write"]:
        write_data(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4] == "True")
    else:
        main()
