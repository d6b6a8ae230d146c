"""Ladders: of everything, of the last days, of each month, and of what channels and campaigns are credited with."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir

from daogou.flows.workspace import Workspace
from daogou.measure.money_ladder import LINES, NOTHING, SUMS, Ladder, Rung, shown
from daogou.measure.money_orders import AMOUNTS, EXACT, Costs, other_refunds
from daogou.measure.money_redemptions import by_campaign
from daogou.store.tables import CREDITS
from daogou.store.warehouse import Warehouse

RECENT = 28  # days, beside those of [attribution]
BELOW_NET = ("gross_profit", "contribution")
STEP = Decimal("0.0001")  # of money in tables
_DAY = timedelta(days=1)
Row = dict[str, Any]


@dataclass(frozen=True)
class Books:
    """A ladder, how many orders were paid for it, its net sales without a known cost of goods, and its days."""

    ladder: Ladder = field(default_factory=lambda: Ladder({}))
    orders: int = 0
    net_unknown: Decimal = NOTHING

    def __add__(self, other: "Books") -> "Books":
        """Both together."""
        return Books(self.ladder + other.ladder, self.orders + other.orders, self.net_unknown + other.net_unknown)

    @property
    def known_share(self) -> float | None:
        """Share of net sales whose cost of goods a table tells; None without net sales."""
        net = self.ladder["net"]
        return float(1 - self.net_unknown / net) if net > 0 else None


@dataclass(frozen=True)
class Window:
    """Books of the days [first, last]."""

    books: Books
    first: date
    last: date


def costs_of(workspace: Workspace) -> Costs:
    """What the workspace's ladders are made with."""
    return Costs(workspace.settings.money, workspace.settings.plan.margin_used, workspace.settings.company.timezone)


def books_by_day(warehouse: Warehouse, as_of: date, costs: Costs, orders: ir.Table) -> dict[date, Books]:
    """The books of each day before ``as_of`` on which anything was ordered or given back."""
    found: dict[date, Books] = {}
    for rows in (orders, other_refunds(warehouse, as_of, costs)):
        for row in warehouse.to_arrow(_sums(rows)).to_pylist():
            day = row["local_day"]
            found[day] = found.get(day, Books()) + _books(row)
    return dict(sorted(found.items()))


def _sums(rows: ir.Table) -> ir.Table:
    paid = rows.is_paid.sum() if "is_paid" in rows.columns else (rows.count() * 0)
    return rows.group_by("local_day").aggregate(orders=paid, **{name: rows[name].sum().cast(EXACT) for name in AMOUNTS})


def _books(row: Row) -> Books:
    return Books(Ladder({name: row[name] for name in LINES}), int(row["orders"] or 0), row["net_unknown"])


def added(days: dict[date, Books], first: date, last: date) -> Window:
    """The days [first, last] together."""
    return Window(sum((one for day, one in days.items() if first <= day <= last), Books()), first, last)


def windows(days: dict[date, Books], as_of: date, credited_days: int) -> dict[tuple[str, str], Window]:
    """By level and name: all, the last 28 days and those of [attribution], and each month, none before the data."""
    if not days:
        return {}
    begin, end = min(days), as_of - _DAY
    found = {("all", "all"): added(days, begin, end)}
    for last in sorted({RECENT, credited_days}):
        found["days", str(last)] = added(days, max(as_of - last * _DAY, begin), end)
    first = begin
    while first <= end:
        after = (first.replace(day=1) + 32 * _DAY).replace(day=1)
        last_day = min(after - _DAY, end)
        found["month", f"{first:%Y-%m}"] = added(days, first, last_day)
        first = after
    return found


def is_provisional(last: date, as_of: date, return_days: int) -> bool:
    """Whether orders of the day ``last`` may still be returned: it lies fewer than ``return_days`` before ``as_of``.

    >>> is_provisional(date(2025, 1, 1), date(2025, 1, 15), 15), is_provisional(date(2025, 1, 1), date(2025, 1, 16), 15)
    (True, False)
    """
    return (as_of - last).days < return_days


def ladder_rows(found: dict[tuple[str, str], Window], as_of: date, return_days: int, digits: int) -> list[Row]:
    """Rows of ``LADDER``, shown with so many decimals."""
    rows = []
    for (level, name), window in found.items():
        about = {"as_of": as_of, "level": level, "name": name, "from_day": window.first, "to_day": window.last}
        about["provisional"] = is_provisional(window.last, as_of, return_days)
        rows += [about | row for row in _rung_rows(window.books.ladder.rungs, digits)]
    return rows


def _rung_rows(rungs: tuple[Rung, ...], digits: int) -> list[Row]:
    keys = ("place", "amount", "is_sum", "assumed")
    return [
        {"step": rung.name, "shown": amount} | {key: getattr(rung, key) for key in keys}
        for rung, amount in zip(rungs, shown(rungs, digits), strict=True)
    ]


def campaign_windows(warehouse: Warehouse, parts: ir.Table) -> dict[tuple[str, str], Window]:
    """What each campaign's redemptions stand for: their orders, an order with several shared equally among them."""
    rows = warehouse.to_arrow(by_campaign(parts)).to_pylist()
    found = {}
    for row in rows:
        exact = row | {name: row[name] * STEP for name in AMOUNTS}
        found["campaign", row["campaign_id"]] = Window(_books(exact), row["first"], row["last"])
    return found


def channel_rows(warehouse: Warehouse, as_of: date, rule: str, window: Window, digits: int) -> list[Row]:
    """Each channel's credited net sales and, at the costs of all sales of the window, what they leave."""
    credits = warehouse.table(CREDITS)
    mine = credits.filter(credits.as_of == as_of, credits.rule == rule).order_by("channel")
    rows: list[Row] = []
    for row in warehouse.to_arrow(mine.select("channel", "net_sales")).to_pylist():
        rungs = _channel_rungs(row["net_sales"], window.books.ladder)
        rows += [{"name": row["channel"]} | each for each in _rung_rows(rungs, digits)]
    about = {"as_of": as_of, "level": "channel", "from_day": window.first, "to_day": window.last}
    return [row | about for row in rows]


def credited_contribution(net_sales: Decimal, whole: Ladder) -> Decimal:
    """Contribution of credited net sales at the costs of all sales; 0 where all sales came to nothing."""
    return sum((amount for name, amount in _below_net(net_sales, whole).items()), net_sales)


def _below_net(net_sales: Decimal, whole: Ladder) -> dict[str, Decimal]:
    net = whole["net"]
    share = net_sales / net if net > 0 else NOTHING
    lines = [line for line, (_, step) in LINES.items() if step in BELOW_NET]
    return {line: (whole[line] * share).quantize(STEP) for line in lines}


def _channel_rungs(net_sales: Decimal, whole: Ladder) -> tuple[Rung, ...]:
    """From net sales on; what follows is assumed, as costs of all sales are spread evenly."""
    parts = _below_net(net_sales, whole)
    amounts = {"net": net_sales}
    for step in BELOW_NET:
        above = amounts[SUMS[SUMS.index(step) - 1]]
        mine = {line: amount for line, amount in parts.items() if LINES[line][1] == step}
        amounts |= mine | {step: above + sum(mine.values(), NOTHING)}
    places = {rung.name: rung.place for rung in whole.rungs}
    return tuple(Rung(name, places[name], amount, name in SUMS, name != "net") for name, amount in amounts.items())
