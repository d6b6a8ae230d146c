"""A second real company reaches a report with nothing but settings."""

import shutil
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from daogou.flows.run import STAGES, run
from daogou.flows.workspace import Workspace
from daogou.store.tables import CUSTOMERS, ORDER_LINES, ORDERS, QUARANTINE, REFUNDS, SCORES, SEGMENTS

SETTINGS = """
[company]
name = "Online Retail"
timezone = "Europe/London"
currency = "GBP"

[sources.invoices]
file = "online-retail.parquet"
table = "sales"
refund_when = { column = "InvoiceNo", starts_with = "C" }

[sources.invoices.columns]
order_id = "InvoiceNo"
customer_id = "CustomerID"
item_id = "StockCode"
item_title = "Description"
quantity = "Quantity"
unit_price = "UnitPrice"
occurred_at = "InvoiceDate"
"""


@pytest.fixture(scope="module")
def company(data_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("retail")
    shutil.copy(data_folder / "online-retail" / "online-retail.parquet", folder)
    (folder / "daogou.toml").write_text(SETTINGS, encoding="utf-8")

    def clock():
        return datetime(2026, 1, 2, tzinfo=UTC)

    said = run(Workspace(folder), STAGES, clock, lambda _done, _text: None, lambda _name, _report: None)
    return folder, said


def test_rows_are_counted_and_refunds_and_guests_kept_apart(company):
    folder, said = company
    assert said["ingest"] == {
        "invoices": {"received": 541_909, "stored": 540_571, "quarantined": 1_338, "duplicate": 0}
    }
    with Workspace(folder).warehouse() as warehouse:
        orders, refunds = warehouse.table(ORDERS), warehouse.table(REFUNDS)
        customers, bad = warehouse.table(CUSTOMERS), warehouse.table(QUARANTINE)
        assert warehouse.scalar(refunds.count()) == 9_288
        assert warehouse.scalar(refunds.order_id.count()) == 0
        assert warehouse.count(ORDER_LINES) == 540_571 - 9_288
        assert warehouse.scalar((~customers.is_guest).sum()) == 4_372
        assert warehouse.scalar(bad.filter(bad.reason == "quantity|negative").count()) == 1_336
        assert warehouse.scalar(bad.filter(bad.reason == "unit_price|negative").count()) == 2
        total = warehouse.scalar(orders.net_sales.sum()) - warehouse.scalar(refunds.amount.sum())
        # the published revenue, 9,747,747.93, counts the two bad debts of -11,062.06 that are in quarantine
        assert total == Decimal("9747747.934") + 2 * Decimal("11062.06")
        guests = customers.filter(customers.is_guest)
        for table in (SEGMENTS, SCORES):
            assert warehouse.scalar(warehouse.table(table).semi_join(guests, "customer_id").count()) == 0
            assert warehouse.count(table) > 4_000
        states = warehouse.table(SEGMENTS).filter(lambda t: t.method == "lifecycle")
        assert warehouse.scalar(states.count()) == warehouse.scalar(states.customer_id.nunique()) == 4_339


def test_blocks_without_data_say_what_to_add(company):
    folder, said = company
    assert said["measure"] == []
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Online Retail" in page
    assert "past_campaigns" in page
