"""What customers will do next: the probability of each target, and how well that is known."""

from typing import TYPE_CHECKING

from daogou.base.lazy import lazily

if TYPE_CHECKING:
    from daogou.predict.base import Predictor
    from daogou.predict.blend import Blend
    from daogou.predict.boosted import Boosted, Tree
    from daogou.predict.champion import Champion
    from daogou.predict.compare import choose
    from daogou.predict.kinds import load
    from daogou.predict.leaks import audit
    from daogou.predict.lifetime import BGNBD, ParetoNBD
    from daogou.predict.linear import Linear, Logistic
    from daogou.predict.recency import Recency
    from daogou.predict.svm import SVM
    from daogou.predict.worth import GammaGamma, customer_value

__all__ = [
    "BGNBD",
    "SVM",
    "Blend",
    "Boosted",
    "Champion",
    "GammaGamma",
    "Linear",
    "Logistic",
    "ParetoNBD",
    "Predictor",
    "Recency",
    "Tree",
    "audit",
    "choose",
    "customer_value",
    "load",
]

__getattr__ = lazily(
    __name__,
    {
        "base": ["Predictor"],
        "blend": ["Blend"],
        "boosted": ["Boosted", "Tree"],
        "champion": ["Champion"],
        "compare": ["choose"],
        "kinds": ["load"],
        "leaks": ["audit"],
        "lifetime": ["BGNBD", "ParetoNBD"],
        "linear": ["Linear", "Logistic"],
        "recency": ["Recency"],
        "svm": ["SVM"],
        "worth": ["GammaGamma", "customer_value"],
    },
)
