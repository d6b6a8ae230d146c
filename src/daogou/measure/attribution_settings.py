"""Settings of the section [attribution]."""

from dataclasses import dataclass

from daogou.base.settings import setting
from daogou.base.words import gettext as _

# not imported from attribution.py, which loads numba; a test holds them together
RULES = ("first", "last", "last_non_direct", "linear", "time_decay", "position", "markov", "shapley")


@dataclass(frozen=True)
class AttributionSettings:
    """How channels are credited. Channels are written as in the files, capitals do not matter."""

    rule: str = setting("markov", "rule of the report: " + ", ".join(RULES) + "; all are kept in credits")
    days: int = setting(90, "last days whose orders are credited and whose claims are looked at")
    lookback_days: int = setting(30, "days before an order in which a touch counts for it")
    kinds: list[str] = setting(lambda: ["click"], "kinds of touches that count, beside events that name a channel")
    visit_minutes: float = setting(30.0, "minutes in which further touches of a channel belong to the same visit")
    half_life_days: float = setting(7.0, "days after which a touch weighs half as much, for time_decay")
    direct: list[str] = setting(lambda: ["direct"], "channels that are no channel for last_non_direct")
    affiliates: list[str] = setting(lambda: ["affiliate"], "channels that are paid by the order, watched for hijacks")
    hijack_minutes: float = setting(10.0, "minutes before an order in which an affiliate's touch is a last-second one")

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: a value outside its range.
        """
        if self.rule not in RULES:
            raise ValueError(
                _("there is no rule '{rule}'; there are {rules}").format(rule=self.rule, rules=", ".join(RULES))
            )
        if self.days < 1 or self.lookback_days < 1 or self.half_life_days <= 0:
            raise ValueError(_("days, lookback_days and half_life_days must be above 0"))
        if self.visit_minutes < 0 or self.hijack_minutes < 0:
            raise ValueError(_("visit_minutes and hijack_minutes must be at least 0"))
        if unknown := sorted(set(self.kinds) - {"sent", "delivered", "impression", "open", "click"}):
            raise ValueError(
                _(
                    "'{kind}' is no kind of touch that can count; there are sent, delivered, impression, open, click"
                ).format(kind=unknown[0])
            )
