"""Every kind of predictor by its name, to read kept ones back."""

import json

from daogou.predict.base import Predictor
from daogou.predict.blend import Blend
from daogou.predict.boosted import Boosted, Tree
from daogou.predict.calibrated import Calibrated
from daogou.predict.last import Last
from daogou.predict.linear import Linear, Logistic
from daogou.predict.rate import Rate
from daogou.predict.recency import Recency
from daogou.predict.recent import Recent
from daogou.predict.svm import SVM

KINDS: dict[str, type[Predictor]] = {
    kind.__name__: kind
    for kind in (Rate, Recency, Last, Linear, Logistic, Tree, SVM, Boosted, Blend, Calibrated, Recent)
}


def load(data: bytes) -> Predictor:
    """The model that :meth:`Predictor.to_bytes` kept, of whichever kind.

    Raises:
        ValueError: no model here is of that kind.
    """
    kind = json.loads(data)["kind"]
    if kind not in KINDS:
        raise ValueError(f"no predictor is called {kind!r}; there are {', '.join(KINDS)}")
    return KINDS[kind].from_bytes(data)
