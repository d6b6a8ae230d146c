"""Finished campaigns for which nobody drew lots: what they seem to have changed, and what speaks against it."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from daogou.base.estimate import Estimate
from daogou.flows import observational_rows as facts
from daogou.flows.designs import designs
from daogou.flows.observational_groups import MOST, Group, group, sampled, why_not
from daogou.flows.observational_known import Columns, Dated, Known, columns
from daogou.flows.observational_regions import InRegions, in_regions
from daogou.flows.workspace import Workspace
from daogou.measure.experiment import observed_sentences as say
from daogou.measure.experiment.observed import Observed, observe
from daogou.measure.experiment.placebo import NOT_REFUTED, detectable, doubts, region_doubts
from daogou.measure.reach import Campaigns
from daogou.store.rounding import number, rounded
from daogou.store.tables import OBSERVED, ORDERS
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]

OUTCOME = "contribution"
_EPOCH = date(1970, 1, 1)
_YEAR = 364
_TOLD = 5  # covariates that differ most, in the JSON


@dataclass(frozen=True)
class Told:
    """One campaign's row of ``OBSERVED`` without its date, and what the JSON has beside it."""

    row: dict[str, Any]
    beside: dict[str, Any]


def observational(workspace: Workspace, warehouse: Warehouse, as_of: date) -> tuple[dict[str, Any], list[str]]:
    """Write ``OBSERVED`` at ``as_of``; the part of the stage's JSON, and its lines."""
    found, not_read = _looked_at(workspace, warehouse, as_of)
    rows = [one.row | {"as_of": as_of} for one in found]
    schema = OBSERVED.schema().to_pyarrow()
    warehouse.replace(OBSERVED, rounded(pa.Table.from_pylist(rows, schema=schema)), as_of=as_of)
    summary = {"campaigns": [_json(one.row | one.beside) for one in found], "not_read": not_read}
    return summary, _lines(found, not_read)


def _looked_at(workspace: Workspace, warehouse: Warehouse, as_of: date) -> tuple[list[Told], dict[str, str]]:
    """The readings, oldest campaign first, and why others without lots have none."""
    ran, open_ = facts.without_lots(warehouse, as_of)
    if not open_.any():
        return [], {}
    reach = facts.reach(warehouse, workspace.settings.company.timezone, as_of)
    everyone, since = facts.people(warehouse, as_of)
    first = (warehouse.scalar(warehouse.table(ORDERS).local_day.min()) - _EPOCH).days
    regions = facts.regions(warehouse, everyone, as_of)
    fixed, margin = designs(workspace), workspace.settings.plan.margin_used
    groups: list[Group] = []
    found: dict[int, Told] = {}
    not_read: dict[str, str] = {}
    for place in np.flatnonzero(open_).tolist():
        name = str(ran.campaign_id[place])
        days = fixed.of(name).outcome_days
        why = why_not(place, ran, reach, days, first, (as_of - _EPOCH).days)
        if why is not None:
            not_read[name] = why
            continue
        one = group(place, ran, reach, days, everyone, since)
        if not len(one.customer):  # guests alone
            not_read[name] = "nobody"
            continue
        by_region = in_regions(warehouse, one, regions, everyone, since, first, margin) if regions else None
        if by_region is not None:
            found[place] = _of_regions(one, by_region)
        else:
            groups.append(sampled(one))
    if groups:
        with threadpool_limits(1, user_api="blas"):  # sums of several threads differ from run to run
            found |= _of_people(warehouse, groups, ran, reach, everyone, since, margin, as_of)
    return [found[place] for place in sorted(found)], not_read


def _of_people(
    warehouse: Warehouse,
    groups: list[Group],
    ran: Campaigns,
    reach: facts.Reach,
    everyone: Array,
    since: Array,
    margin: float,
    as_of: date,
) -> dict[int, Told]:
    customer = np.unique(np.concatenate([one.customer for one in groups]))
    before = _EPOCH + timedelta(days=min(one.start - one.days for one in groups))
    known = facts.load(warehouse, customer, since[np.searchsorted(everyone, customer)], before, as_of)
    beside = Others.of(known, ran, reach)
    return {one.number: _read(one, known, beside, margin) for one in groups}


@dataclass(frozen=True)
class Others:
    """Which campaigns reached the people who are compared: ``person`` and ``day`` of each, by campaign; all dated."""

    ran: Campaigns
    person: list[Array]
    day: list[Array]
    dated: Dated

    @classmethod
    def of(cls, known: Known, ran: Campaigns, reach: facts.Reach) -> "Others":
        """Reached are those to whom something was sent; who is known only by an answer is not."""
        persons, days = [], []
        for nth in range(len(ran)):
            mine = reach.of(nth)
            place = np.minimum(np.searchsorted(known.customer, mine.customer), len(known.customer) - 1)
            here = (known.customer[place] == mine.customer) & ~mine.answered
            persons.append(place[here])
            days.append(mine.day[here])
        person, day = np.concatenate(persons), np.concatenate(days)
        return cls(ran, persons, days, Dated.of(person, day, {"times": np.ones(len(person), dtype=np.int64)}))

    def columns(self, one: Group, people: Array, cut: int) -> dict[str, Array]:
        """How often campaigns reached each of ``people`` in the year before ``cut``, and each one that runs then."""
        made = {"campaigns": self.dated.between("times", people, cut - _YEAR, cut)}
        for place in self._running(one, cut, cut):
            early = self.person[place][self.day[place] <= cut]
            made[f"campaign {self.ran.campaign_id[place]}"] = np.isin(people, early)
        return made

    def share(self, one: Group, people: Array) -> float:
        """The share of ``people`` whom another campaign that ran in the outcome's days had reached by their end."""
        hit = np.zeros(len(people), dtype=bool)
        for place in self._running(one, one.start, one.end - 1):
            hit |= np.isin(people, self.person[place][self.day[place] < one.end])
        return float(hit.mean()) if len(people) else math.nan

    def _running(self, one: Group, first: int, last: int) -> Iterator[int]:
        starts, ends = (days.astype(np.int64) for days in (self.ran.starts, self.ran.ends))
        return (k for k in range(len(self.ran)) if k != one.number and starts[k] <= last and ends[k] >= first)


def _read(one: Group, known: Known, beside: Others, margin: float) -> Told:
    """The figure of one campaign, and the same of the days before its start."""
    people = np.searchsorted(known.customer, one.customer)
    seen = columns(known, people, one.start, beside.columns(one, people, one.start))
    found = _observed(margin * known.brought(people, one.start, one.end), one.reached, seen)
    cut = one.start - one.days
    early = known.since[people] < cut
    then = columns(known, people[early], cut, beside.columns(one, people[early], cut))
    placebo = _observed(margin * known.brought(people[early], cut, one.start), one.reached[early], then)
    against = doubts(found, placebo) if found is not None and placebo is not None else ["too_few"]
    elsewhere = beside.share(one, people[one.reached]), beside.share(one, people[~one.reached])
    row = _row(one, "doubly_robust", int(one.reached.sum()), int((~one.reached).sum()), against)
    if found is not None:
        row |= _spread("", found.effect) | {
            "overlap": number(found.overlap),
            "unbalanced_before": found.before.unbalanced,
            "unbalanced_after": found.after.unbalanced,
            "covariates": found.covariates,
        }
    if placebo is not None:
        row |= _spread("placebo_", placebo.effect) | {"detectable": number(detectable(placebo.effect))}
    row |= {"elsewhere_reached": number(elsewhere[0]), "elsewhere_others": number(elsewhere[1])}
    beside_row = {
        "doubts": against,
        "late": one.late,
        "only_answered": one.answered,
        "not_known_before": one.unknown,
        "sampled_from": one.sampled_from if one.sampled_from > MOST else None,
        "others_weighed": number(found.others) if found else None,
        "differ_most": _differ_most(seen, found) if found else [],
    }
    return Told(row, beside_row)


def _observed(outcome: Array, reached: Array, seen: Columns) -> Observed | None:
    """None where a group is empty."""
    if not reached.any() or reached.all():
        return None
    return observe(outcome, reached, seen.values)


def _differ_most(seen: Columns, found: Observed) -> list[dict[str, Any]]:
    order = np.argsort(-found.after.gaps, kind="stable")[:_TOLD]
    return [
        {
            "covariate": seen.names[k],
            "before": number(float(found.before.gaps[k])),
            "after": number(float(found.after.gaps[k])),
        }
        for k in order.tolist()
    ]


def _of_regions(one: Group, found: InRegions) -> Told:
    against = region_doubts(found.effect, found.placebo)
    row = _row(one, "difference_in_differences", found.reached, found.others, against)
    row |= _spread("", found.effect) | _spread("placebo_", found.placebo)
    row |= {"detectable": number(detectable(found.placebo))}
    return Told(row, {"doubts": against, "periods_before": found.periods})


def _row(one: Group, method: str, reached: int, others: int, against: list[str]) -> dict[str, Any]:
    return dict.fromkeys(name for name in OBSERVED.names if name != "as_of") | {
        "campaign_id": one.name,
        "method": method,
        "outcome": OUTCOME,
        "from_day": _EPOCH + timedelta(days=one.start),
        "to_day": _EPOCH + timedelta(days=one.end - 1),
        "reached": reached,
        "others": others,
        "verdict": against[0] if against else NOT_REFUTED,
    }


def _spread(prefix: str, one: Estimate) -> dict[str, float | None]:
    return {prefix + name: number(getattr(one, name)) for name in ("value", "low", "high")}


def _json(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}


def _lines(found: list[Told], not_read: dict[str, str]) -> list[str]:
    lines = []
    if found:
        lines.append(say.counts_text(len(found), Counter(one.row["verdict"] for one in found)))
    left = [one.row for one in found if one.row["verdict"] == NOT_REFUTED]
    if left:
        more, less = sum(row["low"] > 0 for row in left), sum(row["high"] < 0 for row in left)
        lines.append(say.left_text(more, less, len(left) - more - less))
    if not_read:
        lines.append(say.not_read_text(Counter(not_read.values())))
    return lines
