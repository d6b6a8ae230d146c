"""What a test that is running has brought so far, beside what was known of its people before."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.campaign.design import HOLDOUT
from daogou.flows import experiment_values as facts
from daogou.flows.experiment_readings import COVARIATES
from daogou.flows.experiment_trials import Lots
from daogou.flows.outcomes import OUTCOMES, Terms, Values, lacking, measured
from daogou.measure.experiment.difference import Comparison
from daogou.measure.experiment.guard_rails import Rail, rail
from daogou.measure.experiment.mismatch import Mismatch, mismatch
from daogou.measure.experiment.reading import UNITS_A_COVARIATE
from daogou.measure.experiment.reading_trial import HEAVY
from daogou.measure.experiment.running import Look, Seen, cut, growth, link
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]

_NOBODY = Estimate(math.nan, math.nan, math.nan, 0)
_NOTHING = Seen(_NOBODY, _NOBODY)


@dataclass(frozen=True)
class Arm:
    """One arm and those held out."""

    mine: Array  # which of the campaign's people
    treated: Array
    propensity: Array  # to be treated rather than held out
    unit: Array | None
    sizes: Mismatch

    def compared(self, covariates: Array | None = None, among: Array | None = None) -> Comparison:
        """The arms, made ready for outcomes of everyone, or of those ``among`` them."""
        kept = np.ones(len(self.mine), dtype=bool) if among is None else among
        unit = None if self.unit is None else self.unit[kept]
        told = None if covariates is None else covariates[kept]
        ready = Comparison(self.treated[kept], None, unit=unit, propensity=self.propensity[kept])
        if told is None or min(ready.units) < UNITS_A_COVARIATE * told.shape[1]:
            return ready
        return Comparison(self.treated[kept], told, unit=unit, propensity=self.propensity[kept])


class SoFar:
    """A campaign's people on the days that have passed at ``as_of``; ``last`` is the ``as_of`` of the look before."""

    def __init__(self, warehouse: Warehouse, lots: Lots, made_with: Terms, as_of: date, last: date | None) -> None:
        self.lots, self._warehouse, self._made_with = lots, warehouse, made_with
        self.until = min(as_of, lots.end)
        self.passed = (self.until - lots.start).days
        design = lots.design
        self.lacking = lacking(warehouse, [design.primary, *design.guard_rails], made_with)
        before = facts.before(warehouse, lots.customer, lots.start)
        self._covariates = np.column_stack([before[name] for name in COVARIATES])
        names = [design.primary, *design.guard_rails]
        self.values = self._brought([name for name in names if name not in self.lacking], self.until)
        self._last = None if last is None else self._primary(last)
        half = lots.start + timedelta(days=self.passed // 2)
        self._half = self._primary(half) if half > lots.start else None
        self.half = (self.passed // 2) / self.passed

    def arm(self, name: str) -> Arm:
        """One arm and those held out."""
        lots = self.lots
        mine = np.flatnonzero(lots.within(name) | lots.within(HOLDOUT))
        treated, chance = lots.within(name)[mine], lots.chance[mine]
        propensity = np.where(treated, chance, 1 - chance)
        unit = None if lots.unit is None else lots.unit[mine]
        return Arm(mine, treated, propensity, unit, lots.sizes or _sizes(lots, treated, chance, unit))

    def seen(self, arm: Arm, hangs_on_last: bool) -> tuple[Seen, float]:
        """What the primary outcome shows, and the power of time with which its variance grows."""
        now = self.values.get(self.lots.design.primary)
        if now is None:
            return _NOTHING, 1.0
        among = None if now.among is None else np.asarray(now.among, dtype=bool)[arm.mine]
        inside = arm.treated if among is None else arm.treated[among]
        if not inside.any() or inside.all():
            return _NOTHING, 1.0
        compared = arm.compared(self._covariates[arm.mine], among)
        is_heavy = OUTCOMES[self.lots.design.primary].kind in HEAVY

        def taken(told: Values) -> Array:
            values = told.values[arm.mine] if among is None else told.values[arm.mine][among]
            return cut(values) if is_heavy else values

        plain = now.values[arm.mine] if among is None else now.values[arm.mine][among]
        estimate = compared.effect(plain, money=is_heavy)
        tested = compared.effect(taken(now), money=True) if is_heavy else estimate
        unit = arm.unit if arm.unit is None or among is None else arm.unit[among]
        hangs = None
        if self._last is not None and hangs_on_last:
            hangs = link(compared.influence(taken(now)), compared.influence(taken(self._last)), unit)
        power = 1.0
        if self._half is not None:
            errors = [compared.effect(taken(one)) for one in (self._half, now)]
            power = growth(errors[0], errors[1], self.half)
        return Seen(estimate, tested, hangs), power

    def rails(self, arm: Arm) -> list[Rail]:
        """Each guard rail that was fixed; without a figure where no table tells of it."""
        compared, found = arm.compared(), []
        for name, limit in self.lots.design.guard_rails.items():
            told = self.values.get(name)
            if told is None:
                found.append(Rail(name, None, limit, "unsure"))
                continue
            below = None if told.below is None else told.below[arm.mine]
            found.append(rail(name, compared, told.values[arm.mine], limit, below))
        return found

    def _primary(self, until: date) -> Values | None:
        primary = self.lots.design.primary
        return self._brought([primary], until).get(primary) if primary not in self.lacking else None

    def _brought(self, names: list[str], until: date) -> dict[str, Values]:
        lots = self.lots
        return measured(self._warehouse, names, lots.customer, lots.start, until, self._made_with)


@dataclass(frozen=True)
class Followed:
    """One arm of a test at one look; ``decided_on`` is the ``as_of`` of the look that ended it."""

    so_far: SoFar
    arm: str
    treated: int
    held_out: int
    found: Look
    looks: int
    decided_on: date | None
    planned_effect: float | None
    days_left: int | None
    sizes: Mismatch
    rails: tuple[Rail, ...]

    @property
    def name(self) -> str:
        """The campaign, with its arm where it has several."""
        lots = self.so_far.lots
        return lots.name if len(lots.arms) == 1 else f"{lots.name} / {self.arm}"


def _sizes(lots: Lots, treated: Array, chance: Array, unit: Array | None) -> Mismatch:
    """Whether as many units are in both arms as lots would have brought; ``chance`` is that of each one's own arm.

    Of several arms whose chances differ from person to person, an arm's share is that which its own people tell.
    """
    first = np.arange(len(treated)) if unit is None else np.unique(unit, return_index=True)[1]
    inside, own = treated[first], chance[first]
    counts = [int(inside.sum()), int((~inside).sum())]
    if len(lots.names) == 2:
        to_treat = np.where(inside, own, 1 - own)
        return mismatch(counts, [float(to_treat.sum()), float((1 - to_treat).sum())])
    return mismatch(counts, [1 / float(np.mean(1 / own[side])) if side.any() else 1.0 for side in (inside, ~inside)])


def per_unit(estimate: Estimate | None) -> dict[str, float | None]:
    """value, low and high as a row has them."""
    if estimate is None or not np.isfinite(estimate.low):
        return dict.fromkeys(("value", "low", "high"))
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}
