"""The rules of ``daogou.toml`` as segments, and the calendar that they speak of."""

from dataclasses import dataclass
from datetime import date

import ibis
import pyarrow as pa
from ibis.formats.pyarrow import PyArrowSchema

from daogou.base import calendar
from daogou.base.rule_check import check
from daogou.base.words import gettext as _
from daogou.flows.workspace import Workspace
from daogou.profile import rules
from daogou.profile.settings import rule_place
from daogou.store.rounding import rounded
from daogou.store.rule import members, vocabulary
from daogou.store.tables import CALENDAR, ORDERS, SCORES, SEGMENT_SUMMARIES, SEGMENTS
from daogou.store.warehouse import Warehouse


@dataclass(frozen=True)
class RuleSegments:
    """The rows of ``SEGMENT_SUMMARIES`` that were written, and the rules that wait for scores."""

    summaries: pa.Table
    waiting: list[str]


def market(workspace: Workspace) -> str:
    """The country whose public holidays count: as the settings say, else where the company's time zone lies."""
    return workspace.settings.segment.market or calendar.market_of(workspace.settings.company.timezone)


def write_calendar(workspace: Workspace, warehouse: Warehouse, as_of: date) -> None:
    """Write ``CALENDAR``, from the year of the first order to the one after ``as_of``."""
    first = warehouse.scalar(warehouse.table(ORDERS).local_day.min()) or as_of
    country = market(workspace)
    rows = [
        {
            "day": festival.day,
            "market": country,
            "name": festival.name,
            "kind": festival.kind,
            "lead_days": festival.lead_days,
            "tail_days": festival.tail_days,
        }
        for festival in calendar.festivals(country, first.year, as_of.year + 1)
    ]
    warehouse.replace(CALENDAR, pa.Table.from_pylist(rows, schema=PyArrowSchema.from_ibis(CALENDAR.schema())))


def write_rule_segments(
    workspace: Workspace, warehouse: Warehouse, as_of: date, people: pa.Table, shares: pa.Table
) -> RuleSegments:
    """Answer every rule of the settings and write its segment anew; those of rules that are gone go.

    ``people`` and ``shares`` are the rows of ``PROFILES`` and ``CATEGORY_SHARES`` at ``as_of``. A rule that asks for
    scores waits, where none are known yet, and so does one that speaks of it.

    Raises:
        DaogouError: a rule names what does not exist, or rules wait for each other.
    """
    settings, country = workspace.settings.segment, market(workspace)
    warehouse.replace(SEGMENTS, _rows(as_of, "", []), as_of=as_of, method=rules.METHOD)
    scored = _has_scores(warehouse, as_of)
    waiting: list[str] = []
    answered: dict[str, pa.Array] = {}
    for name, rule in rules.saved_rules(settings).items():
        if (rules.asks_scores(rule) and not scored) or rules.named(rule) & set(waiting):
            waiting.append(name)
            continue
        known = rules.tags(settings, [*found_segments(warehouse, as_of), *((rules.METHOD, key) for key in answered)])
        check(rule, vocabulary(warehouse, rule, as_of, known, country), rule_place(name))
        met = warehouse.to_arrow(members(warehouse, rule, as_of, country).order_by("customer_id"))
        answered[name] = met.column("customer_id").combine_chunks()
        warehouse.append(SEGMENTS, _rows(as_of, name, answered[name]))
    summaries = rounded(rules.summaries(answered, people, shares, settings, as_of))
    warehouse.replace(SEGMENT_SUMMARIES, summaries, as_of=as_of, method=rules.METHOD)
    return RuleSegments(summaries, waiting)


def found_segments(warehouse: Warehouse, as_of: date) -> list[tuple[str, str]]:
    """The (method, segment) pairs that were found at ``as_of``."""
    rows = warehouse.table(SEGMENT_SUMMARIES)
    at = rows.filter(rows.as_of == ibis.date(as_of.isoformat())).select("method", "segment")
    return [(row["method"], row["segment"]) for row in warehouse.to_arrow(at).to_pylist()]


def about_waiting(waiting: list[str]) -> list[str]:
    """A sentence on the rules that wait for scores."""
    if not waiting:
        return []
    text = _("These rules ask for scores, and there are none yet: {names}. Run 'daogou predict', then this again.")
    return [text.format(names=_(", ").join(waiting))]


def _has_scores(warehouse: Warehouse, as_of: date) -> bool:
    scores = warehouse.table(SCORES)
    return bool(warehouse.scalar((scores.as_of == ibis.date(as_of.isoformat())).any()))


def _rows(as_of: date, name: str, customers: pa.Array) -> pa.Table:
    n = len(customers)
    return pa.table(
        {
            "customer_id": pa.array(customers, pa.int64()),
            "as_of": pa.array([as_of] * n, pa.date32()),
            "method": pa.array([rules.METHOD] * n, pa.string()),
            "segment": pa.array([name] * n, pa.string()),
        }
    )
