"""Why a customer has a tag, said in the reader's language from what was stored."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, cast

from daogou.base.rule import AllOf, AnyOf, Did, Field, Not, Rule
from daogou.base.rule_read import read
from daogou.base.rule_words import say, score
from daogou.base.words import current_language
from daogou.base.words import gettext as _
from daogou.profile import apart, rfm
from daogou.profile.lifecycle import STATES
from daogou.profile.lifecycle import label as lifecycle_label
from daogou.profile.rules import name_of
from daogou.profile.tag_settings import TagSettings


def title(name: str, tag: TagSettings | None) -> str:
    """What people call a tag; its name where it is not in the settings any more."""
    return tag.title if tag is not None and tag.title else name


def value_label(tag: TagSettings | None, value: str) -> str:
    """What a reader calls a value: RFM and lifecycle have words of their own, every other is the company's."""
    if tag is not None and tag.kind == "rfm":
        return rfm.label(value)
    if tag is not None and tag.kind == "lifecycle" and value in STATES:
        return lifecycle_label(value)
    return value


def reason(stored: str) -> str:
    """``TAGS.reason`` in the current language.

    >>> reason('{"kind": "number", "profile": "orders_28", "value": 3}')
    'orders in 28 days: 3'
    """
    told = json.loads(stored)
    return _SAYERS[told["kind"]](told)


def _rule(told: Mapping[str, Any]) -> str:
    facts = iter(told["facts"])
    return _said(read(told["rule"], ""), facts) or ""


def _said(rule: Rule, facts: Iterator[Any]) -> str | None:
    """The part of a rule that holds, with what was measured; None where it does not."""
    if isinstance(rule, AllOf | AnyOf):
        parts = [said for part in rule.parts if (said := _said(part, facts))]
        if isinstance(rule, AllOf) and len(parts) < len(rule.parts):
            return None
        return _(" and ").join(parts) or None
    if isinstance(rule, Not):
        return None if _said(rule.part, facts) else say(rule, name_of)
    fact = next(facts)
    if fact is None:
        return None
    if isinstance(rule, Did) and rule.measures:
        return _done(rule, fact)
    if isinstance(rule, Field) and "value" in fact:
        return _("{what} {value}").format(what=_measured_by(rule), value=_number(fact["value"]))
    return say(rule, name_of)


def _measured_by(field: Field) -> str:
    return score(field.name) if field.kind == "score" else name_of("profile", field.name)


def _done(did: Did, fact: Mapping[str, float | None]) -> str:
    """What was done and how often: in the usual case as people say it."""
    measures = {name: _number(value or 0) for name, value in fact.items()}
    plainly = did.within is not None and not (did.skip_last or did.on or did.around)
    if plainly and list(measures) == ["count"]:
        what = say(Did(did.event, where=did.where), name_of)
        return _("{did} {n} times in {days} days").format(did=what, n=measures["count"], days=did.within)
    what = say(Did(did.event, True, did.where, did.within, did.skip_last, did.on, did.around), name_of)
    return _("{what}: {measured}").format(what=what, measured=_measures(measures))


def _measures(measures: Mapping[str, str]) -> str:
    texts = {"count": _("{n} times"), "days": _("on {n} days"), "sum": _("{n} in total")}
    return _(", ").join(texts[name].format(n=n) for name, n in measures.items())


def _metric(told: Mapping[str, Any]) -> str:
    if "profile" in told:
        return _("{what}: {measured}").format(what=apart.measure(told["profile"]), measured=_number(told["value"]))
    return _done(cast(Did, read(told["event"], "")), {told["measure"]: told["value"]})


def _band(told: Mapping[str, Any]) -> str:
    low, high = told["low"], told["high"]
    if low is None:
        limits = _("below {high}").format(high=_number(high))
    elif high is None:
        limits = _("from {low}").format(low=_number(low))
    else:
        limits = _("from {low} to below {high}").format(low=_number(low), high=_number(high))
    return _("{metric}; band {band} is {limits}").format(metric=_metric(told), band=told["band"], limits=limits)


def _end(told: Mapping[str, Any]) -> str:
    what = say(read(told["event"], ""), name_of)
    text = _("first: {what}, on {day}") if told["kind"] == "first" else _("last: {what}, on {day}")
    return text.format(what=what, day=_day(told["day"]))


def _favourite(told: Mapping[str, Any]) -> str:
    percent = f"{100 * told['value'] / told['all']:.0f}"
    values = {
        "what": say(read(told["event"], ""), name_of),
        "percent": percent,
        "n": _number(told["value"]),
        "all": _number(told["all"]),
    }
    if told["by"] == "sum":
        return _("{what}: {percent} % of the money, {n} of {all}").format(**values)
    return _("{what}: {percent} % of the times, {n} of {all}").format(**values)


def _rfm(told: Mapping[str, Any]) -> str:
    return _("last order {days} days ago; in 365 days {orders} orders and net sales of {money}").format(
        days=_number(told["recency_days"]), orders=_number(told["orders_365"]), money=_number(told["net_sales_365"])
    )


def _lifecycle(told: Mapping[str, Any]) -> str:
    return _("last order {days} days ago; due within {due} days by this customer's rhythm").format(
        days=_number(told["silent"]), due=_number(round(told["due"]))
    )


def _list(told: Mapping[str, Any]) -> str:
    return _("stands in the list {file}").format(file=told["file"])


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日" if current_language() == "zh" else text


_SAYERS = {
    "rule": _rule,
    "number": _metric,
    "band": _band,
    "first": _end,
    "last": _end,
    "favourite": _favourite,
    "rfm": _rfm,
    "lifecycle": _lifecycle,
    "list": _list,
}
