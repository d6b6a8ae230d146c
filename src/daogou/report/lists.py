"""What the page says about each list: title, reason, money and the names of its columns."""

from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.contexts import CallList


def title(entry: CallList) -> str:
    """What the list is called."""
    return {
        "overdue": _("Overdue regulars"),
        "second": _("First-time buyers in their second-purchase window"),
        "replenish": _("Due for replenishment"),
    }[entry.key]


def money_meaning(entry: CallList) -> str:
    """What its money is."""
    return {
        "overdue": _("their net sales of the last year"),
        "second": _("one usual second order from each"),
        "replenish": _("what they usually pay for what is due"),
    }[entry.key]


def reason(entry: CallList) -> str:
    """Why these people, why now."""
    known = {
        name: figures.plain(value) if name == "ratio" else figures.exact(value) for name, value in entry.facts.items()
    }
    if entry.key == "overdue":
        return _(
            "They bought on {order_days} days or more; now their silence is {ratio} times their usual gap or longer."
        ).format(**known)
    if entry.key == "replenish":
        return _(
            "They bought the same item on {purchases} days or more in a steady rhythm; by it the next is due within "
            "{days} days of today."
        ).format(**known)
    if entry.facts["known"] < entry.facts["fewest"]:
        return _(
            "Only {known} second orders are known so far; from {fewest} on, the days in which people come back can be "
            "told."
        ).format(**known)
    return _("They bought once, {low} to {high} days ago: the days in which half of all second orders come.").format(
        **known
    )


def came_back(entry: CallList) -> str:
    """What a message has to beat: how many came back by themselves."""
    if entry.came_back is None:
        return ""
    share = figures.with_interval(entry.came_back)
    if entry.key == "replenish":
        said = _("Of those who stood here {days} days ago, {share} bought that item since. A message must beat that.")
    else:
        said = _("Of those who stood here {days} days ago, {share} came back since. A message must beat that.")
    return said.format(days=figures.plain(entry.facts["period"]), share=share)


def file_name(entry: CallList) -> str:
    """The file's name without date and language.

    >>> file_name(CallList("second", 0, 0.0, None, {}, (), ()))
    'second-purchase'
    """
    return {"overdue": "overdue", "second": "second-purchase", "replenish": "replenishment"}[entry.key]


def column(key: str) -> str:
    """The name of a column."""
    return {
        "customer": _("customer"),
        "orders": _("orders"),
        "gap_days": _("usual gap in days"),
        "recency_days": _("days since the last order"),
        "overdue_ratio": _("silence in usual gaps"),
        "net_sales_365": _("net sales, last 365 days"),
        "net_sales": _("net sales"),
        "favourite_category": _("favourite category"),
        "item": _("item"),
        "bought_days": _("days since that item was bought"),
        "due_in_days": _("due in days, below 0: late"),
        "usual_value": _("usual amount"),
        "items": _("items due"),
        "money": _("usual amount of all that is due"),
        "pick_1": _("pick 1"),
        "pick_2": _("pick 2"),
        "pick_3": _("pick 3"),
    }[key]
