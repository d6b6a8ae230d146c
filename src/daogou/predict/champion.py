"""The model that was chosen, with what is known of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from daogou.base.estimate import Estimate
from daogou.base.raw import Raw
from daogou.predict.base import Predictor, Vector
from daogou.predict.calibrator import Calibrator, Verdict
from daogou.predict.kinds import load
from daogou.predict.leaks import Finding

Protocol = Literal["folds", "blocks"]


@dataclass(frozen=True)
class Champion:
    """A model trained on all rows, and how each candidate did on rows that it had not learned from."""

    name: str
    model: Predictor
    calibrator: Calibrator | None
    calibration: Verdict
    estimates: Mapping[str, Mapping[str, Estimate]]  # candidate -> metric, simplest first
    protocol: Protocol
    findings: tuple[Finding, ...]  # of the leak audit
    left_out: tuple[str, ...]  # columns with a leak
    rows: int
    events: int

    def predict(self, frame: Raw) -> Vector:
        """Calibrated probabilities of shape (rows,). What :meth:`Predictor.predict` raises is raised here too."""
        probability = self.model.predict(frame)
        return probability if self.calibrator is None else self.calibrator.of(probability)

    def to_bytes(self) -> bytes:
        """All of it as JSON, without pickle."""
        kept = {
            "kind": "Champion",
            "model": self.model.to_bytes().decode(),
            "calibrator": None if self.calibrator is None else asdict(self.calibrator),
            "estimates": {
                name: {metric: one.as_dict() for metric, one in metrics.items()}
                for name, metrics in self.estimates.items()
            },
            "findings": [asdict(one) for one in self.findings],
            "left_out": list(self.left_out),
        }
        kept |= {name: getattr(self, name) for name in ("name", "calibration", "protocol", "rows", "events")}
        return json.dumps(kept, ensure_ascii=False, allow_nan=False).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The champion that :meth:`to_bytes` kept; it predicts the same, bit for bit.

        Raises:
            ValueError: the bytes hold no champion.
        """
        kept: dict[str, Any] = json.loads(data)
        if kept.pop("kind") != "Champion":
            raise ValueError("these bytes hold no champion")
        line = kept["calibrator"]
        return cls(
            **kept
            | {
                "model": load(kept["model"].encode()),
                "calibrator": None if line is None else Calibrator(**line),
                "estimates": {
                    name: {metric: _estimate(one) for metric, one in metrics.items()}
                    for name, metrics in kept["estimates"].items()
                },
                "findings": tuple(Finding(**one) for one in kept["findings"]),
                "left_out": tuple(kept["left_out"]),
            }
        )


def _estimate(kept: dict[str, Any]) -> Estimate:
    known: dict[str, Any] = {name: float("nan") if value is None else value for name, value in kept.items()}
    return Estimate(**known)
