"""Conditions on a table's rows as a person types them: ``age > 18``, ``city is Berlin and age <= 60``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from daogou.base.cells import parts, stripped
from daogou.base.errors import DaogouError
from daogou.base.numerals import numerals
from daogou.base.raw import MISSING, distinct, framed
from daogou.base.settings import nearest
from daogou.base.words import gettext as _

Array = np.ndarray[Any, Any]

_SIGNS = {
    ">=": "at_least",
    "=>": "at_least",
    "≥": "at_least",
    "<=": "at_most",
    "=<": "at_most",
    "≤": "at_most",
    "!=": "is_not",
    "<>": "is_not",
    "≠": "is_not",
    "==": "is",
    "=": "is",
    ">": "above",
    "<": "below",
}
_OPERATOR = re.compile("|".join(re.escape(sign) for sign in _SIGNS) + r"|\s+is\s+not\s+|\s+is\s+")
_WIDE = str.maketrans("＞＜＝！", "><=!")
_ORDERED = {
    "above": np.greater,
    "at_least": np.greater_equal,
    "below": np.less,
    "at_most": np.less_equal,
}
_STRICT = {"above": ">=", "below": "<="}  # what would keep the boundary, too


@dataclass(frozen=True)
class Condition:
    """One comparison: ``operator`` is a word of the rule language (above, at_least, below, at_most, is, is_not)."""

    text: str
    column: str
    operator: str
    value: str


@dataclass(frozen=True)
class Kept:
    """What a condition does to rows: ``rows`` marks those that it keeps, shape (rows,)."""

    condition: Condition
    rows: Array
    unknown: int  # rows that it drops because nothing is known there
    boundary: int | None  # rows exactly at the value, which > or < leaves out; None for other comparisons

    @property
    def inclusive(self) -> str:
        """The condition that keeps the boundary, too."""
        sign = _STRICT[self.condition.operator]
        return f"{self.condition.column} {sign} {self.condition.value}"


def conditions(text: str, columns: Sequence[str]) -> list[Condition]:
    """The conditions in ``text``, all of which must hold; columns are named as the table names them.

    >>> found = conditions("age > 18 and city is 'New York'", ["age", "city"])
    >>> [(one.column, one.operator, one.value) for one in found]
    [('age', 'above', '18'), ('city', 'is', 'New York')]

    Raises:
        DaogouError: it is no comparison, or there is no such column.
    """
    return [_condition(part.strip(), columns) for part in re.split(r"\s+and\s+|&&|\s+且\s+", text.translate(_WIDE))]


def _condition(text: str, columns: Sequence[str]) -> Condition:
    found = _OPERATOR.search(text)
    column = _unquoted(text[: found.start()]) if found else ""
    value = _unquoted(text[found.end() :]) if found else ""
    if found is None or not column or not value or _OPERATOR.search(value):
        raise DaogouError(
            _("'{text}' is no condition").format(text=text),
            "--keep",
            _("Write a column, a comparison and a value, such as 'age > 18', and 'and' between two of them."),
        )
    if column not in columns:
        raise DaogouError(_("there is no column '{name}'").format(name=column), "--keep", nearest(column, columns))
    operator = _SIGNS.get(found.group(), "is_not" if "not" in found.group() else "is")
    if operator in _ORDERED and np.isnan(_number(value)):
        raise DaogouError(
            _("'{value}' is no number to compare with").format(value=value),
            "--keep",
            _("Write a number after > and <; texts are compared with = and !=."),
        )
    return Condition(text, column, operator, value)


def _number(text: str) -> float:
    return float(numerals([text])[0])


def _unquoted(text: str) -> str:
    held = text.strip()
    quoted = len(held) > 1 and held[0] == held[-1] and held[0] in "'\"`"
    return held[1:-1] if quoted else held


def keep(table: pa.Table, condition: Condition) -> Kept:
    """Which rows of ``table`` a condition keeps.

    As in rules, no comparison holds where nothing is known, and a cell of several texts is each of them.

    Raises:
        DaogouError: it compares with a number, and the column holds none.
    """
    texts, places = distinct(framed(table)[condition.column])
    numbers = numerals(texts)
    wanted = _number(condition.value)
    if condition.operator in _ORDERED:
        if np.isnan(numbers).all() and any(text != MISSING for text in texts):
            raise DaogouError(
                _("the column '{name}' holds no numbers").format(name=condition.column),
                "--keep",
                _("Compare texts with = and !=."),
            )
        known = ~np.isnan(numbers)
        met = known & _ORDERED[condition.operator](np.where(known, numbers, 0.0), wanted)
    else:
        known = np.array([text != MISSING for text in texts], dtype=bool)
        text = stripped(condition.value)
        met = np.array([text in (held, *parts(held)) for held in texts], dtype=bool) | (numbers == wanted)
        met = known & (met if condition.operator == "is" else ~met)
    strict = condition.operator in _STRICT
    boundary = int((numbers == wanted)[places].sum()) if strict else None
    return Kept(condition, met[places], int((~known)[places].sum()), boundary)
