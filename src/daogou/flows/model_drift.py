"""How far the customers of a model have moved, as rows of ``DRIFT``, in the stage's JSON and in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.predict.card import Card
from daogou.predict.card_words import Since, happened, joined, title, when_again
from daogou.predict.drift import Shift
from daogou.predict.realised import Again, Realised, matters

SCORE = "probability"


@dataclass(frozen=True)
class Made:
    """A model's card and how far its customers have moved since it learned."""

    card: Card
    inputs: Mapping[str, Shift]
    scores: Shift
    earlier: tuple[Realised, ...]
    again: Again


def drift_rows(found: Made, as_of: date) -> list[dict[str, Any]]:
    """The rows of ``DRIFT`` of a model."""
    same = {"as_of": as_of, "target": found.card.target, "low": None, "high": None, "chance": None}
    weighty = matters({one.column: one.moves for one in found.card.inputs}) - found.card.grows
    moved = [("input", name, one, name in weighty) for name, one in found.inputs.items()]
    rows = [
        same
        | {"kind": kind, "name": name, "since": found.card.as_of, "value": one.psi, "expected": one.expected}
        | {"chance": one.limit, "n": one.customers, "alarm": one.size == "large" and counts}
        for kind, name, one, counts in [("scores", SCORE, found.scores, True), *moved]
        if np.isfinite(one.psi)
    ]
    for run in found.earlier:
        told = [
            ("count", _count(run), run.expected.value, run.is_off),
            ("log_loss", run.log_loss, run.promised.value, run.is_worse),
            ("hits_in_100", run.hits, run.promised_hits.value, False),
        ]
        rows += [
            same
            | {"kind": "realised", "name": name, "since": run.scored_on, "expected": expected, "alarm": alarm}
            | {key: value for key, value in estimate.as_dict().items() if key != "unit"}
            for name, estimate, expected, alarm in told
        ]
    return rows


def drift_lines(found: Sequence[Made], as_of: date) -> list[str]:
    """What the stage says: what became of the latest scores, which models moved, and when to train again."""
    if not found:
        return []
    told = []
    for one in found:
        since = Since(drift_rows(one, as_of), one.again.by, one.again.why)
        counts = [row for row in since.rows if row["name"] == "count"]
        said = [happened(counts[0])] if counts else []
        said += when_again(one.card, since) if one.again.why else []
        if said:
            told.append(_("{target}: {said}").format(target=title(one.card), said=joined(said)))
    first = min(one.again.by for one in found)
    return [*told, _("Train again by {day}. Each model has a card: 'daogou evaluate card'.").format(day=first)]


def drift_summary(found: Sequence[Made], as_of: date) -> dict[str, Any]:
    """Part ``predict_drift`` of the stage's JSON: by target; nothing where no model was learned."""
    told = {
        one.card.target: {
            "train_again_by": one.again.by.isoformat(),
            "train_again_why": list(one.again.why),
            "psi": {
                row["name"]: row["value"]
                for row in rows
                if row["kind"] == "scores" or (row["kind"] == "input" and row["alarm"])
            },
            "realised": [
                {key: row[key] for key in ("name", "value", "low", "high", "expected", "n", "alarm")}
                | {"since": row["since"].isoformat()}
                for row in rows
                if row["kind"] == "realised"
            ],
        }
        for one in found
        for rows in [drift_rows(one, as_of)]
    }
    return {"predict_drift": told} if told else {}


def _count(run: Realised) -> Estimate:
    return Estimate(run.happened, run.expected.low, run.expected.high, run.expected.n)
