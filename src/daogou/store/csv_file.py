"""CSV files read by Arrow: every column is text, and torn rows are told apart."""

import csv
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv


@dataclass(frozen=True)
class Rejected:
    """A row of a CSV file that does not have the columns of its header: its number, and its text."""

    row: int
    text: str


def csv_header(path: Path) -> tuple[list[str], str]:
    """The names in a CSV file's first line, and what divides them: the candidate that divides it most."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
    delimiter = max(",;\t|", key=first.count)
    names = next(csv.reader([first], delimiter=delimiter), [])
    return [name.strip() for name in names], delimiter


def read_csv(path: Path, rejected: list[Rejected]) -> arrow_csv.CSVStreamingReader:
    """The rows below the header, all text; rows with more or fewer values than it has names go to ``rejected``."""
    header, delimiter = csv_header(path)

    def reject(row: arrow_csv.InvalidRow) -> str:
        rejected.append(Rejected(row.number - 1, row.text))
        return "skip"

    return arrow_csv.open_csv(
        path,
        arrow_csv.ReadOptions(column_names=header, skip_rows=1, use_threads=False),  # threads lose the row numbers
        arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=reject),
        arrow_csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string())),
    )
