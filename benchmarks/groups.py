"""How often k-means calls drawn tables noise: two sorts without kinds of rows, and two with three kinds.

Each table has ROWS rows of four numbers. Printed is, of each sort, how many tables had no groups clearer than what
is found in data without groups.
"""

import argparse
from collections.abc import Callable

import numpy as np

from daogou.profile.groups import better_than_noise, chosen, curve
from daogou.profile.noise import Blocks

ROWS, COLUMNS, KINDS = 400, 4, 3
KS = range(2, 11)
BLOCKS = Blocks(tuple(slice(n, n + 1) for n in range(COLUMNS)), numbers=frozenset(range(COLUMNS)))


def apart(random: np.random.Generator) -> np.ndarray:
    """Numbers that have nothing to do with each other."""
    return random.normal(size=(ROWS, COLUMNS))


def cloud(random: np.random.Generator) -> np.ndarray:
    """One cloud: whoever has much of one number has much of the others."""
    return 0.8 * random.normal(size=(ROWS, 1)) + 0.6 * random.normal(size=(ROWS, COLUMNS))


def blobs(random: np.random.Generator, distance: float = 3.0) -> np.ndarray:
    """Three kinds, whose centres are drawn with a deviation of ``distance``."""
    centres = distance * random.normal(size=(KINDS, COLUMNS))
    return centres[random.integers(0, KINDS, ROWS)] + random.normal(size=(ROWS, COLUMNS))


def near_blobs(random: np.random.Generator) -> np.ndarray:
    """Three kinds that lie nearer to each other."""
    return blobs(random, 2.0)


def is_noise(table: np.ndarray) -> bool:
    """What ``daogou segment`` would warn of."""
    points = (table - table.mean(axis=0)) / table.std(axis=0)
    seen = curve(points, BLOCKS, KS, seed=1)
    return not better_than_noise(seen, chosen(seen))


def main() -> None:
    """Count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=50, help="drawn of each sort")
    tables = parser.parse_args().tables
    sorts: tuple[Callable[[np.random.Generator], np.ndarray], ...] = (apart, cloud, blobs, near_blobs)
    for sort in sorts:
        found = sum(is_noise(sort(np.random.default_rng(seed))) for seed in range(tables))
        print(f"{sort.__name__:12}{found:4} of {tables} are called noise", flush=True)


if __name__ == "__main__":
    main()
