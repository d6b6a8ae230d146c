"""The rows of a table that groups are made of, and what each step dropped."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from daogou.base.errors import DaogouError
from daogou.base.raw import MISSING, distinct, framed
from daogou.base.words import gettext as _
from daogou.profile.table_keep import Kept, conditions, keep


@dataclass(frozen=True)
class Missing:
    """Rows dropped because a value is missing: by column, and those that miss only columns that groups do not use."""

    dropped: int
    by_column: dict[str, int]  # columns with a gap, most gaps first; a row may have several
    elsewhere: int


@dataclass(frozen=True)
class Steps:
    """The table that is left, and what was dropped on the way to it."""

    table: pa.Table
    rows: int  # at first
    missing: Missing | None  # None: rows with gaps were kept
    kept: tuple[Kept, ...]

    @property
    def dropped(self) -> list[int]:
        """Rows that each condition dropped."""
        return [int((~one.rows).sum()) for one in self.kept]


def steps(table: pa.Table, columns: Sequence[str], drop_missing: bool, keeps: Sequence[str]) -> Steps:
    """Drop rows with a gap anywhere in the table (as pandas' ``dropna`` does), then those that a condition drops.

    ``columns`` are those that groups use.

    Raises:
        DaogouError: a condition cannot be read, or no rows are left.
    """
    wanted = [one for text in keeps for one in conditions(text, table.column_names)]
    left, missing = _complete(table, columns) if drop_missing else (table, None)
    kept = []
    for condition in wanted:
        found = keep(left, condition)
        kept.append(found)
        left = left.filter(pa.array(found.rows))
    if not left.num_rows:
        raise DaogouError(
            _("no rows are left of {n}").format(n=table.num_rows),
            _("; ").join([*(one.condition.text for one in kept), *([_("no missing values")] if drop_missing else [])])
            or "--table",
            _("Keep more: loosen --keep, or leave --drop-missing out."),
        )
    return Steps(left, table.num_rows, missing, tuple(kept))


def _complete(table: pa.Table, columns: Sequence[str]) -> tuple[pa.Table, Missing]:
    gaps = {name: _gaps(table, name) for name in table.column_names}
    anywhere = np.zeros(table.num_rows, dtype=bool)
    used = anywhere.copy()
    for name, gap in gaps.items():
        anywhere |= gap
        if name in columns:
            used |= gap
    counts = {name: int(gap.sum()) for name, gap in gaps.items() if gap.any()}
    by_column = dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
    found = Missing(int(anywhere.sum()), by_column, int((anywhere & ~used).sum()))
    return table.filter(pa.array(~anywhere)), found


def _gaps(table: pa.Table, name: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    texts, places = distinct(framed(table)[name])
    return np.array([text == MISSING for text in texts], dtype=bool)[places]
