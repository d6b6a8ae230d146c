"""Charts as ECharts options: plain dicts without functions, so that they can be written as JSON.

``tip`` on a datum is the text of its tooltip; the page's script shows it as text, never as markup.
Colours: one accent in steps of lightness and one grey, which people see alike whatever their colour vision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from daogou.base.estimate import Estimate
from daogou.base.words import current_language
from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.contexts import Campaign, Flagged, Hits, ModelScore, NextCampaign, Past, People, Segment
from daogou.report.dots import Layer, Mark, dots, option_of

PALE = (226, 240, 242)
DEEP = (8, 76, 91)
FEWEST_NAMED = 0.02  # share of people below which a field is too small for its name


@dataclass(frozen=True)
class Chart:
    """A chart, the sentence that says what it shows, and its figures as a table."""

    key: str  # unique in a language
    label: str
    option: dict[str, Any]
    height: int  # pixels
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def treemap(people: People) -> Chart:
    """The RFM scheme of the current language: area is people, darkness is share of net sales."""
    segments = scheme(people)
    everyone = sum(s.size for s in segments) or 1
    sales = sum(s.net_sales for s in segments)
    shares = [max(s.net_sales, 0) / sales if sales > 0 else 0.0 for s in segments]
    darkest = max(shares, default=0) or 1
    rows = tuple(
        (str(s.name), figures.exact(s.size), figures.share(s.size / everyone), figures.share(part))
        for s, part in zip(segments, shares, strict=True)
    )
    data = [
        _cell(row, segment, everyone, part / darkest)
        for row, segment, part in zip(rows, segments, shares, strict=True)
        if segment.size > 0
    ]
    series = {
        "type": "treemap",
        "roam": False,
        "nodeClick": False,
        "breadcrumb": {"show": False},
        "left": 0,
        "right": 0,
        "top": 0,
        "bottom": 0,
        "itemStyle": {"borderColor": "#fff", "borderWidth": 2, "gapWidth": 2},
        "label": {"fontSize": 13, "lineHeight": 19, "padding": [5, 4], "position": "insideTopLeft"},
        "data": data,
    }
    return Chart(
        "people",
        _("Map of customer segments: the larger a field, the more people; the darker, the more net sales."),
        option_of([series]),
        380,
        (_("Segment"), _("Customers"), _("Share of customers"), _("Share of net sales")),
        rows,
    )


def scheme(people: People) -> tuple[Segment, ...]:
    """The RFM scheme that readers of the current language know."""
    return people.rfm_zh if current_language() == "zh" else people.rfm_en


def break_even(past: Past) -> Chart:
    """A dot and interval for all together, each kind, and each campaign with enough redeemers."""
    named = [(_("All together"), past.overall)]
    named += [(_("{kind}, together").format(kind=kind.name), kind) for kind in past.kinds]
    named += [(campaign_name(c), c) for c in past.campaigns]
    shown = [(name, c, c.break_even) for name, c in named if c.break_even is not None]
    marks = tuple(_share_mark(name, estimate) for name, _c, estimate in shown)
    rows = tuple(
        (name, figures.exact(c.reached), figures.exact(c.redeemers), _estimate(c.rate), _estimate(estimate))
        for name, c, estimate in shown
    )
    return Chart(
        "past",
        _("Break-even lift with its interval, by campaign: the share of redemptions that must be incremental."),
        dots([name for name, _c, _e in shown], [Layer(_("Break-even lift"), marks)]),
        70 + 40 * len(shown),
        (_("Campaign"), _("Reached"), _("Redeemers"), _("Redemption rate"), _("Break-even lift")),
        rows,
    )


def campaign_name(campaign: Campaign) -> str:
    """How a campaign is called in a row: its id, and its kind where there are kinds."""
    if campaign.kind:
        return _("Campaign {name} ({kind})").format(name=campaign.name, kind=campaign.kind)
    return _("Campaign {name}").format(name=campaign.name)


def hits(found: Sequence[Hits]) -> Chart:
    """Our picks beside the best sellers, for what customers buy again and what is new to them."""
    names = [_("Bought again") if h.kind == "repeat" else _("New to the customer") for h in found]
    ours = tuple(_share_mark(name, h.ours) for name, h in zip(names, found, strict=True))
    popular = tuple(_share_mark(name, h.popular) for name, h in zip(names, found, strict=True))
    rows = tuple((name, _estimate(h.ours), _estimate(h.popular)) for name, h in zip(names, found, strict=True))
    layers = [Layer(_("Our picks"), ours), Layer(_("Best sellers for everyone"), popular, filled=False)]
    return Chart(
        "guide",
        _("Share of what customers then bought that was among their picks, beside offering everyone the best sellers."),
        dots(names, layers),
        90 + 52 * len(found),
        (_("What they bought"), _("Our picks"), _("Best sellers for everyone")),
        rows,
    )


def compared(found: Sequence[ModelScore]) -> Chart:
    """Every model on what is new to customers and on what they buy again."""
    names = [_("{model} (used)").format(model=score.model) if score.is_used else score.model for score in found]
    new, repeat = (
        tuple(_share_mark(name, told) if told else None for name, told in zip(names, side, strict=True))
        for side in ([score.new for score in found], [score.repeat for score in found])
    )
    return Chart(
        "models",
        _("How well each model foresaw later purchases: NDCG@10 with its 95 % interval, at best 100 %."),
        dots(names, [Layer(_("New to the customer"), new), Layer(_("Bought again"), repeat, filled=False)]),
        90 + 52 * len(found),
        (_("Model"), _("New to the customer"), _("Bought again")),
        tuple((name, _estimate(score.new), _estimate(score.repeat)) for name, score in zip(names, found, strict=True)),
    )


def flagged(found: Sequence[Flagged]) -> Chart:
    """Of those flagged, the share that does, beside the share of everyone."""
    names = [prediction(f) for f in found]
    shares = [(_of_hundred(f.model), _of_hundred(f.random)) for f in found]
    ours = tuple(_share_mark(name, model) for name, (model, _r) in zip(names, shares, strict=True))
    chance = tuple(_share_mark(name, random) for name, (_m, random) in zip(names, shares, strict=True))
    rows = tuple(
        (name, _estimate(model), _estimate(random)) for name, (model, random) in zip(names, shares, strict=True)
    )
    layers = [Layer(_("Flagged by the model"), ours), Layer(_("Picked at random"), chance, filled=False)]
    return Chart(
        "trust",
        _("Share of flagged customers who then did it, beside customers picked at random."),
        dots(names, layers),
        90 + 54 * len(found),
        (_("Prediction"), _("Flagged by the model"), _("Picked at random")),
        rows,
    )


def prediction(found: Flagged) -> str:
    """What is predicted."""
    if found.kind == "inactive":
        return _("Buys nothing for {days} days").format(days=found.days)
    if found.kind == "other":
        return str(found.title)
    if found.kind == "anything":
        return _("Buys within {days} days").format(days=found.days)
    return _("Buys {category} within {days} days").format(category=found.category, days=found.days)


def choices(plan: NextCampaign) -> Chart:
    """The smallest visible gain for each share of people held out, the chosen one said to be it."""
    chosen = plan.held_out / max(plan.held_out + plan.treated, 1)
    names, marks = [], []
    for choice in plan.choices:
        is_chosen = abs(choice.held_out - chosen) < 0.01
        name = _("{share} held out (this draft)") if is_chosen else _("{share} held out")
        names.append(name.format(share=figures.share(choice.held_out)))
        lift = figures.share(choice.lift)
        tip = _("{share} held out: a gain of {lift} or more shows").format(
            share=figures.share(choice.held_out), lift=lift
        )
        marks.append(Mark(Estimate(choice.lift, float("nan"), float("nan"), 0), lift, tip))
    return Chart(
        "next",
        _("Smallest visible gain by share of people held out: the nearer to half, the smaller a gain shows."),
        dots(names, [Layer(_("Smallest visible gain"), tuple(marks))]),
        70 + 40 * len(names),
        (_("Share held out"), _("Smallest visible gain")),
        tuple((figures.share(c.held_out), figures.share(c.lift)) for c in plan.choices),
    )


def sparkline(values: Sequence[float | None], width: float = 160, height: float = 36) -> str:
    """Points of an SVG polyline; gaps are left out; empty below two values.

    >>> sparkline([0, 5, 10], width=100, height=10)
    '2,8 50,5 98,2'
    """
    known = [(i, v) for i, v in enumerate(values) if v is not None]
    if len(known) < 2:
        return ""
    low, high = min(v for _i, v in known), max(v for _i, v in known)
    span = (high - low) or 1.0
    step = (width - 4) / max(len(values) - 1, 1)
    return " ".join(f"{2 + i * step:.4g},{height - 2 - (v - low) / span * (height - 4):.4g}" for i, v in known)


def _cell(row: tuple[str, ...], segment: Segment, everyone: int, depth: float) -> dict[str, Any]:
    name, people, share, sales = row
    has_room = segment.size >= FEWEST_NAMED * everyone
    colour = tuple(round(a + (b - a) * depth) for a, b in zip(PALE, DEEP, strict=True))
    return {
        "name": name,
        "value": segment.size,
        "itemStyle": {"color": "#{:02x}{:02x}{:02x}".format(*colour)},
        "label": {
            "show": has_room,
            "color": ink(colour),
            "formatter": f"{{b}}\n{share}",
        },
        "tip": _("{name}: {people} customers ({share}), {sales} of net sales").format(
            name=name, people=people, share=share, sales=sales
        ),
    }


def ink(ground: tuple[int, ...]) -> str:
    """Black or white, whichever reads better on ``ground``: always above the 4.5 of WCAG 2.1 (1.4.3).

    >>> ink(PALE), ink(DEEP)
    ('#000', '#fff')
    """
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in ground)]
    luminance = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    return "#000" if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else "#fff"


def _estimate(estimate: Estimate | None) -> str:
    return figures.NOTHING if estimate is None else figures.with_interval(estimate)


def _of_hundred(estimate: Estimate) -> Estimate:
    return Estimate(estimate.value / 100, estimate.low / 100, estimate.high / 100, estimate.n)


def _share_mark(name: str, estimate: Estimate) -> Mark:
    return Mark(estimate, figures.share(estimate.value), f"{name}: {_estimate(estimate)}")
