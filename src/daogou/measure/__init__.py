"""What past campaigns reached, brought and cost. Arrays in, one Estimate out."""

from typing import TYPE_CHECKING

from daogou.base.lazy import lazily

if TYPE_CHECKING:
    from daogou.measure.acquisition import (
        cac,
        cpa,
        lifetime_value,
        ltv_to_cac,
        mean_cumulative,
        new_share,
        payback,
        payback_days,
    )
    from daogou.measure.attribution import RULES, Credit, attribute
    from daogou.measure.attribution_paths import Paths, paths
    from daogou.measure.bots import programs
    from daogou.measure.experiment.always_valid import always_valid, days_left
    from daogou.measure.experiment.difference import difference, variance_cut
    from daogou.measure.experiment.discovery import adjusted_p_values, p_value
    from daogou.measure.experiment.mismatch import mismatch, mismatch_of, suspects
    from daogou.measure.experiment.observed import difference_in_differences, doubly_robust
    from daogou.measure.experiment.paired import paired_difference, switched
    from daogou.measure.experiment.pooled import pooled
    from daogou.measure.experiment.ratio import lift, ratio_difference
    from daogou.measure.experiment.sequential import boundaries, stopped
    from daogou.measure.money_ladder import Ladder, ladder, ladders
    from daogou.measure.rates import (
        by_group,
        click_rate,
        click_to_open_rate,
        complaint_rate,
        counted_conversions,
        ctr,
        cvr,
        delivery_rate,
        first_rows,
        messages_per_person,
        open_rate,
        rate,
        reach_cvr,
        unsubscribe_rate,
        visitor_cvr,
    )
    from daogou.measure.returns import gain_to_cost, returned, roas, roi
    from daogou.measure.uplift import qini, uplift_at
    from daogou.measure.uplift_profit import policy_profit

__all__ = [
    "RULES",
    "Credit",
    "Ladder",
    "Paths",
    "adjusted_p_values",
    "always_valid",
    "attribute",
    "boundaries",
    "by_group",
    "cac",
    "click_rate",
    "click_to_open_rate",
    "complaint_rate",
    "counted_conversions",
    "cpa",
    "ctr",
    "cvr",
    "days_left",
    "delivery_rate",
    "difference",
    "difference_in_differences",
    "doubly_robust",
    "first_rows",
    "gain_to_cost",
    "ladder",
    "ladders",
    "lifetime_value",
    "lift",
    "ltv_to_cac",
    "mean_cumulative",
    "messages_per_person",
    "mismatch",
    "mismatch_of",
    "new_share",
    "open_rate",
    "p_value",
    "paired_difference",
    "paths",
    "payback",
    "payback_days",
    "policy_profit",
    "pooled",
    "programs",
    "qini",
    "rate",
    "ratio_difference",
    "reach_cvr",
    "returned",
    "roas",
    "roi",
    "stopped",
    "suspects",
    "switched",
    "unsubscribe_rate",
    "uplift_at",
    "variance_cut",
    "visitor_cvr",
]

__getattr__ = lazily(
    __name__,
    {
        "acquisition": [
            "cac",
            "cpa",
            "lifetime_value",
            "ltv_to_cac",
            "mean_cumulative",
            "new_share",
            "payback",
            "payback_days",
        ],
        "attribution": ["RULES", "Credit", "attribute"],
        "attribution_paths": ["Paths", "paths"],
        "bots": ["programs"],
        "experiment.always_valid": ["always_valid", "days_left"],
        "experiment.difference": ["difference", "variance_cut"],
        "experiment.discovery": ["adjusted_p_values", "p_value"],
        "experiment.mismatch": ["mismatch", "mismatch_of", "suspects"],
        "experiment.observed": ["difference_in_differences", "doubly_robust"],
        "experiment.paired": ["paired_difference", "switched"],
        "experiment.pooled": ["pooled"],
        "experiment.ratio": ["lift", "ratio_difference"],
        "experiment.sequential": ["boundaries", "stopped"],
        "money_ladder": ["Ladder", "ladder", "ladders"],
        "rates": [
            "by_group",
            "click_rate",
            "click_to_open_rate",
            "complaint_rate",
            "counted_conversions",
            "ctr",
            "cvr",
            "delivery_rate",
            "first_rows",
            "messages_per_person",
            "open_rate",
            "rate",
            "reach_cvr",
            "unsubscribe_rate",
            "visitor_cvr",
        ],
        "returns": ["gain_to_cost", "returned", "roas", "roi"],
        "uplift": ["qini", "uplift_at"],
        "uplift_profit": ["policy_profit"],
    },
)
