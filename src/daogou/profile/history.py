"""Cuts (moments to look back from) and the rows of a history table that were in force at each."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import reduce

import ibis
import ibis.expr.types as ir

ALWAYS = date(1970, 1, 1)  # undated attributes hold from here
_NEVER = date(9999, 12, 31)


def cut_table(cuts: Sequence[date]) -> ir.Table:
    """The cuts as a table of one column, ``as_of``.

    Raises:
        ValueError: there are none, or one is given twice.
    """
    if not cuts or len(set(cuts)) != len(cuts):
        raise ValueError(f"cuts must be one or more different days, not {list(cuts)}")
    return ibis.array([ibis.date(cut.isoformat()) for cut in cuts]).unnest().name("as_of").as_table()


def cut_days(cuts: Sequence[date]) -> list[ir.DateScalar]:
    """The cuts in their order, for tables that have a column of each kind a cut: amount_0, amount_1 and so on.

    Raises:
        ValueError: there are none, or one is given twice.
    """
    cut_table(cuts)
    return [ibis.date(cut.isoformat()) for cut in cuts]


def below(cuts: Sequence[date], rows: Callable[[int, ir.DateScalar], ir.Table]) -> ir.Table:
    """What ``rows`` says of each cut (its place and its day), one below the other."""
    parts = [rows(n, day) for n, day in enumerate(cut_days(cuts))]
    return reduce(ir.Table.union, parts) if len(parts) > 1 else parts[0].view()  # as_of is a column, not a constant


def spans(history: ir.Table, key: str) -> ir.Table:
    """``history`` with ``from_day`` and ``until_day``: each row is in force at as_of in [from_day, until_day).

    A static row holds from always, until the first dated row of the same ``key``.
    """
    from_day = history.is_static.ifelse(ibis.date(ALWAYS.isoformat()), history.valid_from)
    dated = history.mutate(from_day=from_day)
    following = dated.from_day.lead().over(group_by=key, order_by=[dated.from_day, dated.valid_from])
    return dated.mutate(until_day=following.fill_null(ibis.date(_NEVER.isoformat())))


def in_force(history: ir.Table, key: str, cuts: ir.Table) -> ir.Table:
    """The row of each ``key`` that was the latest known at each cut, with its ``as_of``."""
    spanned = spans(history, key)
    at = spanned.join(cuts, [spanned.from_day <= cuts.as_of, cuts.as_of < spanned.until_day])
    return at.drop("from_day", "until_day")


def standing(spanned: ir.Table, cuts: Sequence[date]) -> dict[str, ir.BooleanValue]:
    """Whether a row of :func:`spans` is in force at each cut: stands_0, stands_1 and so on."""
    return {
        f"stands_{n}": (spanned.from_day <= day) & (spanned.until_day > day) for n, day in enumerate(cut_days(cuts))
    }


def guests(customers: ir.Table, cuts: ir.Table) -> ir.Table:
    """customer_id and as_of of the guests among ``customers``, as known at each cut."""
    known = in_force(customers, "customer_id", cuts)
    return known.filter(known.is_guest).select("customer_id", "as_of")
