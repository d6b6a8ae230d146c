"""Money that adds up: ladders, ratios with their basis, and what a customer won costs and brings."""

from daogou.store.table import AS_OF, Table, column, maybe

LADDER = Table(
    "ladder",
    "from what was ordered down to contribution, exact: each step is the sum of the steps and deductions above it",
    ("as_of", "level", "name", "step"),
    (
        AS_OF,
        column(
            "level",
            "string",
            "all; days (the last so many); month; channel (credited, from net on); campaign (its redemptions)",
        ),
        column("name", "string", "how many days, the month (2017-11), the channel (empty: no path), the campaign; all"),
        column("step", "string", "gmv, paid, net, gross_profit and contribution, with the deductions between them"),
        column("place", "int64", "its place on the ladder, from 1"),
        column("amount", "decimal(38, 4)", "deductions below 0", "currency"),
        column("shown", "decimal(38, 4)", "the same in the currency's smallest unit, so that what is read adds up"),
        column("is_sum", "boolean", "a step, the sum of all deductions above it; else a deduction"),
        column("assumed", "boolean", "it rests on a setting or an assumption, as no table tells it"),
        column("provisional", "boolean", "some of its orders may still be returned"),
        column("from_day", "date", "first day of its orders: the data window"),
        column("to_day", "date", "last day of its orders"),
    ),
)

RETURNS = Table(
    "returns",
    "what marketing brought against what it cost, each ratio with its basis",
    ("as_of", "level", "name", "basis"),
    (
        AS_OF,
        column("level", "string", "all, channel or campaign"),
        column("name", "string", "the channel, the campaign; all"),
        column("basis", "string", "roas, profit_roi, incremental_roas or incremental_roi"),
        maybe("value", "float64", "the ratio; empty where nothing was spent or nothing is known"),
        maybe("low", "float64", "lower end of its 95 % interval"),
        maybe("high", "float64", "upper end of its 95 % interval"),
        maybe("gain", "float64", "what stands above: net sales or contribution before marketing cost", "currency"),
        maybe("gain_low", "float64", "lower end of its 95 % interval", "currency"),
        maybe("gain_high", "float64", "upper end of its 95 % interval", "currency"),
        maybe("cost", "float64", "what stands below: media cost, or all marketing cost", "currency"),
        column("assumed", "boolean", "its cost or its contribution rests on what nobody told"),
        column("provisional", "boolean", "some of its orders may still be returned"),
        column("from_day", "date", "first day: the data window"),
        column("to_day", "date", "last day"),
    ),
)

ACQUISITION = Table(
    "acquisition",
    "new customers: how many, what one costs, when that is earned back",
    ("as_of", "level", "name"),
    (
        AS_OF,
        column("level", "string", "all, channel (credited), category (most of the first order) or item (it held it)"),
        column("name", "string", "the channel, category or item; all"),
        column("new_customers", "float64", "customers whose first order lies in the days, or credited", "customers"),
        maybe("orders", "float64", "orders in the days, or credited; empty for products", "orders"),
        maybe("new_share", "float64", "share of orders that are first orders", "0-1"),
        maybe("new_share_low", "float64", "lower end of its 95 % interval"),
        maybe("new_share_high", "float64", "upper end of its 95 % interval"),
        maybe("cost", "float64", "marketing cost of the days", "currency"),
        maybe("cpa", "float64", "cost per order credited", "currency"),
        maybe("cpa_low", "float64", "lower end of its 95 % interval", "currency"),
        maybe("cpa_high", "float64", "upper end of its 95 % interval", "currency"),
        maybe("cac_paid", "float64", "cost per new customer credited to a paid channel", "currency"),
        maybe("cac_paid_low", "float64", "lower end of its 95 % interval", "currency"),
        maybe("cac_paid_high", "float64", "upper end of its 95 % interval", "currency"),
        maybe("cac_blended", "float64", "cost per new customer, whatever brought them", "currency"),
        maybe("cac_blended_low", "float64", "lower end of its 95 % interval", "currency"),
        maybe("cac_blended_high", "float64", "upper end of its 95 % interval", "currency"),
        maybe("payback_days", "float64", "days until a new customer's mean contribution has covered cac_blended"),
        maybe("payback_days_low", "float64", "lower end of its 95 % interval", "days"),
        maybe("payback_days_high", "float64", "upper end; empty: not within the days that are known", "days"),
        maybe("payback", "string", "covered, or not_yet within the days that are known; empty: no cost is known"),
        maybe("ltv", "float64", "contribution of a new customer so far and expected in [value] days", "currency"),
        maybe("ltv_low", "float64", "lower end of its 95 % interval", "currency"),
        maybe("ltv_high", "float64", "upper end of its 95 % interval", "currency"),
        maybe("ltv_cac", "float64", "ltv / cac_blended"),
        maybe("ltv_cac_low", "float64", "lower end of its 95 % interval"),
        maybe("ltv_cac_high", "float64", "upper end of its 95 % interval"),
        column("provisional", "boolean", "some of its orders may still be returned"),
        column("from_day", "date", "first day: the data window"),
        column("to_day", "date", "last day"),
    ),
)

BRAND = Table(
    "brand",
    "signs of how well the brand is known, by week; correlational, nothing here is proven",
    ("as_of", "measure", "week"),
    (
        AS_OF,
        column("measure", "string", "branded_searches, branded_impressions or direct_visits"),
        column("week", "date", "its last day"),
        column("value", "float64", "how many"),
        maybe("share", "float64", "of all searches, impressions or visits of the week", "0-1"),
    ),
)
