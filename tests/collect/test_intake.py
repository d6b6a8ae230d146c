"""What becomes of rows, file by file, through the stage as a user runs it."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from daogou.base.errors import DaogouError
from daogou.base.words import language
from daogou.flows.ingest import ingest
from daogou.flows.workspace import Workspace
from daogou.store.tables import (
    ASSIGNMENTS,
    COUPONS,
    CUSTOMERS,
    EVENTS,
    FACTS,
    ITEMS,
    OFFERS,
    ORDER_LINES,
    ORDERS,
    QUARANTINE,
    REFUNDS,
)
from daogou.trust.identity import reveal
from daogou.trust.keys import unseal

COMPANY = '[company]\ntimezone = "Asia/Shanghai"\ncurrency = "CNY"\n'
SALES = COMPANY + (
    '[sources.sales]\nfile = "sales.csv"\ntable = "sales"\n[sources.sales.columns]\norder_id = "order"\n'
    'customer_id = "who"\nitem_id = "sku"\noccurred_at = "at"\nquantity = "n"\npaid = "paid"\n'
)
HEADER = "order,who,sku,at,n,paid\n"
GOOD = HEADER + "1,a,x,2025-01-01 08:00:00,1,10\n1,a,y,2025-01-01 08:00:00,2,5.5\n2,b,x,2025-01-02 23:30:00,1,10\n"


def clock():
    return datetime(2025, 2, 1, tzinfo=UTC)


class Company:
    """A workspace and a few words to try it with."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def ingest(self, settings=None, **files):
        if settings is not None:
            self.write("daogou.toml", settings)
        for name, text in files.items():
            self.write(f"{name}.csv", text)
        return ingest(Workspace(self.folder), clock, lambda _done, _text: None)

    def counts(self, settings=None, source="sales", **files):
        found = self.ingest(settings, **files).summary["ingest"][source]
        assert found["received"] == found["stored"] + found["quarantined"] + found["duplicate"]
        return tuple(found.values())

    def rows(self, table):
        with Workspace(self.folder).warehouse() as warehouse:
            return warehouse.to_arrow(warehouse.table(table).order_by(*table.key)).to_pylist()

    def names(self):
        workspace = Workspace(self.folder)
        people = [row["customer_id"] for row in self.rows(CUSTOMERS)]
        with workspace.ledger() as ledger, ledger.transaction() as connection:
            return reveal(connection, workspace.keys, people)


@pytest.fixture
def company(tmp_path):
    return Company(tmp_path)


def test_sales_become_orders_lines_customers_and_items(company):
    assert company.counts(SALES, sales=GOOD) == (3, 3, 0, 0)
    first, second = company.rows(ORDERS)
    assert first["paid"] == first["net_sales"] == first["list_value"] == Decimal("15.5")
    assert (first["lines"], first["currency"], first["source"]) == (2, "CNY", "sales")
    assert first["occurred_at"] == datetime(2025, 1, 1, 0, 0)  # UTC without a zone
    assert (second["local_day"], second["local_hour"]) == (date(2025, 1, 2), 23)
    assert [row["item_id"] for row in company.rows(ITEMS)] == ["x", "y"]
    assert company.names() == {1: "a", 2: "b"}


def test_a_file_stored_before_is_a_duplicate_and_changes_nothing(company):
    company.ingest(SALES, sales=GOOD)
    before = [company.rows(table) for table in FACTS if table is not QUARANTINE]
    assert company.counts() == (3, 0, 0, 3)
    assert [company.rows(table) for table in FACTS if table is not QUARANTINE] == before


def test_a_file_that_grew_gives_only_its_new_rows(company):
    company.ingest(SALES, sales=GOOD)
    assert company.counts(sales=GOOD + "2,b,y,2025-01-02 23:30:00,1,4\n3,c,x,2025-01-03 10:00:00,1,10\n") == (
        5,
        2,
        0,
        3,
    )
    assert {row["order_id"]: row["paid"] for row in company.rows(ORDERS)} == {"1": Decimal("15.5"), "2": 14, "3": 10}


def test_without_a_key_equal_rows_are_two_events_and_with_one_they_are_not(company):
    twice = HEADER + "1,a,x,2025-01-01 08:00:00,1,10\n" * 2
    assert company.counts(SALES, sales=twice) == (2, 2, 0, 0)
    assert company.rows(ORDERS)[0]["paid"] == 20


def test_a_declared_key_tells_rows_apart(company):
    keyed = SALES.replace('table = "sales"\n', 'table = "sales"\nkey = ["order", "sku"]\n')
    twice = HEADER + "1,a,x,2025-01-01 08:00:00,1,10\n1,a,x,2025-01-01 08:00:00,1,11\n1,a,y,2025-01-01 08:00:00,1,1\n"
    assert company.counts(keyed, sales=twice) == (3, 2, 0, 1)
    assert company.rows(ORDERS)[0]["paid"] == 11
    later = HEADER + "1,a,y,2025-01-01 08:00:00,1,7\n4,a,y,2025-01-05 08:00:00,1,1\n"
    assert company.counts(sales=later) == (2, 1, 0, 1)


BAD = [
    (",a,x,2025-01-01,1,10", "order_id is empty", ""),
    ("1,a,x,yesterday,1,10", "occurred_at is not a time", "yesterday"),
    ("1,a,x,2025-01-01,many,10", "quantity is not a number", "many"),
    ("1,a,x,2025-01-01,nan,10", "quantity is not a number", "nan"),
    ("1,a,x,2025-01-01,-1,10", "quantity is below 0", "-1.0000"),
    ("1,a,x,2025-01-01,1,-10", "paid is below 0", "-10.0000"),
    ("1,a,x,2025-01-01,1,¥10", "paid is not a number", "¥10"),
    ("1,a,x,2025-01-01,1", "the row does not have the columns of the header", "1,a,x,2025-01-01,1"),
]


@pytest.mark.parametrize(("row", "reason", "value"), BAD)
def test_a_bad_row_goes_to_quarantine_with_its_reason_and_good_rows_go_on(company, row, reason, value):
    report = company.ingest(SALES, sales=HEADER + "0,a,x,2025-01-01,1,1\n" + row + "\n9,a,x,2025-01-01,1,1\n")
    assert report.summary["ingest"]["sales"] == {"received": 3, "stored": 2, "quarantined": 1, "duplicate": 0}
    assert report.lines[-1] == f"sales.csv: {reason} in 1 rows; the first is row 2, with '{value}'."
    (kept,) = company.rows(QUARANTINE)
    assert kept["row"] == 2
    keys = Workspace(company.folder).keys
    payload = json.loads(unseal(keys.master, kept["payload"], b"quarantine sales"))
    assert "".join(payload if isinstance(payload, str) else [v or "" for v in payload.values()]).replace(",", "") == (
        row.replace(",", "")
    )


def test_reasons_are_said_in_chinese_too(company):
    with language("zh"):
        report = company.ingest(SALES, sales=GOOD + "1,a,x,2025-01-01,many,10\n")
    assert report.lines[-1] == "sales.csv：有 1 行的quantity 不是数字；最先是第 4 行，写的是“many”。"


def test_a_line_of_quantity_0_stays_as_a_discount_of_its_basket(company):
    settings = SALES.replace('paid = "paid"', 'net_sales = "paid"\nmaker_coupon = "coupon"')
    company.ingest(settings, sales="order,who,sku,at,n,paid,coupon\n1,a,x,2025-01-01,1,10,0\n1,a,y,2025-01-01,0,0,2\n")
    (order,) = company.rows(ORDERS)
    assert (order["net_sales"], order["paid"], order["maker_coupon"], order["lines"]) == (10, 8, 2, 1)
    assert [row["paid"] for row in company.rows(ORDER_LINES) if row["quantity"] == 0] == [-2]


def test_refunds_of_a_sales_file_are_dated_by_themselves_and_guests_are_their_own(company):
    settings = SALES.replace(
        'table = "sales"\n', 'table = "sales"\nrefund_when = { column = "order", starts_with = "C" }\n'
    )
    settings = settings.replace('paid = "paid"', 'unit_price = "paid"')
    rows = (
        "1,a,x,2025-01-01 08:00,2,10\nC2,a,x,2025-01-05 08:00,-2,10\n"
        "3,,x,2025-01-06 08:00,1,10\nC4,,x,2025-01-07 08:00,-1,4\n"
    )
    assert company.counts(settings, sales=HEADER + rows) == (4, 4, 0, 0)
    refunds = sorted(company.rows(REFUNDS), key=lambda row: row["local_day"])
    told = [(row["order_id"], row["amount"], row["quantity"], row["local_day"].day) for row in refunds]
    assert told == [(None, 20, 2, 5), (None, 4, 1, 7)]
    assert [row["order_id"] for row in company.rows(ORDERS)] == ["1", "3"]
    guests = {row["customer_id"] for row in company.rows(CUSTOMERS) if row["is_guest"]}
    assert {name for number, name in company.names().items() if number in guests} == {"3", "C4"}


def test_line_ends_may_be_mixed_and_values_may_hold_them(company):
    text = HEADER.strip() + '\r\n1,"a\nb",x,2025-01-01,1,10\r\n2,"c, ""d""",x,2025-01-01,1,10\n3,e,x,2025-01-01,1,10'
    (company.folder / "sales.csv").write_bytes(text.encode("utf-8-sig"))
    assert company.counts(SALES) == (3, 3, 0, 0)
    assert sorted(company.names().values()) == ["a\nb", 'c, "d"', "e"]


def test_orders_and_lines_in_two_files(company):
    settings = COMPANY + (
        '[sources.lines]\nfile = "lines.csv"\ntable = "order_lines"\n'
        'columns = { order_id = "order", item_id = "sku", quantity = "n", unit_price = "price" }\n'
        '[sources.orders]\nfile = "orders.csv"\ntable = "orders"\n'
        'columns = { order_id = "order", customer_id = "who", occurred_at = "at" }\n'
        '[sources.refunds]\nfile = "refunds.csv"\ntable = "refunds"\n'
        'columns = { order_id = "order", occurred_at = "at", amount = "money", customer_id = "who" }\n'
    )
    files = {
        "orders": "order,who,at\n1,a,2025-01-01\n2,b,2025-01-02\n",
        "lines": "order,sku,n,price\n1,x,2,10\n1,y,1,3\n2,x,1,10\n7,x,1,10\n",
        "refunds": "order,who,at,money\n1,a,2025-01-03,3\n,,2025-01-03,3\n",
    }
    report = company.ingest(settings, **files)
    assert report.summary["ingest"]["lines"] == {"received": 4, "stored": 3, "quarantined": 1, "duplicate": 0}
    assert report.summary["ingest"]["refunds"] == {"received": 2, "stored": 1, "quarantined": 1, "duplicate": 0}
    assert "order_id is in no orders table in 1 rows" in " ".join(report.lines)
    assert "neither a customer nor an order is named" in " ".join(report.lines)
    assert [(row["paid"], row["lines"]) for row in company.rows(ORDERS)] == [(23, 2), (10, 1)]


def test_a_refund_that_names_its_order_alone_is_of_the_orders_customer(company):
    settings = SALES + (
        '[sources.refunds]\nfile = "refunds.csv"\ntable = "refunds"\n'
        'columns = { order_id = "order", occurred_at = "at", amount = "money" }\n'
    )
    refunds = "order,at,money\n1,2025-01-03,3\n2,2025-01-03,4\n3,2025-01-03,5\n9,2025-01-03,6\n"
    company.ingest(settings, sales=GOOD + "3,,x,2025-01-02 10:00:00,1,10\n", refunds=refunds)
    names, guests = company.names(), [row["customer_id"] for row in company.rows(CUSTOMERS) if row["is_guest"]]
    whose = {int(row["amount"]): row["customer_id"] for row in company.rows(REFUNDS)}
    placed = {row["order_id"]: row["customer_id"] for row in company.rows(ORDERS)}
    assert (names[whose[3]], names[whose[4]], whose[5]) == ("a", "b", placed["3"])
    assert {whose[5], whose[6]} == set(guests), "a guest's order, and one that nobody knows"


def test_an_order_with_amounts_of_its_own_keeps_them(company):
    settings = COMPANY + (
        '[sources.orders]\nfile = "orders.csv"\ntable = "orders"\n'
        'columns = { order_id = "order", customer_id = "who", occurred_at = "at", paid = "paid", shipping = "ship" }\n'
        '[sources.lines]\nfile = "lines.csv"\ntable = "order_lines"\n'
        'columns = { order_id = "order", item_id = "sku", paid = "paid" }\n'
    )
    company.ingest(settings, orders="order,who,at,paid,ship\n1,a,2025-01-01,99,9\n", lines="order,sku,paid\n1,x,90\n")
    (order,) = company.rows(ORDERS)
    assert (order["paid"], order["shipping"], order["lines"]) == (99, 9, 1)


def test_a_changed_mapping_reads_its_rows_again(company):
    company.ingest(SALES, sales=HEADER + "1,a,x,2025-01-01,3,10\n")
    assert company.counts(SALES.replace('paid = "paid"', 'unit_price = "paid"')) == (1, 1, 0, 0)
    assert [row["paid"] for row in company.rows(ORDERS)] == [30]
    assert [row["paid"] for row in company.rows(ORDER_LINES)] == [30]


def test_a_newer_item_takes_the_place_of_the_older(company):
    settings = (
        SALES + '[sources.items]\nfile = "items.csv"\ntable = "items"\ncolumns = { item_id = "sku", title = "t" }\n'
    )
    assert company.counts(settings, "items", sales=GOOD, items="sku,t\nx,Tea\nx,Coffee\n") == (2, 1, 0, 1)
    assert [(r["item_id"], r["title"], r["is_unknown"]) for r in company.rows(ITEMS)] == [
        ("x", "Tea", False), ("y", None, True),
    ]  # fmt: skip
    assert company.counts(None, "items", items="sku,t\nx,Green tea\ny,Milk\n") == (2, 2, 0, 0)
    assert [(r["title"], r["is_unknown"]) for r in company.rows(ITEMS)] == [("Green tea", False), ("Milk", False)]
    assert company.counts(None, "items", items="sku,t\nx,Green tea\ny,Milk\nz,Soap\n") == (3, 1, 0, 2)


def test_attributes_carry_a_date_or_are_marked_static(company):
    settings = SALES + (
        '[sources.people]\nfile = "people.csv"\ntable = "customers"\nattributes = ["age", "likes"]\n'
        'columns = { customer_id = "who", valid_from = "since" }\n'
    )
    people = "who,since,age,likes\na,,30,tea\na,2025-01-02,31,\nb,2025-01-01,,\n"
    assert company.counts(settings, "people", sales=GOOD, people=people) == (3, 3, 0, 0)
    found = [
        (r["customer_id"], r["is_static"], r["valid_from"], dict(r["attributes"])) for r in company.rows(CUSTOMERS)
    ]
    assert found == [
        (1, True, date(1970, 1, 1), {"age": "30", "likes": "tea"}),
        (1, False, date(2025, 1, 2), {"age": "31"}),
        (2, True, date(1970, 1, 1), {}),
        (2, False, date(2025, 1, 1), {}),
    ]


def test_times_in_three_forms(company):
    rows = "1,a,x,2025-01-01T08:00:00+00:00,1,1\n2,a,x,2025-01-01T08:00:00Z,1,1\n3,a,x,2025-01-01 16:00,1,1\n"
    company.ingest(SALES, sales=HEADER + rows)
    assert {row["occurred_at"].hour for row in company.rows(ORDERS)} == {8}
    formed = SALES.replace('table = "sales"\n', 'table = "sales"\ntime_format = "%d/%m/%Y %H:%M"\ntimezone = "UTC"\n')
    company.ingest(formed, sales=HEADER + "4,a,x,31/01/2025 20:00,1,1\n")
    assert (company.rows(ORDERS)[-1]["local_day"], company.rows(ORDERS)[-1]["local_hour"]) == (date(2025, 2, 1), 4)


def test_whole_numbers_in_a_float_column_are_ids_without_a_point(company):
    table = pa.table(
        {
            "order": [1, 2],
            "who": [17850.0, None],
            "sku": ["x", "x"],
            "at": [datetime(2025, 1, 1)] * 2,
            "n": [1, 1],
            "paid": [0.1, 0.2],
        }
    )
    pq.write_table(table, company.folder / "sales.parquet")
    company.ingest(SALES.replace("sales.csv", "sales.parquet"))
    assert sorted(company.names().values()) == ["17850", "2"]
    assert [row["paid"] for row in company.rows(ORDERS)] == [Decimal("0.1"), Decimal("0.2")]


def test_campaign_tables(company):
    settings = SALES + (
        '[sources.campaigns]\nfile = "campaigns.csv"\ntable = "past_campaigns"\n'
        'columns = { campaign_id = "c", starts_on = "from", ends_on = "to" }\n'
        '[sources.reached]\nfile = "reached.csv"\ntable = "assignments"\n'
        'columns = { campaign_id = "c", customer_id = "who" }\n'
        '[sources.offers]\nfile = "offers.csv"\ntable = "offers"\n'
        'columns = { campaign_id = "c", offer_id = "coupon", item_id = "sku" }\n'
        '[sources.used]\nfile = "used.csv"\ntable = "coupons"\n'
        'columns = { campaign_id = "c", customer_id = "who", redeemed_at = "at" }\n'
    )
    files = {
        "campaigns": "c,from,to\n1,2025-01-01,2025-01-31\n2,2025-02-01,2025-01-31\n",
        "reached": "c,who\n1,a\n1,a\n1,z\n",
        "offers": "c,coupon,sku\n1,k,x\n1,k,x\n1,k,y\n",
        "used": "c,who,at\n1,a,2025-01-05\n1,a,2025-01-05\n",
    }
    ingested = company.ingest(settings, sales=GOOD, **files).summary["ingest"]
    assert [tuple(ingested[name].values()) for name in files] == [
        (2, 1, 1, 0),
        (3, 2, 0, 1),
        (3, 2, 0, 1),
        (2, 2, 0, 0),
    ]
    assert [(r["arm"], r["propensity"]) for r in company.rows(ASSIGNMENTS)] == [("treated", None)] * 2
    assert len(company.rows(OFFERS)) == 2
    assert [r["redeemed_day"] for r in company.rows(COUPONS)] == [date(2025, 1, 5)] * 2
    company.write("reached.csv", files["reached"] + "1,b\n")
    assert company.counts(source="reached") == (4, 1, 0, 3)


WRONG = {
    "there is no file": (SALES, {}),
    "unknown column 'sku'. Did you mean 'skus'?": (SALES, {"sales": GOOD.replace("sku", "skus")}),
    "not one row of sales.csv can be stored. sales.csv: quantity is not a number in 1 rows": (
        SALES,
        {"sales": HEADER + "1,a,x,2025-01-01,Tea,1\n"},
    ),
    "there is not one order in 'sales'": (SALES, {"sales": HEADER}),
    "sales.csv is empty: it has no header": (SALES, {"sales": ""}),
    "the header of sales.csv names 'who' twice": (SALES, {"sales": "order,who,sku,at,n,paid,who\n"}),
    "no source fills the orders": (COMPANY, {}),
    "unknown table 'sale'. Did you mean 'sales'?": (
        SALES.replace('table = "sales"', 'table = "sale"'),
        {"sales": GOOD},
    ),
    "unknown column 'quantty'. Did you mean 'quantity'?": (SALES.replace("quantity", "quantty"), {"sales": GOOD}),
    "the column 'item_id' is missing": (SALES.replace('item_id = "sku"\n', ""), {"sales": GOOD}),
    "the value of a line must be said once": (SALES.replace('paid = "paid"', ""), {"sales": GOOD}),
    "'sales' takes no attributes": (SALES.replace('file = "', 'attributes = ["n"]\nfile = "'), {"sales": GOOD}),
    "'sales.txt' is neither CSV nor Parquet": (SALES.replace("sales.csv", "sales.txt"), {"sales": GOOD}),
}


@pytest.mark.parametrize("said", WRONG)
def test_what_is_wrong_is_said_and_nothing_is_stored(company, said):
    settings, files = WRONG[said]
    with pytest.raises(DaogouError) as error:
        company.ingest(settings, **files)
    assert said in str(error.value)
    assert error.value.hint
    assert all(company.rows(table) == [] for table in FACTS)
    assert company.names() == {}


def test_files_in_another_encoding_or_of_another_kind_are_named(company):
    company.write("daogou.toml", SALES)
    (company.folder / "sales.csv").write_bytes((HEADER + "1,张,x,2025-01-01,1,1\n").encode("gb18030"))
    with pytest.raises(DaogouError, match="sales.csv is not UTF-8 text"):
        company.ingest()
    (company.folder / "sales.parquet").write_bytes(b"not parquet")
    with pytest.raises(DaogouError, match=r"sales\.parquet cannot be read"):
        company.ingest(SALES.replace("sales.csv", "sales.parquet"))


def test_a_later_source_that_fails_leaves_all_as_it_was(company):
    company.ingest(SALES, sales=GOOD)
    before = [company.rows(table) for table in FACTS]
    more = SALES + '[sources.items]\nfile = "none.csv"\ntable = "items"\ncolumns = { item_id = "sku" }\n'
    with pytest.raises(DaogouError, match="there is no file"):
        company.ingest(more, sales=GOOD + "5,e,x,2025-01-03,1,10\n")
    assert [company.rows(table) for table in FACTS] == before
    assert company.names() == {1: "a", 2: "b"}


EVENTS_SOURCE = (
    '[sources.log]\nfile = "log.csv"\ntable = "events"\nattributes = ["device"]\n'
    'kinds = { addtocart = "cart", pv = "view" }\n[sources.log.columns]\ncustomer_id = "who"\nkind = "what"\n'
    'occurred_at = "at"\nitem_id = "sku"\nsession_id = "visit"\nrating = "stars"\namount = "seconds"\n'
)
LOG = (
    "who,what,at,sku,visit,stars,seconds,device\n"
    "a,pv,2025-01-01 23:30:00,x,v1,,12.5,phone\na,addtocart,2025-01-01T16:00:00Z,x,v1,,,phone\n"
    ",view,2025-01-02 09:00:00,z,v2,,-3,\n,view,2025-01-02 09:00:00,z,,,,\n"
    "a,hover,2025-01-02 09:00:00,x,v1,,,\nb,rate,2025-01-03 09:00:00,x,,five,,\nb,rate,2025-01-03 09:00:00,x,,4.5,,\n"
)


def test_events_keep_the_kind_that_they_are_told_and_visitors_without_a_name_are_guests(company):
    assert company.counts(SALES + EVENTS_SOURCE, "log", sales=GOOD, log=LOG) == (7, 4, 3, 0)
    rows = sorted(company.rows(EVENTS), key=lambda row: row["occurred_at"])
    assert [(row["kind"], row["local_day"], row["local_hour"]) for row in rows] == [
        ("view", date(2025, 1, 1), 23),
        ("cart", date(2025, 1, 2), 0),
        ("view", date(2025, 1, 2), 9),
        ("rate", date(2025, 1, 3), 9),
    ]
    assert [(row["amount"], row["rating"], dict(row["attributes"])) for row in rows] == [
        (12.5, None, {"device": "phone"}),
        (None, None, {"device": "phone"}),
        (-3.0, None, {}),
        (None, 4.5, {}),
    ]
    guests = {row["customer_id"] for row in company.rows(CUSTOMERS) if row["is_guest"]}
    assert [row["customer_id"] in guests for row in rows] == [False, False, True, False]
    assert [(row["row"], row["reason"]) for row in company.rows(QUARANTINE)] == [
        (4, "customer_id|customer"),
        (5, "kind|kind"),
        (6, "rating|number"),
    ]
    assert {row["item_id"] for row in company.rows(ITEMS)} == {"x", "y", "z"}


def test_the_same_events_are_stored_once(company):
    company.ingest(SALES + EVENTS_SOURCE, sales=GOOD, log=LOG)
    before = company.rows(EVENTS)
    grown = LOG + "b,pv,2025-01-04 09:00:00,y,,,,\n"
    assert company.counts(SALES + EVENTS_SOURCE, "log", sales=GOOD, log=grown) == (8, 1, 3, 4)
    assert [row for row in company.rows(EVENTS) if row["local_day"] < date(2025, 1, 4)] == before


MORE_SALES = SALES.removeprefix(COMPANY).replace("sources.sales", "sources.more")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (EVENTS_SOURCE.replace('kind = "what"\n', ""), "what happened must be said once"),
        (EVENTS_SOURCE.replace('"log.csv"', '"log.csv"\nkind = "view"'), "what happened must be said once"),
        (EVENTS_SOURCE.replace('"cart"', '"basket"'), "unknown kind of event 'basket'"),
        (MORE_SALES + '[sources.more.kinds]\npv = "view"\n', "'sales' takes no kinds of events"),
    ],
)
def test_an_events_source_that_makes_no_sense_is_refused(company, settings, said):
    with pytest.raises(DaogouError, match=re.escape(said)):
        company.ingest(SALES + settings, sales=GOOD, log=LOG)


def test_a_file_of_one_kind_of_event_names_it_in_the_settings(company):
    settings = EVENTS_SOURCE.replace('kind = "what"\n', "")
    settings = settings.replace('kinds = { addtocart = "cart", pv = "view" }', 'kind = "rate"')
    company.ingest(SALES + settings, sales=GOOD, log=LOG)
    assert {row["kind"] for row in company.rows(EVENTS)} == {"rate"}
