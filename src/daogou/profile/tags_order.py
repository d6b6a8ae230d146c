"""In which order tags are computed: rules may ask for tags and segments, and what is asked for comes first."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from daogou.base.errors import DaogouError
from daogou.base.rule import Field, Rule, Tag, walk
from daogou.base.rule_read import read
from daogou.base.words import gettext as _
from daogou.profile.rules import METHOD, named
from daogou.profile.settings import feature_place, rule_place
from daogou.profile.tag_settings import TagSettings, place, rules_of, texts_inside


def asked(rule: Rule) -> set[tuple[str, str]]:
    """The (tag, value) and (method, segment) pairs that a rule speaks of."""
    tags = [node.tag.partition(":") for _path, node in walk(rule) if isinstance(node, Tag)]
    return {(name, value) for name, _colon, value in tags}


def in_order(tags: Mapping[str, TagSettings]) -> dict[str, set[str]]:
    """Every tag with the tags that it needs, near and far; each stands after those.

    Raises:
        DaogouError: tags speak of each other in a circle.
    """
    needs = {name: _names(name, tag) & set(tags) for name, tag in tags.items()}
    try:
        order = list(TopologicalSorter({name: sorted(needs[name]) for name in tags}).static_order())
    except CycleError as error:
        circle = error.args[1]
        raise DaogouError(
            _("these tags wait for each other: {names}").format(names=", ".join(circle)),
            place(circle[0]),
            _("Let one of them say what it means without the others."),
        ) from None
    far: dict[str, set[str]] = {}
    for name in order:
        far[name] = needs[name].union(*(far[one] for one in needs[name]))
    return far


def rules_needed(tags: Mapping[str, TagSettings]) -> dict[str, set[str]]:
    """The rule segments that each tag needs, itself or through other tags."""
    own = {
        name: {segment for rule in rules_of(name, tag).values() for method, segment in asked(rule) if method == METHOD}
        for name, tag in tags.items()
    }
    return {name: own[name].union(*(own[one] for one in far)) for name, far in in_order(tags).items()}


def texts_through(
    tags: Mapping[str, TagSettings], rules: Mapping[str, Mapping[str, Any]], features: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    """What tags ask for through segments by rule and features of the company's own: where it stands, and each text."""
    for name, segments in rules_needed(tags).items():
        asked_rules = {segment: read(rules[segment], rule_place(segment)) for segment in _far(segments, rules)}
        columns = {tags[name].profile}.union(
            *map(_columns, [*rules_of(name, tags[name]).values(), *asked_rules.values()])
        )
        told = [(rule_place(segment), rules[segment]) for segment in asked_rules]
        told += [(feature_place(column), features[column]) for column in sorted(columns & set(features))]
        yield from ((f"{place(name)}, {where}", text) for where, one in told for text in texts_inside(one))


def _far(segments: set[str], rules: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The segments by rule that exist among ``segments``, and those that they speak of, near and far."""
    found: list[str] = []
    todo = sorted(segments & set(rules))
    while todo:
        found.append(todo.pop())
        spoken = named(read(rules[found[-1]], rule_place(found[-1]))) & set(rules)
        todo += sorted(spoken - {*found, *todo})
    return sorted(found)


def _columns(rule: Rule) -> set[str]:
    return {node.name for _path, node in walk(rule) if isinstance(node, Field) and node.kind == "profile"}


def asks_scores(name: str, tag: TagSettings) -> bool:
    """Whether a rule of the tag speaks of scores."""
    nodes = [node for rule in rules_of(name, tag).values() for _path, node in walk(rule)]
    return any(isinstance(node, Field) and node.kind == "score" for node in nodes)


def asks_groups(name: str, tag: TagSettings) -> bool:
    """Whether a rule of the tag speaks of tags or segments."""
    return any(asked(rule) for rule in rules_of(name, tag).values())


def _names(name: str, tag: TagSettings) -> set[str]:
    return {one for rule in rules_of(name, tag).values() for one, _value in asked(rule)}
