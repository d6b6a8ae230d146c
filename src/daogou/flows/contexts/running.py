"""Tests that are running, with every look at them so far."""

from datetime import date
from typing import Any

import ibis
from scipy.special import ndtri

from daogou.flows.contexts.outcome_names import kind_of, name_of
from daogou.flows.contexts.told import Row, estimate, rows_of
from daogou.measure.experiment.sequential import spent
from daogou.report import contexts as page
from daogou.store.tables import GUARD_RAILS, LOOKS
from daogou.store.warehouse import Warehouse

_ENDED = ("works", "harms", "nothing")
_STEPS = 40  # points of the curve


def running(warehouse: Warehouse, as_of: date) -> page.Running | page.Missing:
    """Every test of ``as_of``; missing where none runs."""
    now = rows_of(warehouse, LOOKS, as_of)
    if not now:
        return page.Missing("running")
    rails = rows_of(warehouse, GUARD_RAILS, as_of)
    looks = warehouse.table(LOOKS)
    before = looks.filter(looks.as_of <= ibis.date(as_of.isoformat()))
    history = warehouse.to_arrow(before.order_by("campaign_id", "arm", "as_of")).to_pylist()
    names = [row["campaign_id"] for row in now]
    now.sort(key=lambda row: (row["ends_on"], row["campaign_id"], row["arm"]))
    return page.Running(tuple(_test(row, names.count(row["campaign_id"]) > 1, history, rails) for row in now))


def _test(row: Row, several: bool, history: list[dict[str, Any]], rails: list[dict[str, Any]]) -> page.RunningTest:
    mine = (row["campaign_id"], row["arm"])
    return page.RunningTest(
        name=row["campaign_id"],
        arm=row["arm"] if several else "",
        outcome=name_of(row["outcome"]),
        kind=kind_of(row["outcome"]),
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        treated=row["treated"],
        held_out=row["held_out"],
        state=row["state"],
        decided_on=row["decided_on"],
        effect=estimate(row, "", row["treated"]) if row["state"] in _ENDED else None,
        planned_effect=row["planned_effect"],
        days_left=row["days_left"] if row["state"] == "running" else None,
        mismatch=row["mismatch_p"],
        glances=_glances([one for one in history if (one["campaign_id"], one["arm"]) == mine], row["starts_on"]),
        curve=_curve(),
        rails=tuple(
            page.Rail(name_of(one["outcome"]), kind_of(one["outcome"]), estimate(one), one["allowed"], one["state"])
            for one in rails
            if (one["campaign_id"], one["arm"]) == mine
        ),
    )


def _glances(looks: list[dict[str, Any]], starts_on: date) -> tuple[page.Glance, ...]:
    """Each look once: one that ended the test is written again at later moments."""
    once = {one["fraction"]: one for one in reversed(looks) if one["starts_on"] == starts_on}
    return tuple(
        page.Glance(one["as_of"], one["fraction"], one["boundary"], one["z"])
        for one in sorted(once.values(), key=lambda one: one["as_of"])
    )


def _curve() -> tuple[tuple[float, float], ...]:
    """From which z a test decides that is looked at for the first time when that share of its days has passed."""
    shares = [(place + 1) / _STEPS for place in range(4, _STEPS)]
    return tuple((share, float(-ndtri(spent(share) / 2))) for share in shares)
