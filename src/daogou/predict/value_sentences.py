"""What the stage says of customers' value."""

import math
from collections.abc import Iterator

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.predict.value import Lack, Values
from daogou.predict.value_forward import YEAR_DAYS
from daogou.predict.value_money import GAMMA_GAMMA


def told(found: Values | Lack, days: int, margin: str, currency: str) -> Iterator[str]:
    """Sentences on everybody's value; ``margin`` is that of :func:`margin_said`."""
    if isinstance(found, Lack):
        yield _("value: {lack}").format(lack=lack(found))
        return
    totals, n = found.totals, len(found.buyers.customer)
    yield _(
        "value within {days} days: {money} {currency} of contribution ({low} to {high}), from {orders} purchases of "
        "{n} customers; {margin}"
    ).format(
        days=days,
        currency=currency,
        orders=f"{totals['orders'].value:,.0f}",
        n=f"{n:,}",
        margin=margin,
        **_whole(totals["contribution"]),
    )
    yield _("the tenth of customers who are worth most bring {money} % of it ({low} to {high})").format(
        **_whole(totals["top_tenth_share"], 100)
    )
    yield _("at risk, as customers may have left already: {money} {currency} ({low} to {high})").format(
        currency=currency, **_whole(totals["at_risk"])
    )
    yield _models(found)
    large = found.money.is_wholesale
    if large.any():
        share = found.contribution[large].sum() / max(found.contribution.sum(), 1e-300)
        yield _(
            "wholesale buyers, whose purchases have a model of their own: {n}, with {percent} % of the value"
        ).format(n=f"{int(large.sum()):,}", percent=f"{100 * share:.0f}")
    yield from _held(found)


def margin_said(margin: float, is_assumed: bool) -> str:
    """What stays of sales.

    >>> margin_said(0.25, True)
    'margin 25 %, assumed: write your own into [plan] margin'
    """
    text = (
        _("margin {percent} %, assumed: write your own into [plan] margin") if is_assumed else _("margin {percent} %")
    )
    return text.format(percent=f"{100 * margin:g}")


def refused(found: Values) -> str:
    """Why Gamma-Gamma is not used; empty where it is."""
    if found.money.refused == "correlated":
        return found.money.tested.said()
    if found.money.refused == "few":
        return _("too few customers bought again")
    return _("values are spread so widely that they have no mean") if found.money.refused == "wide" else ""


def lack(found: Lack) -> str:
    """Why there is no value, and what would be enough.

    >>> lack(Lack("days", 1, 28))
    'not enough data: orders of 1 days, of 28 are needed'
    """
    if found.what == "days":
        text = _("not enough data: orders of {have} days, of {need} are needed")
    elif found.what == "again":
        text = _("not enough data: customers who bought on two days or more: {have}, needed: {need}")
    else:
        text = _("not enough data: the {have} customers buy too much alike to tell who leaves; later days may")
    return text.format(have=f"{found.have:,}", need=f"{found.need:,}")


def _models(found: Values) -> str:
    tested = found.money.tested
    if found.money.name == GAMMA_GAMMA:
        return _(
            "models: {timing} and Gamma-Gamma; how often and how much go together by {correlation} ({low} to {high})"
        ).format(
            timing=found.choice.name,
            correlation=f"{tested.value:.2f}",
            low=f"{tested.low:.2f}",
            high=f"{tested.high:.2f}",
        )
    return _("models: {timing} and means by how often somebody buys; Gamma-Gamma is refused: {why}").format(
        timing=found.choice.name, why=refused(found)
    )


def _held(found: Values) -> Iterator[str]:
    windows = found.windows
    if windows:
        yield _(
            "held forward over past windows of {days} days, net sales expected lay off by {errors} %; the totals above "
            "are corrected by {percent} %"
        ).format(
            days=windows[-1].days,
            errors=_(", ").join(_signed(one.money.error) for one in windows),
            percent=_signed(found.drifts.money.factor - 1),
        )
    if found.known_days < YEAR_DAYS:
        yield _(
            "orders of {days} days are known, less than a year: seasons are not corrected, and widen the interval"
        ).format(days=found.known_days)


def _signed(share: float) -> str:
    """Whole per cent with a sign; nothing at all has none that could be minus."""
    return f"{round(100 * share):+d}" if math.isfinite(share) else "∞"


def _whole(estimate: Estimate, times: float = 1.0) -> dict[str, str]:
    values = {"money": estimate.value, "low": estimate.low, "high": estimate.high}
    return {name: f"{times * value:,.0f}" for name, value in values.items()}
