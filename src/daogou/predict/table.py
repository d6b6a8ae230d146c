"""A table's label: which column it is, and what it holds."""

import pyarrow as pa

from daogou.base.errors import DaogouError
from daogou.base.settings import nearest
from daogou.base.words import gettext as _


def take_label(table: pa.Table, label: str, where: str) -> tuple[pa.Table, list[object]]:
    """The table without its label, and the label of each row.

    Raises:
        DaogouError: there is no such column; the nearest name is told.
    """
    if label not in table.column_names:
        raise DaogouError(
            _("there is no column '{name}'").format(name=label), where, nearest(label, table.column_names)
        )
    return table.drop_columns([label]), table[label].to_pylist()
