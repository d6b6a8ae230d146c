"""The columns of ``TOTALS``: sums over each customer's days, from which features follow without a look at a fact."""

from daogou.store.column import Column
from daogou.store.features_of_orders import TREND_WINDOWS, WINDOWS
from daogou.store.table import MONEY

_COUNTS = {
    "orders": "orders",
    "lines": "lines with a quantity above 0",
    "discounted_orders": "orders with any discount",
    "coupon_orders": "orders with a coupon",
    "festival_orders": "orders on days of festivals",
    "night_orders": "orders from 0:00 to 5:59",
    "morning_orders": "orders from 6:00 to 11:59",
    "afternoon_orders": "orders from 12:00 to 17:59",
    "weekend_orders": "orders on a Saturday or Sunday",
    "order_days": "days with an order",
    "refund_count": "refunds",
    "refund_count_365": "refunds in the last 365 days",
    "coupons_held": "coupons received",
    "coupons_used": "coupons used",
    "held_coupons_used": "of these, coupons whose date of receipt is known",
    "events": "events",
    "events_28": "events in the last 28 days",
    "views": "views",
    "views_28": "views in the last 28 days",
    "session_events": "events in a session",
    "sessions": "sessions a day, summed",
    "sessions_28": "the same in the last 28 days",
    "tracked_orders": "orders from the day of the first event on",
    "gaps": "gaps between days with an order",
}
_AMOUNTS = {
    "list_value": "before any discount",
    "list_value_365": "the same in the last 365 days",
    "discount": "all discounts",
    "discount_365": "the same in the last 365 days",
    "coupon_value": "of these, coupons",
    "net": "net sales less refunds",
    "gross": "net sales",
    "gross_90": "net sales in the last 90 days",
    "refunds": "money given back",
    "best_day": "most net sales on one day",
}
_AGES = {
    "tenure_days": "days since the first order",
    "recency_days": "days since the last order",
    "refund_recency_days": "days since the last refund; empty without one",
    "coupon_recency_days": "days since a coupon was last used; empty without one",
    "event_recency_days": "days since the last event; empty without one",
}
_GAPS = {
    "gap_sum": "sum of the gaps; empty without one",
    "gap_squares": "sum of their squares; empty without one",
    "gap_first": "the first gap; empty without one",
    "gap_last": "the last gap; empty without one",
}


def _windows() -> list[Column]:
    made = []
    for days in WINDOWS:
        said = f"in the last {days} days"
        made += [
            Column(f"orders_{days}", "int64", f"orders {said}"),
            Column(f"order_days_{days}", "int64", f"days with an order {said}"),
            Column(f"lines_{days}", "int64", f"lines with a quantity above 0 {said}"),
            Column(f"net_{days}", MONEY, f"net sales less refunds {said}", "currency"),
        ]
    for days in TREND_WINDOWS:
        said = f"in the {days} days before the last {days}"
        made += [
            Column(f"orders_before_{days}", "int64", f"orders {said}"),
            Column(f"net_before_{days}", MONEY, f"net sales less refunds {said}", "currency"),
        ]
    return made


COLUMNS: tuple[Column, ...] = (
    *(Column(name, "int64", meaning) for name, meaning in _COUNTS.items()),
    *(Column(name, MONEY, meaning, "currency") for name, meaning in _AMOUNTS.items()),
    *_windows(),
    *(Column(name, "int64", meaning, "days", nullable=True) for name, meaning in _AGES.items()),
    *(Column(name, "int64", meaning, "days", nullable=True) for name, meaning in _GAPS.items()),
    Column(
        "gap_p90", "float64", "nine of ten gaps were this long or shorter; empty without one", "days", nullable=True
    ),
)
