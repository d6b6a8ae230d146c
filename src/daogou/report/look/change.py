"""Changes of the headline figures, as dots with intervals."""

import math

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.charts import Chart
from daogou.report.contexts import Company, Look, Moved
from daogou.report.dots import Layer, Mark, dots

_WIDEST = 0.6  # an interval beyond this is in the table alone: the others would be dots without lines


def moved(found: Look, company: Company) -> Chart:
    """Each headline figure's change with its interval."""
    drawn = [one for one in found.moved if not is_wide(one)]
    names = [measure(one.key) for one in drawn]
    layers = [
        Layer(_("Over the previous period"), tuple(_mark(one, one.over_previous) for one in drawn)),
        Layer(_("Over last year"), tuple(_mark(one, one.over_last_year) for one in drawn), filled=False),
    ]
    shown = [layer for layer in layers if any(layer.marks)]
    rows = tuple(
        (measure(one.key), _now(one, company), _told(one, one.over_previous), _told(one, one.over_last_year))
        for one in found.moved
    )
    return Chart(
        "change",
        _("How each figure moved, with its interval: one that holds 0 may be chance."),
        dots(names, shown),
        70 + (40 if len(shown) == 1 else 52) * len(names),
        (_("Figure"), _("Now"), _("Over the previous period"), _("Over last year")),
        rows,
    )


def measure(key: str) -> str:
    """What a figure is called."""
    return {
        "net_sales": _("Net sales"),
        "orders": _("Orders"),
        "buyers": _("Buyers"),
        "order_value": _("Average order value"),
        "spend": _("Spend per buyer"),
        "new": _("New customers"),
        "repurchase": _("Repurchase rate"),
    }[key]


def _now(one: Moved, company: Company) -> str:
    if one.key == "repurchase":
        return figures.share(one.now)
    if one.key in ("net_sales", "order_value", "spend"):
        return figures.amount(one.now, company.currency)
    return figures.exact(one.now)


def _mark(one: Moved, estimate: Estimate | None) -> Mark | None:
    if estimate is None or not math.isfinite(estimate.value):
        return None
    return Mark(estimate, signed(one, estimate.value), f"{measure(one.key)}: {_told(one, estimate)}")


def _told(one: Moved, estimate: Estimate | None) -> str:
    if estimate is None or not math.isfinite(estimate.value):
        return figures.NOTHING
    value = signed(one, estimate.value)
    if not math.isfinite(estimate.low):
        return value
    between = figures.between(signed(one, estimate.low), signed(one, estimate.high))
    return _("{value} ({interval})").format(value=value, interval=between)


def signed(one: Moved, value: float) -> str:
    """A change with its sign, in per cent; of a rate in points. What rounds to nothing has no minus."""
    digits = 0 if abs(value) >= 0.0995 else 1
    size = f"{round(100 * value, digits) + 0.0:+.{digits}f}"
    return _("{points} points").format(points=size) if one.key == "repurchase" else size + figures.percent_sign()


def undrawn(found: Look) -> str:
    """The figures whose interval is too wide to be drawn beside the others; empty where there are none."""
    return _(", ").join(measure(one.key) for one in found.moved if is_wide(one))


def is_wide(one: Moved) -> bool:
    """Whether its interval is too wide to be drawn beside others."""
    known = [told for told in (one.over_previous, one.over_last_year) if told and math.isfinite(told.low)]
    return any(told.high - told.low > _WIDEST for told in known)
