"""The same allocation of more customers than fit into memory, from Parquet to Parquet."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from daogou.base.words import gettext as _
from daogou.campaign.allocation import limits as checked
from daogou.campaign.allocation.allocate import allocated
from daogou.campaign.allocation.answer import Allocation, Prices, gap, start_from
from daogou.campaign.allocation.customers import total
from daogou.campaign.allocation.feasible import check, least_breach, refusal, unkept
from daogou.campaign.allocation.files import Columns, Files, Folder
from daogou.campaign.allocation.limits import Array, problem
from daogou.campaign.allocation.question import Question
from daogou.campaign.allocation.solve import Answer, around, between, finish, solve, weigh

_DRAWN = 1_000_000  # customers of each of the two samples that find first prices
_APART = 3.0  # how much further than two samples lie apart prices are looked for: to read once more takes longer
_NEAREST = 1e-5  # of what a customer is worth, the least of it
_ROW_GROUP = 1 << 20
_BREACHED = 0.02  # of what a sample asks for: more than chance can lack


@dataclass(frozen=True)
class StoredAllocation:
    """An allocation whose actions are in a file; numbers as those of :class:`Allocation`.

    Attributes:
        path: Parquet, one row a customer in the order of the source: the column ``action`` (-1 for nothing) and those
            that were to be kept.
        customers: how many.
    """

    path: Path
    customers: int
    objective: float
    bound: float
    gap: float
    prices: Prices
    cost: float
    used: Array
    seconds: float


def allocate_parquet(
    source: Path | str | Sequence[Path | str],
    to: Path | str,
    value: Sequence[str],
    cost: Sequence[str],
    channel: Array,
    budget: float,
    capacity: Array,
    *,
    eligible: Sequence[str] | None = None,
    keep: Sequence[str] = (),
    offer: Array | None = None,
    offer_limits: Array | None = None,
    group: str | None = None,
    group_floors: Array | None = None,
    warm: Allocation | StoredAllocation | Prices | None = None,
) -> StoredAllocation:
    """:func:`allocate` for customers in Parquet files, one row each, of which few are in memory at a time.

    Two samples, of up to a million customers each, say where about the prices lie; one pass settles every customer
    whose best action is the same for all of these, and only the others are held and weighed. Limits hold and the bound
    is one for all customers, as in memory.

    ``source`` is a file, a folder of Parquet files or a list of files, and ``to`` the Parquet file to write, which
    appears when it is complete. ``value`` and ``cost`` name the columns of each action (float32 takes half the time of
    float64), ``eligible`` bool columns, ``group`` the column that says of which group, from 0, a customer is; columns
    named by ``keep``, such as the customer's id, go into the result as they are. ``warm`` is an allocation or its
    prices. Everything else is as in :func:`allocate`.

    Raises:
        DaogouError: a file or a column is not as said, or limits cannot all be kept. Which limits is found on a sample
            of 20,000 customers with their share of each limit.
    """
    start = time.perf_counter()
    columns = _columns(value, cost, eligible, group, keep)
    files = _files(Folder.of(source, columns), channel, budget, capacity, offer, offer_limits, group_floors)
    prices = start_from(warm.prices if isinstance(warm, StoredAllocation) else warm, files.limits)
    found = _small(files, prices, start) if len(files) <= 2 * _DRAWN else _large(files, prices)
    _write(files.folder, found.pop("action"), Path(to))
    return StoredAllocation(Path(to), len(files), seconds=time.perf_counter() - start, **found)


def _columns(
    value: Sequence[str],
    cost: Sequence[str],
    eligible: Sequence[str] | None,
    group: str | None,
    keep: Sequence[str],
) -> Columns:
    """The names, checked."""
    for name, columns in (("value", value), ("cost", cost), ("eligible", eligible)):
        if columns is not None and (len(columns) != len(value) or not value):
            text = _("names {n} columns, and value names {m}").format(n=len(columns), m=len(value))
            raise problem(name, text, _("Name one column for each action."))
    if "action" in keep:
        raise problem("keep", _("names action, which is written already"), _("Leave it out, or rename it."))
    return Columns(tuple(value), tuple(cost), tuple(eligible or ()), group, tuple(keep))


def _files(
    folder: Folder, channel: object, budget: object, capacity: object, offer: object, offer_limits: object,
    group_floors: object,
) -> Files:  # fmt: skip
    """The question, its arguments checked."""
    size = len(folder)
    if not size:
        raise problem("source", _("has no customer or no action"), _("There must be at least one of each."))
    groups = None if folder.columns.group is None else checked.codes(folder.groups(), "group", size, None)
    limits = checked.limits(
        len(folder.columns.value), channel, budget, capacity, offer, offer_limits, groups, group_floors
    )
    kept = groups.astype(np.int32) if groups is not None and len(limits.floor) else np.empty(0, np.int32)
    return Files(folder, size, kept, limits)


def _solved(files: Files, warm: Array | None) -> Answer:
    """Prices of samples first, then of all."""
    n, count = len(files), 2 * _DRAWN
    action = np.full(n, -2, np.int16)
    strata = (np.arange(count) + np.random.default_rng(0).random(count)) * (n / count)
    drawn = files.drawn(np.minimum(strata.astype(np.int64), n - 1))
    _possible(drawn)
    found = [] if warm is None else [warm]
    for half in (0, 1)[: 2 - len(found)]:
        market, cooled = weigh(drawn.half(half), found[0] if found else None, np.full(_DRAWN, -2, np.int32))
        found.append(cooled.prices)
    del drawn
    first, reach = between(found[0], found[1], market)
    market, cooled = around(files, first, np.maximum(_APART * reach, _NEAREST * market.size), market, action)
    answer = finish(files, market, cooled, action)
    over = files.breach(answer.action)
    if np.any(over > 0):
        raise unkept(files.limits, over)
    return answer


def _small(files: Files, prices: Array | None, start: float) -> dict[str, Any]:
    """The allocation in memory."""
    question = files.drawn(np.arange(len(files)))
    check(question)
    found = allocated(question, prices, start)
    names = ("action", "objective", "bound", "gap", "prices", "cost", "used")
    return {name: getattr(found, name) for name in names}


def _large(files: Files, prices: Array | None) -> dict[str, Any]:
    """The allocation of files that stay where they are."""
    answer = _solved(files, prices)
    found = total(files.parts(answer.action))
    bound = max(answer.bound, found.value)
    return {
        "action": answer.action, "objective": found.value, "bound": bound, "gap": gap(found.value, bound),
        "prices": Prices.of(answer.prices, files.limits), "cost": found.cost, "used": files.limits.used(found.counts),
    }  # fmt: skip


def _possible(drawn: Question) -> None:
    """Look at a sample for limits that are far from being kept."""
    few = drawn.sample()
    if not few.limits.asks:
        return
    check(few)
    over = few.breach(solve(few).action)
    if np.any(over > _BREACHED * np.abs(few.limits.amounts)):
        least = least_breach(few)
        if np.any(few.breach(least.action) > _BREACHED * np.abs(few.limits.amounts)):
            raise refusal(few, least)


def _write(folder: Folder, action: Array, path: Path) -> None:
    """Actions, and the columns that are kept, in the order of the source."""
    kept = folder.columns.keep
    kind = pa.int16()
    schema = pa.schema([*(pq.read_schema(folder.paths[0]).field(name) for name in kept), pa.field("action", kind)])
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".unfinished")
    with pq.ParquetWriter(unfinished, schema) as writer:
        if not kept:
            writer.write_table(pa.table([pa.array(action, kind)], schema), _ROW_GROUP)
        start = 0
        for batch in folder.batches(kept) if kept else ():
            now = pa.array(action[start : start + batch.num_rows], kind)
            writer.write_batch(pa.record_batch([*batch.columns, now], schema=schema), _ROW_GROUP)
            start += batch.num_rows
    unfinished.replace(path)
