"""Every customer's value of a tag at a moment, and why.

One expression a tag: customer_id, value, and the reason as JSON, which :mod:`daogou.profile.tags_words` says in words.
People are those with a row of ``PROFILES`` at the moment; who has no value has no row.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce
from operator import add
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from daogou.base.errors import DaogouError
from daogou.base.rule import Comparison, Did, Named, Rule, plain
from daogou.base.rule_read import read
from daogou.base.settings import nearest
from daogou.base.words import gettext as _
from daogou.profile.lifecycle import lifecycle
from daogou.profile.lifecycle_settings import LifecycleSettings
from daogou.profile.tag_settings import TagSettings, bands, event_rule, place, rules_of
from daogou.profile.tags_events import happenings
from daogou.store.engine import Engine
from daogou.store.rule import conditions, evidence, profile_kinds
from daogou.store.rule_events import summed
from daogou.store.tables import PROFILES, SEGMENTS


def values(
    warehouse: Engine, name: str, tag: TagSettings, as_of: date, market: str, lifecycle_settings: LifecycleSettings
) -> ir.Table:
    """customer_id, value and reason of everyone who has the tag at ``as_of``; a list's rows come from its file.

    ``market`` is the country whose public holidays rules know.
    """
    if tag.kind == "rule":
        return _by_rule(warehouse, rules_of(name, tag), as_of, market)
    if tag.kind in ("number", "band"):
        numbers = _numbers(warehouse, name, tag, as_of, market)
        return _number(numbers, tag) if tag.kind == "number" else _band(warehouse, numbers, tag)
    if tag.kind in ("first", "last"):
        return _end(warehouse, name, tag, as_of, market)
    if tag.kind == "favourite":
        return _favourite(warehouse, name, tag, as_of, market)
    if tag.kind == "rfm":
        return _rfm(warehouse, tag, as_of)
    return _lifecycle(warehouse, as_of, lifecycle_settings)


def check_column(name: str, tag: TagSettings, own: Iterable[str]) -> None:
    """Raises a DaogouError where a tag is taken from no number of profiles, nor from one of the features ``own``."""
    numbers = [*(column for column, kind in profile_kinds().items() if kind == "number"), *own]
    if tag.profile and tag.profile not in numbers:
        raise DaogouError(
            _("there is no number of profiles '{name}'").format(name=tag.profile),
            f"{place(name)} profile",
            nearest(tag.profile, numbers),
        )


def _people(warehouse: Engine, as_of: date) -> ir.Table:
    profiles = warehouse.table(PROFILES)
    return profiles.filter(profiles.as_of == ibis.date(as_of.isoformat()))


def _by_rule(warehouse: Engine, rules: Mapping[str, Rule], as_of: date, market: str) -> ir.Table:
    """The first value whose rule holds, with what each of its conditions was measured by."""
    seen = evidence(warehouse, rules, as_of, market)
    cases = [(seen.holds[value], ibis.literal(value)) for value in rules]
    why = [(seen.holds[value], _evidence_of(rule, seen.parts)) for value, rule in rules.items()]
    rows = seen.people.select(
        "customer_id",
        value=ibis.cases(*cases, else_=ibis.null("string")),
        reason=ibis.cases(*why, else_=ibis.null("string")),
    )
    return rows.filter(rows.value.notnull())


def _evidence_of(rule: Rule, parts: Mapping[Rule, tuple[ir.BooleanValue, dict[str, ir.Value]]]) -> ir.StringValue:
    """JSON: the rule, and what each of its conditions was measured by, or null where it does not hold."""
    facts = []
    for leaf in conditions(rule):
        holds, measured = parts[leaf]
        facts.append(holds.ifelse(_json(measured), "null"))
    listed = facts[0]
    for fact in facts[1:]:
        listed = listed + "," + fact
    return _text({"kind": "rule", "rule": plain(rule)}, "facts") + ibis.literal("[") + listed + "]}"


def _numbers(warehouse: Engine, name: str, tag: TagSettings, as_of: date, market: str) -> ir.Table:
    """customer_id and number (float64); events that did not happen count 0, unknown columns of profiles have no row."""
    people = _people(warehouse, as_of)
    if tag.profile:
        column = people[tag.profile] if tag.profile in PROFILES.names else people.own.get(tag.profile)
        rows = people.select("customer_id", number=column.cast("float64"))
        return rows.filter(rows.number.notnull())
    did = _did(name, tag)
    asked = Did(did.event, True, did.where, did.within, measures=(Named(tag.measure, (Comparison("at_least", 0),)),))
    found = summed(warehouse, asked, as_of, market)
    rows = people.select("customer_id").left_join(found, "customer_id").drop("customer_id_right")
    return rows.select("customer_id", number=ibis.coalesce(rows[tag.measure].cast("float64"), 0.0))


def _number(rows: ir.Table, tag: TagSettings) -> ir.Table:
    shown = _shown(rows.number)
    return rows.select("customer_id", value=shown, reason=_text(_measured(tag), "value") + shown + "}")


def _band(warehouse: Engine, rows: ir.Table, tag: TagSettings) -> ir.Table:
    """The band of each number; an edge belongs to the band above it."""
    edges = list(tag.edges)
    if tag.quantiles:
        shares = [number / tag.quantiles for number in range(1, tag.quantiles)]
        cut = rows.aggregate(**{f"edge_{n}": rows.number.quantile(share) for n, share in enumerate(shares)})
        found = warehouse.to_arrow(cut).to_pylist()[0]
        edges = [float(f"{edge:.12g}") for edge in found.values() if edge is not None]
        if len(edges) < len(shares):  # nobody has a number
            return rows.filter(False).select("customer_id", value=ibis.null("string"), reason=ibis.null("string"))
    named = bands(tag, edges)
    limits = list(zip([None, *edges], [*edges, None], named, strict=True))
    names, reasons = [], []
    for low, high, band in limits[:-1]:
        inside = rows.number < high
        names.append((inside, ibis.literal(band)))
        reasons.append(
            (inside, ibis.literal(_head(_measured(tag) | {"band": band, "low": low, "high": high}, "value")))
        )
    low, _high, band = limits[-1]
    last = ibis.literal(_head(_measured(tag) | {"band": band, "low": low, "high": None}, "value"))
    return rows.select(
        "customer_id",
        value=ibis.cases(*names, else_=ibis.literal(band)),
        reason=ibis.cases(*reasons, else_=last) + _shown(rows.number) + "}",
    )


def _end(warehouse: Engine, name: str, tag: TagSettings, as_of: date, market: str) -> ir.Table:
    """What the first or last event with a known value was about; of one order's items the dearest, then by name."""
    did = _did(name, tag)
    rows = _mine(warehouse, happenings(warehouse, did, tag.what, as_of, market), as_of)
    when = rows.occurred_at.min() if tag.kind == "first" else rows.occurred_at.max()
    ends = rows.group_by("customer_id").aggregate(occurred_at=when)
    rows = rows.semi_join(ends, ["customer_id", "occurred_at"])
    dearest = ibis.coalesce(rows.amount, ibis.literal(0, type="decimal(38, 4)")).desc()
    at = ibis.row_number().over(ibis.window(group_by="customer_id", order_by=[dearest, rows.value, rows.event]))
    found = rows.mutate(at=at).filter(lambda t: t["at"] == 0)
    told = {"kind": tag.kind, "event": plain(did), "what": tag.what}
    reason = _text(told, "day") + '"' + found.local_day.cast("string") + '"}'
    return found.select("customer_id", "value", reason=reason)


def _favourite(warehouse: Engine, name: str, tag: TagSettings, as_of: date, market: str) -> ir.Table:
    """The value with the greatest share of the customer's events or money; ties by name.

    The share is of all that meets the filters, also of what has no value: nothing is made to look more than it is.
    """
    did = _did(name, tag)
    rows = _of_people(warehouse, happenings(warehouse, did, tag.what, as_of, market), as_of)
    much = (rows.event.nunique() if tag.by == "count" else rows.amount.sum()).cast("float64")
    whole = rows.group_by("customer_id").aggregate(whole=much)
    parts = rows.group_by("customer_id", "value").aggregate(part=much)
    parts = parts.filter(parts.value.notnull(), parts.part > 0)
    order = [parts.part.desc(), parts.value]
    at = ibis.row_number().over(ibis.window(group_by="customer_id", order_by=order))
    best = parts.mutate(at=at).filter(lambda t: t["at"] == 0).join(whole, "customer_id")
    best = best.filter(best.whole > 0)
    share = best.part / best.whole
    best = best.mutate(share=share).filter(share >= tag.least_share)
    told = {"kind": "favourite", "event": plain(did), "what": tag.what, "by": tag.by}
    numbers = _shown(best.part) + ibis.literal(',"all":') + _shown(best.whole)
    return best.select("customer_id", "value", reason=_text(told, "value") + numbers + "}")


def _rfm(warehouse: Engine, tag: TagSettings, as_of: date) -> ir.Table:
    segments = warehouse.table(SEGMENTS)
    mine = segments.filter(segments.as_of == ibis.date(as_of.isoformat()), segments.method == tag.scheme)
    people = _people(warehouse, as_of).select("customer_id", "recency_days", "orders_365", "net_sales_365")
    rows = mine.select("customer_id", value="segment").join(people, "customer_id")
    names = ("recency_days", "orders_365", "net_sales_365")
    facts = reduce(add, (ibis.literal(f',"{name}":') + _shown(rows[name].cast("float64")) for name in names))
    return rows.select("customer_id", "value", reason=_text({"kind": "rfm"}) + facts + "}")


def _lifecycle(warehouse: Engine, as_of: date, settings: LifecycleSettings) -> ir.Table:
    rows = lifecycle(warehouse, [as_of], settings).semi_join(_people(warehouse, as_of), "customer_id")
    facts = ibis.literal(',"silent":') + rows.recency_days.cast("string")
    facts = facts + ',"due":' + _shown(rows.due_days)
    return rows.select("customer_id", value="state", reason=_text({"kind": "lifecycle"}) + facts + "}")


def _did(name: str, tag: TagSettings) -> Did:
    return cast(Did, read(event_rule(tag), place(name)))


def _of_people(warehouse: Engine, rows: ir.Table, as_of: date) -> ir.Table:
    return rows.semi_join(_people(warehouse, as_of), "customer_id")


def _mine(warehouse: Engine, rows: ir.Table, as_of: date) -> ir.Table:
    return _of_people(warehouse, rows.filter(rows.value.notnull()), as_of)


def _measured(tag: TagSettings) -> dict[str, Any]:
    """What a number or band was measured by."""
    if tag.profile:
        return {"kind": tag.kind, "profile": tag.profile}
    return {"kind": tag.kind, "event": event_rule(tag), "measure": tag.measure}


def _shown(number: ir.Value) -> ir.StringValue:
    """A float64 as text, which JSON reads as well: whole numbers without a point, others to four decimals."""
    whole = number == number.round()
    text = whole.ifelse(number.cast("int64").cast("string"), number.round(4).cast("string"))
    return cast(ir.StringValue, text)


def _json(measured: Mapping[str, ir.Value]) -> ir.StringValue:
    """A JSON object of numbers, null where one is not known."""
    if not measured:
        return ibis.literal("{}")
    parts = []
    for n, (name, value) in enumerate(measured.items()):
        head = ibis.literal(f'{"," if n else "{"}"{name}":')
        parts.append(head + ibis.coalesce(_shown(value.cast("float64")), "null"))
    return cast(ir.StringValue, reduce(add, parts) + "}")


def _head(told: Mapping[str, Any], key: str = "") -> str:
    """``told`` as a JSON object that is still open, at the value of ``key`` where one is named."""
    text = json.dumps(told, ensure_ascii=False, allow_nan=False).removesuffix("}")
    return text + (f', "{key}": ' if key else "")


def _text(told: Mapping[str, Any], key: str = "") -> ir.StringScalar:
    return ibis.literal(_head(told, key))
