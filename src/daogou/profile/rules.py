"""Segments by rule: in which order rules are answered, what they may name, and how they are summed up."""

from collections.abc import Iterable, Mapping
from datetime import date
from graphlib import CycleError, TopologicalSorter

import numpy as np
import pyarrow as pa

from daogou.base.errors import DaogouError
from daogou.base.rule import METHODS, Field, Rule, Tag, walk
from daogou.base.rule_read import read
from daogou.base.words import gettext as _
from daogou.profile import apart, lifecycle, rfm
from daogou.profile.segments import comparable, label, summary, summary_table
from daogou.profile.settings import SegmentSettings, rule_place

METHOD = "rules"
_MOST_GROUPS = 10  # that k-means chooses


def saved_rules(settings: SegmentSettings, through: Mapping[str, set[str]] | None = None) -> dict[str, Rule]:
    """The rules of the settings by name; a rule that speaks of another stands after it.

    ``through`` are the rules that each tag needs: who speaks of the tag, speaks of them.

    Raises:
        DaogouError: rules speak of each other in a circle, or one is none.
    """
    rules = {name: read(told, rule_place(name)) for name, told in settings.rules.items()}
    needs = {name: sorted(_needs(rule, through or {}) & set(rules)) for name, rule in rules.items()}
    try:
        return {name: rules[name] for name in TopologicalSorter(needs).static_order()}
    except CycleError as error:
        circle = error.args[1]
        raise DaogouError(
            _("these rules wait for each other: {names}").format(names=", ".join(circle)),
            rule_place(circle[0]),
            _("Let one of them say what it means without the others."),
        ) from None


def named(rule: Rule) -> set[str]:
    """The rules that a rule speaks of."""
    tags = [node.tag.partition(":") for _path, node in walk(rule) if isinstance(node, Tag)]
    return {segment for method, _colon, segment in tags if method == METHOD}


def _needs(rule: Rule, through: Mapping[str, set[str]]) -> set[str]:
    tags = [node.tag.partition(":")[0] for _path, node in walk(rule) if isinstance(node, Tag)]
    return named(rule).union(*(through.get(tag, set()) for tag in tags))


def asks_scores(rule: Rule) -> bool:
    """Whether it speaks of scores."""
    return any(isinstance(node, Field) and node.kind == "score" for _path, node in walk(rule))


def tags(settings: SegmentSettings, found: Iterable[tuple[str, str]]) -> list[str]:
    """The segments that a rule may name: those ``found`` as (method, segment), and those that are empty just now."""
    possible = {*found, *(("rfm", key) for key in rfm.ENGLISH), *(("rfm_zh", key) for key in rfm.CHINESE)}
    possible |= {(lifecycle.METHOD, state) for state in lifecycle.STATES}
    possible |= {("kmeans", f"group_{number}") for number in range(1, (settings.k or _MOST_GROUPS) + 1)}
    return sorted(f"{method}:{segment}" for method, segment in possible)


def summaries(
    people: Mapping[str, pa.Array], profiles: pa.Table, shares: pa.Table, settings: SegmentSettings, as_of: date
) -> pa.Table:
    """Rows of ``SEGMENT_SUMMARIES`` of rule segments, from the customer_id of their ``people`` by name."""
    numbers = comparable(profiles, shares, settings)
    net_sales = profiles.sort_by("customer_id").column("net_sales_365").to_numpy()
    return summary_table(
        [
            summary(METHOD, name, np.isin(numbers.customers, ids.to_numpy()), numbers, net_sales, as_of)
            for name, ids in people.items()
        ]
    )


def name_of(kind: str, name: str) -> str:
    """What a reader calls what a rule names: a column of profiles, an attribute or a tag."""
    if kind == "tag":
        method, _colon, segment = name.partition(":")
        return label(method, segment) if method in METHODS else _("{tag}: {value}").format(tag=method, value=segment)
    if kind == "attribute":
        known = {"member_level": _("member level"), "region": _("region"), "joined_on": _("joined on")}
        return known.get(name, name)
    own = {
        "favourite_store": _("favourite store"),
        "favourite_hour": _("favourite hour"),
        "favourite_category": _("favourite category"),
        "has_attributes": _("having attributes"),
    }
    return own.get(name) or apart.measure(name)
