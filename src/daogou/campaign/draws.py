"""The lots of a campaign: what each person was meant to get, and who of these gets nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from daogou.base.assignment import draw
from daogou.campaign.costs import Arm
from daogou.campaign.design import HOLDOUT, RECENCY, VALUE
from daogou.campaign.holdout import (
    REST,
    Array,
    by_recency,
    by_value,
    joined,
    lowest,
    parted,
    shares_within,
    smallest_stratum,
)
from daogou.campaign.population import Population

EVERYONE = "everyone"  # the stratum where lots are drawn among all


@dataclass(frozen=True)
class Drawn:
    """One row a person, each of shape (n,); people of one unit share all but ``customer``.

    Attributes:
        unit: the key that was drawn for: the customer's number, or household or store.
        offer: what it was meant to be offered; None where that is the same for all.
        stratum: of the unit.
        intended: the arm that the unit was meant for, of those held out too.
        arm: the intended arm, or holdout.
        propensity: probability of ``arm``, given offer and stratum.
        lot: the draw of who is left out, in [0, 1): the lowest of each offer, stratum and intended arm.
        units: how many there are; ``units_held_out`` of them are left out.
    """

    unit: Array
    offer: Array | None
    stratum: Array
    intended: Array
    arm: Array
    propensity: Array
    lot: Array
    units: int
    units_held_out: int

    @property
    def held_out(self) -> Array:
        """Who gets nothing."""
        found: Array = self.arm == HOLDOUT
        return found


def drawn(people: Population, arms: Sequence[Arm], share: float, name: str, salt: str) -> Drawn:
    """Draw the arm that each unit is meant for, by ``name|arm``, and then by ``name`` who of these is left out.

    So the held-out of an arm are a random part of all who were meant for it; and where people are meant to get
    different offers, all this happens among those of one offer. Both lots come from the unit's key, and anyone who has
    the salt can draw them again.
    """
    keys, index = _units(people)
    first = np.full(len(keys), len(people))
    np.minimum.at(first, index, np.arange(len(people)))
    offer = np.zeros(len(keys), dtype=np.int64)
    if people.offer is not None:
        offer = np.unique(people.offer, return_inverse=True)[1][first]
    stratum = _strata(people, index, first, offer, smallest_stratum(share, len(arms)))
    alike = _named(stratum, offer)
    lot = _lots(salt, name, keys)
    intended = np.full(len(keys), arms[0].name)
    if len(arms) > 1:
        intended = parted(alike, _lots(salt, f"{name}|arm", keys), {arm.name: arm.share for arm in arms})
    held_out = lowest(_named(alike, intended), lot, share)
    arm = np.where(held_out, HOLDOUT, intended)
    propensity = shares_within(alike, arm)
    return Drawn(
        unit=keys[index],
        offer=None if people.offer is None else people.offer[first][index],
        stratum=stratum[index],
        intended=intended[index],
        arm=arm[index],
        propensity=propensity[index],
        lot=lot[index],
        units=len(keys),
        units_held_out=int(held_out.sum()),
    )


def _units(people: Population) -> tuple[Array, Array]:
    """The keys that are drawn for, and the place of each person's among them."""
    if people.unit is None:
        return people.customer_id.astype(str), np.arange(len(people))
    keys, index = np.unique(people.unit, return_inverse=True)
    return keys, index


def _lots(salt: str, name: str, keys: Array) -> Array:
    return np.array([draw(salt, name, key) for key in keys.tolist()], dtype=np.float64)


def _named(stratum: Array, part: Array) -> Array:
    found: Array = np.char.add(np.char.add(stratum.astype(str), "|"), part.astype(str))
    return found


def _strata(people: Population, index: Array, first: Array, offer: Array, smallest: int) -> Array:
    """The stratum of each unit: by the value of its people together, by their last order, by its first one's traits.

    Small ones are joined among the units of one ``offer``.
    """
    parts = []
    for name in people.stratify:
        if name == VALUE:
            parts.append(by_value(np.bincount(index, people.value, minlength=len(first))))
        elif name == RECENCY:
            last = np.full(len(first), np.iinfo(np.int64).max)
            np.minimum.at(last, index, people.recency_days.astype(np.int64))
            parts.append(by_recency(last))
        else:
            parts.append(people.traits[name][first])
    if not parts:
        return np.full(len(first), EVERYONE)
    stratum = np.full(len(first), REST, dtype=object)
    for one in np.unique(offer):
        rows = offer == one
        stratum[rows] = joined([part[rows] for part in parts], smallest)
    found: Array = stratum.astype(str)
    return found
