"""The rules of ``daogou.toml`` as segments."""

from dataclasses import dataclass
from datetime import date

import ibis
import pyarrow as pa

from daogou.base.rule_check import check
from daogou.base.words import gettext as _
from daogou.flows.calendar import market
from daogou.flows.tags import Tagging
from daogou.flows.workspace import Workspace
from daogou.profile import rules
from daogou.profile.settings import rule_place
from daogou.store.engine import Engine
from daogou.store.rounding import rounded
from daogou.store.rule import members, vocabulary
from daogou.store.tables import CUSTOMER_VALUES, SCORES, SEGMENT_SUMMARIES, SEGMENTS
from daogou.store.warehouse import Warehouse


@dataclass(frozen=True)
class RuleSegments:
    """The rows of ``SEGMENT_SUMMARIES`` that were written, and the rules that wait for scores."""

    summaries: pa.Table
    waiting: list[str]


def write_rule_segments(
    workspace: Workspace,
    warehouse: Warehouse,
    engine: Engine,
    as_of: date,
    people: pa.Table,
    shares: pa.Table,
    tagging: Tagging,
) -> RuleSegments:
    """Answer every rule of the settings by ``engine`` and write its segment anew; those of rules that are gone go.

    ``people`` and ``shares`` are the rows of ``PROFILES`` and ``CATEGORY_SHARES`` at ``as_of``. A rule that asks for
    scores waits, where none are known yet, and so does one that speaks of it. ``tagging`` computes the tags that a rule
    speaks of before it is answered.

    Raises:
        DaogouError: a rule names what does not exist, or rules wait for each other.
    """
    settings, country = workspace.settings.segment, market(workspace)
    warehouse.replace(SEGMENTS, _rows(as_of, "", []), as_of=as_of, method=rules.METHOD)
    scored = _has_scores(warehouse, as_of)
    waiting: list[str] = []
    answered: dict[str, pa.Array] = {}
    for name, rule in rules.saved_rules(settings, tagging.rules_needed).items():
        is_ready = tagging.ready(rule, waiting)
        if (rules.asks_scores(rule) and not scored) or rules.named(rule) & set(waiting) or not is_ready:
            waiting.append(name)
            continue
        own = ((rules.METHOD, key) for key in settings.rules)  # those that it speaks of are answered by now
        known = rules.tags(settings, [*found_segments(warehouse, as_of), *own, *tagging.pairs()])
        check(rule, vocabulary(warehouse, rule, as_of, known, country), rule_place(name))
        met = engine.to_arrow(members(engine, rule, as_of, country).order_by("customer_id"))
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
    tables = (warehouse.table(one) for one in (SCORES, CUSTOMER_VALUES))
    return any(warehouse.scalar((table.as_of == ibis.date(as_of.isoformat())).any()) for table in tables)


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
