"""Rules: who is meant, as a tree that people write and programs run.

A rule is ``all``, ``any`` or ``not`` over what is known of a customer (attributes, columns of profiles, scores), the
segments that they are in, and what they did. The tree is made by ``rule_text`` and ``rule_read``, held to what exists
by ``rule_check``, said in words by ``rule_words``, and run by ``store/rule``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

METHODS = ("rfm", "rfm_zh", "kmeans", "lifecycle", "rules")  # of segments; every other name before a colon is a tag's
Scalar = bool | int | float | str
Value = Scalar | tuple[Scalar, ...]
Kind = Literal["number", "text", "flag", "cell"]  # a cell is a text that may hold a number, or several texts

About = Literal["customers", "attributes", "items"]  # what a rule speaks of; attributes are of customers

WORTH: Mapping[str, str] = {  # scores that are no target's: columns of customer_values
    "expected_value": "contribution",
    "expected_orders": "orders",
    "value_at_risk": "at_risk",
    "p_alive": "p_alive",
}
AT_RISK = ":value_at_risk"  # after a target that means leaving: what is lost with the customer, times the probability

DEEPEST = 12  # groups inside groups; a person reads three
MOST_PARTS = 500  # conditions of one rule
MOST_VALUES = 1_000  # values of one list


@dataclass(frozen=True)
class Comparison:
    """One operator of :data:`OPERATORS` and what it compares with; lists are tuples."""

    operator: str
    value: Value


Comparisons = tuple[Comparison, ...]  # all of them must hold


@dataclass(frozen=True)
class AllOf:
    """Every part holds."""

    parts: "tuple[Rule, ...]"


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: "tuple[Rule, ...]"


@dataclass(frozen=True)
class Not:
    """The part does not hold; where nothing is known it does not hold."""

    part: "Rule"


@dataclass(frozen=True)
class Field:
    """What is known of a customer: ``kind`` is attribute, profile or score; of an item: item or item_attribute."""

    kind: str
    name: str
    comparisons: Comparisons


@dataclass(frozen=True)
class Tag:
    """The customer is in a segment, named method:segment, or has a tag, named tag:value."""

    tag: str


@dataclass(frozen=True)
class Named:
    """A filter or a measure of an event, and what it must be."""

    name: str
    comparisons: Comparisons


@dataclass(frozen=True)
class Did:
    """The customer did something, or did not.

    ``within`` and ``skip_last`` are days before as_of: the event fell in [as_of - within, as_of - skip_last). ``on``
    or ``around`` names festivals, one of which it was. Without ``measures`` once is enough.
    """

    event: str
    done: bool = True
    where: tuple[Named, ...] = ()
    within: int | None = None
    skip_last: int = 0
    on: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    measures: tuple[Named, ...] = ()


@dataclass(frozen=True)
class Sequence:
    """``then`` happened on a later day than ``first``, at most ``days`` days later."""

    first: Did
    then: Did
    days: int


Rule = AllOf | AnyOf | Not | Field | Tag | Did | Sequence


@dataclass(frozen=True)
class Event:
    """A kind of event: the filters that it takes, and whether money can be summed over it."""

    filters: Mapping[str, Kind]
    has_amount: bool


_ITEM: Mapping[str, Kind] = {"item": "text", "category": "text", "brand": "text", "title": "text"}
EVENTS: dict[str, Event] = {
    "bought": Event({**_ITEM, "store": "text", "amount": "number"}, has_amount=True),
    "refunded": Event({**_ITEM, "kind": "text", "reason": "text", "amount": "number"}, has_amount=True),
    "redeemed": Event({"campaign": "text", "offer": "text", "funded_by": "text"}, has_amount=False),
    "reached": Event({"campaign": "text", "kind": "text", "channel": "text"}, has_amount=False),
}
DEEDS: Mapping[str, str] = {  # rows of the fact events: the rule's word for each, and its kind there
    "viewed": "view",
    "clicked": "click",
    "put_in_cart": "cart",
    "favourited": "favourite",
    "rated": "rate",
    "read": "read",
    "shared": "share",
    "searched": "search",
    "liked": "like",
    "followed": "follow",
    "commented": "comment",
    "signed_up": "sign_up",
    "signed_in": "sign_in",
    "did_other": "other",
}
_DEED = Event(
    {**_ITEM, "place": "text", "channel": "text", "campaign": "text", "rating": "number", "amount": "number"},
    has_amount=True,
)
EVENTS |= dict.fromkeys(DEEDS, _DEED)

ITEM_FIELDS: Mapping[str, Kind] = {  # columns of items that a rule about items may compare
    "item_id": "text",
    "title": "text",
    "description": "text",
    "brand": "text",
    "category": "text",
    "spu_id": "text",
    "price": "number",
    "stock": "number",
    "available": "flag",
    "risk_level": "number",
}

_ORDER = ("above", "at_least", "below", "at_most")
_EQUAL = ("is", "is_not", "in", "not_in")
OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    "number": (*_EQUAL, *_ORDER, "known"),
    "text": (*_EQUAL, "contains", "known"),
    "flag": ("is", "known"),
    "cell": (*_EQUAL, *_ORDER, "contains", "known"),
}
MEASURES = ("count", "sum", "days")
MEASURE_OPERATORS = ("is", "is_not", *_ORDER)


def walk(rule: Rule, path: str = "") -> Iterator[tuple[str, Rule]]:
    """Every node with the path that leads to it, the rule itself first.

    >>> [path for path, node in walk(Not(AnyOf((Tag("rfm:lost"), Tag("rfm:at_risk")))))]
    ['', 'not', 'not.any[1]', 'not.any[2]']
    """
    yield path, rule
    if isinstance(rule, AllOf | AnyOf):
        head = "all" if isinstance(rule, AllOf) else "any"
        for number, part in enumerate(rule.parts, 1):
            yield from walk(part, step(path, f"{head}[{number}]"))
    elif isinstance(rule, Not):
        yield from walk(rule.part, step(path, "not"))
    elif isinstance(rule, Sequence):
        yield from walk(rule.first, step(path, "first"))
        yield from walk(rule.then, step(path, "then"))


def step(path: str, name: str) -> str:
    """The path one step further."""
    return f"{path}.{name}" if path else name


def plain(rule: Rule) -> dict[str, Any]:
    """The rule as nested dicts and lists, as TOML and JSON hold it; ``read`` makes the rule of it again."""
    if isinstance(rule, AllOf):
        return {"all": [plain(part) for part in rule.parts]}
    if isinstance(rule, AnyOf):
        return {"any": [plain(part) for part in rule.parts]}
    if isinstance(rule, Not):
        return {"not": plain(rule.part)}
    if isinstance(rule, Field):
        return {rule.kind: rule.name} | _table(rule.comparisons)
    if isinstance(rule, Tag):
        return {"tag": rule.tag}
    if isinstance(rule, Sequence):
        return {"first": plain(rule.first), "then": plain(rule.then), "days": rule.days}
    return _plain_did(rule)


def _plain_did(did: Did) -> dict[str, Any]:
    made: dict[str, Any] = {"did" if did.done else "did_not": did.event}
    if did.where:
        made["where"] = {part.name: _short(part.comparisons) for part in did.where}
    if did.within is not None:
        made["within"] = did.within
    if did.skip_last:
        made["skip_last"] = did.skip_last
    made |= {name: list(names) for name, names in (("on", did.on), ("around", did.around)) if names}
    return made | {part.name: _table(part.comparisons) for part in did.measures}


def _short(comparisons: Comparisons) -> Any:
    """``is`` as its value, ``in`` as its list, anything else as a table."""
    if len(comparisons) == 1 and comparisons[0].operator in ("is", "in"):
        return next(iter(_table(comparisons).values()))
    return _table(comparisons)


def _table(comparisons: Comparisons) -> dict[str, Any]:
    return {one.operator: list(one.value) if isinstance(one.value, tuple) else one.value for one in comparisons}
