"""A rule held to what exists: its fields, segments, targets and festivals, and the kinds of their values."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from daogou.base.errors import DaogouError
from daogou.base.rule import METHODS, OPERATORS, Comparison, Did, Field, Kind, Rule, Tag, step, walk
from daogou.base.settings import nearest
from daogou.base.words import gettext as _


@dataclass(frozen=True)
class Vocabulary:
    """What a rule may name: columns of profiles with their kind, and names of the rest."""

    profile: Mapping[str, Kind]
    attributes: Collection[str]
    targets: Collection[str]  # of scores
    tags: Collection[str]  # method:segment
    festivals: Collection[str]


def check(rule: Rule, vocabulary: Vocabulary, where: str) -> None:
    """Everything that ``rule`` names is in ``vocabulary``, and every value is of the kind that it is compared with.

    >>> check(Tag("rfm:lots"), Vocabulary({}, [], [], ["rfm:lost"], []), "my rule")
    Traceback (most recent call last):
    daogou.base.errors.DaogouError: my rule tag: there is no segment 'rfm:lots'. Did you mean 'rfm:lost'?

    Raises:
        DaogouError: it is not.
    """
    for path, node in walk(rule):
        if isinstance(node, Field):
            _check_field(node, vocabulary, where, path)
        elif isinstance(node, Tag):
            _check_tag(node.tag, vocabulary.tags, _at(where, path, "tag"))
        elif isinstance(node, Did):
            for head, names in (("on", node.on), ("around", node.around)):
                for name in names:
                    unknown = _("the calendar has no festival '{name}'")
                    _check_name(name, vocabulary.festivals, unknown, _at(where, path, head))


def _check_field(field: Field, vocabulary: Vocabulary, where: str, path: str) -> None:
    at = _at(where, path, field.kind)
    if field.kind == "profile":
        _check_name(field.name, vocabulary.profile, _("there is no column of profiles '{name}'"), at)
        for comparison in field.comparisons:
            _check_kind(comparison, field.name, vocabulary.profile[field.name], _at(where, path, comparison.operator))
    elif field.kind == "attribute":
        _check_name(field.name, vocabulary.attributes, _("no customer has an attribute '{name}'"), at)
    else:
        _check_name(field.name, vocabulary.targets, _("there are no scores of '{name}'"), at)


def _check_kind(comparison: Comparison, name: str, kind: Kind, where: str) -> None:
    kinds = {"number": _("a number"), "text": _("a text"), "flag": _("true or false")}
    if comparison.operator not in OPERATORS[kind]:
        raise DaogouError(
            _("'{name}' is {kind}, and '{operator}' compares other things").format(
                name=name, kind=kinds[kind], operator=comparison.operator
            ),
            where,
            _("Known are: {names}.").format(names=", ".join(OPERATORS[kind])),
        )
    if comparison.operator == "known":
        return
    values = comparison.value if isinstance(comparison.value, tuple) else (comparison.value,)
    fits: dict[str, type | tuple[type, ...]] = {"number": (int, float), "text": str, "flag": bool}
    for value in values:
        if not isinstance(value, fits[kind]) or isinstance(value, bool) != (kind == "flag"):
            raise DaogouError(
                _("'{name}' is {kind}, and {value!r} is not").format(name=name, kind=kinds[kind], value=value),
                where,
                _("Texts stand in quotes, numbers do not."),
            )


def _check_tag(tag: str, known: Collection[str], where: str) -> None:
    """A value that a tag does not have is told by the nearest that it has, or by all of them."""
    head, _colon, value = tag.partition(":")
    own = [name for name in known if name.startswith(f"{head}:")]
    if head in METHODS:
        unknown = _("there is no segment '{name}'")
    else:
        unknown = _("there is no tag '{name}'") if own else _("there is no segment or tag '{name}'")
    near = difflib.get_close_matches(value, [name.removeprefix(f"{head}:") for name in own], n=1)
    if own and not near and tag not in own:
        raise DaogouError(
            unknown.format(name=tag), where, _("Known are: {names}.").format(names=", ".join(sorted(own)))
        )
    _check_name(tag, own or known, unknown, where)


def _check_name(name: str, known: Iterable[str], unknown: str, where: str) -> None:
    names = sorted(known)
    if name not in names:
        hint = nearest(name, names) if names else _("There are none yet.")
        raise DaogouError(unknown.format(name=name), where, hint)


def _at(where: str, path: str, head: str) -> str:
    return f"{where} {step(path, head)}"
