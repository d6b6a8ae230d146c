"""The company, the headline, the pulse and who the customers are."""

from collections.abc import Sequence
from datetime import date, timedelta

import ibis

from daogou.base import words
from daogou.base.estimate import Estimate
from daogou.flows.contexts.campaigns import Draft
from daogou.flows.contexts.worth import worth
from daogou.flows.settings import Settings
from daogou.flows.workspace import Workspace
from daogou.profile import apart, rfm
from daogou.profile.lists import CallList
from daogou.profile.pulse import MEASURES, Moment, Pulse
from daogou.profile.segments import labels
from daogou.report import contexts as page
from daogou.store.tables import EVALUATIONS, ORDERS, SEGMENT_SUMMARIES
from daogou.store.warehouse import Warehouse

_UNITS = {"net_sales": "money", "order_value": "money", "refunds": "money", "repurchase": "share"}


def company(workspace: Workspace, warehouse: Warehouse, as_of: date) -> page.Company:
    """Whose page this is; a company without a name is called by its folder."""
    settings = workspace.settings.company
    first = warehouse.scalar(warehouse.table(ORDERS).local_day.min())
    return page.Company(
        name=settings.name or workspace.path.name,
        currency=settings.currency,
        language=settings.language,
        first_day=first,
        last_day=as_of - timedelta(days=1),
    )


def headline(
    beats: Pulse | None, lists: Sequence[CallList], past: page.Past | page.Missing, draft: Draft | None
) -> page.Headline:
    """Who bought, who is overdue, and what is not known yet."""
    overdue = next(entry for entry in lists if entry.key == "overdue")
    campaigns = past.campaigns if isinstance(past, page.Past) else ()
    return page.Headline(
        days=beats.days if beats else 0,
        buyers=beats.now.buyers if beats else 0,
        buyers_before=beats.before.buyers if beats and beats.before else None,
        guest_orders=beats.now.guest_orders if beats else 0,
        overdue=overdue.size if overdue.facts["regulars"] else None,
        overdue_year=overdue.money,
        past_campaigns=len(campaigns),
        held_out=isinstance(past, page.Past) and past.held_out,
        known_on=date.fromisoformat(draft.summary["known_on"]) if draft else None,
    )


def pulse_context(beats: Pulse | None) -> page.Pulse | page.Missing:
    """The six measures, now, before and by week."""
    if beats is None:
        return page.Missing("time")
    return page.Pulse(
        days=beats.days,
        repurchase_days=beats.repurchase_days,
        weeks=tuple(week.until - timedelta(days=1) for week in beats.weeks),
        measures=tuple(_measure(name, beats) for name in MEASURES),
    )


def _measure(name: str, beats: Pulse) -> page.Measure:
    def of(moment: Moment) -> float | None:
        value = getattr(moment, name)
        return None if value is None else float(value)

    return page.Measure(
        key=name,  # type: ignore[arg-type]
        unit=_UNITS.get(name, "count"),  # type: ignore[arg-type]
        now=of(beats.now),
        before=of(beats.before) if beats.before else None,
        weeks=tuple(of(week) for week in beats.weeks),
    )


def people(warehouse: Warehouse, as_of: date, settings: Settings) -> page.People | page.Missing:
    """RFM as each language shows it, and the groups of k-means, most net sales first."""
    summaries = warehouse.table(SEGMENT_SUMMARIES)
    rows = summaries.filter(summaries.as_of == ibis.date(as_of.isoformat()))
    found = warehouse.to_arrow(rows.order_by(ibis.desc("net_sales"), "segment"))
    if not found.num_rows:
        return page.Missing("customers")
    said = {}
    for code in words.LANGUAGES:
        with words.language(code):
            said[code] = labels(found)

    def segments(method: str, described: bool = False) -> tuple[page.Segment, ...]:
        return tuple(
            page.Segment(
                name=page.Text(*(said[code][method, row["segment"]] for code in words.LANGUAGES)),
                size=row["size"],
                net_sales=row["net_sales"],
                apart=_apart(row["features"]) if described else None,
            )
            for row in found.to_pylist()
            if row["method"] == method
        )

    curve = _curve(warehouse, as_of)
    return page.People(
        rfm_en=segments(rfm.scheme(settings.segment, "en")),
        rfm_zh=segments(rfm.scheme(settings.segment, "zh")),
        groups=segments("kmeans", described=True),
        is_clear=_is_clear(curve),
        curve=curve,
        worth=worth(warehouse, as_of, settings),
    )


def _curve(warehouse: Warehouse, as_of: date) -> tuple[page.Clear, ...]:
    """How clear each number of groups was, fewest first."""
    table = warehouse.table(EVALUATIONS)
    mine = table.filter(
        table.as_of == ibis.date(as_of.isoformat()), table.stage == "segment", table.subject == "kmeans"
    )
    rows = {(int(row["model"].removeprefix("k=")), row["metric"]): row for row in warehouse.to_arrow(mine).to_pylist()}
    made = []
    for k in sorted({k for k, _metric in rows}):
        seen = rows[k, "silhouette"]
        silhouette = Estimate(seen["value"], seen["low"], seen["high"], seen["n"], "silhouette")
        made.append(page.Clear(k, silhouette, rows[k, "silhouette_shuffled"]["value"], seen["is_champion"]))
    return tuple(made)


def _is_clear(curve: tuple[page.Clear, ...]) -> bool:
    """Whether the chosen groups are clearer than any that are found in data without groups, as ``KMeans`` asks it."""
    return any(one.chosen and one.silhouette.low > max(other.shuffled for other in curve) for one in curve)


def _apart(features: str) -> page.Text:
    return page.Text.of(lambda: apart.describe(features))
