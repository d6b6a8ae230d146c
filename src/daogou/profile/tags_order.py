"""In which order tags are computed: rules may ask for tags and segments, and what is asked for comes first."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from daogou.base.errors import DaogouError
from daogou.base.rule import Field, Rule, Tag, walk
from daogou.base.words import gettext as _
from daogou.profile.rules import METHOD
from daogou.profile.tag_settings import TagSettings, place, rules_of


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


def asks_scores(name: str, tag: TagSettings) -> bool:
    """Whether a rule of the tag speaks of scores."""
    nodes = [node for rule in rules_of(name, tag).values() for _path, node in walk(rule)]
    return any(isinstance(node, Field) and node.kind == "score" for node in nodes)


def asks_groups(name: str, tag: TagSettings) -> bool:
    """Whether a rule of the tag speaks of tags or segments."""
    return any(asked(rule) for rule in rules_of(name, tag).values())


def _names(name: str, tag: TagSettings) -> set[str]:
    return {one for rule in rules_of(name, tag).values() for one, _value in asked(rule)}
