"""What a company tells in two steps: by another mapping, of a coupon used later, of lines before their orders."""

import pytest
from tests.flows.files_company import FilesCompany, moment

from daogou.flows.workspace import Workspace
from daogou.store.tables import COUPONS, ORDERS, REFUNDS


@pytest.fixture
def company(tmp_path):
    company = FilesCompany(tmp_path / "company")
    company.tell("orders", order="o1", at=moment(5), who="ann", store="S")
    return company.tell("order_lines", order="o1", item="tea", qty=2, value=9)


def stored(company, table, *names):
    company.ingest()
    with Workspace(company.folder).warehouse() as warehouse:
        rows = warehouse.to_arrow(warehouse.table(table)).to_pylist()
    return sorted(tuple(row[name] for name in names) for row in rows)


def test_orders_that_are_read_again_keep_their_lines(company):
    """Another mapping of orders once left them without lines and money."""
    assert stored(company, ORDERS, "order_id", "lines", "net_sales", "store_id") == [("o1", 1, 9, "S")]
    company.read_as(orders={"store_id": "shop"})
    assert stored(company, ORDERS, "order_id", "lines", "net_sales", "store_id") == [("o1", 1, 9, None)]


def test_refunds_need_not_name_orders(company):
    """A refunds file without a column of orders once ended in an error of the program."""
    company.read_as(refunds={"order_id": None})
    company.tell("refunds", at=moment(6), amount=3, who="ann")
    assert stored(company, REFUNDS, "order_id", "amount") == [(None, 3)]


def test_a_coupon_that_is_used_later_is_one_coupon(company):
    """With a key, the row that tells of the use was once taken for a repetition."""
    settings = company.folder / "daogou.toml"
    with_key = settings.read_text(encoding="utf-8").replace(
        'table = "coupons"\n', 'table = "coupons"\nkey = ["order"]\n'
    )
    settings.write_text(with_key, encoding="utf-8")
    company.tell("coupons", who="ann", order="k1", issued=moment(1))
    assert [used for (used,) in stored(company, COUPONS, "redeemed_at")] == [None]
    company.told["coupons"][0]["used"] = moment(4)
    assert [str(used) for (used,) in stored(company, COUPONS, "redeemed_at")] == ["2022-01-05 04:30:00"]


def test_lines_that_came_before_their_order_are_stored_with_it(company):
    """A file that is known is not read again, so its lines once never found an order that came later."""
    company.tell("order_lines", order="o2", item="tea", qty=1, value=4)
    assert stored(company, ORDERS, "order_id", "lines") == [("o1", 1)]
    company.tell("orders", order="o2", at=moment(6), who="bob")
    assert stored(company, ORDERS, "order_id", "lines", "net_sales") == [("o1", 1, 9), ("o2", 1, 4)]
    assert stored(company, ORDERS, "order_id", "lines", "net_sales") == [("o1", 1, 9), ("o2", 1, 4)]
