"""What numbers and levels are called, and those who have much or little of them."""

from daogou.base.words import gettext as _
from daogou.profile.matrix import ORDER_VALUE, SHARE
from daogou.profile.mixed import DAY, LEVEL


def trait(feature: str, high: bool) -> str:
    """What customers with much of a number, or with little, are called in the current language."""
    if feature.startswith(LEVEL):
        return measure(feature) if high else _("seldom {what}").format(what=measure(feature))
    if feature.startswith(DAY):
        name = feature.removeprefix(DAY)
        return (_("later {name}") if high else _("earlier {name}")).format(name=name)
    if feature.startswith(SHARE):
        category = feature.removeprefix(SHARE)
        return (_("more {category}") if high else _("less {category}")).format(category=category)
    for start, (more, less) in _traits().items():
        if feature.startswith(start):
            return more if high else less
    return (_("high {feature}") if high else _("low {feature}")).format(feature=measure(feature))


def _traits() -> dict[str, tuple[str, str]]:
    """Words for high and low, by the start of a number's name; the first that fits."""
    return {
        "recency": (_("long silent"), _("here of late")),
        "tenure": (_("long with us"), _("new with us")),
        ORDER_VALUE: (_("big orders"), _("small orders")),
        "orders_trend": (_("buying more of late"), _("buying less of late")),
        "order": (_("buy often"), _("buy seldom")),
        "net_sales": (_("big spenders"), _("small spenders")),
        "gap_sd": (_("no fixed rhythm"), _("steady rhythm")),
        "gap": (_("long between orders"), _("short between orders")),
        "overdue": (_("later than usual"), _("on time")),
        "basket": (_("full baskets"), _("few items an order")),
        "weekend": (_("at weekends"), _("on working days")),
        "discount": (_("bargain hunters"), _("full price")),
        "refunds": (_("many refunds"), _("few refunds")),
    }


def measure(feature: str) -> str:
    """What a number or a level is called, in the current language; its own name where it has no other."""
    if feature.startswith(LEVEL):
        attribute, _equal, level = feature.removeprefix(LEVEL).partition("=")
        return _("{attribute}: {level}").format(attribute=attribute, level=level)
    if feature.startswith(DAY):
        return feature.removeprefix(DAY)
    if feature.startswith(SHARE):
        return _("share of {category}").format(category=feature.removeprefix(SHARE))
    stem, _underscore, days = feature.rpartition("_")
    windows = _windows()
    if days.isdigit() and stem in windows:
        return windows[stem].format(days=days)
    return _measures().get(feature, feature)


def _measures() -> dict[str, str]:
    return {
        "recency_days": _("days since the last order"),
        "tenure_days": _("days since the first order"),
        "orders": _("orders"),
        "order_days": _("days with an order"),
        "net_sales": _("net sales"),
        ORDER_VALUE: _("average order value"),
        "orders_trend": _("recent pace against the half-year's"),
        "gap_mean": _("days between orders"),
        "gap_sd": _("deviation of days between orders"),
        "gap_p90": _("long gaps in days"),
        "overdue_ratio": _("silence in usual gaps"),
        "basket_size": _("lines an order"),
        "weekend_share": _("share of orders at weekends"),
        "discount_share": _("share of discounts"),
        "refunds": _("refunds"),
        "lines": _("lines bought"),
        "order_value_ever": _("average order value"),
        "best_day": _("net sales of the best day"),
        "gap_cv": _("unevenness of days between orders"),
        "gap_last": _("days between the last two orders"),
        "due_days": _("usual days until the next order"),
        "due_ratio": _("silence against the usual gap"),
        "due_in_days": _("days until an order is due"),
        "category_top_share": _("share of the favourite category"),
        "category_entropy": _("variety of categories"),
        "brand_top_share": _("share of the favourite brand"),
        "brand_entropy": _("variety of brands"),
        "price_band_top_share": _("share of the favourite price band"),
        "price_band_entropy": _("variety of price bands"),
        "store_top_share": _("share of the favourite store"),
        "store_entropy": _("variety of stores"),
        "interest_top_share": _("share of the favourite interest"),
        "interest_entropy": _("variety of interests"),
        "categories": _("categories bought"),
        "brands": _("brands bought"),
        "price_bands": _("price bands bought"),
        "stores": _("stores visited"),
        "interests": _("interests"),
        "hour_entropy": _("variety of hours"),
        "weekday_entropy": _("variety of weekdays"),
        "night_share": _("share of orders at night"),
        "morning_share": _("share of orders in the morning"),
        "afternoon_share": _("share of orders in the afternoon"),
        "evening_share": _("share of orders in the evening"),
        "festival_share": _("share of orders at festivals"),
        "discounted_order_share": _("share of orders with a discount"),
        "coupon_order_share": _("share of orders with a coupon"),
        "coupon_share": _("share of value paid by coupons"),
        "coupons_used": _("coupons used"),
        "coupons_held": _("coupons received"),
        "redemption_rate": _("redemption rate"),
        "coupon_recency_days": _("days since the last coupon was used"),
        "refund_count": _("refunded times"),
        "refund_rate": _("share refunded"),
        "refund_recency_days": _("days since the last refund"),
        "events": _("events"),
        "event_recency_days": _("days since the last event"),
        "sessions": _("visits"),
        "session_depth": _("events a visit"),
        "views": _("views"),
        "views_per_order": _("views an order"),
        "joined_days": _("days since joining"),
        "attributes_known": _("attributes known"),
    }


def _windows() -> dict[str, str]:
    """What a number over the last days is called, by the stem of its name."""
    return {
        "orders": _("orders in {days} days"),
        "net_sales": _("net sales in {days} days"),
        "order_days": _("days with an order in {days} days"),
        "lines": _("lines in {days} days"),
        "order_value": _("average order value in {days} days"),
        "orders_trend": _("orders in {days} days against the days before"),
        "net_sales_trend": _("net sales in {days} days against the days before"),
        "discount_share": _("share of discounts in {days} days"),
        "refund_count": _("refunded times in {days} days"),
        "events": _("events in {days} days"),
        "sessions": _("visits in {days} days"),
        "views": _("views in {days} days"),
    }
