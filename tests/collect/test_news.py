"""What ingest notes of customers for the stage profile: what was added, on which day, and whose rows changed."""

import runpy
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from daogou.flows.workspace import Workspace
from daogou.store.tables import NEW_PURCHASES, PROFILE_RUNS, TOUCHED, TOUCHED_DAYS
from daogou.testing.rows import rows

INTAKE = runpy.run_path(str(Path(__file__).with_name("test_intake.py")))
SALES, GOOD, EVENTS_SOURCE = (INTAKE[name] for name in ("SALES", "GOOD", "EVENTS_SOURCE"))
RETURNS = SALES.replace(
    'table = "sales"\n', 'table = "sales"\nrefund_when = { column = "order", starts_with = "C" }\n', 1
)
PEOPLE = (
    '[sources.people]\nfile = "people.csv"\ntable = "customers"\n[sources.people.columns]\ncustomer_id = "who"\n'
    'region = "place"\n'
)
COUPONS = (
    '[sources.coupons]\nfile = "coupons.csv"\ntable = "coupons"\n[sources.coupons.columns]\ncustomer_id = "who"\n'
    'campaign_id = "campaign"\noffer_id = "coupon"\nredeemed_at = "at"\n'
)
ORDERS = (
    INTAKE["COMPANY"] + '[sources.orders]\nfile = "orders.csv"\ntable = "orders"\n'
    'columns = { order_id = "order", customer_id = "who", occurred_at = "at" }\n'
    '[sources.lines]\nfile = "lines.csv"\ntable = "order_lines"\n'
    'columns = { order_id = "order", item_id = "sku", quantity = "n", paid = "paid" }\n'
    '[sources.refunds]\nfile = "refunds.csv"\ntable = "refunds"\n'
    'columns = { order_id = "order", customer_id = "who", item_id = "sku", occurred_at = "at", amount = "money" }\n'
)
PLACED = {"orders": "order,who,at\n1,a,2025-01-01 08:00:00\n", "lines": "order,sku,n,paid\n1,x,1,10\n"}


class Company(INTAKE["Company"]):
    """A workspace that has profiles."""

    def start(self, settings, **files):
        self.ingest(settings, **files)
        assert self.noted() == (set(), []), "before there are profiles, nothing need be noted"
        with Workspace(self.folder).warehouse() as warehouse:
            warehouse.append(PROFILE_RUNS, rows(PROFILE_RUNS, {"as_of": date(2025, 1, 5)}))

    def noted(self):
        """What was noted since this was asked last: (customer, day) and the purchases."""
        names, days, new = self.names(), self.rows(TOUCHED_DAYS), self.rows(NEW_PURCHASES)
        with Workspace(self.folder).warehouse() as warehouse:
            for table in (TOUCHED_DAYS, NEW_PURCHASES):
                warehouse.empty(table)
        told = [(names[row["customer_id"]], row["item_id"], row["net_sales"], row["quantity"]) for row in new]
        return {(names[row["customer_id"]], row["local_day"]) for row in days}, told

    def changed(self):
        """Whose rows changed, since this was asked last."""
        names, found = self.names(), self.rows(TOUCHED)
        with Workspace(self.folder).warehouse() as warehouse:
            warehouse.empty(TOUCHED)
        return {names[row["customer_id"]] for row in found}


@pytest.fixture
def company(tmp_path):
    return Company(tmp_path)


def test_what_was_added_is_noted_and_nothing_else(company):
    people, log = "who,place\na,north\nb,south\n", "who,what,at,sku,visit,stars,seconds,device\n"
    company.start(SALES + EVENTS_SOURCE + PEOPLE, sales=GOOD, log=log, people=people)
    company.ingest()
    assert company.noted() == (set(), [])
    grown = GOOD + "3,b,x,2025-01-03 23:30:00,1,10\n"
    company.ingest(sales=grown)
    assert company.noted() == ({("b", date(2025, 1, 3))}, [("b", "x", 10, 1)])
    company.ingest(sales=grown + "1,a,z,2025-01-03 10:00:00,2,4\n")
    assert company.noted() == ({("a", date(2025, 1, 1))}, [("a", "z", 4, 2)]), "a line is of its order's day"
    company.ingest(log=log + "a,pv,2025-01-04 09:00:00,y,,,,\n")
    assert company.noted() == ({("a", date(2025, 1, 4))}, [])
    company.ingest(people=people.replace("south", "west"))
    assert company.noted() == ({("b", None)}, [])
    assert company.changed() == set()


def test_refunds_that_name_their_item_are_purchases_below_zero(company):
    company.start(RETURNS, sales=GOOD)
    company.ingest(sales=GOOD + "C1,a,x,2025-01-06 08:00:00,-1,-10\n")
    assert company.noted() == ({("a", date(2025, 1, 6))}, [("a", "x", -10, None)])


def test_lines_and_refunds_of_files_of_their_own_are_noted_too(company):
    company.start(ORDERS, **PLACED, refunds="order,who,sku,at,money\n")
    company.ingest(orders=PLACED["orders"] + "2,b,2025-01-02 08:00:00\n")
    assert company.noted() == ({("b", date(2025, 1, 2))}, []), "an order without lines"
    company.ingest(lines=PLACED["lines"] + "2,y,3,7.5\n")
    assert company.noted() == ({("b", date(2025, 1, 2))}, [("b", "y", Decimal("7.5"), 3)])
    company.ingest(refunds="order,who,sku,at,money\n1,a,x,2025-01-07 08:00:00,4\n1,a,,2025-01-08 08:00:00,1\n")
    assert company.noted() == ({("a", date(2025, 1, 7)), ("a", date(2025, 1, 8))}, [("a", "x", -4, None)])


def test_a_coupon_belongs_to_no_day(company):
    coupons = "who,campaign,coupon,at\na,spring,c1,2025-01-03 10:00:00\n"
    company.start(SALES + COUPONS, sales=GOOD, coupons=coupons)
    company.ingest(coupons=coupons + "b,spring,c1,2025-01-04 10:00:00\n")
    assert company.noted() == ({("b", None)}, [])


def test_rows_that_are_read_again_change_whom_they_are_of(company):
    company.start(RETURNS, sales=GOOD + "C1,c,x,2025-01-06 08:00:00,-1,-10\n")
    company.ingest(RETURNS.replace('paid = "paid"', 'paid = "n"'))
    assert company.changed() == {"a", "b", "c"}


def test_a_refund_whose_customer_is_read_elsewhere_changes_the_one_before_too(company):
    header, settings = "order,who,other,sku,at,n,paid\n", RETURNS
    sales = header + "1,a,b,x,2025-01-01 08:00:00,1,10\nC1,c,d,x,2025-01-06 08:00:00,-1,-10\n"
    company.start(settings, sales=sales)
    company.ingest(settings.replace('customer_id = "who"', 'customer_id = "other"'))
    assert company.changed() == {"a", "b", "c", "d"}
