"""Lists as CSV files that spreadsheets open as they are: UTF-8 with a byte order mark, and no cell is a formula."""

import base64
import csv
import io
import re
from collections.abc import Sequence
from datetime import date

from daogou.report.contexts import Cell

# what spreadsheets take for the start of a formula, also in full width; OWASP, "CSV Injection"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_SIGNED = re.compile(r"[+-]\d+(\.\d+)?", re.ASCII)  # a number: runs nothing, and a phone number as an id stays as it is


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    r"""The rows under their column names, lines ended by CR LF as RFC 4180 has it.

    >>> as_csv(["customer"], [["=1+1"], [7]]).decode("utf-8-sig")
    "customer\r\n'=1+1\r\n7\r\n"
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_written(column) for column in columns])
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_link(data: bytes) -> str:
    """The file as a link that works without a server."""
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(data).decode("ascii")


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return f"{cell:.2f}".removesuffix(".00") if cell == cell else ""
    text = str(cell)
    runs = isinstance(cell, str) and text.startswith(_FORMULA) and not _SIGNED.fullmatch(text)
    return "'" + text if runs else text
