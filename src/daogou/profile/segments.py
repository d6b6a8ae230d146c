"""Every customer's segment by each method, and what sets each segment apart."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa

from daogou.profile import apart, lifecycle, rfm
from daogou.profile.matrix import Array, Matrix, frame, matrix
from daogou.profile.mixed_kmeans import FEWEST, KMeans, TooFewError
from daogou.profile.settings import SegmentSettings

_RECENCY = "recency_days"


@dataclass(frozen=True)
class Segmentation:
    """Rows of ``SEGMENTS``, ``SEGMENT_SUMMARIES`` and ``EVALUATIONS``; ``groups`` is None where k-means had nothing.

    Customers of whom less than half of what groups are made from is known are in no group, and have no row of kmeans.
    """

    segments: pa.Table
    summaries: pa.Table
    evaluations: pa.Table
    groups: KMeans | None


def segmentation(
    profiles: pa.Table,
    shares: pa.Table,
    values: rfm.RFM,
    settings: SegmentSettings,
    as_of: date,
    previous: KMeans | None = None,
) -> Segmentation:
    """The segments at ``as_of`` of everyone in ``profiles``, from rows of ``PROFILES`` and ``CATEGORY_SHARES``.

    Methods: rfm, rfm_zh, and kmeans where there are enough customers; its groups are group_1, group_2, ... by net
    sales of the last 365 days, most first, or as ``previous``, the groups of an earlier run, calls those that are found
    again.

    Raises:
        DaogouError: a feature in the settings is not known.
    """
    people = profiles.sort_by("customer_id")
    customers, net_sales = (people.column(name).to_numpy() for name in ("customer_id", "net_sales_365"))
    found = _groups(frame(profiles, shares, settings), net_sales, settings, previous)
    methods: dict[str, Array] = {
        "rfm": np.array(rfm.english(values, settings.new_days), dtype=object),
        "rfm_zh": np.array(rfm.chinese(values, settings), dtype=object),
    }
    if found:
        methods["kmeans"] = found.keys
    seen = comparable(profiles, shares, settings)
    summaries = [
        summary(method, key, of == key, seen, net_sales, as_of)
        for method, of in methods.items()
        for key in sorted({key for key in of if key is not None})
    ]
    return Segmentation(
        segments=pa.concat_tables(_rows(method, of, customers, as_of) for method, of in methods.items()),
        summaries=summary_table(summaries),
        evaluations=pa.Table.from_pylist(_evaluations(found, as_of) if found else [], schema=_EVALUATION),
        groups=found,
    )


def comparable(profiles: pa.Table, shares: pa.Table, settings: SegmentSettings) -> Matrix:
    """The numbers that tell segments apart: those of k-means, and recency, which is no default there as RFM says it."""
    known = settings.features if _RECENCY in settings.features else [*settings.features, _RECENCY]
    return matrix(profiles, shares, replace(settings, features=known))


def labels(summaries: pa.Table) -> dict[tuple[str, str], str]:
    """The name of each (method, segment) in rows of ``SEGMENT_SUMMARIES``, in the current language."""
    rows = summaries.to_pylist()
    named = apart.names({row["segment"]: row["features"] for row in rows if row["method"] == "kmeans"})
    return {
        (row["method"], row["segment"]): named[row["segment"]]
        if row["method"] == "kmeans"
        else label(row["method"], row["segment"])
        for row in rows
    }


def label(method: str, key: str) -> str:
    """The name of a segment, in the current language; a rule's is the company's own, and a group has its key alone."""
    if method == lifecycle.METHOD:
        return lifecycle.label(key)
    return rfm.label(key) if method in ("rfm", "rfm_zh") else key


def _groups(rows: pa.Table, net_sales: Array, settings: SegmentSettings, previous: KMeans | None) -> KMeans | None:
    if rows.num_rows < max(FEWEST, settings.k) or not rows.num_columns:
        return None
    try:
        return KMeans(settings.k, settings.seed).fit(rows, net_sales, previous)
    except TooFewError:
        return None


def _rows(method: str, of: Array, customers: Array, as_of: date) -> pa.Table:
    inside = np.array([key is not None for key in of], dtype=bool)
    customers, of = customers[inside], of[inside]
    n = len(customers)
    return pa.table(
        {
            "customer_id": pa.array(customers, pa.int64()),
            "as_of": pa.array([as_of] * n, pa.date32()),
            "method": pa.array([method] * n, pa.string()),
            "segment": pa.array(of, pa.string()),
        }
    )


def summary(method: str, key: str, inside: Array, numbers: Matrix, net_sales: Array, as_of: date) -> dict[str, object]:
    """A row of ``SEGMENT_SUMMARIES``; ``inside`` marks the segment's people, shape (n,)."""
    return {
        "as_of": as_of,
        "method": method,
        "segment": key,
        "size": int(inside.sum()),
        "net_sales": float(np.sort(net_sales[inside]).sum()),
        "features": apart.to_json(apart.contrasts(numbers.names, numbers.values, inside)),
    }


def summary_table(rows: list[dict[str, object]]) -> pa.Table:
    """The rows in the contract's types."""
    return pa.Table.from_pylist(rows, schema=_SUMMARY)


def _evaluations(found: KMeans, as_of: date) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for clarity in found.curve_:
        common = {
            "as_of": as_of,
            "stage": "segment",
            "subject": "kmeans",
            "model": f"k={clarity.k}",
            "n": clarity.silhouette.n,
            "is_champion": clarity.k == len(found.numbers_),
        }
        seen = clarity.silhouette
        rows += [
            common | {"metric": "silhouette", "value": seen.value, "low": seen.low, "high": seen.high},
            common | {"metric": "silhouette_shuffled", "value": clarity.shuffled},
        ]
    return rows


_SUMMARY = pa.schema(
    [
        ("as_of", pa.date32()),
        ("method", pa.string()),
        ("segment", pa.string()),
        ("size", pa.int64()),
        ("net_sales", pa.float64()),
        ("features", pa.string()),
    ]
)
_EVALUATION = pa.schema(
    [
        ("as_of", pa.date32()),
        ("stage", pa.string()),
        ("subject", pa.string()),
        ("model", pa.string()),
        ("metric", pa.string()),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("n", pa.int64()),
        ("is_champion", pa.bool_()),
    ]
)
