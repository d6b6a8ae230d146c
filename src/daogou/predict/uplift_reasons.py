"""What raises and what lowers an effect, over all customers, in words; of one customer ``reasons`` tells it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from daogou.base.raw import MISSING, Raw, framed, number, written
from daogou.base.words import gettext as _
from daogou.predict.columns import Columns
from daogou.predict.reasons import said as in_words
from daogou.predict.reasons import strongest
from daogou.predict.uplift_base import UpliftModel

SAMPLE, SAID = 2_000, 3
FLAT = 0.05  # of the strongest column's spread: below it a column is no reason


@dataclass(frozen=True)
class Driver:
    """A column, how far it spreads effects (their deviation), and at which values they are largest and smallest."""

    column: str
    spread: float
    largest: str
    smallest: str


def drivers(model: UpliftModel, frame: Raw, arm: int = 0, seed: int = 20170101) -> list[Driver]:
    """The columns that spread effects most, strongest first; none where all effects are alike.

    From at most 2,000 customers, drawn at random. A column of numbers is cut in three, at its terciles.

    Raises:
        ValueError: what :meth:`UpliftModel.contributions` raises.
    """
    data = framed(frame, model.columns_.names)
    places = np.random.default_rng(seed).permutation(len(data))[:SAMPLE]
    data = data[np.sort(places).tolist()]
    told = model.contributions(data.to_native(), arm)
    spread = told.values.std(axis=0)
    order = np.argsort(-spread, kind="stable")[:SAID]
    found = []
    for at in order:
        if spread[at] <= FLAT * spread[order[0]] or spread[at] < 1e-12:
            break
        groups = _groups(model.columns_, data, told.names[at])
        added = {name: float(told.values[groups == name, at].mean()) for name in dict.fromkeys(groups)}
        largest, smallest = max(added, key=lambda one: added[one]), min(added, key=lambda one: added[one])
        found.append(Driver(told.names[at], float(spread[at]), largest, smallest))
    return found


def said(found: list[Driver], label: Callable[[str], str] = str) -> list[str]:
    """The drivers in words of the current language; ``label`` gives those of a column."""
    return [
        _("{column}: the effect is largest where it is {largest}, smallest where it is {smallest}").format(
            column=label(one.column), largest=_value(one.largest), smallest=_value(one.smallest)
        )
        for one in found
    ]


def why(model: UpliftModel, frame: Raw, arm: int = 0) -> list[str]:
    """What raises and what lowers each customer's effect, in words; one text a row, empty where nothing moves it."""
    told = model.contributions(frame, arm)
    rows = framed(frame, model.columns_.names).select(list(told.names)).to_arrow()
    return [in_words(text, "", str) for text in strongest(told, rows)]


def _groups(columns: Columns, data: Any, name: str) -> np.ndarray[Any, Any]:
    """The group of each row by one column: its text, or which third its number lies in."""
    texts = np.array([written(value) for value in data[name].to_list()], dtype=object)
    if name not in columns.numbers or len(set(texts)) <= SAID:
        return texts
    values = np.array([number(text) if text != MISSING else np.nan for text in texts])
    if np.isnan(values).all():
        return texts
    low, high = np.nanquantile(values, [1 / 3, 2 / 3])
    middle = f"{low:,.4g} - {high:,.4g}"
    third = np.where(values <= low, f"<= {low:,.4g}", np.where(values > high, f"> {high:,.4g}", middle))
    return np.where(np.isnan(values), MISSING, third).astype(object)


def _value(text: str) -> str:
    return text if text != MISSING else _("(not known)")
