"""Every table that Daogou keeps: its columns with type, unit and meaning, and its key.

Read this file first. Types are Ibis types, so that DuckDB and Spark hold the same tables. Facts are what happened;
derived tables are computed from facts and carry ``as_of``, the local midnight that they were computed for.
"""

from dataclasses import dataclass

import ibis.expr.schema as sch

from daogou.store.column import Column
from daogou.store.features import FEATURES
from daogou.store.totals import COLUMNS as _TOTALS

MONEY = "decimal(18, 4)"  # company currency; summed exactly, cast to float64 after the sum
UTC_TIME = "timestamp(6)"  # UTC, without a zone


@dataclass(frozen=True)
class Table:
    """One table. ``key`` names the columns that tell two rows apart."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    def schema(self) -> sch.Schema:
        """The Ibis schema; every type is nullable there, the contract is checked before writing."""
        return sch.Schema.from_tuples([(column.name, column.type) for column in self.columns])


def _column(name: str, type_: str, meaning: str, unit: str = "") -> Column:
    return Column(name, type_, meaning, unit)


def _maybe(name: str, type_: str, meaning: str, unit: str = "") -> Column:
    return Column(name, type_, meaning, unit, nullable=True)


_CUSTOMER = _column("customer_id", "int64", "surrogate of the customer; the vault maps it to the company's own id")
_AS_OF = _column("as_of", "date", "local midnight: only what was known before it was used")
_WHEN = (
    _column("occurred_at", UTC_TIME, "when it happened", "UTC"),
    _column("local_day", "date", "its day in the company's time zone"),
)
_DISCOUNTS = (
    _column("shop_discount", MONEY, "price cuts and member prices that the company funds", "currency"),
    _column("shop_coupon", MONEY, "coupon value that the company funds", "currency"),
    _column("maker_coupon", MONEY, "coupon value that a manufacturer pays back to the company", "currency"),
    _column("platform_discount", MONEY, "discount that a marketplace pays back to the company", "currency"),
)
_PAID = _column("paid", MONEY, "what the customer paid; below 0 on a line that only carries a discount", "currency")
_NET_SALES = _column(
    "net_sales", MONEY, "what the company receives: paid + maker_coupon + platform_discount", "currency"
)
_SOURCE = _column("source", "string", "the source in daogou.toml that the row came from")

CUSTOMERS = Table(
    "customers",
    "everyone who is known, with the attributes that the company may use; guests are customers too",
    ("customer_id", "valid_from"),
    (
        _CUSTOMER,
        _column("valid_from", "date", "the day from which these attributes hold; 1970-01-01 where undated"),
        _column("is_static", "boolean", "the attributes carry no date: they are taken to hold always"),
        _column("is_guest", "boolean", "an order without a customer: counted in sales, in no list and no model"),
        _maybe("joined_on", "date", "the day the customer joined"),
        _maybe("member_level", "string", "level in the membership programme"),
        _maybe("region", "string", "where the customer lives, as the company divides it"),
        _column("attributes", "map<string, string>", "other attributes by name; those not known are absent"),
    ),
)

ITEMS = Table(
    "items",
    "everything that can be sold or shown",
    ("item_id", "valid_from"),
    (
        _column("item_id", "string", "the company's own id"),
        _column("valid_from", "date", "the day from which these attributes hold; 1970-01-01 where undated"),
        _column("is_static", "boolean", "the attributes carry no date: they are taken to hold always"),
        _column("is_unknown", "boolean", "sold, but in no item table"),
        _maybe("title", "string", "what a person calls it"),
        _maybe("description", "string", "text about it"),
        _maybe("brand", "string", "brand"),
        _maybe("category", "string", "the category that shares and targets are counted by"),
        _maybe("spu_id", "string", "the product that this item is a variant of"),
        _maybe("price", MONEY, "list price of one", "currency"),
        _maybe("unit_cost", MONEY, "cost of goods of one", "currency"),
        _maybe("stock", "int64", "how many are in stock", "units"),
        _maybe("available", "boolean", "whether it can be sold now"),
        _maybe("risk_level", "int64", "risk class of a financial product, 1 lowest"),
        _column("attributes", "map<string, string>", "other attributes by name"),
    ),
)

ORDERS = Table(
    "orders",
    "one purchase each; amounts are the sums of its lines where lines exist",
    ("order_id",),
    (
        _column("order_id", "string", "the company's own id"),
        _CUSTOMER,
        *_WHEN,
        _column("local_hour", "int16", "its hour in the company's time zone", "0-23"),
        _maybe("paid_at", UTC_TIME, "when it was paid", "UTC"),
        _maybe("status", "string", "the company's word for its state"),
        _column("currency", "string", "ISO 4217 code"),
        _column("list_value", MONEY, "before any discount", "currency"),
        *_DISCOUNTS,
        _maybe("shipping", MONEY, "shipping that the customer paid", "currency"),
        _maybe("tax", MONEY, "tax", "currency"),
        _PAID,
        _NET_SALES,
        _column("lines", "int64", "lines with a quantity above 0: the basket size"),
        _maybe("store_id", "string", "the shop or site where it was bought"),
        _SOURCE,
    ),
)

ORDER_LINES = Table(
    "order_lines",
    "one line of an order each; a line with quantity 0 carries a discount of its basket",
    ("line_id",),
    (
        _column("line_id", "string", "hash of source, row and occurrence within the batch, or of the declared key"),
        _column("order_id", "string", "the order"),
        _column("item_id", "string", "the item"),
        _column("quantity", "decimal(18, 4)", "how much was sold, in the item's own unit (litres, pieces)"),
        _column("list_value", MONEY, "before any discount", "currency"),
        *_DISCOUNTS,
        _PAID,
        _NET_SALES,
        _maybe("unit_cost", MONEY, "cost of goods of one", "currency"),
        _SOURCE,
    ),
)

REFUNDS = Table(
    "refunds",
    "money given back, dated by itself",
    ("refund_id",),
    (
        _column("refund_id", "string", "hash of source, row and occurrence within the batch, or of the declared key"),
        _CUSTOMER,
        *_WHEN,
        _maybe("order_id", "string", "the order, where the source says which"),
        _maybe("item_id", "string", "the item"),
        _maybe("quantity", "decimal(18, 4)", "how much came back"),
        _column("amount", MONEY, "what was given back, at least 0", "currency"),
        _maybe("kind", "string", "cancelled before payment, cancelled before dispatch, or returned"),
        _maybe("reason", "string", "the company's word for why"),
        _SOURCE,
    ),
)

EVENTS = Table(
    "events",
    "what people did beside buying: each view, click, search and so on",
    ("event_id",),
    (
        _column("event_id", "string", "hash of source, row and occurrence within the batch, or of the declared key"),
        _CUSTOMER,
        _column(
            "kind",
            "string",
            "view, click, cart, favourite, rate, read, share, search, like, follow, comment, sign_up, sign_in or other",
        ),
        *_WHEN,
        _column("local_hour", "int16", "its hour in the company's time zone", "0-23"),
        _maybe("item_id", "string", "the item that it was about"),
        _maybe("session_id", "string", "the company's own id of the visit"),
        _maybe("rating", "float64", "the rating that was given"),
        _maybe("amount", "float64", "a number that came with it, in the source's own unit: seconds read, an amount"),
        _maybe("channel", "string", "how the person came"),
        _maybe("campaign_id", "string", "the campaign that it followed"),
        _maybe("place", "string", "page or screen"),
        _column("attributes", "map<string, string>", "other attributes by name"),
        _SOURCE,
    ),
)

PAST_CAMPAIGNS = Table(
    "past_campaigns",
    "campaigns that ran before, as imported",
    ("campaign_id",),
    (
        _column("campaign_id", "string", "the company's own id"),
        _maybe("name", "string", "what people call it"),
        _maybe("kind", "string", "the company's own type, by which results are pooled"),
        _maybe("channel", "string", "how it reached people"),
        _column("starts_on", "date", "its first local day"),
        _column("ends_on", "date", "its last local day"),
        _maybe("cost", MONEY, "what it cost beside the discounts", "currency"),
        _SOURCE,
    ),
)

OFFERS = Table(
    "offers",
    "an offer of a campaign and an item that it holds for",
    ("campaign_id", "offer_id", "item_id"),
    (
        _column("campaign_id", "string", "the campaign"),
        _column("offer_id", "string", "the company's own id of the offer or coupon type"),
        _column("item_id", "string", "an item that it holds for"),
        _SOURCE,
    ),
)

COUPONS = Table(
    "coupons",
    "one coupon in one customer's hands",
    ("coupon_id",),
    (
        _column("coupon_id", "string", "hash of source, row and occurrence within the batch, or of the declared key"),
        _CUSTOMER,
        _maybe("campaign_id", "string", "the campaign that issued it"),
        _maybe("offer_id", "string", "the offer"),
        _maybe("order_id", "string", "the order it was used on, where known"),
        _maybe("issued_at", UTC_TIME, "when it was issued", "UTC"),
        _maybe("claimed_at", UTC_TIME, "when the customer took it", "UTC"),
        _maybe("redeemed_at", UTC_TIME, "when it was used; empty if it was not", "UTC"),
        _maybe("redeemed_day", "date", "its local day"),
        _maybe("expires_at", UTC_TIME, "when it ends", "UTC"),
        _maybe("funded_by", "string", "shop, maker or platform"),
        _SOURCE,
    ),
)

ASSIGNMENTS = Table(
    "assignments",
    "who was meant to get what in a campaign; for people held out, what they would have got",
    ("campaign_id", "unit_id", "arm", "intended_action"),
    (
        _column("campaign_id", "string", "the campaign"),
        _column("unit_id", "int64", "customer_id, as campaigns here are assigned by customer"),
        _column("arm", "string", "treated or holdout"),
        _maybe("intended_action", "string", "what the plan meant for this unit, whatever its arm"),
        _maybe("propensity", "float64", "probability of this arm; empty where nobody drew lots", "0-1"),
        _maybe("occurred_at", UTC_TIME, "when the lot was drawn", "UTC"),
        _SOURCE,
    ),
)

TOUCHES = Table(
    "touches",
    "each time a message or an advertisement met a person, and what the person did with it",
    ("touch_id",),
    (
        _column("touch_id", "string", "hash of source, row and occurrence within the batch, or of the declared key"),
        _CUSTOMER,
        _column(
            "kind",
            "string",
            "sent, delivered, impression, open, click, conversion, unsubscribe, bounce or complaint",
        ),
        _column("channel", "string", "how it reached the person: email, sms, search, affiliate, ..."),
        *_WHEN,
        _maybe("campaign_id", "string", "the campaign, or the affiliate, that it belonged to"),
        _maybe("arm", "string", "the arm of the campaign's test that it was sent for"),
        _maybe("item_id", "string", "the item that it was about"),
        _maybe("order_id", "string", "the order that a conversion claims"),
        _maybe("session_id", "string", "the company's own id of the visit"),
        _maybe("cost", MONEY, "what it cost", "currency"),
        _maybe("user_agent", "string", "what the program that answered calls itself"),
        _maybe("is_bot", "boolean", "the source says that no person did it"),
        _SOURCE,
    ),
)

SPEND = Table(
    "spend",
    "what a day of advertising cost, and what the platform claims; later figures take the place of earlier ones",
    ("spend_id",),
    (
        _column("spend_id", "string", "hash of source and key, else of channel, campaign, keyword, creator and day"),
        _column("channel", "string", "where it was spent"),
        _maybe("campaign_id", "string", "the campaign"),
        _maybe("keyword", "string", "the keyword"),
        _maybe("creator", "string", "the creator or affiliate who was paid"),
        _column("day", "date", "the day, as the platform counts its days"),
        _maybe("impressions", "int64", "as the platform counts them"),
        _maybe("clicks", "int64", "as the platform counts them"),
        _maybe("claimed_orders", "decimal(18, 4)", "conversions that the platform claims; some share them in parts"),
        _maybe("claimed_value", MONEY, "what the platform says they are worth", "currency"),
        _maybe("cost", MONEY, "what was paid for it", "currency"),
        _SOURCE,
    ),
)

CALENDAR = Table(
    "calendar",
    "festivals in the company's market, from the year of the first order to the next; a row a day of a festival",
    ("day", "market", "name"),
    (
        _column("day", "date", "a day of the festival"),
        _column("market", "string", "the country's ISO 3166 code; empty where the company names none"),
        _column("name", "string", "its key, such as 618, spring_festival or thanksgiving_day"),
        _column("kind", "string", "shopping, chinese, or public: a public holiday of the country"),
        _column("lead_days", "int16", "days before on which people already buy for it, by custom", "days"),
        _column("tail_days", "int16", "days after on which they still do", "days"),
    ),
)

QUARANTINE = Table(
    "quarantine",
    "rows that could not be stored, with the reason",
    ("source", "file_hash", "row"),
    (
        _SOURCE,
        _column("file_hash", "string", "SHA-256 of the file"),
        _column("row", "int64", "row of the file, the first data row is 1"),
        _column("reason", "string", "the column and what is wrong with it, e.g. quantity|number"),
        _column("payload", "binary", "the row as JSON, encrypted with the workspace key"),
        _column("ingested_at", UTC_TIME, "when it was refused", "UTC"),
    ),
)

INGESTED_FILES = Table(
    "ingested_files",
    "files that were stored, so that the same file is never stored twice",
    ("source", "file_hash"),
    (
        _SOURCE,
        _column("file_hash", "string", "SHA-256 of the file"),
        _column("mapping_hash", "string", "SHA-256 of how the file was read"),
        _column("received", "int64", "rows of the file"),
        _column("stored", "int64", "rows stored"),
        _column("quarantined", "int64", "rows refused with a reason"),
        _column("duplicate", "int64", "rows whose key was stored before"),
        _column("ingested_at", UTC_TIME, "when", "UTC"),
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

SEGMENTS = Table(
    "segments",
    "which segments each customer is in: one of each method, and as many of rules as hold",
    ("customer_id", "as_of", "method", "segment"),
    (
        _CUSTOMER,
        _AS_OF,
        _column("method", "string", "rfm (eleven names), rfm_zh (eight names), kmeans, lifecycle or rules"),
        _column("segment", "string", "the segment's key, stable across languages"),
    ),
)

SEGMENT_SUMMARIES = Table(
    "segment_summaries",
    "each segment's size and what sets it apart",
    ("as_of", "method", "segment"),
    (
        _AS_OF,
        _column("method", "string", "rfm, rfm_zh, kmeans, lifecycle or rules"),
        _column("segment", "string", "the segment's key"),
        _column("size", "int64", "customers in it"),
        _column("net_sales", "float64", "their net sales in the last 365 days", "currency"),
        _column("features", "string", "JSON: what sets it apart, [{feature, mean, overall, gap}], widest gap first"),
    ),
)

MOVEMENTS = Table(
    "movements",
    "how many customers moved from which state of the lifecycle to which, between two days",
    ("as_of", "from_as_of", "from_state", "to_state"),
    (
        _AS_OF,
        _column("from_as_of", "date", "the earlier local midnight"),
        _column("from_state", "string", "the state then; not_yet before the first order"),
        _column("to_state", "string", "the state at as_of: new, second, active, overdue, lapsed, lost or won_back"),
        _column("customers", "int64", "customers who went this way; those who stayed have equal states"),
        _column("net_sales", "float64", "their net sales less refunds in the 365 days before as_of", "currency"),
    ),
)

TAGS = Table(
    "tags",
    "dated facts about customers, with their history; a customer has one value of a tag on a day, or none",
    ("customer_id", "tag", "from_day"),
    (
        _CUSTOMER,
        _column("tag", "string", "the tag's name in daogou.toml"),
        _column("value", "string", "its value for this customer"),
        _column("from_day", "date", "the as_of from which it holds"),
        _maybe("until_day", "date", "the as_of from which it holds no longer; empty while it holds"),
        _column("reason", "string", "JSON: why it began to hold on from_day; said in words when it is read"),
    ),
)

TAG_RUNS = Table(
    "tag_runs",
    "what each tag was last computed from, so that nothing is computed twice",
    ("tag",),
    (
        _column("tag", "string", "the tag's name in daogou.toml"),
        _AS_OF,
        _column(
            "basis", "string", "SHA-256 of its definition, its moment and what it saw; empty: compute it next time"
        ),
        _column("customers", "int64", "customers with a value"),
        _column("withheld", "int64", "customers whose value is one that may never be a tag"),
        _column("unknown", "int64", "ids of an imported list that no customer has"),
    ),
)

RECOMMENDATIONS = Table(
    "recommendations",
    "the best items for each customer, with the reason",
    ("customer_id", "as_of", "rank"),
    (
        _CUSTOMER,
        _AS_OF,
        _column("rank", "int16", "1 is best"),
        _column("item_id", "string", "the item"),
        _column("score", "float64", "comparable within a customer and a model only"),
        _column("model", "string", "the model that spoke; or Pinned, Catalogue (nobody took it yet), NotPersonal"),
        _column(
            "because",
            "array<string>",
            "the customer's items that weigh most in the score, common ones discounted; empty where none speaks",
        ),
    ),
)

SCORES = Table(
    "scores",
    "the probability of each target for each customer, or the amount that is expected",
    ("customer_id", "as_of", "target"),
    (
        _CUSTOMER,
        _AS_OF,
        _column(
            "target",
            "string",
            "the category that is bought, e.g. DELI; or anything; or inactive: no order at all; or a declared one; or "
            "response CAMPAIGN: answers an imported campaign that has not begun",
        ),
        _column("model", "string", "the champion that scored it"),
        _maybe("probability", "float64", "calibrated; empty where an amount is predicted", "0-1"),
        _maybe("value", "float64", "the amount that is expected; empty where it is a probability", "currency"),
        _maybe(
            "value_at_risk",
            "float64",
            "of targets that mean leaving: the probability times net sales of the last 365 days; else empty",
            "currency",
        ),
        _maybe("alive", "float64", "of churn by silence: still a customer, by BG/NBD; else empty", "0-1"),
        _column("reasons", "string", "JSON: what moved it most, [{column, value, adds}], adds in log-odds or amount"),
    ),
)

UPLIFTS = Table(
    "uplifts",
    "what a message like a past campaign's would change in each customer, learned from that campaign's control group",
    ("customer_id", "as_of", "campaign_id"),
    (
        _CUSTOMER,
        _AS_OF,
        _column("campaign_id", "string", "the finished campaign that it was learned from"),
        _column("model", "string", "the model that told it"),
        _column("effect", "float64", "contribution that the message adds, shrunk as the trial asks for", "currency"),
        _maybe("low", "float64", "lower end of what customers with such an effect showed, 95 %", "currency"),
        _maybe("high", "float64", "upper end of what customers with such an effect showed, 95 %", "currency"),
        _column("chosen", "boolean", "whether the advice sends to this customer"),
        _maybe("reasons", "string", "JSON of those with the largest effects: what moved it, [{column, value, adds}]"),
    ),
)

UPLIFT_ADVICES = Table(
    "uplift_advices",
    "what each finished campaign with a control group advises: to send to some, to all, to nobody, or to test first",
    ("as_of", "campaign_id"),
    (
        _AS_OF,
        _column("campaign_id", "string", "the campaign"),
        _column("days", "int64", "days from its start over which contribution counts", "days"),
        _column("customers", "int64", "customers of the trial"),
        _column("action", "string", "target, all, nobody or test"),
        _column("model", "string", "the model that was chosen by held-out profit"),
        _column("share", "float64", "of customers that targeting would send to", "0-1"),
        _column("advice", "string", "JSON: profits of every policy with intervals, tenths, the cost curve"),
        _column("drivers", "string", "JSON: what spreads the effect most, [{column, spread, largest, smallest}]"),
        _maybe("outside", "string", "JSON: share of today's customers unlike the trial's, {share, rows, columns}"),
    ),
)

EVALUATIONS = Table(
    "evaluations",
    "how well each model did on later data",
    ("as_of", "stage", "subject", "model", "metric"),
    (
        _AS_OF,
        _column("stage", "string", "segment, recommend, evaluate recommend (all models), predict or evaluate uplift"),
        _column("subject", "string", "the target; for recommendations repeat, new, or new by past orders"),
        _column("model", "string", "the model"),
        _column("metric", "string", "e.g. auc, brier, ndcg@10"),
        _column("value", "float64", "the estimate"),
        _maybe("low", "float64", "lower end of its 95 % interval"),
        _maybe("high", "float64", "upper end of its 95 % interval"),
        _column("n", "int64", "rows behind it"),
        _column("is_champion", "boolean", "the model that is used"),
    ),
)

MODELS = Table(
    "models",
    "fitted models; their bytes are artefacts named by hash",
    ("as_of", "name"),
    (
        _AS_OF,
        _column("name", "string", "e.g. predict/DELI, recommend/ItemKNN or uplift/CAMPAIGN"),
        _column("kind", "string", "the class that loads it"),
        _column("artefact", "string", "SHA-256 of its bytes, the name of the file under artefacts/"),
    ),
)

CARDS = Table(
    "cards",
    "a card for each model of predictions: data, windows, metrics by group, calibration, limits",
    ("as_of", "target"),
    (
        _AS_OF,
        _column("target", "string", "the target, as in scores"),
        _column("card", "string", "JSON, as in the release's folder cards/"),
        _column("train_by", "date", "when the model is to be trained again at the latest"),
        _column("train_why", "string", "why earlier than for its age: inputs, realised, both with a blank, or empty"),
    ),
)

CUSTOMER_VALUES = Table(
    "customer_values",
    "what each customer is worth (guests left out) within [value] days to come; the past is a column beside it",
    ("customer_id", "as_of"),
    (
        _CUSTOMER,
        _AS_OF,
        _column("p_alive", "float64", "still a customer", "0-1"),
        _column("orders", "float64", "days with a purchase that are expected", "days"),
        _column("contribution", "float64", "expected contribution net of refunds, discounted to as_of", "currency"),
        _column("low", "float64", "what it is above in 39 of 40 futures", "currency"),
        _column("high", "float64", "what it is below in 39 of 40 futures", "currency"),
        _column("at_risk", "float64", "what would be added if the customer surely were one still", "currency"),
        _column("historic_net_sales", "float64", "net sales up to as_of, less refunds", "currency"),
        _column("is_wholesale", "boolean", "the mean purchase lies far beyond those of others"),
        _column("model", "string", "models of how often and of how much"),
    ),
)

VALUE_TOTALS = Table(
    "value_totals",
    "sums of customer_values, with intervals of parameters, of chance and of what past windows lay off",
    ("as_of", "measure"),
    (
        _AS_OF,
        _column("measure", "string", "contribution, orders, at_risk or top_tenth_share"),
        _column("value", "float64", "expected"),
        _maybe("low", "float64", "lower end of its 95 % interval"),
        _maybe("high", "float64", "upper end of it"),
        _column("n", "int64", "customers"),
        _column("unit", "string", "currency, orders or 0-1"),
    ),
)

DRIFT = Table(
    "drift",
    "whether customers of now are still those that a model learned from, and what became of earlier scores",
    ("as_of", "target", "kind", "name", "since"),
    (
        _AS_OF,
        _column("target", "string", "the target, as in scores"),
        _column("kind", "string", "input or scores: PSI; realised: earlier scores whose outcome is known by now"),
        _column("name", "string", "the column; probability; or count, log_loss, hits_in_100"),
        _column("since", "date", "the moment of the model, or of the earlier scores"),
        _column("value", "float64", "the index, or what happened"),
        _maybe("low", "float64", "lower end of its 95 % interval; of a count: of what was expected"),
        _maybe("high", "float64", "upper end of it"),
        _column("expected", "float64", "the index where nothing changed, or what was promised"),
        _maybe("chance", "float64", "the index that chance seldom passes; empty for what was realised"),
        _column("n", "int64", "customers behind it"),
        _column("alarm", "boolean", "a large shift of what matters; off or worse by more than chance explains"),
    ),
)

RESULTS = Table(
    "results",
    "what each past campaign reached, brought and cost, and its break-even lift",
    ("as_of", "level", "name"),
    (
        _AS_OF,
        _column("level", "string", "campaign, or pooled: kind, all, complete (those that are wholly in the data)"),
        _column("name", "string", "the campaign's id, the kind, all, or complete"),
        _maybe("kind", "string", "the campaign's kind"),
        _maybe("starts_on", "date", "first day"),
        _maybe("ends_on", "date", "last day"),
        _column("incomplete", "string", "empty, or begins before the data, or ends after the data"),
        _column("campaigns", "int64", "campaigns behind the row"),
        _column("incomplete_campaigns", "int64", "of them, those that are not wholly in the data"),
        _column("reached", "int64", "people it was sent to, each once a campaign"),
        _column("people", "int64", "distinct people it was sent to"),
        _column("redeemers", "int64", "distinct people who used a coupon"),
        _column("responses", "int64", "people who used a coupon, each once a campaign"),
        _column("redemptions", "int64", "coupons used"),
        _column("net_sales", "float64", "net sales to redeemers while it ran", "currency"),
        _column("coupon_sales", "float64", "net sales of orders with a redemption, shared among these", "currency"),
        _column("cost_contact", "float64", "contact, as the company says or assumed a person", "currency"),
        _column("cost_coupons", "float64", "coupon value that the company funds", "currency"),
        _column("cost_shop", "float64", "what it cost the company: coupons it funds and contact", "currency"),
        _column("cost_maker", "float64", "what it cost manufacturers", "currency"),
        _maybe("rate", "float64", "responses / reached; empty below 30 redeemers", "0-1"),
        _maybe("rate_low", "float64", "lower end of its 95 % interval"),
        _maybe("rate_high", "float64", "upper end of its 95 % interval"),
        _maybe("break_even", "float64", "share of redemptions that must be incremental; empty below 30 redeemers"),
        _maybe("break_even_low", "float64", "lower end of its 95 % interval"),
        _maybe("break_even_high", "float64", "upper end of its 95 % interval"),
        _maybe("overlap", "float64", "share of its people who were in another campaign at the same time", "0-1"),
    ),
)

READINGS = Table(
    "readings",
    "what campaigns with a control group changed, per person assigned: by outcome, and by segment after pooling",
    ("as_of", "campaign_id", "outcome", "segment"),
    (
        _AS_OF,
        _column("campaign_id", "string", "the campaign"),
        _column("outcome", "string", "contribution (the primary), net_sales, orders, buyers, refunds, net_sales_after"),
        _column("segment", "string", "a group by value and recency at the start; empty: everyone"),
        _column("starts_on", "date", "first day of the outcome"),
        _column("days", "int64", "days of the outcome; net_sales_after: the same again", "days"),
        _column("treated", "int64", "people who were to be reached", "people"),
        _column("held_out", "int64", "people held out by lot", "people"),
        _column("mismatch_p", "float64", "p-value of arms of these sizes; below 0.001 nothing is read"),
        _maybe("value", "float64", "difference per person, adjusted for what was known before; empty: not read"),
        _maybe("low", "float64", "lower end of its 95 % interval"),
        _maybe("high", "float64", "upper end of its 95 % interval"),
        _maybe("plain_value", "float64", "the difference as it is"),
        _maybe("plain_low", "float64", "lower end of its 95 % interval"),
        _maybe("plain_high", "float64", "upper end of its 95 % interval"),
        _maybe("lift_value", "float64", "the plain difference as a share of the mean of those held out"),
        _maybe("lift_low", "float64", "lower end of its 95 % interval"),
        _maybe("lift_high", "float64", "upper end of its 95 % interval"),
        _maybe("p_value", "float64", "of no effect; of money with amounts cut off above their 99 % point"),
        _maybe("false_discovery", "float64", "the same adjusted for how many outcomes were read"),
    ),
)

LEARNINGS = Table(
    "learnings",
    "what campaigns with a control group have taught together: contribution per person, pooled; the next plan's prior",
    ("as_of", "level", "name"),
    (
        _AS_OF,
        _column("level", "string", "all, kind or channel"),
        _column("name", "string", "the kind or channel; empty: all, or not known"),
        _column("campaigns", "int64", "campaigns behind it"),
        _column("value", "float64", "mean effect per person", "currency"),
        _column("low", "float64", "lower end of its 95 % interval", "currency"),
        _column("high", "float64", "upper end of its 95 % interval", "currency"),
        _column("next_low", "float64", "where the effect of the next campaign is likely to lie, from", "currency"),
        _column("next_high", "float64", "to", "currency"),
        _column("last_on", "date", "when the last of them began"),
    ),
)

CREDITS = Table(
    "credits",
    "orders of the last days shared among channels, by each rule: credit, not causation; adds up to all orders",
    ("as_of", "rule", "channel"),
    (
        _AS_OF,
        _column("rule", "string", "first, last, last_non_direct, linear, time_decay, position, markov or shapley"),
        _column("channel", "string", "in small letters; empty: orders that nothing touched in the look-back days"),
        _column("orders", "float64", "orders credited to it", "orders"),
        _column("net_sales", "decimal(38, 4)", "their net sales less refunds that name an order", "currency"),
        _maybe("share", "float64", "of the orders that have a path; empty for those that have none", "0-1"),
        _maybe("error", "float64", "standard error of the share where it was sampled: shapley above 12 channels"),
    ),
)

RATES = Table(
    "rates",
    "rates of touches over the last days, by channel, campaign, arm, item, segment, day and week",
    ("as_of", "dimension", "name", "rate"),
    (
        _AS_OF,
        _column("dimension", "string", "all, channel, campaign, arm (with its campaign), item, segment, day or week"),
        _column("name", "string", "the group; of a week its last day"),
        _column("rate", "string", "e.g. ctr, cvr, click_rate; docs/methods/rates.md names all"),
        _column("value", "float64", "above / below"),
        _maybe("low", "float64", "lower end of its 95 % interval"),
        _maybe("high", "float64", "upper end of its 95 % interval"),
        _column("above", "float64", "how many stand above"),
        _column("below", "int64", "how many stand below"),
        _column("unit", "string", "what is divided by what, and how the interval was clustered"),
    ),
)

CHANNELS = Table(
    "channels",
    "what each channel claims, what our rule credits to it and what a test proved, over the last days",
    ("as_of", "channel"),
    (
        _AS_OF,
        _column("channel", "string", "in small letters; empty: orders that nothing touched in the look-back days"),
        _column("from_day", "date", "the first day that is looked at; the last is the one before as_of"),
        _column("rule", "string", "the rule that credits"),
        _maybe("cost", "float64", "what it cost, as spend tells", "currency"),
        _maybe("claimed_orders", "float64", "orders that its platform claims; empty where it claims none", "orders"),
        _maybe("claimed_value", "float64", "what the platform says they are worth", "currency"),
        _column("claimed_days", "int64", "days from the first of its claims to the last", "days"),
        _maybe("credited_orders", "float64", "orders by our rule; empty where no touch of a person is known", "orders"),
        _maybe("credited_net_sales", "float64", "their net sales less refunds", "currency"),
        _maybe("least_orders", "float64", "the least that any rule credits", "orders"),
        _maybe("most_orders", "float64", "the most that any rule credits", "orders"),
        _maybe("over_claim", "float64", "claimed / credited; empty where claims cover less than nine days in ten"),
        _maybe("proven_orders", "float64", "orders beyond the holdout of its tests; empty: not tested", "orders"),
        _maybe("proven_low", "float64", "lower end of its 95 % interval", "orders"),
        _maybe("proven_high", "float64", "upper end of its 95 % interval", "orders"),
        _column("is_affiliate", "boolean", "it is watched for last-second touches"),
        _column("last_orders", "int64", "orders whose last touch it was", "orders"),
        _column("last_second_orders", "int64", "of these, touched minutes before, after other channels", "orders"),
        _column("last_second_net_sales", "float64", "their net sales less refunds", "currency"),
    ),
)

PROFILES = Table(
    "profiles",
    "one row a customer (guests left out): what is known at the last moment; windows count local days before as_of",
    ("customer_id", "as_of"),
    (
        _CUSTOMER,
        _AS_OF,
        *FEATURES,  # store/features.py
    ),
)

CATEGORY_SHARES = Table(
    "category_shares",
    "what each customer buys, by category, at the last moment alone",
    ("customer_id", "as_of", "category"),
    (
        _CUSTOMER,
        _AS_OF,
        _column("category", "string", "items.category"),
        _column("net_sales", "float64", "net sales in it ever, less refunds that name an item in it", "currency"),
        _column("share", "float64", "of the customer's net sales of all items; 0 where these are not above 0", "0-1"),
        _column("order_days", "int64", "days with an order in it ever", "days"),
        _column("order_days_28", "int64", "days with an order in it in the last 28 days", "days"),
        _column("order_days_90", "int64", "days with an order in it in the last 90 days", "days"),
        _column("recency_days", "int64", "since the last day with an order in it", "days"),
    ),
)

SHARES = Table(
    "shares",
    "what each customer buys, by brand, price band and store, at the last moment alone",
    ("customer_id", "as_of", "kind", "value"),
    (
        _CUSTOMER,
        _AS_OF,
        _column("kind", "string", "brand, price_band or store"),
        _column("value", "string", "the brand, the band as from-to in list price of one, or the store"),
        _column("amount", "float64", "net sales ever less refunds that name an item (brand), net sales (price band), "
        "or orders (store)", "currency or orders"),
        _column("share", "float64", "of the customer's amounts of the kind; what is below 0 counts as 0", "0-1"),
    ),
)  # fmt: skip

INTERESTS = Table(
    "interests",
    "what each customer's purchases speak of, the later the more; those that weigh most, at the last moment alone",
    ("customer_id", "as_of", "interest"),
    (
        _CUSTOMER,
        _AS_OF,
        _column("interest", "string", "a text of the items bought: a part of a category, a title or an attribute"),
        _column("weight", "float64", "of all the customer's interests; passing time alone does not change it", "0-1"),
    ),
)

CUSTOMER_DAYS = Table(
    "customer_days",
    "what each customer did on each day: what windows and distinct counts are taken from",
    ("customer_id", "local_day", "kind"),
    (
        _CUSTOMER,
        _column("local_day", "date", "the day in the company's time zone"),
        _column("kind", "string", "order, refund, coupon or event; the columns of the other kinds are 0"),
        _column("orders", "int64", "orders"),
        _column("lines", "int64", "lines with a quantity above 0"),
        _column("discounted_orders", "int64", "orders with any discount"),
        _column("coupon_orders", "int64", "orders with a coupon"),
        _column("festival_orders", "int64", "the orders, where the day belongs to a festival"),
        _column("night_orders", "int64", "orders from 0:00 to 5:59"),
        _column("morning_orders", "int64", "orders from 6:00 to 11:59"),
        _column("afternoon_orders", "int64", "orders from 12:00 to 17:59"),
        _column("net_sales", "decimal(38, 4)", "net sales", "currency"),
        _column("list_value", "decimal(38, 4)", "before any discount", "currency"),
        _column("discount", "decimal(38, 4)", "all discounts", "currency"),
        _column("coupon_value", "decimal(38, 4)", "of these, coupons", "currency"),
        _column("refunds", "decimal(38, 4)", "money given back", "currency"),
        _column("refund_count", "int64", "refunds"),
        _column("coupons_held", "int64", "coupons received; on the day after their UTC date, when all zones know it"),
        _column("coupons_used", "int64", "coupons used"),
        _column("held_coupons_used", "int64", "of these, coupons whose date of receipt is known"),
        _column("events", "int64", "events"),
        _column("views", "int64", "of these, views"),
        _column("session_events", "int64", "of these, events in a session"),
        _column("sessions", "int64", "different sessions"),
    ),
)

TOTALS = Table(
    "customer_totals",
    "sums over each customer's days before the last moment, guests too; a refresh adds to them",
    ("customer_id", "as_of"),
    (_CUSTOMER, _AS_OF, *_TOTALS),  # store/totals.py
)

TOUCHED = Table(
    "touched_customers",
    "customers of whom something was stored or changed since profiles were made; the stage profile empties it",
    ("customer_id",),
    (_CUSTOMER,),
)

PROFILE_RUNS = Table(
    "profile_runs",
    "what profiles were last made from; without a row, the next ones are made anew for everyone",
    ("as_of",),
    (
        _AS_OF,
        _column("basis", "string", "SHA-256 of the settings, the contracts, the items and the calendar"),
        _column("facts", "string", "JSON: how many rows each fact had"),
    ),
)

HISTORIES = (TAGS, TAG_RUNS)  # derived and kept: they know of days that cannot be computed again

DERIVED = (
    CUSTOMER_DAYS,
    PROFILES,
    CATEGORY_SHARES,
    SHARES,
    INTERESTS,
    TOTALS,
    TOUCHED,
    PROFILE_RUNS,
    SEGMENTS,
    SEGMENT_SUMMARIES,
    MOVEMENTS,
    RECOMMENDATIONS,
    SCORES,
    UPLIFTS,
    UPLIFT_ADVICES,
    EVALUATIONS,
    MODELS,
    CUSTOMER_VALUES,
    VALUE_TOTALS,
    CARDS,
    DRIFT,
    RESULTS,
    READINGS,
    LEARNINGS,
    CREDITS,
    CHANNELS,
    RATES,
)

TABLES = {table.name: table for table in FACTS + HISTORIES + DERIVED}
