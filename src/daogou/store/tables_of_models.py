"""What models say of each customer, and how far they may be believed."""

from daogou.store.table import AS_OF, CUSTOMER, Table, column, maybe

RECOMMENDATIONS = Table(
    "recommendations",
    "the best items for each customer, with the reason",
    ("customer_id", "as_of", "rank"),
    (
        CUSTOMER,
        AS_OF,
        column("rank", "int16", "1 is best"),
        column("item_id", "string", "the item"),
        column("score", "float64", "comparable within a customer and a model only"),
        column("model", "string", "the model that spoke; or Pinned, Catalogue (nobody took it yet), NotPersonal"),
        column(
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
        CUSTOMER,
        AS_OF,
        column(
            "target",
            "string",
            "the category that is bought, e.g. DELI; or anything; or inactive: no order at all; or a declared one; or "
            "response CAMPAIGN: answers an imported campaign that has not begun",
        ),
        column("model", "string", "the champion that scored it"),
        maybe("probability", "float64", "calibrated; empty where an amount is predicted", "0-1"),
        maybe("value", "float64", "the amount that is expected; empty where it is a probability", "currency"),
        maybe(
            "value_at_risk",
            "float64",
            "of targets that mean leaving: the probability times net sales of the last 365 days; else empty",
            "currency",
        ),
        maybe("alive", "float64", "of churn by silence: still a customer, by BG/NBD; else empty", "0-1"),
        column("reasons", "string", "JSON: what moved it most, [{column, value, adds}], adds in log-odds or amount"),
    ),
)

UPLIFTS = Table(
    "uplifts",
    "what a message like a past campaign's would change in each customer, learned from that campaign's control group",
    ("customer_id", "as_of", "campaign_id"),
    (
        CUSTOMER,
        AS_OF,
        column("campaign_id", "string", "the finished campaign that it was learned from"),
        column("model", "string", "the model that told it"),
        column("effect", "float64", "contribution that the message adds, shrunk as the trial asks for", "currency"),
        maybe("low", "float64", "lower end of what customers with such an effect showed, 95 %", "currency"),
        maybe("high", "float64", "upper end of what customers with such an effect showed, 95 %", "currency"),
        column("chosen", "boolean", "whether the advice sends to this customer"),
        maybe("reasons", "string", "JSON of those with the largest effects: what moved it, [{column, value, adds}]"),
    ),
)

UPLIFT_ADVICES = Table(
    "uplift_advices",
    "what each finished campaign with a control group advises: to send to some, to all, to nobody, or to test first",
    ("as_of", "campaign_id"),
    (
        AS_OF,
        column("campaign_id", "string", "the campaign"),
        column("days", "int64", "days from its start over which contribution counts", "days"),
        column("customers", "int64", "customers of the trial"),
        column("action", "string", "target, all, nobody or test"),
        column("model", "string", "the model that was chosen by held-out profit"),
        column("share", "float64", "of customers that targeting would send to", "0-1"),
        column("advice", "string", "JSON: profits of every policy with intervals, tenths, the cost curve"),
        column("drivers", "string", "JSON: what spreads the effect most, [{column, spread, largest, smallest}]"),
        maybe("outside", "string", "JSON: share of today's customers unlike the trial's, {share, rows, columns}"),
    ),
)

EVALUATIONS = Table(
    "evaluations",
    "how well each model did on later data",
    ("as_of", "stage", "subject", "model", "metric"),
    (
        AS_OF,
        column("stage", "string", "segment, recommend, evaluate recommend (all models), predict or evaluate uplift"),
        column("subject", "string", "the target; for recommendations repeat, new, or new by past orders"),
        column("model", "string", "the model"),
        column("metric", "string", "e.g. auc, brier, ndcg@10"),
        column("value", "float64", "the estimate"),
        maybe("low", "float64", "lower end of its 95 % interval"),
        maybe("high", "float64", "upper end of its 95 % interval"),
        column("n", "int64", "rows behind it"),
        column("is_champion", "boolean", "the model that is used"),
    ),
)

MODELS = Table(
    "models",
    "fitted models; their bytes are artefacts named by hash",
    ("as_of", "name"),
    (
        AS_OF,
        column("name", "string", "e.g. predict/DELI, recommend/ItemKNN or uplift/CAMPAIGN"),
        column("kind", "string", "the class that loads it"),
        column("artefact", "string", "SHA-256 of its bytes, the name of the file under artefacts/"),
    ),
)

CARDS = Table(
    "cards",
    "a card for each model of predictions: data, windows, metrics by group, calibration, limits",
    ("as_of", "target"),
    (
        AS_OF,
        column("target", "string", "the target, as in scores"),
        column("card", "string", "JSON, as in the release's folder cards/"),
        column("train_by", "date", "when the model is to be trained again at the latest"),
        column("train_why", "string", "why earlier than for its age: inputs, realised, both with a blank, or empty"),
    ),
)

CUSTOMER_VALUES = Table(
    "customer_values",
    "what each customer is worth (guests left out) within [value] days to come; the past is a column beside it",
    ("customer_id", "as_of"),
    (
        CUSTOMER,
        AS_OF,
        column("p_alive", "float64", "still a customer", "0-1"),
        column("orders", "float64", "days with a purchase that are expected", "days"),
        column("contribution", "float64", "expected contribution net of refunds, discounted to as_of", "currency"),
        column("low", "float64", "what it is above in 39 of 40 futures", "currency"),
        column("high", "float64", "what it is below in 39 of 40 futures", "currency"),
        column("at_risk", "float64", "what would be added if the customer surely were one still", "currency"),
        column("historic_net_sales", "float64", "net sales up to as_of, less refunds", "currency"),
        column("is_wholesale", "boolean", "the mean purchase lies far beyond those of others"),
        column("model", "string", "models of how often and of how much"),
    ),
)

VALUE_TOTALS = Table(
    "value_totals",
    "sums of customer_values, with intervals of parameters, of chance and of what past windows lay off",
    ("as_of", "measure"),
    (
        AS_OF,
        column("measure", "string", "contribution, orders, at_risk or top_tenth_share"),
        column("value", "float64", "expected"),
        maybe("low", "float64", "lower end of its 95 % interval"),
        maybe("high", "float64", "upper end of it"),
        column("n", "int64", "customers"),
        column("unit", "string", "currency, orders or 0-1"),
    ),
)

DRIFT = Table(
    "drift",
    "whether customers of now are still those that a model learned from, and what became of earlier scores",
    ("as_of", "target", "kind", "name", "since"),
    (
        AS_OF,
        column("target", "string", "the target, as in scores"),
        column("kind", "string", "input or scores: PSI; realised: earlier scores whose outcome is known by now"),
        column("name", "string", "the column; probability; or count, log_loss, hits_in_100"),
        column("since", "date", "the moment of the model, or of the earlier scores"),
        column("value", "float64", "the index, or what happened"),
        maybe("low", "float64", "lower end of its 95 % interval; of a count: of what was expected"),
        maybe("high", "float64", "upper end of it"),
        column("expected", "float64", "the index where nothing changed, or what was promised"),
        maybe("chance", "float64", "the index that chance seldom passes; empty for what was realised"),
        column("n", "int64", "customers behind it"),
        column("alarm", "boolean", "a large shift of what matters; off or worse by more than chance explains"),
    ),
)
