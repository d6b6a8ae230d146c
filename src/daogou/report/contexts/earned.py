"""What campaigns earned beyond their control group, what is only estimated, and what all have taught."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from daogou.base.estimate import Estimate
from daogou.report.contexts.text import Text

Kind = Literal["money", "number", "share"]  # how figures are written: currency, a count or amount, or points of a share
Verdict = Literal["earned", "lost", "unsure", "more", "less", "open", "mismatch", "too_few"]
NextStep = Literal[
    "repeat", "stop", "guard", "forward", "larger", "again", "find", "cost", "join", "wait", "go_on", "cut"
]


@dataclass(frozen=True)
class Outcome:
    """What one outcome shows, per unit drawn; None where it was not read."""

    name: Text
    kind: Kind
    effect: Estimate | None
    plain: Estimate | None  # as it is, not adjusted for what was known before
    lift: Estimate | None  # a share of the mean of those held out
    total: Estimate | None  # over all units treated
    false_discovery: float | None  # p-value of no effect, adjusted for how many outcomes were read
    is_sure: bool  # it can be told from nothing, so many having been looked at


@dataclass(frozen=True)
class Tested:
    """One campaign, several of one offer, or the programme, with what only lots can tell."""

    level: Literal["campaign", "offer", "programme"]
    name: str  # the company's own
    arm: str  # empty where there is one
    unit: str  # customer, household, store, region or time
    treated: int
    held_out: int
    first_day: date  # of the outcome
    last_day: date
    verdict: Verdict
    earned: Estimate | None  # contribution beyond the control group before marketing cost, of all treated, currency
    cost: float | None  # marketing cost, currency
    ratio: Estimate | None  # incremental ROI
    is_provisional: bool  # some of its orders may still be returned
    enough: int | None  # units in all, as many held out of 100 as here, who would show that the cost is covered
    step: NextStep
    primary: Outcome | None  # None: arms out of balance
    others: tuple[Outcome, ...]
    guard_rails: tuple[Outcome, ...]
    tail: Outcome | None  # the primary outcome in as many days again
    delivered: Outcome | None  # of those whom a message reached
    segments: tuple[tuple[Text, Estimate], ...]  # the primary outcome, after pooling
    mismatch: float | None  # p-value of arms of these sizes
    design: str  # hash of what was fixed before the start; empty: nothing was


@dataclass(frozen=True)
class Observed:
    """A campaign without lots: what those reached seem to have brought, and what speaks against it."""

    name: str
    outcome: Text
    kind: Kind
    by_region: bool
    effect: Estimate | None
    reached: int
    others: int
    first_day: date
    last_day: date
    overlap: float | None  # share of those reached who are like somebody not reached, 0-1
    unbalanced_before: int | None
    unbalanced_after: int | None
    covariates: int | None
    placebo: Estimate | None  # the same on the days before, where there can be no effect
    elsewhere: float | None  # share of those reached whom another campaign reached at that time too
    is_doubtful: bool
    verdict: Text


@dataclass(frozen=True)
class Untestable:
    """A campaign whose effect no test can tell."""

    name: str
    channel: str
    why: Text


@dataclass(frozen=True)
class Learning:
    """What campaigns with a control group have taught together: contribution a person."""

    level: Literal["all", "offer", "kind", "channel", "segment"]
    name: Text  # empty: not known
    campaigns: int
    mean: Estimate
    next_low: float  # where the next one's effect is likely to lie
    next_high: float
    last_on: date
    age: int  # days


@dataclass(frozen=True)
class Earned:
    """The chapter; ``tested`` newest first."""

    tested: tuple[Tested, ...]
    waiting: tuple[str, ...]  # campaigns with lots whose outcome days are not over
    observed: tuple[Observed, ...]
    untestable: tuple[Untestable, ...]
    learnings: tuple[Learning, ...]
