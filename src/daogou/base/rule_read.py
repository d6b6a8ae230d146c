"""From what a person wrote, as nested dicts and lists, to a rule; each mistake says what, where and what next."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from daogou.base import rule as r
from daogou.base.rule_values import Place, days, mapping, names, operand, text
from daogou.base.settings import nearest, shown
from daogou.base.words import gettext as _


def read(value: object, where: str, about: r.About = "customers") -> r.Rule:
    """The rule that ``value`` says; ``where`` is named in errors, with the path inside the rule.

    ``about``: everything about customers, only their attributes, or items.

    >>> read({"profile": "orders_28", "at_least": 3}, "my rule")
    Field(kind='profile', name='orders_28', comparisons=(Comparison(operator='at_least', value=3),))
    >>> read({"item": "price", "at_most": 9.9}, "my rule", about="items")
    Field(kind='item', name='price', comparisons=(Comparison(operator='at_most', value=9.9),))
    >>> read({"all": [{"did": "bougt"}]}, "my rule")
    Traceback (most recent call last):
    daogou.base.errors.DaogouError: my rule all[1].did: unknown event 'bougt'. Did you mean 'bought'?

    Raises:
        DaogouError: it is no rule.
    """
    place = Place(where, about=about)
    rule = _node(value, place)
    if (parts := sum(1 for _found in r.walk(rule))) > r.MOST_PARTS:
        raise place.wrong(
            _("the rule has {n} parts, and at most {most} are read").format(n=parts, most=r.MOST_PARTS),
            _("Use 'in' with a list of values instead of one part a value."),
        )
    return rule


def _node(value: object, place: Place) -> r.Rule:
    if place.depth > r.DEEPEST:
        raise place.wrong(
            _("the rule is nested more than {n} deep").format(n=r.DEEPEST), _("Put parts of one kind side by side.")
        )
    table = mapping(value, place)
    readers = _READERS[place.about]
    heads = [head for head in readers if head in table]
    if len(heads) > 1:
        raise place.wrong(
            _("'{one}' and '{other}' stand in one part").format(one=heads[0], other=heads[1]),
            _("Give each a part of its own inside 'all' or 'any'."),
        )
    if not heads:
        if not table:
            raise place.wrong(_("the rule is empty"), _("Known are: {names}.").format(names=", ".join(readers)))
        first = next(iter(table))
        raise place.wrong(_("unknown part of a rule '{name}'").format(name=first), nearest(first, readers))
    return readers[heads[0]](table, place)


def _group(head: str, make: Callable[[tuple[r.Rule, ...]], r.Rule]) -> "_Reader":
    def group(table: Mapping[str, Any], place: Place) -> r.Rule:
        _only(table, (head,), place)
        parts = table[head]
        if not isinstance(parts, list):
            raise place.at(head).wrong(
                _("it must be a list of rules, not {value}").format(value=shown(parts)), _("Write it in [ ].")
            )
        if not parts:
            raise place.at(head).wrong(_("the list is empty"), _("Put at least one part into it."))
        return make(tuple(_node(part, place.inside(f"{head}[{n}]")) for n, part in enumerate(parts, 1)))

    return group


def _not(table: Mapping[str, Any], place: Place) -> r.Rule:
    _only(table, ("not",), place)
    return r.Not(_node(table["not"], place.inside("not")))


def _field(head: str, kind: r.Kind | None) -> "_Reader":
    def field(table: Mapping[str, Any], place: Place) -> r.Rule:
        name = text(table[head], place.at(head))
        told = {key: value for key, value in table.items() if key != head}
        # what a column of profiles holds is known to the check; here every operator is possible
        return r.Field(head, name, _comparisons(told, kind, place))

    return field


def _item(table: Mapping[str, Any], place: Place) -> r.Rule:
    name = text(table["item"], place.at("item"))
    if name not in r.ITEM_FIELDS:
        raise place.at("item").wrong(_("items have no column '{name}'").format(name=name), nearest(name, r.ITEM_FIELDS))
    return _field("item", r.ITEM_FIELDS[name])(table, place)


def _tag(table: Mapping[str, Any], place: Place) -> r.Rule:
    _only(table, ("tag",), place)
    tag = text(table["tag"], place.at("tag"))
    if not all(tag.partition(":")):
        raise place.at("tag").wrong(
            _("'{tag}' is no segment and no tag").format(tag=tag),
            _("Write method:segment or tag:value, such as 'rfm:champions'."),
        )
    return r.Tag(tag)


def _did(head: str) -> "_Reader":
    def did(table: Mapping[str, Any], place: Place) -> r.Did:
        event = text(table[head], place.at(head))
        if event not in r.EVENTS:
            raise place.at(head).wrong(_("unknown event '{name}'").format(name=event), nearest(event, r.EVENTS))
        measures = _measures(table, event, place)
        if head == "did_not" and measures:
            raise place.at(measures[0].name).wrong(
                _("what was not done cannot be counted"), _("Write 'did' with 'at_most' or 'below', or 'not'.")
            )
        _only(table, (head, "where", "within", "skip_last", "on", "around", *r.MEASURES), place)
        within, skip_last = _window(table, place)
        on, around = (names(table[name], place.at(name)) if name in table else () for name in ("on", "around"))
        if on and around:
            raise place.wrong(
                _("'{one}' and '{other}' stand in one part").format(one="on", other="around"),
                _("Give each a part of its own inside 'all' or 'any'."),
            )
        return r.Did(
            event,
            head == "did",
            _filters(table.get("where", {}), event, place.at("where")),
            within,
            skip_last,
            on,
            around,
            measures,
        )

    return did


def _sequence(table: Mapping[str, Any], place: Place) -> r.Rule:
    _only(table, ("first", "then", "days"), place)
    if "then" not in table or "days" not in table:
        raise place.wrong(
            _("'first' stands alone"), _("Add 'then', what followed, and 'days', within how many days it did.")
        )
    events = []
    for name in ("first", "then"):
        event = _node(table[name], place.inside(name))
        if not isinstance(event, r.Did) or not event.done or event.measures:
            raise place.at(name).wrong(
                _("it must be something that was done, without a count"), _("Write { did = 'bought' }, for example.")
            )
        events.append(event)
    return r.Sequence(events[0], events[1], days(table["days"], place.at("days")))


def _filters(value: object, event: str, place: Place) -> tuple[r.Named, ...]:
    known = r.EVENTS[event].filters
    made = []
    for name, told in mapping(value, place).items():
        if name not in known:
            raise place.at(name).wrong(
                _("'{event}' has no filter '{name}'").format(event=event, name=name), nearest(name, known)
            )
        short = {"in": told} if isinstance(told, list) else told if isinstance(told, Mapping) else {"is": told}
        made.append(r.Named(name, _comparisons(short, known[name], place.at(name))))
    return tuple(made)


def _measures(table: Mapping[str, Any], event: str, place: Place) -> tuple[r.Named, ...]:
    made = []
    for name in (name for name in r.MEASURES if name in table):
        if name == "sum" and not r.EVENTS[event].has_amount:
            raise place.at(name).wrong(
                _("'{event}' has no amount to sum").format(event=event), _("Count it with 'count' or 'days'.")
            )
        told = mapping(table[name], place.at(name))
        _operators(told, r.MEASURE_OPERATORS, place.at(name))
        made.append(r.Named(name, _comparisons(told, "number", place.at(name))))
    return tuple(made)


def _window(table: Mapping[str, Any], place: Place) -> tuple[int | None, int]:
    within = days(table["within"], place.at("within")) if "within" in table else None
    skip_last = days(table["skip_last"], place.at("skip_last")) if "skip_last" in table else 0
    if within is not None and skip_last >= within:
        raise place.at("skip_last").wrong(
            _("it leaves nothing of the {days} days of 'within'").format(days=within), _("Make it smaller.")
        )
    return within, skip_last


def _comparisons(told: Mapping[str, Any], kind: r.Kind | None, place: Place) -> r.Comparisons:
    operators = _ANY if kind is None else r.OPERATORS[kind]
    _operators(told, operators, place)
    return tuple(r.Comparison(name, operand(name, value, kind, place.at(name))) for name, value in told.items())


def _operators(told: Mapping[str, Any], known: Collection[str], place: Place) -> None:
    if not told:
        raise place.wrong(_("nothing is compared"), _("Known are: {names}.").format(names=", ".join(known)))
    for name in told:
        if name not in known:
            raise place.wrong(_("unknown comparison '{name}'").format(name=name), nearest(name, known))


def _only(table: Mapping[str, Any], known: Collection[str], place: Place) -> None:
    for name in table:
        if name not in known:
            raise place.wrong(
                _("'{name}' has no place beside '{head}'").format(name=name, head=next(iter(known))),
                nearest(name, known),
            )


_Reader = Callable[[Mapping[str, Any], Place], r.Rule]
_ANY: tuple[str, ...] = r.OPERATORS["cell"]
_GROUPS: dict[str, _Reader] = {"all": _group("all", r.AllOf), "any": _group("any", r.AnyOf), "not": _not}
_ATTRIBUTES: dict[str, _Reader] = {**_GROUPS, "attribute": _field("attribute", "cell")}
_READERS: dict[r.About, dict[str, _Reader]] = {
    "customers": {
        **_ATTRIBUTES,
        "profile": _field("profile", None),
        "score": _field("score", "number"),
        "tag": _tag,
        "did": _did("did"),
        "did_not": _did("did_not"),
        "first": _sequence,
    },
    "attributes": _ATTRIBUTES,
    "items": {**_GROUPS, "item": _item, "item_attribute": _field("item_attribute", "cell")},
}
