"""The targets that a company declares, held to what its data know."""

from collections.abc import Collection
from datetime import date

import ibis

from daogou.base.errors import DaogouError
from daogou.base.rule import Comparison, Did, Field, Named, Rule, Tag, step, walk
from daogou.base.settings import nearest
from daogou.base.words import gettext as _
from daogou.predict.history import ANY
from daogou.predict.settings import PredictSettings, TargetSettings, event_of, place, population_of
from daogou.predict.target import Target, check_attributes
from daogou.predict.target_events import OWN_ATTRIBUTES, attribute_spans
from daogou.store.tables import ITEMS
from daogou.store.warehouse import Warehouse

_NAMES = {"item": "item_id", "category": "category", "brand": "brand"}  # filters whose values the table of items knows


def declared(warehouse: Warehouse, as_of: date, settings: PredictSettings) -> list[Target]:
    """The targets of ``[predict.targets]``, in their order.

    Raises:
        DaogouError: one names an item, a category, a brand or an attribute that nobody knows, has a population that
            cannot be told of the past, moments that all lie in the future, or the name of something else.
    """
    return [_target(warehouse, name, told, as_of, settings) for name, told in settings.targets.items()]


def _target(warehouse: Warehouse, name: str, told: TargetSettings, as_of: date, settings: PredictSettings) -> Target:
    where = place(name)
    event = event_of(told, where)
    _check_items(warehouse, event, where)
    population = population_of(told, where)
    if population is not None:
        _check_past(population, where)
    days = told.within or _usual_days(told, settings)
    if told.cuts and told.cuts[0] >= as_of:
        raise DaogouError(
            _("all of its moments lie after the last order"),
            f"{where} cuts",
            _("Give moments before {day}, or leave the setting out.").format(day=as_of),
        )
    _check_name(warehouse, name, told, event, settings)
    if told.attribute:
        _check_contract(warehouse, told, where)
    is_plain = told.kind in ("second_purchase", "churn") or event == Did("bought")
    return Target(
        name,
        ANY if is_plain else name,
        days,
        "contract" if told.attribute else told.kind,
        event,
        told.attribute,
        told.left,
        population,
        told.spacing_days,
        told.cuts,
    )


def _usual_days(told: TargetSettings, settings: PredictSettings) -> int:
    days = {"absence": settings.inactive_days, "churn": settings.population_days}
    return days.get(told.kind, settings.purchase_days)


def _check_items(warehouse: Warehouse, event: Did, where: str) -> None:
    for part in event.where:
        if part.name in _NAMES:
            for value in _equals(part):
                _check_item(warehouse, part.name, value, f"{where} where.{part.name}")


def _equals(part: Named) -> list[str]:
    """The texts that a filter compares with as wholes."""
    held = [one.value for one in part.comparisons if one.operator in ("is", "in")]
    return [str(value) for one in held for value in (one if isinstance(one, tuple) else (one,))]


def _check_item(warehouse: Warehouse, filter_: str, value: str, where: str) -> None:
    column = _NAMES[filter_]
    items = warehouse.table(ITEMS)
    if warehouse.scalar((items[column] == value).any()):
        return
    known = warehouse.to_arrow(items.filter(items[column].notnull()).select(name=items[column]).distinct())
    names = sorted(known["name"].to_pylist())
    problems = {
        "item": _("there is no item '{name}'"),
        "category": _("no item has the category '{name}'"),
        "brand": _("no item has the brand '{name}'"),
    }
    raise DaogouError(problems[filter_].format(name=value), where, _like(value, names))


def _like(value: str, names: list[str]) -> str:
    """The nearest of many names, or a few of them."""
    if not names:
        return _("The items that were ingested have none.")
    hint = nearest(value, names)
    few = _("Known are, among {n}: {names}.").format(n=f"{len(names):,}", names=", ".join(names[:5]))
    return few if len(names) > 20 and hint == nearest("", names) else hint


def _check_past(rule: Rule, where: str) -> None:
    for path, node in walk(rule):
        if isinstance(node, Tag) or (isinstance(node, Field) and node.kind == "score"):
            head = "tag" if isinstance(node, Tag) else "score"
            raise DaogouError(
                _("segments, tags and scores of past moments are not known"),
                f"{where} population {step(path, head)}",
                _("Say whom you mean by what they did, by 'profile' or by 'attribute'."),
            )


def _check_name(warehouse: Warehouse, name: str, told: TargetSettings, event: Did, settings: PredictSettings) -> None:
    """Scores named as a category are taken for the chance of its purchase: no other target may have such a name."""
    items = warehouse.table(ITEMS)
    if not warehouse.scalar((items.category == name).any()):
        return
    buys_it = Did("bought", where=(Named("category", (Comparison("is", name),)),))
    if told.kind != "happening" or event != buys_it or told.population or name in settings.categories:
        raise DaogouError(
            _("'{name}' is the name of a category").format(name=name),
            place(name),
            _("Choose another: scores of that name mean a purchase in the category."),
        )


def _check_contract(warehouse: Warehouse, told: TargetSettings, where: str) -> None:
    if told.attribute not in OWN_ATTRIBUTES:
        check_attributes(warehouse, [told.attribute], f"{where} attribute")
    known = attribute_spans(warehouse, told.attribute)
    rows = warehouse.to_arrow(known.filter(known.told.notnull()).group_by("told").aggregate(
        dated=(~known.is_static).any()
    ))  # fmt: skip
    values: dict[str, bool] = dict(zip(rows["told"].to_pylist(), rows["dated"].to_pylist(), strict=True))
    for value in told.left:
        if value not in values:
            raise DaogouError(
                _("no customer's '{attribute}' is '{value}'").format(attribute=told.attribute, value=value),
                f"{where} left",
                _like(value, sorted(values)),
            )
    if not any(values[value] for value in told.left):
        raise DaogouError(
            _("'{attribute}' has no dates: nobody knows since when it holds").format(attribute=told.attribute),
            f"{where} attribute",
            _("Map 'valid_from' of the customers, or use 'daogou predict --table FILE --label COLUMN'."),
        )


def asked_attributes(rule: Rule) -> Collection[str]:
    """The attributes that a population asks for."""
    return {node.name for _path, node in walk(rule) if isinstance(node, Field) and node.kind == "attribute"}


def never(warehouse: Warehouse, days: ibis.Table, target: Target) -> bool:
    """Whether nobody ever did what ``target`` asks for; ``days`` are event days."""
    return not warehouse.scalar((days.category == target.happens).any())
