"""A small company whose money is worked out by hand: its facts, and what the stage makes of them."""

from datetime import date, datetime, timedelta

from daogou.flows.attribution import attributed
from daogou.flows.money import money
from daogou.flows.workspace import Workspace
from daogou.store.tables import ACQUISITION, BRAND, RETURNS, TABLES
from daogou.testing.rows import rows

COMPANY = '[company]\ntimezone = "Europe/Berlin"\ncurrency = "EUR"\nname = "Tea House"\n'
START = datetime(2025, 1, 1, 9)
TODAY = date(2025, 4, 11)  # 100 days
FIRST = date(2025, 1, 11)  # of the last 90


def moment(day):
    at = START + timedelta(days=day)
    return {"occurred_at": at, "local_day": at.date()}


def order(name, customer, day, net=10, **more):
    told = {"order_id": name, "customer_id": customer, "net_sales": net, "paid": net, "list_value": net}
    return told | moment(day) | more


def touch(name, customer, channel, day, kind="click", **more):
    return {"touch_id": name, "customer_id": customer, "channel": channel, "kind": kind} | moment(day) | more


def spend(name, channel, day, cost, **more):
    told = {"spend_id": name, "channel": channel, "day": (START + timedelta(days=day)).date(), "cost": cost}
    return told | more


def company(folder, text="", **facts):
    (folder / "daogou.toml").write_text(COMPANY + text, encoding="utf-8")
    workspace = Workspace(folder)
    with workspace.warehouse() as warehouse:
        for name, told in facts.items():
            warehouse.append(TABLES[name], rows(TABLES[name], *told))
    return workspace


def earned(workspace, **facts):
    """The part of the JSON, the lines, and the rows of returns, acquisition and brand, after attribution."""
    with workspace.warehouse() as warehouse, warehouse.transaction():
        attributed(workspace, warehouse, TODAY)
        for name, told in facts.items():
            warehouse.replace(TABLES[name], rows(TABLES[name], *told), as_of=TODAY)
        summary, lines = money(workspace, warehouse, TODAY)
        kept = [warehouse.to_arrow(warehouse.table(one)).to_pylist() for one in (RETURNS, ACQUISITION, BRAND)]
    returns = {(row["level"], row["name"], row["basis"]): row for row in kept[0]}
    new = {(row["level"], row["name"]): row for row in kept[1]}
    return summary, lines, returns, new, kept[2]


LAST = '[attribution]\nrule = "last"\n[plan]\nmargin = 0.4\n'


def shop(buyers=60, regulars=20):
    """New customers by search, a euro and a half each; regulars by mail."""
    orders = [order(f"r{n}", 1000 + n, 2) for n in range(regulars)]
    orders += [order(f"s{n}", 1000 + n, 50, 20) for n in range(regulars)]
    orders += [order(f"n{n}", n, 20 + n % 40, 10 + n % 5) for n in range(buyers)]
    touches = [touch(f"t{n}", n, "Search", 20 + n % 40 - 0.1) for n in range(buyers)]
    touches += [touch(f"m{n}", 1000 + n, "email", 49, cost=0.25) for n in range(regulars)]
    paid = [spend(f"p{n}", "search", 20 + n, 3) for n in range(30)] + [spend("old", "search", 1, 500)]
    return {"orders": orders, "touches": touches, "spend": paid}
