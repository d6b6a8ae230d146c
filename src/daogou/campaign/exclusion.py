"""Mutual exclusion: in a group of campaigns a person takes part in one at a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from daogou.base.assignment import slot
from daogou.campaign.holdout import Array

_OVER = ("closed", "refused", "holdout")  # states of the ledger that take nobody's place


def live(
    told: Sequence[tuple[str, Mapping[str, Any]]], group: str, action: str, as_of: date, first: date, last: date
) -> list[int]:
    """The positions of the campaigns of ``group`` that take people's time between ``first`` and ``last``.

    ``told`` are states and summaries from the ledger, oldest first. A draft counts until its first day has come; of
    drafts of one offer the newest, and of those of ``action``, which is being planned again, none.

    >>> plan = {"exclusion": {"group": "g"}, "offer": {"action": "a"}}
    >>> plan |= {"starts_on": "2026-03-08", "ends_on": "2026-04-04"}
    >>> live([("draft", plan), ("approved", plan)], "g", "a", date(2026, 3, 1), date(2026, 4, 1), date(2026, 4, 28))
    [1]
    """
    drafts: dict[str, int] = {}
    found = []
    for place, (state, plan) in enumerate(told):
        if state in _OVER or (plan.get("exclusion") or {}).get("group") != group:
            continue
        if plan["ends_on"] < first.isoformat() or plan["starts_on"] > last.isoformat():
            continue
        if state != "draft":
            found.append(place)
        elif plan["starts_on"] >= as_of.isoformat() and plan["offer"]["action"] != action:
            drafts[plan["offer"]["action"]] = place
    return sorted([*found, *drafts.values()])


def free_slot(keys: Array, is_taken: Array, has: Collection[int], salt: str, group: str, slots: int) -> Array | None:
    """Who is in the part of the group that a new campaign takes, shape (n,); None where nobody is free.

    ``is_taken`` (n,) are people in live campaigns, and ``has`` the parts that these have. Of the parts left the one
    with the smallest share of people taken, by campaigns that parted the group otherwise; ties to the first.

    >>> keys, nobody = np.array([str(k) for k in range(100)]), np.zeros(100, bool)
    >>> int(free_slot(keys, nobody, [0], "s", "g", 2).sum()), free_slot(keys, ~nobody, [], "s", "g", 2)
    (53, None)
    """
    place = np.array([slot(salt, group, key, slots) for key in keys.tolist()], dtype=np.int64)
    size, taken = (np.bincount(place[rows], minlength=slots) for rows in (np.ones(len(keys), bool), is_taken))
    share = np.where((size > taken) & ~np.isin(np.arange(slots), list(has)), taken / np.maximum(size, 1), np.inf)
    if not len(keys) or not np.isfinite(share).any():
        return None
    mine: Array = place == np.argmin(share)
    return mine
