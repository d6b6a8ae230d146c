"""Values read as what they should be, and the reason where they cannot."""

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from daogou.base.words import gettext as _
from daogou.collect.files import HASH, ROW, File
from daogou.collect.kinds import DISCOUNTS, LIFTS, UNITS, Kind
from daogou.collect.settings import Source
from daogou.store.tables import MONEY, UTC_TIME
from daogou.store.zones import parse_time, to_local, to_utc, utc_of

REASON = "__reason"
VALUE = "__value"  # the text that was refused, for the message; never stored outside the encrypted payload
IS_REFUND = "__is_refund"
_NEVER_BELOW_0 = (
    "unit_price", "price", "unit_cost", "cost", "amount", "impressions", "clicks", "claimed_orders", "wash_out",
    *DISCOUNTS,
)  # fmt: skip
_ZONED = r"(Z|[+-]\d{2}(:?\d{2})?)$"


@dataclass(frozen=True)
class Zones:
    """The zone of naive times in the source, the company's zone, and how times are written."""

    source: str
    company: str
    time_format: str | None


def reason_words(reason: str) -> str:
    """A stored reason, ``column|what``, in the current language.

    >>> reason_words("quantity|number")
    'quantity is not a number'
    """
    name, _bar, what = reason.partition("|")
    words = {
        "empty": _("{name} is empty"),
        "number": _("{name} is not a number"),
        "whole": _("{name} is not a whole number"),
        "time": _("{name} is not a time"),
        "day": _("{name} is not a date"),
        "flag": _("{name} is neither true nor false"),
        "negative": _("{name} is below 0"),
        "currency": _("{name} is not the company's currency"),
        "order": _("{name} is in no orders table"),
        "customer": _("neither a customer nor an order is named"),
        "range": _("{name} is not between 0 and 1"),
        "columns": _("the row does not have the columns of the header"),
        "ends": _("{name} is before the first day"),
        "kind": _("{name} is no kind of event that is known; say in 'kinds' what it means"),
        "unit": _("{name} is not household, store, region or time"),
        "interval": _("{name} does not lie inside its own interval"),
        "figure": _("neither incremental orders nor their value is told"),
        "twice": _("the file has another row of the same {name} with other figures; name a finer 'key'"),
    }
    return words[what].format(name=name)


def typed(file: File, source: Source, kind: Kind, zones: Zones, currency: str) -> ir.Table:
    """Every mapped column as its type, with ``ROW``, ``HASH``, ``REASON`` (null = good), ``VALUE`` and ``IS_REFUND``.

    Columns that are not mapped are absent; times gain ``<name>_local``.
    """
    rows = file.rows
    columns: dict[str, ir.Value] = {}
    problems: list[tuple[ir.BooleanValue, str, ir.Value]] = []
    for name, given in source.columns.items():
        what = kind.columns[name]
        parts = [_text_or_value(rows[column]) for column in ([given] if isinstance(given, str) else given)]
        values = [_deed(part, kind.words, source) if what == "deed" else _READ[what](part, zones) for part in parts]
        value = values[0]
        for further in values[1:]:
            value = value + further
        shown = parts[0].cast("string")
        if name in kind.needs or name in kind.filled:
            problems.append((parts[0].isnull(), f"{name}|empty", shown))
        for part, read in zip(parts, values, strict=True):
            problems.append(
                (part.notnull() & read.isnull(), f"{name}|{_FAILS.get(what, 'number')}", part.cast("string"))
            )
        columns[name] = value
        if what == "time":
            columns[f"{name}_local"] = to_local(value, zones.company)
    refund = source.refund_when
    is_refund = (
        ibis.coalesce(rows[refund.column].cast("string").startswith(refund.starts_with), ibis.literal(False))
        if refund is not None
        else ibis.literal(source.table == "refunds")
    )
    problems += _impossible(columns, kind, is_refund, currency)
    attributes = {f"attribute:{name}": _id(_text_or_value(rows[name]), zones) for name in source.attributes}
    return rows.select(
        **{ROW: rows[ROW], HASH: rows[HASH]},
        **{f"key:{name}": rows[name].cast("string") for name in source.key},
        **columns,
        **attributes,
        **{
            IS_REFUND: is_refund,
            REASON: _first([(bad, ibis.literal(reason)) for bad, reason, _value in problems]),
            VALUE: _first([(bad, value) for bad, _reason, value in problems]),
        },
    )


def _impossible(
    columns: dict[str, ir.Value], kind: Kind, is_refund: ir.BooleanValue, currency: str
) -> list[tuple[ir.BooleanValue, str, ir.Value]]:
    """What is well written but cannot be."""
    found = []
    quantity = columns.get("quantity")
    if quantity is not None:
        found.append(((quantity < 0) & ~is_refund, "quantity|negative", quantity.cast("string")))
    found += [
        (columns[name] < 0, f"{name}|negative", columns[name].cast("string"))
        for name in _NEVER_BELOW_0
        if name in columns and kind.columns[name] != "float"
    ]
    for name in ("net_sales", "paid"):
        if name in columns and quantity is not None:  # a line of quantity 0 may carry a discount
            bad = (columns[name] < 0) & (quantity > 0) & ~is_refund
            found.append((bad, f"{name}|negative", columns[name].cast("string")))
    if "currency" in columns:
        found.append((columns["currency"].upper() != currency, "currency|currency", columns["currency"]))
    if "propensity" in columns:
        found.append((~columns["propensity"].between(0, 1), "propensity|range", columns["propensity"].cast("string")))
    if "ends_on" in columns:
        found.append((columns["ends_on"] < columns["starts_on"], "ends_on|ends", columns["ends_on"].cast("string")))
    if "unit" in columns:
        found.append((~columns["unit"].strip().lower().isin(UNITS), "unit|unit", columns["unit"]))
    return found + _impossible_studies(columns)


def _impossible_studies(columns: dict[str, ir.Value]) -> list[tuple[ir.BooleanValue, str, ir.Value]]:
    """Figures of a lift study outside their own interval, or none at all."""
    if "study_id" not in columns:
        return []
    nothing = ibis.null("decimal(18, 4)")
    found: list[tuple[ir.BooleanValue, str, ir.Value]] = []
    for name in LIFTS:
        value, low, high = (columns.get(f"{name}{end}", nothing) for end in ("", "_low", "_high"))
        outside = (low > value) | (high < value) | (low > high) | (value.isnull() & (low.notnull() | high.notnull()))
        found.append((outside, f"{name}|interval", ibis.coalesce(value, low, high).cast("string")))
    told = [columns[name].notnull() for name in LIFTS if name in columns]
    none = ~ibis.or_(*told) if told else ibis.literal(True)
    return [*found, (none, "incremental_orders|figure", ibis.null("string"))]


def _first(cases: list[tuple[ir.BooleanValue, ir.Value]]) -> ir.Value:
    return ibis.cases(*cases, else_=ibis.null("string"))


def _text_or_value(column: ir.Value) -> ir.Value:
    return column.strip().nullif("") if column.type().is_string() else column


def _id(value: ir.Value, _zones: Zones) -> ir.Value:
    """Ids are text; a whole number stored as a float loses its '.0'."""
    if value.type().is_floating():
        whole = value.try_cast("int64")
        return ibis.ifelse(whole.cast("float64") == value, whole.cast("string"), value.cast("string"))
    return value.cast("string")


def _text(value: ir.Value, _zones: Zones) -> ir.Value:
    return value.cast("string")


def _money(value: ir.Value, _zones: Zones) -> ir.Value:
    return value.try_cast(MONEY)


def _whole(value: ir.Value, _zones: Zones) -> ir.Value:
    number = value.try_cast("decimal(38, 4)")  # to int64, '1.5' would be 2
    return ibis.ifelse(number == number.round(), number, ibis.null("decimal(38, 4)")).try_cast("int64")


def _float(value: ir.Value, _zones: Zones) -> ir.Value:
    return value.try_cast("float64")


def _flag(value: ir.Value, _zones: Zones) -> ir.Value:
    return value.try_cast("boolean")


def _deed(value: ir.Value, words: Mapping[str, str], source: Source) -> ir.Value:
    """A kind of event or touch by the source's own word for it, or by ours; null for any other word."""
    word = value.cast("string")
    known = {**words, **source.kinds}
    return ibis.cases(*((word == own, kind) for own, kind in known.items()), else_=ibis.null("string"))


def _time(value: ir.Value, zones: Zones) -> ir.Value:
    """UTC: a value with a zone is a moment; one without is what clocks in the source's zone showed."""
    kind = value.type()
    if isinstance(kind, dt.Timestamp) and kind.timezone is not None:
        return utc_of(value)
    if not kind.is_string():
        return to_utc(value.try_cast(UTC_TIME), zones.source)
    if zones.time_format is not None:
        return to_utc(parse_time(value, zones.time_format), zones.source)
    moment = utc_of(value.try_cast(dt.Timestamp(timezone="UTC", scale=6)))
    return ibis.ifelse(value.re_search(_ZONED), moment, to_utc(value.try_cast(UTC_TIME), zones.source))


def _day(value: ir.Value, zones: Zones) -> ir.Value:
    if value.type().is_string() and zones.time_format is not None:
        return parse_time(value, zones.time_format).date()
    return value.try_cast("date")


_READ = {
    "id": _id,
    "text": _text,
    "money": _money,
    "number": _money,
    "whole": _whole,
    "float": _float,
    "flag": _flag,
    "time": _time,
    "day": _day,
}
_FAILS = {"time": "time", "day": "day", "flag": "flag", "deed": "kind", "whole": "whole"}
