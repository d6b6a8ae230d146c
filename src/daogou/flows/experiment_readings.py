"""A finished campaign read: each arm against those held out, on what its plan fixed and what is usual."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.campaign.design import HOLDOUT
from daogou.campaign.holdout import SMALLEST_STRATUM, by_recency, by_value
from daogou.campaign.power import Z_POWER, people_needed
from daogou.flows import experiment_values as facts
from daogou.flows.experiment_causes import causes
from daogou.flows.experiment_trials import PROGRAMME, Lots
from daogou.flows.outcomes import (
    CONTRIBUTION,
    OUTCOMES,
    RETURN_DAY,
    USUAL,
    Terms,
    Values,
    as_outcome,
    lacking,
    measured,
)
from daogou.measure.experiment.reading import Effect, Outcome, Reading, Trial, discovered, read
from daogou.measure.experiment.reading_joined import Part
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]

AFTER = "_after"  # of an outcome's name: in as many days again
COVARIATES = ("net_sales_28", "net_sales_90", "net_sales_365", "orders_90", "recency_days")
_OF_ORDERS = ("contribution", "net_sales", "orders", "buyers", "second_purchase", "refunds", "refund_rate", "margin")
_NO_TAIL = ("return_day_7", "refund_rate", "margin")
_PROGRAMME = ("contribution", "net_sales", "orders")


@dataclass(frozen=True)
class Told:
    """One arm's reading.

    Attributes:
        lots: the campaign's.
        arm: what is compared with those held out.
        cost: of reaching the arm's people; coupons are off net sales already.
        needed: people in all who would show that this is paid for, half of them held out; None: nothing to go by.
        lacking: outcomes that the plan fixed and that cannot be read, with the reason.
        delivered_in_holdout: people held out whom a message of the campaign reached all the same.
        treated_people: numbers of the arm's people.
        segment_sizes: people of the arm, and held out, by segment.
        final_on: the day from which no order of the window can be returned any more; before it all is provisional.
    """

    lots: Lots
    arm: str
    reading: Reading
    cost: float
    needed: int | None
    lacking: Mapping[str, str]
    delivered_in_holdout: int
    treated_people: Array
    segment_sizes: Mapping[str, tuple[int, int]]
    final_on: date

    @property
    def earned(self) -> Estimate | None:
        """Contribution beyond the control group, of all people treated together, before the cost of reaching them."""
        effect = self.reading.effect(CONTRIBUTION)
        return effect.total if effect else None

    @property
    def tail(self) -> Effect | None:
        """The primary outcome in the days after, where they are over."""
        return self.reading.effect(self.lots.design.primary + AFTER)

    @property
    def part(self) -> Part | None:
        """Its contribution, ready to be added to that of others."""
        return self.reading.parts.get(CONTRIBUTION)


def told(warehouse: Warehouse, lots: Lots, cost: float, made_with: Terms, as_of: date) -> list[Told]:
    """The reading of each arm; ``cost`` is that of reaching all people treated."""
    prepared = _Prepared(warehouse, lots, made_with, as_of)
    arms = [prepared.arm(name) for name in lots.arms]
    if any(one.mismatch.stops for one in arms):
        arms = [_stopped(warehouse, prepared, name, one) for name, one in zip(lots.arms, arms, strict=True)]
    people = sum(one.treated for one in arms)
    nobody = lots.customer[:0]
    slim = replace(lots, customer=nobody, arm=nobody, chance=nobody, unit=None)  # many campaigns are held at a time
    final_on = lots.end + timedelta(days=made_with.return_days)
    return [
        Told(
            slim,
            name,
            one,
            cost * one.treated / people,
            _needed(one, cost / people) or prepared.needed(cost / people),
            prepared.lacking,
            prepared.delivered_in_holdout,
            lots.customer[lots.within(name)],
            prepared.segment_sizes(name),
            final_on,
        )
        for name, one in zip(lots.arms, discovered(arms), strict=True)
    ]


def _needed(reading: Reading, cost: float) -> int | None:
    """People who would show a contribution as large as ``cost`` a person 4 times in 5, half of them held out.

    By how sure the reading itself is, adjusted and by units drawn; None where it has no interval, or nothing was spent.
    """
    effect = reading.effect(CONTRIBUTION)
    if effect is None or not finite(effect.adjusted) or not cost > 0:
        return None
    error = (effect.adjusted.high - effect.adjusted.low) / (2 * Z95)
    people = reading.treated + reading.held_out
    unequal = 4 * reading.treated * reading.held_out / people**2  # 1 with as many held out as treated
    return math.ceil(people * unequal * ((Z95 + Z_POWER) * error / cost) ** 2)


def segments(value: Array, recency_days: Array) -> tuple[Array, tuple[str, ...]]:
    """Each person's group by value and recency, as places among the names; small groups are one, named rest."""
    values, worths = np.unique(by_value(value), return_inverse=True)
    times, seen = np.unique(by_recency(recency_days), return_inverse=True)
    code = worths * len(times) + seen
    sizes = np.bincount(code, minlength=len(values) * len(times))
    names = [f"{one}/{other}" for one in values.tolist() for other in times.tolist()]
    kept = [place for place, size in enumerate(sizes.tolist()) if size >= SMALLEST_STRATUM]
    moved = np.full(len(names), len(kept))
    moved[kept] = np.arange(len(kept))
    return moved[code], (*(names[place] for place in kept), "rest")


class _Prepared:
    """All that the arms of a campaign share: outcomes, what was known before, whom messages reached."""

    def __init__(self, warehouse: Warehouse, lots: Lots, made_with: Terms, as_of: date) -> None:
        self.lots, self.made_with = lots, made_with
        design = lots.design
        usual = _PROGRAMME if lots.level == PROGRAMME else USUAL
        rails = () if lots.level == PROGRAMME else tuple(design.guard_rails)
        names = list(dict.fromkeys([design.primary, *usual, *rails]))
        why = lacking(warehouse, names, made_with)
        if design.primary == "return_day_7" and design.outcome_days <= RETURN_DAY:
            why["return_day_7"] = "days"
        self.lacking = why
        asked = [name for name in names if name not in why]
        self.values = measured(warehouse, asked, lots.customer, lots.start, lots.end, made_with)
        before = facts.before(warehouse, lots.customer, lots.start)
        self.covariates = np.column_stack([before[name] for name in COVARIATES])
        recency = np.nan_to_num(before["recency_days"], nan=np.inf)
        self.segment, self.names = segments(before["net_sales_365"], recency)
        self.before = self._primary_before(warehouse)
        self.after = self._after(warehouse, as_of)
        reached = None
        if lots.level != PROGRAMME:
            reached = facts.delivered(warehouse, lots.name, lots.customer, lots.end)
        self.reached = reached

    @property
    def delivered_in_holdout(self) -> int:
        return 0 if self.reached is None else int(self.reached[self.lots.within(HOLDOUT)].sum())

    def segment_sizes(self, arm: str) -> dict[str, tuple[int, int]]:
        """People of an arm, and of those held out, in each segment."""
        sizes = [np.bincount(self.segment[self.lots.within(one)], minlength=len(self.names)) for one in (arm, HOLDOUT)]
        return dict(zip(self.names, zip(*(one.tolist() for one in sizes), strict=True), strict=True))

    def needed(self, cost: float) -> int | None:
        """People who would show a contribution as large as ``cost`` a person."""
        held = self.values[CONTRIBUTION].values[self.lots.within(HOLDOUT)]
        lift = cost / held.mean() if held.mean() > 0 else 0.0
        return people_needed(held, 0.5, lift) if lift > 0 else None

    def trial(self, arm: str) -> tuple[Trial, Array]:
        """The arm and those held out, and whom of all people that means."""
        lots = self.lots
        mine = np.flatnonzero(lots.within(arm) | lots.within(HOLDOUT))
        treated = lots.within(arm)[mine]
        chance = lots.chance[mine]
        reached = None if self.reached is None else self.reached[mine]
        return (
            Trial(
                treated.astype(np.int8),
                np.where(treated, chance, 1 - chance),
                self.covariates[mine],
                self.segment[mine],
                None if lots.unit is None else lots.unit[mine],
                reached if reached is not None and reached[treated].any() else None,
                lots.sizes,
                self.names,
            ),
            mine,
        )

    def arm(self, arm: str) -> Reading:
        trial, mine = self.trial(arm)
        return read(trial, self.outcomes(mine), person=self.lots.customer[mine], adding=CONTRIBUTION)

    def outcomes(self, mine: Array) -> list[Outcome]:
        """What is compared of the people ``mine``, the primary first."""
        design = self.lots.design
        made = []
        for name in dict.fromkeys([design.primary, *self.values]):
            role = "primary" if name == design.primary else "guard_rail" if name in design.guard_rails else "other"
            found = self.values.get(name) or Values(np.full(len(self.lots.customer), np.nan))
            before = self.before[mine] if role == "primary" and self.before is not None else None
            made.append(as_outcome(name, _of(found, mine), role=role, before=before))
        if self.after is not None:
            made.append(as_outcome(design.primary, _of(self.after, mine), role="tail", after=AFTER))
        return made

    def _primary_before(self, warehouse: Warehouse) -> Array | None:
        """The primary outcome in as many days before, where the covariates do not tell it already."""
        name, lots = self.lots.design.primary, self.lots
        if name in _OF_ORDERS or name not in self.values:
            return None
        first = lots.start - (lots.end - lots.start)
        return measured(warehouse, [name], lots.customer, first, lots.start, self.made_with)[name].values

    def _after(self, warehouse: Warehouse, as_of: date) -> Values | None:
        """The primary outcome in as many days after, of the same people, where these are over."""
        name, lots = self.lots.design.primary, self.lots
        last = lots.end + timedelta(days=lots.design.tail_days)
        if lots.level == PROGRAMME or name in _NO_TAIL or name not in self.values or last > as_of:
            return None
        asked = "buyers" if name == "second_purchase" else name
        found = measured(warehouse, [asked], lots.customer, lots.end, last, self.made_with)[asked]
        return replace(found, among=self.values[name].among)


def _stopped(warehouse: Warehouse, prepared: _Prepared, arm: str, reading: Reading) -> Reading:
    """No arm is read where one of them is not as it was drawn; where to look first."""
    trial, mine = prepared.trial(arm)
    found = causes(warehouse, prepared.lots, mine, trial) if reading.mismatch.stops else ()
    return Reading(reading.treated, reading.held_out, reading.mismatch, tuple(found), (), {}, {}, {})


def _of(found: Values, mine: Array) -> Values:
    if len(mine) == len(found.values):
        return found
    parts = (None if one is None else one[mine] for one in (found.below, found.among))
    return Values(found.values[mine], *parts)


def outcome_unit(outcome: str) -> str:
    """The kind of an outcome by its name, or by that of its tail or of those reached."""
    name = outcome.removesuffix(AFTER).removesuffix("_delivered")
    return OUTCOMES[name].kind if name in OUTCOMES else "money"


def finite(one: Estimate) -> bool:
    """Whether an estimate has an interval."""
    return math.isfinite(one.low)
