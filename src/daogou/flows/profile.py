"""Stage profile: what is known about each customer now."""

import hashlib
import json
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from daogou import __version__
from daogou.base.clock import Clock
from daogou.base.words import gettext as _
from daogou.flows.calendar import market, write_calendar
from daogou.flows.workspace import Progress, StageReport, Workspace
from daogou.profile.build import Build, Sums
from daogou.profile.days import all_days
from daogou.profile.kept import KEPT, kept, may_lead, to_add, to_keep
from daogou.profile.purchases import known_items, sold
from daogou.profile.refresh import (
    AGEING,
    Rows,
    built,
    buyers,
    changed_items,
    day_totals,
    left_behind,
    of_customers_alone,
    rebased,
    refreshed,
    stirred,
    touched_days,
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
    INTEREST_NAMES,
    INTEREST_SUMS,
    INTERESTS,
    NEW_PURCHASES,
    ORDER_LINES,
    ORDERS,
    PROFILE_RUNS,
    PROFILED_ITEMS,
    PROFILES,
    REFUNDS,
    SHARES,
    TOTALS,
    TOUCHED,
    TOUCHED_DAYS,
    Table,
)
from daogou.store.warehouse import Warehouse

_SEEN = (CUSTOMERS, ORDERS, ORDER_LINES, REFUNDS, COUPONS, EVENTS, INGESTED_FILES)
_MADE = (CUSTOMER_DAYS, TOTALS, PROFILES, CATEGORY_SHARES, SHARES, INTERESTS, *KEPT)
_CARRIED: dict[Table, tuple[str, ...]] = {  # what stays where nothing new happened, and its columns that grow by a day
    PROFILES: AGEING,
    TOTALS: AGES,
    CATEGORY_SHARES: ("recency_days",),
    SHARES: (),
    INTERESTS: (),
}
_NOTED = (TOUCHED, TOUCHED_DAYS)
_FEW = 100_000  # rows of sums that may be added without a thought


def profile(workspace: Workspace, _clock: Clock, progress: Progress) -> StageReport:
    """Write ``PROFILES`` and what goes with them at the workspace's moment, and ``CALENDAR``, which they look at.

    Where the rows of before still hold for most customers, only those of the others are computed from facts.
    """
    with workspace.warehouse() as warehouse, warehouse.transaction(), workspace.engine(warehouse) as engine:
        as_of = workspace.as_of(warehouse)
        progress(0.0, _("reading orders"))
        write_calendar(workspace, warehouse, as_of)
        basis, counts = _basis(workspace, warehouse), {table.name: warehouse.count(table) for table in _SEEN}
        run = _last_run(warehouse, as_of, basis, counts) if engine is warehouse else None
        if run is None:
            made = _anew(workspace, warehouse, engine, as_of)
        else:
            made = _refreshed(workspace, warehouse, run["as_of"], as_of)
        progress(0.7, _("reading categories"))
        for table, rows in made.by_table.items():
            warehouse.append(table, _rows(engine, table, rows))
        now = {"as_of": as_of, "basis": basis if engine is warehouse else "", "facts": json.dumps(counts)}
        now["kept"] = run["kept"] if run else warehouse.count(INTEREST_SUMS)
        warehouse.rewrite(PROFILE_RUNS, [now])
        for table in _NOTED:
            warehouse.empty(table)
        people, shares = warehouse.table(PROFILES), warehouse.count(CATEGORY_SHARES)
        customers, without = warehouse.count(PROFILES), warehouse.scalar((~people.has_attributes).sum()) or 0
    missing = round(without / customers, 4) if customers else None
    summary = {"as_of": as_of.isoformat(), "rows": customers, "attributes_missing": missing}
    return StageReport({"profile": summary}, _lines(customers, without, shares))


def _anew(workspace: Workspace, warehouse: Warehouse, engine: Engine, as_of: date) -> Rows:
    days, settings = all_days(engine), workspace.settings.profile
    warehouse.replace(CUSTOMER_DAYS, days if engine is warehouse else engine.to_arrow(days))
    for table in (*_CARRIED, *KEPT, INTEREST_NAMES, NEW_PURCHASES):
        warehouse.empty(table)
    if engine is not warehouse:
        return built(engine, [as_of], settings, market(workspace))

    def keep(build: Build, sums: Sums) -> None:
        _append(warehouse, to_keep(warehouse, build, sums))

    made = built(warehouse, [as_of], settings, market(workspace), keep)
    warehouse.append(NEW_PURCHASES, _ahead(sold(warehouse), as_of))
    warehouse.append(TOTALS, made.totals)
    warehouse.replace(PROFILED_ITEMS, known_items(warehouse, as_of, settings))
    return made


def _refreshed(workspace: Workspace, warehouse: Warehouse, before: date, as_of: date) -> Rows:
    settings, days_on = workspace.settings.profile, (as_of - before).days
    items = warehouse.materialise("profile_items_now", known_items(warehouse, as_of, settings))
    changed = warehouse.materialise("profile_changed", changed_items(warehouse, items))  # most often none
    anew = warehouse.table(TOUCHED).union(warehouse.materialise("profile_buyers", buyers(warehouse, changed)))
    touched = anew.union(warehouse.table(TOUCHED_DAYS).select("customer_id"))
    again = warehouse.materialise("profile_again", stirred(warehouse, touched, before, as_of))
    if warehouse.scalar(changed.count()):
        warehouse.replace(PROFILED_ITEMS, items)
    days = warehouse.table(CUSTOMER_DAYS)
    left = warehouse.materialise("profile_left", passed(days.anti_join(again, "customer_id"), before, as_of))
    moved = touched_days(warehouse)
    warehouse.renew(CUSTOMER_DAYS, moved.then, warehouse.materialise("profile_days", all_days(moved.facts)))
    build = Build(warehouse, of_customers_alone(warehouse, again), [as_of], settings, "refresh")
    anew = anew.union(rebased(warehouse, build.since, before, settings))
    rows = _new_purchases(warehouse, warehouse.materialise("profile_anew", anew.distinct()), as_of)
    leading = _added(warehouse, build, rows, again)
    for table, ageing in _CARRIED.items():
        warehouse.carry(table, again, before, as_of, **dict.fromkeys(ageing, days_on))
    warehouse.add(TOTALS, ("customer_id",), left)
    theirs = warehouse.materialise("profile_their_days", days.semi_join(again, "customer_id"))
    warehouse.append(TOTALS, day_totals(warehouse, theirs, [as_of]))
    warehouse.add(CATEGORY_SHARES, ("customer_id", "category"), left_behind(warehouse, before, as_of))
    bought = build.rows(iter([kept(warehouse, build, again, leading)]))
    made = refreshed(warehouse, again, bought, left, as_of, settings, market(workspace))
    for rows in (made.paced, made.windowed, *([made.own] if made.own is not None else [])):
        warehouse.update(PROFILES, tuple(KEY), rounded(warehouse.to_arrow(rows)))
    return made.again


def _new_purchases(warehouse: Warehouse, anew: ir.Table, as_of: date) -> ir.Table:
    """Purchases before ``as_of`` that are not in the kept sums; of the customers ``anew`` all, and their sums go."""
    for table in KEPT:
        warehouse.delete_matching(table, anew)
    noted = warehouse.table(NEW_PURCHASES).anti_join(anew, "customer_id")
    rows = warehouse.materialise("profile_new", noted.union(sold(of_customers_alone(warehouse, anew))))
    warehouse.replace(NEW_PURCHASES, _ahead(rows, as_of))
    return rows.filter(rows.local_day < ibis.date(as_of.isoformat()))


def _added(warehouse: Warehouse, build: Build, rows: ir.Table, again: ir.Table) -> ir.Table:
    """Add purchases to the kept sums; the interests that may lead from now on, as ``may_lead`` has it."""
    leading = []
    for part, sums in enumerate(build.sums(rows)):
        _append(warehouse, to_add(warehouse, build, sums))
        leading.append(warehouse.materialise(f"profile_leading_{part}", may_lead(warehouse, build, again, sums)))
    return ibis.union(*leading)


def _append(warehouse: Warehouse, rows: dict[Table, ir.Table]) -> None:
    for table, some in rows.items():
        warehouse.append(table, some)


def _ahead(rows: ir.Table, as_of: date) -> ir.Table:
    return rows.filter(rows.local_day >= ibis.date(as_of.isoformat()))


def _last_run(warehouse: Warehouse, as_of: date, basis: str, counts: dict[str, int]) -> dict[str, Any] | None:
    """The row of ``PROFILE_RUNS`` whose rows can be carried on to ``as_of``; None where all must be made anew."""
    runs = warehouse.to_arrow(warehouse.table(PROFILE_RUNS)).to_pylist()
    if not runs or runs[0]["basis"] != basis or runs[0]["as_of"] > as_of:
        return None
    then = json.loads(runs[0]["facts"])
    fewer = any(counts[name] < then[name] for name in counts)
    unsaid = counts != then and not any(warehouse.count(table) for table in _NOTED)
    scattered = warehouse.count(INTEREST_SUMS) > 2 * runs[0]["kept"] + _FEW
    return None if fewer or unsaid or scattered else runs[0]


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
