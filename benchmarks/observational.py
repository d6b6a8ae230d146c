"""How far campaigns without lots may be believed: made-up shops whose truth is known, and what the placebo finds.

    python benchmarks/observational.py [--trials 200]

The shops are those of ``tests/measure/experiment/test_observed_placebo.py``; about five minutes on one core.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
import tests.measure.experiment.test_observed_placebo as made_up

Rng = np.random.Generator
KNOWN = "spend until two months before"
CASES: tuple[tuple[str, dict[str, float]], ...] = (
    (KNOWN, {}),
    (KNOWN, {"share": 0.05}),
    (KNOWN, {"share": 0.45}),
    (KNOWN, {"people": 8000}),
    ("spend of three months", {}),
    ("last month", {}),
    ("their true rate", {}),
    ("a new habit", {}),
    ("a habit to come", {}),
)
SPARSE = ((0.15, 1.0), (0.15, 1.5), (0.5, 1.5), (3.0, 1.8))  # orders in four weeks, deviation of the log of an amount


def sparse(rate: float, deviation: float) -> Callable[[Rng, int], made_up.Shop]:
    """Shops of people who buy seldom, or of amounts with a heavy tail."""

    def shop(rng: Rng, people: int) -> made_up.Shop:
        often, size = rng.gamma(1.0, rate, people), np.exp(rng.normal(0, 0.5, people))
        orders = rng.poisson(often[:, None], (people, made_up.START + 1))
        spent = np.zeros(orders.shape)
        for nth in range(1, orders.max() + 1):
            buys = orders >= nth
            spent[buys] += np.exp(rng.normal(0, deviation, buys.sum()))
        return made_up.Shop(20 * size[:, None] * spent, orders, often * size)

    return shop


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=200)
    trials = parser.parse_args().trials
    print(f"{trials} shops of each kind, seeds from 0\npeople were chosen by: holds the truth, mean error, refuted")
    for chosen, shape in CASES:
        found = made_up.told(chosen, trials, **shape)
        told = f"{found['cover']:6.1%} {found['bias']:6.1f} {found['placebo']:6.1%}"
        print(f"  {chosen + ' ' + str(shape or ''):50} {told}", flush=True)
    print("no effect, sparse shops and heavy tails: holds 0")
    made_up.EFFECT = 0.0  # type: ignore[misc]
    for rate, deviation in SPARSE:
        made_up.shop = sparse(rate, deviation)  # type: ignore[assignment]
        for share in (0.05, 0.1):
            effects = [made_up.reading(seed, KNOWN, share=share)[0].effect for seed in range(trials)]
            given = [one for one in effects if np.isfinite(one.low)]
            holds = np.mean([one.low <= 0 <= one.high for one in given])
            about = f"{rate} orders, deviation {deviation}, {share:.0%} reached"
            print(f"  {about}: {holds:.1%} of {len(given)} intervals", flush=True)


if __name__ == "__main__":
    main()
