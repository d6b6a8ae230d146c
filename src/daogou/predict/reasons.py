"""Why a customer's score is high or low: the columns that moved it most, kept as data and said in words."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from daogou.base.words import gettext as _
from daogou.predict.contributions import Contributions
from daogou.predict.response_words import column as response_column

SAID = 3  # reasons that are kept of each score
_ATTRIBUTE = "attribute_"
_OWN, _ANY = "own_", "any_"  # history of the target's category, and of any order


@dataclass(frozen=True)
class Reason:
    """One column, its value for the customer (None: not known), and what it adds to the score in log-odds."""

    column: str
    value: float | str | None
    adds: float


def strongest(told: Contributions, frame: pa.Table) -> list[str]:
    """``SCORES.reasons`` of each row of ``frame``, strongest first; columns that add nothing are no reason."""
    places = told.strongest(SAID)
    columns = {name: frame.column(name).to_pylist() for name in told.names}
    return [
        json.dumps(
            [
                _plain(told.names[at], columns[told.names[at]][row], float(told.values[row, at]))
                for at in places[row]
                if told.values[row, at]
            ],
            ensure_ascii=False,
            default=str,
        )
        for row in range(len(told.values))
    ]


def _plain(column: str, value: float | str | None, adds: float) -> dict[str, float | str | None]:
    """A reason as JSON keeps it; there are many, so none is made an object first."""
    return {"column": column, "value": value, "adds": float(f"{adds:.6g}")}


def read(text: str) -> list[Reason]:
    """The reasons that :func:`strongest` kept."""
    return [Reason(**one) for one in json.loads(text)]


def said(text: str, category: str, label: Callable[[str], str]) -> str:
    """``SCORES.reasons`` in words of the current language; empty where nothing is a reason.

    ``category`` is what the target is bought in, "" for any order; ``label`` gives the words of a column of profiles.
    """
    found = [
        (_("{what} {value} raises it") if one.adds > 0 else _("{what} {value} lowers it")).format(
            what=named(one.column, category, label), value=_value(one.value)
        )
        for one in read(text)
    ]
    return _("; ").join(found)


def named(name: str, category: str, label: Callable[[str], str]) -> str:
    """What a column is called in the current language; ``category`` and ``label`` as in :func:`said`."""
    if name.startswith(_ATTRIBUTE):
        return name.removeprefix(_ATTRIBUTE)
    if not name.startswith((_OWN, _ANY)):
        return response_column(name) or label(name)
    what = category if name.startswith(_OWN) and category else _("any order")
    stem, _underscore, days = name.partition("_")[2].rpartition("_")
    if days.isdigit() and stem in _windows():
        return _windows()[stem].format(what=what, days=days)
    return _history().get(name.partition("_")[2], name).format(what=what)


def _windows() -> dict[str, str]:
    return {
        "days": _("days with {what} in the last {days}"),
        "net_sales": _("net sales of {what} in {days} days"),
        "fading": _("how often {what}, halved every {days} days:"),
        "rate": _("share of days with {what} in the last {days}"),
    }


def _history() -> dict[str, str]:
    return {
        "recency": _("days since {what}"),
        "days": _("days with {what}"),
        "net_sales": _("net sales of {what}"),
        "lines": _("lines of {what}"),
        "gap_mean": _("usual days between {what}"),
        "gap_sd": _("deviation of days between {what}"),
        "overdue_ratio": _("silence in usual gaps of {what}"),
        "periods": _("share of months with {what}"),
        "share": _("share of money on {what}"),
        "rate": _("share of days with {what}"),
        "pace": _("days with {what} a day"),
    }


def _value(value: float | str | None) -> str:
    if value is None:
        return _("(not known)")
    return value if isinstance(value, str) else f"{value:,.4g}"
