"""Brand measures by week, where data tell of searches, keywords or visits."""

from datetime import date, timedelta
from typing import Any

from daogou.flows.workspace import Workspace
from daogou.measure import brand
from daogou.store.tables import EVENTS, SPEND
from daogou.store.warehouse import Warehouse

Row = dict[str, Any]


def brand_rows(workspace: Workspace, warehouse: Warehouse, as_of: date) -> list[Row]:
    """Rows of ``BRAND``, by measure and week; none of a measure without data."""
    settings, name = workspace.settings.money, workspace.settings.company.name
    words = settings.brand_words or ([name] if name.strip() else [])
    made = {}
    if warehouse.count(EVENTS):
        made["direct_visits"] = brand.visits(warehouse, settings.direct, as_of)
        if words:
            made["branded_searches"] = brand.searches(warehouse, words, as_of)
    if words and warehouse.count(SPEND):
        made["branded_impressions"] = brand.impressions(warehouse, words, as_of)
    rows: list[Row] = []
    for measure in brand.MEASURES:
        if measure in made:
            rows += [_row(measure, row, as_of) for row in warehouse.to_arrow(made[measure]).to_pylist() if row["whole"]]
    return rows


def _row(measure: str, row: Row, as_of: date) -> Row:
    return {
        "as_of": as_of,
        "measure": measure,
        "week": as_of - timedelta(days=1 + 7 * int(row["weeks_ago"])),
        "value": float(row["value"]),
        "share": row["value"] / row["whole"],
    }
