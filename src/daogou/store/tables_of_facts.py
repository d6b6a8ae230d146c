"""Facts: what happened, as the company's sources tell it."""

from daogou.store.table import CUSTOMER, DISCOUNTS, MONEY, NET_SALES, PAID, SOURCE, UTC_TIME, WHEN, Table, column, maybe

CUSTOMERS = Table(
    "customers",
    "everyone who is known, with the attributes that the company may use; guests are customers too",
    ("customer_id", "valid_from"),
    (
        CUSTOMER,
        column("valid_from", "date", "the day from which these attributes hold; 1970-01-01 where undated"),
        column("is_static", "boolean", "the attributes carry no date: they are taken to hold always"),
        column("is_guest", "boolean", "an order without a customer: counted in sales, in no list and no model"),
        maybe("joined_on", "date", "the day the customer joined"),
        maybe("member_level", "string", "level in the membership programme"),
        maybe("region", "string", "where the customer lives, as the company divides it"),
        column("attributes", "map<string, string>", "other attributes by name; those not known are absent"),
    ),
)

ITEMS = Table(
    "items",
    "everything that can be sold or shown",
    ("item_id", "valid_from"),
    (
        column("item_id", "string", "the company's own id"),
        column("valid_from", "date", "the day from which these attributes hold; 1970-01-01 where undated"),
        column("is_static", "boolean", "the attributes carry no date: they are taken to hold always"),
        column("is_unknown", "boolean", "sold, but in no item table"),
        maybe("title", "string", "what a person calls it"),
        maybe("description", "string", "text about it"),
        maybe("brand", "string", "brand"),
        maybe("category", "string", "the category that shares and targets are counted by"),
        maybe("spu_id", "string", "the product that this item is a variant of"),
        maybe("price", MONEY, "list price of one", "currency"),
        maybe("unit_cost", MONEY, "cost of goods of one", "currency"),
        maybe("stock", "int64", "how many are in stock", "units"),
        maybe("available", "boolean", "whether it can be sold now"),
        maybe("risk_level", "int64", "risk class of a financial product, 1 lowest"),
        column("attributes", "map<string, string>", "other attributes by name"),
    ),
)

ORDERS = Table(
    "orders",
    "one purchase each; amounts are the sums of its lines where lines exist",
    ("order_id",),
    (
        column("order_id", "string", "the company's own id"),
        CUSTOMER,
        *WHEN,
        column("local_hour", "int16", "its hour in the company's time zone", "0-23"),
        maybe("paid_at", UTC_TIME, "when it was paid", "UTC"),
        maybe("status", "string", "the company's word for its state"),
        column("currency", "string", "ISO 4217 code"),
        column("list_value", MONEY, "before any discount", "currency"),
        *DISCOUNTS,
        maybe("shipping", MONEY, "shipping that the customer paid", "currency"),
        maybe("tax", MONEY, "tax", "currency"),
        PAID,
        NET_SALES,
        column("lines", "int64", "lines with a quantity above 0: the basket size"),
        maybe("store_id", "string", "the shop or site where it was bought"),
        SOURCE,
    ),
)

ORDER_LINES = Table(
    "order_lines",
    "one line of an order each; a line with quantity 0 carries a discount of its basket",
    ("line_id",),
    (
        column("line_id", "string", "hash of source, row and occurrence within the batch, or of the declared key"),
        column("order_id", "string", "the order"),
        column("item_id", "string", "the item"),
        column("quantity", "decimal(18, 4)", "how much was sold, in the item's own unit (litres, pieces)"),
        column("list_value", MONEY, "before any discount", "currency"),
        *DISCOUNTS,
        PAID,
        NET_SALES,
        maybe("unit_cost", MONEY, "cost of goods of one", "currency"),
        SOURCE,
    ),
)

REFUNDS = Table(
    "refunds",
    "money given back, dated by itself",
    ("refund_id",),
    (
        column("refund_id", "string", "hash of source, row and occurrence within the batch, or of the declared key"),
        CUSTOMER,
        *WHEN,
        maybe("order_id", "string", "the order, where the source says which"),
        maybe("item_id", "string", "the item"),
        maybe("quantity", "decimal(18, 4)", "how much came back"),
        column("amount", MONEY, "what was given back, at least 0", "currency"),
        maybe("kind", "string", "cancelled before payment, cancelled before dispatch, or returned"),
        maybe("reason", "string", "the company's word for why"),
        SOURCE,
    ),
)

EVENTS = Table(
    "events",
    "what people did beside buying: each view, click, search and so on",
    ("event_id",),
    (
        column("event_id", "string", "hash of source, row and occurrence within the batch, or of the declared key"),
        CUSTOMER,
        column(
            "kind",
            "string",
            "view, click, cart, favourite, rate, read, share, search, like, follow, comment, sign_up, sign_in or other",
        ),
        *WHEN,
        column("local_hour", "int16", "its hour in the company's time zone", "0-23"),
        maybe("item_id", "string", "the item that it was about"),
        maybe("session_id", "string", "the company's own id of the visit"),
        maybe("rating", "float64", "the rating that was given"),
        maybe("amount", "float64", "a number that came with it, in the source's own unit: seconds read, an amount"),
        maybe("channel", "string", "how the person came"),
        maybe("campaign_id", "string", "the campaign that it followed"),
        maybe("place", "string", "page or screen"),
        column("attributes", "map<string, string>", "other attributes by name"),
        SOURCE,
    ),
)

PAST_CAMPAIGNS = Table(
    "past_campaigns",
    "campaigns that ran before, as imported",
    ("campaign_id",),
    (
        column("campaign_id", "string", "the company's own id"),
        maybe("name", "string", "what people call it"),
        maybe("kind", "string", "the company's own type, by which results are pooled"),
        maybe("channel", "string", "how it reached people"),
        column("starts_on", "date", "its first local day"),
        column("ends_on", "date", "its last local day"),
        maybe("cost", MONEY, "what it cost beside the discounts", "currency"),
        SOURCE,
    ),
)

OFFERS = Table(
    "offers",
    "an offer of a campaign and an item that it holds for",
    ("campaign_id", "offer_id", "item_id"),
    (
        column("campaign_id", "string", "the campaign"),
        column("offer_id", "string", "the company's own id of the offer or coupon type"),
        column("item_id", "string", "an item that it holds for"),
        SOURCE,
    ),
)

COUPONS = Table(
    "coupons",
    "one coupon in one customer's hands",
    ("coupon_id",),
    (
        column("coupon_id", "string", "hash of source, row and occurrence within the batch, or of the declared key"),
        CUSTOMER,
        maybe("campaign_id", "string", "the campaign that issued it"),
        maybe("offer_id", "string", "the offer"),
        maybe("order_id", "string", "the order it was used on, where known"),
        maybe("issued_at", UTC_TIME, "when it was issued", "UTC"),
        maybe("claimed_at", UTC_TIME, "when the customer took it", "UTC"),
        maybe("redeemed_at", UTC_TIME, "when it was used; empty if it was not", "UTC"),
        maybe("redeemed_day", "date", "its local day"),
        maybe("expires_at", UTC_TIME, "when it ends", "UTC"),
        maybe("funded_by", "string", "shop, maker or platform"),
        SOURCE,
    ),
)

ASSIGNMENTS = Table(
    "assignments",
    "who was meant to get what in a campaign; for people held out, what they would have got",
    ("campaign_id", "unit_id", "arm", "intended_action"),
    (
        column("campaign_id", "string", "the campaign"),
        column("unit_id", "int64", "customer_id, as campaigns here are assigned by customer"),
        column("arm", "string", "treated or holdout"),
        maybe("intended_action", "string", "what the plan meant for this unit, whatever its arm"),
        maybe("propensity", "float64", "probability of this arm; empty where nobody drew lots", "0-1"),
        maybe("occurred_at", UTC_TIME, "when the lot was drawn", "UTC"),
        SOURCE,
    ),
)

TOUCHES = Table(
    "touches",
    "each time a message or an advertisement met a person, and what the person did with it",
    ("touch_id",),
    (
        column("touch_id", "string", "hash of source, row and occurrence within the batch, or of the declared key"),
        CUSTOMER,
        column(
            "kind",
            "string",
            "sent, delivered, impression, open, click, conversion, unsubscribe, bounce or complaint",
        ),
        column("channel", "string", "how it reached the person: email, sms, search, affiliate, ..."),
        *WHEN,
        maybe("campaign_id", "string", "the campaign, or the affiliate, that it belonged to"),
        maybe("arm", "string", "the arm of the campaign's test that it was sent for"),
        maybe("item_id", "string", "the item that it was about"),
        maybe("order_id", "string", "the order that a conversion claims"),
        maybe("session_id", "string", "the company's own id of the visit"),
        maybe("cost", MONEY, "what it cost", "currency"),
        maybe("user_agent", "string", "what the program that answered calls itself"),
        maybe("is_bot", "boolean", "the source says that no person did it"),
        SOURCE,
    ),
)

SPEND = Table(
    "spend",
    "what a day of advertising cost, and what the platform claims; later figures take the place of earlier ones",
    ("spend_id",),
    (
        column("spend_id", "string", "hash of source and key, else of channel, campaign, keyword, creator and day"),
        column("channel", "string", "where it was spent"),
        maybe("campaign_id", "string", "the campaign"),
        maybe("keyword", "string", "the keyword"),
        maybe("creator", "string", "the creator or affiliate who was paid"),
        column("day", "date", "the day, as the platform counts its days"),
        maybe("impressions", "int64", "as the platform counts them"),
        maybe("clicks", "int64", "as the platform counts them"),
        maybe("claimed_orders", "decimal(18, 4)", "conversions that the platform claims; some share them in parts"),
        maybe("claimed_value", MONEY, "what the platform says they are worth", "currency"),
        maybe("cost", MONEY, "what was paid for it", "currency"),
        SOURCE,
    ),
)

CALENDAR = Table(
    "calendar",
    "festivals in the company's market, from the year of the first order to the next; a row a day of a festival",
    ("day", "market", "name"),
    (
        column("day", "date", "a day of the festival"),
        column("market", "string", "the country's ISO 3166 code; empty where the company names none"),
        column("name", "string", "its key, such as 618, spring_festival or thanksgiving_day"),
        column("kind", "string", "shopping, chinese, or public: a public holiday of the country"),
        column("lead_days", "int16", "days before on which people already buy for it, by custom", "days"),
        column("tail_days", "int16", "days after on which they still do", "days"),
    ),
)

QUARANTINE = Table(
    "quarantine",
    "rows that could not be stored, with the reason",
    ("source", "file_hash", "row"),
    (
        SOURCE,
        column("file_hash", "string", "SHA-256 of the file"),
        column("row", "int64", "row of the file, the first data row is 1"),
        column("reason", "string", "the column and what is wrong with it, e.g. quantity|number"),
        column("payload", "binary", "the row as JSON, encrypted with the workspace key"),
        column("ingested_at", UTC_TIME, "when it was refused", "UTC"),
    ),
)

INGESTED_FILES = Table(
    "ingested_files",
    "files that were stored, so that the same file is never stored twice",
    ("source", "file_hash"),
    (
        SOURCE,
        column("file_hash", "string", "SHA-256 of the file"),
        column("mapping_hash", "string", "SHA-256 of how the file was read"),
        column("received", "int64", "rows of the file"),
        column("stored", "int64", "rows stored"),
        column("quarantined", "int64", "rows refused with a reason"),
        column("duplicate", "int64", "rows whose key was stored before"),
        column("ingested_at", UTC_TIME, "when", "UTC"),
    ),
)

FACTS = (
    CUSTOMERS,
    ITEMS,
    ORDERS,
    ORDER_LINES,
    REFUNDS,
    EVENTS,
    PAST_CAMPAIGNS,
    OFFERS,
    COUPONS,
    ASSIGNMENTS,
    TOUCHES,
    SPEND,
    CALENDAR,
    QUARANTINE,
    INGESTED_FILES,
)
