"""How many are held out: the least that finds the effect from which the campaign pays, at most half."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from daogou.campaign.power import Array, Spread, visible_effect


@dataclass(frozen=True)
class Wanted:
    """What one arm must be able to show: ``share`` of those who get something, ``effect`` per person above 0."""

    share: float
    effect: float


@dataclass(frozen=True)
class Floor:
    """What a reading asks of each arm, held out or not, before it gives an interval.

    ``units`` an arm; and of amounts ``buyers``, people who have one, of whom there are ``buying`` in a unit on average.
    """

    units: int = 2
    buyers: int = 0
    buying: float = 1.0

    @property
    def least(self) -> int:
        """Units that an arm must have."""
        if self.buyers and not self.buying > 0:
            return np.iinfo(np.int64).max // 4
        return max(self.units, math.ceil(self.buyers / self.buying) if self.buyers else 0)


NOTHING_ASKED = Floor()


@dataclass(frozen=True)
class Size:
    """How a campaign's units are parted.

    Attributes:
        units: that take part.
        held_out: of them.
        detects: whether each arm finds its effect 4 times in 5.
        campaigns: such campaigns that would do so if read together; 1 where this one does, None where no number would,
            as the effect wanted is 0 or not known.
        least: units that an arm must have to be read at all.
    """

    units: int
    held_out: int
    detects: bool
    campaigns: int | None
    least: int = 0

    @property
    def share(self) -> float:
        """Of the units that take part, those held out; one half where an odd one cannot be parted.

        >>> Size(5, 2, True, 1).share, Size(5, 1, True, 1).share
        (0.5, 0.2)
        """
        if 2 * self.held_out == self.units - 1:
            return 0.5
        return self.held_out / self.units if self.units else 0.0


def chosen_size(
    spread: Spread, wanted: Sequence[Wanted], most_treated: int | None = None, floor: Floor = NOTHING_ASKED
) -> Size:
    """The least number held out that finds every arm's effect; where not even half does, that which shows most.

    ``most_treated`` units may get something, where capacity or budget limit them; then holding out more brings more
    units in.

    >>> size = chosen_size(Spread(1.0, 1.0, 10_000), [Wanted(1.0, 0.1)])
    >>> size.held_out, size.detects
    (859, True)
    >>> size = chosen_size(Spread(1.0, 1.0, 1_000), [Wanted(1.0, 0.1)])
    >>> size.held_out, size.detects, size.campaigns
    (500, False, 4)
    """
    most = spread.units if most_treated is None else min(most_treated, spread.units)
    held_out = np.arange(1, max(min(spread.units // 2, most), 1) + 1)
    units = np.minimum(spread.units, most + held_out)
    ratio = _ratio(spread, held_out, units - held_out, wanted)
    found = np.flatnonzero((ratio <= 1) & _read(held_out, units, wanted, floor))
    place = int(found[0]) if len(found) else _showing_most(ratio, len(held_out))
    return _size(spread, int(units[place]), int(held_out[place]), wanted, floor)


def given_size(spread: Spread, wanted: Sequence[Wanted], held_out: int, floor: Floor = NOTHING_ASKED) -> Size:
    """What holding out that many of all units would find."""
    return _size(spread, spread.units, held_out, wanted, floor)


def _size(spread: Spread, units: int, held_out: int, wanted: Sequence[Wanted], floor: Floor) -> Size:
    ratio = float(_ratio(spread, np.array([held_out]), np.array([units - held_out]), wanted)[0])
    is_read = bool(_read(np.array([held_out]), np.array([units]), wanted, floor)[0])
    if ratio <= 1 and is_read:
        return Size(units, held_out, True, 1, floor.least)
    if not math.isfinite(ratio):
        return Size(units, held_out, False, None, floor.least)
    smallest = min(held_out, *((units - held_out) * arm.share for arm in wanted))
    by_floor = floor.least / smallest if smallest > 0 else math.inf
    campaigns = max(ratio**2, by_floor)
    enough = max(math.ceil(campaigns - 1e-9), 2) if campaigns < 1e9 else None
    return Size(units, held_out, False, enough, floor.least)


def _ratio(spread: Spread, held_out: Array, treated: Array, wanted: Sequence[Wanted]) -> Array:
    """Visible over wanted effect of the arm that shows least: 1 or less finds it; infinity where nothing is wanted."""
    parts = [
        visible_effect(spread, held_out, treated * arm.share) / arm.effect
        if arm.effect > 0
        else np.full(len(held_out), np.inf)
        for arm in wanted
    ]
    worst = np.max(parts, axis=0)
    found: Array = np.where(np.isnan(worst), np.inf, worst)
    return found


def _read(held_out: Array, units: Array, wanted: Sequence[Wanted], floor: Floor) -> Array:
    smallest = np.minimum(held_out, (units - held_out) * min(arm.share for arm in wanted))
    enough: Array = smallest >= floor.least
    return enough


def _showing_most(ratio: Array, most: int) -> int:
    """Where the smallest effect shows; the end, which is half, where nothing is known."""
    return int(np.argmin(ratio)) if np.isfinite(ratio).any() else most - 1
