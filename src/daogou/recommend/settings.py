"""Settings of recommendations."""

from dataclasses import dataclass
from typing import Any

from daogou.base.errors import DaogouError
from daogou.base.rule import DEEDS, About, Rule
from daogou.base.rule_read import read
from daogou.base.settings import at_least, check_known, setting
from daogou.base.words import gettext as _
from daogou.recommend.presets import Preset

MOST = 1000  # items for each customer: longer is no recommendation
BOUGHT = "bought"
CANDIDATES = (
    "Popular",
    "RepeatLast",
    "ItemKNN",
    "UserKNN",
    "SequentialKNN",
    "ContentBased",
    "ALS",
    "EASE",
    "Hybrid",
)
DESCRIBED = ("ContentBased", "Hybrid")  # of them, those that look at what items are
WHERE = "daogou.toml [recommend]"
COMPARED = "evaluate recommend"  # the stage, in evaluations, of a full comparison


@dataclass(frozen=True)
class RecommendSettings:
    """``[recommend]`` in daogou.toml."""

    preset: Preset = setting("", "settings that fit a trade: news, social or finance; what you write comes before them")
    n: int = setting(20, "items for each customer")
    repeat: bool = setting(False, "whether items that the customer bought before may be among them")
    learn_from: list[str] = setting(
        lambda: [BOUGHT], "what people did that models learn from: bought, or events such as viewed, read, liked"
    )
    models: list[str] = setting(
        lambda: ["ItemKNN"], "models among which 'recommend' chooses, beside Popular; 'evaluate recommend' tries all"
    )
    k: int = setting(100, "neighbours of an item that vote for it")
    min_support: int = setting(3, "customers in common that make two items neighbours; fewer are chance")
    shrinkage: float = setting(10.0, "customers in common count for less below about this many")
    half_life: float = setting(56.0, "days after which a purchase weighs half as much in a customer's taste")
    popular_half_life: float = setting(28.0, "days after which a purchase weighs half as much in what is popular")
    window: int = setting(10, "how many steps apart SequentialKNN still links what was taken one after the other")
    segment: str = setting("", "customers' attribute by which Hybrid tells apart what is popular; empty: all alike")
    holdout_days: int = setting(28, "last days that models are compared on; both learn from the days before")
    compared_days: int = setting(
        90, "days for which 'recommend' uses the model that 'evaluate recommend' found best; 0: it chooses itself"
    )
    allow: dict[str, Any] = setting(dict, "rule about items: only those that it holds for are offered")
    deny: dict[str, Any] = setting(dict, "rule about items: those that it holds for are not offered")
    not_bought_within: int = setting(0, "items that the customer bought in this many last days are not offered; 0: off")
    most_a_category: int = setting(0, "items of a category in a list, as long as there are others; 0: any number")
    most_a_title: int = setting(1, "items of a product (spu_id) or title, as long as there are others; 0: any number")
    boosts: list[dict[str, Any]] = setting(
        list, "{ factor = 2.0, when = RULE }: multiplies the score of the items that the rule holds for"
    )
    pins: list[dict[str, Any]] = setting(list, "{ item = ID, rank = 1 }: stands at that rank of all who may have it")
    risk_preference: str = setting(
        "",
        "customers' attribute with the highest risk level that suits them, such as 'C3'; empty: risk is not looked at",
    )
    risk_valid_until: str = setting(
        "", "customers' attribute with the last day on which that holds; empty: it always does"
    )
    sold_until: str = setting("", "items' attribute with the last day on which they are sold; empty: none has one")
    personalisation_off: dict[str, Any] = setting(
        dict, "rule about customers' attributes: those who meet it get the list that is the same for all of them"
    )

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: a value outside its range.
            DaogouError: a rule is none, or a model or an event is unknown.
        """
        if min(self.n, self.k, self.min_support, self.holdout_days, self.window) < 1:
            raise ValueError(_("n, k, min_support, window and holdout_days must be 1 or more"))
        if self.n > MOST:
            raise ValueError(_("{name} must be {most} or less").format(name="n", most=MOST))
        if self.shrinkage < 0:
            raise ValueError(at_least("shrinkage", 0))
        if min(self.half_life, self.popular_half_life) <= 0:
            raise ValueError(_("half_life and popular_half_life must be above 0"))
        if min(self.not_bought_within, self.most_a_category, self.most_a_title, self.compared_days) < 0:
            raise ValueError(_("not_bought_within, most_a_category, most_a_title and compared_days must be 0 or more"))
        check_known(self.models, CANDIDATES, f"{WHERE} models", _("model"))
        check_known(self.learn_from, [BOUGHT, *DEEDS], f"{WHERE} learn_from", _("event"))
        if not self.learn_from:
            raise ValueError(_("{name} may not be empty").format(name="learn_from"))
        for number, pin in enumerate(self.pins, 1):
            _check_pin(pin, number)
        self.rules()  # each is read once, for its errors
        self.boosted()

    def rules(self) -> dict[str, Rule]:
        """The rules allow, deny and personalisation_off, as far as they are set."""
        about: dict[str, About] = {"allow": "items", "deny": "items", "personalisation_off": "attributes"}
        told = {name: getattr(self, name) for name in about}
        return {name: read(rule, f"{WHERE} {name}", about[name]) for name, rule in told.items() if rule}

    def boosted(self) -> list[tuple[Rule, float, str]]:
        """The rule and factor of each boost, and where it stands."""
        return [_boost(told, f"{WHERE} boosts[{number}]") for number, told in enumerate(self.boosts, 1)]


def _boost(told: dict[str, Any], where: str) -> tuple[Rule, float, str]:
    check_known(told, ("factor", "when"), where, _("setting"))
    factor = told.get("factor")
    if isinstance(factor, bool) or not isinstance(factor, int | float) or not 0 < factor < float("inf"):
        raise DaogouError(
            _("'factor' is not a number above 0"),
            where,
            _('Write { factor = 1.5, when = { item = "brand", is = "A" } }.'),
        )
    return read(told.get("when", {}), f"{where} when", "items"), float(factor), where


def _check_pin(told: dict[str, Any], number: int) -> None:
    where = f"{WHERE} pins[{number}]"
    check_known(told, ("item", "rank"), where, _("setting"))
    rank = told.get("rank")
    if not isinstance(told.get("item"), str) or isinstance(rank, bool) or not isinstance(rank, int) or rank < 1:
        raise DaogouError(
            _("a pin needs the id of an item, in quotes, and a rank from 1 on"),
            where,
            _('Write { item = "A-17", rank = 1 }.'),
        )
