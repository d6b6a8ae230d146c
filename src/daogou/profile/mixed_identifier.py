"""Columns that name customers instead of describing them."""

import re
from typing import Any

import numpy as np

from daogou.base.errors import DaogouError
from daogou.base.raw import MISSING
from daogou.base.words import gettext as _
from daogou.profile.mixed_columns import read_column

_FEWEST = 20  # rows below which any column may differ everywhere
_NEARLY = 0.9  # share of different texts from which a column of texts names rows
_NAMED = re.compile(
    r"(^|[\W_])(id|ids|uuid|guid|no|number|code|phone|mobile|email)$|编号|序号|号码|手机|电话|邮箱|账号", re.I
)
_CAMEL = re.compile(r"[a-z](ID|Id)$")


def identifier(column: Any, name: str) -> None:
    """Refuse a column that is an identifier.

    It is one where texts differ in nine of ten rows, or where whole numbers differ in every row and either count
    from row to row or stand in a column that is named like one. Amounts may differ everywhere.

    Raises:
        DaogouError: it is one.
    """
    read = read_column(column)
    if read.kind == "number":
        known = read.numbers[np.isfinite(read.numbers)]
        whole = not column.dtype.is_float() and len(known) >= _FEWEST and bool((known == np.floor(known)).all())
        steps = np.diff(known)
        different = whole and len(np.unique(known)) == len(known)
        named = bool(_NAMED.search(name) or _CAMEL.search(name))
        found = different and (named or bool((steps == steps[0]).all()))
    else:
        times = np.bincount(read.places, minlength=len(read.texts))
        held = [rows for text, rows in zip(read.texts, times.tolist(), strict=True) if text != MISSING and rows]
        found = read.kind == "category" and sum(held) >= _FEWEST and len(held) >= _NEARLY * sum(held)
    if found:
        raise DaogouError(
            _("the column '{name}' differs in every row: it names customers and does not describe them").format(
                name=name
            ),
            "k-means",
            _("Leave it out; name columns that customers can have in common."),
        )
