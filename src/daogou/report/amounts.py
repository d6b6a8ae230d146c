"""Amounts with their intervals, as sentences and tables of campaigns say them."""

import math

from markupsafe import Markup

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.contexts import Company
from daogou.report.contexts.earned import Kind
from daogou.report.sentences.say import number, say


def told(kind: Kind, value: float | None, company: Company) -> str:
    """A change of an outcome in its unit: money, points of a share, or a number.

    >>> from datetime import date
    >>> shop = Company("A", "USD", "en", date(2024, 1, 1), date(2024, 3, 1))
    >>> told("money", 3.2, shop), told("share", -0.0126, shop), told("number", 0.05, shop)
    ('$3.20', '-1.26 points', '0.05')
    """
    if value is None or not math.isfinite(value):
        return figures.NOTHING
    if kind == "money":
        return figures.money(value, company.currency)
    if kind == "share":
        return _("{points} points").format(points=_points(value))
    return f"{value:,.{0 if abs(value) >= 100 else 2}f}".removesuffix(".00")


def _points(share: float) -> str:
    text = f"{share * 100:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _ends(kind: Kind, one: Estimate, company: Company) -> tuple[str, str]:
    """Both ends of an interval; the unit of points stands beside the value alone."""
    low, high = ((_points(end) if kind == "share" else told(kind, end, company)) for end in (one.low, one.high))
    return low, high


def with_interval(kind: Kind, one: Estimate | None, company: Company) -> str:
    """A change with its interval in words, for tables and charts.

    >>> from datetime import date
    >>> shop = Company("A", "USD", "en", date(2024, 1, 1), date(2024, 3, 1))
    >>> with_interval("money", Estimate(3.2, 1.0, 5.4, 900), shop)
    '$3.20 ($1.00 to $5.40)'
    """
    if one is None:
        return figures.NOTHING
    value = told(kind, one.value, company)
    if not math.isfinite(one.low) or not math.isfinite(one.high):
        return _("{value} (too few for an interval)").format(value=value)
    low, high = _ends(kind, one, company)
    return _("{value} ({low} to {high})").format(value=value, low=low, high=high)


def said(kind: Kind, one: Estimate, company: Company) -> Markup:
    """The same in a sentence, its value set apart."""
    value = number(told(kind, one.value, company))
    if not math.isfinite(one.low) or not math.isfinite(one.high):
        return say(_("{value} (too few for an interval)"), value=value)
    low, high = _ends(kind, one, company)
    return say(_("{value} ({interval})"), value=value, interval=figures.between(low, high))


def gain_to_cost(gain: float | None, cost: float | None) -> str:
    """Gain : cost, as people say it; a dash where nothing was spent.

    >>> gain_to_cost(260.0, 100.0), gain_to_cost(5.0, 0.0)
    ('2.6 : 1', '–')
    """
    if gain is None or cost is None or not cost > 0 or not math.isfinite(gain):
        return figures.NOTHING
    return _("{gain} : 1").format(gain=f"{gain / cost:,.1f}")


def times(value: float | None) -> str:
    """A ratio; a dash where there is none.

    >>> times(2.614), times(None)
    ('2.61', '–')
    """
    return figures.decimal(value, 2)


def ratio(one: Estimate | None) -> str:
    """A ratio with its interval.

    >>> ratio(Estimate(1.6, 0.2, 3.0, 900))
    '1.60 (0.20 to 3.00)'
    """
    if one is None:
        return figures.NOTHING
    if not math.isfinite(one.low) or not math.isfinite(one.high):
        return times(one.value)
    return _("{value} ({low} to {high})").format(value=times(one.value), low=times(one.low), high=times(one.high))
