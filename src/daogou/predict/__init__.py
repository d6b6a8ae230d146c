"""What customers will do next: the probability of each target, and how well that is known."""

from typing import TYPE_CHECKING

from daogou.base.lazy import lazily

if TYPE_CHECKING:
    from daogou.predict.base import Predictor
    from daogou.predict.bgnbd import BGNBD
    from daogou.predict.blend import Blend
    from daogou.predict.boosted import Boosted, Tree
    from daogou.predict.champion import Champion
    from daogou.predict.compare import choose
    from daogou.predict.kinds import load
    from daogou.predict.leaks import audit
    from daogou.predict.linear import Linear, Logistic
    from daogou.predict.paretonbd import ParetoNBD
    from daogou.predict.recency import Recency
    from daogou.predict.svm import SVM
    from daogou.predict.uplift import DRLearner, SLearner, TLearner, UpliftModel, XLearner
    from daogou.predict.worth import GammaGamma, customer_value

__all__ = [
    "BGNBD",
    "SVM",
    "Blend",
    "Boosted",
    "Champion",
    "DRLearner",
    "GammaGamma",
    "Linear",
    "Logistic",
    "ParetoNBD",
    "Predictor",
    "Recency",
    "SLearner",
    "TLearner",
    "Tree",
    "UpliftModel",
    "XLearner",
    "audit",
    "choose",
    "customer_value",
    "load",
]

__getattr__ = lazily(
    __name__,
    {
        "base": ["Predictor"],
        "bgnbd": ["BGNBD"],
        "blend": ["Blend"],
        "boosted": ["Boosted", "Tree"],
        "champion": ["Champion"],
        "compare": ["choose"],
        "kinds": ["load"],
        "leaks": ["audit"],
        "linear": ["Linear", "Logistic"],
        "paretonbd": ["ParetoNBD"],
        "recency": ["Recency"],
        "svm": ["SVM"],
        "uplift": ["DRLearner", "SLearner", "TLearner", "UpliftModel", "XLearner"],
        "worth": ["GammaGamma", "customer_value"],
    },
)
