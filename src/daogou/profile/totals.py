"""Sums over each customer's days before a moment: what every feature of orders, refunds, coupons and events is made of.

Nothing here is divided: counts, exact decimals, first and last days, and quantiles of gaps.
"""

import ibis
import ibis.expr.types as ir

from daogou.profile.days import COUPON, EVENT, ORDER, REFUND
from daogou.store.features import TREND_WINDOWS, WINDOWS

KEY = ["customer_id", "as_of"]
_EVER = (
    "orders",
    "lines",
    "discounted_orders",
    "coupon_orders",
    "festival_orders",
    "night_orders",
    "morning_orders",
    "afternoon_orders",
    "refund_count",
    "coupons_held",
    "coupons_used",
    "held_coupons_used",
    "events",
    "views",
    "session_events",
    "sessions",
    "tracked_orders",
)


def totals(days: ir.Table, cuts: ir.Table) -> ir.Table:
    """One row a customer and cut with an order before it, from ``days`` of ``profile/days`` with their gaps."""
    seen = days.join(cuts, days.local_day < cuts.as_of)
    seen = seen.mutate(ago=seen.as_of.delta(seen.local_day, unit="day").cast("int64"))
    made = seen.group_by(KEY).aggregate(**_ever(seen), **_windows(seen), **_rhythm(seen))
    return made.filter(made.order_days > 0)


def _ever(seen: ir.Table) -> dict[str, ir.Value]:
    ordered = seen.kind == ORDER
    weekend = seen.local_day.day_of_week.index() >= 5
    return {name: seen[name].sum() for name in _EVER} | {
        "tenure_days": seen.ago.max(where=ordered),
        "recency_days": seen.ago.min(where=ordered),
        "order_days": seen.count(where=ordered),
        "weekend_orders": seen.orders.sum(where=weekend),
        "list_value": seen.list_value.sum(),
        "discount": seen.discount.sum(),
        "coupon_value": seen.coupon_value.sum(),
        "net": (seen.net_sales - seen.refunds).sum(),
        "gross": seen.net_sales.sum(),
        "refunds": seen.refunds.sum(),
        "best_day": seen.net_sales.max(where=ordered),
        "refund_recency_days": seen.ago.min(where=seen.kind == REFUND),
        "coupon_recency_days": seen.ago.min(where=(seen.kind == COUPON) & (seen.coupons_used > 0)),
        "event_recency_days": seen.ago.min(where=seen.kind == EVENT),
    }


def _windows(seen: ir.Table) -> dict[str, ir.Value]:
    net, ago = seen.net_sales - seen.refunds, seen.ago
    made: dict[str, ir.Value] = {}
    for days in WINDOWS:
        made |= {
            f"orders_{days}": seen.orders.sum(where=ago <= days),
            f"order_days_{days}": seen.count(where=(ago <= days) & (seen.kind == ORDER)),
            f"lines_{days}": seen.lines.sum(where=ago <= days),
            f"net_{days}": net.sum(where=ago <= days),
        }
    for days in TREND_WINDOWS:
        before = (ago > days) & (ago <= 2 * days)
        made |= {f"orders_before_{days}": seen.orders.sum(where=before), f"net_before_{days}": net.sum(where=before)}
    return made | {
        "gross_90": seen.net_sales.sum(where=ago <= 90),
        "list_value_365": seen.list_value.sum(where=ago <= 365),
        "discount_365": seen.discount.sum(where=ago <= 365),
        "refund_count_365": seen.refund_count.sum(where=ago <= 365),
        "events_28": seen.events.sum(where=ago <= 28),
        "views_28": seen.views.sum(where=ago <= 28),
        "sessions_28": seen.sessions.sum(where=ago <= 28),
    }


def _rhythm(seen: ir.Table) -> dict[str, ir.Value]:
    known = seen.gap.notnull()
    return {
        "gaps": seen.gap.count(),
        "gap_sum": seen.gap.sum(),
        "gap_squares": (seen.gap * seen.gap).sum(),
        "gap_p90": seen.gap.quantile(0.9),
        "gap_first": seen.gap.argmin(seen.local_day, where=known),
        "gap_last": seen.gap.argmax(seen.local_day, where=known),
    }


def counted(rows: ir.Table) -> ir.Table:
    """``rows`` with counts of 0 where a window saw nothing, and decimals as float64: before any division."""
    kinds = rows.schema()
    whole = {
        name: ibis.coalesce(rows[name], 0).cast("int64")
        for name in rows.columns
        if kinds[name].is_integer() and not name.endswith("recency_days") and not name.startswith("gap_")
    }
    money = {name: ibis.coalesce(rows[name].cast("float64"), 0.0) for name in rows.columns if kinds[name].is_decimal()}
    return rows.mutate(**{name: value for name, value in (whole | money).items() if name not in KEY})
