"""How far each person came through ordered steps: pure arithmetic on moments.

An attempt begins with every first step. From there each next step is the earliest that comes after the one before it
and falls within ``days`` local days of the attempt's first. A person counts once, with the attempt that came furthest;
of several such, with the one that got there first, and of those with the one that began last (Mixpanel's optimized
re-entry: https://docs.mixpanel.com/docs/reports/funnels/funnels-advanced).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
_DAY = 86_400_000_000  # microseconds
_ROOM = 3 * _DAY  # of a local day on the axis below: it holds every moment of the day in whatever time zone
_UNSURE = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Step:
    """Everyone's events of one step, shape (n,) each, in any order.

    Attributes:
        customers: whose.
        days: local day, as days since 1970.
        moments: microseconds since 1970, UTC; ``UNSURE`` where only the day is known.
        event: two events of the same kind of which only the day is known need different days to follow each other.
    """

    customers: Array
    days: Array
    moments: Array
    event: str

    UNSURE = _UNSURE


@dataclass(frozen=True)
class Attempts:
    """The attempt that counts for each person, people ascending.

    Attributes:
        customers: shape (n,).
        depth: steps done, at least 1, shape (n,).
        days: local day of each step, shape (n, steps); -1 where it was not done.
        moments: the same in microseconds, UTC; ``Step.UNSURE`` where only the day is known or it was not done.
    """

    customers: Array
    depth: Array
    days: Array
    moments: Array


def furthest(steps: Sequence[Step], within: int) -> Attempts:
    """How far everyone with a first step came.

    An event whose moment is known follows one that is known only where it is later; where only the day of either is
    known, the same day will do.
    """
    index, axis = _axis(steps)
    begun = index[0]
    state = np.where(begun.sure, begun.places, axis.opens(begun.days))
    unsure_day = np.where(begun.sure, -1, begun.days)  # of the step just done, where only its day is known
    depth = np.ones(len(state), dtype=np.int64)
    chosen = np.full((len(state), len(steps)), -1, dtype=np.int64)
    chosen[:, 0] = np.arange(len(state))
    for number in range(1, len(steps)):
        after = index[number]
        again = not after.sure.all() and steps[number].event == steps[number - 1].event
        least = np.where(again & (unsure_day >= 0), axis.closes(unsure_day), state)
        found = after.first_after(begun.people, least)
        reached = (depth == number) & (found >= 0)
        safe = np.where(reached, found, 0)
        if len(after.days):
            reached &= after.days[safe] - begun.days <= within
            state = np.where(reached, np.maximum(state, after.entered(safe, axis)), state)
            unsure_day = np.where(reached & ~after.sure[safe], after.days[safe], -1)
            chosen[reached, number] = found[reached]
            depth += reached
    return _best(index, begun, depth, chosen)


@dataclass(frozen=True)
class _Axis:
    """One axis for moments and days, as ranks: every moment of a day lies after it opens and before it closes."""

    values: Array

    def opens(self, days: Array) -> Array:
        return self.rank(days * _ROOM)

    def closes(self, days: Array) -> Array:
        return self.rank(days * _ROOM + _ROOM - 1)

    def rank(self, places: Array) -> Array:
        return np.searchsorted(self.values, places)


@dataclass(frozen=True)
class _Sorted:
    """The events of a step by person and place on the axis; ``people`` are numbered from 0."""

    people: Array
    places: Array
    days: Array
    moments: Array
    sure: Array
    scale: int
    customers: Array

    def first_after(self, people: Array, least: Array) -> Array:
        """Index of each person's first event after ``least``; -1 where there is none."""
        if not len(self.people):
            return np.full(len(people), -1)
        keys = self.people * self.scale + self.places
        found = np.searchsorted(keys, people * self.scale + least, side="right")
        safe = np.minimum(found, len(keys) - 1)
        return np.where((found < len(keys)) & (self.people[safe] == people), safe, -1)

    def entered(self, chosen: Array, axis: _Axis) -> Array:
        """Where the next step may begin after the ``chosen`` events: with the day, where no more is known."""
        return np.where(self.sure[chosen], self.places[chosen], axis.opens(self.days[chosen]))


def _axis(steps: Sequence[Step]) -> tuple[list[_Sorted], _Axis]:
    everyone = np.unique(np.concatenate([step.customers for step in steps]))
    days = np.unique(np.concatenate([step.days for step in steps]).astype(np.int64))
    placed = [_placed(step) for step in steps]
    values = np.unique(np.concatenate([*placed, days * _ROOM, days * _ROOM + _ROOM - 1]))
    axis = _Axis(values)
    made = []
    for step, raw in zip(steps, placed, strict=True):
        people, places = np.searchsorted(everyone, step.customers), axis.rank(raw)
        order = np.lexsort((places, people))
        sure = step.moments != _UNSURE
        made.append(
            _Sorted(
                people[order],
                places[order],
                step.days.astype(np.int64)[order],
                step.moments[order],
                sure[order],
                len(values) + 1,
                everyone,
            )
        )
    return made, axis


def _placed(step: Step) -> Array:
    """Moments within their local day, a day of room on either side; unsure ones at its end, so that they follow all."""
    days = step.days.astype(np.int64)
    inside = np.where(step.moments == _UNSURE, 0, step.moments - days * _DAY + _DAY)
    return days * _ROOM + np.where(step.moments == _UNSURE, _ROOM - 1, np.clip(inside, 1, _ROOM - 2))


def _best(index: Sequence[_Sorted], begun: _Sorted, depth: Array, chosen: Array) -> Attempts:
    """One attempt a person: deepest, then earliest there, then begun last."""
    arrived = begun.places.copy()
    for number in range(1, len(index)):
        here = depth == number + 1
        arrived[here] = index[number].places[chosen[here, number]]
    order = np.lexsort((-begun.places, arrived, -depth, begun.people))
    people, first = np.unique(begun.people[order], return_index=True)
    rows = order[first]
    picked = chosen[rows]
    days = np.full(picked.shape, -1, dtype=np.int64)
    moments = np.full(picked.shape, _UNSURE, dtype=np.int64)
    for number, step in enumerate(index):
        done = picked[:, number] >= 0
        days[done, number] = step.days[picked[done, number]]
        moments[done, number] = step.moments[picked[done, number]]
    return Attempts(begun.customers[people], depth[rows], days, moments)
