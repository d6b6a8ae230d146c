"""What is known of items and customers beside their interactions: tables of a row an id."""

from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.recommend.interactions import codes_of, ids_like


def described(frame: Any, key: str) -> pa.Table | None:
    """A pandas, polars or Arrow table as an Arrow table, of each id the last row; None stays.

    Raises:
        DaogouError: it has no column ``key``, or one with empty cells.
    """
    if frame is None:
        return None
    table = nw.from_native(frame, eager_only=True).to_arrow()
    if key not in table.column_names:
        raise DaogouError(
            _("there is no column '{name}'").format(name=key),
            "fit",
            _("The columns are: {names}.").format(names=", ".join(table.column_names)),
        )
    ids = table[key].combine_chunks()
    if ids.null_count:
        raise DaogouError(
            _("the column '{name}' is empty in {n} rows").format(name=key, n=ids.null_count),
            "fit",
            _("Leave those rows out or fill them."),
        )
    ids = ids.cast(ids.type.value_type) if pa.types.is_dictionary(ids.type) else ids
    table = table.set_column(table.column_names.index(key), key, ids)
    last = {place: row for row, place in enumerate(pc.index_in(ids, value_set=ids.unique()).to_pylist())}
    return table.take(pa.array(sorted(last.values()), pa.int64()))


def newer(old: pa.Table | None, new: pa.Table | None, key: str) -> pa.Table | None:
    """Rows of both, those of ``new`` in the place of ``old`` ones of the same id; columns that one lacks are empty."""
    if old is None or new is None:
        return new if old is None else old
    ids = ids_like(new[key].combine_chunks(), old[key].combine_chunks(), key)
    new = new.set_column(new.column_names.index(key), key, ids)
    return described(pa.concat_tables([old, new], promote_options="permissive"), key)


def aligned(table: pa.Table | None, key: str, ids: pa.Array) -> pa.Table | None:
    """The rows of ``ids``, in their order; empty cells for those without a row."""
    if table is None:
        return None
    places = codes_of(ids, ids_like(table[key].combine_chunks(), ids, key))
    return table.drop_columns([key]).take(pa.array(places.astype(np.int64), mask=places < 0))
