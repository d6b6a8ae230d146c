"""How something is spread over values: the favourite, its share, and the entropy of the shares."""

import ibis
import ibis.expr.types as ir

from daogou.profile.totals import KEY

EXACT = "decimal(38, 14)"  # sums of these are the same in every order, unlike sums of floats
_HAIR = 1e-5  # nats


def spread(rows: ir.Table, prefix: str, many: str) -> ir.Table:
    """customer_id, as_of and what ``rows`` say of them, one row of these a customer, cut, value and its amount.

    Columns: favourite_PREFIX (the value with most; ties to the smallest), PREFIX_top_share, PREFIX_entropy (nats; both
    null where no amount is above 0), and how many values there are, named ``many``. An amount below 0 counts as 0.

    With amounts a and their sum S the entropy is ln S - (sum of a ln a) / S: it needs no second look at the rows.
    """
    amount = ibis.greatest(rows.amount.cast("float64"), 0.0)
    rows = rows.mutate(
        positive=amount, order=ibis.struct({"amount": -rows.amount.cast("float64"), "value": rows.value})
    )
    made = rows.group_by(KEY).aggregate(
        best=rows.order.min(),
        top=rows.positive.max(),
        whole=rows.positive.cast(EXACT).sum(),
        weighed=a_ln_a(rows.positive).sum(),
        **{many: rows.count()},
    )
    return made.select(*KEY, many, **{f"favourite_{prefix}": made.best["value"]}, **top_and_entropy(made, prefix))


def a_ln_a(amount: ir.NumericColumn) -> ir.DecimalColumn:
    """A ln a of amounts, 0 or more."""
    value = amount.cast("float64")
    return (value > 0).ifelse(value * ibis.greatest(value, 1e-9).ln(), 0.0).cast(EXACT)


def top_and_entropy(rows: ir.Table, prefix: str) -> dict[str, ir.Value]:
    """PREFIX_top_share and PREFIX_entropy, from top (the largest amount), whole (the sum) and weighed (of a ln a)."""
    whole = rows.whole.cast("float64")
    known = whole.nullif(0.0)
    found = known.ln() - rows.weighed.cast("float64") / known
    # where (nearly) everything is in one value, rounding leaves a hair beside 0, another one on each engine
    entropy = ((rows.top >= whole) | (found < _HAIR)).ifelse(0.0, found)
    return {
        f"{prefix}_top_share": rows.top / known,
        f"{prefix}_entropy": known.notnull().ifelse(entropy, ibis.null("float64")),
    }
