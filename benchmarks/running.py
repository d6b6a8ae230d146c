"""Whether tests may be looked at while they run: false decisions of 20 looks at nothing, as the stage takes them.

    python benchmarks/running.py [--trials 500]

Beside it the same looks by the share of days alone, without how looks hang together. The seed is printed; about three
minutes on one core.
"""

import argparse
from collections.abc import Callable

import numpy as np

from daogou.measure.experiment.difference import Comparison
from daogou.measure.experiment.running import DECIDED, Look, Seen, cut, link, look

Rng = np.random.Generator
Daily = Callable[[Rng, int], np.ndarray]
SEED, LOOKS, PEOPLE = 20261129, 20, 2000


def spend(rng: Rng, people: int) -> np.ndarray:
    """Money by person and day, shape (people, looks)."""
    return rng.lognormal(3, 1, (people, LOOKS)) * (rng.random((people, LOOKS)) < 0.05)


def late_spend(rng: Rng, people: int) -> np.ndarray:
    """Four fifths of it in the last two days."""
    return spend(rng, people) * np.where(np.arange(LOOKS) >= LOOKS - 2, 36.0, 1.0)


def lasting_spend(rng: Rng, people: int) -> np.ndarray:
    """Of people who always spend more, or less, than others."""
    return spend(rng, people) * rng.lognormal(-0.5, 1, (people, 1))


def first_purchase(rng: Rng, people: int) -> np.ndarray:
    """1 on the day of the first purchase; nine people in ten make one."""
    day = np.where(rng.random(people) < 0.9, rng.integers(0, LOOKS, people), LOOKS)
    found: np.ndarray = (day[:, None] == np.arange(LOOKS)).astype(float)
    return found


CASES: dict[str, tuple[Daily, bool]] = {
    "spend, even days": (spend, True),
    "spend, four fifths of it in the last two days": (late_spend, True),
    "spend, of people who always spend more or less": (lasting_spend, True),
    "first purchase": (first_purchase, False),
}


def followed(brought: np.ndarray, treated: np.ndarray, is_linked: bool, is_money: bool) -> Look:
    """The look that decided, else the last; ``brought`` is summed up to each day."""
    compared, history = Comparison(treated.astype(int)), list[Look]()
    for k in range(LOOKS):
        now, before = (cut(brought[:, j]) if is_money else brought[:, j] for j in (k, max(k - 1, 0)))
        told, tested = (compared.effect(values, money=is_money) for values in (brought[:, k], now))
        hangs = link(compared.influence(now), compared.influence(before)) if k and is_linked else None
        history.append(look(history, Seen(told, tested, hangs), (k + 1) / LOOKS))
        if history[-1].state in DECIDED:
            break
    return history[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=500)
    trials = parser.parse_args().trials
    rng = np.random.default_rng(SEED)
    error = 100 * (0.05 * 0.95 / trials) ** 0.5
    print(f"seed {SEED}, {trials} trials a case of {PEOPLE} people; simulation error {error:.1f} points")
    print("decided of nothing, at most 5 %                     as Daogou looks   by days alone")
    for name, (daily, is_money) in CASES.items():
        found = {True: 0, False: 0}
        for _ in range(trials):
            brought, treated = daily(rng, PEOPLE).cumsum(axis=1), rng.random(PEOPLE) < 0.5
            for is_linked in found:
                found[is_linked] += followed(brought, treated, is_linked, is_money).state in DECIDED
        print(f"{name:50} {found[True] / trials:>16.1%} {found[False] / trials:>15.1%}", flush=True)


if __name__ == "__main__":
    main()
