"""The same models held forward in time: fitted to what was known before windows of the past, and what then came."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from daogou.base.raw import Vector
from daogou.predict.value_money import money
from daogou.predict.value_sales import Ints, Sales
from daogou.predict.value_settings import ValueSettings
from daogou.predict.value_timing import fitted

YEAR_DAYS = 365
WINDOWS = 4  # one behind the other, up to now
TENTH = 0.1
_SHARE = 5  # of the days known is a window, so that the first model has as many to learn from
_SEEN = 3  # windows that what is taken for granted counts for
_MOST = 3.0  # of a logarithm: a factor of twenty


@dataclass(frozen=True)
class Held:
    """What was expected of a window, what came, and the variance of the logarithm of their ratio by chance alone."""

    expected: float
    came: float
    variance: float = 0.0

    @property
    def error(self) -> float:
        """Expected over came, less 1."""
        return self.expected / self.came - 1 if self.came > 0 else math.inf

    @property
    def off(self) -> float:
        """The logarithm of came over expected."""
        return math.log(max(self.came, 0.05 * self.expected) / self.expected)


@dataclass(frozen=True)
class Forward:
    """A window of the past: of those known before it, their purchases, net sales, and the share of the top tenth."""

    start: int
    days: int
    orders: Held
    money: Held
    share: Held


@dataclass(frozen=True)
class Drift:
    """How far totals of a company lie off, on the logarithm: a Student distribution about ``level``.

    A normal with unknown mean and variance, conjugate: before any window was seen, the mean is 0 as though three
    windows had shown it, and the spread ``usual``. Source: Gelman et al. (2013), Bayesian data analysis, 3.3.
    """

    level: float
    scale: float
    freedom: int

    @classmethod
    def of(cls, windows: Sequence[Held], usual: float, season: float = 0.0) -> "Drift":
        """From what the windows showed beyond chance; ``season`` is the spread by months that they do not know.

        >>> Drift.of([], 0.1)
        Drift(level=0.0, scale=0.1, freedom=3)
        >>> Drift.of([Held(100, 120), Held(100, 120)], 0.1).level > 0
        True
        """
        off, freedom = [one.off for one in windows], _SEEN + len(windows)
        level = sum(off) / freedom
        squares = sum(value**2 for value in off) - freedom * level**2 - sum(one.variance for one in windows)
        spread = (_SEEN * usual**2 + max(squares, 0.0)) / freedom
        spread *= 1 + 1 / freedom if windows else 1  # of the level, which is known by so many
        return cls(level, math.sqrt(spread + season**2), freedom)

    @property
    def factor(self) -> float:
        """What an expected total is multiplied by."""
        return math.exp(self.level)

    def drawn(self, chance: np.random.Generator, n: int) -> Vector:
        """Factors of a total, shape (n,)."""
        spread = student.ppf((chance.permutation(n) + 0.5) / n, self.freedom)  # evenly, so that few draws suffice
        off = self.level + self.scale * spread
        factor: Vector = np.exp(np.clip(off, -_MOST, _MOST))
        return factor


def held_forward(sales: Sales, first: int, moment: int, name: str, settings: ValueSettings) -> tuple[Forward, ...]:
    """The windows before ``moment`` that have enough before them, oldest first; ``name`` is the model of timing."""
    known = moment - first
    is_yearly = settings.days >= YEAR_DAYS and known >= 2 * YEAR_DAYS  # then every season lies in each window
    days = YEAR_DAYS if is_yearly else min(settings.days, known // _SHARE)
    if days < 1:
        return ()
    starts = [moment - days * k for k in range(WINDOWS, 0, -1)]
    found = (
        _window(sales, start, days, name, settings)
        for start in starts
        if start - first >= max(days, settings.fewest_days)
    )
    return tuple(one for one in found if one is not None)


def _window(sales: Sales, start: int, days: int, name: str, settings: ValueSettings) -> Forward | None:
    buyers = sales.until(start)
    if int((buyers.frequency > 0).sum()) < settings.fewest_customers:
        return None
    try:
        timing = fitted(name, buyers, settings.seed)
    except ValueError:
        return None
    chance = np.random.default_rng(settings.seed)
    bought = timing.expected(days, *buyers.history)
    brings = bought * money(buyers, settings.wholesale, settings.most_correlation, chance, 0).mean
    made, came = sales.between(start, start + days, buyers.customer)
    if not brings.sum() > 0:
        return None
    top = tenth(brings)
    share = Held(float(brings[top].sum() / brings.sum()), float(came[top].sum() / max(came.sum(), 1e-300)))
    return Forward(start, days, _held(bought, made), _held(brings, came), share)


def tenth(values: Vector) -> Ints:
    """Places of the tenth with the highest values, at least one."""
    places: Ints = np.argsort(-values, kind="stable")[: max(round(TENTH * len(values)), 1)]
    return places


def _held(expected: Vector, came: Vector) -> Held:
    """The sums, and what customers who do not know of each other make of their ratio."""
    whole, made = float(expected.sum()), float(came.sum())
    by_chance = came - expected * (made / whole)
    return Held(whole, made, float(by_chance @ by_chance) / max(made, 0.05 * whole) ** 2)
