"""Whom a message changes, as finished campaigns with a control group showed."""

from dataclasses import dataclass

from daogou.base.estimate import Estimate
from daogou.report.contexts.text import Text


@dataclass(frozen=True)
class UpliftTenth:
    """A tenth of the customers, 1 with the largest effect: what was told, and what the campaign showed, in currency."""

    number: int
    told: float
    shown: Estimate


@dataclass(frozen=True)
class UpliftPoint:
    """Profit a customer of all when the best ``share`` are contacted, over contacting nobody, in currency."""

    share: float
    profit: Estimate


@dataclass(frozen=True)
class UpliftCampaign:
    """One campaign: the advice in words, what each choice earns a customer, and how far it can be believed."""

    name: str  # the company's own
    advice: Text
    policies: tuple[tuple[Text, Estimate], ...]
    tenths: tuple[UpliftTenth, ...]
    curve: tuple[UpliftPoint, ...]
    share: float | None  # of customers whom the advice sends to; None where it is not to target
    drivers: tuple[Text, ...]
    notes: tuple[Text, ...]


@dataclass(frozen=True)
class Uplift:
    """Campaigns, latest first; ``nothing`` says why there are none."""

    campaigns: tuple[UpliftCampaign, ...]
    nothing: Text
