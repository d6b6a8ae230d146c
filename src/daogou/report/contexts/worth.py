"""What customers are worth."""

from dataclasses import dataclass

from daogou.base.estimate import Estimate


@dataclass(frozen=True)
class Worth:
    """What is to come; the past is not in it."""

    days: int  # the horizon
    contribution: Estimate  # currency, discounted
    at_risk: Estimate  # currency: what would be added if nobody had left
    top_tenth_share: Estimate  # 0-1: of the contribution, by the tenth of customers who are worth most
    wholesale: int  # buyers who are counted on their own
    margin: float  # 0-1
    is_assumed: bool  # nobody gave the margin
