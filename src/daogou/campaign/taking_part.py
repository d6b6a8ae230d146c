"""Who takes part and how many of these are left out; each hangs on the other where capacity or budget are short."""

import math
from dataclasses import dataclass, replace

from daogou.campaign.costs import Terms, most_treated
from daogou.campaign.draws import Drawn, drawn
from daogou.campaign.holdout import Array
from daogou.campaign.participants import Participants, participants
from daogou.campaign.population import Population
from daogou.campaign.power import Spread
from daogou.campaign.primary import Primary, wanted, within_a_doubling
from daogou.campaign.sizing import Floor, chosen_size

_ROUNDS = 6  # of choosing a share for people who were chosen for a share


@dataclass(frozen=True)
class Candidates:
    """People, the probability that each takes the offer, NaN where nobody predicted it, and the primary outcome."""

    people: Population
    response: Array
    primary: Primary

    def __len__(self) -> int:
        return len(self.people)

    def take(self, rows: Array) -> "Candidates":
        """Those at these positions."""
        return Candidates(self.people.take(rows), self.response[rows], self.primary.take(rows))

    @property
    def spread(self) -> Spread:
        """Of the outcome, adjusted for what was known before."""
        return self.primary.spread(self.people)


@dataclass(frozen=True)
class TakingPart:
    """Those who take part and their lots; ``share`` is held out; ``chosen`` says how they were, None: everyone."""

    people: Candidates
    lots: Drawn
    share: float
    chosen: Participants | None


def taking_part(everyone: Candidates, terms: Terms, floor: Floor, name: str, salt: str) -> TakingPart:
    """Choose the share, unless the terms give it, then who takes part, and draw the lots of campaign ``name``.

    Fewer take part where whole households, or dear arms, would pass a limit.
    """
    share = _share(everyone, terms, floor) if terms.holdout is None else terms.holdout
    given = replace(terms, holdout=share)
    chosen = participants(everyone.people, everyone.response, given)
    while True:
        part = everyone if chosen is None else everyone.take(chosen.rows)
        lots = drawn(part.people, terms.arms_used, share, name, salt)
        over = _people_over(terms, lots)
        if not over or not len(part):
            return TakingPart(part, lots, share, chosen)
        chosen = participants(everyone.people, everyone.response, given, at_most=max(len(part) - over, 0))


def _share(everyone: Candidates, terms: Terms, floor: Floor) -> float:
    """The share held out: it decides how many take part, and who takes part decides what a share shows."""
    aims, limit = within_a_doubling(wanted(terms, everyone.primary), everyone.primary), most_treated(terms)
    units = everyone.spread.units
    most = None if limit is None or not len(everyone) else int(limit * units / len(everyone))
    part, share = everyone, 0.0
    for _round in range(_ROUNDS):
        spread = part.spread
        if not spread.deviation >= 0:
            return 0.5
        size = chosen_size(replace(spread, units=units), aims, most, floor)
        before, share = share, size.held_out / size.units
        if share == before:
            break
        chosen = participants(everyone.people, everyone.response, replace(terms, holdout=share))
        if chosen is None:
            break
        part = everyone.take(chosen.rows)
    return share


def _people_over(terms: Terms, lots: Drawn) -> int:
    """How many people more than the limits allow get something, at least; 0 where they are kept."""
    over = 0.0
    treated = int((~lots.held_out).sum())
    if terms.capacity is not None:
        over = treated - terms.capacity
    if terms.budget is not None and terms.cost_per_person > 0:
        cost = treated * terms.contact_cost + terms.redemption_rate.value * coupons_given(terms, lots)
        over = max(over, (cost - terms.budget) / terms.cost_per_person - 1e-6)
    return max(math.ceil(over), 0)


def coupons_given(terms: Terms, lots: Drawn) -> float:
    """The face value of all coupons together."""
    return float(sum(arm.coupon_value * int((lots.arm == arm.name).sum()) for arm in terms.arms_used))
