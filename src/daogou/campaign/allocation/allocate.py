"""One action a customer under every limit, solved to a proven gap.

The Lagrangean dual has one price a limit. Its least value bounds every allocation, and at the best prices nearly every
customer's action is clear. Sources: Everett (1963), Generalized Lagrange multiplier method; Fisher (1981), The
Lagrangian relaxation method; Basu et al. (2020), ECLIPSE (LinkedIn's DuaLip); Balas and Zemel (1980), An algorithm for
large zero-one knapsack problems (the core).
"""

import time
from dataclasses import replace

import numpy as np

from daogou.base.errors import DaogouError
from daogou.campaign.allocation import limits as checked
from daogou.campaign.allocation.answer import Allocation, Prices, gap, start_from
from daogou.campaign.allocation.customers import totals
from daogou.campaign.allocation.feasible import check, least_breach, refusal
from daogou.campaign.allocation.limits import Array
from daogou.campaign.allocation.question import Question
from daogou.campaign.allocation.solve import bettered, solve


def allocate(
    value: Array,
    cost: Array,
    channel: Array,
    budget: float,
    capacity: Array,
    *,
    eligible: Array | None = None,
    offer: Array | None = None,
    offer_limits: Array | None = None,
    group: Array | None = None,
    group_floors: Array | None = None,
    warm: Allocation | Prices | None = None,
) -> Allocation:
    """At most one action for each customer, of the most value that the limits allow.

    Args:
        value: shape (customers, actions), float32 or float64: expected change in contribution, net of contact cost, of
            the discount given to those who would have bought anyway, and of expected refunds; doing nothing is 0.
        cost: same shape, 0 or more: cash charged to the budget. It limits and is never subtracted from value again.
        channel: shape (actions,), integers from 0.
        budget: most that the actions may cost.
        capacity: shape (channels,), whole numbers: most customers of each channel.
        eligible: shape of value, bool; None is all.
        offer: shape (actions,), integers from 0.
        offer_limits: shape (offers, 2), whole numbers: least and most customers of each offer.
        group: shape (customers,), integers from 0.
        group_floors: shape (groups,), the least share of each group to be reached, from 0 to 1; a part of a customer
            counts as one.
        warm: yesterday's allocation or its prices, to start from.

    Nothing that is given is changed. Customers who affect each other are beyond this: see docs/methods/allocate.md.

    Raises:
        DaogouError: an argument is not as said, or the limits cannot all be kept; the error names them and the least
            change that would do.

    One customer; a coupon (action 0) and a call (action 1). Of four in ten who would use the coupon of 5, one would not
    have bought otherwise and brings a contribution of 20 before the coupon; the message costs 0.1, so the coupon is
    worth 0.1 * 20 - 0.4 * 5 - 0.1 = -0.1: the discount that goes to those who buy anyway eats it up. The call wins 1 in
    10 and costs 1.2: it is worth 0.1 * 20 - 1.2 = 0.8. Cash out is 0.4 * 5 + 0.1 = 2.1 and 1.2.

    >>> value, cost = np.array([[-0.1, 0.8]]), np.array([[2.1, 1.2]])
    >>> slack = allocate(value, cost, np.array([0, 1]), budget=100.0, capacity=np.array([9, 9]))
    >>> slack.action.tolist(), slack.objective, slack.cost, slack.gap
    ([1], 0.8, 1.2, 0.0)

    The cost of 1.2 is in the 0.8 already; it only counts against the budget. With 1.0 to spend nothing can be done:

    >>> short = allocate(value, cost, np.array([0, 1]), budget=1.0, capacity=np.array([9, 9]))
    >>> short.action.tolist(), short.objective
    ([-1], 0.0)

    And money left over buys nothing that is worth 0 or less:

    >>> none = allocate(value[:, :1], cost[:, :1], np.array([0]), budget=100.0, capacity=np.array([9]))
    >>> none.action.tolist(), none.cost
    ([-1], 0.0)
    """
    start = time.perf_counter()
    question = _question(value, cost, channel, budget, capacity, eligible, offer, offer_limits, group, group_floors)
    check(question)
    return allocated(question, start_from(warm, question.limits), start)


def _question(
    value: object, cost: object, channel: object, budget: object, capacity: object,
    eligible: object, offer: object, offer_limits: object, group: object, group_floors: object,
) -> Question:  # fmt: skip
    """All arguments, checked."""
    worth = checked.matrix(value, "value")
    n, m = worth.shape
    groups = None if group is None else checked.codes(group, "group", n, None)
    limits = checked.limits(m, channel, budget, capacity, offer, offer_limits, groups, group_floors)
    return Question(
        worth, checked.matrix(cost, "cost", (n, m)), checked.eligibles(eligible, (n, m)),
        np.empty(0, np.int64) if groups is None or not len(limits.floor) else groups, limits,
    )  # fmt: skip


def allocated(question: Question, warm: Array | None, start: float) -> Allocation:
    """Solve, and see that every limit is kept."""
    answer, limits = solve(question, warm), question.limits
    if np.any(question.breach(answer.action) > 0):
        least = least_breach(question)
        answer = replace(answer, action=bettered(question, least.action, answer))
        if np.any(question.breach(answer.action) > 0):
            raise refusal(question, least)
    found = totals(question.value, question.cost, question.group, len(limits.floor), answer.action)
    bound = max(answer.bound, found.value)  # sums that are equal may differ in the last digit
    return Allocation(
        action=answer.action,
        objective=found.value,
        bound=bound,
        gap=gap(found.value, bound),
        prices=Prices.of(answer.prices, limits),
        cost=found.cost,
        used=limits.used(found.counts),
        seconds=time.perf_counter() - start,
        _question=question,
        _again=_again,
    )


def _again(question: Question, prices: Array) -> Allocation | None:
    """The same for a changed question; None where its limits cannot be kept."""
    try:
        return allocated(question, prices, time.perf_counter())
    except DaogouError:
        return None
