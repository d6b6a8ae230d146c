"""How customers moved between the states of the lifecycle."""

from datetime import date, timedelta

import ibis

from daogou.profile.lifecycle import NOT_YET, STATES, label
from daogou.report import contexts as page
from daogou.store.tables import MOVEMENTS
from daogou.store.warehouse import Warehouse

_DRAWN = (NOT_YET, "new", "second", "active", "won_back", "overdue", "lapsed", "lost")  # from near to far


def lifecycle(warehouse: Warehouse, as_of: date) -> page.Lifecycle | page.Missing:
    """The movements of the last period that the stage segment found."""
    table = warehouse.table(MOVEMENTS)
    rows = warehouse.to_arrow(table.filter(table.as_of == ibis.date(as_of.isoformat()))).to_pylist()
    if not rows:
        return page.Missing("customers")
    states = {key: page.State(key, page.Text.of(lambda key=key: label(key))) for key in (NOT_YET, *STATES)}  # type: ignore[misc]
    rows.sort(key=lambda row: (_DRAWN.index(row["from_state"]), _DRAWN.index(row["to_state"])))
    before = rows[0]["from_as_of"]
    return page.Lifecycle(
        days=(as_of - before).days,
        before=before - timedelta(days=1),
        last_day=as_of - timedelta(days=1),
        moves=tuple(
            page.Move(states[row["from_state"]], states[row["to_state"]], row["customers"], row["net_sales"])
            for row in rows
        ),
    )
