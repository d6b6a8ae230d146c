"""The history of tags: what is computed now is compared with what holds, and only what changed is written."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from daogou.store.tables import TAGS
from daogou.store.warehouse import Warehouse

_SAME = ["customer_id", "tag", "value"]
_TEMPORARY = "tags_changed"


@dataclass(frozen=True)
class Changes:
    """Rows of ``TAGS`` that began and that ended at a moment."""

    opened: int
    closed: int


def latest_day(warehouse: Warehouse) -> date | None:
    """The last day on which a tag began or ended; None while there are none."""
    tags = warehouse.table(TAGS)
    days: list[date] = [
        day for day in (warehouse.scalar(tags.from_day.max()), warehouse.scalar(tags.until_day.max())) if day
    ]
    return max(days, default=None)


def refresh(warehouse: Warehouse, now: ir.Table, names: Collection[str], as_of: date) -> Changes:
    """Bring the rows of the tags ``names`` up to ``now``: customer_id, tag, value and reason of everyone who has them.

    What held and holds stays as it is, with the reason for which it began; what holds no longer ends at ``as_of``; what
    is new begins there. Asked again for the same ``as_of``, with other values, it is as if it had been asked once.
    Must run inside a transaction; ``as_of`` is no earlier than any day in the table.
    """
    if not names:
        return Changes(0, 0)
    day = ibis.date(as_of.isoformat())
    tags = warehouse.table(TAGS)
    mine = tags.filter(tags.tag.isin(sorted(names)))
    # of an earlier answer for this very moment nothing remains
    begun = mine.filter(mine.from_day >= day).select(*TAGS.key)
    warehouse.delete_matching(TAGS, warehouse.materialise(_TEMPORARY, begun))
    held = mine.filter(mine.from_day < day, mine.until_day.isnull() | (mine.until_day >= day))
    still = held.semi_join(now, _SAME).filter(lambda t: t.until_day.notnull()).mutate(until_day=ibis.null("date"))
    ended = held.anti_join(now, _SAME).mutate(until_day=day)
    is_other = ended.semi_join(mine.filter(mine.until_day.isnull()), list(TAGS.key))
    changed = warehouse.materialise(_TEMPORARY, ibis.union(still.select(*TAGS.names), is_other.select(*TAGS.names)))
    closed = int(warehouse.scalar(ended.count()))
    new = now.anti_join(held, _SAME).mutate(from_day=day, until_day=ibis.null("date")).select(*TAGS.names)
    opened = warehouse.materialise("tags_opened", new)
    warehouse.delete_matching(TAGS, changed.select(*TAGS.key))
    warehouse.append(TAGS, changed)
    count = warehouse.append(TAGS, opened.order_by("tag", "customer_id"))
    warehouse.drop(_TEMPORARY)
    warehouse.drop("tags_opened")
    return Changes(count, closed)


def holding(warehouse: Warehouse, as_of: date) -> ir.Table:
    """The rows of ``TAGS`` that hold at ``as_of``."""
    tags, day = warehouse.table(TAGS), ibis.date(as_of.isoformat())
    return tags.filter(tags.from_day <= day, tags.until_day.isnull() | (tags.until_day > day))
