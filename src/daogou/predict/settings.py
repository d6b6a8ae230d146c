"""Settings of predictions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from daogou.base.errors import DaogouError
from daogou.base.rule import EVENTS, WORTH, Did, Rule
from daogou.base.rule_read import read
from daogou.base.settings import at_least, check_known, nearest, setting, validated
from daogou.base.words import gettext as _

Kind = Literal["happening", "absence", "second_purchase", "churn", "spend"]
BUILT_IN = ("anything", "inactive", *WORTH)  # names that mean something else already
LONGEST = 60  # characters of a target's name
_WHEN = ("within", "population", "spacing_days", "cuts")
_OF_EVENTS = ("event", "where", *_WHEN)
TAKES: dict[str, tuple[str, ...]] = {  # what each kind takes beside its name
    "happening": _OF_EVENTS,
    "absence": _OF_EVENTS,
    "second_purchase": _WHEN,
    "churn": ("attribute", "left", *_WHEN),
    "spend": ("where", *_WHEN),
}
MODELS = ("logistic", "linear", "tree", "boosted", "svm", "blend")


@dataclass(frozen=True)
class TargetSettings:
    """Section [predict.targets.NAME] of daogou.toml."""

    kind: Kind = setting(
        "happening",
        "happening: the event within the days; absence: not one; second_purchase: within the days after the first; "
        "churn: who leaves, by an attribute or by silence; spend: how much is bought",
    )
    event: str = setting("bought", "happening, absence: the event, as rules name it: 'bought', 'read', 'signed_up'")
    where: dict[str, Any] = setting(
        dict, "happening, absence, spend: its filters, as in rules: { category = 'TEA', amount = { at_least = 20 } }"
    )
    within: int | None = setting(
        None, "days from the moment of prediction in which it counts; empty: purchase_days, inactive_days for absence, "
        "population_days for churn"
    )  # fmt: skip
    attribute: str = setting("", "churn: the customers' attribute that says who has left; empty: silence says it")
    left: tuple[str, ...] = setting((), "churn by an attribute: its values that mean left")
    population: dict[str, Any] = setting(
        dict, "a rule, asked as of each past moment, of whom it is predicted for; empty: who ordered in population_days"
    )
    spacing_days: int | None = setting(None, "days between two past moments to learn from; empty: as in [predict]")
    cuts: tuple[date, ...] = setting((), "instead of a spacing: these past moments, such as ['2025-01-01']")

    def __post_init__(self) -> None:
        for name, value in (("within", self.within), ("spacing_days", self.spacing_days)):
            if value is not None and value < 1:
                raise ValueError(at_least(name, 1))
        if self.cuts and self.spacing_days is not None:
            raise ValueError(_("cuts and spacing_days say the same thing: give one of them"))
        if list(self.cuts) != sorted(set(self.cuts)):
            raise ValueError(_("cuts must rise, each day once"))


@dataclass(frozen=True)
class PredictSettings:
    """Section [predict] of daogou.toml."""

    categories: tuple[str, ...] = setting(
        (), "categories whose purchase is predicted; empty: the five with most buyers, neither rare nor universal"
    )
    purchase_days: int = setting(28, "days in which a purchase counts")
    inactive_days: int = setting(56, "days without any order that make a customer inactive")
    population_days: int = setting(84, "predictions are made for customers with an order in this many days")
    spacing_days: int = setting(28, "days between two past moments to learn from")
    history_days: int = setting(168, "days of orders that must lie before the first moment to learn from")
    test_days: int = setting(56, "latest days, kept aside to test the models on")
    train_moments: int = setting(8, "past moments to learn from at most, latest first")
    models: tuple[Literal["logistic", "linear", "tree", "boosted", "svm", "blend"], ...] = setting(
        ("logistic", "boosted", "blend"), "models that are compared, beside the rule that each must beat"
    )
    festivals: tuple[str, ...] = setting(
        (), "festivals that move your sales, as the calendar names them; empty: those that moved a day's sales by a "
        "quarter"
    )  # fmt: skip
    response: bool = setting(True, "learn who answers a campaign too, where past campaigns are imported")
    attributes: tuple[str, ...] = setting(
        (), "attributes of customers that models may use; empty: orders alone, so nobody is judged by who they are"
    )
    fewest_customers: int = setting(
        30, "customers for whom it happened, and for whom it did not, that must be known to show a number"
    )
    retrain_days: int = setting(56, "days after which a model is to be trained again at the latest")
    resamples: int = setting(400, "resamples of customers behind each interval")
    seed: int = setting(20170101, "seed of models and resamples")
    targets: dict[str, TargetSettings] = setting(
        dict, "your own targets, [predict.targets.NAME] each; where there are some, nothing is predicted unasked"
    )

    def __post_init__(self) -> None:
        for name in ("purchase_days", "inactive_days", "population_days", "spacing_days", "test_days", "train_moments",
                     "retrain_days"):  # fmt: skip
            if getattr(self, name) < 1:
                raise ValueError(at_least(name, 1))
        if self.history_days < self.spacing_days:
            raise ValueError(_("history_days must be at least spacing_days"))
        if self.fewest_customers < 10:
            raise ValueError(_("fewest_customers must be 10 or more: fewer say nothing about a model"))
        if self.resamples < 100:
            raise ValueError(_("{name} must be 100 or more: fewer give no interval").format(name="resamples"))
        if not self.models or len(set(self.models)) != len(self.models):
            raise ValueError(_("models must be one or more different ones"))


def place(name: str) -> str:
    """Where errors say that a target stands."""
    return f"daogou.toml [predict.targets.{name}]"


def with_targets(section: Mapping[str, Any]) -> dict[str, Any]:
    """The section ``[predict]`` with its targets read.

    Raises:
        DaogouError: a target is incomplete or contradicts itself.
    """
    told = section.get("targets", {})
    if not isinstance(told, Mapping):
        raise _no_section("targets", "daogou.toml [predict]", "predict.targets.NAME")
    if (models := section.get("models")) is not None and isinstance(models, list):
        check_known([str(one) for one in models], MODELS, "daogou.toml [predict] models", _("model"))
    return {**section, "targets": {name: _read(name, one) for name, one in told.items()}}


def event_of(target: TargetSettings, where: str) -> Did:
    """The event of a target, with its filters.

    Raises:
        DaogouError: there is no such event or filter.
    """
    rule = read({"did": target.event, "where": dict(target.where)}, where)
    assert isinstance(rule, Did)  # noqa: S101 it is read from one
    return rule


def population_of(target: TargetSettings, where: str) -> Rule | None:
    """Whom a target is predicted for, where it says so.

    Raises:
        DaogouError: it is no rule, or one of what is not known of past moments.
    """
    return read(dict(target.population), f"{where} population") if target.population else None


def _read(name: str, told: Any) -> TargetSettings:
    where = place(name)
    if not isinstance(told, Mapping):
        raise _no_section(name, "daogou.toml [predict.targets]", f"predict.targets.{name}")
    if name in BUILT_IN or ":" in name or not name.strip() or len(name) > LONGEST:
        raise DaogouError(
            _("'{name}' cannot be the name of a target").format(name=name),
            where,
            _("Choose a short one without ':'; taken are: {names}.").format(names=", ".join(BUILT_IN)),
        )
    kind = told.get("kind", "happening")
    if kind not in list(TAKES):  # whatever it is: a list cannot be looked up
        raise DaogouError(
            _("there is no kind of target '{kind}'").format(kind=kind), f"{where} kind", nearest(str(kind), TAKES)
        )
    check_known(told, ["kind", *dict.fromkeys(one for takes in TAKES.values() for one in takes)], where, _("setting"))
    for given in told:
        if given not in ("kind", *TAKES[kind]):
            raise DaogouError(
                _("'{setting}' has no place in a target of kind '{kind}'").format(setting=given, kind=kind),
                where,
                _("Known are: {names}.").format(names=", ".join(TAKES[kind])),
            )
    told = {**told, "left": [told["left"]] if isinstance(told.get("left"), str) else told.get("left", [])}
    target = validated(TargetSettings, told, where)
    _check(target, where)
    return target


def _check(target: TargetSettings, where: str) -> None:
    if target.event not in EVENTS:
        raise DaogouError(
            _("unknown event '{name}'").format(name=target.event), f"{where} event", nearest(target.event, EVENTS)
        )
    event_of(target, where)
    population_of(target, where)
    if bool(target.attribute) != bool(target.left):
        raise DaogouError(
            _("churn by contract needs both an attribute and its value that means left"),
            where,
            _("Write attribute = 'status' and left = 'cancelled', or neither: then silence says who leaves."),
        )


def _no_section(name: str, where: str, section: str) -> DaogouError:
    return DaogouError(
        _("'{name}' is a value, not a section").format(name=name),
        where,
        _("Write [{name}].").format(name=section),
    )
