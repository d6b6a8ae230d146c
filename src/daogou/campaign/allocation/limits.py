"""What an allocation may not exceed, and what it must reach, checked once."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Limits:
    """The limits of n customers and m actions, as one list of prices: budget, capacities, mosts, leasts, floors.

    Attributes:
        budget: most that may be spent.
        capacity: shape (channels,), most customers of each channel.
        least, most: shape (offers,), customers of each offer.
        floor: shape (groups,), least customers of each group to be reached.
        channel, offer: shape (m,), of each action; ``offer`` is all 0 where there are no offers.
    """

    budget: float
    capacity: Array
    least: Array
    most: Array
    floor: Array
    channel: Array
    offer: Array

    @cached_property
    def actions(self) -> Array:
        """Shape (channels + 2 offers, m): what one customer of an action takes of each limit that counts customers."""
        rows = [self.channel == k for k in range(len(self.capacity))]
        offers = [self.offer == o for o in range(len(self.most))]
        return np.vstack([*rows, *offers, *(-1.0 * row for row in offers)]).astype(np.float64)

    @cached_property
    def amounts(self) -> Array:
        """Shape (prices,): how much there is of each limit; negative where it asks for some."""
        return np.concatenate([[self.budget], self.capacity, self.most, -self.least, -self.floor]).astype(np.float64)

    @property
    def asks(self) -> bool:
        """Whether some limit asks for customers, so that actions of no value may be needed."""
        return bool(self.least.any() or self.floor.any())

    def parts(self, prices: Array) -> tuple[float, Array, Array]:
        """The price of 1 of cost, of each action, shape (m,), and what reaching one of each group brings, (groups,)."""
        counted = 1 + len(self.actions)
        return float(prices[0]), prices[1:counted] @ self.actions, np.ascontiguousarray(prices[counted:])

    def taken(self, cost: float, counts: Array, reached: Array) -> Array:
        """Shape (prices,): what customers take of each limit who cost so much, by action (m,) and group (groups,)."""
        return np.concatenate([[cost], self.actions @ counts, -reached])

    def used(self, counts: Array) -> Array:
        """Shape (channels,): customers of each channel, from those of each action (m,)."""
        return np.bincount(self.channel, weights=counts, minlength=len(self.capacity)).astype(np.int64)

    @property
    def asked(self) -> int:
        """How many limits, the last ones, ask for customers."""
        return len(self.least) + len(self.floor)

    def scaled(self, share: float) -> "Limits":
        """The same limits for that share of the customers: what is allowed rounded up, what is asked rounded down."""
        most, least = {"capacity": self.capacity, "most": self.most}, {"least": self.least, "floor": self.floor}
        up = {name: np.ceil(limit * share).astype(np.int64) for name, limit in most.items()}
        down = {name: np.floor(limit * share).astype(np.int64) for name, limit in least.items()}
        return replace(self, budget=self.budget * share, **up, **down)

    def name(self, price: int) -> str:
        """What the limit at that place of the list is called."""
        k, o = len(self.capacity), len(self.most)
        place = price - 1
        if price == 0:
            return _("the budget")
        if place < k:
            return _("the capacity of channel {n}").format(n=place)
        if place < k + o:
            return _("the most of offer {n}").format(n=place - k)
        if place < k + 2 * o:
            return _("the least of offer {n}").format(n=place - k - o)
        return _("the floor of group {n}").format(n=place - k - 2 * o)


def problem(where: str, text: str, hint: str) -> DaogouError:
    """The error of one argument of ``allocate``."""
    return DaogouError(text, f"allocate, {where}", hint)


def matrix(array: object, name: str, shape: tuple[int, ...] | None = None) -> Array:
    """A (customers, actions) array of float32 or float64, finite, C-ordered; copied only where it is not."""
    found = np.asarray(array)
    if found.ndim != 2:
        text = _("has {n} dimensions").format(n=found.ndim)
        raise problem(name, text, _("Give an array of shape (customers, actions)."))
    if 0 in found.shape:
        raise problem(name, _("has no customer or no action"), _("There must be at least one of each."))
    if shape is not None and found.shape != shape:
        text = _("has shape {found}, and value has {shape}").format(found=found.shape, shape=shape)
        raise problem(name, text, _("Both are (customers, actions)."))
    if found.dtype.kind in "iub":
        found = found.astype(np.float64)
    if found.dtype.kind != "f" or found.dtype.itemsize not in (4, 8):
        raise problem(name, _("is of type {type}").format(type=found.dtype), _("Give float32 or float64."))
    found = np.ascontiguousarray(found, dtype=found.dtype.newbyteorder("="))
    for start in range(0, len(found), 1 << 18):  # in parts, so that no second array of the size is made
        finite(found[start : start + (1 << 18)], name, start)
    return found


def finite(part: Array, name: str, start: int) -> None:
    """Look at rows from ``start`` of a (customers, actions) array.

    Raises:
        DaogouError: a number is not finite, or a cost is below 0.
    """
    wrong = ~np.isfinite(part)
    hint = _("Every number must be finite; say who may not get an action by eligible.")
    if name == "cost" and not wrong.any():
        wrong = part < 0
        hint = _("A cost is 0 or more; what an action brings belongs into value.")
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        text = _("customer {row}, action {column} is {x}").format(row=start + row, column=column, x=part[row, column])
        raise problem(name, text, hint)


def eligibles(array: object, shape: tuple[int, ...]) -> Array:
    """A (customers, actions) array of bool; of shape (0, 0) where everyone is eligible for everything."""
    if array is None:
        return np.empty((0, 0), np.bool_)
    found = np.asarray(array)
    if found.dtype != np.bool_ or found.shape != shape:
        text = _("has shape {found} and type {type}").format(found=found.shape, type=found.dtype)
        raise problem("eligible", text, _("Give bool of shape {shape}, the same as value.").format(shape=shape))
    return np.ascontiguousarray(found)


def codes(array: object, name: str, length: int, below: int | None) -> Array:
    """Whole numbers of shape (length,), from 0, below ``below`` where that is given."""
    found = np.asarray(array)
    if found.shape != (length,) or found.dtype.kind not in "iu":
        text = _("has shape {found} and type {type}").format(found=found.shape, type=found.dtype)
        raise problem(name, text, _("Give integers of shape ({n},).").format(n=length))
    if found.min() < 0 or (below is not None and found.max() >= below):
        text = _("goes from {low} to {high}").format(low=found.min(), high=found.max())
        hint = _("They count from 0.") if below is None else _("They count from 0 to {most}.").format(most=below - 1)
        raise problem(name, text, hint)
    return np.ascontiguousarray(found, dtype=np.int64)


def whole(array: object, name: str, ndim: int) -> Array:
    """Whole numbers, 0 or more, as int64, from any numeric type."""
    found = np.asarray(array)
    if found.ndim != ndim or found.dtype.kind not in "iufb" or (ndim == 2 and found.shape[1] != 2):
        text = _("has shape {found} and type {type}").format(found=found.shape, type=found.dtype)
        shape = "(channels,)" if ndim == 1 else "(offers, 2)"
        raise problem(name, text, _("Give whole numbers of shape {shape}.").format(shape=shape))
    bad = ~np.isfinite(found) | (found < 0) | (found != np.floor(found)) | (found > 2.0**53)
    if bad.any():
        text = _("holds {x}").format(x=found[bad].flat[0])
        raise problem(name, text, _("Each is a whole number, 0 or more."))
    return found.astype(np.int64)


def amount(number: object, name: str) -> float:
    """A finite number, 0 or more."""
    found = np.asarray(number)
    if found.ndim or found.dtype.kind not in "iuf" or not np.isfinite(found) or found < 0:
        raise problem(name, _("is {x}").format(x=number), _("Give one finite number, 0 or more."))
    return float(found)


def floors(shares: object, group: Array) -> Array:
    """Customers of each group to be reached, shape (groups,), from least shares in [0, 1], rounded up."""
    found = np.asarray(shares)
    if found.ndim != 1 or found.dtype.kind not in "iuf" or not np.all((found >= 0) & (found <= 1)):
        text = _("is {x}").format(x=found.tolist())
        raise problem("group_floors", text, _("Give the least share of each group, from 0 to 1."))
    if group.max() >= len(found):
        text = _("has {n} shares, and group goes to {most}").format(n=len(found), most=group.max())
        raise problem("group_floors", text, _("Give one share for each group."))
    sizes = np.bincount(group, minlength=len(found))
    asked = [math.ceil(share * size * (1 - 1e-12)) for share, size in zip(found.tolist(), sizes.tolist(), strict=True)]
    return np.array(asked, dtype=np.int64)


def limits(
    m: int, channel: object, budget: object, capacity: object, offer: object, offer_limits: object,
    groups: Array | None, group_floors: object,
) -> Limits:  # fmt: skip
    """The limits of m actions, checked; ``groups`` (customers,) are codes."""
    capacities = whole(capacity, "capacity", 1)
    channels = codes(channel, "channel", m, len(capacities))
    bounds, offers = np.empty((0, 2), np.int64), np.zeros(m, np.int64)
    if offer_limits is not None:
        if offer is None:
            raise problem("offer_limits", _("stands without offer"), _("Say which offer each action makes."))
        bounds = whole(offer_limits, "offer_limits", 2)
    if offer is not None:
        offers = codes(offer, "offer", m, len(bounds) if offer_limits is not None else None)
    if np.any(bounds[:, 0] > bounds[:, 1]):
        low, high = bounds[bounds[:, 0] > bounds[:, 1]][0].tolist()
        text = _("the least, {low}, is above the most, {high}").format(low=low, high=high)
        raise problem("offer_limits", text, _("Lower the least to {n}.").format(n=high))
    least = np.empty(0, np.int64)
    if group_floors is not None:
        if groups is None:
            raise problem("group_floors", _("stands without group"), _("Say which group each customer is of."))
        least = floors(group_floors, groups)
    return Limits(
        amount(budget, "budget"), capacities, bounds[:, 0].copy(), bounds[:, 1].copy(), least, channels, offers
    )
