"""Whom a campaign can be planned for: everyone known, less the global holdout and those in campaigns of its group."""

import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from daogou.base.assignment import slot
from daogou.base.clock import Clock
from daogou.campaign.exclusion import free_slot, live
from daogou.campaign.population import Grouping, Population, population
from daogou.campaign.settings import PlanSettings
from daogou.flows.global_holdout import global_holdout, keys_of, out_of_campaign, promise
from daogou.flows.workspace import Workspace
from daogou.store import models
from daogou.store.ledger import Campaign, Ledger
from daogou.store.warehouse import Warehouse


@dataclass(frozen=True)
class Free:
    """People who may take part; what is told of the global holdout and of the group of campaigns, None: neither.

    ``full_until`` is the last day on which other campaigns of the group have everyone; None while they do not.
    """

    people: Population
    global_holdout: dict[str, Any] | None
    exclusion: dict[str, Any] | None
    full_until: str | None


def free_people(workspace: Workspace, warehouse: Warehouse, as_of: date, action: str, clock: Clock) -> Free:
    """Whom a campaign of ``action`` can be planned for; the half-year's global holdout is entered in the ledger."""
    settings = workspace.settings.plan
    people = population(warehouse, as_of, settings.outcome_days, grouping(settings))
    first = as_of + timedelta(days=settings.starts_in)
    last = first + timedelta(days=settings.outcome_days - 1)
    with workspace.ledger() as ledger:
        everyone = people
        if settings.unit == "store":  # stores are no people's: here they are drawn one by one
            everyone = population(warehouse, as_of, settings.outcome_days)
        period = global_holdout(ledger, workspace, everyone, as_of, clock)
        told = None
        if period is not None:
            told = promise(workspace, warehouse, everyone, period, as_of)
            out = out_of_campaign(workspace, everyone, period, first, last)
            people = people.take(np.flatnonzero(~np.isin(people.customer_id, out)))
        if not settings.exclusion:
            return Free(people, told, None, None)
        others = _others(ledger, settings.exclusion, action, as_of, first, last)
    return _in_group(workspace, people, told, others)


def _in_group(workspace: Workspace, people: Population, told: dict[str, Any] | None, others: list[Campaign]) -> Free:
    """Those of the group's part that no live campaign of it has."""
    settings, salt = workspace.settings.plan, workspace.keys.salt
    group, slots = settings.exclusion, settings.exclusion_slots
    keys, taken = keys_of(people), np.isin(people.customer_id, _participants(workspace, others))
    has = [one.summary["exclusion"]["slot"] for one in others if one.summary["exclusion"]["slots"] == slots]
    mine = free_slot(keys, taken, has, salt, group, slots)
    if mine is None and others:
        return Free(people, told, None, min(one.summary["ends_on"] for one in others))
    if mine is None:
        return Free(people, told, None, None)
    said = {
        "group": group,
        "slot": slot(salt, group, str(keys[np.argmax(mine)]), slots),
        "slots": slots,
        "campaigns": sorted(one.name for one in others),
        "kept_out": int((taken & mine).sum()),
    }
    return Free(people.take(np.flatnonzero(mine & ~taken)), told, said, None)


def grouping(settings: PlanSettings) -> Grouping:
    """Who is drawn together, and within which groups."""
    return Grouping(settings.unit, settings.household, tuple(settings.stratify))


def _others(ledger: Ledger, group: str, action: str, as_of: date, first: date, last: date) -> list[Campaign]:
    rows = ledger.campaigns()
    found = live([(one.state, one.summary) for one in rows], group, action, as_of, first, last)
    return [rows[place] for place in found]


def _participants(workspace: Workspace, campaigns: list[Campaign]) -> np.ndarray[Any, Any]:
    """Customers of these campaigns, held out or not."""
    parts = [
        pq.read_table(io.BytesIO(models.get(workspace.artefacts, one.plan_sha)), columns=["customer_id"])[
            "customer_id"
        ].to_numpy()
        for one in campaigns
    ]
    return np.concatenate(parts) if parts else np.array([], dtype=np.int64)
