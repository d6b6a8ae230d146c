"""What each customer is worth: the contribution that is to come within a horizon, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.raw import Vector
from daogou.base.statistics import percentile_interval
from daogou.predict.lifetime import Lifetime
from daogou.predict.value_forward import YEAR_DAYS, Drift, Forward, held_forward, tenth
from daogou.predict.value_money import Money, money
from daogou.predict.value_sales import Buyers, Sales
from daogou.predict.value_settings import ValueSettings
from daogou.predict.value_timing import Choice, choose_timing, fitted, learned_from
from daogou.predict.worth import discounted

_OTHERS = 40  # sets of parameters that the futures are drawn with
_MOST_DRAWN, _FEWEST_DRAWS = 20_000_000, 100  # histories in all: above 50,000 customers there are fewer futures
_CHUNK = 20_000  # customers whose futures are held at once


@dataclass(frozen=True)
class Lack:
    """Why there is no value, and what would be enough."""

    what: Literal["days", "again", "alike"]
    have: int
    need: int


@dataclass(frozen=True)
class Values:
    """Arrays of shape (customers,) in the order of ``buyers``; money is contribution, as worth at the moment.

    Attributes:
        alive: the probability that each still is a customer.
        orders: expected days with a purchase within the horizon.
        contribution: expected, with ``low`` and ``high`` between which 95 futures in 100 lie.
        at_risk: what would be added if the customer surely were one still.
        totals: contribution, at_risk and orders of all, and top_tenth_share, each with its interval.
    """

    buyers: Buyers
    alive: Vector
    orders: Vector
    contribution: Vector
    low: Vector
    high: Vector
    at_risk: Vector
    totals: dict[str, Estimate]
    timing: Lifetime
    money: Money
    choice: Choice
    windows: tuple[Forward, ...]
    drifts: "Drifts"
    known_days: int  # from the first purchase to the moment


@dataclass(frozen=True)
class Drifts:
    """What windows of the past say of totals: they correct what is expected and widen every interval."""

    orders: Drift
    money: Drift
    share: Drift

    @classmethod
    def of(cls, windows: Sequence[Forward], known_days: int, settings: ValueSettings) -> "Drifts":
        """One for each total; where less than a year is known, a part of the horizon lies in seasons never seen."""
        season = settings.season * min(max(YEAR_DAYS - known_days, 0) / settings.days, 1.0)
        orders, money, share = ([getattr(one, name) for one in windows] for name in ("orders", "money", "share"))
        usual = settings.drift
        return cls(Drift.of(orders, usual, season), Drift.of(money, usual, season), Drift.of(share, usual))


def customer_values(sales: Sales, moment: int, margin: float, settings: ValueSettings) -> Values | Lack:
    """The value of everyone who bought before the day ``moment``, from what was known before it.

    Raises:
        ValueError: the margin is not above 0.
    """
    if not margin > 0:
        raise ValueError("margin must be above 0")
    buyers = sales.until(moment)
    first = int(moment - buyers.age.max()) if len(buyers.age) else moment
    lack = _lack(buyers, moment - first, settings)
    if lack is not None:
        return lack
    aside = min(settings.days, (moment - first) // 3)
    choice = choose_timing(sales, moment, aside, settings.fewest_customers, settings.seed)
    try:
        timing = fitted(choice.name, buyers, settings.seed)
    except ValueError:
        return Lack("alike", len(buyers.customer), settings.fewest_customers)
    windows = held_forward(sales, first, moment, choice.name, settings)
    drifts = Drifts.of(windows, moment - first, settings)
    chance = np.random.default_rng(settings.seed)
    worth = money(buyers, settings.wholesale, settings.most_correlation, chance, _OTHERS)
    known = _Known(buyers, timing, worth, drifts, margin, settings)
    others = timing.others(chance, _OTHERS, *learned_from(choice.name, buyers, settings.seed).history)
    futures = _futures(known, others, chance)
    return Values(
        buyers=buyers,
        alive=known.alive,
        orders=known.orders,
        contribution=known.contribution,
        low=futures.bounds[0],
        high=futures.bounds[1],
        at_risk=known.at_risk,
        totals=_totals(known, futures),
        timing=timing,
        money=worth,
        choice=choice,
        windows=windows,
        drifts=drifts,
        known_days=moment - first,
    )


def _lack(buyers: Buyers, days: int, settings: ValueSettings) -> Lack | None:
    if days < settings.fewest_days:
        return Lack("days", days, settings.fewest_days)
    again = int((buyers.frequency > 0).sum())
    return Lack("again", again, settings.fewest_customers) if again < settings.fewest_customers else None


class _Known:
    """What is expected of each customer, corrected by what windows of the past showed."""

    def __init__(
        self, buyers: Buyers, timing: Lifetime, worth: Money, drifts: Drifts, margin: float, settings: ValueSettings
    ) -> None:
        self.history, self.worth, self.drifts, self.settings = buyers.history, worth, drifts, settings
        self.alive, still = timing.alive(*self.history), timing.if_alive(settings.days, *self.history)
        self.orders = still * self.alive * drifts.orders.factor
        later = discounted(timing, *self.history, days=settings.days, discount=settings.discount)
        self.kept = later / np.maximum(still, 1e-300) * margin  # of the money of a horizon, as worth now
        brings = later * worth.mean * margin * drifts.money.factor
        self.contribution, self.at_risk = brings * self.alive, brings * (1 - self.alive)
        self.top = np.zeros(len(still), bool)
        self.top[tenth(self.contribution)] = True


@dataclass(frozen=True)
class _Futures:
    """Sums over customers in each drawn future, shape (draws,), and bounds of each customer, (2, customers)."""

    contribution: Vector
    orders: Vector
    share: Vector
    at_risk: Vector  # an expectation: only parameters and drift move it
    bounds: Any


def _futures(known: _Known, others: Sequence[Lifetime], chance: np.random.Generator) -> _Futures:
    days, wanted = known.settings.days, known.settings.draws
    each = max(min(wanted, max(_MOST_DRAWN // len(known.top), _FEWEST_DRAWS)) // len(others), 1)
    draws = each * len(others)
    drifts = known.drifts
    moved = {name: getattr(drifts, name).drawn(chance, draws) for name in ("orders", "money", "share")}
    orders, top, rest, bounds = np.zeros(draws), np.zeros(draws), np.zeros(draws), np.empty((2, len(known.top)))
    for start in range(0, len(known.top), _CHUNK):
        part = slice(start, start + _CHUNK)
        some, worth, is_top = tuple(values[part] for values in known.history), known.worth.take(part), known.top[part]
        brings = np.empty((draws, len(is_top)))
        for draw in range(draws):
            k = draw // each
            bought = others[k].future(chance, days, *some)
            orders[draw] += bought.sum()
            brings[draw] = worth.drawn(chance, bought) * worth.factor[k] * known.kept[part] * moved["money"][draw]
        top += brings[:, is_top].sum(axis=1)
        rest += brings[:, ~is_top].sum(axis=1)
        bounds[:, part] = np.quantile(brings, [0.025, 0.975], axis=0)
    share = top / np.maximum(top + rest, 1e-300) * moved["share"]
    at_risk = np.repeat([_lost(known, model) for model in others], each) * np.repeat(known.worth.factor, each)
    return _Futures(top + rest, orders * moved["orders"], np.minimum(share, 1.0), at_risk * moved["money"], bounds)


def _lost(known: _Known, model: Lifetime) -> float:
    still = model.if_alive(known.settings.days, *known.history)
    return float((still * (1 - model.alive(*known.history)) * known.worth.mean * known.kept).sum())


def _totals(known: _Known, futures: _Futures) -> dict[str, Estimate]:
    n, whole = len(known.orders), float(known.contribution.sum())
    share = float(known.contribution[known.top].sum()) / whole * known.drifts.share.factor if whole > 0 else np.nan

    def told(value: float, draws: Vector, unit: str) -> Estimate:
        low, high = percentile_interval(draws)
        return Estimate(value, low, high, n, unit)

    return {
        "contribution": told(whole, futures.contribution, "currency"),
        "orders": told(float(known.orders.sum()), futures.orders, "orders"),
        "at_risk": told(float(known.at_risk.sum()), futures.at_risk, "currency"),
        "top_tenth_share": told(min(share, 1.0), futures.share, "0-1"),
    }
