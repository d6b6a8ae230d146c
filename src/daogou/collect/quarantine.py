"""Rows that cannot be stored: kept encrypted, with the reason, and told to the user by example."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from daogou.base.words import gettext as _
from daogou.collect.clean import REASON, VALUE, reason_words
from daogou.collect.files import ROW, File
from daogou.collect.people import Vault
from daogou.store.tables import QUARANTINE
from daogou.store.warehouse import Warehouse
from daogou.trust.keys import seal


def refuse(
    warehouse: Warehouse, vault: Vault, rows: ir.Table, file: File, name: str, file_hash: str, now: datetime
) -> list[tuple[int, str, str | None]]:
    """Put the bad rows in quarantine; their row, reason and refused value."""
    bad = rows.filter(rows[REASON].notnull()).select(ROW, REASON, VALUE)
    found = warehouse.to_arrow(bad.order_by(ROW)).to_pylist()
    wanted = warehouse.materialise("refused_rows", bad.select(ROW))
    raw = warehouse.to_arrow(file.rows.semi_join(wanted, ROW).order_by(ROW).select(ROW, *file.columns)).to_pylist()
    torn = [rejected.row for rejected in file.rejected]
    entries = [(_row_in_file(r[ROW], torn), r[REASON], r[VALUE], _json(w)) for r, w in zip(found, raw, strict=True)]
    entries += [(r.row, "row|columns", r.text, json.dumps(r.text, ensure_ascii=False)) for r in file.rejected]
    entries.sort()
    context = f"quarantine {name}".encode()
    warehouse.replace(
        QUARANTINE,
        pa.table(
            {
                "source": pa.array([name] * len(entries), pa.string()),
                "file_hash": pa.array([file_hash] * len(entries), pa.string()),
                "row": pa.array([entry[0] for entry in entries], pa.int64()),
                "reason": pa.array([entry[1] for entry in entries], pa.string()),
                "payload": pa.array(
                    [seal(vault.keys.master, entry[3].encode(), context) for entry in entries], pa.binary()
                ),
                "ingested_at": pa.array([naive(now)] * len(entries), pa.timestamp("us")),
            }
        ),
        source=name,
        file_hash=file_hash,
    )
    warehouse.drop("refused_rows")
    return [entry[:3] for entry in entries]


def _row_in_file(row: int, torn: Iterable[int]) -> int:
    """The row's number when torn rows, given in order, are counted too."""
    for other in torn:
        if other <= row:
            row += 1
    return row


def _json(row: dict[str, Any]) -> str:
    return json.dumps({name: value for name, value in row.items() if name != ROW}, default=str, ensure_ascii=False)


def examples(path: Path, refused: list[tuple[int, str, str | None]]) -> tuple[str, ...]:
    """One sentence a reason: how many rows, and the first of them with what stood there."""
    first: dict[str, tuple[int, str | None]] = {}
    counts: dict[str, int] = {}
    for row, reason, value in refused:
        first.setdefault(reason, (row, value))
        counts[reason] = counts.get(reason, 0) + 1
    return tuple(
        _("{file}: {reason} in {n} rows; the first is row {row}, with '{value}'.").format(
            file=path.name, reason=reason_words(reason), n=f"{counts[reason]:,}", row=row, value=(value or "")[:40]
        )
        for reason, (row, value) in first.items()
    )


def naive(now: datetime) -> datetime:
    """UTC without its zone, as tables hold it."""
    return now.replace(tzinfo=None)
