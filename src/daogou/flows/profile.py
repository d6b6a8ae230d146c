"""Stage profile: what is known about each customer now."""

import pyarrow as pa
import pyarrow.compute as pc

from daogou.base.clock import Clock
from daogou.base.words import gettext as _
from daogou.flows.workspace import Progress, StageReport, Workspace
from daogou.profile.features import features
from daogou.profile.shares import category_shares
from daogou.store.rounding import rounded
from daogou.store.tables import CATEGORY_SHARES, PROFILES


def profile(workspace: Workspace, _clock: Clock, progress: Progress) -> StageReport:
    """Write ``PROFILES`` and ``CATEGORY_SHARES`` at the workspace's moment."""
    with workspace.warehouse() as warehouse, warehouse.transaction():
        as_of = workspace.as_of(warehouse)
        progress(0.0, _("reading orders"))
        people = rounded(warehouse.to_arrow(features(warehouse, [as_of]).order_by("customer_id")))
        warehouse.replace(PROFILES, people, as_of=as_of)
        progress(0.7, _("reading categories"))
        shares = category_shares(warehouse, [as_of]).order_by("customer_id", "category")
        bought = rounded(warehouse.to_arrow(shares))
        warehouse.replace(CATEGORY_SHARES, bought, as_of=as_of)
    without = people.num_rows - _known(people)
    missing = round(without / people.num_rows, 4) if people.num_rows else None
    summary = {"as_of": as_of.isoformat(), "rows": people.num_rows, "attributes_missing": missing}
    return StageReport({"profile": summary}, _lines(people.num_rows, without, bought.num_rows))


def _known(people: pa.Table) -> int:
    return int(pc.sum(people.column("has_attributes")).as_py() or 0)


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
