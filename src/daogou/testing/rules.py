"""Rules answered in plain Python, a customer at a time: what the expressions of ``store/rule`` must agree with.

Facts are rows told as dicts, as ``testing/rows`` takes them, with attributes as a dict.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from daogou.base import calendar
from daogou.base.cells import parts, stripped
from daogou.base.rule import AT_RISK, DEEDS, WORTH, AllOf, AnyOf, Comparison, Comparisons, Did, Field, Not, Rule, Tag
from daogou.base.rule import Sequence as RuleSequence
from daogou.store.tables import (
    ASSIGNMENTS,
    COUPONS,
    CUSTOMER_VALUES,
    CUSTOMERS,
    EVENTS,
    ITEMS,
    ORDER_LINES,
    ORDERS,
    PAST_CAMPAIGNS,
    PROFILES,
    REFUNDS,
    SCORES,
    SEGMENTS,
    Table,
)

Row = Mapping[str, Any]
_ALWAYS = date(1970, 1, 1)


@dataclass(frozen=True)
class Facts:
    """Rows by table, and the moment that they are looked at from."""

    told: Mapping[Table, Sequence[Row]]
    as_of: date
    market: str = ""

    def rows(self, table: Table, **match: Any) -> list[Row]:
        """The rows whose values are those of ``match``."""
        found = self.told.get(table, ())
        return [row for row in found if all(row.get(name) == value for name, value in match.items())]

    def latest(self, table: Table, **key: Any) -> Row:
        """The row of the key that was the latest known; empty where there is none."""
        dated = [
            (_ALWAYS if row.get("is_static") else row["valid_from"], row.get("valid_from", _ALWAYS), n, row)
            for n, row in enumerate(self.rows(table, **key))
        ]
        known = [row for row in dated if row[0] <= self.as_of]
        return max(known, key=lambda row: row[:3])[3] if known else {}

    def people(self, rule: Rule) -> set[int]:
        """Everyone with a profile at as_of who meets the rule."""
        rows = self.rows(PROFILES, as_of=self.as_of)
        return {row["customer_id"] for row in rows if meets(rule, self, row)}


def meets(rule: Rule, facts: Facts, profile: Row) -> bool:
    """Whether the customer of ``profile``, a row of ``PROFILES``, meets the rule."""
    if isinstance(rule, AllOf | AnyOf):
        return (all if isinstance(rule, AllOf) else any)(meets(part, facts, profile) for part in rule.parts)
    if isinstance(rule, Not):
        return not meets(rule.part, facts, profile)
    customer = profile["customer_id"]
    if isinstance(rule, Tag):
        method, _colon, segment = rule.tag.partition(":")
        return bool(facts.rows(SEGMENTS, customer_id=customer, as_of=facts.as_of, method=method, segment=segment))
    if isinstance(rule, Field):
        return _compared(_value(rule, facts, profile), rule.comparisons, cell=rule.kind == "attribute")
    if isinstance(rule, RuleSequence):
        firsts, thens = ([day for day, _n in _happened(did, facts, customer)] for did in (rule.first, rule.then))
        return any(timedelta(0) < then - first <= timedelta(days=rule.days) for first in firsts for then in thens)
    return _did(rule, facts, customer)


def _value(field: Field, facts: Facts, profile: Row) -> Any:
    customer = profile["customer_id"]
    if field.kind == "profile":
        return profile.get(field.name)
    if field.kind == "score" and field.name in WORTH:
        known = facts.rows(CUSTOMER_VALUES, customer_id=customer, as_of=facts.as_of)
        return known[0][WORTH[field.name]] if known else None
    if field.kind == "score":
        target = field.name.removesuffix(AT_RISK)
        found = facts.rows(SCORES, customer_id=customer, as_of=facts.as_of, target=target)
        row = found[0] if found else {}
        if target != field.name:
            return row.get("value_at_risk")
        return row.get("value") if row.get("probability") is None else row["probability"]
    if field.name in ("member_level", "region"):
        return facts.latest(CUSTOMERS, customer_id=customer).get(field.name)
    return profile.get("attributes", {}).get(field.name)


def _did(did: Did, facts: Facts, customer: int) -> bool:
    events = list(_happened(did, facts, customer))
    measures = {
        "count": len(events),
        "days": len({day for day, _amount in events}),
        "sum": sum(amount for _day, amount in events),
    }
    if did.measures:
        return all(_compared(measures[part.name], part.comparisons) for part in did.measures)
    return bool(events) == did.done


def _happened(did: Did, facts: Facts, customer: int) -> Iterator[tuple[date, float]]:
    """Day and amount of each event of the customer."""
    events = {"bought": _bought, "refunded": _refunded, "redeemed": _redeemed, "reached": _reached}
    for day, seen, amount in events.get(did.event, _deed)(did, facts, customer):
        if _in_time(day, did, facts) and all(_compared(seen.get(one.name), one.comparisons) for one in did.where):
            yield day, amount


def _bought(did: Did, facts: Facts, customer: int) -> Iterator[tuple[date, Row, float]]:
    for order in facts.rows(ORDERS, customer_id=customer):
        lines = [line for line in facts.rows(ORDER_LINES, order_id=order["order_id"]) if _of_item(line, did, facts)]
        if _by_item(did):
            if not any(line["quantity"] > 0 for line in lines):
                continue
            amount = sum(line["net_sales"] for line in lines)
        else:
            amount = order["net_sales"]
        yield order["local_day"], {"store": order.get("store_id"), "amount": amount, **_wanted()}, amount


def _refunded(did: Did, facts: Facts, customer: int) -> Iterator[tuple[date, Row, float]]:
    for refund in facts.rows(REFUNDS, customer_id=customer):
        if _of_item(refund, did, facts):
            yield refund["local_day"], {**refund, **_wanted()}, refund["amount"]


def _redeemed(_did: Did, facts: Facts, customer: int) -> Iterator[tuple[date, Row, float]]:
    for coupon in facts.rows(COUPONS, customer_id=customer):
        if coupon.get("redeemed_day"):
            names = {"campaign": coupon.get("campaign_id"), "offer": coupon.get("offer_id")}
            yield coupon["redeemed_day"], {**names, "funded_by": coupon.get("funded_by")}, 0.0


def _reached(_did: Did, facts: Facts, customer: int) -> Iterator[tuple[date, Row, float]]:
    for name in {row["campaign_id"] for row in facts.rows(ASSIGNMENTS, unit_id=customer, arm="treated")}:
        for campaign in facts.rows(PAST_CAMPAIGNS, campaign_id=name):
            yield campaign["starts_on"], {**campaign, "campaign": name}, 0.0


def _deed(did: Did, facts: Facts, customer: int) -> Iterator[tuple[date, Row, float]]:
    for event in facts.rows(EVENTS, customer_id=customer, kind=DEEDS[did.event]):
        if _of_item(event, did, facts):
            seen = {**event, "campaign": event.get("campaign_id"), **_wanted()}
            yield event["local_day"], seen, event.get("amount") or 0.0


def _by_item(did: Did) -> bool:
    return any(part.name in ("item", "category", "brand", "title") for part in did.where)


def _of_item(row: Row, did: Did, facts: Facts) -> bool:
    """Whether the item of a line or a refund meets the filters of items."""
    item = {"item": row.get("item_id"), **facts.latest(ITEMS, item_id=row.get("item_id"))}
    filters = [part for part in did.where if part.name in ("item", "category", "brand", "title")]
    return all(_compared(item.get(part.name), part.comparisons) for part in filters)


def _wanted() -> dict[str, Any]:
    """Values that meet the filters of items, which are looked at elsewhere."""
    return {name: _Met() for name in ("item", "category", "brand", "title")}


class _Met:
    """A value that meets every comparison."""


def _in_time(day: date, did: Did, facts: Facts) -> bool:
    ago = (facts.as_of - day).days
    if ago <= did.skip_last or (did.within is not None and ago > did.within):
        return False
    names = did.on or did.around
    found = calendar.festivals(facts.market, day.year - 1, day.year + 1) if names else ()
    days = {one for f in found if f.name in names for one in (f.around if did.around else (f.day,))}
    return not names or day in days


def _compared(value: Any, comparisons: Comparisons, *, cell: bool = False) -> bool:
    return isinstance(value, _Met) or all(_one(value, comparison, cell) for comparison in comparisons)


_ORDERED: dict[str, Callable[[float, Any], bool]] = {
    "above": lambda value, limit: value > limit,
    "at_least": lambda value, limit: value >= limit,
    "below": lambda value, limit: value < limit,
    "at_most": lambda value, limit: value <= limit,
}


def _one(value: Any, comparison: Comparison, cell: bool) -> bool:
    wanted, operator = comparison.value, comparison.operator
    if operator == "known":
        return (value is not None) == wanted
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    if cell and not isinstance(values[0], str):
        value = _number(value)
    if value is None:
        return False
    if operator == "contains":
        return str(wanted) in value
    if operator in _ORDERED:
        return _ORDERED[operator](value, wanted)
    if cell and isinstance(value, str):
        found = not {stripped(value), *parts(value)}.isdisjoint(stripped(str(one)) for one in values)
    else:
        found = value in values
    return found == (operator in ("is", "in"))


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "nan")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
