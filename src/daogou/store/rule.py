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
from daogou.base.rule import AT_RISK, WORTH, AllOf, AnyOf, Did, Field, Kind, Not, Rule, Sequence, Tag, walk
from daogou.base.rule_check import Vocabulary
from daogou.store.engine import Engine
from daogou.store.rule_compare import compared, of_measure
from daogou.store.rule_events import latest, sequence, summed
from daogou.store.rule_items import OWN_ATTRIBUTES
from daogou.store.tables import CUSTOMER_VALUES, CUSTOMERS, PROFILES, SCORES, SEGMENTS, TAGS


@dataclass(frozen=True)
class Overlap:
    """How many people there are, meet each rule by its name, and meet both rules of each pair of names."""

    everyone: int
    sizes: dict[str, int]
    both: dict[tuple[str, str], int]


def members(warehouse: Engine, rule: Rule, as_of: date, market: str = "") -> ir.Table:
    """One column, customer_id, of everyone who meets ``rule`` at ``as_of``, in no particular order.

    People are those with a row of ``PROFILES`` at ``as_of``. Nothing of that day or later is seen. What is not known
    meets no comparison, so ``not`` of one holds for it. ``market`` is the country whose public holidays count.
    """
    people, holds = _held(warehouse, {"rule": rule}, as_of, market)
    return people.filter(holds["rule"]).select("customer_id")


def overlap(warehouse: Engine, rules: Mapping[str, Rule], as_of: date, market: str = "") -> Overlap:
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


def vocabulary(warehouse: Engine, rule: Rule, as_of: date, tags: list[str], market: str = "") -> Vocabulary:
    """What ``rule`` may name at ``as_of``; ``tags`` are the segments that may exist.

    Names of attributes and targets are read only where the rule speaks of them.
    """
    kinds = {node.kind for _path, node in walk(rule) if isinstance(node, Field)}
    return Vocabulary(
        profile=profile_kinds() | _own(warehouse, rule, as_of),
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


def _own(warehouse: Engine, rule: Rule, as_of: date) -> dict[str, Kind]:
    """The company's own features, where ``rule`` names a column that profiles do not have."""
    asked = {node.name for _path, node in walk(rule) if isinstance(node, Field) and node.kind == "profile"}
    if asked <= set(PROFILES.names):
        return {}
    people = _at(warehouse.table(PROFILES), as_of).limit(1)  # everyone's own features have the same names
    names = warehouse.to_arrow(people.own.keys().unnest().name("name").as_table()).column("name").to_pylist()
    return dict.fromkeys(names, "number")


def _attributes(warehouse: Engine, as_of: date) -> list[str]:
    people = _at(warehouse.table(PROFILES), as_of)
    keys = people.filter(people.has_attributes).attributes.keys().unnest().name("name").as_table().distinct()
    return [*OWN_ATTRIBUTES, *warehouse.to_arrow(keys).column("name").to_pylist()]


def _targets(warehouse: Engine, as_of: date) -> list[str]:
    scores = _at(warehouse.table(SCORES), as_of)
    found = scores.group_by("target").aggregate(risky=scores.value_at_risk.notnull().any()).order_by("target")
    rows = warehouse.to_arrow(found).to_pylist()
    risky = [f"{row['target']}{AT_RISK}" for row in rows if row["risky"]]
    valued = warehouse.scalar(_at(warehouse.table(CUSTOMER_VALUES), as_of).count())
    return [*(row["target"] for row in rows), *risky, *(WORTH if valued else ())]


def _at(table: ir.Table, as_of: date) -> ir.Table:
    return table.filter(table.as_of == ibis.date(as_of.isoformat()))


@dataclass(frozen=True)
class Evidence:
    """What rules look at, and what they say: ``people`` has customer_id; the rest are expressions over it.

    ``parts`` has, for each condition of the rules, whether it holds, and the numbers that it was measured by: count,
    sum and days of an event, value of a column of profiles or a score.
    """

    people: ir.Table
    holds: dict[str, ir.BooleanValue]
    parts: dict[Rule, tuple[ir.BooleanValue, dict[str, ir.Value]]]


def evidence(warehouse: Engine, rules: Mapping[str, Rule], as_of: date, market: str = "") -> Evidence:
    """The people at ``as_of`` with what each rule, and each condition of a rule, says of them; never null."""
    people, column = _looked_at(warehouse, rules, as_of, market)
    leaves = dict.fromkeys(leaf for rule in rules.values() for leaf in conditions(rule))
    parts = {leaf: (_says(leaf, people, column), _measured(leaf, people, column)) for leaf in leaves}
    return Evidence(people, {name: _says(rule, people, column) for name, rule in rules.items()}, parts)


def _held(
    warehouse: Engine, rules: Mapping[str, Rule], as_of: date, market: str
) -> tuple[ir.Table, dict[str, ir.BooleanValue]]:
    """The people with everything that the rules look at, and what each rule says of them; never null."""
    people, column = _looked_at(warehouse, rules, as_of, market)
    return people, {name: _says(rule, people, column) for name, rule in rules.items()}


def _looked_at(
    warehouse: Engine, rules: Mapping[str, Rule], as_of: date, market: str
) -> tuple[ir.Table, dict[Rule, str]]:
    """The people with everything that the rules look at, and the prefix of each condition's columns."""
    leaves = {leaf: None for rule in rules.values() for leaf in conditions(rule)}  # in order, each once
    people = _at(warehouse.table(PROFILES), as_of)
    fields = [node for node in leaves if isinstance(node, Field)]
    wanted = {node.name if node.name in PROFILES.names else "own" for node in fields if node.kind == "profile"}
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
    return people, column


def conditions(rule: Rule) -> Iterator[Rule]:
    """The conditions of a rule; a sequence is one."""
    if isinstance(rule, AllOf | AnyOf):
        for part in rule.parts:
            yield from conditions(part)
    elif isinstance(rule, Not):
        yield from conditions(rule.part)
    else:
        yield rule


def _joined(warehouse: Engine, node: Rule, as_of: date, market: str) -> ir.Table | None:
    """customer_id and what a node looks at beside the profile: ``value``, ``holds``, or count, sum and days."""
    if isinstance(node, Did):
        return summed(warehouse, node, as_of, market)
    if isinstance(node, Sequence):
        return sequence(warehouse, node, as_of, market)
    if isinstance(node, Tag):
        return _in_group(warehouse, node, as_of)
    if isinstance(node, Field) and node.kind == "score" and node.name in WORTH:
        return _at(warehouse.table(CUSTOMER_VALUES), as_of).select("customer_id", value=WORTH[node.name])
    if isinstance(node, Field) and node.kind == "score":
        scores = _at(warehouse.table(SCORES), as_of)
        target = node.name.removesuffix(AT_RISK)
        score = scores.value_at_risk if target != node.name else ibis.coalesce(scores.probability, scores["value"])
        return scores.filter(scores.target == target).select("customer_id", value=score)
    if isinstance(node, Field) and node.kind == "attribute" and node.name in OWN_ATTRIBUTES:
        return latest(warehouse.table(CUSTOMERS), "customer_id", as_of).select("customer_id", value=node.name)
    return None


def _in_group(warehouse: Engine, node: Tag, as_of: date) -> ir.Table:
    """Everyone in the segment (method:segment), or with the tag (tag:value): no tag has the name of a method."""
    name, _colon, value = node.tag.partition(":")
    segments = _at(warehouse.table(SEGMENTS), as_of)
    segments = segments.filter(segments.method == name, segments.segment == value)
    tags, day = warehouse.table(TAGS), ibis.date(as_of.isoformat())
    holding = (tags.from_day <= day) & (tags.until_day.isnull() | (tags.until_day > day))
    tags = tags.filter(tags.tag == name, tags.value == value, holding)
    found = ibis.union(segments.select("customer_id"), tags.select("customer_id"))
    return found.select("customer_id", holds=True)


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


def _measured(leaf: Rule, people: ir.Table, column: Mapping[Rule, str]) -> dict[str, ir.Value]:
    if isinstance(leaf, Did):
        return {part.name: people[f"{column[leaf]}_{part.name}"] for part in leaf.measures}
    if isinstance(leaf, Field) and leaf.kind == "score":
        return {"value": people[f"{column[leaf]}_value"]}
    if isinstance(leaf, Field) and leaf.kind == "profile" and leaf.name not in PROFILES.names:
        return {"value": people.own.get(leaf.name)}
    if isinstance(leaf, Field) and leaf.kind == "profile" and profile_kinds()[leaf.name] == "number":
        return {"value": people[leaf.name]}
    return {}


def _field(field: Field, people: ir.Table, column: Mapping[Rule, str]) -> ir.BooleanValue:
    if field in column:
        value = people[f"{column[field]}_value"]
        return compared(value, "number" if field.kind == "score" else "cell", field.comparisons)
    if field.kind == "attribute":
        return compared(people.attributes.get(field.name), "cell", field.comparisons)
    if field.name not in PROFILES.names:
        return compared(people.own.get(field.name), "number", field.comparisons)
    return compared(people[field.name], profile_kinds()[field.name], field.comparisons)
