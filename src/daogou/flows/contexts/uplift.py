"""Whom a message changes: what ``daogou evaluate uplift`` found at the report's moment."""

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import ibis

from daogou.flows.uplift import nothing
from daogou.measure import uplift_sentences as say
from daogou.measure.uplift_advice import Advice
from daogou.measure.uplift_kept import from_json
from daogou.predict import uplift_reasons
from daogou.predict.uplift_reach import Outside
from daogou.profile.apart_words import measure
from daogou.report import contexts as page
from daogou.report import figures
from daogou.store.tables import ASSIGNMENTS, PAST_CAMPAIGNS, UPLIFT_ADVICES
from daogou.store.warehouse import Warehouse


def uplift(warehouse: Warehouse, as_of: date, currency: str) -> page.Uplift:
    """The advice of every campaign, the latest first."""
    table = warehouse.table(UPLIFT_ADVICES)
    started = warehouse.table(PAST_CAMPAIGNS).select("campaign_id", "starts_on")
    rows = table.filter(table.as_of == ibis.date(as_of.isoformat())).left_join(started, "campaign_id")
    told = warehouse.to_arrow(rows.select("campaign_id", "starts_on", "advice", "drivers", "outside")).to_pylist()
    told.sort(key=lambda row: (row["starts_on"] or date.min, row["campaign_id"]), reverse=True)
    assigned = warehouse.count(ASSIGNMENTS)
    return page.Uplift(tuple(_campaign(row, currency) for row in told), page.Text.of(lambda: _why(warehouse, assigned)))


def _why(warehouse: Warehouse, assigned: int) -> str:
    return nothing(assigned, kept_lots(warehouse))


def kept_lots(warehouse: Warehouse) -> bool:
    """Whether any assignment tells that somebody was held out by lot."""
    rows = warehouse.table(ASSIGNMENTS)
    return bool(warehouse.scalar(rows.filter(rows.arm == "holdout", rows.propensity.notnull()).count()))


def _campaign(row: dict[str, Any], currency: str) -> page.UpliftCampaign:
    advice = from_json(row["advice"])
    show = partial(figures.money, currency=currency)
    drivers = [uplift_reasons.Driver(**one) for one in json.loads(row["drivers"])]
    return page.UpliftCampaign(
        name=row["campaign_id"],
        advice=page.Text.of(lambda: say.headline(advice, show)),
        policies=tuple(
            (page.Text.of(partial(say.policy_name, name)), profit) for name, profit in advice.profits.items()
        ),
        tenths=tuple(page.UpliftTenth(one.number, one.told, one.shown) for one in advice.tenths[0]),
        curve=tuple(page.UpliftPoint(one.share, one.profit) for one in advice.curve),
        share=advice.share if advice.action == "target" else None,
        drivers=tuple(page.Text.of(lambda one=one: uplift_reasons.said([one], measure)[0]) for one in drivers),  # type: ignore[misc]
        notes=_notes(advice, Outside.read(row["outside"]), show),
    )


def _notes(advice: Advice, outside: Outside, show: Callable[[float], str]) -> tuple[page.Text, ...]:
    said = (lambda: say.promise(advice, show), lambda: say.calibration(advice))
    warned = tuple(page.Text(text, text) for text in advice.warnings)
    beyond = (page.Text.of(lambda: outside.said(measure)),) if outside.share else ()
    return (*(page.Text.of(one) for one in said), *beyond, *warned)
