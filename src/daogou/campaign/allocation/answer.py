"""What an allocation says about itself."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.base.words import gettext as _
from daogou.campaign.allocation.limits import Array, Limits, problem
from daogou.campaign.allocation.question import Question


@dataclass(frozen=True)
class Prices:
    """What the next 1 of each limit brings, in the unit of value; what the last 1 that is asked for costs.

    Attributes:
        budget: of 1 more to spend.
        capacity: shape (channels,), of 1 more customer.
        offer_most, offer_least: shape (offers,).
        group_floor: shape (groups,).
    """

    budget: float
    capacity: Array
    offer_most: Array
    offer_least: Array
    group_floor: Array

    @classmethod
    def of(cls, vector: Array, limits: Limits) -> "Prices":
        """All of them, shape (prices,), as the solver has them."""
        k, o = len(limits.capacity), len(limits.most)
        parts = np.split(vector, [1, 1 + k, 1 + k + o, 1 + k + 2 * o])
        return cls(float(parts[0][0]), *parts[1:])

    @property
    def vector(self) -> Array:
        """All of them in a row, as the solver has them."""
        return np.concatenate([[self.budget], self.capacity, self.offer_most, self.offer_least, self.group_floor])

    def sentences(self) -> list[str]:
        """One sentence for each limit that matters, e.g. The next 1 of the budget brings 0.34."""
        said = [_("The next 1 of the budget brings {x:.4g}.").format(x=self.budget)] if self.budget > 0 else []
        for prices, text in (
            (self.capacity, _("The next 1 of the capacity of channel {n} brings {x:.4g}.")),
            (self.offer_most, _("The next 1 of the most of offer {n} brings {x:.4g}.")),
            (self.offer_least, _("The last 1 of the least of offer {n} costs {x:.4g}.")),
            (self.group_floor, _("The last 1 of the floor of group {n} costs {x:.4g}.")),
        ):
            said += [text.format(n=n, x=price) for n, price in enumerate(prices.tolist()) if price > 0]
        return said


@dataclass(frozen=True)
class Reason:
    """Why a customer gets an action.

    Attributes:
        action, second: the action and the next best at these prices, -1 for nothing; both are -1 where there is no
            choice.
        value: what the action brings.
        by: how much better it is than the second, net of prices; below 0 where the customer gives way, so that a limit
            is kept to the last 1.
        limits: names of the limits that stand against the action that would bring this customer most; empty where
            the customer gets that action.
    """

    action: int
    second: int
    value: float
    by: float
    limits: tuple[str, ...]

    def __str__(self) -> str:
        text = _("Gets {action}, worth {value:.4g}; {second} is next, by {by:.4g} net of prices.")
        said = text.format(action=_named(self.action), value=self.value, second=_named(self.second), by=self.by)
        if self.limits:
            said += " " + _("Something else would bring more, and these limits stand against it: {limits}.").format(
                limits=", ".join(self.limits)
            )
        return said


def _named(action: int) -> str:
    return _("nothing") if action < 0 else _("action {n}").format(n=action)


@dataclass(frozen=True)
class Sensitivity:
    """What is lost where the estimates are wrong, or a capacity is cut, each by the share ``noise``.

    Attributes:
        noise: the share.
        loss: value that this allocation lacks to the best one, if each value is off by ``noise`` (standard deviation),
            as a share of the best; the interval is that of the draws.
        capacity: shape (channels,), value lost, as a share, if that capacity is cut by ``noise`` and all is allocated
            anew.
    """

    noise: float
    loss: Estimate
    capacity: Array


@dataclass(frozen=True)
class Allocation:
    """One action a customer, optimal for these estimates to within ``gap``.

    Attributes:
        action: shape (customers,), -1 for nothing.
        objective: value of the actions.
        bound: no allocation within the limits is worth more.
        gap: (bound - objective) / max(abs(bound), 1e-12).
        prices: what the next 1 of each limit brings.
        cost: of the actions, never above the budget.
        used: shape (channels,), customers by channel.
        seconds: that it took.
    """

    action: Array
    objective: float
    bound: float
    gap: float
    prices: Prices
    cost: float
    used: Array
    seconds: float
    _question: Question = field(repr=False)
    _again: Callable[[Question, Array], "Allocation | None"] = field(repr=False)

    def reason(self, customer: int) -> Reason:
        """Why ``customer`` (a row) gets what it gets.

        Raises:
            DaogouError: there is no such row.
        """
        if not 0 <= customer < len(self.action):
            hint = _("Customers are rows, from 0 to {n}.").format(n=len(self.action) - 1)
            raise problem("reason", _("there is no customer {n}").format(n=customer), hint)
        one = self._question.customers(np.array([customer]))
        limits, chosen = self._question.limits, int(self.action[customer])
        lam, price, bonus = limits.parts(self.prices.vector)
        value, cost = np.append(one.value[0], 0.0), np.append(one.cost[0], 0.0)
        extra = float(bonus[one.group[0]]) if len(bonus) else 0.0
        allowed = np.append(one.allowed[0], True)
        net = np.where(allowed, value - lam * cost - np.append(price - extra, 0.0), -np.inf)
        others = np.argsort(-net, kind="stable")
        second = int(next(j for j in others.tolist() if j != chosen % len(net)))
        wanted = int(np.argmax(np.where(allowed, value, -np.inf)))
        names = () if wanted == chosen % len(net) else self._against(wanted, chosen, cost, one.group)
        if second == len(price) or not allowed[second]:
            second = -1
        by = float(net[chosen] - net[second]) if second != chosen else math.inf
        return Reason(chosen, second, float(value[chosen]), by, names)

    def _against(self, wanted: int, chosen: int, cost: Array, group: Array) -> tuple[str, ...]:
        """Limits by what they add to the price of ``wanted`` over that of ``chosen``, most first."""
        limits, vector = self._question.limits, self.prices.vector
        place = group[0] if len(limits.floor) else 0
        charge = _charge(limits, wanted, cost, place) - _charge(limits, chosen, cost, place)
        added = charge * vector
        return tuple(limits.name(int(r)) for r in np.argsort(-added, kind="stable") if added[r] > 0)

    def curve(self, budgets: Sequence[float] | Array) -> Array:
        """The value that each budget brings, other limits as they are, shape (budgets,).

        NaN where a budget is too small for what limits ask for.
        """
        asked = np.asarray(budgets, dtype=np.float64)
        if asked.ndim != 1 or not np.all(np.isfinite(asked) & (asked >= 0)):
            raise problem("curve", _("is {x}").format(x=asked.tolist()), _("Give budgets of 0 or more."))
        found, prices, most = np.full(len(asked), np.nan), self.prices.vector, -math.inf
        for place in np.argsort(asked, kind="stable"):
            again = self._again(self._question.with_budget(float(asked[place])), prices)
            if again is not None:
                prices = again.prices.vector
                most = max(most, again.objective)  # what a smaller budget affords, a larger one does
                found[place] = most
        return found

    def sensitivity(self, noise: float, draws: int = 8) -> Sensitivity:
        """What is lost if values are off by the share ``noise``, or a capacity is cut by it; see :class:`Sensitivity`.

        Of more than 20,000 customers a sample is drawn, with its share of each limit. Chance is fixed.

        Raises:
            DaogouError: noise is not a share, or draws are not positive.
        """
        if not (math.isfinite(noise) and 0 <= noise <= 1 and draws >= 1):
            hint = _("Give a share from 0 to 1, and at least one draw.")
            raise problem("sensitivity", _("is {x}").format(x=noise), hint)
        question = self._question.sample()
        base = self._again(question, self.prices.vector)
        if base is None:
            nothing = Estimate(math.nan, math.nan, math.nan, 0, "share of value")
            return Sensitivity(noise, nothing, np.full(len(self.used), math.nan))
        random, losses = np.random.default_rng(0), []
        on = np.flatnonzero(base.action >= 0)
        for _draw in range(draws):
            value = question.value.astype(np.float64)
            value *= 1 + noise * random.standard_normal(value.shape)
            best = self._again(question.with_value(value), base.prices.vector)
            reached = math.fsum(value[on, base.action[on]].tolist())
            if best is not None:
                losses.append(_share(best.objective - reached, best.objective))
        cut = []
        for channel in range(len(self.used)):
            less = self._again(question.with_capacity_cut(channel, noise), base.prices.vector)
            cut.append(math.nan if less is None else _share(base.objective - less.objective, base.objective))
        return Sensitivity(noise, _mean(losses), np.array(cut))


def _charge(limits: Limits, action: int, cost: Array, group: int) -> Array:
    """What ``action`` takes of each limit, shape (prices,); nothing takes nothing."""
    m = limits.actions.shape[1]
    if action in (-1, m):
        return np.zeros(len(limits.amounts))
    reached = np.zeros(len(limits.floor))
    reached[group : group + 1] = 1.0
    return limits.taken(float(cost[action]), np.eye(m)[action], reached)


def _share(part: float, whole: float) -> float:
    return max(part, 0.0) / whole if whole > 0 else 0.0


def _mean(losses: list[float]) -> Estimate:
    mean = float(np.mean(losses))
    half = Z95 * float(np.std(losses, ddof=1)) / math.sqrt(len(losses)) if len(losses) > 1 else math.nan
    return Estimate(mean, max(mean - half, 0.0) if half == half else half, mean + half, len(losses), "share of value")


def gap(objective: float, bound: float) -> float:
    """What the objective lacks to the bound, as a share of the bound."""
    return (bound - objective) / max(abs(bound), 1e-12)


def start_from(warm: Allocation | Prices | None, limits: Limits) -> Array | None:
    """Prices to start from, shape (prices,); None where there are none.

    Raises:
        DaogouError: they are of other limits.
    """
    if warm is None:
        return None
    vector = (warm.prices if isinstance(warm, Allocation) else warm).vector
    if vector.shape != limits.amounts.shape:
        text = _("has {found} prices, and there are {n} limits").format(found=len(vector), n=len(limits.amounts))
        raise problem("warm", text, _("Start from an allocation with the same channels, offers and groups."))
    return vector
