"""What people did: cohorts, concentration, change and the second purchase, as the page shows them."""

import math
from datetime import date, timedelta

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.flows.look.change import compare
from daogou.flows.look.concentration import SEED
from daogou.flows.workspace import Workspace
from daogou.measure.look import cohorts as cohort_look
from daogou.measure.look import concentration as shares
from daogou.measure.look import paths
from daogou.measure.look.periods import label
from daogou.report import contexts as page
from daogou.store.warehouse import Warehouse

_COHORTS = 12  # rows and columns of the map
_NAMES = 4  # categories a side
_YEAR = 365


def look(workspace: Workspace, warehouse: Warehouse, as_of: date) -> page.Look | page.Missing:
    """The chapter; missing where no order names its customer."""
    settings = workspace.settings
    fewest = settings.measure.fewest_customers
    asked = cohort_look.Question("month", settings.profile.repurchase_days)
    found = cohort_look.cohorts(warehouse, as_of, asked, fewest)
    if not found:
        return page.Missing("customers")
    closed, again = cohort_look.overall(found)
    first = as_of - timedelta(days=settings.profile.period_days)
    moved = compare(workspace, warehouse, as_of, first, as_of)
    amounts = shares.read(warehouse, "customers", as_of - timedelta(days=_YEAR), as_of)
    curve = shares.concentration(amounts.values, 0, SEED, fewest).curve
    return page.Look(
        days=asked.days,
        closed=closed,
        again=again,
        fewest=fewest,
        cohorts=tuple(_cohort(one, fewest) for one in found[-_COHORTS:]),
        top=tuple(1 - share for share in reversed(curve)),
        first_day=first,
        last_day=as_of - timedelta(days=1),
        last_year_known=moved.days.last_year is not None,
        moved=tuple(
            page.Moved(one.measure, one.now, one.over_previous, one.over_last_year)  # type: ignore[arg-type]
            for one in moved.measures
        ),
        seconds=_seconds(warehouse, as_of),
    )


def _cohort(one: cohort_look.Cohort, fewest: int) -> page.Cohort:
    return page.Cohort(
        name=label(one.first, "month"),
        size=one.size,
        is_few=one.size < fewest,
        at_edge=one.at_edge,
        retention=tuple(_known(cell.rate) for cell in one.cells[1:_COHORTS]),
        repurchase=one.repurchase if one.complete else None,
    )


def _known(rate: Estimate) -> float | None:
    return rate.value if math.isfinite(rate.value) else None


def _seconds(warehouse: Warehouse, as_of: date) -> tuple[page.Second, ...]:
    """Nothing where no order has a category."""
    trail = paths.read(warehouse, "categories", as_of, 2, None, None)
    if not any(trail.names):
        return ()
    return tuple(
        page.Second(
            None if link.start == paths.OTHER else _name(link.start),
            None if link.end in (None, paths.OTHER) else _name(link.end or ""),
            link.people,
            link.end is None,
        )
        for link in paths.links(trail, _NAMES)
    )


def _name(category: str) -> page.Text:
    if category == paths.UNNAMED:
        return page.Text.of(lambda: _("without a category"))
    return page.Text(category, category)
