"""A rule said back in words, in the reader's language."""

from collections.abc import Callable

from daogou.base import calendar
from daogou.base.rule import (
    AT_RISK,
    METHODS,
    AllOf,
    AnyOf,
    Comparison,
    Comparisons,
    Did,
    Field,
    Named,
    Not,
    Rule,
    Scalar,
    Sequence,
    Tag,
    Value,
)
from daogou.base.words import gettext as _

Label = Callable[[str, str], str]  # of a kind (attribute, profile or tag) and a name: what a reader calls it


def say(rule: Rule, label: Label = lambda _kind, name: name) -> str:
    """The rule as a clause about customers.

    >>> often = Did("bought", within=28, measures=(Named("count", (Comparison("at_least", 3),)),))
    >>> say(AllOf((often, Tag("rfm:loyal"))))
    'bought in the last 28 days at least 3 times and in segment rfm:loyal'
    """
    if isinstance(rule, AllOf):
        return _(" and ").join(_grouped(part, label, AnyOf) for part in rule.parts)
    if isinstance(rule, AnyOf):
        return _(" or ").join(_grouped(part, label, AllOf) for part in rule.parts)
    if isinstance(rule, Not):
        return _("not ({rule})").format(rule=say(rule.part, label))
    if isinstance(rule, Field):
        name = score(rule.name) if rule.kind == "score" else label(rule.kind, rule.name)
        return _compared(name, rule.comparisons)
    if isinstance(rule, Tag) and rule.tag.partition(":")[0] not in METHODS:
        return _("tagged {tag}").format(tag=label("tag", rule.tag))
    if isinstance(rule, Tag):
        return _("in segment {segment}").format(segment=label("tag", rule.tag))
    if isinstance(rule, Sequence):
        return _("{first}, then within {days} days {then}").format(
            first=_say_did(rule.first), then=_say_did(rule.then), days=rule.days
        )
    return _say_did(rule)


def score(name: str) -> str:
    """What a rule asks of a target: its chance, or what is at risk with who leaves."""
    worth = {
        "expected_value": _("expected value"),
        "expected_orders": _("expected purchases"),
        "value_at_risk": _("value at risk"),
        "p_alive": _("chance of still being a customer"),
    }
    if name in worth:
        return worth[name]
    if name.endswith(AT_RISK):
        return _("value at risk of '{target}'").format(target=name.removesuffix(AT_RISK))
    return _("chance of '{target}'").format(target=name)


def _grouped(part: Rule, label: Label, other: type) -> str:
    """A part inside a group; in brackets where its own words would run into the group's."""
    said = say(part, label)
    runs_on = isinstance(part, (other, Sequence)) or (isinstance(part, Field) and len(part.comparisons) > 1)
    return _("({rule})").format(rule=said) if runs_on else said


def _say_did(did: Did) -> str:
    what = ""
    if did.where:
        said = _(", ").join(_compared(_filter(part.name), part.comparisons) for part in did.where)
        what = _(" ({filters})").format(filters=said)
    measured = _(", ").join(_measured(part) for part in did.measures)
    return _("{did}{what}{when}{measure}").format(
        did=_event(did.event) if did.done else _not_event(did.event),
        what=what,
        when=_when(did),
        measure=_(" {measure}").format(measure=measured) if measured else "",
    )


def _event(name: str) -> str:
    return {
        "bought": _("bought"),
        "refunded": _("got money back"),
        "redeemed": _("used a coupon"),
        "reached": _("was reached by a campaign"),
        "viewed": _("viewed something"),
        "clicked": _("clicked something"),
        "put_in_cart": _("put something in the cart"),
        "favourited": _("marked a favourite"),
        "rated": _("rated something"),
        "read": _("read something"),
        "shared": _("shared something"),
        "searched": _("searched"),
        "liked": _("liked something"),
        "followed": _("followed someone"),
        "commented": _("commented"),
        "signed_up": _("signed up"),
        "signed_in": _("signed in"),
        "did_other": _("did something else"),
    }[name]


def _not_event(name: str) -> str:
    return {
        "bought": _("did not buy"),
        "refunded": _("got no money back"),
        "redeemed": _("used no coupon"),
        "reached": _("was reached by no campaign"),
        "viewed": _("viewed nothing"),
        "clicked": _("clicked nothing"),
        "put_in_cart": _("put nothing in the cart"),
        "favourited": _("marked no favourite"),
        "rated": _("rated nothing"),
        "read": _("read nothing"),
        "shared": _("shared nothing"),
        "searched": _("did not search"),
        "liked": _("liked nothing"),
        "followed": _("followed nobody"),
        "commented": _("did not comment"),
        "signed_up": _("did not sign up"),
        "signed_in": _("did not sign in"),
        "did_other": _("did nothing else"),
    }[name]


def _filter(name: str) -> str:
    return {
        "item": _("item"),
        "category": _("category"),
        "brand": _("brand"),
        "title": _("title"),
        "store": _("store"),
        "amount": _("amount"),
        "kind": _("kind"),
        "reason": _("reason"),
        "campaign": _("campaign"),
        "offer": _("offer"),
        "funded_by": _("funded by"),
        "channel": _("channel"),
        "place": _("place"),
        "rating": _("rating"),
    }[name]


def _when(did: Did) -> str:
    said = ""
    if did.within is not None and did.skip_last:
        said = _(" from {within} to {skip_last} days ago").format(within=did.within, skip_last=did.skip_last)
    elif did.within is not None:
        said = _(" in the last {days} days").format(days=did.within)
    elif did.skip_last:
        said = _(" more than {days} days ago").format(days=did.skip_last)
    if did.on:
        said += _(" on {festivals}").format(festivals=_festivals(did.on))
    if did.around:
        said += _(" around {festivals}").format(festivals=_festivals(did.around))
    return said


def _festivals(names: tuple[str, ...]) -> str:
    return _(" or ").join(calendar.label(name) for name in names)


def _measured(part: Named) -> str:
    amount = _(" and ").join(_amount(one) for one in part.comparisons)
    texts = {"count": _("{amount} times"), "days": _("on {amount} days"), "sum": _("for {amount} in total")}
    return texts[part.name].format(amount=amount)


def _amount(comparison: Comparison) -> str:
    texts = {
        "is": _("exactly {value}"),
        "is_not": _("not exactly {value}"),
        "above": _("more than {value}"),
        "at_least": _("at least {value}"),
        "below": _("less than {value}"),
        "at_most": _("at most {value}"),
    }
    return texts[comparison.operator].format(value=_value(comparison.value))


def _compared(name: str, comparisons: Comparisons) -> str:
    return _(" and ").join(_one(name, comparison) for comparison in comparisons)


def _one(name: str, comparison: Comparison) -> str:
    texts = {
        "is": _("{name} is {value}"),
        "is_not": _("{name} is known and not {value}"),
        "in": _("{name} is one of {value}"),
        "not_in": _("{name} is known and none of {value}"),
        "above": _("{name} is above {value}"),
        "at_least": _("{name} is at least {value}"),
        "below": _("{name} is below {value}"),
        "at_most": _("{name} is at most {value}"),
        "contains": _("{name} contains {value}"),
        "known": _("{name} is known") if comparison.value else _("{name} is not known"),
    }
    return texts[comparison.operator].format(name=name, value=_value(comparison.value))


def _value(value: Value) -> str:
    return _(", ").join(map(_scalar, value)) if isinstance(value, tuple) else _scalar(value)


def _scalar(value: Scalar) -> str:
    if isinstance(value, bool):
        return _("true") if value else _("false")
    return value if isinstance(value, str) else f"{value:,}"
