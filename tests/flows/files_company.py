"""A small company whose sources are CSV files that grow in batches, and what its profiles say after each."""

import csv
import shutil
from collections import defaultdict
from datetime import date, timedelta

from daogou.base.clock import system_clock
from daogou.flows.run import stage
from daogou.flows.workspace import Workspace
from daogou.store.tables import (
    CATEGORY_SHARES,
    CUSTOMER_DAYS,
    INTERESTS,
    PROFILE_RUNS,
    PROFILES,
    SHARES,
    TOTALS,
    TOUCHED,
)
from daogou.testing.rows import rows
from daogou.trust.identity import reveal

FIRST = date(2022, 1, 1)
MADE = (CUSTOMER_DAYS, TOTALS, PROFILES, CATEGORY_SHARES, SHARES, INTERESTS)
HEADERS = {
    "sales": "no order item at qty value list shop who payer store title category brand",
    "orders": "no order at who shop store",
    "order_lines": "no order item qty value list",
    "refunds": "no at amount who order item",
    "customers": "who from joined level city",
    "items": "item from title category other brand colour price",
    "events": "no who kind at item visit",
    "coupons": "no who order issued claimed used",
}
COLUMNS = {
    "sales": {
        "order_id": "order",
        "item_id": "item",
        "occurred_at": "at",
        "quantity": "qty",
        "net_sales": "value",
        "list_value": "list",
        "shop_discount": "shop",
        "customer_id": "who",
        "store_id": "store",
        "item_title": "title",
        "item_category": "category",
        "item_brand": "brand",
    },
    "orders": {"order_id": "order", "occurred_at": "at", "customer_id": "who", "store_id": "store"},
    "order_lines": {"order_id": "order", "item_id": "item", "quantity": "qty", "net_sales": "value"},
    "refunds": {"occurred_at": "at", "amount": "amount", "customer_id": "who", "order_id": "order", "item_id": "item"},
    "customers": {"customer_id": "who", "valid_from": "from", "joined_on": "joined", "member_level": "level"},
    "items": {
        "item_id": "item",
        "valid_from": "from",
        "title": "title",
        "category": "category",
        "brand": "brand",
        "price": "price",
    },
    "events": {"customer_id": "who", "kind": "kind", "occurred_at": "at", "item_id": "item", "session_id": "visit"},
    "coupons": {"customer_id": "who", "issued_at": "issued", "claimed_at": "claimed", "redeemed_at": "used"},
}
FURTHER = {
    "sales": 'refund_when = { column = "order", starts_with = "C" }\n',
    "items": 'attributes = ["colour"]\n',
    "customers": 'attributes = ["city"]\n',
}
SETTINGS = """
[company]
timezone = "Asia/Shanghai"
currency = "CNY"
[profile]
interests = ["category", "title", "colour"]
price_bands = [1, 2, 10, 100]
interest_half_life = HALF_LIFE
[profile.features.a_days]
did = "bought"
where = { category = "A" }
within = 60
measure = "days"
[profile.features.since_refund]
did = "refunded"
measure = "recency"
[profile.features.makers]
did = "bought"
measure = "distinct"
of = "brand"
"""


def moment(day, hour=12):
    """The text of an hour, so many days after the first order."""
    return f"{FIRST + timedelta(days=day)} {hour:02}:30:00"


def day_text(day):
    return str(FIRST + timedelta(days=day))


class FilesCompany:
    """A company in the empty folder ``folder``."""

    def __init__(self, folder, half_life=3):
        folder.mkdir(exist_ok=True)
        self.folder, self.told, self.count, self.half_life = folder, defaultdict(list), 0, half_life
        self.columns = {name: dict(columns) for name, columns in COLUMNS.items()}
        self.read_as()
        for name in COLUMNS:
            self._write(name, [])

    def read_as(self, **changes):
        """Write the settings; ``changes`` are columns of a source that are read differently from now on."""
        for name, columns in changes.items():
            self.columns[name] = {k: v for k, v in (self.columns[name] | columns).items() if v}
        sources = (
            f'[sources.{name}]\nfile = "{name}.csv"\ntable = "{name}"\n{FURTHER.get(name, "")}'
            f"[sources.{name}.columns]\n" + "".join(f'{ours} = "{theirs}"\n' for ours, theirs in columns.items())
            for name, columns in self.columns.items()
        )
        settings = SETTINGS.replace("HALF_LIFE", str(self.half_life)) + "".join(sources)
        (self.folder / "daogou.toml").write_text(settings, encoding="utf-8")

    def tell(self, name, **row):
        """One more row of a source, unlike any other."""
        self.count += 1
        numbered = {"no": self.count} if HEADERS[name].startswith("no") else {}
        self.told[name].append(numbered | row)
        return self

    def sell(self, order, who, day, item, **more):
        """A line with its order in one row."""
        row = {"order": order, "at": moment(day), "item": item, "qty": 1, "value": 5, "list": 6, "who": who}
        return self.tell("sales", **row | {"payer": who, "store": "S"} | more)

    def ingest(self, whole=True):
        """Write files, with all that was ever told or (not ``whole``) with the news alone, and take them in."""
        for name, told in self.told.items():
            known = getattr(self, f"_{name}", 0)
            if whole or len(told) > known:
                self._write(name, told if whole else told[known:])
            setattr(self, f"_{name}", len(told))
        self._run("ingest")

    def profile(self):
        """Run the stage; the rows of each table that it made, by their keys."""
        self._run("profile")
        return self._made()

    def named(self):
        """The rows that were made, with the company's own ids of customers."""
        workspace = Workspace(self.folder)
        found = self._made()
        known = {row["customer_id"] for told in found.values() for row in told.values()}
        with workspace.ledger() as ledger, ledger.transaction() as connection:
            names = reveal(connection, workspace.keys, known)
        return {
            name: {(names[row["customer_id"]], *key[1:]): row | {"customer_id": 0} for key, row in told.items()}
            for name, told in found.items()
        }

    def anew(self):
        """The rows that a full build makes of the same facts, in a copy of the workspace: this one goes on as it is."""
        copy = FilesCompany(self.folder.with_name(f"{self.folder.name}-anew"))
        for name in ("daogou.toml", "warehouse.duckdb"):
            shutil.copy(self.folder / name, copy.folder / name)
        with Workspace(copy.folder).warehouse() as warehouse:
            warehouse.replace(PROFILE_RUNS, rows(PROFILE_RUNS))
        found = copy.profile()
        shutil.rmtree(copy.folder)
        return found

    def _run(self, name):
        return stage(name)(Workspace(self.folder), system_clock, lambda _done, _text: None)

    def _made(self):
        with Workspace(self.folder).warehouse() as warehouse:
            assert not warehouse.count(TOUCHED)
            found = {table: warehouse.to_arrow(warehouse.table(table)).to_pylist() for table in MADE}
        for table, told in found.items():
            assert len({tuple(row[name] for name in table.key) for row in told}) == len(told), table.name
        return {table.name: {tuple(str(row[c]) for c in table.key): row for row in found[table]} for table in MADE}

    def _write(self, name, told):
        with (self.folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, HEADERS[name].split(), restval="")
            writer.writeheader()
            writer.writerows(told)


def differences(found, wanted):
    """What differs, at most ten: table, key, and each column with what was found and wanted."""
    told = []
    for table in wanted:
        for key in sorted(found[table].keys() | wanted[table].keys()):
            a, b = found[table].get(key), wanted[table].get(key)
            if a is None or b is None:
                told.append((table, key, "too much" if b is None else "missing"))
            elif a != b:
                told.append((table, key, {name: (a[name], b[name]) for name in b if a[name] != b[name]}))
    return told[:10]
