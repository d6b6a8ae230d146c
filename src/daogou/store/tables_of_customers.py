"""What is known of each customer at a moment: days, sums, profiles, segments, tags."""

from daogou.store.features import FEATURES
from daogou.store.table import AS_OF, CUSTOMER, MONEY, Table, column, maybe
from daogou.store.totals import COLUMNS as _TOTALS

SEGMENTS = Table(
    "segments",
    "which segments each customer is in: one of each method, and as many of rules as hold",
    ("customer_id", "as_of", "method", "segment"),
    (
        CUSTOMER,
        AS_OF,
        column("method", "string", "rfm (eleven names), rfm_zh (eight names), kmeans, lifecycle or rules"),
        column("segment", "string", "the segment's key, stable across languages"),
    ),
)

SEGMENT_SUMMARIES = Table(
    "segment_summaries",
    "each segment's size and what sets it apart",
    ("as_of", "method", "segment"),
    (
        AS_OF,
        column("method", "string", "rfm, rfm_zh, kmeans, lifecycle or rules"),
        column("segment", "string", "the segment's key"),
        column("size", "int64", "customers in it"),
        column("net_sales", "float64", "their net sales in the last 365 days", "currency"),
        column("features", "string", "JSON: what sets it apart, [{feature, mean, overall, gap}], widest gap first"),
    ),
)

MOVEMENTS = Table(
    "movements",
    "how many customers moved from which state of the lifecycle to which, between two days",
    ("as_of", "from_as_of", "from_state", "to_state"),
    (
        AS_OF,
        column("from_as_of", "date", "the earlier local midnight"),
        column("from_state", "string", "the state then; not_yet before the first order"),
        column("to_state", "string", "the state at as_of: new, second, active, overdue, lapsed, lost or won_back"),
        column("customers", "int64", "customers who went this way; those who stayed have equal states"),
        column("net_sales", "float64", "their net sales less refunds in the 365 days before as_of", "currency"),
    ),
)

TAGS = Table(
    "tags",
    "dated facts about customers, with their history; a customer has one value of a tag on a day, or none",
    ("customer_id", "tag", "from_day"),
    (
        CUSTOMER,
        column("tag", "string", "the tag's name in daogou.toml"),
        column("value", "string", "its value for this customer"),
        column("from_day", "date", "the as_of from which it holds"),
        maybe("until_day", "date", "the as_of from which it holds no longer; empty while it holds"),
        column("reason", "string", "JSON: why it began to hold on from_day; said in words when it is read"),
    ),
)

TAG_RUNS = Table(
    "tag_runs",
    "what each tag was last computed from, so that nothing is computed twice",
    ("tag",),
    (
        column("tag", "string", "the tag's name in daogou.toml"),
        AS_OF,
        column("basis", "string", "SHA-256 of its definition, its moment and what it saw; empty: compute it next time"),
        column("customers", "int64", "customers with a value"),
        column("withheld", "int64", "customers whose value is one that may never be a tag"),
        column("unknown", "int64", "ids of an imported list that no customer has"),
    ),
)

PROFILES = Table(
    "profiles",
    "one row a customer (guests left out): what is known at the last moment; windows count local days before as_of",
    ("customer_id", "as_of"),
    (
        CUSTOMER,
        AS_OF,
        *FEATURES,  # store/features.py
    ),
)

CATEGORY_SHARES = Table(
    "category_shares",
    "what each customer buys, by category, at the last moment alone",
    ("customer_id", "as_of", "category"),
    (
        CUSTOMER,
        AS_OF,
        column("category", "string", "items.category"),
        column("net_sales", "float64", "net sales in it ever, less refunds that name an item in it", "currency"),
        column("share", "float64", "of their net sales of all items; a category below 0 counts as 0", "0-1"),
        column("order_days", "int64", "days with an order in it ever", "days"),
        column("order_days_28", "int64", "days with an order in it in the last 28 days", "days"),
        column("order_days_90", "int64", "days with an order in it in the last 90 days", "days"),
        column("recency_days", "int64", "since the last day with an order in it", "days"),
    ),
)

SHARES = Table(
    "shares",
    "what each customer buys, by brand, price band and store, at the last moment alone",
    ("customer_id", "as_of", "kind", "value"),
    (
        CUSTOMER,
        AS_OF,
        column("kind", "string", "brand, price_band or store"),
        column("value", "string", "the brand, the band as from-to in list price of one, or the store"),
        column("amount", "float64", "net sales ever less refunds that name an item (brand), net sales (price band), "
        "or orders (store)", "currency or orders"),
        column("share", "float64", "of the customer's amounts of the kind; what is below 0 counts as 0", "0-1"),
    ),
)  # fmt: skip

INTERESTS = Table(
    "interests",
    "what each customer's purchases speak of, the later the more; those that weigh most, at the last moment alone",
    ("customer_id", "as_of", "interest"),
    (
        CUSTOMER,
        AS_OF,
        column("interest", "string", "a text of the items bought: a part of a category, a title or an attribute"),
        column("weight", "float64", "of all the customer's interests; passing time alone does not change it", "0-1"),
    ),
)

CUSTOMER_DAYS = Table(
    "customer_days",
    "what each customer did on each day: what windows and distinct counts are taken from",
    ("customer_id", "local_day", "kind"),
    (
        CUSTOMER,
        column("local_day", "date", "the day in the company's time zone"),
        column("kind", "string", "order, refund, coupon or event; the columns of the other kinds are 0"),
        column("orders", "int64", "orders"),
        column("lines", "int64", "lines with a quantity above 0"),
        column("discounted_orders", "int64", "orders with any discount"),
        column("coupon_orders", "int64", "orders with a coupon"),
        column("festival_orders", "int64", "the orders, where the day belongs to a festival"),
        column("night_orders", "int64", "orders from 0:00 to 5:59"),
        column("morning_orders", "int64", "orders from 6:00 to 11:59"),
        column("afternoon_orders", "int64", "orders from 12:00 to 17:59"),
        column("net_sales", MONEY, "net sales", "currency"),
        column("list_value", MONEY, "before any discount", "currency"),
        column("discount", MONEY, "all discounts", "currency"),
        column("coupon_value", MONEY, "of these, coupons", "currency"),
        column("refunds", MONEY, "money given back", "currency"),
        column("refund_count", "int64", "refunds"),
        column("coupons_held", "int64", "coupons received; on the day after their UTC date, when all zones know it"),
        column("coupons_used", "int64", "coupons used"),
        column("held_coupons_used", "int64", "of these, coupons whose date of receipt is known"),
        column("events", "int64", "events"),
        column("views", "int64", "of these, views"),
        column("session_events", "int64", "of these, events in a session"),
        column("sessions", "int64", "different sessions"),
    ),
)

TOTALS = Table(
    "customer_totals",
    "sums over each customer's days before the last moment, guests too; a refresh adds to them",
    ("customer_id", "as_of"),
    (CUSTOMER, AS_OF, *_TOTALS),  # store/totals.py
)

TOUCHED = Table(
    "touched_customers",
    "customers of whom something stored was changed since profiles were made: they are made anew from all their facts",
    ("customer_id",),
    (CUSTOMER,),
)

TOUCHED_DAYS = Table(
    "touched_days",
    "customers of whom something was added since profiles were made, and on which day; the stage profile empties it",
    ("customer_id", "local_day"),
    (
        CUSTOMER,
        maybe("local_day", "date", "day of a new order, line, refund or event; empty for all else that was added"),
    ),
)

NEW_PURCHASES = Table(
    "new_purchases",
    "lines, and refunds that name their item, that are not in the sums below yet; a line may stand here twice",
    ("customer_id", "local_day", "item_id"),
    (
        CUSTOMER,
        column("local_day", "date", "the day in the company's time zone"),
        column("item_id", "string", "the item"),
        column("net_sales", MONEY, "net sales of the line, or less the refund", "currency"),
        maybe("list_value", MONEY, "before any discount; empty for refunds", "currency"),
        maybe("quantity", MONEY, "items; empty for refunds"),
    ),
)

SHELF_SUMS = Table(
    "shelf_sums",
    "what each customer bought of each kind of item, guests too; a refresh adds rows, which count together",
    ("customer_id", "category", "brand", "band"),
    (
        CUSTOMER,
        maybe("category", "string", "items.category"),
        maybe("brand", "string", "items.brand"),
        maybe("band", "int16", "the number of the price band, from 0; empty for refunds"),
        column("net_sales", MONEY, "net sales less refunds", "currency"),
        column("is_bought", "boolean", "whether a line of it had a quantity above 0"),
    ),
)

CATEGORY_DAYS = Table(
    "category_days",
    "days on which each customer bought of each category, guests too",
    ("customer_id", "category", "local_day"),
    (
        CUSTOMER,
        column("category", "string", "items.category"),
        column("local_day", "date", "the day in the company's time zone"),
    ),
)

INTEREST_SUMS = Table(
    "interest_sums",
    "weights of all interests of each customer, guests too; a refresh adds rows, which count together",
    ("customer_id", "number"),
    (
        CUSTOMER,
        column("number", "int32", "the interest's number in interest_names"),
        column("weight", "int64", "twofold for every half-life since the customer's first order"),
    ),
)

INTEREST_TOTALS = Table(
    "interest_totals",
    "what the weights of each customer's interests come to; a refresh adds rows, which count together",
    ("customer_id",),
    (
        CUSTOMER,
        column("interests", "int64", "interests"),
        column("whole", "decimal(38, 14)", "sum of their weights"),
        column("weighed", "decimal(38, 14)", "sum of weight times its natural logarithm"),
    ),
)

INTEREST_NAMES = Table(
    "interest_names",
    "numbers of interests, which stay as new ones come",
    ("interest",),
    (
        column("interest", "string", "the text"),
        column("number", "int32", "its number, from 0"),
    ),
)

PROFILED_ITEMS = Table(
    "profiled_items",
    "what profiles last knew of each item: who bought one that is new or changed is computed again",
    ("item_id",),
    (
        column("item_id", "string", "the item"),
        column("told", "int64", "hash of its category, brand and title, and of the cells that interests are read from"),
    ),
)

PROFILE_RUNS = Table(
    "profile_runs",
    "what profiles were last made from; without a row, the next ones are made anew for everyone",
    ("as_of",),
    (
        AS_OF,
        column("basis", "string", "SHA-256 of the settings, the contracts and the calendar"),
        column("facts", "string", "JSON: how many rows each fact had"),
        column("kept", "int64", "rows of interest_sums when everything was last made anew"),
    ),
)
