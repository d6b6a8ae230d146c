"""The movements between states as a Sankey chart, and what to say of them."""

from collections.abc import Callable, Iterable

from markupsafe import Markup

from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.charts import Chart
from daogou.report.contexts import Company, Lifecycle, Move
from daogou.report.dots import BIG, INK, NARROW, option_of
from daogou.report.sentences.say import number, say

_COLOURS = {  # in their order from top to bottom; those who are with us in the accent, those who went in grey
    "not_yet": "#c5cdd1",
    "new": "#5fb0bf",
    "second": "#3e97a8",
    "active": "#0b6477",
    "won_back": "#084c5b",
    "overdue": "#98a3a8",
    "lapsed": "#667279",
    "lost": "#3a444a",
}
_AWAY = {"overdue": 1, "lapsed": 2, "lost": 3}  # the others are with us
_FEWEST_TICK = 0.004  # share of all below which a state is drawn as thin as a line can be


def chart(found: Lifecycle, company: Company) -> Chart:
    """Left the states then, right the states now; a band is as wide as its customers are many."""
    everyone = sum(move.customers for move in found.moves) or 1
    place = list(_COLOURS).index
    sources = sorted({move.source for move in found.moves}, key=lambda state: place(state.key))
    targets = sorted({move.target for move in found.moves}, key=lambda state: place(state.key))
    nodes = [
        _node(f"from {s.key}", s.key, str(s.name), sum(m.customers for m in found.moves if m.source == s), 0)
        for s in sources
    ]
    nodes += [
        _node(f"to {t.key}", t.key, str(t.name), sum(m.customers for m in found.moves if m.target == t), 1)
        for t in targets
    ]
    links = [
        {
            "source": f"from {m.source.key}",
            "target": f"to {m.target.key}",
            "value": max(m.customers, _FEWEST_TICK * everyone),
            "tip": _tip(m),
        }
        for m in found.moves
    ]
    series = {
        "type": "sankey",
        "left": 0,
        "right": 0,
        "top": 8,
        "bottom": 8,
        "nodeWidth": 10,
        "nodeGap": 18,
        "layoutIterations": 0,  # states stay in their order
        "draggable": False,
        "emphasis": {"focus": "adjacency"},
        "lineStyle": {"color": "source", "opacity": 0.28, "curveness": 0.5},
        "label": {"color": INK, "textBorderColor": "#fff", "textBorderWidth": 3, **BIG},
        "data": nodes,
        "links": links,
    }
    narrow = {"series": [{"label": {"fontSize": 11}}]}  # two names stand side by side on a phone
    before = {source: sum(m.customers for m in found.moves if m.source == source) for source in sources}
    rows = tuple(
        (
            str(m.source.name),
            str(m.target.name),
            figures.exact(m.customers),
            figures.share(m.customers / before[m.source]),
            figures.amount(m.net_sales, company.currency),
        )
        for m in found.moves
    )
    return Chart(
        "lifecycle",
        _("Where customers stood then and where they stand now: the wider a band, the more customers went that way."),
        {"baseOption": option_of([series]), "media": [{"query": {"maxWidth": NARROW}, "option": narrow}]},
        460,
        (_("Then"), _("Now"), _("Customers"), _("Share of those who stood there"), _("Net sales of the last year")),
        rows,
    )


def sentence(found: Lifecycle) -> Markup:
    """How many slipped away, came back and are new."""
    slipped = _count(found.moves, lambda m: _away(m.target.key) > _away(m.source.key))
    back = _count(found.moves, lambda m: _away(m.source.key) > 0 and _away(m.target.key) == 0)
    new = _count(found.moves, lambda m: m.source.key == "not_yet")
    return say(
        _("In the last {days} days {slipped} customers slipped further away, {back} came back and {new} are new."),
        days=found.days,
        slipped=number(figures.count(slipped)),
        back=number(figures.count(back)),
        new=number(figures.count(new)),
    )


def action(found: Lifecycle, company: Company) -> Markup:
    """The way on which most money is leaving."""
    leaving = [m for m in found.moves if _away(m.target.key) > _away(m.source.key)]
    if not leaving:
        return say(_("Nobody slipped away: keep doing what you do."))
    most = max(leaving, key=lambda m: (m.net_sales, m.source.key, m.target.key))
    return say(
        _(
            "Most money is leaving on the way from {source} to {target}: {n} customers with {money} in the last year. "
            "Write to them first, and keep a control group."
        ),
        source=str(most.source.name),
        target=str(most.target.name),
        n=number(figures.count(most.customers)),
        money=number(figures.money(most.net_sales, company.currency)),
    )


def _node(name: str, key: str, label: str, customers: int, depth: int) -> dict[str, object]:
    text = _("{name}: {n}").format(name=label, n=figures.exact(customers))
    position = "right" if depth == 0 else "left"
    return {
        "name": name,
        "depth": depth,
        "itemStyle": {"color": _COLOURS[key], "borderWidth": 0},
        "label": {"formatter": text, "position": position},
        "tip": text,
    }


def _tip(move: Move) -> str:
    n = figures.exact(move.customers)
    if move.source == move.target:
        return _("{state}, as before: {n}").format(state=move.source.name, n=n)
    return _("From {source} to {target}: {n}").format(source=move.source.name, target=move.target.name, n=n)


def _away(key: str) -> int:
    return _AWAY.get(key, 0)


def _count(moves: Iterable[Move], meant: Callable[[Move], bool]) -> int:
    return sum(move.customers for move in moves if meant(move))
