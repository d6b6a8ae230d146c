"""Where people affect each other: what one customer got then changes what another does, and effects mix."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _

SHARED = ("group_buying", "shareable_coupons", "scarce_stock")


def warned(shared: Sequence[str], treated: ArrayLike, units: ArrayLike | None) -> list[str]:
    """What to say of people who affect each other, in the current language; empty where nothing was declared.

    ``shared`` holds words of ``SHARED``. ``units`` names the household or store of each customer, in which lots were
    drawn together.

    Raises:
        DaogouError: another word, or people affect each other and no unit is named.
    """
    if unknown := [kind for kind in shared if kind not in SHARED]:
        raise DaogouError(
            _("'{kind}' is no way in which people affect each other").format(kind=unknown[0]),
            _("uplift"),
            _("Write one of: {kinds}.").format(kinds=", ".join(SHARED)),
        )
    if shared and units is None:
        raise DaogouError(
            _("{kinds}: people who got nothing were still affected, so comparing customers tells no effect").format(
                kinds=", ".join(_said(kind) for kind in shared)
            ),
            _("uplift"),
            _("Draw lots for whole households or stores, and name the column that holds them as the unit."),
        )
    told = [
        _(
            "{kind}: people may affect each other across units too; then the effect is told too small or too large"
        ).format(kind=_said(kind))
        for kind in shared
    ]
    if units is not None and (mixed := _mixed(np.asarray(treated), np.asarray(units))):
        told.append(
            _("units in which some got the message and some did not: {n}; there the effect may spill over").format(
                n=f"{mixed:,}"
            )
        )
    return told


def _mixed(treated: np.ndarray[Any, Any], units: np.ndarray[Any, Any]) -> int:
    if treated.shape != units.shape:
        raise ValueError("units must have one value a row")
    _names, unit = np.unique(units, return_inverse=True)
    _arms, arm = np.unique(treated.astype(str), return_inverse=True)
    pairs = np.unique(unit * (int(arm.max()) + 1) + arm) // (int(arm.max()) + 1)
    return int((np.bincount(pairs) > 1).sum())


def _said(kind: str) -> str:
    return {
        "group_buying": _("Group buying"),
        "shareable_coupons": _("Coupons that can be passed on"),
        "scarce_stock": _("Scarce stock"),
    }[kind]
