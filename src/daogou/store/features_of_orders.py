"""The features that follow from orders by time: how often, how much, how late, at which hours."""

from daogou.store.column import Feature, always, maybe

WINDOWS = (7, 28, 90, 180, 365)
TREND_WINDOWS = (28, 90, 180)
_ORDERS, _MONEY = ("orders",), ("orders", "refunds")
_OVER = {"orders": "orders", "order_days": "days with an order", "lines": "lines with a quantity above 0"}


def _counts(name: str, purpose: str) -> list[Feature]:
    what = _OVER[name]
    unit = {"orders": "orders", "order_days": "days", "lines": "lines"}[name]
    said = [always(name, "int64", f"{what} ever", unit, "ever", _ORDERS, purpose)]
    return said + [
        always(f"{name}_{w}", "int64", f"{what} in the last {w} days", unit, f"{w} days", _ORDERS, purpose)
        for w in WINDOWS
    ]


def _trends(name: str, what: str, source: tuple[str, ...], purpose: str) -> list[Feature]:
    text = "{what} in the last {w} days / in the {w} days before; empty where these had none above 0"
    return [
        maybe(
            f"{name}_trend_{w}",
            "float64",
            text.format(what=what, w=w),
            "ratio",
            f"{w} days, and {w} before",
            source,
            purpose,
        )
        for w in TREND_WINDOWS
    ]


RECENT = [
    always(
        "tenure_days", "int64", "since the first order", "days", "ever", _ORDERS, "how long someone has been with you"
    ),
    always("recency_days", "int64", "since the last order", "days", "ever", _ORDERS, "who is slipping away; R of RFM"),
    *_counts("orders", "how often; F of RFM"),
    *_counts("order_days", "how often, when several orders on a day are one visit"),
    *_counts("lines", "how much is bought, where prices say little"),
    *(
        always(
            f"net_sales_{w}",
            "float64",
            f"net sales less refunds in the last {w} days",
            "currency",
            f"{w} days",
            _MONEY,
            "how much; M of RFM",
        )
        for w in WINDOWS
    ),
    always("net_sales", "float64", "net sales less refunds ever", "currency", "ever", _MONEY, "how much; M of RFM"),
    always(
        "order_value_ever",
        "float64",
        "net sales before refunds / orders ever",
        "currency",
        "ever",
        _ORDERS,
        "size of an offer that fits",
    ),
    maybe(
        "order_value_90",
        "float64",
        "net sales before refunds / orders in the last 90 days; empty without orders there",
        "currency",
        "90 days",
        _ORDERS,
        "size of an offer that fits now",
    ),
    always(
        "best_day",
        "float64",
        "most net sales before refunds on one day",
        "currency",
        "ever",
        _ORDERS,
        "who can buy big",
    ),
    always(
        "basket_size",
        "float64",
        "mean lines with quantity above 0 in an order",
        "lines",
        "ever",
        _ORDERS,
        "bundles and minimum order values",
    ),
]

MOVING = [
    maybe(
        "orders_trend",
        "float64",
        "orders a day in the last 28 days / in the last 180, or since the first order where that is later; "
        "1: steady; empty without an order in 180",
        "ratio",
        "28 and 180 days",
        _ORDERS,
        "who buys more or less of late, new customers included",
    ),
    *_trends("orders", "orders", _ORDERS, "who buys more or less often than before"),
    *_trends("net_sales", "net sales less refunds", _MONEY, "whose spending grows or shrinks"),
]

GAPS = [
    maybe("gap_mean", "float64", "mean days between two days with an order", "days", "ever", _ORDERS, "usual rhythm"),
    maybe(
        "gap_sd",
        "float64",
        "standard deviation of those gaps; empty below 3 order days",
        "days",
        "ever",
        _ORDERS,
        "whether there is a rhythm at all",
    ),
    maybe(
        "gap_cv",
        "float64",
        "gap_sd / gap_mean; near 0: like clockwork, about 1: at random",
        "ratio",
        "ever",
        _ORDERS,
        "whether a reminder on a day can work",
    ),
    maybe(
        "gap_p90",
        "float64",
        "nine of ten gaps were this long or shorter",
        "days",
        "ever",
        _ORDERS,
        "how long silence is usual",
    ),
    maybe("gap_last", "int64", "days between the last two days with an order", "days", "ever", _ORDERS, "rhythm now"),
    maybe(
        "overdue_ratio",
        "float64",
        "recency_days / gap_mean; above 1: later than usual",
        "ratio",
        "ever",
        _ORDERS,
        "who is later than usual",
    ),
    maybe(
        "due_days",
        "float64",
        "own due window: gap_p90 drawn towards everyone's where there are few gaps, at least 1",
        "days",
        "ever",
        _ORDERS,
        "when silence becomes news, from the first order on",
    ),
    maybe(
        "due_ratio",
        "float64",
        "recency_days / due_days; above 1: overdue",
        "ratio",
        "ever",
        _ORDERS,
        "who is overdue by their own measure",
    ),
    maybe(
        "due_in_days",
        "int64",
        "days from as_of until the due window ends; below 0: it ended",
        "days",
        "ever",
        _ORDERS,
        "the day for a reminder",
    ),
]


RHYTHM = [
    maybe(
        "favourite_hour",
        "int16",
        "the hour with most orders; ties to the earlier",
        "0-23",
        "ever",
        _ORDERS,
        "when to send",
    ),
    always(
        "hour_entropy",
        "float64",
        "Shannon entropy of orders by hour",
        "nats",
        "ever",
        _ORDERS,
        "whether the hour matters",
    ),
    maybe(
        "favourite_weekday",
        "int16",
        "the weekday with most orders, 1 is Monday; ties to the earlier",
        "1-7",
        "ever",
        _ORDERS,
        "on which day to send",
    ),
    always(
        "weekday_entropy",
        "float64",
        "Shannon entropy of orders by weekday",
        "nats",
        "ever",
        _ORDERS,
        "whether the weekday matters",
    ),
    always(
        "weekend_share",
        "float64",
        "orders on a Saturday or Sunday / orders",
        "0-1",
        "ever",
        _ORDERS,
        "weekend and weekday offers",
    ),
    *(
        always(
            f"{part}_share",
            "float64",
            f"orders from {first}:00 to {last}:59 / orders",
            "0-1",
            "ever",
            _ORDERS,
            "when to send",
        )
        for part, first, last in (("night", 0, 5), ("morning", 6, 11), ("afternoon", 12, 17), ("evening", 18, 23))
    ),
    always(
        "festival_share",
        "float64",
        "orders on a day of a festival of the calendar, its lead and tail days included / orders",
        "0-1",
        "ever",
        ("orders", "calendar"),
        "who waits for festivals; a year has many, so compare with everyone",
    ),
]
