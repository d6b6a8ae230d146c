"""DuckDB and Spark give the same numbers: every feature, RFM and rules, with one session and with separate executors.

All tests that need a session are in this file, so that one process starts it once.
"""

import math
import runpy
from dataclasses import fields
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path

import ibis
import numpy as np
import pyarrow.compute as pc
import pytest
from ibis.formats.pyarrow import PyArrowSchema

from daogou.base.rule_read import read
from daogou.profile import rfm
from daogou.profile.days import all_days
from daogou.profile.features import features
from daogou.profile.interests import interests
from daogou.profile.settings import ProfileSettings
from daogou.profile.shares import category_shares, shares
from daogou.store.rule import members
from daogou.store.settings import WarehouseSettings
from daogou.store.spark import SparkEngine
from daogou.store.spark_session import spark_session
from daogou.store.tables import (
    CALENDAR,
    CATEGORY_SHARES,
    COUPONS,
    CUSTOMER_DAYS,
    CUSTOMERS,
    EVENTS,
    INTERESTS,
    ITEMS,
    ORDER_LINES,
    ORDERS,
    PROFILES,
    REFUNDS,
    SHARES,
)
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows

AS_OF = date(2024, 7, 1)
CUTS = [AS_OF, date(2024, 3, 1), date(2023, 12, 15), date(2022, 12, 31)]  # before the last there is nothing
OWN = ProfileSettings(
    features={
        "tea_days": {"did": "bought", "where": {"category": "TEA"}, "within": 180, "measure": "days"},
        "milk_spend": {"did": "bought", "where": {"category": "MILK"}, "measure": "mean"},
        "since_view": {"did": "viewed", "measure": "recency"},
    }
)
FEATURES = {
    PROFILES: lambda engine, cuts: features(engine, cuts, OWN, "CN"),
    CATEGORY_SHARES: category_shares,
    SHARES: shares,
    INTERESTS: interests,
    CUSTOMER_DAYS: lambda engine, _cuts: all_days(engine),
}
SAME = 1e-9  # relative
QUICK = {  # small tables: little to compile, few parts
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "2",
}


def made_up(people=60, seed=7):
    """A shop of chance with all that is awkward: unknown values, guests, refunds, histories, discounts, big money."""
    random = np.random.default_rng(seed)

    def chance(of):
        return bool(random.random() < of)

    def one_of(*values):
        return values[int(random.integers(len(values)))]

    def when(first=540):
        moment = datetime(2024, 7, 5) - timedelta(minutes=int(random.integers(first * 24 * 60)))
        return {"occurred_at": moment, "local_day": moment.date(), "local_hour": moment.hour}

    customers, items, orders, lines, refunds, events, coupons = ([] for _table in range(7))
    for item in range(25):
        known = {
            "item_id": f"i{item}",
            "title": one_of("茶 tea", "milk; bread", None, "50% off 'tea'"),
            "attributes": [],
        }
        for valid, static in [(date(1970, 1, 1), True), *([(date(2024, 1, 9), False)] if chance(0.3) else [])]:
            about = {"category": one_of("TEA", "MILK", "酒", None), "brand": one_of("a", "b", None)}
            money = {"price": one_of(None, 3.5, 99.99), "unit_cost": one_of(None, 1.25)}
            items.append(known | about | money | {"valid_from": valid, "is_static": static, "is_unknown": item == 24})
    for customer in range(people):
        for valid, static in [(date(1970, 1, 1), True), *([(date(2024, 2, 9), False)] if chance(0.3) else [])]:
            told = [(name, one_of("30", "tea; wine", " 18.5", "")) for name in ("age", "likes") if chance(0.5)]
            about = {"member_level": one_of("gold", None), "region": one_of("north", "南", None)}
            known = {"customer_id": customer, "valid_from": valid, "is_static": static, "is_guest": customer % 13 == 5}
            customers.append(known | about | {"attributes": told, "joined_on": one_of(None, date(2023, 3, 1))})
        for _order in range(int(random.integers(14)) if customer else 0):
            name, at, store = f"o{len(orders)}", when(90 if customer % 5 == 1 else 540), one_of("s1", "s2", None)
            cart = []
            for _line in range(int(random.integers(1, 5))):
                value = int(random.integers(1, 10**6 if chance(0.05) else 5000)) / 100
                off = {"shop_discount": one_of(0, 0.33), "maker_coupon": one_of(0, 1), "shop_coupon": one_of(0, 0.5)}
                known = {
                    "line_id": f"l{len(lines) + len(cart)}",
                    "order_id": name,
                    "item_id": f"i{random.integers(26)}",
                }
                known |= {"quantity": one_of(0, 1, 1, 2, 0.75), "list_value": value + sum(off.values()), "paid": value}
                cart.append(known | off | {"net_sales": value + off["maker_coupon"], "unit_cost": one_of(None, 0.5)})
            lines += cart
            sums = {key: round(sum(line[key] for line in cart), 4) for key in ("list_value", "paid", "net_sales")}
            sums |= {key: sum(line[key] for line in cart) for key in ("shop_discount", "maker_coupon", "shop_coupon")}
            about = {"store_id": store, "status": one_of("done", None), "shipping": one_of(None, 5), "currency": "CNY"}
            orders.append({"order_id": name, "customer_id": customer, "lines": len(cart)} | at | about | sums)
            if chance(0.2):
                back = when(400)
                del back["local_hour"]
                known = {"refund_id": f"r{len(refunds)}", "customer_id": customer, "amount": one_of(0.01, 12.34, 400)}
                known |= {"item_id": one_of(None, cart[0]["item_id"]), "order_id": one_of(None, name)}
                refunds.append(known | back | {"kind": one_of("returned", None), "reason": one_of("late", None)})
        for _event in range(int(random.integers(6))):
            known = {
                "event_id": f"e{len(events)}",
                "customer_id": customer,
                "kind": one_of("view", "cart", "rate", "read"),
            }
            known |= {
                "item_id": one_of(None, f"i{random.integers(25)}"),
                "session_id": one_of(None, f"v{len(events) // 3}"),
            }
            known |= {"rating": one_of(None, 4.5), "amount": one_of(None, 0.1, 37.0), "channel": one_of("app", None)}
            events.append(known | when() | {"place": one_of("home", None), "attributes": []})
        for _coupon in range(int(random.integers(4))):
            known = {"coupon_id": f"c{len(coupons)}", "customer_id": customer, "campaign_id": one_of("spring", None)}
            used = one_of(None, date(2024, 6, 1), date(2023, 12, 1))
            known |= {"issued_at": one_of(None, datetime(2023, 11, 3, 23, 59)), "redeemed_day": used}
            coupons.append(known | {"claimed_at": one_of(None, used and datetime(2023, 11, 9, 1)), "offer_id": "o"})
    festivals = [
        {"day": day, "name": name, "kind": "shopping", "lead_days": lead, "tail_days": 2}
        for day, name, lead in ((date(2024, 6, 18), "618", 20), (date(2023, 11, 11), "double_11", 10))
    ]
    return {
        CUSTOMERS: customers, ITEMS: items, ORDERS: orders, ORDER_LINES: lines,
        REFUNDS: refunds, EVENTS: events, COUPONS: coupons, CALENDAR: festivals,
    }  # fmt: skip


def batched(values, size):
    """Lists of ``size`` values, the last of what is left."""
    left = iter(values)
    while batch := list(islice(left, size)):
        yield batch


def fill(warehouse, told):
    for table, found in told.items():
        maps = [
            row | {"attributes": list(dict(row["attributes"]).items())} if "attributes" in row else row for row in found
        ]
        warehouse.replace(table, rows(table, *maps))


def same(one, other):
    """Whether two values are the same number or text; floats to 1e-9, relative."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=SAME) or (math.isnan(one) and math.isnan(other))
    if isinstance(one, list) and isinstance(other, list):  # a map: its pairs come in any order
        pairs = zip(sorted(one), sorted(other), strict=True)
        return len(one) == len(other) and all(a == b and same(x, y) for (a, x), (b, y) in pairs)
    return one == other and type(one) is type(other)


def computed(engine, table):
    """The rows of a table of features at several cuts, in the contract's types, as a stage writes them."""
    found = engine.to_arrow(FEATURES[table](engine, CUTS).select(*table.names))
    return found.cast(PyArrowSchema.from_ibis(table.schema()))


def assert_same(one, other, key):
    """Every column of two tables is the same, whatever the order of the rows."""
    assert one.schema == other.schema
    one, other = (rows.sort_by([(name, "ascending") for name in key]) for rows in (one, other))
    for name in one.column_names:
        pairs = list(zip(one.column(name).to_pylist(), other.column(name).to_pylist(), strict=True))
        assert [pair for pair in pairs if not same(*pair)] == [], name


RULES = runpy.run_path(str(Path(__file__).with_name("test_rule.py")))  # the shop that one can count by hand


@pytest.fixture(scope="module")
def shop():
    with Warehouse(":memory:") as warehouse:
        fill(warehouse, made_up())
        yield warehouse


@pytest.fixture(scope="module")
def known(shop):
    """What DuckDB says; its profiles stay in the shop."""
    found = {table: computed(shop, table) for table in FEATURES}
    shop.replace(PROFILES, found[PROFILES])
    return found


@pytest.fixture(scope="class")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("spark")


@pytest.fixture(scope="class")
def session(request, folder):
    settings = WarehouseSettings(engine="spark", spark_master=request.cls.master, spark=request.cls.properties)
    with spark_session(settings, 1024, folder / "scratch") as opened:
        yield opened


@pytest.fixture(scope="class")
def engine(session, shop, known, folder):
    return SparkEngine(session.newSession(), shop, folder / "facts", folder / "scratch")


def test_the_made_up_shop_touches_every_feature(known):
    """A column that is empty, or the same for everyone, would compare nothing."""
    for table, found in known.items():
        assert found.num_rows > 60
        alike = [name for name in table.names if len({str(value) for value in found.column(name).to_pylist()}) < 2]
        assert alike == [], table.name


class Agreement:
    """What a session of any kind must show."""

    master: str
    properties: dict[str, str] = {}

    @pytest.mark.parametrize("table", FEATURES, ids=lambda table: table.name)
    def test_every_column_is_the_same_on_both_engines(self, table, known, engine):
        assert_same(known[table], computed(engine, table), table.key)

    def test_rfm_is_the_same_on_both_engines(self, shop, engine):
        found, other = rfm.read(shop, AS_OF, 365), rfm.read(engine, AS_OF, 365)
        assert len(found.customers) > 40
        for field in fields(found):
            one, two = getattr(found, field.name), getattr(other, field.name)
            assert one.dtype == two.dtype
            np.testing.assert_allclose(one, two, rtol=SAME, err_msg=field.name)
        assert rfm.english(found, 90) == rfm.english(other, 90)

    def test_a_rule_has_the_same_members_on_both_engines(self, shop, engine):
        rule = read({"any": [{"did": "bought", "within": 28}, {"attribute": "likes", "is": "wine"}]}, "here")
        found, other = (one.to_arrow(members(one, rule, AS_OF).order_by("customer_id")) for one in (shop, engine))
        assert 10 < found.num_rows < 60
        assert found == other


class TestOneMachine(Agreement):
    master = "local[2]"
    properties = QUICK

    def test_every_rule_has_the_members_counted_by_hand(self, session, tmp_path):
        """Every rule of test_rule.py; some in one query, as each costs Spark a second."""
        with Warehouse(":memory:") as warehouse:
            fill(warehouse, RULES["TOLD"])
            engine = SparkEngine(session.newSession(), warehouse, tmp_path / "facts", tmp_path / "scratch")
            for answers in batched(RULES["ANSWERS"], 12):
                asked = [members(engine, read(told, "here"), RULES["AS_OF"]) for told, _answer in answers]
                found = engine.to_arrow(ibis.union(*(rule.mutate(rule=n) for n, rule in enumerate(asked))))
                for n, (told, answer) in enumerate(answers):
                    held = found.filter(pc.field("rule") == n).column("customer_id").to_pylist()
                    assert (len(held), set(held)) == (len(answer), answer), told


class TestSeparateExecutors(Agreement):
    master = "local-cluster[2,1,1024]"
    properties = QUICK | {"spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.sql.adaptive.enabled": "false"}

    def test_two_processes_beside_the_driver_do_the_work(self, session, engine):
        engine.scalar(engine.table(ORDERS).count())
        executors = session.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
        assert len(executors) == 3
