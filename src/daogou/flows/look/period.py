"""The days that a look is about, and groups of customers to look by."""

from datetime import date, timedelta

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.store.tables import PROFILES, SEGMENTS
from daogou.store.warehouse import Warehouse


def span(first: date | None, last: date | None, as_of: date, days: int) -> tuple[date, date]:
    """[first, until) of the days that a person named, both ends included; else the last ``days`` before ``as_of``.

    Raises:
        DaogouError: the last day comes before the first, or after the data.
    """
    until = as_of if last is None else last + timedelta(days=1)
    begin = until - timedelta(days=days) if first is None else first
    if begin >= until:
        raise DaogouError(
            _("the last day, {last}, comes before the first, {first}").format(
                last=until - timedelta(days=1), first=begin
            ),
            "daogou look --from --to",
            _("Name the earlier day first."),
        )
    if until > as_of:
        raise DaogouError(
            _("{day} lies after the data, which end on {last}").format(day=last, last=as_of - timedelta(days=1)),
            "daogou look --to",
            _("Name a day that is over, or leave --to away."),
        )
    return begin, until


def groups(warehouse: Warehouse, as_of: date, method: str | None) -> dict[str, pa.Array]:
    """customer_id by segment of a method, by its key; empty where none is asked for.

    Raises:
        DaogouError: no segments were found by that method.
    """
    if method is None:
        return {}
    table = warehouse.table(SEGMENTS)
    at = table.filter(table.as_of == ibis.date(as_of.isoformat()))
    mine = warehouse.to_arrow(at.filter(at.method == method).order_by("segment", "customer_id"))
    if not mine.num_rows:
        known = warehouse.to_arrow(at.select("method").distinct().order_by("method"))["method"].to_pylist()
        hint = _("Known are: {names}.").format(names=", ".join(known)) if known else _("Run 'daogou segment' first.")
        raise DaogouError(_("there are no segments by '{method}'").format(method=method), "daogou look --by", hint)
    segments = mine["segment"].combine_chunks()
    return {
        name: mine.filter(pc.equal(segments, name))["customer_id"].combine_chunks()
        for name in segments.unique().to_pylist()
    }


def group_name(method: str | None, key: str) -> str:
    """What a reader calls a segment, in the current language."""
    from daogou.profile.segments import label  # loads what finds segments: few looks need it

    return label(method or "", key)


def check_profiles(warehouse: Warehouse, as_of: date) -> None:
    """Raises a DaogouError where nobody has a profile at ``as_of``."""
    people = warehouse.table(PROFILES)
    if not warehouse.scalar(people.filter(people.as_of == ibis.date(as_of.isoformat())).count()):
        raise DaogouError(
            _("there are no profiles at {day}").format(day=as_of), "daogou look", _("Run 'daogou profile' first.")
        )
