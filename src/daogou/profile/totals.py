"""Sums over each customer's days before a moment: what every feature of orders, refunds, coupons and events is made of.

Nothing here is divided: counts, exact decimals, first and last days, and quantiles of gaps. So the sums of one moment
follow from those of an earlier one: :func:`passed` says by how much.
"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from daogou.profile.days import COUPON, EVENT, ORDER, REFUND, gaps, tracked
from daogou.profile.history import cut_table
from daogou.profile.where import how_many, only, or_0
from daogou.store.features import TREND_WINDOWS, WINDOWS
from daogou.store.tables import MONEY

KEY = ["customer_id", "as_of"]
AGES = ("tenure_days", "recency_days", "refund_recency_days", "coupon_recency_days", "event_recency_days")
_EDGES = sorted({*WINDOWS, *TREND_WINDOWS, *(2 * days for days in TREND_WINDOWS)})  # days ago where a window ends
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
)


def totals(days: ir.Table, cuts: ir.Table) -> ir.Table:
    """The rows of ``TOTALS``: one a customer and cut with an order before it.

    ``days`` are all of these customers' rows of ``CUSTOMER_DAYS``.
    """
    seen = _seen(days, cuts)
    made = seen.group_by(KEY).aggregate(**{name: _counted(name, value) for name, value in _sums(seen).items()})
    made = made.filter(made.order_days > 0)
    # from narrow rows: what passes through a window or a join is copied
    for part in (_rhythm(_seen(gaps(days), cuts)), _tracked(_seen(tracked(days), cuts))):
        made = made.left_join(part, KEY).drop("customer_id_right", "as_of_right")
    return made.mutate(**{name: _none_is_0(made[name]) for name in ("gaps", "tracked_orders")})


def passed(days: ir.Table, before: date, as_of: date) -> ir.Table:
    """What to add to the rows of ``TOTALS`` as time passes: customer_id and the columns of windows.

    ``days`` are rows of ``CUSTOMER_DAYS``. Only those count that a window loses or gains between the two moments.
    """
    spans = [[ibis.date((day - timedelta(days=edge)).isoformat()) for day in (before, as_of)] for edge in _EDGES]
    near = days.filter(ibis.or_(*((days.local_day >= first) & (days.local_day < last) for first, last in spans)))
    seen = _seen(near, cut_table(sorted({before, as_of})))
    sums = seen.group_by(KEY).aggregate(**_windows(seen))
    now = sums.as_of == ibis.date(as_of.isoformat())
    columns = {name: _none_is_0(sums[name]) for name in sums.columns if name not in KEY}
    return sums.group_by("customer_id").aggregate(
        **{name: now.ifelse(value, -value).sum() for name, value in columns.items()}
    )


def _seen(days: ir.Table, cuts: ir.Table) -> ir.Table:
    seen = days.join(cuts, days.local_day < cuts.as_of)
    return seen.mutate(ago=seen.as_of.delta(seen.local_day, unit="day").cast("int64"))


def _counted(name: str, value: ir.Value) -> ir.Value:
    return value if name in AGES else _none_is_0(value)


def _none_is_0(value: ir.Value) -> ir.Value:
    kind = MONEY if value.type().is_decimal() else "int64"
    return ibis.coalesce(value, ibis.literal(0, type=kind)).cast(kind)


def _sums(seen: ir.Table) -> dict[str, ir.Value]:
    return _ever(seen) | _windows(seen)


def _ever(seen: ir.Table) -> dict[str, ir.Value]:
    ordered = seen.kind == ORDER
    weekend = seen.local_day.day_of_week.index() >= 5
    ago = seen.ago
    return {name: seen[name].sum() for name in _EVER} | {
        "tenure_days": only(ago, ordered).max(),
        "recency_days": only(ago, ordered).min(),
        "order_days": how_many(ordered),
        "weekend_orders": or_0(seen.orders, weekend).sum(),
        "list_value": seen.list_value.sum(),
        "discount": seen.discount.sum(),
        "coupon_value": seen.coupon_value.sum(),
        "net": (seen.net_sales - seen.refunds).sum(),
        "gross": seen.net_sales.sum(),
        "refunds": seen.refunds.sum(),
        "best_day": only(seen.net_sales, ordered).max(),
        "refund_recency_days": only(ago, seen.kind == REFUND).min(),
        "coupon_recency_days": only(ago, (seen.kind == COUPON) & (seen.coupons_used > 0)).min(),
        "event_recency_days": only(ago, seen.kind == EVENT).min(),
    }


def _windows(seen: ir.Table) -> dict[str, ir.Value]:
    net, ago = seen.net_sales - seen.refunds, seen.ago
    made: dict[str, ir.Value] = {}
    for days in WINDOWS:
        inside = ago <= days
        made |= {
            f"orders_{days}": or_0(seen.orders, inside).sum(),
            f"order_days_{days}": how_many(inside & (seen.kind == ORDER)),
            f"lines_{days}": or_0(seen.lines, inside).sum(),
            f"net_{days}": or_0(net, inside).sum(),
        }
    for days in TREND_WINDOWS:
        before = (ago > days) & (ago <= 2 * days)
        made |= {
            f"orders_before_{days}": or_0(seen.orders, before).sum(),
            f"net_before_{days}": or_0(net, before).sum(),
        }
    return made | {
        "gross_90": or_0(seen.net_sales, ago <= 90).sum(),
        **{f"{name}_365": or_0(seen[name], ago <= 365).sum() for name in ("list_value", "discount", "refund_count")},
        **{f"{name}_28": or_0(seen[name], ago <= 28).sum() for name in ("events", "views", "sessions")},
    }


def _rhythm(seen: ir.Table) -> ir.Table:
    known = seen.gap.notnull()
    return seen.group_by(KEY).aggregate(
        gaps=seen.gap.count(),
        gap_sum=seen.gap.sum(),
        gap_squares=(seen.gap * seen.gap).sum(),
        gap_p90=seen.gap.quantile(0.9),
        gap_first=seen.gap.argmin(seen.local_day, where=known),
        gap_last=seen.gap.argmax(seen.local_day, where=known),
    )


def _tracked(seen: ir.Table) -> ir.Table:
    return seen.group_by(KEY).aggregate(tracked_orders=seen.orders.sum())


def counted(rows: ir.Table) -> ir.Table:
    """``rows`` of ``TOTALS`` with decimals as float64: before any division."""
    kinds = rows.schema()
    return rows.mutate(**{name: rows[name].cast("float64") for name in rows.columns if kinds[name].is_decimal()})
