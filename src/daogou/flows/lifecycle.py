"""The lifecycle's states as segments, and the movements between two days."""

from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from daogou.flows.workspace import Workspace
from daogou.profile.lifecycle import lifecycle
from daogou.profile.lifecycle_moves import moves, segments, summaries
from daogou.store.rounding import rounded
from daogou.store.tables import MOVEMENTS
from daogou.store.warehouse import Warehouse


@dataclass(frozen=True)
class Lifecycle:
    """Rows of ``SEGMENTS`` and ``SEGMENT_SUMMARIES``."""

    segments: pa.Table
    summaries: pa.Table


def write_lifecycle(
    workspace: Workspace, warehouse: Warehouse, as_of: date, people: pa.Table, shares: pa.Table
) -> Lifecycle:
    """Write ``MOVEMENTS`` of the last ``moves_days``; the states of ``people`` as rows of segments, not yet written.

    ``people`` and ``shares`` are the rows of ``PROFILES`` and ``CATEGORY_SHARES`` at ``as_of``.
    """
    settings = workspace.settings.lifecycle
    before = as_of - timedelta(days=settings.moves_days)
    states = states_at(workspace, warehouse, before, as_of)
    states = states.filter(pc.is_in(states.column("customer_id"), people.column("customer_id").combine_chunks()))
    warehouse.replace(MOVEMENTS, rounded(moves(states, before, as_of)), as_of=as_of)
    return Lifecycle(segments(states, as_of), summaries(states, people, shares, workspace.settings.segment, as_of))


def states_at(workspace: Workspace, warehouse: Warehouse, before: date, as_of: date) -> pa.Table:
    """Everyone's state at two days, as :func:`daogou.profile.lifecycle.lifecycle` tells it."""
    return warehouse.to_arrow(lifecycle(warehouse, [before, as_of], workspace.settings.lifecycle))
