"""What the columns of the target response are called, for reasons."""

from daogou.base.words import gettext as _


def column(name: str) -> str:
    """What a column of ``response.frame`` is called in the current language; empty where it is none of them.

    >>> column("covered_days_28"), column("gap_mean")
    ('days with an order of what the offers cover, last 28 days:', '')
    """
    known = _names()
    if name in known:
        return known[name]
    stem, _underscore, days = name.rpartition("_")
    if days.isdigit() and stem in known:
        return _("{what}, last {days} days:").format(what=known[stem], days=days)
    return ""


def _names() -> dict[str, str]:
    return {
        "campaign_kind": _("kind of the campaign"),
        "campaign_days": _("days of the campaign"),
        "campaign_offers": _("offers of the campaign"),
        "campaign_items": _("items of the campaign"),
        "covered_days": _("days with an order of what the offers cover"),
        "covered_lines": _("lines of what the offers cover"),
        "covered_items": _("items bought that the offers cover"),
        "covered_net_sales": _("net sales of what the offers cover"),
        "covered_recency": _("days since an order of what the offers cover"),
        "covered_offers": _("offers for something bought before"),
        "covered_share": _("share of offers for something bought before"),
        "coupon_days": _("days with a coupon on an order"),
        "coupon_value": _("what coupons took off"),
        "coupon_recency": _("days since a coupon on an order"),
        "reached": _("earlier campaigns received"),
        "reached_kind": _("earlier campaigns received of this kind"),
        "reached_open": _("campaigns received that still run"),
        "used": _("coupons of campaigns used"),
        "used_recency": _("days since a coupon of a campaign"),
        "answered": _("earlier campaigns answered"),
        "answered_kind": _("earlier campaigns answered of this kind"),
        "answered_rate": _("share of earlier campaigns answered"),
        "answered_kind_rate": _("share of earlier campaigns of this kind answered"),
    }
