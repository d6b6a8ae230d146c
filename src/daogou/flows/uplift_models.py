"""The models of uplift that are kept, and what they say of one customer."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from daogou.base.words import gettext as _
from daogou.flows.uplift_rows import known
from daogou.flows.workspace import Workspace
from daogou.predict.reasons import said, strongest
from daogou.predict.uplift_base import UpliftModel
from daogou.profile.apart import measure
from daogou.store import models
from daogou.store.tables import MODELS, UPLIFTS
from daogou.store.warehouse import Warehouse

PREFIX = "uplift/"


def keep_models(workspace: Workspace, warehouse: Warehouse, as_of: date, learned: Mapping[str, UpliftModel]) -> None:
    """Write the models of ``as_of``, one a campaign, in place of those kept before."""
    rows = [
        {
            "as_of": as_of,
            "name": f"{PREFIX}{campaign}",
            "kind": type(model).__name__,
            "artefact": models.put(workspace.artefacts, model.to_bytes()),
        }
        for campaign, model in learned.items()
    ]
    before = warehouse.table(MODELS)
    before = before.filter(before.as_of == ibis.date(as_of.isoformat()), before.name.startswith(PREFIX))
    warehouse.delete_matching(MODELS, before.select("as_of", "name"))
    warehouse.append(MODELS, pa.Table.from_pylist(rows, schema=MODELS.schema().to_pyarrow()))


def uplifts_of(workspace: Workspace, warehouse: Warehouse, customer: int, as_of: date) -> list[dict[str, Any]]:
    """What each campaign's message would change in one customer, by campaign, each with its reasons.

    The reasons of those with the largest effects lie ready; of others the kept model tells them now.
    """
    table = warehouse.table(UPLIFTS)
    mine = table.filter(table.customer_id == customer, table.as_of == ibis.date(as_of.isoformat()))
    rows: list[dict[str, Any]] = warehouse.to_arrow(
        mine.order_by("campaign_id").drop("customer_id", "as_of")
    ).to_pylist()
    untold = [row for row in rows if row["reasons"] is None]
    if untold:
        frame = known(warehouse, as_of, np.array([customer], dtype=np.int64)).drop_columns(["customer_id"])
        artefacts = _artefacts(warehouse, as_of)
        for row in untold:
            kept = models.get(workspace.artefacts, artefacts[row["campaign_id"]])
            model = UpliftModel.from_bytes(kept)
            row["reasons"] = strongest(model.contributions(frame), frame)[0]
    return rows


def _artefacts(warehouse: Warehouse, as_of: date) -> dict[str, str]:
    """The artefact of each campaign's model."""
    kept = warehouse.table(MODELS)
    kept = kept.filter(kept.as_of == ibis.date(as_of.isoformat()), kept.name.startswith(PREFIX))
    return {row["name"].removeprefix(PREFIX): row["artefact"] for row in warehouse.to_arrow(kept).to_pylist()}


def uplift_line(row: Mapping[str, Any], currency: str) -> str:
    """One campaign's uplift of one customer, in a sentence."""
    why = said(row["reasons"], "", measure) or _("as for everyone")
    money = f"{row['effect']:,.2f} {currency}"
    if row["low"] is not None:
        money = _("{money} (customers with such an effect showed {low} to {high})").format(
            money=money, low=f"{row['low']:,.2f}", high=f"{row['high']:,.2f}"
        )
    return _("a message like {campaign} adds {money} of contribution; {advice} ({why})").format(
        campaign=row["campaign_id"],
        money=money,
        advice=_("the advice sends to them") if row["chosen"] else _("the advice does not send to them"),
        why=why,
    )
