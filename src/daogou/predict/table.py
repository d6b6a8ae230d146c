"""A table in a file: CSV or Parquet, one row a customer."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq

from daogou.base.errors import DaogouError
from daogou.base.settings import nearest
from daogou.base.words import gettext as _

_MISSING = ["", " ", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?"]


def read_table(path: Path) -> pa.Table:
    """The file's columns as numbers, booleans, dates or texts; blanks, NA and the like are missing.

    CSV in UTF-8, separated by comma, semicolon or tab, also compressed (.csv.gz).

    Raises:
        DaogouError: there is no such file, it cannot be read, is empty, or names a column twice.
    """
    if not path.is_file():
        raise DaogouError(_("there is no such file"), str(path), _("Give the path of a CSV or Parquet file."))
    try:
        table = pq.read_table(path) if path.suffix.lower() == ".parquet" else _read_csv(path)
    except (pa.ArrowInvalid, OSError, UnicodeDecodeError) as error:
        reason = str(error).partition("\n")[0]
        raise DaogouError(
            _("the file cannot be read: {reason}").format(reason=reason),
            str(path),
            _("Save it as CSV in UTF-8, or as Parquet."),
        ) from None
    twice = [name for name, times in Counter(table.column_names).items() if times > 1]
    if twice:
        raise DaogouError(
            _("the header names '{name}' twice").format(name=twice[0]),
            str(path),
            _("Give each column a name of its own."),
        )
    return table


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


def _read_csv(path: Path) -> pa.Table:
    with pa.input_stream(str(path), compression="detect") as file:
        head = file.read(1 << 16).partition(b"\n")[0].decode()
    separator = max(",;\t", key=head.count)
    return csv.read_csv(
        path,
        parse_options=csv.ParseOptions(delimiter=separator, newlines_in_values=True),
        convert_options=csv.ConvertOptions(null_values=_MISSING, strings_can_be_null=True),
    )
