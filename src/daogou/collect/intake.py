"""One file into its tables: read, refuse with a reason, leave out what is stored already, write the rest."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.collect.clean import REASON, VALUE, Zones, typed
from daogou.collect.files import HASH, ROW, content_hash, locate, mapping_hash, read
from daogou.collect.kinds import Kind, check_source
from daogou.collect.people import CUSTOMER, Vault, with_customers
from daogou.collect.quarantine import examples, naive, refuse
from daogou.collect.sales import ID
from daogou.collect.settings import Source
from daogou.collect.storing import store
from daogou.store.tables import INGESTED_FILES, ORDERS, QUARANTINE
from daogou.store.warehouse import Warehouse

_NTH = "__nth"
_ORPHAN = "order_id|order"  # the reason why a line is refused whose order is not stored
# kinds whose rows name customers
_PEOPLE = ("sales", "orders", "refunds", "events", "customers", "coupons", "assignments", "touches")
_ONE_FIGURE = ("spend", "unit_assignments", "lift_studies")  # a key with two different rows is a mistake, not a repeat


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
        same = (known["file_hash"], known["mapping_hash"]) == (file_hash, how)
        if same and not _orders_came(warehouse, known, company.sources):
            return Counts(known["received"], 0, 0, known["received"])
    file = read(warehouse, path, source, where)
    zones = Zones(source.timezone or company.zone, company.zone, source.time_format)
    rows = warehouse.materialise("typed_rows", typed(file, source, kind, zones, company.currency))
    rows = _identified(warehouse, vault, rows, name, source, kind)
    reread = any(known["mapping_hash"] != how for known in before)
    stored = store(warehouse, rows, name, company.sources, company.currency, reread)
    refused = refuse(warehouse, vault, rows, file, name, file_hash, now)
    received = warehouse.scalar(rows.count()) + len(file.rejected)
    counts = Counts(received, stored, len(refused), received - stored - len(refused), examples(path, refused))
    if received and len(refused) == received:
        raise DaogouError(
            _("not one row of {file} can be stored").format(file=path.name), where, " ".join(counts.first_refusals)
        )
    warehouse.replace(INGESTED_FILES, _log(name, file_hash, how, counts, now), source=name, file_hash=file_hash)
    for temporary in ("typed_rows", "known_rows", "file_rows", "people"):
        warehouse.drop(temporary)
    return counts


def _orders_came(warehouse: Warehouse, known: dict[str, Any], sources: dict[str, Source]) -> bool:
    """Whether the file ``known`` holds lines that were refused for want of their order, and orders came since."""
    files, refused = warehouse.table(INGESTED_FILES), warehouse.table(QUARANTINE)
    orders = [name for name, source in sources.items() if source.table == "orders"]
    since = files.filter(files.source.isin(orders), files.ingested_at >= known["ingested_at"])
    waiting = refused.filter(
        refused.source == known["source"], refused.file_hash == known["file_hash"], refused.reason == _ORPHAN
    )
    return bool(warehouse.scalar(since.count())) and bool(warehouse.scalar(waiting.count()))


def _identified(warehouse: Warehouse, vault: Vault, rows: ir.Table, name: str, source: Source, kind: Kind) -> ir.Table:
    """``rows`` with surrogates, further reasons, ``ID`` and ``_NTH``: which of the rows with this key it is, from 0."""
    if source.table in _PEOPLE:
        rows = with_customers(warehouse, vault, rows, source.table not in ("sales", "orders"))
        nobody = rows[REASON].isnull() & rows[CUSTOMER].isnull()
        rows = rows.mutate(**{REASON: ibis.ifelse(nobody, "customer_id|customer", rows[REASON])})
    if source.table == "order_lines":
        orders = warehouse.table(ORDERS)
        orphan = rows[REASON].isnull() & rows.order_id.notin(orders.order_id)
        rows = rows.mutate(
            **{
                VALUE: ibis.ifelse(orphan, rows.order_id, rows[VALUE]),
                REASON: ibis.ifelse(orphan, _ORPHAN, rows[REASON]),
            }
        )
    natural = [column for column in kind.key if column in rows.columns]
    declared = [f"key:{column}" for column in source.key]
    by = declared or natural or [HASH]
    window = ibis.window(group_by=[rows[REASON].isnull(), *(rows[column] for column in by)], order_by=rows[ROW])
    rows = rows.mutate(**{_NTH: ibis.row_number().over(window)})
    if source.table in _ONE_FIGURE:
        first = rows[HASH].first().over(window)
        other = rows[REASON].isnull() & (rows[_NTH] > 0) & (rows[HASH] != first)
        key = ", ".join(source.key or natural)
        rows = rows.mutate(**{REASON: ibis.ifelse(other, f"{key}|twice", rows[REASON])})
    parts = declared or (natural if source.table == "spend" else [HASH])
    text = ibis.literal(name)
    for part in parts:
        text = text + ibis.literal("|") + ibis.coalesce(rows[part].cast("string"), ibis.literal(""))
    if parts == [HASH]:
        text = text + ibis.literal("|") + rows[_NTH].cast("string")
    rows = rows.mutate(**{ID: text.hexdigest("md5")})
    repeated = rows[_NTH] > 0 if declared or natural else ibis.literal(False)
    return warehouse.materialise("known_rows", rows.mutate(__repeated=repeated))


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
            "ingested_at": pa.array([naive(now)], pa.timestamp("us")),
        }
    )
