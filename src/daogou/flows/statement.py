"""The year's statement: claimed, credited, proven, paid and booked, side by side, with each difference named."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from daogou.base.estimate import Estimate
from daogou.flows import statement_rows as sources
from daogou.flows.campaign_costs import campaign_costs
from daogou.flows.global_holdout import holdouts
from daogou.flows.workspace import Workspace
from daogou.measure import statement_sentences as say
from daogou.measure.statement import Entry, differences, in_order
from daogou.report import figures
from daogou.store.rounding import rounded
from daogou.store.tables import STATEMENT
from daogou.store.warehouse import Warehouse

_UNKNOWN = ("holdout", "campaigns")  # lines whose silence is told in the stage's lines; the page tells of all


def statement(workspace: Workspace, warehouse: Warehouse, as_of: date) -> tuple[dict[str, Any], list[str]]:
    """Write ``STATEMENT`` at ``as_of``, the part of the stage's JSON, and its lines.

    It reads what the stage has written before: readings, looks and the ladder. Whatever is missing is a line without a
    value.
    """
    year = sources.known_year(warehouse, as_of)
    margin, settings = workspace.settings.plan.margin_used, workspace.settings.attribution
    known = campaign_costs(workspace, warehouse, as_of)
    claimed, claiming = sources.claimed(warehouse, year)
    found = [
        claimed,
        sources.credited(warehouse, year, settings, claiming),
        *sources.proven(warehouse, year, margin),
        sources.holdout(warehouse, year) or _kept(workspace, year),
        *sources.costs(warehouse, year, known, workspace.settings.company.timezone),
        sources.books(warehouse, year),
    ]
    entries = in_order([one for one in found if one is not None], year.first, year.last)
    rows = [entry_row(one, as_of, year.year, place) for place, one in enumerate(entries, 1)]
    table = pa.Table.from_pylist(rows, schema=STATEMENT.schema().to_pyarrow())
    warehouse.replace(STATEMENT, rounded(table), as_of=as_of)
    currency = workspace.settings.company.currency
    told = differences(entries)
    summary = {
        "year": year.year,
        "lines": [_json(row) for row in rows],
        "differences": [{"pair": one.pair} | _spread("", one.gap) for one in told],
    }
    return summary, lines(year.year, entries, currency) if _says(entries) else []


def _kept(workspace: Workspace, year: sources.Year) -> Entry | None:
    """A holdout of the year that is kept and tells nothing yet; None where none is."""
    with workspace.ledger() as ledger:
        told = [one.summary for one in holdouts(ledger).values()]
    periods = [(date.fromisoformat(one["starts_on"]), date.fromisoformat(one["ends_on"])) for one in told]
    inside = [(first, last) for first, last in periods if last >= year.first and first <= year.last + timedelta(days=1)]
    return Entry("holdout", None, *inside[-1], campaigns=1) if inside else None


def lines(year: int, entries: Sequence[Entry], currency: str) -> list[str]:
    """The statement in a few sentences, in the current language."""
    write, write_share = writer(currency), _share
    told = [say.headline(year, entries, write), say.earned_text(entries, write, write_share)]
    told += [say.difference_text(one, entries, write) for one in differences(entries) if one.pair in ("sum", "profit")]
    told += [say.missing_text(one) for one in entries if one.value is None and one.line in _UNKNOWN]
    return [text for text in told if text]


def texts(entries: Sequence[Entry], currency: str) -> list[str]:
    """Each difference named, and each line that says nothing, in the current language: for the page."""
    write = writer(currency)
    told = [say.difference_text(one, entries, write) for one in differences(entries)]
    told.append(say.apart_text(entries))
    told += [say.missing_text(one) for one in entries if one.value is None]
    return [text for text in told if text]


def writer(currency: str) -> say.Write:
    """How amounts are written: with their interval where they have one."""

    def write(one: Estimate) -> str:
        return _between(one, [figures.money(value, currency) for value in (one.value, one.low, one.high)])

    return write


def entry_row(one: Entry, as_of: date, year: int, place: int) -> dict[str, Any]:
    """A row of ``STATEMENT``."""
    return {
        "as_of": as_of,
        "year": year,
        "line": one.line,
        "place": place,
        "compared": one.compared,
        "campaigns": one.campaigns,
        "people": one.people,
        "from_day": one.first,
        "to_day": one.last,
        **_spread("", one.value),
        **_spread("net_sales", one.net_sales),
    }


def entry_of(row: Mapping[str, Any]) -> Entry:
    """The line that a row of ``STATEMENT`` tells of."""
    return Entry(
        row["line"],
        _estimate(row, "value", "low", "high"),
        row["from_day"],
        row["to_day"],
        row["campaigns"],
        row["people"],
        _estimate(row, "net_sales", "net_sales_low", "net_sales_high"),
        row["compared"],
    )


def _estimate(row: Mapping[str, Any], *names: str) -> Estimate | None:
    if row[names[0]] is None:
        return None
    value, low, high = (math.nan if row[name] is None else float(row[name]) for name in names)
    return Estimate(value, low, high, row["people"] or 0)


def _says(entries: Sequence[Entry]) -> bool:
    """Whether anything beside the books is known."""
    return any(one.value is not None for one in entries if one.line != "books")


def _spread(name: str, one: Estimate | None) -> dict[str, float | None]:
    names = (name or "value", f"{name}_low" if name else "low", f"{name}_high" if name else "high")
    if one is None:
        return dict.fromkeys(names)
    return {
        key: value if math.isfinite(value) else None
        for key, value in zip(names, (one.value, one.low, one.high), strict=True)
    }


def _share(one: Estimate) -> str:
    return _between(one, [figures.share(value) for value in (one.value, one.low, one.high)])


def _between(one: Estimate, written: Sequence[str]) -> str:
    value, low, high = written
    if not math.isfinite(one.low) or one.low == one.high:
        return value
    return say.amount_text(value, low, high)


def _json(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
