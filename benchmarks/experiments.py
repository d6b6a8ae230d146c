"""Whether experiments may be believed: made-up companies whose truth is known, read as a user's would be.

    python benchmarks/experiments.py [--trials 2000]

Prints how often 95 % intervals cover, how often nothing is called something, and what pooling brings, each with the
figure that it must keep and the simulation's own error. All seeds are printed; about three minutes on one core.
"""

import argparse
import math
import resource
import time
from collections.abc import Callable

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.measure.experiment.always_valid import always_valid
from daogou.measure.experiment.difference import difference, variance_cut
from daogou.measure.experiment.mismatch import suspects
from daogou.measure.experiment.paired import paired_difference, switched
from daogou.measure.experiment.pooled import pooled
from daogou.measure.experiment.ratio import lift, ratio_difference
from daogou.measure.experiment.sequential import boundaries, stopped

SEED = 20_260_101
Rng = np.random.Generator


def covers(estimate: Estimate, truth: float) -> bool:
    return estimate.low <= truth <= estimate.high


def binary(rate: float, effect: float) -> Callable[[Rng, int, bool], np.ndarray]:
    return lambda rng, n, on: (rng.random(n) < rate + effect * on).astype(float)


def spend(share: float, sigma: float, scale: float, effect: float) -> Callable[[Rng, int, bool], np.ndarray]:
    """``share`` buy, log-normal amounts of mean ``scale``; treated amounts are ``1 + effect`` times as large."""

    def drawn(rng: Rng, n: int, on: bool) -> np.ndarray:
        amount = np.exp(sigma * rng.normal(size=n) - sigma**2 / 2) * scale * (1 + effect * on)
        return amount * (rng.random(n) < share)

    return drawn


def cell(
    rng: Rng,
    trials: int,
    draw: Callable[[Rng, int, bool], np.ndarray],
    sizes: tuple[int, int],
    truth: float,
    **how: bool,
) -> tuple[float, float]:
    """Coverage, and the share of trials that were given an interval."""
    treated = np.repeat([1, 0], sizes)
    hits = given = 0
    for _ in range(trials):
        y = np.concatenate([draw(rng, sizes[0], True), draw(rng, sizes[1], False)])
        estimate = difference(y, treated, **how)
        given += not math.isnan(estimate.low)
        hits += covers(estimate, truth)
    return hits / max(given, 1), given / trials


def means(rng: Rng, trials: int) -> None:
    print("\nDifferences of means, 2,000 an arm and more: mean coverage 94 to 96 %, worst cell 92 % or more")
    found = []
    for sizes in ((2000, 2000), (6000, 2000), (18_000, 2000)):
        for name, draw, truth in (
            ("share of 20 %, none", binary(0.2, 0.0), 0.0),
            ("share of 2 %, +0.5 points", binary(0.02, 0.005), 0.005),
            ("share of 0.5 %, none", binary(0.005, 0.0), 0.0),
            ("orders (Poisson 0.3), +10 %", lambda r, n, on: r.poisson(0.3 * (1 + 0.1 * on), n).astype(float), 0.03),
            ("dwell (exponential), +5 %", lambda r, n, on: r.exponential(60 * (1 + 0.05 * on), n), 3.0),
            ("spend, 60 % buy, sigma 0.8, +10 %", spend(0.6, 0.8, 40, 0.1), 2.4),
        ):
            share, _ = cell(rng, trials, draw, sizes, truth)
            found.append(share)
            print(f"  {sizes[0]:>6} and {sizes[1]}: {name:<36} {share:.1%}")
    error = math.sqrt(0.95 * 0.05 / trials)
    print(f"  mean {np.mean(found):.2%}, worst {min(found):.1%}; a cell's own error +-{2 * error:.1%}")


def adjusted(rng: Rng, trials: int) -> None:
    print("\nThe same adjusted for three covariates, one of them unknown for a third of people")
    found, cuts = [], []
    for _ in range(trials):
        n = 4000
        x = rng.normal(size=(n, 3))
        treated = rng.integers(0, 2, n)
        y = 2 * x[:, 0] + x[:, 1] + 0.3 * treated * (1 + x[:, 0]) + rng.normal(size=n)
        seen = x.copy()
        seen[rng.random(n) < 0.33, 1] = np.nan
        found.append(covers(difference(y, treated, seen), 0.3))
        cuts.append(variance_cut(y, treated, seen))
    print(f"  coverage {np.mean(found):.1%}, variance cut {np.mean(cuts):.0%}")


def money(rng: Rng, trials: int) -> None:
    print("\nHeavy-tailed money down to 200 buyers an arm: 93 % or more; below, no interval is given")
    for sizes, share in (((2300, 2300), 0.1), ((20_700, 2300), 0.1), ((460, 460), 0.5), ((2300, 20_700), 0.1)):
        for sigma, effect in ((1.0, 0.0), (1.0, 0.3), (1.5, 0.0), (1.5, 0.3)):
            draw = spend(share, sigma, 50, effect)
            truth = share * 50 * effect
            covered, given = cell(rng, trials, draw, sizes, truth, money=True)
            plain, _ = cell(rng, trials // 2, draw, sizes, truth)
            print(
                f"  {sizes[0]:>6} and {sizes[1]:>6}, {share:.0%} buy, sigma {sigma}, {effect:+.0%}: {covered:.1%}"
                f" (given in {given:.0%}; each arm's own variance alone: {plain:.1%})"
            )
    _, given = cell(rng, 200, spend(0.05, 1.0, 50, 0), (2000, 2000), 0.0, money=True)
    print(f"  100 buyers an arm: an interval is given in {given:.0%} of trials")


def looks(rng: Rng, trials: int) -> None:
    print("\n20 looks: false positives at most 5 % + simulation error, power within 2 points of one look at the end")
    fractions = np.arange(1, 21) / 20
    bounds = boundaries(fractions.tolist())
    for name, drift in (("no effect", 0.0), ("effect of 80 % power", Z95 + 0.8416), ("effect of 50 % power", Z95)):
        steps = rng.normal(drift / 20, math.sqrt(1 / 20), (20 * trials, 20))
        z = steps.cumsum(axis=1) / np.sqrt(fractions)
        crossed = np.abs(z) >= bounds
        print(
            f"  {name}: decided {crossed.any(axis=1).mean():.2%}, one look at the end"
            f" {(np.abs(z[:, -1]) > Z95).mean():.2%}, peeking at 5 % each {(np.abs(z) > Z95).any(axis=1).mean():.2%}"
        )
        last = np.where(crossed.any(axis=1), crossed.argmax(axis=1), 19)[: trials // 2]
        told = [
            stopped(_stopped_at(z[row, k], fractions[k]), fractions[: k + 1].tolist(), bounds[: k + 1].tolist())
            for row, k in enumerate(last)
        ]
        plain = [z[row, k] / math.sqrt(fractions[k]) for row, k in enumerate(last)]
        print(
            f"    after stopping: adjusted median {np.median([one.value for one in told]):.2f}, plain median"
            f" {np.median(plain):.2f}, truth {drift:.2f}; coverage {np.mean([covers(one, drift) for one in told]):.1%}"
        )


def _stopped_at(z: float, fraction: float) -> Estimate:
    error = 1 / math.sqrt(fraction)
    return Estimate(z * error, (z - Z95) * error, (z + Z95) * error, 1)


def always(rng: Rng, trials: int) -> None:
    print("\nAlways-valid intervals, looked at after each 250 of 20,000 people: simultaneous coverage 95 % or more")
    sizes = np.arange(250, 20_001, 250)
    for name, rate in (("complaints of 4 %", 0.04), ("orders of 20 %", 0.2)):
        never_missed, widths = 0, []
        for _ in range(trials):
            treated, y = rng.integers(0, 2, 20_000), (rng.random(20_000) < rate).astype(float)
            held = True
            ones, hit, both = np.cumsum(treated)[sizes - 1], np.cumsum(y)[sizes - 1], np.cumsum(y * treated)[sizes - 1]
            p1, p0 = both / ones, (hit - both) / (sizes - ones)
            errors = np.sqrt(p1 * (1 - p1) / ones + p0 * (1 - p0) / (sizes - ones))
            for n, gap, error in zip(sizes.tolist(), (p1 - p0).tolist(), errors.tolist(), strict=True):
                told = always_valid(Estimate(gap, gap - Z95 * error, gap + Z95 * error, n), 20_000)
                held &= covers(told, 0.0)
            never_missed += held
            widths.append((told.high - told.low) / (2 * Z95 * error))
        print(f"  {name}: {never_missed / trials:.1%}; at the end {np.mean(widths):.2f} times as wide as one look")


def audiences(rng: Rng, trials: int) -> None:
    print("\nRegions and weeks on and off, with trend, season and carry-over: coverage 92 to 97 %")
    for pairs in (8, 12, 20):
        hits = 0
        for _ in range(trials):
            level = rng.lognormal(5, 0.6, pairs)[:, None] * np.exp(rng.normal(0, 0.05, (pairs, 2)))
            slope = rng.normal(0.02, 0.03, (pairs, 2))
            before = level * np.exp(rng.normal(0, 0.05, (pairs, 2)))
            on = np.eye(2, dtype=bool)[rng.integers(0, 2, pairs)]
            after = level * np.exp(slope + rng.normal(0, 0.05, (pairs, 2))) + 10 * on
            change = after - before
            hits += covers(paired_difference(change[on], change[~on]), 10.0)
        print(f"  {pairs} pairs of regions: {hits / trials:.1%}")
    for pairs, wash_out in ((8, 3), (13, 3), (13, 0)):
        hits = 0
        for _ in range(trials):
            days = np.arange(pairs * 14.0)
            season = 5 * np.sin(2 * np.pi * days / 7) + 0.1 * days
            is_on = np.eye(2, dtype=bool)[rng.integers(0, 2, pairs)]
            running = np.repeat(is_on.ravel(), 7)
            noise = rng.normal(0, 4, len(days))
            for day in range(1, len(days)):
                noise[day] += 0.4 * noise[day - 1]
            works = np.zeros(len(days))
            for day in range(len(days)):  # what is switched on works up and dies away over about two days
                works[day] = 0.35 * (works[day - 1] if day else 0.0) + 0.65 * 10 * running[day]
            sold = (100 + season + noise + works).reshape(pairs, 2, 7)
            hits += covers(paired_difference(*switched(sold, is_on, wash_out)), 10.0)
        note = "" if wash_out else " (without a wash-out: what carries over is not seen)"
        print(f"  {pairs} pairs of weeks, wash-out {wash_out} days: {hits / trials:.1%}{note}")


def learnings(rng: Rng, trials: int) -> None:
    print("\nPooled learnings: squared error below each campaign's own, intervals that cover")
    for campaigns, kinds in ((12, 3), (40, 5)):
        for between, within in ((0.0, 0.0), (1.0, 0.5), (2.0, 2.0)):
            own = merged = 0.0
            hits, next_hits = [], []
            for _ in range(trials // 4):
                kind = rng.integers(0, kinds, campaigns)
                centre = 1.0 + between * rng.normal(size=kinds)
                truth = centre[kind] + within * rng.normal(size=campaigns)
                error = rng.uniform(0.5, 3.0, campaigns)
                seen = truth + error * rng.normal(size=campaigns)
                told = pooled(seen, error, kind)
                values = np.array([one.value for one in told.effects])
                own, merged = own + ((seen - truth) ** 2).mean(), merged + ((values - truth) ** 2).mean()
                hits += [covers(one, t) for one, t in zip(told.effects, truth, strict=True)]
                following = {k: centre[k] + within * rng.normal() for k in told.next_in}
                next_hits += [covers(one, following[k]) for k, one in told.next_in.items()]
            print(
                f"  {campaigns} campaigns of {kinds} kinds, spreads {between} and {within}: squared error"
                f" {merged / own:.2f} of their own, coverage {np.mean(hits):.1%}, of the next {np.mean(next_hits):.1%}"
            )


def scale(rng: Rng, customers: int = 1_000_000, touches: int = 10_000_000) -> None:
    print(f"\n{touches:,} touches and {customers:,} customers, all readings: 60 s, 4 GB")
    who = rng.integers(0, customers, touches, dtype=np.int32)
    clicked = rng.random(touches) < 0.03
    treated = (rng.random(customers) < 0.8).astype(np.int8)
    before = rng.lognormal(3, 1, (customers, 3)) * (rng.random((customers, 3)) < 0.4)
    spent = before[:, 0] * 0.5 + rng.lognormal(3, 1, customers) * (rng.random(customers) < 0.3)
    segment = rng.integers(0, 11, customers)
    start, wall = time.process_time(), time.perf_counter()
    shown, clicks = np.bincount(who, minlength=customers), np.bincount(who[clicked], minlength=customers)
    difference(spent, treated, before, money=True)
    difference(spent > 0, treated, before)
    lift(spent, treated)
    ratio_difference(clicks, shown, treated)
    suspects(treated.astype(str), {"1": 0.8, "0": 0.2}, {"segment": segment})
    parts = [difference(spent[segment == one], treated[segment == one], before[segment == one]) for one in range(11)]
    pooled(np.array([one.value for one in parts]), np.array([(one.high - one.low) / (2 * Z95) for one in parts]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    spent_wall, spent_cpu = time.perf_counter() - wall, time.process_time() - start
    print(f"  {spent_wall:.1f} s wall, {spent_cpu:.1f} s CPU, peak {peak:.2f} GB with the data")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--trials", type=int, default=1000, help="trials a cell")
    parser.add_argument("--only", default="", help="one part, by its function's name")
    asked = parser.parse_args()
    print(f"seed {SEED}, {asked.trials} trials a cell")
    for part in (means, adjusted, money, looks, always, audiences, learnings):
        if asked.only in ("", part.__name__):
            part(np.random.default_rng(SEED), asked.trials)
    if asked.only in ("", "scale"):
        scale(np.random.default_rng(SEED))


if __name__ == "__main__":
    main()
