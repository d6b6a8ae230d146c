"""Rates of touches: by channel, campaign, arm, item, segment, day and week, with what was left out and why."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from daogou.base.estimate import Estimate
from daogou.flows.workspace import Workspace
from daogou.measure import rates, rates_facts
from daogou.measure import rates_sentences as say
from daogou.report import figures
from daogou.store.tables import RATES, TOUCHES
from daogou.store.warehouse import Warehouse

_SHOWN = ("all", "channel", "campaign", "arm", "week")  # the others are in the table alone
_RATES = {  # above, below, unit
    "ctr": ("click", "impression", "clicks per impression"),
    "unique_ctr": ("click", "impression", "clicks per impression"),
    "cvr": ("conversion", "click", "conversions per click"),
    "reach_cvr": ("conversion", "delivered", "buyers per person reached"),
    "delivery_rate": ("delivered", "sent", "delivered per message sent"),
    "open_rate": ("open", "delivered", "opens per message delivered"),
    "click_rate": ("click", "delivered", "clicks per message delivered"),
    "unique_click_rate": ("click", "delivered", "clicks per message delivered"),
    "click_to_open_rate": ("click", "open", "clicks per message opened"),
    "unsubscribe_rate": ("unsubscribe", "delivered", "opt-outs per message delivered"),
    "complaint_rate": ("complaint", "delivered", "complaints per message delivered"),
}
_OF_WEEKS = {"messages_per_person": ("delivered", "sent", "messages per person")}


def measured_rates(workspace: Workspace, warehouse: Warehouse, as_of: date) -> dict[str, Any]:
    """Write ``rates`` of ``as_of``, inside the caller's transaction; their part of the stage's JSON, empty without."""
    settings = workspace.settings.attribution
    first = as_of - timedelta(days=settings.days)
    rows = list(_platform_rows(warehouse, first, as_of)) + list(_visitor_rows(warehouse, first, as_of))
    counts: dict[str, dict[str, int]] = {}
    if warehouse.count(TOUCHES):
        counts, found = _touch_rows(warehouse, first, as_of, settings.lookback_days)
        rows += found
    told = [row | {"as_of": as_of} for row in rows]
    warehouse.replace(RATES, pa.Table.from_pylist(told, schema=RATES.schema().to_pyarrow()), as_of=as_of)
    if not rows:
        return {}
    return {"days": settings.days, "touches": counts, "rates": [row for row in rows if row["dimension"] in _SHOWN]}


def _touch_rows(
    warehouse: Warehouse, first: date, as_of: date, window: int
) -> tuple[dict[str, dict[str, int]], list[dict[str, Any]]]:
    """How many touches of each kind count, and a row a group and rate."""
    told = rates_facts.messages(warehouse, first, as_of)
    marked = rates_facts.marked(warehouse, told, first, as_of, window)
    counts, channels = rates_facts.kept_counts(warehouse, marked), rates_facts.tells(warehouse, told, marked)
    touches = rates_facts.counted(warehouse, told, marked)
    warehouse.drop("marked_touches")
    mailings = rates_facts.by_mailing(warehouse, touches)
    rows: list[dict[str, Any]] = []
    for by in rates_facts.GROUPS:
        asked = {
            name: one for name, one in _RATES.items() if name == "reach_cvr" or channels[one[0]] & channels[one[1]]
        }
        asked |= _OF_WEEKS if by == "week" else {}
        once = rates_facts.grouped(warehouse, touches, mailings, by, as_of)
        sums = rates_facts.clusters(once, {name: one[:2] for name, one in asked.items()}, channels)
        for group in warehouse.to_arrow(sums).to_pylist():
            rows += _rows(by, group, asked, as_of)
    for temporary in ("messages", "counted_touches", "counted_mailings"):
        warehouse.drop(temporary)
    return counts, rows


def _rows(
    by: str, told: dict[str, Any], asked: dict[str, tuple[str, str, str]], as_of: date
) -> Iterator[dict[str, Any]]:
    """A row a rate of one group that has something below."""
    name = _week(told["grp"], as_of) if by == "week" else told["grp"]
    for rate, (_above, _below, unit) in asked.items():
        found = rates.Clusters(**{field.name: told[f"{rate}__{field.name}"] for field in fields(rates.Clusters)})
        estimate = rates.rate_of(found, "customer", unit)
        if estimate.n:
            yield _row(by, name, rate, estimate, found.a)


def _week(back: str, as_of: date) -> str:
    """The last day of the week that began so many weeks ago."""
    return (as_of - timedelta(days=1 + 7 * int(back))).isoformat()


def _row(by: str, told: str, name: str, estimate: Estimate, above: float) -> dict[str, Any]:
    low, high = (None if np.isnan(end) else float(f"{end:.12g}") for end in (estimate.low, estimate.high))
    return {
        "dimension": by,
        "name": told,
        "rate": name,
        "value": float(f"{estimate.value:.12g}"),
        "low": low,
        "high": high,
        "above": above,
        "below": estimate.n,
        "unit": estimate.unit,
    }


def _platform_rows(warehouse: Warehouse, first: date, as_of: date) -> Iterator[dict[str, Any]]:
    found = warehouse.to_arrow(rates_facts.platform_days(warehouse, first, as_of).order_by("grp", "day"))
    group = np.array(found["grp"].to_pylist(), dtype=object).astype(str)
    clicks, shown, day = (np.asarray(found[name].to_pylist()) for name in ("clicks", "impressions", "day"))
    for channel in np.unique(group).tolist():
        mine = group == channel
        estimate = rates.ctr(clicks[mine], shown[mine], day=day[mine])
        if estimate.n:
            yield _row("channel", channel, "platform_ctr", estimate, float(clicks[mine].sum()))


def _visitor_rows(warehouse: Warehouse, first: date, as_of: date) -> Iterator[dict[str, Any]]:
    found = warehouse.to_arrow(rates_facts.visitors(warehouse, first, as_of))
    if found.num_rows:
        bought = found["bought"].to_numpy()
        estimate = rates.visitor_cvr(bought, np.ones(len(bought)), found["customer_id"].to_numpy())
        yield _row("all", "all", "visitor_cvr", estimate, float(bought.sum()))


def rate_lines(summary: dict[str, Any]) -> list[str]:
    """What the rates say in the current language."""
    if not summary:
        return []
    lines = [_line(row) for row in summary["rates"] if row["dimension"] in ("all", "channel")]
    if any(row["rate"] == "open_rate" for row in summary["rates"]):
        lines.append(say.opens_text())
    for kind, counts in summary["touches"].items():
        if counts["kept"] < counts["all"]:
            lines.append(say.left_out_text(kind, counts))
    weeks = [row for row in summary["rates"] if row["dimension"] == "week"]
    if len({row["name"] for row in weeks if row["rate"] == "messages_per_person"}) > 1:
        told = ("messages_per_person", "unsubscribe_rate", "complaint_rate")
        lines.append(say.flood_text(*(_of(weeks, name, k) for name in told for k in (0, -1))))
    return lines


def _of(weeks: list[dict[str, Any]], name: str, k: int) -> str:
    """A rate in the first week, or in the last; a dash where it has none."""
    ends = sorted({row["name"] for row in weeks})
    found = [row for row in weeks if row["rate"] == name and row["name"] == ends[k]]
    if not found:
        return figures.NOTHING
    return figures.decimal(found[0]["value"], 1) if name == "messages_per_person" else figures.share(found[0]["value"])


def _line(row: dict[str, Any]) -> str:
    nan = float("nan")
    low, high = (nan if row[end] is None else row[end] for end in ("low", "high"))
    estimate = Estimate(row["value"], low, high, row["below"], row["unit"])
    value = figures.with_interval(estimate)
    return say.rate_text(row["name"] if row["dimension"] != "all" else "", row["rate"], value, row["unit"])
