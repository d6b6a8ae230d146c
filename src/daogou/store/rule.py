"""Rules as Ibis expressions: the people who meet a rule at a moment, among those who have a profile then."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import combinations
from operator import and_, or_

import ibis
import ibis.expr.types as ir

from daogou.base import calendar
from daogou.base.rule import AllOf, AnyOf, Did, Field, Kind, Not, Rule, Sequence, Tag, walk
from daogou.base.rule_check import Vocabulary
from daogou.store.rule_compare import compared, of_measure
from daogou.store.rule_events import latest, sequence, summed
from daogou.store.tables import CUSTOMERS, PROFILES, SCORES, SEGMENTS
from daogou.store.warehouse import Warehouse

_OWN_ATTRIBUTES = ("member_level", "region")  # columns of customers beside the map of attributes


@dataclass(frozen=True)
class Overlap:
    """How many people there are, meet each rule by its name, and meet both rules of each pair of names."""

    everyone: int
    sizes: dict[str, int]
    both: dict[tuple[str, str], int]


def members(warehouse: Warehouse, rule: Rule, as_of: date, market: str = "") -> ir.Table:
    """One column, customer_id, of everyone who meets ``rule`` at ``as_of``, in no particular order.

    People are those with a row of ``PROFILES`` at ``as_of``. Nothing of that day or later is seen. What is not known
    meets no comparison, so ``not`` of one holds for it. ``market`` is the country whose public holidays count.
    """
    people, holds = _held(warehouse, {"rule": rule}, as_of, market)
    return people.filter(holds["rule"]).select("customer_id")


def overlap(warehouse: Warehouse, rules: Mapping[str, Rule], as_of: date, market: str = "") -> Overlap:
    """The sizes of several rules and of each two of them together, from one pass."""
    people, holds = _held(warehouse, rules, as_of, market)
    pairs = list(combinations(rules, 2))
    told = people.select(**{f"rule_{number}": holds[name] for number, name in enumerate(rules)})
    column = {name: told[f"rule_{number}"] for number, name in enumerate(rules)}
    counts = [told.count().name("everyone")]
    counts += [told.count(where=column[name]).name(f"size_{n}") for n, name in enumerate(rules)]
    counts += [told.count(where=column[a] & column[b]).name(f"both_{n}") for n, (a, b) in enumerate(pairs)]
    row = warehouse.to_arrow(told.aggregate(counts)).to_pylist()[0]
    return Overlap(
        row["everyone"],
        {name: row[f"size_{n}"] for n, name in enumerate(rules)},
        {pair: row[f"both_{n}"] for n, pair in enumerate(pairs)},
    )


def vocabulary(warehouse: Warehouse, rule: Rule, as_of: date, tags: list[str], market: str = "") -> Vocabulary:
    """What ``rule`` may name at ``as_of``; ``tags`` are the segments that may exist.

    Names of attributes and targets are read only where the rule speaks of them.
    """
    kinds = {node.kind for _path, node in walk(rule) if isinstance(node, Field)}
    return Vocabulary(
        profile=profile_kinds(),
        attributes=_attributes(warehouse, as_of) if "attribute" in kinds else (),
        targets=_targets(warehouse, as_of) if "score" in kinds else (),
        tags=tags,
        festivals=calendar.names(market, as_of.year),
    )


def profile_kinds() -> dict[str, Kind]:
    """The columns of ``PROFILES`` that a rule may compare, with their kind."""
    kinds: dict[str, Kind] = {"string": "text", "boolean": "flag", "int64": "number", "int16": "number"}
    kinds["float64"] = "number"
    names = {column.name: column.type for column in PROFILES.columns if column.name not in PROFILES.key}
    return {name: kinds[type_] for name, type_ in names.items() if type_ in kinds}


def _attributes(warehouse: Warehouse, as_of: date) -> list[str]:
    people = _at(warehouse.table(PROFILES), as_of)
    keys = people.filter(people.has_attributes).attributes.keys().unnest().name("name").as_table().distinct()
    return [*_OWN_ATTRIBUTES, *warehouse.to_arrow(keys).column("name").to_pylist()]


def _targets(warehouse: Warehouse, as_of: date) -> list[str]:
    found = _at(warehouse.table(SCORES), as_of).select("target").distinct()
    return warehouse.to_arrow(found).column("target").to_pylist()  # type: ignore[no-any-return]


def _at(table: ir.Table, as_of: date) -> ir.Table:
    return table.filter(table.as_of == ibis.date(as_of.isoformat()))


def _held(
    warehouse: Warehouse, rules: Mapping[str, Rule], as_of: date, market: str
) -> tuple[ir.Table, dict[str, ir.BooleanValue]]:
    """The people with everything that the rules look at, and what each rule says of them; never null."""
    leaves = {leaf: None for rule in rules.values() for leaf in _leaves(rule)}  # in order, each once
    people = _at(warehouse.table(PROFILES), as_of)
    fields = [node for node in leaves if isinstance(node, Field)]
    wanted = {node.name for node in fields if node.kind == "profile"}
    if any(node.kind == "attribute" for node in fields):
        wanted.add("attributes")
    people = people.select("customer_id", *sorted(wanted))
    column: dict[Rule, str] = {}
    for node in leaves:
        part = _joined(warehouse, node, as_of, market)
        if part is not None:
            column[node] = prefix = f"part_{len(column)}"
            part = part.rename({f"{prefix}_{name}": name for name in part.columns if name != "customer_id"})
            people = people.left_join(part, "customer_id").drop("customer_id_right")
    return people, {name: _says(rule, people, column) for name, rule in rules.items()}


def _leaves(rule: Rule) -> Iterator[Rule]:
    """The conditions of a rule; a sequence is one."""
    if isinstance(rule, AllOf | AnyOf):
        for part in rule.parts:
            yield from _leaves(part)
    elif isinstance(rule, Not):
        yield from _leaves(rule.part)
    else:
        yield rule


def _joined(warehouse: Warehouse, node: Rule, as_of: date, market: str) -> ir.Table | None:
    """customer_id and what a node looks at beside the profile: ``value``, ``holds``, or count, sum and days."""
    if isinstance(node, Did):
        return summed(warehouse, node, as_of, market)
    if isinstance(node, Sequence):
        return sequence(warehouse, node, as_of, market)
    if isinstance(node, Tag):
        method, _colon, segment = node.tag.partition(":")
        found = _at(warehouse.table(SEGMENTS), as_of)
        found = found.filter(found.method == method, found.segment == segment)
        return found.select("customer_id", holds=True)
    if isinstance(node, Field) and node.kind == "score":
        scores = _at(warehouse.table(SCORES), as_of)
        return scores.filter(scores.target == node.name).select("customer_id", value="probability")
    if isinstance(node, Field) and node.kind == "attribute" and node.name in _OWN_ATTRIBUTES:
        return latest(warehouse.table(CUSTOMERS), "customer_id", as_of).select("customer_id", value=node.name)
    return None


def _says(rule: Rule, people: ir.Table, column: Mapping[Rule, str]) -> ir.BooleanValue:
    if isinstance(rule, AllOf | AnyOf):
        parts = [_says(part, people, column) for part in rule.parts]
        return reduce(and_ if isinstance(rule, AllOf) else or_, parts)
    if isinstance(rule, Not):
        return ~_says(rule.part, people, column)
    if isinstance(rule, Field):
        return _field(rule, people, column)
    prefix = column[rule]
    if isinstance(rule, Did) and rule.measures:
        return reduce(and_, (of_measure(people[f"{prefix}_{part.name}"], part.comparisons) for part in rule.measures))
    holds = people[f"{prefix}_holds"].notnull()
    return ~holds if isinstance(rule, Did) and not rule.done else holds


def _field(field: Field, people: ir.Table, column: Mapping[Rule, str]) -> ir.BooleanValue:
    if field in column:
        value = people[f"{column[field]}_value"]
        return compared(value, "number" if field.kind == "score" else "cell", field.comparisons)
    if field.kind == "attribute":
        return compared(people.attributes.get(field.name), "cell", field.comparisons)
    return compared(people[field.name], profile_kinds()[field.name], field.comparisons)
