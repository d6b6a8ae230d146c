"""Who is likely to leave is no audience by itself: what is at stake stands beside it, and whether contact helps."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Literal

import ibis

from daogou.base.errors import DaogouError
from daogou.base.rule import AT_RISK, AllOf, AnyOf, Comparison, Did, Field, Not, Rule, Tag, walk
from daogou.base.rule_words import say
from daogou.base.words import gettext as _
from daogou.flows.settings import Settings
from daogou.profile import rules
from daogou.profile.tag_settings import rules_of
from daogou.store.tables import CUSTOMER_VALUES, SCORES
from daogou.store.warehouse import Warehouse

Standing = Literal["leaving", "mixed", "value", "other"]
Expand = Callable[[Tag], Rule | None]

_UNLIKELY = ("below", "at_most")
_WORTH = ("net_sales", "order_value", "contribution")  # how columns of profiles begin that say what someone brings
_ALIVE, _SAID_WORTH = "p_alive", ("expected_value", "value_at_risk")  # of what customers are worth
_BY_WORTH = ("rfm", "rfm_zh")  # segments that are made by money, too


def standing(rule: Rule, targets: Collection[str], expand: Expand) -> Standing:
    """What ``rule`` chooses by: the chance of leaving alone, that and something else, also by value, or none of it.

    ``targets`` are those that mean leaving; ``expand`` gives the rule behind a segment or tag, where it has one.
    """
    return _standing(rule, targets, expand, wanted=True)


def _standing(rule: Rule, targets: Collection[str], expand: Expand, wanted: bool) -> Standing:
    if isinstance(rule, Not):
        return _standing(rule.part, targets, expand, not wanted)
    if isinstance(rule, AllOf | AnyOf):
        parts = {_standing(part, targets, expand, wanted) for part in rule.parts}
        return _together(parts) if isinstance(rule, AllOf) == wanted else _either(parts)
    if isinstance(rule, Tag):
        behind = expand(rule)
        if behind is not None:
            return _standing(behind, targets, expand, wanted)
        return "value" if rule.tag.partition(":")[0] in _BY_WORTH else "other"
    if isinstance(rule, Did):
        return "value" if any(part.name == "sum" for part in rule.measures) else "other"
    if not isinstance(rule, Field):
        return "other"
    if rule.kind == "profile":
        return "value" if rule.name.startswith(_WORTH) else "other"
    if rule.kind != "score":
        return "other"
    if rule.name in _SAID_WORTH or (rule.name.endswith(AT_RISK) and rule.name.removesuffix(AT_RISK) in targets):
        return "value"
    if rule.name == _ALIVE:
        return "leaving" if _is_likely(rule.comparisons) != wanted else "other"
    if rule.name not in targets:
        return "other"
    return "leaving" if _is_likely(rule.comparisons) == wanted else "other"


def _is_likely(comparisons: tuple[Comparison, ...]) -> bool:
    return not all(one.operator in _UNLIKELY for one in comparisons)


def _together(parts: Collection[Standing]) -> Standing:
    if "value" in parts:
        return "value"
    if "leaving" in parts or "mixed" in parts:
        return "leaving" if set(parts) == {"leaving"} else "mixed"
    return "other"


def _either(parts: Collection[Standing]) -> Standing:
    order: tuple[Standing, ...] = ("leaving", "mixed", "other", "value")
    return next(one for one in order if one in parts)


def leaving_targets(warehouse: Warehouse, as_of: date) -> list[str]:
    """The targets that mean leaving, of which there are scores."""
    scores = warehouse.table(SCORES)
    rows = scores.filter(scores.as_of == ibis.date(as_of.isoformat()), scores.value_at_risk.notnull())
    found: list[str] = warehouse.to_arrow(rows.select("target").distinct().order_by("target"))["target"].to_pylist()
    return found


def behind(settings: Settings) -> Expand:
    """The rule of a saved segment (rules:NAME), or of a tag's value, where there is one."""
    saved = rules.saved_rules(settings.segment)

    def expand(tag: Tag) -> Rule | None:
        name, _colon, value = tag.tag.partition(":")
        if name == rules.METHOD:
            return saved.get(value)
        known = settings.tags.named.get(name)
        return rules_of(name, known).get(value) if known is not None and known.kind == "rule" else None

    return expand


def asked_targets(rule: Rule, targets: Collection[str], expand: Expand) -> list[str]:
    """The targets that mean leaving that ``rule`` speaks of, also through segments and tags."""
    found: dict[str, None] = {}
    for _path, node in walk(rule):
        if isinstance(node, Tag) and (inside := expand(node)) is not None:
            found |= dict.fromkeys(asked_targets(inside, targets, expand))
        if isinstance(node, Field) and node.kind == "score":
            name = node.name.removesuffix(AT_RISK)
            if name in targets or name == _ALIVE:
                found[name] = None
    return list(found)


def refuse_alone(rule: Rule, targets: Collection[str], expand: Expand, where: str) -> None:
    """Nobody becomes an audience for being likely to leave, and nothing else.

    Raises:
        DaogouError: ``rule`` chooses by that alone.
    """
    if standing(rule, targets, expand) == "leaving":
        target = asked_targets(rule, targets, expand)[0]
        raise DaogouError(
            _("likely to leave is no audience by itself: it does not say what is at stake, nor whether contact helps"),
            where,
            _("Add what is at stake inside 'all', such as {part}, and test the contact on a part of them.").format(
                part=f"{{ score = '{_at_stake(target)}', at_least = 50 }}"
            ),
        )


def warning(rule: Rule, targets: Collection[str], expand: Expand) -> list[str]:
    """A sentence where ``rule`` looks for who is likely to leave and not for what is at stake."""
    if standing(rule, targets, expand) not in ("leaving", "mixed"):
        return []
    target = asked_targets(rule, targets, expand)[0]
    text = _(
        "'{rule}' looks for who is likely to leave and not for what is at stake: add score = '{score}'. "
        "Whether contact keeps them is not known until it is tested"
    )
    return [text.format(rule=say(rule, rules.name_of), score=_at_stake(target))]


def _at_stake(target: str) -> str:
    """The score that says what is lost with who leaves."""
    return "value_at_risk" if target == _ALIVE else f"{target}{AT_RISK}"


def values_at_risk(warehouse: Warehouse, as_of: date, targets: Collection[str]) -> Mapping[int, float]:
    """customer_id -> the highest value at risk by these targets, of who has a score."""
    scores, worth = warehouse.table(SCORES), warehouse.table(CUSTOMER_VALUES)
    at = ibis.date(as_of.isoformat())
    rows = scores.filter(scores.as_of == at, scores.target.isin(list(targets)))
    found = rows.select("customer_id", value="value_at_risk")
    if _ALIVE in targets:
        found = ibis.union(found, worth.filter(worth.as_of == at).select("customer_id", value="at_risk"))
    told = warehouse.to_arrow(found.filter(found["value"].notnull()).group_by("customer_id").aggregate(
        value=lambda t: t["value"].max()
    ))  # fmt: skip
    return dict(zip(told["customer_id"].to_pylist(), told["value"].to_pylist(), strict=True))
