"""One file into its tables: read, refuse with a reason, leave out what is stored already, write the rest."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.collect import others, sales
from daogou.collect.clean import REASON, VALUE, Zones, reason_words, typed
from daogou.collect.files import HASH, ROW, File, content_hash, locate, mapping_hash, read
from daogou.collect.kinds import Kind, check_source
from daogou.collect.people import CUSTOMER, Vault, with_customers
from daogou.collect.sales import ID
from daogou.collect.settings import Source
from daogou.store.tables import (
    COUPONS,
    INGESTED_FILES,
    ORDER_LINES,
    ORDERS,
    QUARANTINE,
    REFUNDS,
    TABLES,
    Table,
)
from daogou.store.warehouse import Warehouse
from daogou.trust.keys import seal

_NTH = "__nth"
_PEOPLE = ("sales", "orders", "refunds", "customers", "coupons", "assignments")  # kinds whose rows name customers
_SALES = {
    "sales": sales.store_sales,
    "orders": sales.store_orders,
    "order_lines": sales.store_lines,
    "refunds": sales.store_refunds,
}
_OTHERS = {
    "customers": others.customers,
    "items": others.items,
    "past_campaigns": others.past_campaigns,
    "offers": others.offers,
    "coupons": others.coupons,
    "assignments": others.assignments,
}
_BY_ID: dict[str, tuple[tuple[Table, str], ...]] = {  # where the id of a row without a natural key may stand
    "sales": ((ORDER_LINES, "line_id"), (REFUNDS, "refund_id")),
    "order_lines": ((ORDER_LINES, "line_id"),),
    "refunds": ((REFUNDS, "refund_id"),),
    "coupons": ((COUPONS, "coupon_id"),),
}
_CHANGING = ("customers", "items")  # a newer row of the same key takes the older one's place


@dataclass(frozen=True)
class Counts:
    """What became of a file's rows: received = stored + quarantined + duplicate."""

    received: int
    stored: int
    quarantined: int
    duplicate: int
    first_refusals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Company:
    """What the intake must know of the company."""

    folder: Path
    zone: str
    currency: str
    sources: dict[str, Source]


def take_in(warehouse: Warehouse, vault: Vault, company: Company, name: str, now: datetime) -> Counts:
    """Store the file of source ``name``. Writes inside the transactions that the caller holds.

    Raises:
        DaogouError: the mapping or the file is wrong, or not one row of it can be read.
    """
    source = company.sources[name]
    where = f"daogou.toml [sources.{name}]"
    kind = check_source(source, where)
    path = locate(source.file, company.folder, where)
    file_hash, how = content_hash(path), mapping_hash(source, company.zone)
    files = warehouse.table(INGESTED_FILES)
    before = warehouse.to_arrow(files.filter(files.source == name)).to_pylist()
    for known in before:
        if (known["file_hash"], known["mapping_hash"]) == (file_hash, how):
            return Counts(known["received"], 0, 0, known["received"])
    file = read(warehouse, path, source, where)
    zones = Zones(source.timezone or company.zone, company.zone, source.time_format)
    rows = warehouse.materialise("typed_rows", typed(file, source, kind, zones, company.currency))
    rows = _identified(warehouse, vault, rows, name, source, kind)
    reread = any(known["mapping_hash"] != how for known in before)
    stored = _store(warehouse, rows, name, company, reread)
    refused = _refuse(warehouse, vault, rows, file, name, file_hash, now)
    received = warehouse.scalar(rows.count()) + len(file.rejected)
    counts = Counts(received, stored, len(refused), received - stored - len(refused), _examples(path, refused))
    if received and len(refused) == received:
        raise DaogouError(
            _("not one row of {file} can be stored").format(file=path.name), where, " ".join(counts.first_refusals)
        )
    warehouse.replace(INGESTED_FILES, _log(name, file_hash, how, counts, now), source=name, file_hash=file_hash)
    for temporary in ("typed_rows", "known_rows", "file_rows", "people"):
        warehouse.drop(temporary)
    return counts


def _identified(warehouse: Warehouse, vault: Vault, rows: ir.Table, name: str, source: Source, kind: Kind) -> ir.Table:
    """``rows`` with surrogates, further reasons, ``ID`` and ``_NTH``: which of the rows with this key it is, from 0."""
    if source.table in _PEOPLE:
        rows = with_customers(warehouse, vault, rows)
        nobody = rows[REASON].isnull() & rows[CUSTOMER].isnull()
        rows = rows.mutate(**{REASON: ibis.ifelse(nobody, "customer_id|customer", rows[REASON])})
    if source.table == "order_lines":
        orders = warehouse.table(ORDERS)
        orphan = rows[REASON].isnull() & rows.order_id.notin(orders.order_id)
        rows = rows.mutate(
            **{
                VALUE: ibis.ifelse(orphan, rows.order_id, rows[VALUE]),
                REASON: ibis.ifelse(orphan, "order_id|order", rows[REASON]),
            }
        )
    natural = [column for column in kind.key if column in rows.columns]
    declared = [f"key:{column}" for column in source.key]
    by = declared or natural or [HASH]
    window = ibis.window(group_by=[rows[REASON].isnull(), *(rows[column] for column in by)], order_by=rows[ROW])
    rows = rows.mutate(**{_NTH: ibis.row_number().over(window)})
    parts = declared or [HASH]
    text = ibis.literal(name)
    for part in parts:
        text = text + ibis.literal("|") + ibis.coalesce(rows[part], ibis.literal(""))
    if not declared:
        text = text + ibis.literal("|") + rows[_NTH].cast("string")
    rows = rows.mutate(**{ID: text.hexdigest("md5")})
    repeated = rows[_NTH] > 0 if declared or natural else ibis.literal(False)
    return warehouse.materialise("known_rows", rows.mutate(__repeated=repeated))


def _store(warehouse: Warehouse, rows: ir.Table, name: str, company: Company, reread: bool) -> int:
    """Write the good rows that are new; how many."""
    source = company.sources[name]
    good = rows.filter(rows[REASON].isnull() & ~rows["__repeated"])
    if source.table in _OTHERS:
        return _store_other(warehouse, good, name, source, reread)
    if reread:
        _forget(warehouse, good, source)
    fresh = _new(warehouse, good, source)
    count: int = warehouse.scalar(fresh.count())
    fresh = warehouse.materialise("fresh_rows", fresh)
    own_amounts = any(
        other.table == "orders" and {"paid", "net_sales"} & set(other.columns) for other in company.sources.values()
    )
    _SALES[source.table](warehouse, fresh, name, company.currency, own_amounts)
    if source.table in ("sales", "order_lines"):
        has_items = any(other.table == "items" for other in company.sources.values())
        others.items_of_sales(warehouse, fresh if source.table == "sales" else None, has_items)
    warehouse.drop("fresh_rows")
    return count


def _new(warehouse: Warehouse, good: ir.Table, source: Source) -> ir.Table:
    """The rows that no table holds yet."""
    if source.table == "orders":
        return good.anti_join(warehouse.table(ORDERS), "order_id")
    for table, column in _BY_ID[source.table]:
        stored = warehouse.table(table)
        good = good.anti_join(stored, good[ID] == stored[column])
    return good


def _forget(warehouse: Warehouse, good: ir.Table, source: Source) -> None:
    """Delete what an earlier mapping made of these rows; they are about to be stored anew."""
    if source.table in ("sales", "orders"):
        warehouse.delete_matching(ORDERS, good.select("order_id").distinct())
    for table, column in _BY_ID.get(source.table, ()):
        warehouse.delete_matching(table, good.select(**{column: good[ID]}))


def _store_other(warehouse: Warehouse, good: ir.Table, name: str, source: Source, reread: bool) -> int:
    table = TABLES[source.table]
    incoming = warehouse.materialise("incoming", _OTHERS[source.table](good, name))
    stored = warehouse.table(table)
    if source.table in _CHANGING or reread:
        same = [incoming[c].identical_to(stored[c]) for c in table.names if c not in ("source", "attributes")]
        if "attributes" in table.names:
            same.append(incoming.attributes.cast("string") == stored.attributes.cast("string"))
        fresh = incoming.anti_join(stored, same)
    else:
        fresh = incoming.anti_join(stored, [incoming[c].identical_to(stored[c]) for c in table.key])
    fresh = warehouse.materialise("fresh_rows", fresh)
    warehouse.delete_matching(table, fresh.select(*table.key))
    stored_rows = warehouse.append(table, fresh)
    warehouse.drop("incoming")
    warehouse.drop("fresh_rows")
    return stored_rows


def _refuse(
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
                "ingested_at": pa.array([_naive(now)] * len(entries), pa.timestamp("us")),
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


def _examples(path: Path, refused: list[tuple[int, str, str | None]]) -> tuple[str, ...]:
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


def _log(name: str, file_hash: str, how: str, counts: Counts, now: datetime) -> pa.Table:
    return pa.table(
        {
            "source": [name],
            "file_hash": [file_hash],
            "mapping_hash": [how],
            "received": [counts.received],
            "stored": [counts.stored],
            "quarantined": [counts.quarantined],
            "duplicate": [counts.duplicate],
            "ingested_at": pa.array([_naive(now)], pa.timestamp("us")),
        }
    )


def _naive(now: datetime) -> datetime:
    return now.replace(tzinfo=None)
