"""What sets a segment apart: measured as numbers, said in words."""

import json
from dataclasses import asdict, dataclass

import numpy as np

from daogou.base.words import gettext as _
from daogou.profile.matrix import ORDER_VALUE, SHARE, Array

NOTABLE = 0.25  # a gap of a quarter of a standard deviation is small, but seen (Cohen's d of 0.2 is "small")
_SAID = 3  # numbers in a description
_NAMED = 2  # words in a name, where that is enough to tell groups apart


@dataclass(frozen=True)
class Contrast:
    """The mean of one number in a segment and over everyone; ``gap`` is their difference in standard deviations."""

    feature: str
    mean: float
    overall: float
    gap: float


def contrasts(names: tuple[str, ...], values: Array, inside: Array) -> list[Contrast]:
    """Each number's contrast, widest gap first; values not known are left out. ``inside`` marks the segment's rows."""
    made = []
    for name, column in zip(names, values.T, strict=True):
        known = np.isfinite(column)
        if not (known & inside).any():
            continue
        overall, spread = float(column[known].mean()), float(column[known].std())
        mean = float(column[known & inside].mean())
        gap = (mean - overall) / spread if spread > 0 else 0.0
        made.append(Contrast(name, *(float(f"{x:.12g}") for x in (mean, overall, gap))))
    return sorted(made, key=lambda contrast: (-abs(contrast.gap), contrast.feature))


def to_json(found: list[Contrast]) -> str:
    """``SEGMENT_SUMMARIES.features``."""
    return json.dumps([asdict(contrast) for contrast in found], ensure_ascii=False)


def from_json(features: str) -> list[Contrast]:
    """The contrasts that :func:`to_json` wrote."""
    return [Contrast(**contrast) for contrast in json.loads(features)]


def describe(features: str) -> str:
    """``SEGMENT_SUMMARIES.features`` in words of the current language: the widest gaps, with both means."""
    said = [
        _("{what} {mean} (everyone {overall})").format(
            what=measure(c.feature), mean=_figure(c.feature, c.mean), overall=_figure(c.feature, c.overall)
        )
        for c in _notable(from_json(features))[:_SAID]
    ]
    return _("; ").join(said) if said else _("much like everyone else")


def names(features: dict[str, str]) -> dict[str, str]:
    """A name for each segment key from its ``SEGMENT_SUMMARIES.features``, in the current language, all different.

    A name is made of the widest gaps: two of them, more where two segments would have the same name, and a number
    where words do not tell them apart.
    """
    found = {key: _notable(from_json(text)) for key, text in features.items()}
    longest = max((len(contrasts_) for contrasts_ in found.values()), default=0)
    made: dict[str, str] = {}
    for words in range(_NAMED, max(longest, _NAMED) + 1):
        made = {key: _name(contrasts_[:words]) for key, contrasts_ in found.items()}
        if len(set(made.values())) == len(made):
            return made
    taken: dict[str, int] = {}
    for key in sorted(made):
        name = made[key]
        taken[name] = taken.get(name, 0) + 1
        made[key] = name if taken[name] == 1 else _("{name} ({n})").format(name=name, n=taken[name])
    return made


def _notable(found: list[Contrast]) -> list[Contrast]:
    return [contrast for contrast in found if abs(contrast.gap) >= NOTABLE]


def _name(found: list[Contrast]) -> str:
    name = _(", ").join(_trait(c.feature, c.gap > 0) for c in found) or _("average")
    return name[:1].upper() + name[1:]


def _trait(feature: str, high: bool) -> str:
    if feature.startswith(SHARE):
        category = feature.removeprefix(SHARE)
        return (_("more {category}") if high else _("less {category}")).format(category=category)
    for start, (more, less) in _traits().items():
        if feature.startswith(start):
            return more if high else less
    return (_("high {feature}") if high else _("low {feature}")).format(feature=feature)


def _traits() -> dict[str, tuple[str, str]]:
    """Words for high and low, by the start of a number's name; the first that fits."""
    return {
        "recency": (_("long silent"), _("here of late")),
        "tenure": (_("long with us"), _("new with us")),
        ORDER_VALUE: (_("big orders"), _("small orders")),
        "orders_trend": (_("buying more of late"), _("buying less of late")),
        "order": (_("buy often"), _("buy seldom")),
        "net_sales": (_("big spenders"), _("small spenders")),
        "gap_sd": (_("no fixed rhythm"), _("steady rhythm")),
        "gap": (_("long between orders"), _("short between orders")),
        "overdue": (_("later than usual"), _("on time")),
        "basket": (_("full baskets"), _("few items an order")),
        "weekend": (_("at weekends"), _("on working days")),
        "discount": (_("bargain hunters"), _("full price")),
        "refunds": (_("many refunds"), _("few refunds")),
    }


def measure(feature: str) -> str:
    """What a number is called, in the current language; its own name where it has no other."""
    if feature.startswith(SHARE):
        return _("share of {category}").format(category=feature.removeprefix(SHARE))
    stem, _underscore, days = feature.rpartition("_")
    if days.isdigit() and stem in ("orders", "net_sales"):
        what = _("orders in {days} days") if stem == "orders" else _("net sales in {days} days")
        return what.format(days=days)
    return _measures().get(feature, feature)


def _measures() -> dict[str, str]:
    return {
        "recency_days": _("days since the last order"),
        "tenure_days": _("days since the first order"),
        "orders": _("orders"),
        "order_days": _("days with an order"),
        "net_sales": _("net sales"),
        ORDER_VALUE: _("average order value"),
        "orders_trend": _("recent pace against the half-year's"),
        "gap_mean": _("days between orders"),
        "gap_sd": _("deviation of days between orders"),
        "gap_p90": _("long gaps in days"),
        "overdue_ratio": _("silence in usual gaps"),
        "basket_size": _("lines an order"),
        "weekend_share": _("share of orders at weekends"),
        "discount_share": _("share of discounts"),
        "refunds": _("refunds"),
    }


def _figure(feature: str, value: float) -> str:
    """A share as a percentage; other numbers with the digits that matter.

    >>> _figure("weekend_share", 0.325), _figure("orders_365", 63.12), _figure("order_value", 9.4567)
    ('32 %', '63', '9.5')
    """
    if feature.startswith(SHARE) or feature.endswith("_share"):
        return _("{percent} %").format(percent=f"{100 * value:.0f}")
    return f"{value:,.0f}" if abs(value) >= 20 else f"{value:.1f}"
