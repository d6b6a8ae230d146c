"""Rows of any contract's table, told by the few values that a test cares about."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
from ibis.formats.pyarrow import PyArrowSchema

from daogou.store.tables import Table


def rows(table: Table, *told: Mapping[str, Any]) -> pa.Table:
    """The rows, in the contract's types; a column that is not told is empty, or plain where it may not be empty.

    Raises:
        ValueError: the contract has no such column.

    >>> from daogou.store.tables import OFFERS
    >>> rows(OFFERS, {"campaign_id": "spring", "item_id": "tea"}).to_pylist()
    [{'campaign_id': 'spring', 'offer_id': '', 'item_id': 'tea', 'source': ''}]
    """
    for row in told:
        if unknown := sorted(set(row) - set(table.names)):
            raise ValueError(f"{table.name} has no {', '.join(unknown)}")
    schema = PyArrowSchema.from_ibis(table.schema())
    columns = []
    for column, field in zip(table.columns, schema, strict=True):
        default = None if column.nullable else _plain(field.type)
        values = [row.get(column.name, default) for row in told]
        # money as a test writes it goes through float64: Arrow makes decimals of no floats
        is_money = pa.types.is_decimal(field.type)
        columns.append(pa.array(values, pa.float64()).cast(field.type) if is_money else pa.array(values, field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def _plain(kind: pa.DataType) -> Any:
    if pa.types.is_string(kind):
        return ""
    if pa.types.is_boolean(kind):
        return False
    if pa.types.is_date(kind):
        return date(1970, 1, 1)
    if pa.types.is_timestamp(kind):
        return datetime.fromtimestamp(0, UTC).replace(tzinfo=None)
    if pa.types.is_map(kind) or pa.types.is_list(kind):
        return []
    return b"" if pa.types.is_binary(kind) else 0
