"""Paths: what touched a customer before an order, or without one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from daogou.measure.attribution_arrays import MICROSECONDS_A_DAY, codes, counts, in_steps, microseconds, shared_ids

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Paths:
    """Paths as slices of touches, which stand by customer and time.

    An order's path is what touched its customer within the look-back days before it; a path without an order is what no
    order followed.

    ``channel`` and ``at`` (microseconds) have the shape (touches,), all others (paths,). A path stands for ``orders``
    that came of it, worth ``money`` in steps of ``step``, and for ``lost``, how often it led to none.
    """

    channels: tuple[str, ...]
    channel: Array
    at: Array | None  # None: paths without times
    begin: Array
    end: Array
    closed: Array  # when the order was made
    orders: Array
    lost: Array
    money: Array
    step: Decimal = Decimal("0.01")
    order: Array = field(default_factory=lambda: np.zeros(0, np.int64))  # which order it was, -1 for none
    no_path_orders: int = 0  # orders that nothing touched in the look-back days
    no_path_money: int = 0
    still_open: int = 0  # paths without an order whose look-back days are not over: left out

    @classmethod
    def of(
        cls,
        paths: Sequence[str] | Sequence[Sequence[str]],
        orders: npt.ArrayLike,
        value: Any = None,
        lost: npt.ArrayLike | None = None,
        *,
        step: float | str = "0.01",
    ) -> "Paths":
        """Paths that were counted already, as ``"search > email"`` or lists of channels.

        With how often each led to an order, what these are worth together (a multiple of ``step``), and how often it
        led to none; each of shape (paths,).

        Raises:
            ValueError: a path without a channel, counts that are none, or unequal lengths.

        >>> Paths.of(["search > email", "email"], [3, 2], [30, 12.5], [10, 4]).channels
        ('email', 'search')
        """
        split = [[c.strip() for c in p.split(">")] if isinstance(p, str) else [str(c) for c in p] for p in paths]
        sizes = np.array([len(p) for p in split], np.int64)
        if (sizes == 0).any() or any(not channel for p in split for channel in p):
            raise ValueError("a path has no channel; write 'search > email', and leave out orders without a path")
        names, channel = codes([channel for p in split for channel in p])
        end = np.cumsum(sizes)
        n = len(split)
        money = in_steps(np.zeros(n) if value is None else value, step)
        if len(money) != n:
            raise ValueError(f"value has {len(money)} rows and there are {n} paths; give one a path")
        return cls(
            channels=names,
            channel=channel,
            at=None,
            begin=end - sizes,
            end=end,
            closed=np.zeros(n, np.int64),
            orders=counts("orders", orders, n),
            lost=counts("lost", np.zeros(n) if lost is None else lost, n),
            money=money,
            step=Decimal(str(step)),
            order=np.arange(n),
        )

    @property
    def total_orders(self) -> int:
        """Orders that have a path."""
        return int(self.orders.sum())

    @property
    def total_money(self) -> int:
        """What they are worth, in steps."""
        return int(self.money.sum())


def paths(
    customer: Any,
    channel: Any,
    at: Any,
    *,
    order_customer: Any,
    order_at: Any,
    value: Any = None,
    lookback: float = 30.0,
    visit: float = 0.0,
    since: Any = None,
    until: Any = None,
    step: float | str = "0.01",
) -> Paths:
    """The path of each order, and those that no order followed.

    Args:
        customer: who was touched, shape (touches,); numbers or texts.
        channel: by what, shape (touches,); texts.
        at: when, shape (touches,); datetime64, or numbers in days.
        order_customer: who ordered, shape (orders,).
        order_at: when, shape (orders,), in the same unit.
        value: what each order is worth net of refunds, shape (orders,): a multiple of ``step``. Without it, 0.
        lookback: days before an order in which a touch counts for it, the first moment included.
        visit: minutes in which further touches of the same channel belong to one visit; only the first counts.
        since: when what is credited begins; earlier orders only use up their touches. Without it, all are credited.
        until: when the data end; a path without an order counts once ``lookback`` days passed without one. Without it,
            every path counts.
        step: the smallest unit of money.

    Raises:
        ValueError: unequal lengths, missing values, a look-back that is not above 0, or money between two steps.
    """
    if not lookback > 0 or visit < 0:
        raise ValueError(f"lookback is {lookback} days and visit {visit} minutes; give days above 0 and minutes from 0")
    lengths = [len(customer), len(channel), len(at)]
    if len(set(lengths)) > 1:
        raise ValueError(f"customer, channel and at have {lengths} rows; give one row a touch")
    bought = [len(order_customer), len(order_at), *([] if value is None else [len(value)])]
    if len(set(bought)) > 1:
        raise ValueError(f"order_customer, order_at and value have {bought} rows; give one row an order")
    people = shared_ids(customer, order_customer)
    moments = microseconds("at", at), microseconds("order_at", order_at)
    names, code = codes(channel)
    row = np.lexsort((code, moments[0], people[0]))
    who, when, what = people[0][row], moments[0][row], code[row]
    if visit > 0 and len(who):
        same = (who[1:] == who[:-1]) & (what[1:] == what[:-1]) & (np.diff(when) <= visit * 60_000_000)
        first = np.concatenate([[True], ~same])
        who, when, what = who[first], when[first], what[first]
    money = in_steps(np.zeros(bought[0]) if value is None else value, step)
    span = round(lookback * MICROSECONDS_A_DAY)
    limits = np.iinfo(np.int64)
    first_moment = limits.min if since is None else int(microseconds("since", np.atleast_1d(since))[0])
    last_moment = limits.max if until is None else int(microseconds("until", np.atleast_1d(until))[0])
    begin, end = _slices(who, when, people[1], moments[1], span)
    lost_begin, lost_end, still_open = _without_order(who, when, begin, end, span, last_moment)
    late = when[lost_end - 1] >= first_moment
    lost_begin, lost_end = lost_begin[late], lost_end[late]
    counted = moments[1] >= first_moment
    with_path, without = np.flatnonzero(counted & (end > begin)), np.flatnonzero(counted & (end == begin))
    n, m = len(with_path), len(lost_begin)
    return Paths(
        channels=names,
        channel=what,
        at=when,
        begin=np.concatenate([begin[with_path], lost_begin]),
        end=np.concatenate([end[with_path], lost_end]),
        closed=np.concatenate([moments[1][with_path], when[lost_end - 1]]),
        orders=np.concatenate([np.ones(n, np.int64), np.zeros(m, np.int64)]),
        lost=np.concatenate([np.zeros(n, np.int64), np.ones(m, np.int64)]),
        money=np.concatenate([money[with_path], np.zeros(m, np.int64)]),
        step=Decimal(str(step)),
        order=np.concatenate([with_path, np.full(m, -1)]),
        no_path_orders=len(without),
        no_path_money=int(money[without].sum()),
        still_open=int(still_open),
    )


@numba.njit(cache=True, nogil=True)
def _slices(who, when, buyer, bought, span):  # type: ignore[no-untyped-def]
    """Where each order's path begins and ends among the touches; begin = end: it has none."""
    n = len(buyer)
    begin, end = np.zeros(n, np.int64), np.zeros(n, np.int64)
    first = np.searchsorted(who, buyer, side="left")
    last = np.searchsorted(who, buyer, side="right")
    for i in range(n):
        begin[i] = first[i] + np.searchsorted(when[first[i] : last[i]], bought[i] - span, side="left")
        end[i] = first[i] + np.searchsorted(when[first[i] : last[i]], bought[i], side="right")
    return begin, end


@numba.njit(cache=True, nogil=True)
def _without_order(who, when, begin, end, span, until):  # type: ignore[no-untyped-def]
    """Paths of touches that are in no order's: (begin, end, how many are left out as an order may still come).

    They are cut where the customer changes, an order's touches lie between, or more than ``span`` passes.
    """
    n = len(who)
    covered = np.zeros(n + 1, np.int32)
    for i in range(len(begin)):
        covered[begin[i]] += 1
        covered[end[i]] -= 1
    begins, ends = np.empty(n, np.int64), np.empty(n, np.int64)
    count, still_open, depth, start = 0, 0, 0, -1
    for i in range(n + 1):
        depth += covered[i]
        inside = i < n and depth == 0
        if start >= 0 and (not inside or who[i] != who[i - 1] or when[i] - when[i - 1] > span):
            if when[i - 1] > until - span:
                still_open += 1
            else:
                begins[count], ends[count] = start, i
                count += 1
            start = -1
        if inside and start < 0:
            start = i
    return begins[:count], ends[:count], still_open
