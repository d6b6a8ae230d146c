"""An advice as JSON, and back: tables keep it, the report says it in the reader's language."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.measure.uplift_advice import Advice
from daogou.measure.uplift_curve import Point
from daogou.measure.uplift_policy import Shrinkage
from daogou.measure.uplift_tenths import Tenth


def to_json(advice: Advice) -> str:
    """Everything that the advice rests on; what is not known is null."""
    return json.dumps(_plain(asdict(advice)), ensure_ascii=False, allow_nan=False)


def from_json(text: str) -> Advice:
    """What :func:`to_json` kept."""
    kept = json.loads(text)
    told = {name: kept[name] for name in ("action", "model", "share", "everyone", "promised", "enough")}
    return Advice(
        **told,
        arms=tuple(kept["arms"]),
        profits={name: _estimate(one) for name, one in kept["profits"].items()},
        over={name: _estimate(one) for name, one in kept["over"].items()},
        effect=tuple(_estimate(one) for one in kept["effect"]),
        shrinkage=Shrinkage(**{name: tuple(values) for name, values in kept["shrinkage"].items()}),
        tenths=tuple(
            tuple(Tenth(one["number"], one["told"], _estimate(one["shown"])) for one in arm) for arm in kept["tenths"]
        ),
        curve=tuple(Point(one["share"], one["spent"], _estimate(one["profit"])) for one in kept["curve"]),
        warnings=tuple(kept["warnings"]),
        events=kept.get("events"),  # earlier versions did not count them
    )


def _estimate(kept: dict[str, Any]) -> Estimate:
    value, low, high = (np.nan if kept[name] is None else kept[name] for name in ("value", "low", "high"))
    return Estimate(value, low, high, kept["n"], kept["unit"])


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float):
        return float(value) if np.isfinite(value) else None
    return value
