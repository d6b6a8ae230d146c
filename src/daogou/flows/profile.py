"""Stage profile: what is known about each customer now."""

import hashlib
import json
from datetime import date

import ibis.expr.types as ir
import pyarrow as pa

from daogou import __version__
from daogou.base.clock import Clock
from daogou.base.words import gettext as _
from daogou.flows.calendar import market, write_calendar
from daogou.flows.workspace import Progress, StageReport, Workspace
from daogou.profile.days import all_days
from daogou.profile.purchases import known_items
from daogou.profile.refresh import (
    AGEING,
    Rows,
    built,
    buyers,
    changed_items,
    day_totals,
    left_behind,
    of_customers_alone,
    refreshed,
    stirred,
)
from daogou.profile.totals import AGES, KEY, passed
from daogou.store.engine import Engine
from daogou.store.rounding import rounded
from daogou.store.tables import (
    CALENDAR,
    CATEGORY_SHARES,
    COUPONS,
    CUSTOMER_DAYS,
    CUSTOMERS,
    EVENTS,
    INGESTED_FILES,
    INTERESTS,
    ORDER_LINES,
    ORDERS,
    PROFILE_RUNS,
    PROFILED_ITEMS,
    PROFILES,
    REFUNDS,
    SHARES,
    TOTALS,
    TOUCHED,
    Table,
)
from daogou.store.warehouse import Warehouse

_SEEN = (CUSTOMERS, ORDERS, ORDER_LINES, REFUNDS, COUPONS, EVENTS, INGESTED_FILES)
_MADE = (CUSTOMER_DAYS, TOTALS, PROFILES, CATEGORY_SHARES, SHARES, INTERESTS)
_CARRIED: dict[Table, tuple[str, ...]] = {  # what stays where nothing new happened, and its columns that grow by a day
    PROFILES: AGEING,
    TOTALS: AGES,
    CATEGORY_SHARES: ("recency_days",),
    SHARES: (),
    INTERESTS: (),
}


def profile(workspace: Workspace, _clock: Clock, progress: Progress) -> StageReport:
    """Write ``PROFILES`` and what goes with them at the workspace's moment, and ``CALENDAR``, which they look at.

    Where the rows of before still hold for most customers, only those of the others are computed from facts.
    """
    with workspace.warehouse() as warehouse, warehouse.transaction(), workspace.engine(warehouse) as engine:
        as_of = workspace.as_of(warehouse)
        progress(0.0, _("reading orders"))
        write_calendar(workspace, warehouse, as_of)
        basis, counts = _basis(workspace, warehouse), {table.name: warehouse.count(table) for table in _SEEN}
        before = _still_holds(warehouse, as_of, basis, counts) if engine is warehouse else None
        if before is None:
            made = _anew(workspace, warehouse, engine, as_of)
        else:
            made = _refreshed(workspace, warehouse, before, as_of)
        progress(0.7, _("reading categories"))
        for table, rows in made.by_table.items():
            warehouse.append(table, _rows(engine, table, rows))
        run = {"as_of": as_of, "basis": basis if engine is warehouse else "", "facts": json.dumps(counts)}
        warehouse.replace(PROFILE_RUNS, pa.Table.from_pylist([run], schema=PROFILE_RUNS.schema().to_pyarrow()))
        warehouse.replace(TOUCHED, TOUCHED.schema().to_pyarrow().empty_table())
        people, shares = warehouse.table(PROFILES), warehouse.count(CATEGORY_SHARES)
        customers, without = warehouse.count(PROFILES), warehouse.scalar((~people.has_attributes).sum()) or 0
    missing = round(without / customers, 4) if customers else None
    summary = {"as_of": as_of.isoformat(), "rows": customers, "attributes_missing": missing}
    return StageReport({"profile": summary}, _lines(customers, without, shares))


def _anew(workspace: Workspace, warehouse: Warehouse, engine: Engine, as_of: date) -> Rows:
    days = all_days(engine)
    warehouse.replace(CUSTOMER_DAYS, days if engine is warehouse else engine.to_arrow(days))
    made = built(engine, [as_of], workspace.settings.profile, market(workspace))
    for table in _CARRIED:
        warehouse.replace(table, table.schema().to_pyarrow().empty_table())
    if engine is warehouse:  # only there they are carried on
        warehouse.append(TOTALS, made.totals)
        warehouse.replace(PROFILED_ITEMS, known_items(warehouse, as_of, workspace.settings.profile))
    return made


def _refreshed(workspace: Workspace, warehouse: Warehouse, before: date, as_of: date) -> Rows:
    settings, days_on = workspace.settings.profile, (as_of - before).days
    items = warehouse.materialise("profile_items_now", known_items(warehouse, as_of, settings))
    changed = warehouse.materialise("profile_changed", changed_items(warehouse, items))  # most often none
    touched = warehouse.table(TOUCHED).select("customer_id").union(buyers(warehouse, changed))
    again = warehouse.materialise("profile_again", stirred(warehouse, touched, before, as_of))
    warehouse.replace(PROFILED_ITEMS, items)
    days = warehouse.table(CUSTOMER_DAYS)
    left = warehouse.materialise("profile_left", passed(days.anti_join(again, "customer_id"), before, as_of))
    facts = of_customers_alone(warehouse, again)
    warehouse.renew(CUSTOMER_DAYS, again, warehouse.materialise("profile_days", all_days(facts)))
    for table, ageing in _CARRIED.items():
        warehouse.carry(table, again, before, as_of, **dict.fromkeys(ageing, days_on))
    warehouse.add(TOTALS, ("customer_id",), left)
    warehouse.append(TOTALS, day_totals(warehouse, days.semi_join(again, "customer_id"), [as_of]))
    warehouse.add(CATEGORY_SHARES, ("customer_id", "category"), left_behind(warehouse, before, as_of))
    made = refreshed(warehouse, again, left, as_of, settings, market(workspace))
    for moved in (made.paced, made.windowed, *([made.own] if made.own is not None else [])):
        warehouse.update(PROFILES, tuple(KEY), rounded(warehouse.to_arrow(moved)))
    return made.again


def _still_holds(warehouse: Warehouse, as_of: date, basis: str, counts: dict[str, int]) -> date | None:
    """The moment of the rows that can be carried on to ``as_of``; None where everything must be made anew."""
    runs = warehouse.to_arrow(warehouse.table(PROFILE_RUNS)).to_pylist()
    if not runs or runs[0]["basis"] != basis or runs[0]["as_of"] > as_of:
        return None
    before, then = runs[0]["as_of"], json.loads(runs[0]["facts"])
    fewer = any(counts[name] < then[name] for name in counts)
    unsaid = counts != then and not warehouse.count(TOUCHED)
    return None if fewer or unsaid else before


def _basis(workspace: Workspace, warehouse: Warehouse) -> str:
    """SHA-256 of all that rows are made from beside the customers' own facts."""
    told = [
        __version__,
        str(warehouse.scalar(warehouse.table(CALENDAR).day.min())),
        repr(workspace.settings.profile),
        *(repr(table.schema()) for table in _MADE),
        market(workspace),
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _rows(engine: Engine, table: Table, rows: ir.Table) -> pa.Table:
    return rounded(engine.to_arrow(rows.select(*table.names).order_by(*table.key)))


def _lines(customers: int, without: int, shares: int) -> list[str]:
    if not customers:
        return [_("No order names its customer, so there is nobody to profile.")]
    lines = [_("Profiles of customers: {n}.").format(n=f"{customers:,}")]
    if without == customers:
        lines.append(_("No demographic attribute of any customer is known; none is guessed."))
    else:
        percent = f"{100 * without / customers:.0f}"
        missing = _(
            "Demographic attributes are missing for {n} of them ({percent} %); they are left empty, not guessed."
        )
        lines.append(missing.format(n=f"{without:,}", percent=percent))
    if not shares:
        lines.append(_("No item has a category, so category shares are empty: map a category of your items."))
    return lines
