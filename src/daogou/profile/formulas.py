"""From totals to features: ratios, trends and due windows. Nothing here looks at a fact."""

from typing import cast

import ibis
import ibis.expr.types as ir

from daogou.store.features import TREND_WINDOWS, WINDOWS

POOLED_GAPS = 3.0  # gaps that everyone's rhythm weighs as much as, beside a customer's own
_LEAST_DUE = 1.0  # days
_EVENTS = ("events", "events_28", "sessions", "sessions_28", "views", "views_28")
_PACE = ("tenure_days", "recency_days", "orders_28", "orders_180", "gaps", "gap_sum", "gap_p90")


def formulas(rows: ir.Table) -> ir.Table:
    """``rows`` of ``totals.counted`` with everything that follows from them alone."""
    return rows.mutate(**_money(rows), **_trends(rows), **_gaps(rows), **_events(rows))


def pace(rows: ir.Table) -> ir.Table:
    """What of :func:`formulas` moves with time alone, where windows hold the same days; from rows of ``TOTALS``."""
    rows = rows.select("customer_id", "as_of", *_PACE)
    return rows.mutate(orders_trend=_orders_trend(rows), overdue_ratio=_overdue_ratio(rows))


def due(rows: ir.Table, usual: ir.Table) -> ir.Table:
    """``rows`` of :func:`formulas` with the due window.

    ``usual`` holds as_of and usual_gap, everyone's own due window at the moment.
    """
    rows = rows.join(usual, "as_of")
    rows = rows.mutate(due_days=_due_days(rows))
    return rows.mutate(
        due_ratio=_float(rows.recency_days) / rows.due_days,
        due_in_days=rows.due_days.ceil().cast("int64") - rows.recency_days,
    )


def usual_gap(rows: ir.Table) -> ir.Table:
    """as_of and usual_gap: nine of ten second orders had come by then; one gap a customer, so that none counts more."""
    return rows.group_by("as_of").aggregate(usual_gap=rows.gap_first.quantile(0.9).cast("float64"))


def _money(rows: ir.Table) -> dict[str, ir.Value]:
    orders = _float(rows.orders)
    evening = rows.orders - rows.night_orders - rows.morning_orders - rows.afternoon_orders
    shares = {
        "weekend_share": rows.weekend_orders,
        "night_share": rows.night_orders,
        "morning_share": rows.morning_orders,
        "afternoon_share": rows.afternoon_orders,
        "evening_share": evening,
        "festival_share": rows.festival_orders,
        "discounted_order_share": rows.discounted_orders,
        "coupon_order_share": rows.coupon_orders,
        "basket_size": rows.lines,
        "order_value_ever": rows.gross,
    }
    return {
        **{name: _float(value) / orders for name, value in shares.items()},
        **{f"net_sales_{days}": rows[f"net_{days}"] for days in WINDOWS},
        "net_sales": rows.net,
        "order_value_90": rows.gross_90 / _above_0(_float(rows.orders_90)),
        "discount_share": ibis.coalesce(rows.discount / _above_0(rows.list_value), 0.0),
        "discount_share_365": rows.discount_365 / _above_0(rows.list_value_365),
        "coupon_share": ibis.coalesce(rows.coupon_value / _above_0(rows.list_value), 0.0),
        "redemption_rate": _float(rows.held_coupons_used) / _above_0(_float(rows.coupons_held)),
        "refund_rate": rows.refunds / _above_0(rows.gross),
    }


def _trends(rows: ir.Table) -> dict[str, ir.Value]:
    made: dict[str, ir.Value] = {"orders_trend": _orders_trend(rows)}
    for days in TREND_WINDOWS:
        made[f"orders_trend_{days}"] = _float(rows[f"orders_{days}"]) / _above_0(_float(rows[f"orders_before_{days}"]))
        made[f"net_sales_trend_{days}"] = rows[f"net_{days}"] / _above_0(rows[f"net_before_{days}"])
    return made


def _orders_trend(rows: ir.Table) -> ir.Value:
    tenure = _float(rows.tenure_days)
    usual = _float(rows.orders_180) / ibis.least(tenure, 180.0)
    recent = _float(rows.orders_28) / ibis.least(tenure, 28.0)
    return recent / usual.nullif(0.0)


def _gap_mean(rows: ir.Table) -> ir.FloatingValue:
    return cast(ir.FloatingValue, _float(rows.gap_sum) / _float(rows.gaps).nullif(0.0))


def _overdue_ratio(rows: ir.Table) -> ir.Value:
    return _float(rows.recency_days) / _gap_mean(rows)


def _gaps(rows: ir.Table) -> dict[str, ir.Value]:
    gaps, gap_sum, squares = (_float(rows[name]) for name in ("gaps", "gap_sum", "gap_squares"))
    gap_mean = _gap_mean(rows)
    spread = (squares - gap_sum * gap_sum / gaps.nullif(0.0)) / (gaps - 1.0).nullif(0.0)
    gap_sd = ibis.ifelse(spread <= 0, 0.0, spread).sqrt()
    return {
        "gap_mean": gap_mean,
        "gap_sd": gap_sd,
        "gap_cv": gap_sd / gap_mean,
        "gap_p90": _float(rows.gap_p90),
        "overdue_ratio": _overdue_ratio(rows),
    }


def _due_days(rows: ir.Table) -> ir.FloatingValue:
    """The due window: the m-estimate of Cestnik (1990), own gaps against as many usual ones as ``POOLED_GAPS``."""
    n = _float(rows.gaps)
    own = n * ibis.coalesce(_float(rows.gap_p90), 0.0) + POOLED_GAPS * rows.usual_gap
    # beside a null some engines call the other value the greatest
    due = rows.usual_gap.notnull().ifelse(ibis.greatest(own / (n + POOLED_GAPS), _LEAST_DUE), ibis.null("float64"))
    return cast(ir.FloatingValue, due)


def _events(rows: ir.Table) -> dict[str, ir.Value]:
    """Who has no event is not known to have done nothing: empty, not 0."""
    some = rows.events > 0
    return {name: some.ifelse(rows[name], ibis.null("int64")) for name in _EVENTS} | {
        "session_depth": _float(rows.session_events) / _above_0(_float(rows.sessions)),
        "views_per_order": some.ifelse(
            _float(rows.views) / _above_0(_float(rows.tracked_orders)), ibis.null("float64")
        ),
    }


def _above_0(value: ir.Value) -> ir.FloatingValue:
    """``value``, and null where it is 0 or less."""
    return cast(ir.FloatingValue, (value > 0).ifelse(value, ibis.null("float64")))


def _float(value: ir.Value) -> ir.FloatingValue:
    return cast(ir.FloatingValue, value.cast("float64"))
