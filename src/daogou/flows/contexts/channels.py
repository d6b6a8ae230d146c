"""Channels as the stage measure found them."""

from datetime import date, timedelta
from typing import Any

import ibis

from daogou.base.estimate import Estimate
from daogou.flows.attribution import note_lines
from daogou.flows.workspace import Workspace
from daogou.measure import attribution_sentences as say
from daogou.measure.attribution_settings import RULES
from daogou.report import contexts as page
from daogou.report.contexts import Text
from daogou.store.tables import CHANNELS, CREDITS, Table
from daogou.store.warehouse import Warehouse


def channels(workspace: Workspace, warehouse: Warehouse, as_of: date) -> page.Channels | page.Missing:
    """Every channel of ``as_of``."""
    rows = _rows(warehouse, CHANNELS, as_of)
    if not rows:
        return page.Missing("touches")
    credited = {(row["rule"], row["channel"]): row["orders"] for row in _rows(warehouse, CREDITS, as_of)}
    named = [row for row in rows if row["channel"]]
    named.sort(key=lambda row: (-max(row["claimed_orders"] or 0, row["credited_orders"] or 0), row["channel"]))
    rest = next(row for row in rows if not row["channel"])
    rule = rest["rule"]
    orders = round(sum(orders for (name, _channel), orders in credited.items() if name == rule))
    no_path = round(rest["credited_orders"])
    minutes = workspace.settings.attribution.hijack_minutes
    said = [Text.of(lambda k=k: note_lines(named, orders, no_path, minutes)[k]) for k in range(_count(named, orders))]  # type: ignore[misc]
    return page.Channels(
        first_day=rest["from_day"],
        last_day=as_of - timedelta(days=1),
        orders=orders,
        no_path=no_path,
        rule=Text.of(lambda: say.rule_text(rule)),
        rules=tuple(Text.of(lambda name=name: say.rule_text(name)) for name in RULES),  # type: ignore[misc]
        rows=tuple(_channel(row, credited) for row in named),
        notes=tuple(said),
    )


def _count(named: list[dict[str, Any]], orders: int) -> int:
    return len(note_lines(named, orders, 0, 0.0))


def _rows(warehouse: Warehouse, table: Table, as_of: date) -> list[dict[str, Any]]:
    rows = warehouse.table(table)
    found = warehouse.to_arrow(rows.filter(rows.as_of == ibis.date(as_of.isoformat())).order_by(*table.key))
    return found.to_pylist()  # type: ignore[no-any-return]


def _channel(row: dict[str, Any], credited: dict[tuple[str, str], float]) -> page.Channel:
    nan = float("nan")
    low, high = (nan if row[name] is None else row[name] for name in ("proven_low", "proven_high"))
    proven = None if row["proven_orders"] is None else Estimate(row["proven_orders"], low, high, 0, "orders")
    by, platform = row["proven_by"], row["proven_name"]
    by_rule = [credited.get((rule, row["channel"])) for rule in RULES]
    return page.Channel(
        name=row["channel"],
        cost=row["cost"],
        claimed=row["claimed_orders"],
        credited=row["credited_orders"],
        net_sales=row["credited_net_sales"],
        over_claim=row["over_claim"],
        proven=proven,
        by_rule=tuple(orders for orders in by_rule if orders is not None),
        proven_by=None if by is None else Text.of(lambda: say.proven_by_text(by, platform)),
    )
