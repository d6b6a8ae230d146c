"""How customers moved between the states of the lifecycle from one day to a later one."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from daogou.profile.lifecycle import METHOD, NOT_YET, STATES
from daogou.profile.segments import comparable, summary, summary_table
from daogou.profile.settings import SegmentSettings

_MOVES = pa.schema(
    [
        ("from_as_of", pa.date32()),
        ("as_of", pa.date32()),
        ("from_state", pa.string()),
        ("to_state", pa.string()),
        ("customers", pa.int64()),
        ("net_sales", pa.float64()),
    ]
)


def moves(states: pa.Table, before: date, as_of: date) -> pa.Table:
    """Rows of ``MOVEMENTS`` from ``before`` to ``as_of``, from rows of ``lifecycle`` at both.

    Everyone with a state at ``as_of`` is counted once; those without one before come from :data:`NOT_YET`. Nobody
    leaves: who had a first order has a state ever after. Pairs of states without a customer have no row.
    """
    then, now = _at(states, before), _at(states, as_of)
    was = dict(zip(then.column("customer_id").to_pylist(), then.column("state").to_pylist(), strict=True))
    came = [was.get(customer, NOT_YET) for customer in now.column("customer_id").to_pylist()]
    went, money = now.column("state").to_pylist(), now.column("net_sales").to_numpy()
    pairs = np.array([f"{a}>{b}" for a, b in zip(came, went, strict=True)], dtype=object)
    rows = []
    for source in (NOT_YET, *STATES):
        for target in STATES:
            inside = pairs == f"{source}>{target}"
            if inside.any():
                # sorted first, so that the sum does not depend on the order of rows
                row = {"from_state": source, "to_state": target, "customers": int(inside.sum())}
                rows.append(row | {"net_sales": float(np.sort(money[inside]).sum())})
    return pa.Table.from_pylist([{"from_as_of": before, "as_of": as_of, **row} for row in rows], schema=_MOVES)


def segments(states: pa.Table, as_of: date) -> pa.Table:
    """Rows of ``SEGMENTS`` of method lifecycle, from rows of ``lifecycle``."""
    now = _at(states, as_of)
    return pa.table(
        {
            "customer_id": now.column("customer_id"),
            "as_of": now.column("as_of"),
            "method": pa.array([METHOD] * now.num_rows, pa.string()),
            "segment": now.column("state"),
        }
    )


def summaries(
    states: pa.Table, profiles: pa.Table, shares: pa.Table, settings: SegmentSettings, as_of: date
) -> pa.Table:
    """Rows of ``SEGMENT_SUMMARIES`` of the states that somebody is in."""
    numbers = comparable(profiles, shares, settings)
    net_sales = profiles.sort_by("customer_id").column("net_sales_365").to_numpy()
    now = _at(states, as_of)
    state, customers = np.array(now.column("state").to_pylist(), dtype=object), now.column("customer_id").to_numpy()
    rows = []
    for key in _present(STATES, state):
        inside = np.isin(numbers.customers, customers[state == key])
        rows.append(summary(METHOD, key, inside, numbers, net_sales, as_of))
    return summary_table(rows)


def _present(keys: Sequence[str], found: "np.ndarray[tuple[int], np.dtype[np.object_]]") -> list[str]:
    known = set(found.tolist())
    return [key for key in keys if key in known]


def _at(states: pa.Table, as_of: date) -> pa.Table:
    return states.filter(pc.equal(states.column("as_of"), pa.scalar(as_of))).sort_by("customer_id")
