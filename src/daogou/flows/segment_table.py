"""One table without a workspace: its customers in groups by k-means, and what each step before that dropped."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from daogou.base import words
from daogou.base.errors import DaogouError
from daogou.base.numerals import numerals
from daogou.base.settings import nearest
from daogou.base.words import gettext as _
from daogou.flows.private_file import write_file
from daogou.flows.segment import curve_of
from daogou.flows.workspace import StageReport
from daogou.profile import apart
from daogou.profile import table_sentences as say
from daogou.profile.mixed_kmeans import KMeans, key
from daogou.profile.table_steps import Steps, steps
from daogou.store.table_file import read_table

_GROUP, _NAME = "group", "group_name"


def segment_table(
    path: Path,
    columns: Sequence[str] = (),
    k: int = 0,
    drop_missing: bool = False,
    keeps: Sequence[str] = (),
    out: Path | None = None,
) -> StageReport:
    """Groups of a file's rows by ``columns`` (all of them where none is named); ``k`` of 0: chosen.

    ``drop_missing`` drops rows with a gap in any column, each of ``keeps`` those that it does not hold for. With
    ``out`` every row that is left is written there with its group.

    Raises:
        DaogouError: the file or a column is missing, a condition cannot be read, a column names customers, or there are
            too few rows for so many groups.
    """
    table = read_table(path, texts=True)
    used = list(dict.fromkeys(columns)) or table.column_names
    for name in used:
        if name not in table.column_names:
            raise DaogouError(
                _("there is no column '{name}'").format(name=name), str(path), nearest(name, table.column_names)
            )
    if k < 0 or k == 1:
        raise DaogouError(
            _("{k} groups divide nobody").format(k=k), "--k", _("Ask for 2 or more, or leave it out to have it chosen.")
        )
    left = steps(table, used, drop_missing, keeps)
    model = KMeans(k).fit(left.table.select(used))
    told = _summary(path, used, left, model)
    lines = [*say.about_steps(left), *say.about_groups(model)]
    if out is not None:
        _write(out, left.table, model)
        told["out"] = str(out)
        lines.append(_("Wrote {n} rows with their group to {path}.").format(n=f"{left.table.num_rows:,}", path=out))
    return StageReport(told, lines)


def _summary(path: Path, used: Sequence[str], left: Steps, model: KMeans) -> dict[str, Any]:
    missing = left.missing
    return {
        "table": path.name,
        "rows": left.rows,
        "missing": None
        if missing is None
        else {"dropped": missing.dropped, "by_column": missing.by_column, "only_in_other_columns": missing.elsewhere},
        "keep": [
            {
                "condition": one.condition.text,
                "dropped": dropped,
                "not_known": one.unknown,
                "at_boundary": one.boundary,
            }
            for one, dropped in zip(left.kept, left.dropped, strict=True)
        ],
        "grouped": left.table.num_rows,
        "columns": dict(zip(model.space_.names, model.space_.kinds, strict=True)),
        "not_used": [name for name in used if name in model.space_.constant],
        "k": len(model.numbers_),
        "k_chosen": not model.k,
        "curve": curve_of(model),
        "better_than_noise": model.better_than_noise,
        "warnings": say.warnings(model),
        "in_no_group": int((model.labels_ < 0).sum()),
        "groups": _groups(model),
    }


def _groups(model: KMeans) -> list[dict[str, Any]]:
    sizes = say.sizes_of(model)
    said: dict[int, dict[str, Any]] = {label: {} for label in sizes}
    for code in words.LANGUAGES:
        with words.language(code):
            for label, name in model.names.items():
                said[label][f"label_{code}"] = name
                said[label][f"apart_{code}"] = apart.describe(model.apart_[label])
    return [
        {"name": key(label), "size": sizes[label], "share": round(sizes[label] / len(model.labels_), 6), **said[label]}
        for label in sorted(sizes, key=lambda label: (-sizes[label], label))
    ]


def _write(out: Path, table: pa.Table, model: KMeans) -> None:
    """Every row with its group, whole or not at all; readable by the user alone, for it holds customers."""
    names = {key(label): name for label, name in model.names.items()}
    of = model.keys.tolist()
    data = {name: column.to_pylist() for name, column in zip(table.column_names, table.columns, strict=True)}
    data |= {_free(_GROUP, data): of, _free(_NAME, data): [names.get(one) for one in of]}
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(data)
    writer.writerows([_safe(cell) for cell in row] for row in zip(*data.values(), strict=True))
    write_file(out, text.getvalue().encode("utf-8-sig"))


def _free(name: str, taken: dict[str, Any]) -> str:
    while name in taken:
        name += "_"
    return name


def _safe(cell: Any) -> str:
    """A cell as it was, but for what a spreadsheet would take for a formula.

    >>> _safe("-5"), _safe("-1,500.00"), _safe("=1+1"), _safe(None)
    ('-5', '-1,500.00', "'=1+1", '')
    """
    text = "" if cell is None else str(cell)
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) and np.isnan(numerals([text])[0]) else text
