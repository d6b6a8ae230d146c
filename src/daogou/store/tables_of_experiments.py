"""What was proven, by lots where there were any, and what is only estimated where there were none."""

from daogou.store.table import AS_OF, Table, column, maybe

_LEVEL = column(
    "level",
    "string",
    "campaign; offer (campaigns of one offer read together); year (the sum of its campaigns); programme (the global"
    " holdout)",
)
_INTERVAL = (
    maybe("value", "float64", "the effect; empty: not read"),
    maybe("low", "float64", "lower end of its 95 % interval"),
    maybe("high", "float64", "upper end of its 95 % interval"),
)

READINGS = Table(
    "readings",
    "what campaigns with a control group changed, per unit assigned: by arm and outcome, and by segment after pooling",
    ("as_of", "level", "name", "arm", "outcome", "segment"),
    (
        AS_OF,
        _LEVEL,
        column("name", "string", "the campaign, the offer, the year, or the period of the global holdout"),
        column("arm", "string", "the arm that is compared with those held out; of a test with one arm: treated"),
        column("outcome", "string", "e.g. contribution, net_sales, orders; docs/methods/experiments.md names all"),
        column("segment", "string", "a group by value and recency at the start; empty: everyone"),
        column(
            "role", "string", "primary, other, guard_rail, tail (as many days again) or delivered (of those reached)"
        ),
        column("unit", "string", "what was drawn: customer, household, store, region or time"),
        column("from_day", "date", "first day of the outcome: the data window"),
        column("to_day", "date", "its last day"),
        column("treated", "int64", "units that were to be reached", "units"),
        column("held_out", "int64", "units held out by lot", "units"),
        maybe("mismatch_p", "float64", "p-value of arms of these sizes; below 0.001 nothing is read"),
        *_INTERVAL,
        maybe("plain_value", "float64", "the difference as it is, not adjusted for what was known before"),
        maybe("plain_low", "float64", "lower end of its 95 % interval"),
        maybe("plain_high", "float64", "upper end of its 95 % interval"),
        maybe("lift_value", "float64", "the plain difference as a share of the mean of those held out"),
        maybe("lift_low", "float64", "lower end of its 95 % interval"),
        maybe("lift_high", "float64", "upper end of its 95 % interval"),
        maybe("p_value", "float64", "of no effect; of money with amounts cut off above their 99 % point"),
        maybe("false_discovery", "float64", "the same adjusted for how many outcomes were read"),
        maybe("total", "float64", "the effect times the units treated", "currency where the outcome is money"),
        maybe("total_low", "float64", "lower end of its 95 % interval"),
        maybe("total_high", "float64", "upper end of its 95 % interval"),
        maybe("cost", "float64", "what reaching the treated cost; own coupons are off net sales already", "currency"),
        maybe("design", "string", "SHA-256 of what was fixed before the start; empty: nothing was, settings hold"),
    ),
)

LOOKS = Table(
    "looks",
    "each look at a test that was still running: what had come in, and from which value of z it decides",
    ("as_of", "campaign_id", "arm"),
    (
        AS_OF,
        column("campaign_id", "string", "the campaign"),
        column("arm", "string", "the arm that is compared with those held out"),
        column("outcome", "string", "the primary outcome"),
        column("starts_on", "date", "first day of the outcome"),
        column("ends_on", "date", "last day of the outcome as planned"),
        column("treated", "int64", "units that were to be reached", "units"),
        column("held_out", "int64", "units held out by lot", "units"),
        column("fraction", "float64", "share of the planned days that have passed: by it the error is spent", "0-1"),
        column("information", "float64", "what was in, by how looks hang together; the first look's is its fraction"),
        column("boundary", "float64", "the value of |z| from which this look decides"),
        maybe("z", "float64", "the value of z found; empty: too few to say"),
        column("state", "string", "running, works, harms, nothing (planned end, no decision) or mismatch"),
        column("looks", "int64", "looks so far, this one with them"),
        maybe("decided_on", "date", "the as_of of the look that ended the test; the figures stay that look's"),
        maybe("value", "float64", "the effect per unit, corrected for having looked; empty: nothing was decided yet"),
        maybe("low", "float64", "lower end of its 95 % interval"),
        maybe("high", "float64", "upper end of its 95 % interval"),
        maybe("planned_effect", "float64", "the effect that it was planned to find, per unit"),
        maybe("days_left", "int64", "days until that effect would show, from the planned effect", "days"),
        maybe("mismatch_p", "float64", "p-value of arms of these sizes; below 0.001 nothing is read"),
    ),
)

GUARD_RAILS = Table(
    "guard_rails",
    "what a running test must not break, with intervals that hold at all looks together",
    ("as_of", "campaign_id", "arm", "outcome"),
    (
        AS_OF,
        column("campaign_id", "string", "the campaign"),
        column("arm", "string", "the arm that is compared with those held out"),
        column("outcome", "string", "unsubscribes, complaints, refund_rate or margin"),
        maybe("value", "float64", "difference to those held out, per unit"),
        maybe("low", "float64", "lower end of its always-valid 95 % interval"),
        maybe("high", "float64", "upper end"),
        column("allowed", "float64", "the change that is still borne; of margin below 0"),
        column("state", "string", "within, unsure (the interval holds what is allowed) or broken"),
    ),
)

OBSERVED = Table(
    "observed",
    "not randomised: what campaigns without lots seem to have changed for those reached, and what speaks against it",
    ("as_of", "campaign_id", "method"),
    (
        AS_OF,
        column("campaign_id", "string", "the campaign"),
        column("method", "string", "doubly_robust, or difference_in_differences over regions"),
        column("outcome", "string", "the outcome, per person or region"),
        column("from_day", "date", "first day of the outcome: the data window"),
        column("to_day", "date", "its last day"),
        column("reached", "int64", "people, or regions, that it reached"),
        column("others", "int64", "those that it did not"),
        *_INTERVAL,
        maybe("overlap", "float64", "share of those reached who are like somebody not reached", "0-1"),
        maybe("unbalanced_before", "int64", "covariates that differ between both groups as they are"),
        maybe("unbalanced_after", "int64", "the same after weighing"),
        maybe("covariates", "int64", "covariates looked at"),
        maybe("placebo_value", "float64", "the same effect on the days before, where there can be none"),
        maybe("placebo_low", "float64", "lower end of its 95 % interval"),
        maybe("placebo_high", "float64", "upper end of its 95 % interval"),
        maybe("detectable", "float64", "the error that this placebo finds in four of five cases"),
        maybe("elsewhere_reached", "float64", "share of those reached whom another campaign had reached too", "0-1"),
        maybe("elsewhere_others", "float64", "the same of the others", "0-1"),
        column("verdict", "string", "doubtful: no_overlap, unbalanced, placebo; too_few; or not_refuted"),
    ),
)

STATEMENT = Table(
    "statement",
    "what the year's marketing brought, from each source; a line without a value is not known",
    ("as_of", "year", "line"),
    (
        AS_OF,
        column("year", "int64", "the calendar year, up to as_of"),
        column("line", "string", "claimed, credited, campaigns, overlap, holdout, unmeasured, cost or books"),
        column("place", "int64", "its place on the page"),
        maybe(
            "value",
            "float64",
            "claimed, credited: net sales; unmeasured, cost: what was paid; the others: contribution",
            "currency",
        ),
        maybe("low", "float64", "lower end of its 95 % interval; empty: exact, or too few to say", "currency"),
        maybe("high", "float64", "upper end of its 95 % interval", "currency"),
        maybe("net_sales", "float64", "of campaigns and holdout: the same in net sales", "currency"),
        maybe("net_sales_low", "float64", "lower end of its 95 % interval", "currency"),
        maybe("net_sales_high", "float64", "upper end of its 95 % interval", "currency"),
        maybe("compared", "float64", "of credited: the part of the channels that claim anything", "currency"),
        column("campaigns", "int64", "campaigns behind the line; of holdout its periods"),
        maybe("people", "int64", "of campaigns: people treated; of overlap: those in several", "people"),
        column("from_day", "date", "first day: the data window"),
        column("to_day", "date", "last day"),
    ),
)

LEARNINGS = Table(
    "learnings",
    "what campaigns with a control group have taught together: contribution per person, pooled; the next plan's prior",
    ("as_of", "level", "name"),
    (
        AS_OF,
        column("level", "string", "all, offer, kind, channel or segment"),
        column("name", "string", "the offer, kind, channel or segment; empty: all, or not known"),
        column("campaigns", "int64", "campaigns behind it"),
        column("value", "float64", "mean effect per person", "currency"),
        column("low", "float64", "lower end of its 95 % interval", "currency"),
        column("high", "float64", "upper end of its 95 % interval", "currency"),
        column("next_low", "float64", "where the effect of the next campaign is likely to lie, from", "currency"),
        column("next_high", "float64", "to", "currency"),
        column("last_on", "date", "when the last of them began"),
        column("age", "int64", "days from then to as_of", "days"),
    ),
)

EVIDENCE = Table(
    "evidence",
    "how each campaign's effect can be known",
    ("as_of", "campaign_id"),
    (
        AS_OF,
        column("campaign_id", "string", "the campaign"),
        column("kind", "string", "lots, regions, weeks, lift_study, or none: cannot be tested, estimate only"),
        column("channel", "string", "its channel in small letters; empty where not known"),
        maybe("why", "string", "of none: why not"),
    ),
)
