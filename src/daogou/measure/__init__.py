"""What past campaigns reached, brought and cost. Arrays in, one Estimate out."""

from typing import TYPE_CHECKING

from daogou.base.lazy import lazily

if TYPE_CHECKING:
    from daogou.measure.attribution import RULES, Credit, attribute
    from daogou.measure.attribution_paths import Paths, paths
    from daogou.measure.bots import programs
    from daogou.measure.experiment.always_valid import always_valid, days_left
    from daogou.measure.experiment.difference import difference, variance_cut
    from daogou.measure.experiment.discovery import adjusted_p_values, p_value
    from daogou.measure.experiment.mismatch import mismatch, suspects
    from daogou.measure.experiment.observed import difference_in_differences, doubly_robust
    from daogou.measure.experiment.paired import paired_difference, switched
    from daogou.measure.experiment.pooled import pooled
    from daogou.measure.experiment.ratio import lift, ratio_difference
    from daogou.measure.experiment.sequential import boundaries, stopped
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
    from daogou.measure.uplift import qini, uplift_at
    from daogou.measure.uplift_profit import policy_profit

__all__ = [
    "RULES",
    "Credit",
    "Paths",
    "adjusted_p_values",
    "always_valid",
    "attribute",
    "boundaries",
    "by_group",
    "click_rate",
    "click_to_open_rate",
    "complaint_rate",
    "counted_conversions",
    "ctr",
    "cvr",
    "days_left",
    "delivery_rate",
    "difference",
    "difference_in_differences",
    "doubly_robust",
    "first_rows",
    "lift",
    "messages_per_person",
    "mismatch",
    "open_rate",
    "p_value",
    "paired_difference",
    "paths",
    "policy_profit",
    "pooled",
    "programs",
    "qini",
    "rate",
    "ratio_difference",
    "reach_cvr",
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
        "attribution": ["RULES", "Credit", "attribute"],
        "attribution_paths": ["Paths", "paths"],
        "bots": ["programs"],
        "experiment.always_valid": ["always_valid", "days_left"],
        "experiment.difference": ["difference", "variance_cut"],
        "experiment.discovery": ["adjusted_p_values", "p_value"],
        "experiment.mismatch": ["mismatch", "suspects"],
        "experiment.observed": ["difference_in_differences", "doubly_robust"],
        "experiment.paired": ["paired_difference", "switched"],
        "experiment.pooled": ["pooled"],
        "experiment.ratio": ["lift", "ratio_difference"],
        "experiment.sequential": ["boundaries", "stopped"],
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
        "uplift": ["qini", "uplift_at"],
        "uplift_profit": ["policy_profit"],
    },
)
