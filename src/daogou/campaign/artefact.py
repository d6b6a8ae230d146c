"""The plan as bytes: what a person approves is this, named by its hash, and nothing else."""

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from daogou.campaign.learning import Plan


def to_parquet(plan: Plan, terms: Mapping[str, Any]) -> bytes:
    """One row a person, sorted by ``customer_id``; the same plan on the same terms gives the same bytes.

    Columns: customer_id; unit, the key that lots were drawn for; stratum; arm, holdout or what the person gets;
    intended_action, for those held out too; propensity of the arm; lot, the draw of who is left out; response, empty
    where nobody predicted it. ``terms``, which is all that the ledger says of the plan, stands as JSON in the schema's
    metadata, so that a plan on other terms, or to be read in another way, has another hash.
    """
    columns = {
        "customer_id": pa.array(plan.customer_id, pa.int64()),
        "unit": pa.array(plan.lots.unit.tolist(), pa.string()),
        "stratum": pa.array(plan.stratum.tolist(), pa.string()),
        "arm": pa.array(plan.lots.arm.tolist(), pa.string()),
        "intended_action": pa.array(plan.actions.tolist(), pa.string()),
        "propensity": pa.array(np.round(plan.lots.propensity, 12), pa.float64()),
        "lot": pa.array(plan.lots.lot, pa.float64()),
        "response": pa.array(np.round(plan.response, 12), pa.float64(), mask=np.isnan(plan.response)),
    }
    return as_parquet(columns, {"plan": terms})


def as_parquet(columns: Mapping[str, pa.Array], told: Mapping[str, Any]) -> bytes:
    """The columns, with what is told as JSON in the schema's metadata."""
    metadata = {name: json.dumps(one, sort_keys=True) for name, one in told.items()}
    sink = io.BytesIO()
    pq.write_table(pa.table(dict(columns), metadata=metadata), sink)
    return sink.getvalue()
