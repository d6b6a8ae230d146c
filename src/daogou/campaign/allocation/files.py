"""Customers in Parquet files, read in parts: only whom prices leave open comes into memory."""

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.campaign.allocation.customers import Customers, Parts, Settled, settle, total
from daogou.campaign.allocation.limits import Array, Limits, finite, problem
from daogou.campaign.allocation.question import Question

ROWS = 1 << 16  # customers that are read together
_OPEN = 4_000_000  # customers up to which those that are not settled are held in memory


@dataclass(frozen=True)
class Columns:
    """Names of columns: of value and cost, one an action each, of eligible and group if any, and of those to keep."""

    value: tuple[str, ...]
    cost: tuple[str, ...]
    eligible: tuple[str, ...] = ()
    group: str | None = None
    keep: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.value, *self.cost, *self.eligible, *(() if self.group is None else (self.group,)), *self.keep)


@dataclass(frozen=True)
class Part:
    """Rows from ``start``: value, cost and eligible, (rows, actions) each, the last (0, 0) where all are."""

    start: int
    value: Array
    cost: Array
    eligible: Array

    @property
    def stop(self) -> int:
        """The row behind the last."""
        return self.start + len(self.value)


@dataclass(frozen=True)
class Folder:
    """Parquet files with one row a customer, in the order of ``paths``."""

    paths: tuple[Path, ...]
    columns: Columns

    @classmethod
    def of(cls, source: Path | str | Sequence[Path | str], columns: Columns) -> "Folder":
        """A file, the *.parquet of a folder by name, or these files.

        Raises:
            DaogouError: there are none, one is no Parquet, or a column is missing.
        """
        given = [Path(source)] if isinstance(source, str | Path) else [Path(one) for one in source]
        paths = [path for one in given for path in (sorted(one.glob("*.parquet")) if one.is_dir() else [one])]
        if not paths:
            raise _unread(
                given[0] if given else Path(), _("has no Parquet files"), _("Give files that end in .parquet.")
            )
        found = cls(tuple(paths), columns)
        for path in paths:
            try:
                names = pq.read_schema(path).names
            except (OSError, pa.ArrowInvalid) as error:
                raise _unread(path, _("cannot be read"), str(error)) from error
            for name in columns.names:
                if name not in names:
                    hint = _("Its columns are {names}.").format(names=", ".join(names))
                    raise _unread(path, _("has no column {name}").format(name=name), hint)
        return found

    def __len__(self) -> int:
        return sum(pq.read_metadata(path).num_rows for path in self.paths)

    def batches(self, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The columns ``names``, at most ``ROWS`` rows at a time; the next is read while one is worked on."""
        with ThreadPoolExecutor(1) as ahead:
            for path in self.paths:
                with pq.ParquetFile(path, pre_buffer=False) as file:
                    rest = file.iter_batches(ROWS, columns=list(names), use_threads=False)
                    coming = ahead.submit(next, rest, None)
                    while (batch := coming.result()) is not None:
                        coming = ahead.submit(next, rest, None)
                        yield batch

    def parts(self) -> Iterator[Part]:
        """All rows."""
        columns, start = self.columns, 0
        for batch in self.batches([*columns.value, *columns.cost, *columns.eligible]):
            eligible = _matrix(batch, columns.eligible, start).astype(np.bool_, copy=False)
            yield Part(start, _matrix(batch, columns.value, start), _matrix(batch, columns.cost, start), eligible)
            start += batch.num_rows

    def groups(self) -> Array:
        """The group of each customer, shape (customers,); (0,) where there are none."""
        if self.columns.group is None:
            return np.empty(0, np.int64)
        name = self.columns.group
        found = [batch.column(name) for batch in self.batches([name])]
        if not all(pa.types.is_integer(column.type) and not column.null_count for column in found):
            raise problem("group", _("is of type {type}").format(type=found[0].type), _("Give integers, none missing."))
        return np.concatenate([column.to_numpy().astype(np.int32) for column in found])


def _unread(path: Path, text: str, hint: str) -> DaogouError:
    return DaogouError(text, str(path), hint)


def _matrix(batch: pa.RecordBatch, names: Sequence[str], start: int) -> Array:
    """Columns side by side, C-ordered; bool, float32, or float64 where one is not float32; (0, 0) without names."""
    if not names:
        return np.empty((0, 0), np.bool_)
    columns = [batch.column(name) for name in names]
    for name, column in zip(names, columns, strict=True):
        if column.null_count:
            row = start + int(np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False))[0])
            raise problem(name, _("customer {row} has none").format(row=row), _("Every number must be finite."))
    kinds = {column.type for column in columns}
    if kinds <= {pa.bool_(), pa.float32()} and len(kinds) == 1:
        kind = kinds.pop()
        found = np.empty((batch.num_rows, len(names)), np.bool_ if kind == pa.bool_() else np.float32)
    else:
        found = np.empty((batch.num_rows, len(names)), np.float64)
    for place, (name, column) in enumerate(zip(names, columns, strict=True)):
        if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type) or column.type == pa.bool_()):
            raise problem(name, _("is of type {type}").format(type=column.type), _("Give float32 or float64."))
        found[:, place] = column.to_numpy(zero_copy_only=False)
    return found


@dataclass(frozen=True)
class Files:
    """A question whose customers are in files. ``group`` (customers,) is in memory, (0,) without floors."""

    folder: Folder
    size: int
    group: Array
    limits: Limits
    ceiling: float = 0.0
    exact: bool = True
    _held: dict[str, Customers] = field(default_factory=dict, repr=False)
    _settled: list[Parts] = field(default_factory=list, repr=False)

    def __len__(self) -> int:
        return self.size

    def drawn(self, ids: Array) -> Question:
        """The same question of customers at places ``ids``, ascending, with their share of each limit.

        Every number is looked at on the way.

        Raises:
            DaogouError: a value or a cost is not finite, or a cost is below 0.
        """
        value, cost, eligible = [], [], []
        for part in self.folder.parts():
            for name, array in (("value", part.value), ("cost", part.cost)):
                finite(array, name, part.start)
            low, high = np.searchsorted(ids, (part.start, part.stop))
            here = ids[low:high] - part.start
            value.append(part.value[here])
            cost.append(part.cost[here])
            eligible.append(part.eligible[here] if len(part.eligible) else part.eligible)
        group = self.group[ids].astype(np.int64) if len(self.group) else self.group
        masks = np.concatenate(eligible) if eligible[0].size or self.folder.columns.eligible else eligible[0]
        limits = self.limits.scaled(len(ids) / self.size) if len(ids) < self.size else self.limits
        return Question(np.concatenate(value), np.concatenate(cost), masks, group, limits)

    def customers(self, ids: Array) -> Customers:
        """Those who were left open last."""
        return self._held["open"]

    def settle(self, prices: Array, wide: Array, slack: float, action: Array) -> Settled:
        """Settle who can be around ``prices``, part by part, and hold the others in memory.

        Raises:
            DaogouError: too many are open, as their numbers are alike.
        """
        self._held.clear()
        self._settled.clear()
        found: list[Settled] = []
        held: list[tuple[Array, ...]] = []
        for part in self.folder.parts():
            rows = slice(part.start, part.stop)
            now = np.empty(len(part.value), np.int32)
            group = self.group[rows].astype(np.int64)
            here = settle(part.value, part.cost, part.eligible, group, self.limits, prices, wide, slack, now)
            found.append(here)
            action[rows] = now
            self._settled.append(Parts.of(part.value, part.cost, group, len(self.limits.floor), now))
            one, masked = here.open, len(part.eligible) > 0
            held.append(
                (part.start + one, part.value[one], part.cost[one], part.eligible[one] if masked else part.eligible)
            )
            if sum(len(rows[0]) for rows in held) > _OPEN:
                self.all_open()
        ids, value, cost, eligible = (np.concatenate(column) for column in zip(*held, strict=True))
        group = self.group[ids].astype(np.int64) if len(self.group) else self.group
        self._held["open"] = Customers.of(ids, value, cost, eligible, group, self.limits.asks)
        worth, taken = math.fsum(one.worth for one in found), np.array([one.taken for one in found])
        return Settled(ids, worth, np.array([math.fsum(column) for column in taken.T]))

    def all_open(self) -> Settled:
        """Never: nobody holds all customers.

        Raises:
            DaogouError: always.
        """
        text = _("more than {n} customers are so alike that prices do not tell them apart").format(n=f"{_OPEN:,}")
        raise problem(_("files"), text, _("Give values with more digits, or allocate groups of equal customers."))

    def breach(self, action: Array) -> Array:
        """Shape (prices,): by how much ``action`` (customers,) goes beyond each limit; at most 0 where it is kept."""
        parts = total(self.parts(action))
        return self.limits.taken(parts.cost, parts.counts, parts.reached) - self.limits.amounts

    def parts(self, action: Array) -> list[Parts]:
        """What ``action`` (customers,) brings and takes, the settled and the others."""
        one = self._held["open"]
        now = action[one.ids].astype(np.int32)
        return [*self._settled, Parts.of(one.value, one.cost, one.group, len(self.limits.floor), now)]
