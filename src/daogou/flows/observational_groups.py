"""Which campaigns without lots can be looked at, whom each reached in time, and who is left to compare with."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from daogou.flows.observational_rows import Reach
from daogou.measure.reach import Campaigns

Array = np.ndarray[Any, Any]

IN_TIME = 7  # days from the start within which a person was reached, to count as reached
MOST = 20_000  # people of a campaign that are compared: where there are more, a sample of both groups


@dataclass(frozen=True)
class Group:
    """Those who are compared for one campaign; days count from 1970.

    Attributes:
        name: the campaign.
        number: its row in ``Campaigns``.
        start: its first day, and the first of the outcome.
        days: days of the outcome.
        customer: ids of shape (people,), rising: known before the start, and reached in time or not at all.
        reached: which of them were, shape (people,).
        late: people set aside, as they were reached later in the outcome's days.
        answered: people set aside, as they are known only by an answer.
        unknown: people reached who were not known before the start, set aside.
        sampled_from: people before a sample was taken.
    """

    name: str
    number: int
    start: int
    days: int
    customer: Array
    reached: Array
    late: int
    answered: int
    unknown: int
    sampled_from: int

    @property
    def end(self) -> int:
        """The day after the last of the outcome."""
        return self.start + self.days


def why_not(number: int, ran: Campaigns, reach: Reach, days: int, first: int, as_of: int) -> str | None:
    """Why a campaign cannot be looked at; None where it can.

    ``first`` is the first day of the data: twice the outcome's days must lie before the start, one time for the placebo
    and one for what was known before it.
    """
    start = int(ran.starts[number].astype(np.int64))
    mine = reach.of(number)
    if start + days > as_of:
        return "not_over"
    if start - 2 * days < first:
        return "no_history"
    if not len(mine.day):
        return "nobody"
    return "only_answers" if mine.answered.all() else None


def group(number: int, ran: Campaigns, reach: Reach, days: int, everyone: Array, since: Array) -> Group:
    """Whom the campaign reached in time among ``everyone`` known before its start, and those that it did not reach.

    ``everyone`` holds ids that rise, ``since`` the first day of each, both of shape (people,). Whoever was reached
    after the first seven days but within the outcome's is in neither group, as is whoever is known only by an answer:
    they would bring what they did in these days into the choice.
    """
    start, mine = int(ran.starts[number].astype(np.int64)), reach.of(number)
    known = since < start
    place = np.minimum(np.searchsorted(everyone, mine.customer), max(len(everyone) - 1, 0))
    here = (everyone[place] == mine.customer) & known[place] if len(everyone) else np.zeros(len(place), dtype=bool)
    in_time, in_days = mine.day < start + IN_TIME, mine.day < start + days
    reached, aside = np.zeros(len(everyone), dtype=bool), np.zeros(len(everyone), dtype=bool)
    reached[place[here & in_time & ~mine.answered]] = True
    late = here & ~in_time & in_days & ~mine.answered
    answered = here & in_days & mine.answered
    aside[place[late | answered]] = True
    kept = known & ~aside
    unknown = int((~here & in_time & ~mine.answered).sum())
    name, n = str(ran.campaign_id[number]), int(kept.sum())
    counts = int(late.sum()), int(answered.sum()), unknown
    return Group(name, number, start, days, everyone[kept], reached[kept], *counts, n)


def sampled(one: Group) -> Group:
    """At most ``MOST`` people, halves of both kinds where there are enough: those whose ids, scattered, come first.

    Anyone can draw the same people again, and campaigns share most of the people whom they did not reach.
    """
    if len(one.customer) <= MOST:
        return one
    n = int(one.reached.sum())
    wanted = min(n, max(MOST // 2, MOST - (len(one.customer) - n)))
    kept = np.sort(np.concatenate([_first(one, True, wanted), _first(one, False, MOST - wanted)]))
    return replace(one, customer=one.customer[kept], reached=one.reached[kept])


def _first(one: Group, reached: bool, wanted: int) -> Array:
    """Places of the ``wanted`` people of one kind whose scattered ids are the smallest."""
    mine = np.flatnonzero(one.reached == reached)
    if wanted >= len(mine):
        return mine
    return np.asarray(mine[np.argpartition(scattered(one.customer[mine]), wanted)[:wanted]])


def scattered(ids: Array) -> Array:
    """Numbers that look drawn at random and hang on the id alone (splitmix64, Steele et al. 2014), shape (ids,).

    >>> scattered(np.array([1, 2])).tolist() == scattered(np.array([1, 2, 3])).tolist()[:2]
    True
    """
    z = ids.astype(np.int64).view(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        z = (z ^ (z >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray(z ^ (z >> np.uint64(31)))
