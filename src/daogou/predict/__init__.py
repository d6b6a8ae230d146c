"""What customers will do next: the probability of each target, and how well that is known."""

from typing import TYPE_CHECKING

from daogou.base.lazy import lazily

if TYPE_CHECKING:
    from daogou.predict.base import Predictor as Predictor
    from daogou.predict.blend import Blend as Blend
    from daogou.predict.boosted import Boosted as Boosted
    from daogou.predict.boosted import Tree as Tree
    from daogou.predict.champion import Champion as Champion
    from daogou.predict.compare import choose as choose
    from daogou.predict.kinds import load as load
    from daogou.predict.leaks import audit as audit
    from daogou.predict.lifetime import BGNBD as BGNBD
    from daogou.predict.lifetime import ParetoNBD as ParetoNBD
    from daogou.predict.linear import Linear as Linear
    from daogou.predict.linear import Logistic as Logistic
    from daogou.predict.recency import Recency as Recency
    from daogou.predict.svm import SVM as SVM
    from daogou.predict.worth import GammaGamma as GammaGamma
    from daogou.predict.worth import customer_value as customer_value

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
