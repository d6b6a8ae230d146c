"""Who took what, and when: the one input of every recommender."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import narwhals as nw
import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _

Array = npt.NDArray[Any]
_MICROSECONDS_A_DAY = 86_400 * 10**6


@dataclass(frozen=True, eq=False)
class Interactions:
    """Events in the order of customer, item, time, value; ids are sorted.

    ``customer_ids`` and ``item_ids`` are the distinct original ids; ``customers`` and ``items`` of shape (events,)
    are int32 codes: places in them. ``values`` are ratings or weights, ``when`` is in days since 1970; both (events,)
    float64. Row order of the input matters for ratings alone, where it decides ties: ``rows`` (events,) are the places
    in the input of events with values.
    """

    customer_ids: pa.Array
    item_ids: pa.Array
    customers: Array
    items: Array
    values: Array | None = None
    when: Array | None = None
    rows: Array | None = None

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        customer: str = "customer_id",
        item: str = "item_id",
        value: str | None = None,
        when: str | None = None,
        keep: Literal["all", "last"] = "all",
    ) -> "Interactions":
        """Events from a pandas, polars or Arrow table, one a row; ids may be strings or integers.

        ``when`` names a column of dates, timestamps or numbers of days. ``keep="last"`` keeps of each pair of customer
        and item the event of the latest time, and of equal or no times the last row.

        Raises:
            DaogouError: a column is missing, an id or time is empty, or a value is not a number.

        >>> taken = Interactions.from_frame(pa.table({"customer_id": [7, 7, 3], "item_id": ["b", "a", "b"]}))
        >>> taken.item_ids.to_pylist(), taken.customers.tolist(), taken.items.tolist()
        (['a', 'b'], [0, 1, 1], [1, 0, 1])
        """
        table = nw.from_native(frame, eager_only=True)
        for name in (customer, item, value, when):
            if name is not None and name not in table.columns:
                raise DaogouError(
                    _("there is no column '{name}'").format(name=name),
                    "Interactions.from_frame",
                    _("The columns are: {names}.").format(names=", ".join(table.columns)),
                )
        customer_ids, customers = _coded(_filled(table, customer))
        item_ids, items = _coded(_filled(table, item))
        values = None if value is None else _numbers(_filled(table, value), value)
        moments = None if when is None else _days(_filled(table, when), when)
        pairs = customers * np.int64(len(item_ids)) + items
        deciding = [column for column in (values, moments, pairs) if column is not None]
        if keep == "last":
            deciding = [column for column in (moments, pairs) if column is not None]
        order = np.lexsort(deciding)
        if keep == "last" and len(order):
            order = order[np.append(np.diff(pairs[order]) != 0, True)]
        return cls(
            customer_ids,
            item_ids,
            customers[order],
            items[order],
            None if values is None else values[order],
            None if moments is None else moments[order],
            None if values is None else order,
        )

    def __len__(self) -> int:
        return len(self.customers)

    def where(self, mask: Array) -> "Interactions":
        """The events of a (events,) mask; the ids, and so the codes, stay the same."""
        return replace(
            self,
            customers=self.customers[mask],
            items=self.items[mask],
            values=None if self.values is None else self.values[mask],
            when=None if self.when is None else self.when[mask],
            rows=None if self.rows is None else self.rows[mask],
        )

    def without_times(self) -> "Interactions":
        """The same events, their times forgotten."""
        return replace(self, when=None)

    def knowing(self, customer_ids: pa.Array | None = None, item_ids: pa.Array | None = None) -> "Interactions":
        """The same events, with these ids too among those that are known.

        Raises:
            DaogouError: ids are of another type.
        """
        customers, items = self.customers, self.items
        mine, theirs = self.customer_ids, self.item_ids
        if customer_ids is not None:
            mine, (places, _more) = _united(mine, customer_ids, "customers")
            customers = places[customers]
        if item_ids is not None:
            theirs, (places, _more) = _united(theirs, item_ids, "items")
            items = places[items]
        return replace(self, customer_ids=mine, item_ids=theirs, customers=customers, items=items)

    def and_then(self, more: "Interactions") -> "Interactions":
        """All events of both, as if the rows of ``more`` stood below these in one frame.

        Raises:
            DaogouError: ids are of another type, or only one of the two has values or times.
        """
        for mine, theirs, what in ((self.values, more.values, "value"), (self.when, more.when, "when")):
            if (mine is None) != (theirs is None):
                raise DaogouError(
                    _("only some of the interactions have {what}").format(what=what),
                    "Interactions",
                    _("Give them to all or to none."),
                )
        customer_ids, (old_customers, new_customers) = _united(self.customer_ids, more.customer_ids, "customers")
        item_ids, (old_items, new_items) = _united(self.item_ids, more.item_ids, "items")
        customers = np.concatenate([old_customers[self.customers], new_customers[more.customers]])
        items = np.concatenate([old_items[self.items], new_items[more.items]])
        values = _end_to_end(self.values, more.values)
        when = _end_to_end(self.when, more.when)
        rows = _end_to_end(self.rows, None if more.rows is None else more.rows + self._below())
        pairs = customers * np.int64(len(item_ids)) + items
        order = np.lexsort([column for column in (rows, values, when, pairs) if column is not None])
        columns = (None if column is None else column[order] for column in (values, when, rows))
        return Interactions(customer_ids, item_ids, customers[order], items[order], *columns)

    def _below(self) -> int:
        return 0 if self.rows is None else int(self.rows.max(initial=-1)) + 1

    def pairs(self) -> tuple[Array, Array, Array]:
        """Distinct pairs in CSR form, and the place of each one's first event.

        ``starts`` (customers + 1,), ``items`` (pairs,) ascending within a customer, ``first`` (pairs,).
        """
        changes = np.ones(len(self), bool)
        np.not_equal(self.customers[1:], self.customers[:-1], out=changes[1:])
        changes[1:] |= self.items[1:] != self.items[:-1]
        starts = np.searchsorted(self.customers, np.arange(len(self.customer_ids) + 1, dtype=self.customers.dtype))
        if changes.all():  # nothing is copied: this is the largest of all arrays
            return (
                starts.astype(np.int64),
                self.items,
                np.arange(len(self), dtype=np.int32 if len(self) < 1 << 31 else np.int64),
            )
        first = np.flatnonzero(changes)
        return np.searchsorted(first, starts).astype(np.int64), self.items[first], first

    def last_time(self) -> float:
        """The time of the last event; 0 without times or events."""
        return 0.0 if self.when is None or not len(self) else float(self.when.max())

    def decay(self, half_life: float | None, now: float | None = None) -> Array:
        """(events,) 0.5 ^ (days before ``now`` / half_life); all ones without times or half-life.

        ``now`` is the time of the last event unless it is given.
        """
        if self.when is None or half_life is None or not len(self):
            return np.ones(len(self))
        return np.asarray(0.5 ** (((self.last_time() if now is None else now) - self.when) / half_life))

    def weights(self, half_life: float | None, first: Array) -> Array:
        """(pairs,) how much each customer took each item: the sum over its events of value (or 1) times decay."""
        weights = self.decay(half_life)
        if self.values is not None:
            weights = weights * self.values
        return np.add.reduceat(weights, first) if len(first) else weights

    def popularity(self, half_life: float | None, now: float | None = None) -> Array:
        """(items,) customers who took each item, each counted once, at the decay of the last time."""
        if self.when is None or half_life is None:
            return np.asarray(customers_of(self.pairs()[1], len(self.item_ids)), np.float64)
        last = np.append(self.pairs()[2][1:], len(self)) - 1 if len(self) else np.zeros(0, np.int64)
        return np.bincount(self.items[last], self.decay(half_life, now)[last], minlength=len(self.item_ids))


@numba.njit(cache=True, nogil=True)
def customers_of(taken, items):  # type: ignore[no-untyped-def]
    """(items,) how many took each; numpy's own count would copy ``taken`` into 64 bits."""
    counts = np.zeros(items, np.int64)
    for item in taken:
        counts[item] += 1
    return counts


def _united(ids: pa.Array, more: pa.Array, what: str) -> tuple[pa.Array, tuple[Array, Array]]:
    """Ids of both in ascending order, and the place in them of each id of either."""
    if not len(ids):  # ids of an empty table may have another type, and nobody knows them
        ids = ids_like([], more, what)
    more = ids_like(more.to_pylist(), ids, what)  # a list, so that the number 7 is not taken for the text 7
    both = pa.concat_arrays([ids, more]).unique()
    both = both.take(pc.sort_indices(both))
    return both, (codes_of(ids, both), codes_of(more, both))


def _end_to_end(first: Array | None, second: Array | None) -> Array | None:
    return None if first is None or second is None else np.concatenate([first, second])


def ids_like(ids: Any, known: pa.Array, what: str) -> pa.Array:
    """``ids``, a sequence or array of any kind, in the type of the ``known`` ones.

    Raises:
        DaogouError: they are of another type.
    """
    try:
        if isinstance(ids, pa.ChunkedArray):
            ids = ids.combine_chunks()
        return ids.cast(known.type) if isinstance(ids, pa.Array) else pa.array(ids, type=known.type)
    except pa.ArrowException:
        raise DaogouError(
            _("an id is not of the type {type}").format(type=known.type), what, _("Give ids as they were at fit.")
        ) from None


def codes_of(ids: pa.Array, known: pa.Array) -> Array:
    """(ids,) int32 places of ``ids`` in ``known``, -1 for those not there.

    >>> codes_of(pa.array(["b", "x"]), pa.array(["a", "b"])).tolist()
    [1, -1]
    """
    return np.asarray(pc.index_in(ids, value_set=known).fill_null(-1), dtype=np.int32)


def _filled(table: Any, name: str) -> pa.Array:
    column = table[name].to_arrow()
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if column.null_count:
        raise DaogouError(
            _("the column '{name}' is empty in {n} rows").format(name=name, n=column.null_count),
            "Interactions.from_frame",
            _("Leave those rows out or fill them."),
        )
    return column


def _coded(column: pa.Array) -> tuple[pa.Array, Array]:
    """Distinct ids in ascending order, and the place of each row's id among them."""
    if pa.types.is_null(column.type):  # an empty table whose columns have no type
        column = column.cast(pa.string())
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    order = pc.sort_indices(column.dictionary)
    rank = np.empty(len(order), np.int32)
    rank[np.asarray(order)] = np.arange(len(order), dtype=np.int32)
    codes = rank[np.asarray(column.indices)]
    used = np.flatnonzero(np.bincount(codes, minlength=len(rank)))  # a categorical may name ids that no row has
    if len(used) < len(rank):
        order, codes = order.take(pa.array(used)), np.searchsorted(used, codes).astype(np.int32)
    return column.dictionary.take(order), codes


def _numbers(column: pa.Array, name: str) -> Array:
    try:
        numbers = np.asarray(pc.cast(column, pa.float64()))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise _not_numbers(name) from None
    if not np.isfinite(numbers).all():
        raise _not_numbers(name)
    return numbers


def _not_numbers(name: str) -> DaogouError:
    return DaogouError(
        _("the column '{name}' holds what is not a number").format(name=name),
        "Interactions.from_frame",
        _("Leave those rows out or correct them."),
    )


def _days(column: pa.Array, name: str) -> Array:
    if pa.types.is_date(column.type):
        return np.asarray(pc.cast(pc.cast(column, pa.date32()), pa.int32()), dtype=np.float64)
    if pa.types.is_timestamp(column.type):
        stamps = pc.cast(column, pa.timestamp("us", column.type.tz), safe=False)
        return np.asarray(pc.cast(stamps, pa.int64())) / _MICROSECONDS_A_DAY
    return _numbers(column, name)
