"""What customers bought and gave back, by day, and what that says of each at a moment."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from daogou.base.raw import Vector

Ints = np.ndarray[Any, np.dtype[np.int64]]
_MAD = 1.4826  # the standard deviation of a normal over its median absolute deviation


@dataclass(frozen=True)
class Buyers:
    """Who had bought before a moment, each array of shape (customers,), in the order of ``customer``.

    Attributes:
        frequency: days with a purchase after the first.
        recency: days from the first to the last.
        age: days from the first to the moment, at least 1.
        paid: net sales of all purchases, before refunds.
        net: the same after refunds; below 0 where more came back than was bought.
        squares: sum of squares of the purchases about their mean.
    """

    customer: Ints
    frequency: Vector
    recency: Vector
    age: Vector
    paid: Vector
    net: Vector
    squares: Vector

    @property
    def history(self) -> tuple[Vector, Vector, Vector]:
        """What models of timing read."""
        return self.frequency, self.recency, self.age

    @property
    def purchases(self) -> Vector:
        """Days with a purchase, from 1."""
        return self.frequency + 1

    @property
    def value(self) -> Vector:
        """Mean value of a purchase after refunds; 0 where everything and more came back."""
        return np.maximum(self.net, 0.0) / self.purchases

    @property
    def kept(self) -> Vector:
        """The share of what was paid that did not come back, 0 to 1."""
        return np.clip(self.net / self.paid, 0.0, 1.0)

    def take(self, chosen: Any) -> "Buyers":
        """Some of them, by mask or places."""
        return Buyers(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Sales:
    """One row a customer and day: ``paid`` on it (0 where only something came back), ``refunded`` on it.

    A day on which something was paid is a purchase; orders of one day are one. Ordered by customer and day.
    """

    customer: Ints
    day: Ints
    paid: Vector
    refunded: Vector

    @classmethod
    def of(cls, customer: ArrayLike, day: ArrayLike, paid: ArrayLike, refunded: ArrayLike | None = None) -> Self:
        """Rows in any order, several a day added up. What is refunded on the day of its order never was a purchase.

        Raises:
            ValueError: shapes differ, something is missing or infinite, or a refund is below 0.
        """
        who, when = (np.asarray(values, dtype=np.int64) for values in (customer, day))
        money = np.asarray(paid, dtype=np.float64)
        back = np.zeros(len(money)) if refunded is None else np.asarray(refunded, dtype=np.float64)
        if not who.shape == when.shape == money.shape == back.shape or who.ndim != 1:
            raise ValueError("customer, day, paid and refunded must be of one shape (rows,)")
        if not (np.isfinite(money).all() and np.isfinite(back).all() and (back >= 0).all()):
            raise ValueError("paid and refunded must be numbers, and what was refunded 0 or more")
        order = np.lexsort((when, who))
        who, when, money, back = who[order], when[order], money[order], back[order]
        new = np.ones(len(who), bool)
        new[1:] = (who[1:] != who[:-1]) | (when[1:] != when[:-1])
        place, first = np.cumsum(new) - 1, np.flatnonzero(new)
        money, back = (_floats(np.bincount(place, values, minlength=len(first))) for values in (money, back))
        stays = np.maximum(money - back, 0.0)
        return cls(who[first], when[first], stays, np.maximum(back - np.maximum(money, 0.0), 0.0))

    def until(self, moment: int) -> Buyers:
        """Everyone with a purchase before the day ``moment``, and what they did before it."""
        seen = self.day < moment
        bought = seen & (self.paid > 0)
        who, start = np.unique(self.customer[bought], return_index=True)
        day, paid = self.day[bought], self.paid[bought]
        place = np.repeat(np.arange(len(who)), np.diff(np.append(start, len(day))))
        n = np.bincount(place, minlength=len(who)).astype(np.float64)
        sums = _floats(np.bincount(place, paid, minlength=len(who)))
        first, last = day[start], day[np.append(start[1:], len(day)) - 1] if len(who) else day
        squares = _floats(np.bincount(place, (paid - (sums / np.maximum(n, 1))[place]) ** 2, minlength=len(who)))
        net = sums - _summed(self.customer[seen], self.refunded[seen], who)
        return Buyers(who, n - 1, (last - first).astype(float), (moment - first).astype(float), sums, net, squares)

    def between(self, start: int, end: int, who: Ints) -> tuple[Vector, Vector]:
        """Purchases, and net sales after refunds, of each of ``who`` (ascending) on days from ``start`` to ``end``."""
        meant = (self.day >= start) & (self.day < end)
        bought = meant & (self.paid > 0)
        made = _summed(self.customer[bought], np.ones(int(bought.sum())), who)
        return made, _summed(self.customer[meant], (self.paid - self.refunded)[meant], who)


def wholesale(buyers: Buyers, beyond: float = 3.5) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Who pays for one purchase, on average, so much more than others that resale is likelier than taste.

    The logarithm of the mean purchase, less the median, over 1.4826 median absolute deviations, is above ``beyond``.
    Source: Iglewicz and Hoaglin (1993), How to detect and handle outliers, whose limit is 3.5: among customers whose
    purchases are log-normal it names two in ten thousand. Where half pay the same, nobody is named.
    """
    if not len(buyers.customer):
        return np.zeros(0, bool)
    size = np.log(buyers.paid / buyers.purchases)
    away = size - np.median(size)
    spread = _MAD * float(np.median(np.abs(away)))
    named: np.ndarray[Any, np.dtype[np.bool_]] = (away > beyond * spread) & (spread > 0)
    return named


def _summed(customer: Ints, values: Vector, who: Ints) -> Vector:
    """Sums of ``values`` by customer, for each of ``who``, ascending."""
    if not len(who):
        return np.zeros(0)
    place = np.minimum(np.searchsorted(who, customer), len(who) - 1)
    known = who[place] == customer
    return _floats(np.bincount(place[known], values[known], minlength=len(who)))


def _floats(values: Any) -> Vector:
    """``bincount`` counts in whole numbers where it is given nothing."""
    return np.asarray(values, dtype=np.float64)
