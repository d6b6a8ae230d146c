"""How much of net sales few customers, items or categories bring."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow.compute as pc

from daogou.base.errors import DaogouError
from daogou.base.rule import MOST_VALUES, Comparison, Did, Field, Named, Rule
from daogou.base.rule_words import say
from daogou.base.words import gettext as _
from daogou.flows.calendar import market
from daogou.flows.look import said
from daogou.flows.look.audience import Crowd, Keep, audience
from daogou.flows.look.period import span
from daogou.flows.workspace import StageReport, Workspace
from daogou.measure.look import concentration as look
from daogou.measure.look.people import guests
from daogou.store.rule_events import happened
from daogou.store.warehouse import Warehouse

SEED = 20170101
_DAYS = 365
_WINDOWS = (7, 28, 90, 180, 365)  # of net sales in profiles


@dataclass(frozen=True)
class Question:
    """Of what, and on which days; without any, the last 365."""

    of: look.Of = "customers"
    first: date | None = None
    last: date | None = None


def concentration(workspace: Workspace, asked: Question, top: float | None, keep: Keep) -> StageReport:
    """Shares of the largest, the Gini coefficient and the Lorenz curve, or the people of the ``top`` per cent.

    Of items and categories these are the people who bought one of the largest.

    Raises:
        DaogouError: the days or ``top`` are none.
    """
    settings = workspace.settings.measure
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        first, until = span(asked.first, asked.last, as_of, _DAYS)
        amounts = look.read(warehouse, asked.of, first, until)
        resamples = settings.resamples if asked.of == "customers" else 0
        found = look.concentration(amounts.values, resamples, SEED, settings.fewest_customers)
        told = {"as_of": as_of.isoformat(), "of": asked.of, **_days(first, until), **_plain(found)}
        if top is not None:
            crowd = _crowd(warehouse, market(workspace), as_of, (first, until), asked, amounts, top)
            kept, lines = audience(workspace, warehouse, as_of, crowd, keep)
            return StageReport(told | {"audience": kept}, lines)
    return StageReport(told, _lines(asked, found))


def _crowd(
    warehouse: Warehouse, country: str, as_of: date, days: tuple[date, date], asked: Question, amounts: look.Amounts,
    top: float,
) -> Crowd:  # fmt: skip
    where = "daogou look concentration --top"
    if not 0 < top <= 100:
        raise DaogouError(
            _("a top of {top} % is no part of them").format(top=f"{top:g}"),
            where,
            _("Write a number above 0 and at most 100."),
        )
    n = look.len_of(top / 100, len(amounts.names))
    first, until = days
    if asked.of == "customers":
        rules: tuple[Rule, ...] = ()
        if until == as_of and (as_of - first).days in _WINDOWS and n:
            name = f"net_sales_{(as_of - first).days}"
            rules = (Field("profile", name, (Comparison("at_least", float(amounts.values[n - 1])),)),)
        words = lambda: _("top {top} % of customers by net sales").format(top=f"{top:g}")  # noqa: E731
        return Crowd(sorted(amounts.names[:n]), words, rules)
    if n > MOST_VALUES:
        raise DaogouError(
            _("the top {top} % are {n} items, and a rule holds at most {most}").format(
                top=f"{top:g}", n=f"{n:,}", most=f"{MOST_VALUES:,}"
            ),
            where,
            _("Make it smaller."),
        )
    field = "item" if asked.of == "items" else "category"
    chosen = Comparison("in", tuple(amounts.names[:n]))
    rule = Did(
        "bought", where=(Named(field, (chosen,)),), within=(as_of - first).days, skip_last=(as_of - until).days
    )  # fmt: skip
    who = happened(warehouse, rule, as_of, country).anti_join(guests(warehouse, as_of), "customer_id")
    people = pc.unique(warehouse.to_arrow(who.select("customer_id"))["customer_id"]).to_pylist() if n else []
    return Crowd(sorted(people), lambda: say(rule), (rule,))


def _plain(found: look.Concentration) -> dict[str, Any]:
    return {
        "n": found.n,
        "not_above_0": found.below,
        "net_sales": round(found.total, 4),
        "gini": found.gini.as_dict(),
        "top": [{"top": top, "share": round(share, 6)} for top, share in found.tops],
        "lorenz": [round(share, 6) for share in found.curve],
    }


def _days(first: date, until: date) -> dict[str, str]:
    return {"from": first.isoformat(), "to": (until - timedelta(days=1)).isoformat()}


def _lines(asked: Question, found: look.Concentration) -> list[str]:
    if not found.curve:
        return [_("There are no net sales in these days.")]
    texts = {
        "customers": _("The top {top} % of customers bring {share} % of net sales."),
        "items": _("The top {top} % of items bring {share} % of net sales."),
        "categories": _("The top {top} % of categories bring {share} % of net sales."),
    }
    lines = [
        texts[asked.of].format(top=f"{100 * top:g}", share=said.percent(share))
        for top, share in found.tops
        if top * found.n >= 1
    ]
    gini = f"{found.gini.value:.3f}"
    if found.gini.low == found.gini.low:
        gini = _("{value} ({low} to {high})").format(
            value=gini, low=f"{found.gini.low:.3f}", high=f"{found.gini.high:.3f}"
        )
    lines.append(
        _("Gini coefficient: {gini}; 0 means that all bring the same, 1 that one brings all.").format(gini=gini)
    )
    if found.below:
        lines.append(_("Net sales of 0 or less, counted as 0: {n}.").format(n=f"{found.below:,}"))
    return lines
