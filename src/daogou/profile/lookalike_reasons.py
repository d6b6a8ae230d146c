"""What sets seeds apart from others as active as they are: measured as numbers, said in words."""

from typing import Any

import numpy as np

from daogou.base.words import gettext as _
from daogou.profile import apart
from daogou.profile.apart import Contrast

Array = np.ndarray[Any, Any]


def reasons(names: tuple[str, ...], values: Array, is_seed: Array, of: Array) -> list[Contrast]:
    """Contrasts of the seeds with the others of their strata ``of``, widest gap first.

    The others are weighed so that each stratum counts as it does among the seeds; ``overall`` is their mean.
    """
    share = np.bincount(of[is_seed], minlength=of.max() + 1) / is_seed.sum()
    others = np.bincount(of[~is_seed], minlength=of.max() + 1)
    weight = np.where(is_seed, 0.0, np.divide(share, others, out=np.zeros(len(share)), where=others > 0)[of])
    made = []
    for name, column in zip(names, values.T, strict=True):
        known = np.isfinite(column)
        inside, outside = known & is_seed, np.where(known, weight, 0.0)
        spread = float(column[known].std()) if known.any() else 0.0
        if not inside.any() or outside.sum() <= 0 or spread <= 0:
            continue
        mean, overall = float(column[inside].mean()), float(outside @ np.where(known, column, 0.0) / outside.sum())
        made.append(Contrast(name, *(float(f"{x:.12g}") for x in (mean, overall, (mean - overall) / spread))))
    return sorted(made, key=lambda contrast: (-abs(contrast.gap), contrast.feature))


def in_words(found: list[Contrast]) -> list[str]:
    """The widest gaps in the current language, with both means."""
    return [
        _("{what} {mean} (others as active {overall})").format(what=what, mean=mean, overall=overall)
        for what, mean, overall in apart.figures(found)
    ]
