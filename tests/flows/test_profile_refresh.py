"""Refreshed rows are those of a full build, whatever came in between."""

import subprocess
import sys
from datetime import date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daogou.base.clock import system_clock
from daogou.collect.news import note_days, note_lines, note_people, note_refunds
from daogou.flows import profile as stage
from daogou.flows.workspace import Workspace
from daogou.profile import interests
from daogou.store.tables import (
    CATEGORY_SHARES,
    COUPONS,
    CUSTOMER_DAYS,
    CUSTOMERS,
    EVENTS,
    INTERESTS,
    ITEMS,
    ORDER_LINES,
    ORDERS,
    PROFILE_RUNS,
    PROFILES,
    REFUNDS,
    SHARES,
    TOTALS,
    TOUCHED,
    TOUCHED_DAYS,
)
from daogou.testing.rows import rows

FIRST = date(2024, 1, 1)
MADE = (CUSTOMER_DAYS, TOTALS, PROFILES, CATEGORY_SHARES, SHARES, INTERESTS)
ITEM = {"milk": ("DAIRY", "Alm", "fresh;red"), "wine": ("DRINKS", "Hof", "red|gift"), "bag": (None, None, None)}
SETTINGS = """
[company]
timezone = "Europe/Berlin"
currency = "EUR"
[profile.features.wine_days]
did = "bought"
where = { category = "DRINKS" }
within = 60
measure = "days"
"""


def at(day, hour=12):
    return datetime.combine(day, time(hour))


class World:
    """A small company whose facts come in batches."""

    def __init__(self, folder):
        (folder / "daogou.toml").write_text(SETTINGS, encoding="utf-8")
        self.workspace, self.count = Workspace(folder), 0
        with self.workspace.warehouse() as warehouse:
            told = [
                {"item_id": name, "is_static": True, "category": category, "brand": brand, "title": title}
                for name, (category, brand, title) in ITEM.items()
            ]
            warehouse.append(ITEMS, rows(ITEMS, *told))

    def store(self, batch, changed=False):
        """Store a batch of (what, customer, day, item) and note it, as rows that were added or as ones that changed."""
        with self.workspace.warehouse() as warehouse:
            for what, customer, day, item in batch:
                self.count += 1
                getattr(self, f"_{what}")(warehouse, customer, FIRST + timedelta(days=day), item)
            if changed:
                warehouse.append(TOUCHED, rows(TOUCHED, *({"customer_id": one[1]} for one in batch)))

    def _add(self, warehouse, table, told):
        made = warehouse.materialise("told", rows(table, told))
        warehouse.append(table, made)
        return made

    def _order(self, warehouse, customer, day, item):
        name, money = f"o{self.count}", 3 + self.count % 7 * 1.37
        amounts = {"list_value": money + 1, "shop_discount": self.count % 2, "net_sales": money, "paid": money}
        when = {"occurred_at": at(day), "local_day": day, "local_hour": self.count % 24}
        order = {"order_id": name, "customer_id": customer, "lines": 1, "store_id": "AB"[self.count % 2]}
        note_days(warehouse, self._add(warehouse, ORDERS, order | amounts | when))
        line = {"line_id": name, "order_id": name, "item_id": item, "quantity": 1 + self.count % 2} | amounts
        note_lines(warehouse, self._add(warehouse, ORDER_LINES, line))

    def _refund(self, warehouse, customer, day, item):
        told = {"refund_id": f"r{self.count}", "customer_id": customer, "local_day": day, "amount": 1.5}
        told |= {"item_id": item if self.count % 2 else None}
        note_refunds(warehouse, self._add(warehouse, REFUNDS, told))

    def _event(self, warehouse, customer, day, item):
        told = {"event_id": f"e{self.count}", "customer_id": customer, "local_day": day, "kind": "view"}
        told |= {"session_id": f"s{self.count % 3}", "item_id": item}
        note_days(warehouse, self._add(warehouse, EVENTS, told))

    def _coupon(self, warehouse, customer, day, item):
        used = {"redeemed_at": at(day), "redeemed_day": day} if self.count % 2 else {}
        told = {"coupon_id": f"c{self.count}", "customer_id": customer, "issued_at": at(day - timedelta(days=3))}
        note_people(warehouse, self._add(warehouse, COUPONS, told | used).customer_id)

    def _person(self, warehouse, customer, day, item):
        joined = day + timedelta(days=9)  # known before it comes
        told = {"customer_id": customer, "valid_from": day, "attributes": [("likes", item)], "joined_on": joined}
        told |= {"is_guest": self.count % 4 == 0, "member_level": item}
        note_people(warehouse, self._add(warehouse, CUSTOMERS, told).customer_id)

    def forget(self):
        """Let the next run make everything anew."""
        with self.workspace.warehouse() as warehouse:
            warehouse.replace(PROFILE_RUNS, rows(PROFILE_RUNS))

    def profiles(self):
        """Run the stage; every row that it wrote for its moment."""
        stage.profile(self.workspace, system_clock, lambda _done, _text: None)
        with self.workspace.warehouse() as warehouse:
            as_of = self.workspace.as_of(warehouse)
            assert not warehouse.count(TOUCHED) + warehouse.count(TOUCHED_DAYS)
            return {table.name: self._rows(warehouse, table, as_of) for table in MADE}

    @staticmethod
    def _rows(warehouse, table, as_of):
        found = warehouse.to_arrow(warehouse.table(table)).to_pylist()
        found = [row for row in found if row.get("as_of", as_of) == as_of]
        return sorted(found, key=lambda row: [str(row[name]) for name in table.key])


@pytest.fixture(autouse=True)
def few_interests(monkeypatch):
    """Let there be more interests than are written, so that they must overtake each other."""
    monkeypatch.setattr(interests, "KEPT", 2)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.fixture
def no_full_build():
    patch = pytest.MonkeyPatch()

    def refuse(*_arguments):
        raise AssertionError("everything was made anew")

    def forbid():
        patch.setattr(stage, "_anew", refuse)
        return patch.undo

    yield forbid
    patch.undo()


fact = st.tuples(
    st.sampled_from(["order", "order", "refund", "event", "coupon", "person"]),
    st.integers(1, 4),
    st.integers(0, 500),
    st.sampled_from(sorted(ITEM)),
)
batch = st.lists(fact, min_size=1, max_size=6)


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(first=batch, second=batch, changed=st.booleans())
def test_refreshed_rows_are_those_of_a_full_build(tmp_path_factory, no_full_build, first, second, changed):
    world = World(tmp_path_factory.mktemp("world"))
    world.store([("order", 1, 0, "milk"), *first])
    world.profiles()
    world.store(second, changed)
    allow = no_full_build()
    refreshed = world.profiles()
    allow()
    world.forget()
    assert world.profiles() == refreshed


def test_days_that_only_pass_are_a_refresh_too(world, no_full_build):
    """Silence of many, while one buys: windows empty, shares stay, attributes and days of joining come into force."""
    random = np.random.default_rng(5)
    kinds, items = ["order", "order", "refund", "event", "coupon"], sorted(ITEM)
    crowd = [
        (str(random.choice(kinds)), int(random.integers(3, 12)), int(random.integers(89)), str(random.choice(items)))
        for _fact in range(90)
    ]
    world.store([*crowd, *(("person", customer, 85, "milk") for customer in range(3, 9))])
    world.store([("order", 1, day, item) for day, item in ((0, "milk"), (9, "wine"), (40, "wine"), (88, "milk"))])
    world.store(
        [("person", 1, 200, "milk"), ("refund", 1, 120, "wine"), ("event", 1, 119, "wine"), ("coupon", 1, 95, "")]
    )
    world.profiles()
    no_full = no_full_build()
    for day in (89, 130, 440):
        world.store([("order", 2, day, "wine")])
        refreshed = world.profiles()
        no_full()
        world.forget()
        assert world.profiles() == refreshed, day
        no_full = no_full_build()


@pytest.fixture
def noted(monkeypatch):
    """Who is told to have changed, at each refresh."""
    met = []
    stirred = stage.stirred

    def note(warehouse, touched, *days):
        met.append(set(warehouse.to_arrow(touched).column("customer_id").to_pylist()))
        return stirred(warehouse, touched, *days)

    monkeypatch.setattr(stage, "stirred", note)
    return met


def test_new_and_changed_items_are_a_refresh_of_who_bought_them(world, noted):
    bought = [(1, "milk"), (2, "wine"), (3, "bag"), (4, "tea"), (5, "milk"), (5, "wine")]
    world.store([("order", customer, 5 * n, item) for n, (customer, item) in enumerate(bought)])
    world.store([("order", 6, 2, "bag"), *(("refund", 6, day, "milk") for day in (7, 8))])
    world.profiles()
    changes = [
        ({"item_id": "tea", "is_static": True, "category": "DRINKS", "title": "Tea"}, {4}),
        ({"item_id": "cup", "is_static": True, "category": "HOME"}, set()),
        ({"item_id": "milk", "valid_from": FIRST + timedelta(days=3), "category": "FRESH"}, {1, 5, 6}),
        ({"item_id": "wine", "valid_from": FIRST + timedelta(days=60), "brand": "New", "title": "Red"}, set()),
        (None, {2, 5, 7}),  # the row of wine comes into force, as an order brings a later moment
    ]
    for item, who in changes:
        with world.workspace.warehouse() as warehouse:
            warehouse.append(ITEMS, rows(ITEMS, *([item] if item else [])))
        if not item:
            world.store([("order", 7, 70, "bag")])
        refreshed = world.profiles()
        assert noted.pop() == who, item
        world.forget()
        assert world.profiles() == refreshed, item
        assert not noted, "everything was made anew"


def test_what_is_not_told_or_changes_everybody_makes_everything_anew(world, monkeypatch):
    made = []
    full = stage._anew
    monkeypatch.setattr(stage, "_anew", lambda *arguments: made.append(1) or full(*arguments))
    world.store([("order", 1, 0, "milk")])
    world.profiles()
    world.profiles()
    assert len(made) == 1, "nothing new"
    with world.workspace.warehouse() as warehouse:
        world.count += 1
        world._order(warehouse, 1, FIRST, "wine")
        warehouse.empty(TOUCHED_DAYS)
    world.profiles()
    assert len(made) == 2, "an order that nobody told of"
    path = world.workspace.path / "daogou.toml"
    path.write_text(SETTINGS.replace("within = 60", "within = 6"), encoding="utf-8")
    world.workspace = Workspace(world.workspace.path)
    world.profiles()
    assert len(made) == 3, "a setting changed"
    world.store([("order", 1, -9, "wine")])
    world.profiles()
    assert len(made) == 4, "an order of an earlier year, whose festivals were not known"


def test_sums_that_grew_twice_as_long_are_made_anew(world, monkeypatch):
    monkeypatch.setattr(stage, "_FEW", 0)
    made = []
    full = stage._anew
    monkeypatch.setattr(stage, "_anew", lambda *arguments: made.append(1) or full(*arguments))
    world.store([("order", 1, day, "milk") for day in (0, 1)])
    world.profiles()
    for day in range(2, 6):
        world.store([("order", 1, day, "milk")])
        refreshed = world.profiles()
    assert len(made) == 2, "two interests became six"
    world.forget()
    assert world.profiles() == refreshed


def test_a_refresh_loads_no_pandas(world):
    world.store([("order", 1, 0, "milk"), ("order", 2, 5, "wine")])
    world.profiles()
    world.store([("order", 2, 7, "milk")])
    told = (
        "import sys\nfrom pathlib import Path\nfrom daogou.base.clock import system_clock\n"
        "from daogou.flows.profile import profile\nfrom daogou.flows.workspace import Workspace\n"
        "profile(Workspace(Path(sys.argv[1])), system_clock, lambda _done, _text: None)\n"
        "assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", told, str(world.workspace.path)], check=True)


def test_interests_overtake_each_other_and_a_guest_who_becomes_known_has_them(world, no_full_build):
    def person(customer, day, guest):
        with world.workspace.warehouse() as warehouse:
            told = {"customer_id": customer, "valid_from": FIRST + timedelta(days=day), "is_guest": guest}
            note_people(warehouse, world._add(warehouse, CUSTOMERS, told).customer_id)

    person(2, 0, True)
    world.store([("order", 1, 0, item) for item in ("milk", "wine")])
    world.store([("order", 2, 0, item) for item in ("milk", "wine", "wine", "wine")])
    seen = [world.profiles()["interests"]]
    forbid = no_full_build()
    world.store([("order", 1, 1, "wine"), ("order", 1, 1, "wine"), ("order", 2, 2, "milk")])
    person(2, 2, False)
    for day in (2, 3, 200):
        seen.append(world.profiles()["interests"])
        world.store([("order", 1, day, "milk")])
    refreshed = world.profiles()
    seen.append(refreshed["interests"])
    forbid()
    told = [{(row["customer_id"], row["interest"]) for row in rows} for rows in seen]
    milk, wine = {(1, "red"), (1, "DAIRY")}, {(1, "red"), (1, "DRINKS")}
    once_a_guest = {(2, "red"), (2, "DRINKS")}
    assert told == [milk, wine | once_a_guest, wine | once_a_guest, milk | once_a_guest, milk | once_a_guest]
    world.forget()
    assert world.profiles() == refreshed
