"""One column of customers as it is: numbers, one text a cell, or several texts a cell."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import narwhals as nw
import numpy as np
import pyarrow as pa

from daogou.base.cells import parts
from daogou.base.numerals import numerals
from daogou.base.raw import MISSING, Places, Vector, day, distinct

Array = np.ndarray[Any, Any]
Kind = Literal["number", "category", "several"]

_STRONG = re.compile("[;|、；｜]")  # no comma: that also stands inside one text
_FEW = 2  # different numbers that are two kinds rather than a quantity


@dataclass(frozen=True)
class Column:
    """A column that was read: ``numbers`` of shape (rows,), NaN where not known; or texts and each row's place."""

    kind: Kind
    numbers: Vector
    texts: Sequence[str] = ()
    places: Places = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    is_day: bool = False  # whether the numbers are days since 1970

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.numbers) if self.kind == "number" else len(self.places)

    def parts(self, text: str) -> list[str]:
        """The levels that a cell holds; none where it is not known."""
        if self.kind == "several":
            return list(dict.fromkeys(parts(text)))
        return [text] if text != MISSING else []

    def counted(self) -> tuple[Counter[str], int]:
        """The rows of each level, and the rows of which anything is known."""
        times = np.bincount(self.places, minlength=len(self.texts)).tolist()
        counts: Counter[str] = Counter()
        known = 0
        for text, rows in zip(self.texts, times, strict=True):
            held = self.parts(text)
            counts.update(dict.fromkeys(held, rows))
            known += rows if held else 0
        return Counter({level: rows for level, rows in counts.items() if rows}), known

    def held(self, levels: Sequence[str]) -> Array:
        """Shape (rows, levels): 1 where the row has the level, 0 where not, NaN where nothing is known."""
        at: Mapping[str, int] = {level: place for place, level in enumerate(levels)}
        made = np.zeros((len(self.texts), len(levels)))
        for row, text in enumerate(self.texts):
            held = self.parts(text)
            made[row, [at[level] for level in held if level in at]] = 1.0
            if not held:
                made[row] = np.nan
        return made[self.places]


def read_column(column: Any, kind: Kind | None = None) -> Column:
    """A narwhals series as its values; ``kind`` is how it was read before, None where it is to be found out.

    Texts that all write numbers (1,234.50 and ¥99 too), or all dates, are numbers, a date by its day. Cells are of
    several texts, as ``base.cells`` divides them, where one has a semicolon, a bar or 、, or where commas divide parts
    that recur: there are not more different parts than different cells. "Paris, France" is one text.
    """
    numeric = column.dtype.is_numeric()
    if numeric and kind != "category":
        values = _finite(column.cast(nw.Float64).to_numpy())
        few = column.dtype.is_integer() and len(np.unique(values)) <= _FEW
        if kind == "number" or not few:
            return Column("number", values)
    if column.dtype in (nw.Date, nw.Datetime):
        return Column("number", _days(column), is_day=True)
    if isinstance(column.dtype, nw.List):
        cells = ["|".join(str(one) for one in cell or []) for cell in column.to_list()]
        column = nw.from_native(pa.table({"a": cells}), eager_only=True)["a"]
        kind = kind or "several"
    texts, places = distinct(column)
    if kind == "number":
        return _written(texts, places)
    return Column(kind, np.empty(0), texts, places) if kind else _found(texts, places, numeric)


def _found(texts: Sequence[str], places: Places, numeric: bool) -> Column:
    known = [texts[place] for place in np.flatnonzero(np.bincount(places, minlength=len(texts))).tolist()]
    known = [text for text in known if text != MISSING]
    # a column of two numbers is two kinds, whether it came as numbers or as texts
    if known and (len(known) > _FEW or numeric) and not np.isnan(_written(known, np.arange(len(known))).numbers).any():
        if len(known) > _FEW:
            return _written(texts, places)
        return Column("category", np.empty(0), texts, places)
    return Column("several" if _several(known) else "category", np.empty(0), texts, places)


def _several(cells: Sequence[str]) -> bool:
    split = [parts(cell) for cell in cells]
    if all(len(held) < 2 for held in split):
        return False
    recurs = len({part for held in split for part in held}) <= len(cells)
    return recurs or any(len(held) > 1 and _STRONG.search(cell) for held, cell in zip(split, cells, strict=True))


def _written(texts: Sequence[str], places: Places) -> Column:
    """The numbers that texts write, or their days; NaN where they write neither."""
    values = numerals(texts)
    if np.isnan(values).all():
        days = np.array([day(text) for text in texts], dtype=np.float64)
        return Column("number", days[places], is_day=bool(np.isfinite(days).any()))
    return Column("number", values[places])


def _days(column: Any) -> Vector:
    moments = column.to_arrow().cast(pa.timestamp("us")).to_numpy(zero_copy_only=False).astype("datetime64[us]")
    since = moments.astype(np.int64) / 86_400e6
    return np.where(np.isnat(moments), np.nan, since)


def _finite(values: Array) -> Vector:
    held = values.astype(np.float64)
    return np.where(np.isinf(held), np.nan, held)
