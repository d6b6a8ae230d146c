"""What customers will do next: the probability of each target, and how well that is known."""

import json

from daogou.predict.base import Predictor
from daogou.predict.boosted import Boosted
from daogou.predict.linear import Logistic
from daogou.predict.recency import Recency

KINDS: dict[str, type[Predictor]] = {kind.__name__: kind for kind in (Recency, Logistic, Boosted)}


def load(data: bytes) -> Predictor:
    """The model that :meth:`Predictor.to_bytes` kept, of whichever kind.

    Raises:
        ValueError: no model here is of that kind.
    """
    kind = json.loads(data)["kind"]
    if kind not in KINDS:
        raise ValueError(f"no predictor is called {kind!r}; there are {', '.join(KINDS)}")
    return KINDS[kind].from_bytes(data)
