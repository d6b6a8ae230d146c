"""Rules about items, and rules about customers' attributes alone, as Ibis expressions over one table."""

from collections.abc import Collection
from functools import reduce
from operator import and_, or_

import ibis.expr.types as ir

from daogou.base.errors import DaogouError
from daogou.base.rule import ITEM_FIELDS, AllOf, AnyOf, Field, Not, Rule, step, walk
from daogou.base.settings import nearest
from daogou.base.words import gettext as _
from daogou.store.rule_compare import compared

OWN_ATTRIBUTES = ("member_level", "region")  # columns of customers beside the map of attributes


def holds(rule: Rule, rows: ir.Table) -> ir.BooleanValue:
    """Whether ``rule`` holds of each row of items, or of customers where it speaks of attributes; never null.

    What is not known meets no comparison, so that ``not`` of one holds for it.
    """
    if isinstance(rule, AllOf | AnyOf):
        return reduce(and_ if isinstance(rule, AllOf) else or_, (holds(part, rows) for part in rule.parts))
    if isinstance(rule, Not):
        return ~holds(rule.part, rows)
    if not isinstance(rule, Field):
        raise TypeError(f"{type(rule).__name__} speaks of what no single row holds")
    if rule.kind == "item":
        return compared(rows[rule.name], ITEM_FIELDS[rule.name], rule.comparisons)
    own = rule.kind == "attribute" and rule.name in OWN_ATTRIBUTES
    return compared(rows[rule.name] if own else rows.attributes.get(rule.name), "cell", rule.comparisons)


def asked_attributes(rule: Rule) -> set[str]:
    """The names in the map of attributes that ``rule`` asks for."""
    fields = [node for _path, node in walk(rule) if isinstance(node, Field)]
    return {
        field.name
        for field in fields
        if field.kind == "item_attribute" or (field.kind == "attribute" and field.name not in OWN_ATTRIBUTES)
    }


def check_attributes(rule: Rule, known: Collection[str], where: str) -> None:
    """Every attribute that ``rule`` asks for is in ``known``, so that no slip of the pen passes for a rule.

    Raises:
        DaogouError: one is not.
    """
    asked = asked_attributes(rule)
    for path, node in walk(rule):
        if isinstance(node, Field) and node.name in asked and node.name not in known:
            unknown = {
                "attribute": _("no customer has an attribute '{name}'"),
                "item_attribute": _("no item has an attribute '{name}'"),
            }
            if node.kind in unknown:
                hint = nearest(node.name, sorted(known)) if known else _("There are none yet.")
                raise DaogouError(unknown[node.kind].format(name=node.name), f"{where} {step(path, node.kind)}", hint)
