"""Money as the stage measure found it: ladders, ratios, new customers, signs of the brand."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from daogou.flows.contexts.told import Row, estimate, has_interval, rows_of
from daogou.measure.money_sentences import line_name
from daogou.measure.returns import BASES
from daogou.report import contexts as page
from daogou.report.contexts import Text
from daogou.store.tables import ACQUISITION, BRAND, ITEMS, LADDER, RETURNS
from daogou.store.warehouse import Warehouse

_LEVELS = ("all", "channel", "campaign", "category", "item")
_PROVEN = ("incremental_roas", "incremental_roi")
_ITEMS = 10  # items of first orders that are shown


def money(warehouse: Warehouse, as_of: date) -> page.Money | page.Missing:
    """The ladder of the last days that ratios speak of, and all that stands beside it."""
    ladders = _ladders(rows_of(warehouse, LADDER, as_of))
    recent = [one for one in ladders if one.level == "days"] or [one for one in ladders if one.level == "all"]
    if not recent:
        return page.Missing("money")
    shown = max(recent, key=lambda one: (one.last_day - one.first_day, one.name))
    won = [row for row in rows_of(warehouse, ACQUISITION, as_of) if row["level"] in _LEVELS]
    won.sort(key=lambda row: (_LEVELS.index(row["level"]), -row["new_customers"], row["name"]))
    items = [row for row in won if row["level"] == "item"]
    won = [row for row in won if row["level"] != "item"] + items[:_ITEMS]
    titles = _titles(warehouse, [row["name"] for row in items[:_ITEMS]], as_of)
    return page.Money(
        ladder=shown,
        others=tuple(one for one in ladders if one.level in ("month", "channel", "campaign")),
        ratios=_ratios(rows_of(warehouse, RETURNS, as_of)),
        won=tuple(_won(row, titles) for row in won),
        won_days=(won[0]["from_day"], won[0]["to_day"]) if won else None,
        signs=_signs(rows_of(warehouse, BRAND, as_of)),
    )


def _ladders(rows: list[dict[str, Any]]) -> list[page.MoneyLadder]:
    grouped: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: row["place"]):
        grouped.setdefault((row["level"], row["name"]), []).append(row)
    return [
        page.MoneyLadder(
            level=level,  # type: ignore[arg-type]
            name=name,
            first_day=steps[0]["from_day"],
            last_day=steps[0]["to_day"],
            is_provisional=any(row["provisional"] for row in steps),
            steps=tuple(_step(row) for row in steps),
        )
        for (level, name), steps in sorted(grouped.items())
    ]


def _step(row: Row) -> page.Step:
    name = row["step"]
    return page.Step(name, Text.of(lambda: line_name(name)), float(row["shown"]), row["is_sum"], row["assumed"])


def _ratios(rows: list[dict[str, Any]]) -> tuple[page.Ratio, ...]:
    """Ratios of all first, then of channels and of campaigns; those that are known first, then by name."""
    known = {(row["level"], row["name"]) for row in rows if row["value"] is not None}
    rows.sort(
        key=lambda row: (
            _LEVELS.index(row["level"]),
            (row["level"], row["name"]) not in known,
            row["name"].rjust(20) if row["name"].isdecimal() else row["name"],
            BASES.index(row["basis"]),
        )
    )
    return tuple(_ratio(row) for row in rows)


def _ratio(row: Row) -> page.Ratio:
    """What a test proved is told with its interval or not at all."""
    ratio, gain = estimate(row), estimate(row, "gain")
    is_told = row["basis"] not in _PROVEN or has_interval(gain)
    return page.Ratio(
        level=row["level"],
        name=row["name"],
        basis=row["basis"],
        ratio=ratio if is_told else None,
        gain=gain if is_told else None,
        cost=row["cost"],
        is_provisional=row["provisional"],
        is_assumed=row["assumed"],
        first_day=row["from_day"],
        last_day=row["to_day"],
    )


def _won(row: Row, titles: Mapping[str, str]) -> page.Won:
    name = row["name"]
    return page.Won(
        level=row["level"],
        name=titles.get(name, name) if row["level"] == "item" else name,
        new_customers=row["new_customers"],
        orders=row["orders"],
        new_share=estimate(row, "new_share"),
        cost=row["cost"],
        cpa=estimate(row, "cpa"),
        cac_paid=estimate(row, "cac_paid"),
        cac_blended=estimate(row, "cac_blended"),
        payback=row["payback"] or "",
        payback_days=row["payback_days"],
        ltv=estimate(row, "ltv"),
        ltv_cac=estimate(row, "ltv_cac"),
    )


def _titles(warehouse: Warehouse, items: list[str], as_of: date) -> dict[str, str]:
    """What people call these items, as it is known at ``as_of``; the item's own id where it has no title."""
    if not items:
        return {}
    rows = warehouse.table(ITEMS)
    mine = rows.filter(rows.item_id.isin(items), rows.title.notnull(), _known(rows, as_of))
    found = mine.group_by("item_id").aggregate(title=mine.title.argmax(mine.valid_from))
    return {row["item_id"]: row["title"] for row in warehouse.to_arrow(found).to_pylist()}


def _known(rows: ir.Table, as_of: date) -> ir.BooleanValue:
    return rows.is_static | (rows.valid_from < ibis.date(as_of.isoformat()))


def _signs(rows: list[dict[str, Any]]) -> tuple[page.Sign, ...]:
    measures = sorted({row["measure"] for row in rows})
    found = []
    for measure in measures:
        mine = sorted((row for row in rows if row["measure"] == measure), key=lambda row: row["week"])
        columns = (tuple(row[name] for row in mine) for name in ("week", "value", "share"))
        found.append(page.Sign(measure, *columns))
    return tuple(found)
