"""A table in a file that somebody has: CSV in the encodings that spreadsheets write, or Parquet."""

import codecs
import csv
from collections import Counter
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _

_MISSING = ["", " ", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?"]
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_table(path: Path, texts: bool = False) -> pa.Table:
    """The file's columns as numbers, booleans, dates or texts; blanks, NA and the like are missing.

    CSV in UTF-8, UTF-16 or GB18030, separated by comma, semicolon, tab or bar, also compressed (.csv.gz). With
    ``texts`` every column of a CSV file stays the text that it is, so that 007 is not 7.

    Raises:
        DaogouError: there is no such file, it cannot be read, is empty, or names a column twice.
    """
    if not path.is_file():
        raise DaogouError(_("there is no such file"), str(path), _("Give the path of a CSV or Parquet file."))
    try:
        table = pq.read_table(path) if path.suffix.lower() == ".parquet" else _read_csv(path, texts)
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


def _read_csv(path: Path, texts: bool) -> pa.Table:
    with pa.input_stream(str(path), compression="detect") as file:
        data = as_utf8(file.read())
    first = data.partition(b"\n")[0].decode()
    separator = max(",;\t|", key=first.count)
    names = next(csv.reader([first], delimiter=separator), [])
    table = arrow_csv.read_csv(
        BytesIO(data),
        parse_options=arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            null_values=_MISSING,
            strings_can_be_null=True,
            column_types=dict.fromkeys(names, pa.string()) if texts else None,
        ),
    )
    return table.rename_columns([name.strip() for name in table.column_names])


def as_utf8(data: bytes) -> bytes:
    """The text in UTF-8 without a mark, whichever of the known encodings it is in.

    Raises:
        UnicodeDecodeError: it is in none.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding).encode()
    try:
        data.decode()
    except UnicodeDecodeError as error:
        try:
            return data.decode("gb18030").encode()
        except UnicodeDecodeError:
            raise error from None
    return data
