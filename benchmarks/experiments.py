"""Whether experiments may be believed: made-up companies whose truth is known, read as a user's would be.

    python benchmarks/experiments.py [--trials 2000]

Prints how often 95 % intervals cover, how often nothing is called something, and what pooling brings, each with the
figure that it must keep and the simulation's own error. All seeds are printed; about three minutes on one core.
"""

import argparse
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.flows.experiments import experiments
from daogou.flows.workspace import Workspace
from daogou.measure.experiment.always_valid import always_valid
from daogou.measure.experiment.difference import Comparison, difference, variance_cut
from daogou.measure.experiment.paired import paired_difference, switched
from daogou.measure.experiment.pooled import pooled
from daogou.measure.experiment.reading import Outcome, Trial, read
from daogou.measure.experiment.reading_delivered import delivered_effect
from daogou.measure.experiment.reading_joined import Part, total
from daogou.measure.experiment.sequential import boundaries, stopped
from daogou.store.tables import ASSIGNMENTS, CUSTOMERS, ORDERS, PAST_CAMPAIGNS, READINGS, TOUCHES, Table
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows as made_rows

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


def rare(rng: Rng, trials: int) -> None:
    print("\nRare shares, and ratios with few above the line, as readings give them: coverage 93 % or more")
    for sizes, on, off in (
        ((2000, 2000), 0.005, 0.0),
        ((8000, 2000), 0.002, 0.002),
        ((2000, 500), 0.005, 0.005),
        ((18_000, 2000), 0.004, 0.002),
    ):
        treated = np.repeat([1, 0], sizes)
        trial = Trial(treated, np.full(sum(sizes), sizes[0] / sum(sizes)), np.zeros((sum(sizes), 1)), treated)
        shares, ratios = [], []
        for _ in range(trials // 2):
            y = (rng.random(sum(sizes)) < np.where(treated == 1, on, off)).astype(float)
            sold = np.exp(rng.normal(size=sum(sizes))) * (rng.random(sum(sizes)) < 0.3)
            back = sold * (rng.random(sum(sizes)) < 0.1)
            told = read(trial, [Outcome("a", "share", y), Outcome("b", "ratio", back, below=sold)]).effects
            shares.append((told[0].adjusted, on - off))
            ratios.append((told[1].adjusted, 0.0))
        print(
            f"  {sizes[0]:>6} and {sizes[1]:>5}: shares of {on:.1%}, {off:.1%} {_given(shares)}; ratio {_given(ratios)}"
        )


def _given(told: list[tuple[Estimate, float]]) -> str:
    known = [covers(*one) for one in told if not math.isnan(one[0].low)]
    return f"{np.mean(known):.1%} (given in {len(known) / len(told):.0%})"


def together(rng: Rng, trials: int) -> None:
    print("\nSix campaigns added up, each person in three of them: the total is covered in 93.5 to 96.5 %")
    people = 3000
    for name, same in (("lots drawn anew", False), ("the same lots in all", True)):
        hits, alone = [], []
        for _ in range(trials // 2):
            taste, lots = rng.lognormal(0, 1, people), rng.random(people) < 0.5
            parts, truth, widths = [], 0.0, 0.0
            for k in range(6):
                who = np.flatnonzero(rng.random(people) < 0.5)
                on = lots[who] if same else rng.random(len(who)) < 0.5
                y = taste[who] * (rng.random(len(who)) < 0.7) + 0.1 * k * on
                compared = Comparison(on)
                effect = compared.effect(y)
                parts.append(Part(effect.value, int(on.sum()), who, compared.influence(y)))
                truth += 0.1 * k * on.sum()
                widths += ((effect.high - effect.low) / 2 * on.sum()) ** 2
            told = total(parts)
            hits.append(covers(told, truth))
            alone.append(abs(told.value - truth) <= math.sqrt(widths))
        print(f"  {name}: {np.mean(hits):.1%}; as if they were different people {np.mean(alone):.1%}")


def delivered(rng: Rng, trials: int) -> None:
    print("\nThe effect on those reached, who differ anyway: coverage 94 to 96 %")
    for share in (0.1, 0.6):
        hits, naive = [], []
        for _ in range(trials // 2):
            on, keen = rng.random(4000) < 0.5, rng.random(4000) < share
            reached = (on & keen).astype(float)
            y = rng.exponential(10, 4000) + 5 * keen + 2 * reached
            hits.append(covers(delivered_effect(Comparison(on), y, reached), 2.0))
            naive.append(covers(difference(y, reached), 2.0))
        print(f"  {share:.0%} reached: {np.mean(hits):.1%}; those reached against the others {np.mean(naive):.1%}")


CAMPAIGNS = (("coupon", "email"), ("coupon", "email"), ("news", "sms"), ("news", "email"), ("gift", "app"))
DAYS = 500  # of the made-up company, before its last order
SETTINGS = '[company]\ntimezone = "UTC"\ncurrency = "EUR"\n[warehouse]\nmemory = 1500\n'


def made_up(warehouse: Warehouse, rng: Rng, customers: int, touches: int) -> None:
    """A company of ``customers`` with three orders each in 500 days, and five campaigns, a fifth held out."""
    first, orders = date(2025, 1, 1), 3 * customers
    people = np.arange(customers)
    warehouse.append(CUSTOMERS, filled(CUSTOMERS, customer_id=people, is_static=np.ones(customers, bool)))
    day = rng.integers(0, DAYS, orders)
    money = np.round(rng.lognormal(3, 1, orders), 2)
    told = {"order_id": np.arange(orders).astype(str), "customer_id": rng.integers(0, customers, orders)}
    told |= {"local_day": days(first, day), "net_sales": money, "list_value": money, "paid": money}
    warehouse.append(ORDERS, filled(ORDERS, **told))
    starts = [first + timedelta(days=120 + 60 * n) for n in range(len(CAMPAIGNS))]
    rows = [
        {"campaign_id": f"c{n}", "kind": kind, "channel": channel, "starts_on": start, "ends_on": start + timedelta(20)}
        for n, ((kind, channel), start) in enumerate(zip(CAMPAIGNS, starts, strict=True))
    ]
    warehouse.append(PAST_CAMPAIGNS, made_rows(PAST_CAMPAIGNS, *rows))
    for n, start in enumerate(starts):
        held = rng.random(customers) < 0.2
        lots = {"campaign_id": np.full(customers, f"c{n}"), "unit_id": people}
        lots |= {"arm": np.where(held, "holdout", "treated"), "propensity": np.where(held, 0.2, 0.8)}
        warehouse.append(ASSIGNMENTS, filled(ASSIGNMENTS, **lots))
        each = touches // len(CAMPAIGNS)
        who = rng.choice(people[~held], each)
        kind = rng.choice(["sent", "delivered", "open", "click", "unsubscribe"], each, p=[0.4, 0.39, 0.15, 0.05, 0.01])
        told = {"touch_id": np.char.add(f"{n}-", np.arange(each).astype(str)), "customer_id": who, "kind": kind}
        told |= {"channel": np.full(each, CAMPAIGNS[n][1]), "campaign_id": np.full(each, f"c{n}")}
        told |= {"local_day": days(start, rng.integers(0, 14, each)), "cost": np.full(each, 0.01)}
        warehouse.append(TOUCHES, filled(TOUCHES, **told))


def days(first: date, number: np.ndarray) -> np.ndarray:
    return np.datetime64(first) + number.astype("timedelta64[D]")


def filled(table: Table, **told: np.ndarray) -> pa.Table:
    """A table's rows from arrays; what is not told is empty, or plain where it may not be."""
    one = made_rows(table, {})
    n = len(next(iter(told.values())))
    columns = []
    for field in one.schema:
        if field.name not in told:
            columns.append(pa.repeat(one[field.name][0], n))
            continue
        values = pa.array(told[field.name])
        is_money = pa.types.is_decimal(field.type)
        columns.append(pc.round(values, 4).cast(field.type, safe=False) if is_money else values.cast(field.type))
    return pa.Table.from_arrays(columns, schema=one.schema)


def scale(rng: Rng, customers: int, touches: int) -> None:
    print(f"\n{touches:,} touches and {customers:,} customers, all readings of five campaigns: 60 s, 4 GB")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "daogou.toml").write_text(SETTINGS, encoding="utf-8")
        with Workspace(Path(folder)).warehouse() as warehouse:
            made_up(warehouse, rng, customers, touches)
        # a process of its own, so that the memory that made the company is not counted
        subprocess.run([sys.executable, __file__, "--read", folder], check=True)


def read_at_scale(folder: str) -> None:
    workspace = Workspace(Path(folder))
    wall, cpu = time.perf_counter(), time.process_time()
    with workspace.warehouse() as warehouse, warehouse.transaction():
        as_of = workspace.as_of(warehouse)
        told, _lines = experiments(workspace, warehouse, as_of)
        rows = warehouse.count(READINGS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    covered = sum(
        one["effects"]["contribution"]["low"] <= 0 <= one["effects"]["contribution"]["high"]
        for one in told["campaigns"]
    )
    print(f"  {wall:.1f} s wall, {cpu:.1f} s CPU, peak {peak:.2f} GB; {rows} rows of readings")
    print(f"  campaigns without an effect whose interval holds 0: {covered} of {len(told['campaigns'])}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--trials", type=int, default=1000, help="trials a cell")
    parser.add_argument("--only", default="", help="one part, by its function's name")
    parser.add_argument("--customers", type=int, default=1_000_000, help="of the made-up company; ten touches each")
    parser.add_argument("--read", default="", help="a made-up company's folder; used by the part scale itself")
    asked = parser.parse_args()
    if asked.read:
        read_at_scale(asked.read)
        return
    print(f"seed {SEED}, {asked.trials} trials a cell")
    for part in (means, adjusted, money, rare, together, delivered, looks, always, audiences, learnings):
        if asked.only in ("", part.__name__):
            part(np.random.default_rng(SEED), asked.trials)
    if asked.only in ("", "scale"):
        scale(np.random.default_rng(SEED), asked.customers, 10 * asked.customers)


if __name__ == "__main__":
    main()
