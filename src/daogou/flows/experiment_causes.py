"""Where to look when arms are not as they were drawn: groups of people that one arm has lost."""

from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from daogou.flows.experiment_trials import Lots
from daogou.measure.experiment.mismatch import Suspect, suspects
from daogou.measure.experiment.reading_trial import Trial
from daogou.store.tables import ASSIGNMENTS, CUSTOMERS
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]

_MOST_GROUPS = 40  # groups of an attribute; rarer ones are looked at together


def causes(warehouse: Warehouse, lots: Lots, mine: Array, trial: Trial) -> list[Suspect]:
    """The groups that lost people, surest first: by value and recency, region, level, source and day of the lot."""
    customer = lots.customer[mine]
    told: dict[str, Array] = {"segment": np.array(trial.names)[trial.segment]}
    told |= _known(warehouse, _people(warehouse, lots), customer)
    told |= _known(warehouse, _rows(warehouse, lots), customer)
    treated = np.asarray(trial.treated).astype(bool)
    expected = {"treated": float(trial.propensity.sum()), "holdout": float((1 - trial.propensity).sum())}
    return suspects(np.where(treated, "treated", "holdout"), expected, told)


def _people(warehouse: Warehouse, lots: Lots) -> ir.Table:
    rows = warehouse.table(CUSTOMERS)
    rows = rows.filter(rows.is_static | (rows.valid_from <= ibis.date(lots.start.isoformat())))
    names = ("region", "member_level")
    return rows.group_by("customer_id").aggregate(**{name: rows[name].argmax(rows.valid_from) for name in names})


def _rows(warehouse: Warehouse, lots: Lots) -> ir.Table:
    rows = warehouse.table(ASSIGNMENTS)
    rows = rows.filter(rows.campaign_id == lots.name)
    return rows.group_by(customer_id=rows.unit_id).aggregate(
        source=rows.source.min(),
        intended_action=rows.intended_action.min(),
        day=rows.occurred_at.min().date().cast("string"),
    )


def _known(warehouse: Warehouse, rows: ir.Table, customer: Array) -> dict[str, Array]:
    """Each column as texts in the order of ``customer``; a column that says the same of everyone is left out."""
    found = warehouse.to_arrow(rows.order_by("customer_id"))
    who = found["customer_id"].to_numpy()
    place = np.searchsorted(who, customer)
    inside = place < len(who)
    inside[inside] = who[place[inside]] == customer[inside]
    made: dict[str, Array] = {}
    for name in found.column_names[1:]:
        texts = np.full(len(customer), "", dtype=object)
        texts[inside] = np.array([text or "" for text in found[name].to_pylist()], dtype=object)[place[inside]]
        groups, codes, sizes = np.unique(texts.astype(str), return_inverse=True, return_counts=True)
        often = np.zeros(len(groups), dtype=bool)
        often[np.argsort(-sizes, kind="stable")[:_MOST_GROUPS]] = True
        if len(groups) > 1:
            made[name] = np.where(often, groups, "")[codes]
    return made
