"""The comparisons of a rule as Ibis expressions; none of them is ever null."""

import re
import sys
from functools import reduce
from operator import and_, or_

import ibis
import ibis.expr.types as ir

from daogou.base.cells import BLANK, SEPARATORS, stripped
from daogou.base.rule import Comparison, Comparisons, Kind, Scalar

_FEW = 8  # values that are looked for one by one
_ORDERED = {
    "above": lambda value, limit: value > limit,
    "at_least": lambda value, limit: value >= limit,
    "below": lambda value, limit: value < limit,
    "at_most": lambda value, limit: value <= limit,
}


def compared(value: ir.Value, kind: Kind, comparisons: Comparisons) -> ir.BooleanValue:
    """Whether every comparison holds of ``value``; false where it is null, but for ``known = false``."""
    return reduce(and_, (_one(value, kind, comparison) for comparison in comparisons))


def of_measure(value: ir.Value, comparisons: Comparisons) -> ir.BooleanValue:
    """The same of a count or a sum, which is 0 where nothing happened."""
    return compared(ibis.coalesce(value.cast("float64"), 0.0), "number", comparisons)


def _one(value: ir.Value, kind: Kind, comparison: Comparison) -> ir.BooleanValue:
    operator, wanted = comparison.operator, comparison.value
    if operator == "known":
        return value.notnull() if wanted else value.isnull()
    if operator == "contains":
        return _sure(value.contains(wanted))
    if operator in _ORDERED:
        return _sure(_ORDERED[operator](_number(value, kind), wanted))
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    numeric = not isinstance(values[0], str)
    if kind == "cell" and not numeric:
        equal = _in_cell(value, values)
    else:
        equal = _number(value, kind).isin(values) if numeric and kind != "flag" else value.isin(values)
    if operator in ("is", "in"):
        return _sure(equal)
    known = _number(value, kind).notnull() if numeric else value.notnull()
    return known & ~_sure(equal)


def _number(value: ir.Value, kind: Kind) -> ir.Value:
    """As float64; null where a cell holds no number that can be compared."""
    if kind != "cell":
        return value.cast("float64")
    number = value.try_cast("float64")
    # "nan" and "inf" are read as numbers, too; no engine finds them below the largest one
    return (number.abs() <= sys.float_info.max).ifelse(number, ibis.null("float64"))


def _in_cell(cell: ir.Value, values: tuple[Scalar, ...]) -> ir.BooleanValue:
    """Whether the cell, or one of the texts in it, is one of ``values``; blanks around either do not count.

    Most cells are a value or hold none, which costs little to see; only the others meet the regular expression.
    """
    texts = [stripped(str(value)) for value in values]
    parts = [text for text in texts if text and not re.search(SEPARATORS, text)]
    wholly = f"^{BLANK}*({_either(texts)}){BLANK}*$"
    partly = f"|(^|{SEPARATORS}){BLANK}*({_either(parts)}){BLANK}*($|{SEPARATORS})" if parts else ""
    if len(texts) <= _FEW:
        may = reduce(or_, (cell.contains(text) for text in texts))
    else:
        may = cell.re_search(f"{SEPARATORS}|{BLANK}")
    return ibis.cases((cell.isin(texts), True), (may, cell.re_search(wholly + partly)), else_=False)


def _either(texts: list[str]) -> str:
    return "|".join(re.escape(text) for text in texts)


def _sure(value: ir.BooleanValue) -> ir.BooleanValue:
    return value.fill_null(False)
