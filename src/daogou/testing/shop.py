"""A small made-up company, as the files and the ``daogou.toml`` that its owner would write."""

import csv
import random
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

FIRST = date(2025, 1, 1)
DAYS = 365
CATEGORIES = ("TEA", "COFFEE", "SNACKS", "DAIRY", "FRUIT")
SETTINGS = """
[company]
name = "Shop"
timezone = "Asia/Shanghai"
currency = "CNY"

[sources.sales]
file = "sales.csv"
table = "sales"
[sources.sales.columns]
order_id = "order"
customer_id = "member"
item_id = "sku"
occurred_at = "at"
quantity = "n"
paid = "paid"
maker_coupon = "coupon"

[sources.products]
file = "products.csv"
table = "items"
[sources.products.columns]
item_id = "sku"
title = "name"
category = "category"

[sources.members]
file = "members.csv"
table = "customers"
attributes = ["age", "city"]
[sources.members.columns]
customer_id = "member"

[sources.campaigns]
file = "campaigns.csv"
table = "past_campaigns"
columns = { campaign_id = "campaign", kind = "type", starts_on = "from", ends_on = "to" }

[sources.reached]
file = "reached.csv"
table = "assignments"
columns = { campaign_id = "campaign", customer_id = "member" }

[sources.offers]
file = "offers.csv"
table = "offers"
columns = { campaign_id = "campaign", offer_id = "coupon", item_id = "sku" }

[sources.redemptions]
file = "redemptions.csv"
table = "coupons"
columns = { campaign_id = "campaign", offer_id = "coupon", customer_id = "member", redeemed_at = "at" }
"""


def write_shop(folder: Path, customers: int = 80) -> None:
    """Write the company's files and settings into ``folder``: the same ones every time.

    Each member has a rhythm and a favourite category; a third say nothing of themselves; two campaigns ran.
    """
    chance = random.Random(7)  # noqa: S311 made-up data
    folder.mkdir(parents=True, exist_ok=True)
    products = [(f"p{i:03}", f"{CATEGORIES[i % 5].title()} {i}", CATEGORIES[i % 5]) for i in range(60)]
    sales = [row for member in range(customers) for row in _purchases(chance, f"m{member}", member)]
    campaigns = [("spring", "A", FIRST + timedelta(90), 30), ("autumn", "B", FIRST + timedelta(260), 30)]
    reached = [(name, f"m{m}") for name, *_rest in campaigns for m in range(customers) if chance.random() < 0.7]
    redeemed = [
        (name, "TEA-5", member, datetime.combine(start + timedelta(chance.randrange(days)), datetime.min.time()))
        for name, _kind, start, days in campaigns
        for reached_name, member in reached
        if reached_name == name and chance.random() < 0.5
    ]
    _write(folder / "products.csv", ("sku", "name", "category"), products)
    _write(folder / "sales.csv", ("order", "member", "sku", "at", "n", "paid", "coupon"), sales)
    _write(
        folder / "members.csv",
        ("member", "age", "city"),
        [(f"m{m}", 18 + m % 50, ("上海", "北京")[m % 2]) for m in range(customers) if m % 3],
    )
    _write(
        folder / "campaigns.csv",
        ("campaign", "type", "from", "to"),
        [(name, kind, start, start + timedelta(days)) for name, kind, start, days in campaigns],
    )
    _write(folder / "reached.csv", ("campaign", "member"), reached)
    _write(
        folder / "offers.csv",
        ("campaign", "coupon", "sku"),
        [(name, "TEA-5", sku) for name, *_rest in campaigns for sku, _title, category in products if category == "TEA"],
    )
    _write(folder / "redemptions.csv", ("campaign", "coupon", "member", "at"), redeemed)
    (folder / "daogou.toml").write_text(SETTINGS, encoding="utf-8")


def _purchases(chance: random.Random, member: str, number: int) -> Iterable[tuple[Any, ...]]:
    """Lines of one member's orders: every ``gap`` days or so, mostly of one category; every fourth stops early."""
    gap, favourite = 5 + number % 20, number % 5
    day, order = chance.randrange(gap), 0
    while day < (DAYS // 2 if number % 4 == 0 else DAYS):
        at = datetime.combine(FIRST + timedelta(day), datetime.min.time()) + timedelta(hours=9 + chance.randrange(12))
        for _line in range(1 + chance.randrange(4)):
            category = favourite if chance.random() < 0.6 else chance.randrange(5)
            item = category + 5 * min(int(chance.expovariate(0.4)), 11)
            coupon = 5 if category == 0 and chance.random() < 0.2 else 0
            yield f"{member}-{order}", member, f"p{item:03}", at, 1 + chance.randrange(3), 10 + item, coupon
        order, day = order + 1, day + max(1, round(chance.gauss(gap, gap / 4)))


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
