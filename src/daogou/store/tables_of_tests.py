"""Facts of tests where nobody can be left out by name: units switched on and off, and studies that platforms ran."""

from daogou.store.table import MONEY, SOURCE, Table, column, maybe

UNIT_ASSIGNMENTS = Table(
    "unit_assignments",
    "which regions, weeks, stores or households a channel was switched on for by lot, and which it was off for",
    ("campaign_id", "unit", "unit_name"),
    (
        column("campaign_id", "string", "the test, or the campaign that it was made for"),
        column("channel", "string", "what was switched: search, social, ..."),
        column("unit", "string", "what was drawn: household, store, region, or time (a block of days)"),
        column("unit_name", "string", "the region, store or household as customers name it; of time any name"),
        column("arm", "string", "on or off; a test with several treated arms names them"),
        maybe("propensity", "float64", "probability of this arm; empty where nobody drew lots", "0-1"),
        column("starts_on", "date", "first local day of the test; of time, of this block"),
        column("ends_on", "date", "last local day of the test; of time, of this block"),
        maybe("pair", "string", "two units with one name here are a pair: one coin says which of them is on"),
        maybe("wash_out", "int64", "first days that are not read, as what went before still works in them", "days"),
        SOURCE,
    ),
)

LIFT_STUDIES = Table(
    "lift_studies",
    "studies that platforms ran on their own users, as they tell them; a later row takes an earlier one's place",
    ("study_id",),
    (
        column("study_id", "string", "the platform's or the company's id"),
        column("channel", "string", "the channel that it is about"),
        column("platform", "string", "who ran it"),
        maybe("campaign_id", "string", "the campaign that it is about"),
        column("starts_on", "date", "first day"),
        column("ends_on", "date", "last day"),
        maybe("incremental_orders", "decimal(18, 4)", "orders that would not have been made", "orders"),
        maybe("incremental_orders_low", "decimal(18, 4)", "lower end of its interval", "orders"),
        maybe("incremental_orders_high", "decimal(18, 4)", "upper end of its interval", "orders"),
        maybe("incremental_value", MONEY, "their worth, as the platform counts it", "currency"),
        maybe("incremental_value_low", MONEY, "lower end of its interval", "currency"),
        maybe("incremental_value_high", MONEY, "upper end of its interval", "currency"),
        SOURCE,
    ),
)

TESTS = (UNIT_ASSIGNMENTS, LIFT_STUDIES)
