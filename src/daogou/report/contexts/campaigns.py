"""Past campaigns and the next one."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from daogou.base.estimate import Estimate
from daogou.report.contexts.text import Text


@dataclass(frozen=True)
class Campaign:
    """A past campaign, or several pooled."""

    name: str  # the campaign's id or name, or the kind; empty for all together
    kind: str
    starts_on: date | None
    ends_on: date | None
    incomplete: Literal["", "begins", "ends"]  # begins before the data, ends after them, or neither
    reached: int
    redeemers: int
    redemptions: int
    rate: Estimate | None  # redeemers / reached; None below the smallest number of redeemers
    break_even: Estimate | None  # share of redemptions that must be incremental
    net_sales: float
    cost_shop: float
    cost_maker: float


@dataclass(frozen=True)
class Past:
    """What past campaigns cost."""

    campaigns: tuple[Campaign, ...]
    kinds: tuple[Campaign, ...]
    overall: Campaign
    fewest: int  # redeemers below which only counts are shown
    overlap: Estimate | None  # of a customer's consecutive campaigns, the share that overlap, 0-1
    held_out: bool  # whether any kept a control group drawn by lot


@dataclass(frozen=True)
class Stratum:
    """One row of who takes part."""

    name: Text
    size: int
    held_out: int


@dataclass(frozen=True)
class Choice:
    """What one share of people held out would show."""

    held_out: float  # 0-1
    lift: float  # smallest visible gain, as a share of what people spend anyway


@dataclass(frozen=True)
class NextCampaign:
    """The campaign that Daogou drafts."""

    plan: str  # id of the draft
    who: Text
    offer: Text
    why: Text  # why this offer
    holdout: tuple[Text, ...]  # why so many are held out: what this share and others would show
    teaches: tuple[Text, ...]  # what will be known, when, and what may stay hidden
    price: Text  # what knowing costs
    assumed: Text  # which terms nobody gave; empty where all are given
    strata: tuple[Stratum, ...]
    treated: int
    held_out: int
    cost: Estimate  # currency
    starts_on: date
    ends_on: date  # last day of the outcome
    known_on: date
    visible_lift: float  # smallest visible gain at the chosen share, of what people spend anyway
    choices: tuple[Choice, ...]  # the chosen share and others
    fixed: tuple[Text, ...] = ()  # what decides, over how many days, guard rails, who is drawn together
    prior: tuple[Text, ...] = ()  # what past campaigns lead one to expect; empty where none was tested
    kept_out: tuple[Text, ...] = ()  # whom no campaign, or another of its group, reaches
