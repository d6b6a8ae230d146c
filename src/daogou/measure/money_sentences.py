"""What money says to a person, in the current language. Amounts come in as they are written."""

from daogou.base.words import gettext as _


def line_name(name: str) -> str:
    """A line of the ladder.

    >>> line_name("net")
    'net of refunds'
    """
    return {
        "gmv": _("GMV"),
        "not_paid": _("orders that were not paid"),
        "cancelled_before_payment": _("cancelled before payment"),
        "shop_discount": _("price cuts that the company funds"),
        "shop_coupon": _("coupons that the company funds"),
        "maker_coupon": _("coupons that manufacturers fund"),
        "platform_discount": _("discounts that marketplaces fund"),
        "other_difference": _("other differences to list value"),
        "paid": _("paid by customers"),
        "maker_paid_back": _("paid back by manufacturers"),
        "platform_paid_back": _("paid back by marketplaces"),
        "tax": _("tax"),
        "refund_before_dispatch": _("refunds before dispatch"),
        "refund_returned": _("refunds of returned goods"),
        "refund_other": _("other refunds"),
        "net": _("net of refunds"),
        "cost_of_goods": _("cost of goods"),
        "cost_of_goods_assumed": _("cost of goods, assumed"),
        "goods_back": _("goods that came back"),
        "gross_profit": _("gross profit"),
        "shipping": _("shipping"),
        "commission": _("commission"),
        "payment_fee": _("payment fees"),
        "contribution": _("contribution"),
    }[name]


def basis_name(basis: str) -> str:
    """A ratio.

    >>> basis_name("incremental_roi")
    'incremental ROI'
    """
    return {
        "roas": _("ROAS"),
        "profit_roi": _("profit ROI"),
        "incremental_roas": _("incremental ROAS"),
        "incremental_roi": _("incremental ROI"),
    }[basis]


def ladder_text(days: int, amounts: dict[str, str]) -> str:
    """The five steps of the last days."""
    return _(
        "Last {days} days: GMV {gmv}, paid {paid}, net of refunds {net}, gross profit {gross_profit}, "
        "contribution {contribution}."
    ).format(days=days, **amounts)


def provisional_text(return_days: int) -> str:
    """Refunds to come."""
    return _("Provisional: orders of the last {days} days may still be returned.").format(days=return_days)


def assumed_text(known: str, margin: str) -> str:
    """How far cost of goods is known."""
    return _(
        "Cost of goods is known for {known} of net sales; of the rest a margin of {margin} is assumed. "
        "Map unit_cost in daogou.toml to know more."
    ).format(known=known, margin=margin)


def channels_text(ratio: str, roas: str, profit_roi: str, cost: str) -> str:
    """Channels whose cost is known, together."""
    return _(
        "Channels whose cost is known cost {cost} and are credited with {ratio} in net sales: ROAS {roas}, "
        "profit ROI {profit_roi}. Credit, not proof."
    ).format(ratio=ratio, roas=roas, profit_roi=profit_roi, cost=cost)


def proven_text(name: str, incremental_roi: str, ratio: str) -> str:
    """What a test proved of a campaign, or of the programme (name empty)."""
    if not name:
        return _("The global holdout proves an incremental ROI of {roi}: contribution to cost {ratio}.").format(
            roi=incremental_roi, ratio=ratio
        )
    return _("Campaign {name}: incremental ROI {roi}, contribution to cost {ratio}.").format(
        name=name, roi=incremental_roi, ratio=ratio
    )


def no_cost_text() -> str:
    """Why there is no ratio."""
    return _(
        "No marketing cost is known, so there is no ROAS, no profit ROI and no cost of a new customer. "
        "Map spend, or cost in touches and past_campaigns."
    )


def new_text(new: str, share: str, history: int) -> str:
    """New customers, and what new means."""
    return _(
        "New customers: {new}; first orders are {share} of orders. New means no order in {history} days of data before."
    ).format(new=new, share=share, history=history)


def cac_text(cac: str, payback: str) -> str:
    """What one cost, and when that was earned back."""
    return _("A new customer cost {cac}; {payback}.").format(cac=cac, payback=payback)


def payback_text(days: int | None, low: int | None, high: int | None, known: int) -> str:
    """When contribution has covered the cost; ``high`` None: that may lie beyond the days that are known.

    >>> payback_text(None, None, None, 200)
    'contribution has not covered that yet within 200 days'
    >>> payback_text(40, 31, None, 200)
    'contribution covers that 40 days after the first order (at least 31)'
    """
    if days is None or low is None:
        return _("contribution has not covered that yet within {days} days").format(days=known)
    if high is None:
        return _("contribution covers that {days} days after the first order (at least {low})").format(
            days=days, low=low
        )
    return _("contribution covers that {days} days after the first order (between {low} and {high})").format(
        days=days, low=low, high=high
    )


def no_payback_text(warm_up: int, fewest: int) -> str:
    """Why nothing is said of payback."""
    return _(
        "too few of them are known long enough to say when contribution covers that ({fewest} who came {warm_up} days "
        "or more after the data begin)"
    ).format(fewest=fewest, warm_up=warm_up)


def ltv_text(ltv: str, ratio: str) -> str:
    """What one is worth against that."""
    return _("A new customer brings {ltv} of contribution, so far and expected: LTV : CAC is {ratio}.").format(
        ltv=ltv, ratio=ratio
    )


def no_ltv_text() -> str:
    """Why there is no LTV."""
    return _("What new customers are worth is not known: run 'daogou predict' first.")


def brand_text(measure: str, now: str, before: str, change: str) -> str:
    """The last four weeks of a brand measure against the four before; never proof."""
    name = {
        "branded_searches": _("searches for the brand"),
        "branded_impressions": _("impressions of brand keywords"),
        "direct_visits": _("direct visits"),
    }[measure]
    return _("Correlational, not proof: {name} {now} in the last 4 weeks, {before} in the 4 before ({change}).").format(
        name=name, now=now, before=before, change=change
    )
