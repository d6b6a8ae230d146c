"""A company's own feature: an aggregate over events that a rule's language names, read from ``daogou.toml``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from daogou.base import rule as r
from daogou.base.errors import DaogouError
from daogou.base.rule_read import read
from daogou.base.settings import check_known, nearest
from daogou.base.words import gettext as _

COUNTED = ("count", "days", "distinct", "sum")  # 0 where nothing happened; the others are empty there
MEASURES = (*COUNTED, "mean", "max", "min", "recency")
_AMOUNTS = ("sum", "mean", "max", "min")
_TOLD = ("did", "where", "within", "skip_last", "on", "around", "measure", "of")
_DEED = ("item", "category", "brand", "title", "place", "channel", "campaign")
_ITEM = ("item", "category", "brand", "title")
COLUMNS: Mapping[str, tuple[str, ...]] = {  # what different values are counted of, by event
    "bought": (*_ITEM, "store"),
    "refunded": (*_ITEM, "kind", "reason"),
    "redeemed": ("campaign", "offer", "funded_by"),
    "reached": (),
    **dict.fromkeys(r.DEEDS, _DEED),
}


@dataclass(frozen=True)
class OwnFeature:
    """``measure`` of the events ``did``; ``column`` is what distinct values are counted of, else empty."""

    name: str
    did: r.Did
    measure: str
    column: str = ""


def read_feature(name: str, told: Mapping[str, Any], where: str) -> OwnFeature:
    """The feature that ``told`` says.

    >>> read_feature("visits", {"did": "bought", "within": 90, "measure": "days"}, "my feature").did.within
    90
    >>> read_feature("visits", {"did": "bought", "measure": "dais"}, "my feature")
    Traceback (most recent call last):
    daogou.base.errors.DaogouError: my feature measure: unknown measure 'dais'. Did you mean 'days'?

    Raises:
        DaogouError: it is none.
    """
    if not re.fullmatch("[a-z][a-z0-9_]*", name):
        raise DaogouError(
            _("'{name}' is no name of a feature").format(name=name), where, _("Use small letters, digits and '_'.")
        )
    measure = _measure(told, where)
    rule = _event(told, where)
    if measure in _AMOUNTS:
        _check_amounts(rule, where)
    column = _column(told, rule, where) if measure == "distinct" else ""
    if measure != "distinct" and "of" in told:
        raise DaogouError(_("'of' is said with measure 'distinct' alone"), f"{where} of", _("Take it away."))
    return OwnFeature(name, rule, measure, column)


def _measure(told: Mapping[str, Any], where: str) -> str:
    measure = told.get("measure")
    known = _("Known are: {names}.").format(names=", ".join(MEASURES))
    if measure is None:
        raise DaogouError(_("the measure is missing"), where, known)
    if measure not in MEASURES:
        hint = nearest(measure, MEASURES) if isinstance(measure, str) else known
        raise DaogouError(_("unknown measure '{name}'").format(name=measure), f"{where} measure", hint)
    return str(measure)


def _event(told: Mapping[str, Any], where: str) -> r.Did:
    if "did" not in told or set(r.MEASURES) & set(told):
        raise DaogouError(
            _("a feature measures one kind of event"), where, _("Write did = 'bought', for example, and no count.")
        )
    check_known(told, _TOLD, where, _("setting"))
    rule = read({key: value for key, value in told.items() if key not in ("measure", "of")}, where)
    if not isinstance(rule, r.Did):
        raise TypeError(f"{rule!r} is no event")
    return rule


def _check_amounts(did: r.Did, where: str) -> None:
    if not r.EVENTS[did.event].has_amount:
        raise DaogouError(
            _("'{event}' has no amount to sum").format(event=did.event),
            f"{where} measure",
            _("Count it with 'count' or 'days'."),
        )


def _column(told: Mapping[str, Any], did: r.Did, where: str) -> str:
    known, column = COLUMNS[did.event], told.get("of")
    if column not in known:
        hint = _("Known are: {names}.").format(names=", ".join(known)) if known else _("Use 'count'.")
        if column is None and known:
            raise DaogouError(_("'of' is missing: of what different values are counted"), where, hint)
        raise DaogouError(
            _("different values of '{column}' cannot be counted over '{event}'").format(
                column="" if column is None else column, event=did.event
            ),
            f"{where} of",
            hint,
        )
    if did.event == "bought" and any(part.name == "amount" for part in did.where):
        raise DaogouError(
            _("different values cannot be counted over orders of an amount"), f"{where} where", _("Leave 'amount' out.")
        )
    return str(column)


def measured(feature: OwnFeature) -> r.Did:
    """The events, asked for with what the measure needs of each."""
    needs = {"count": "count", **dict.fromkeys(_AMOUNTS, "sum")}.get(feature.measure)
    return replace(feature.did, measures=(r.Named(needs, ()),)) if needs else feature.did
