"""A made-up company whose future is known, as models of customers' lifetimes see the world."""

import numpy as np

from daogou.predict.value_sales import Sales


def company(
    seed: int,
    customers: int = 1_000,
    days: int = 730,
    *,
    stays: float = 0.06,
    together: float = 0.0,
    growth: float = 0.0,
    change: tuple[int, float] = (0, 1.0),
    season: float = 0.0,
) -> Sales:
    """Sales of ``days`` days: each buys at a pace of their own until they leave, and pays about a sum of their own.

    Customers come evenly over the first two thirds of the days. ``stays`` is the odds of leaving after a purchase,
    ``together`` how far the logarithm of the sum follows that of the pace, ``growth`` how much faster all buy at the
    end than at the beginning, in logarithms, ``change`` a day from which all buy so many times as fast, ``season`` how
    far paces swing within a year, in logarithms.
    """
    chance = np.random.default_rng(seed)
    pace = chance.gamma(1.2, 1 / 45, customers)
    leaves = chance.beta(stays * 20, 20, customers)
    mean = np.exp(3.3 + together * np.log(pace * 40) + 0.5 * chance.standard_normal(customers))
    come = chance.integers(0, max(days * 2 // 3, 1), customers)
    speed = np.exp(growth * np.arange(days) / days + season * np.sin(2 * np.pi * np.arange(days) / 365))
    speed[change[0] :] *= change[1]
    clock = np.concatenate([[0.0], np.cumsum(speed)])  # days as the customers feel them
    who, when = [], []
    for k in range(customers):
        n = int(min(chance.geometric(max(leaves[k], 1e-9)), 4_000)) + 1
        steps = np.cumsum(chance.exponential(1 / pace[k], n - 1))
        felt = clock[come[k]] + np.concatenate([[0.0], steps])
        day = np.searchsorted(clock, felt, side="right") - 1
        day[0] = come[k]
        day = day[day < days]
        who.append(np.full(len(day), k))
        when.append(day)
    customer, day = np.concatenate(who), np.concatenate(when)
    paid = mean[customer] * chance.gamma(4, 1 / 4, len(customer))
    back = np.where(chance.random(len(customer)) < 0.05, paid, 0.0)
    later = np.minimum(day + 7, days)
    made = [Sales.of(customer, day, paid), Sales.of(customer, later, np.zeros(len(paid)), back)]
    parts = [[getattr(one, name) for one in made] for name in ("customer", "day", "paid", "refunded")]
    return Sales.of(*(np.concatenate(part) for part in parts))
