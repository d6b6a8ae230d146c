"""Channels: what their platforms claim, what our rule credits, and what a test proved."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from daogou.flows.proven import Proven, proven
from daogou.flows.workspace import Workspace
from daogou.measure import attribution_facts as facts
from daogou.measure import attribution_sentences as say
from daogou.measure.attribution import RULES, Credit, attribute
from daogou.measure.attribution_hijack import LastSecond, last_seconds
from daogou.measure.attribution_paths import Paths, paths
from daogou.measure.attribution_settings import AttributionSettings
from daogou.report import figures
from daogou.store.rounding import number
from daogou.store.tables import CHANNELS, CREDITS
from daogou.store.warehouse import Warehouse

WHOLE = 0.9  # of the days that claims must cover before they are held against credit
_NO_PATH = ""  # the channel of orders that nothing touched


@dataclass(frozen=True)
class _Found:
    """Everything that is known of the last days."""

    first: date
    paths: Paths
    credits: tuple[Credit, ...]
    chosen: Credit
    claims: dict[str, facts.Claim]
    proven: dict[str, Proven]
    seconds: tuple[LastSecond, ...]
    touched: int  # touches that count


def attributed(workspace: Workspace, warehouse: Warehouse, as_of: date) -> dict[str, Any]:
    """Write ``credits`` and ``channels`` of ``as_of``, inside the caller's transaction; their part of the stage's JSON.

    It is empty where nothing is known of any channel.
    """
    settings = workspace.settings.attribution
    found = _found(warehouse, as_of, settings, figures.currency_digits(workspace.settings.company.currency))
    rows = [] if found is None else _channel_rows(found, as_of, settings)
    credited = [] if found is None else _credit_rows(found, as_of)
    warehouse.replace(CREDITS, pa.Table.from_pylist(credited, schema=CREDITS.schema().to_pyarrow()), as_of=as_of)
    warehouse.replace(CHANNELS, pa.Table.from_pylist(rows, schema=CHANNELS.schema().to_pyarrow()), as_of=as_of)
    if found is None:
        return {}
    return _summary(found, rows, facts.refunds_of_no_order(warehouse, found.first, as_of), settings)


def _found(warehouse: Warehouse, as_of: date, settings: AttributionSettings, digits: int) -> _Found | None:
    first = as_of - timedelta(days=settings.days)
    earlier = first - timedelta(days=settings.lookback_days)
    touched = facts.touches(warehouse, earlier, as_of, settings)
    claims = facts.claims(warehouse, first, as_of)
    found_by_tests = proven(warehouse, first, as_of)
    if not touched.num_rows and not claims and not found_by_tests:
        return None
    bought = facts.orders(warehouse, earlier, as_of)
    found = _paths(touched, bought, first, digits, settings)
    credits = tuple(
        attribute(found, rule, half_life=settings.half_life_days, direct=_small(settings.direct)) for rule in RULES
    )
    return _Found(
        first=first,
        paths=found,
        credits=credits,
        chosen=credits[RULES.index(settings.rule)],
        claims=claims,
        proven=found_by_tests,
        seconds=last_seconds(found, _small(settings.affiliates), settings.hijack_minutes),
        touched=touched.num_rows,
    )


def _paths(touched: pa.Table, bought: pa.Table, first: date, digits: int, settings: AttributionSettings) -> Paths:
    """Paths of the orders since ``first``; money in the currency's smallest unit, or finer where an order is."""
    at, ordered = (table["occurred_at"].to_numpy().astype("datetime64[us]") for table in (touched, bought))
    counted = bought["local_day"].to_numpy() >= np.datetime64(first)
    moments = np.concatenate([at, ordered])
    units, smallest = bought["units"].to_numpy(), facts.UNITS // 10 ** min(digits, 4)
    per_step = smallest if (units % smallest == 0).all() else 1
    found = paths(
        touched["customer_id"].to_numpy(),
        touched["channel"],
        at,
        order_customer=bought["customer_id"].to_numpy(),
        order_at=ordered,
        value=units // per_step,
        lookback=settings.lookback_days,
        visit=settings.visit_minutes,
        since=ordered[counted].min() if counted.any() else moments.max(),
        until=moments.max(),
        step=1,
    )
    return replace(found, step=Decimal(per_step) / facts.UNITS)


def _small(names: list[str]) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in names)


def _credit_rows(found: _Found, as_of: date) -> list[dict[str, Any]]:
    rows = []
    for credit in found.credits:
        figures_of = zip(credit.channels, credit.orders, credit.value, credit.share, credit.error, strict=True)
        for channel, orders, value, share, error in figures_of:
            known = {"orders": number(orders), "net_sales": value, "share": number(share), "error": number(error)}
            rows.append({"as_of": as_of, "rule": credit.rule, "channel": channel} | known)
        rest = {"orders": float(found.paths.no_path_orders), "net_sales": found.paths.no_path_money * credit.step}
        rows.append({"as_of": as_of, "rule": credit.rule, "channel": _NO_PATH, "share": None, "error": None} | rest)
    return rows


def _channel_rows(found: _Found, as_of: date, settings: AttributionSettings) -> list[dict[str, Any]]:
    """A row a channel, most claimed or credited first, and last the orders without a path."""
    channels = sorted({*found.paths.channels, *found.claims, *found.proven})
    rows = [_channel_row(channel, found, settings) for channel in channels]
    rows.sort(key=lambda row: -max(row["claimed_orders"] or 0, row["credited_orders"] or 0))
    nobody = facts.Claim(None, None, None, 0)
    rest = dict.fromkeys(CHANNELS.names) | _claimed(nobody, None)
    rest |= {
        "channel": _NO_PATH,
        "credited_orders": float(found.paths.no_path_orders),
        "credited_net_sales": float(found.paths.no_path_money * found.paths.step),
        "is_affiliate": False,
        "last_orders": 0,
        "last_second_orders": 0,
        "last_second_net_sales": 0.0,
    }
    same = {"as_of": as_of, "from_day": found.first, "rule": settings.rule}
    return [row | same for row in [*rows, rest]]


def _channel_row(channel: str, found: _Found, settings: AttributionSettings) -> dict[str, Any]:
    row = dict.fromkeys(CHANNELS.names) | {"channel": channel, "is_affiliate": channel in _small(settings.affiliates)}
    credited = None
    if channel in found.paths.channels:
        k = found.paths.channels.index(channel)
        by_rule = [float(credit.orders[k]) for credit in found.credits]
        credited = float(found.chosen.orders[k])
        row |= {"credited_orders": number(credited), "credited_net_sales": float(found.chosen.value[k])}
        row |= {"least_orders": number(min(by_rule)), "most_orders": number(max(by_rule))}
    claim = found.claims.get(channel, facts.Claim(None, None, None, 0))
    row |= _claimed(claim, credited if claim.days >= WHOLE * settings.days else None)
    if (told := found.proven.get(channel)) is not None:
        row |= {"proven_orders": number(told.orders.value), "proven_by": told.by, "proven_name": told.name}
        row |= {"proven_low": number(told.orders.low), "proven_high": number(told.orders.high)}
    second = next((s for s in found.seconds if s.channel == channel), None)
    return row | {
        "last_orders": second.last if second else 0,
        "last_second_orders": second.flagged if second else 0,
        "last_second_net_sales": float(second.money * found.paths.step) if second else 0.0,
    }


def _claimed(claim: facts.Claim, credited: float | None) -> dict[str, Any]:
    over = claim.orders / credited if claim.orders is not None and credited else None
    return {
        "cost": claim.cost,
        "claimed_orders": claim.orders,
        "claimed_value": claim.value,
        "claimed_days": claim.days,
        "over_claim": None if over is None else number(over),
    }


def _summary(
    found: _Found, rows: list[dict[str, Any]], refunds: float, settings: AttributionSettings
) -> dict[str, Any]:
    with_path, without = found.paths.total_orders, found.paths.no_path_orders
    said = [{k: v.isoformat() if isinstance(v, date) else v for k, v in row.items() if k != "as_of"} for row in rows]
    return {
        "what": "credit, not causation",
        "rule": settings.rule,
        "days": settings.days,
        "orders": with_path + without,
        "orders_with_path": with_path,
        "no_path_share": without / (with_path + without) if with_path + without else None,
        "net_sales": float((found.paths.total_money + found.paths.no_path_money) * found.paths.step),
        "paths_without_order": int(found.paths.lost.sum()),
        "paths_still_open": found.paths.still_open,
        "touches": found.touched,
        "refunds_of_no_order": refunds,
        "hijack_minutes": settings.hijack_minutes,
        "channels": said[:-1],
        "credits": [
            {"rule": credit.rule, "channel": channel, "orders": number(orders), "net_sales": float(value)}
            for credit in found.credits
            for channel, orders, value in zip(credit.channels, credit.orders, credit.value, strict=True)
        ],
    }


def attribution_lines(summary: dict[str, Any], kinds: list[str], currency: str) -> list[str]:
    """What it says in the current language, most important first."""
    if not summary:
        return [say.nothing_text()]
    lines = [say.credited_text(summary["days"], summary["orders_with_path"], summary["orders"], summary["rule"])]
    if not summary["touches"]:
        lines.append(say.none_counts_text(kinds))
    lines += [_channel_line(row) for row in summary["channels"]]
    claimed = [row["claimed_orders"] for row in summary["channels"] if row["claimed_orders"] is not None]
    if claimed:
        lines.append(say.claims_text(sum(claimed), summary["orders"]))
    lines += [
        say.over_claim_text(row["channel"], row["over_claim"])
        for row in summary["channels"]
        if (row["over_claim"] or 0) > 1
    ]
    orders = summary["orders"]
    lines += note_lines(summary["channels"], orders, orders - summary["orders_with_path"], summary["hijack_minutes"])
    if summary["refunds_of_no_order"]:
        lines.append(say.other_refunds_text(figures.money(summary["refunds_of_no_order"], currency)))
    return lines


def note_lines(rows: list[dict[str, Any]], orders: int, no_path: int, minutes: float) -> list[str]:
    """What is flagged in rows of ``channels``, and what no row can show."""
    lines = [
        say.last_second_text(
            row["channel"], row["last_second_orders"] / row["last_orders"], row["last_second_orders"], minutes
        )
        for row in rows
        if row["is_affiliate"] and row["last_second_orders"]
    ]
    if unseen := [row["channel"] for row in rows if row["credited_orders"] is None]:
        lines.append(say.unseen_text(unseen))
    if orders:
        lines.append(say.no_path_text(no_path / orders))
    return lines


def _channel_line(row: dict[str, Any]) -> str:
    claimed = say.nothing_claimed_text() if row["claimed_orders"] is None else f"{row['claimed_orders']:,.0f}"
    credited = say.no_person_text() if row["credited_orders"] is None else f"{row['credited_orders']:,.0f}"
    if row["proven_orders"] is None:
        return say.channel_text(row["channel"], claimed, credited, say.not_tested_text())
    low, high = (float("nan") if row[name] is None else row[name] for name in ("proven_low", "proven_high"))
    by = say.proven_by_text(row["proven_by"], row["proven_name"])
    told = f"{say.proven_text(row['proven_orders'], low, high)} {by}"
    return say.channel_text(row["channel"], claimed, credited, told)
