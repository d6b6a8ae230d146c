"""The features of what is bought and how: shares, discounts, returns, events, interests, and who people are."""

from daogou.store.column import Feature, always, maybe

_ORDERS, _REFUNDS, _MONEY = ("orders",), ("refunds",), ("orders", "refunds")
_LINES = ("order_lines", "orders", "items", "refunds")


def share_features() -> list[Feature]:
    """Favourite, its share, entropy and number of each of what shares are kept of."""
    of = {
        "category": ("the category with most net sales; ties by name", "net sales of items with a category", _LINES),
        "brand": ("the brand with most net sales; ties by name", "net sales of items with a brand", _LINES),
        "price_band": (
            "the band of list prices with most net sales; ties by name",
            "net sales of lines with a quantity above 0",
            ("order_lines", "orders"),
        ),
        "store": ("the store with most orders; ties by name", "orders with a store", _ORDERS),
    }
    good = {
        "category": "what an offer should be about",
        "brand": "brand offers, and who switches",
        "price_band": "how dear an offer may be",
        "store": "channel or branch to speak through",
    }
    many = {"category": "categories", "brand": "brands", "price_band": "price_bands", "store": "stores"}
    made = []
    for kind, (favourite, base, source) in of.items():
        what, plural = kind.replace("_", " "), many[kind].replace("_", " ")
        made += [
            maybe(f"favourite_{kind}", "string", favourite, "name", "ever", source, good[kind]),
            maybe(
                f"{kind}_top_share",
                "float64",
                f"share of that {what} in {base}; what is below 0 counts as 0",
                "0-1",
                "ever",
                source,
                "how clear the favourite is",
            ),
            maybe(
                f"{kind}_entropy",
                "float64",
                f"Shannon entropy of the shares of {plural}; 0: all in one",
                "nats",
                "ever",
                source,
                "who sticks to one and who roams",
            ),
            always(many[kind], "int64", f"different {plural} ever", plural, "ever", source, "breadth; cross-selling"),
        ]
    return made


DISCOUNTS = [
    always(
        "discount_share",
        "float64",
        "all discounts / list value; 0 where this is not above 0",
        "0-1",
        "ever",
        _ORDERS,
        "how deep the discounts are that someone takes",
    ),
    maybe(
        "discount_share_365",
        "float64",
        "all discounts / list value in the last 365 days; empty where this is not above 0",
        "0-1",
        "365 days",
        _ORDERS,
        "the same, of late",
    ),
    always(
        "discounted_order_share",
        "float64",
        "orders with any discount / orders",
        "0-1",
        "ever",
        _ORDERS,
        "who never pays full price",
    ),
    always(
        "coupon_order_share", "float64", "orders with a coupon / orders", "0-1", "ever", _ORDERS, "who likes coupons"
    ),
    always(
        "coupon_share",
        "float64",
        "coupon value / list value; 0 where this is not above 0",
        "0-1",
        "ever",
        _ORDERS,
        "what coupons are worth to someone",
    ),
    always("coupons_used", "int64", "coupons used ever", "coupons", "ever", ("coupons",), "who answers to coupons"),
    always(
        "coupons_held",
        "int64",
        "coupons received ever, where their date is known",
        "coupons",
        "ever",
        ("coupons",),
        "the base of the redemption rate",
    ),
    maybe(
        "redemption_rate",
        "float64",
        "of coupons_held, the share that was used; empty where none is held",
        "0-1",
        "ever",
        ("coupons",),
        "whether a coupon is wasted on someone",
    ),
    maybe(
        "coupon_recency_days",
        "int64",
        "since a coupon was last used",
        "days",
        "ever",
        ("coupons",),
        "whether coupons still work",
    ),
]

RETURNS = [
    always("refunds", "float64", "money given back ever", "currency", "ever", _REFUNDS, "what returns cost"),
    always("refund_count", "int64", "refunds ever", "refunds", "ever", _REFUNDS, "who sends things back"),
    always(
        "refund_count_365",
        "int64",
        "refunds in the last 365 days",
        "refunds",
        "365 days",
        _REFUNDS,
        "the same, of late",
    ),
    maybe(
        "refund_rate",
        "float64",
        "money given back / net sales before refunds; empty where these are not above 0",
        "ratio",
        "ever",
        _MONEY,
        "whose sales do not stay",
    ),
    maybe("refund_recency_days", "int64", "since the last refund", "days", "ever", _REFUNDS, "care after a return"),
]

_EVENTS = ("events",)
SESSIONS = [
    maybe("events", "int64", "events ever; empty without any", "events", "ever", _EVENTS, "who looks without buying"),
    maybe(
        "events_28",
        "int64",
        "events in the last 28 days; empty without any ever",
        "events",
        "28 days",
        _EVENTS,
        "who is looking now",
    ),
    maybe("event_recency_days", "int64", "since the last event", "days", "ever", _EVENTS, "who still comes by"),
    maybe(
        "sessions",
        "int64",
        "sessions a day, summed; empty without any",
        "sessions",
        "ever",
        _EVENTS,
        "visits",
    ),
    maybe(
        "sessions_28",
        "int64",
        "the same in the last 28 days; empty without any ever",
        "sessions",
        "28 days",
        _EVENTS,
        "visits now",
    ),
    maybe(
        "session_depth",
        "float64",
        "events in sessions / sessions",
        "events",
        "ever",
        _EVENTS,
        "browsing against hunting",
    ),
    maybe(
        "views", "int64", "views ever; empty without any event", "views", "ever", _EVENTS, "interest before a purchase"
    ),
    maybe(
        "views_28",
        "int64",
        "views in the last 28 days; empty without any event ever",
        "views",
        "28 days",
        _EVENTS,
        "interest now",
    ),
    maybe(
        "views_per_order",
        "float64",
        "views / orders from the day of the first event on; empty without such an order",
        "views",
        "ever",
        ("events", "orders"),
        "how long someone looks before buying",
    ),
]

_INTEREST_SOURCE = ("order_lines", "orders", "items")
INTERESTS = [
    maybe(
        "favourite_interest",
        "string",
        "the interest with most weight; ties by name",
        "name",
        "decayed",
        _INTEREST_SOURCE,
        "what to speak of",
    ),
    maybe(
        "interest_top_share",
        "float64",
        "its weight among all interests",
        "0-1",
        "decayed",
        _INTEREST_SOURCE,
        "how clear the interest is",
    ),
    maybe(
        "interest_entropy",
        "float64",
        "Shannon entropy of the weights of interests",
        "nats",
        "decayed",
        _INTEREST_SOURCE,
        "wide or narrow taste",
    ),
    always("interests", "int64", "different interests", "interests", "ever", _INTEREST_SOURCE, "breadth of taste"),
]

_CUSTOMERS = ("customers",)
PEOPLE = [
    maybe("joined_days", "int64", "since the day the customer joined", "days", "now", _CUSTOMERS, "anniversaries"),
    maybe(
        "member_level", "string", "level in the membership programme", "name", "now", _CUSTOMERS, "benefits by level"
    ),
    maybe(
        "region",
        "string",
        "where the customer lives, as the company divides it",
        "name",
        "now",
        _CUSTOMERS,
        "local offers",
    ),
    always(
        "attributes_known",
        "int64",
        "how many other attributes are known",
        "attributes",
        "now",
        _CUSTOMERS,
        "how much is known at all",
    ),
    always(
        "has_attributes",
        "boolean",
        "whether any demographic attribute is known",
        "yes or no",
        "now",
        _CUSTOMERS,
        "whom to ask for more",
    ),
    always(
        "attributes",
        "map<string, string>",
        "demographic attributes; those not known are absent, never guessed",
        "text each",
        "now",
        _CUSTOMERS,
        "rules and groups by demographics",
    ),
]

OWN = always(
    "own",
    "map<string, float64>",
    "the company's own features, [profile.features.NAME] in daogou.toml, by name; absent where there is no value",
    "its own",
    "its own",
    ("orders", "order_lines", "refunds", "coupons", "events", "assignments"),
    "whatever the company counts",
)
