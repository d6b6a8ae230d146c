"""Money that adds up: ladders, ratios with their basis, new customers, and the brand."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from daogou.flows.campaign_costs import CampaignCost, campaign_costs
from daogou.flows.money_acquisition import acquisition_rows
from daogou.flows.money_brand import brand_rows
from daogou.flows.money_ladder import (
    Window,
    books_by_day,
    campaign_windows,
    channel_rows,
    costs_of,
    is_provisional,
    ladder_rows,
    windows,
)
from daogou.flows.money_lines import money_lines
from daogou.flows.money_returns import Terms, campaign_returns, channel_costs, channel_returns, proven_returns
from daogou.flows.money_worth import Days
from daogou.flows.workspace import Workspace
from daogou.measure.money_orders import GOODS, order_amounts
from daogou.measure.money_redemptions import redeemed, shares
from daogou.measure.redemptions import redemptions
from daogou.measure.returns import gain_to_cost
from daogou.report.figures import currency_digits
from daogou.store.rounding import rounded
from daogou.store.tables import ACQUISITION, BRAND, LADDER, RETURNS, Table
from daogou.store.warehouse import Warehouse

Row = dict[str, Any]


def money(workspace: Workspace, warehouse: Warehouse, as_of: date) -> tuple[dict[str, Any], list[str]]:
    """Write ``LADDER``, ``RETURNS``, ``ACQUISITION`` and ``BRAND`` at ``as_of``; the stage's JSON, and its lines.

    It comes after attribution and readings, whose tables it reads, inside the caller's transaction.
    """
    orders = order_amounts(warehouse, as_of, costs_of(workspace))
    found = windows(
        books_by_day(warehouse, as_of, costs_of(workspace), orders), as_of, workspace.settings.attribution.days
    )
    if not found:
        return {}, []
    made = _made(workspace, warehouse, as_of, orders, found)
    for table in (LADDER, RETURNS, ACQUISITION, BRAND):
        warehouse.replace(table, _table(table, made.rows[table.name]), as_of=as_of)
    for temporary in (GOODS, "money_links", "money_redeemed"):
        warehouse.drop(temporary)
    summary = _summary(workspace, as_of, found, made)
    return summary, money_lines(summary, workspace.settings.company.currency)


@dataclass(frozen=True)
class _Made:
    """Rows by table, what campaigns cost, and what is known of payback."""

    rows: dict[str, list[Row]]
    costs: dict[str, CampaignCost]
    payback: Row


def _made(
    workspace: Workspace, warehouse: Warehouse, as_of: date, orders: ir.Table, found: dict[tuple[str, str], Window]
) -> _Made:
    rule, back = workspace.settings.attribution, workspace.settings.money.return_days
    window, digits = found["days", str(rule.days)], currency_digits(workspace.settings.company.currency)
    is_open = is_provisional(window.last, as_of, back)
    is_assumed = workspace.settings.plan.margin is None and (window.books.known_share or 0.0) < 1
    terms = Terms(as_of, back, is_assumed, workspace.settings.measure.fewest_redeemers)
    used = redemptions(warehouse, as_of)
    spent, channels = campaign_costs(workspace, warehouse, as_of, used), channel_costs(warehouse, window.first, as_of)
    campaigns: dict[tuple[str, str], Window] = {}
    returns = channel_returns(warehouse, rule.rule, window, channels, terms)
    if len(used):
        parts = redeemed(warehouse, as_of, orders)
        campaigns = campaign_windows(warehouse, parts)
        returns += campaign_returns(warehouse, used, shares(warehouse, as_of, parts), spent, campaigns, terms)
    returns += proven_returns(warehouse, spent, terms)
    ladders = ladder_rows(found | campaigns, as_of, back, digits)
    credited = channel_rows(warehouse, as_of, rule.rule, window, digits)
    ladders += [row | {"provisional": is_open} for row in credited]
    days = Days(window.first, as_of, found["all", "all"].first, is_open)
    new, payback = acquisition_rows(warehouse, days, orders, channels, spent, rule)
    brand = brand_rows(workspace, warehouse, as_of)
    tables = {LADDER: ladders, RETURNS: returns, ACQUISITION: new, BRAND: brand}
    return _Made({table.name: rows for table, rows in tables.items()}, spent, payback)


def _summary(workspace: Workspace, as_of: date, found: dict[tuple[str, str], Window], made: _Made) -> Row:
    """The stage's JSON; ladders of campaigns stand in the table alone."""
    days, back = workspace.settings.attribution.days, workspace.settings.money.return_days
    whole, window, new = found["all", "all"], found["days", str(days)], made.rows[ACQUISITION.name]
    return {
        "days": days,
        "return_days": back,
        "final_until": (as_of - timedelta(days=max(back, 1))).isoformat(),
        "margin": workspace.settings.plan.margin_used,
        "margin_assumed": workspace.settings.plan.margin is None,
        "cost_of_goods_known": {"all": _known(whole), "days": _known(window)},
        "orders": {"all": whole.books.orders, "days": window.books.orders},
        "ladder": [_plain(row) for row in made.rows[LADDER.name] if row["level"] != "campaign"],
        "returns": [_plain(row) | {"gain_to_cost": _ratio(row)} for row in made.rows[RETURNS.name]],
        "campaign_costs": {name: _cost(one) for name, one in made.costs.items()},
        "acquisition": [_plain(row) for row in new if row["level"] in ("all", "channel")] + _products(new),
        "payback": made.payback,
        "brand": {"what": "correlational, not proof", "weeks": [_plain(row) for row in made.rows[BRAND.name]]},
    }


def _ratio(row: Row) -> str | None:
    """Gain : cost; None where there is none."""
    return gain_to_cost(row["gain"], row["cost"]) if row["gain"] is not None and row["cost"] else None


def _known(window: Window) -> float | None:
    share = window.books.known_share
    return None if share is None else float(f"{share:.12g}")


def _products(rows: list[Row]) -> list[Row]:
    """The ten categories and the ten items that most new customers begin with."""
    found: list[Row] = []
    for level in ("category", "item"):
        mine = [row for row in rows if row["level"] == level]
        found += [_plain(row) for row in sorted(mine, key=lambda row: (-row["new_customers"], row["name"]))[:10]]
    return found


def _cost(one: CampaignCost) -> Row:
    return {
        "contacts": one.contacts,
        "coupons": one.coupons,
        "media": one.media,
        "total": one.total,
        "contacts_from": one.source,
        "assumed": one.assumed,
    }


def _table(table: Table, rows: list[Row]) -> pa.Table:
    return rounded(pa.Table.from_pylist(rows, schema=table.schema().to_pyarrow()))


def _plain(row: Row) -> Row:
    """A row for JSON: exact amounts as text, so that no digit is lost."""
    made = {}
    for name, value in row.items():
        if name == "as_of":
            continue
        if isinstance(value, date):
            value = value.isoformat()
        made[name] = f"{value:.4f}" if isinstance(value, Decimal) else value
    return made
