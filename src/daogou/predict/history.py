"""When each customer did what a target asks for, seen from past moments and from now, by the same expressions."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import cast

import ibis
import ibis.expr.types as ir

from daogou.store.tables import ITEMS, ORDER_LINES, ORDERS
from daogou.store.warehouse import Warehouse

ANY = ""  # in the place of a category: an order of whatever kind
KEY = ["customer_id", "as_of"]
WINDOWS = (7, 28, 84)
PERIODS = 6  # of 28 days each
_HALF_LIVES = (14, 28, 84)
_UNIT = 2**20  # a fading sum is added up in whole numbers, so that its order never matters
MONEY_SUM = "decimal(38, 4)"
DAY_COLUMNS = ("customer_id", "category", "local_day", "net_sales", "lines")  # of event days, before their gaps
_NEVER = date(9999, 12, 31)


def event_days(warehouse: Warehouse, categories: Sequence[str]) -> ir.Table:
    """One row a customer, category and day on which the customer bought in it; ``ANY`` stands for every order.

    Lines with quantity 0 carry coupons and are no purchase; an item counts in the category that it was known by on the
    day. Columns: customer_id, category, local_day, net_sales (decimal), lines (int64), gap (days since the event day
    before; null on the first).
    """
    orders = warehouse.table(ORDERS)
    every = orders.group_by("customer_id", "local_day").aggregate(
        category=ibis.literal(ANY), net_sales=orders.net_sales.sum().cast(MONEY_SUM), lines=orders.lines.sum()
    )
    days = every.select(DAY_COLUMNS)
    if categories:
        days = ibis.union(days, _category_days(warehouse, categories).select(DAY_COLUMNS))
    return with_gaps(days)


def _category_days(warehouse: Warehouse, categories: Sequence[str]) -> ir.Table:
    items = spans(warehouse.table(ITEMS), "item_id")
    items = items.filter(items.category.isin(list(categories)))
    lines, orders = warehouse.table(ORDER_LINES), warehouse.table(ORDERS)
    sold = lines.filter(lines.quantity > 0).select("order_id", "item_id", "net_sales")
    sold = sold.join(items.select("item_id", "category", "from_day", "until_day"), "item_id")
    sold = sold.join(orders.select("order_id", "customer_id", "local_day"), "order_id")
    sold = sold.filter(sold.from_day <= sold.local_day, sold.local_day < sold.until_day)
    return sold.group_by("customer_id", "category", "local_day").aggregate(
        net_sales=sold.net_sales.sum().cast(MONEY_SUM), lines=sold.count()
    )


def spans(rows: ir.Table, key: str) -> ir.Table:
    """Rows of a history with ``from_day`` and ``until_day``: each holds on the days of [from_day, until_day).

    A static row holds from always, until the first dated one of the same ``key``.
    """
    from_day = rows.is_static.ifelse(ibis.date("1970-01-01"), rows.valid_from)
    rows = rows.mutate(from_day=from_day)
    following = rows.from_day.lead().over(group_by=key, order_by=[rows.from_day, rows.valid_from])
    return rows.mutate(until_day=ibis.coalesce(following, ibis.date(_NEVER.isoformat())))


def with_gaps(days: ir.Table) -> ir.Table:
    """``days`` with ``gap``: days since the customer's event day before in the same category; null on the first."""
    before = days.local_day.lag().over(group_by=["customer_id", "category"], order_by="local_day")
    return days.mutate(gap=days.local_day.delta(before, unit="day"))


def history(days: ir.Table, cuts: Sequence[date]) -> ir.Table:
    """What ``days`` (of :func:`event_days`) show before each cut: one row a customer, cut and category met.

    Columns beside these: recency (days since the last event); days, days_7, days_28, days_84 (days with an event);
    net_sales and the same windows (currency); lines; gap_mean and gap_sd (days); fading_14, _28, _84 (event days, each
    weighing half as much every so many days); periods (share of the last six 28-day periods with an event).
    """
    at = ibis.array([ibis.date(cut.isoformat()) for cut in cuts]).unnest().name("as_of").as_table()
    seen = days.join(at, days.local_day < at.as_of)
    seen = seen.mutate(ago=seen.as_of.delta(seen.local_day, unit="day"))
    half = ibis.literal(0.5)
    fading = {
        f"fading_{life}": (half ** (_float(seen.ago) / life) * _UNIT).round().cast("int64").sum()
        for life in _HALF_LIVES
    }
    counts = {f"days_{window}": seen.count(where=seen.ago <= window) for window in WINDOWS}
    money = {f"net_sales_{window}": seen.net_sales.sum(where=seen.ago <= window) for window in WINDOWS}
    rows = seen.group_by(*KEY, "category").aggregate(
        recency=seen.ago.min(),
        days=seen.count(),
        net_sales=seen.net_sales.sum(),
        lines=seen.lines.sum(),
        gaps=seen.gap.count(),
        gap_sum=seen.gap.sum(),
        gap_squares=(seen.gap * seen.gap).sum(),
        periods=((seen.ago - 1) // 28).nunique(where=seen.ago <= 28 * PERIODS),
        **counts,
        **money,
        **fading,
    )
    gaps, gap_sum, squares = (_float(rows[name]) for name in ("gaps", "gap_sum", "gap_squares"))
    gap_mean = gap_sum / gaps.nullif(0.0)
    spread = (squares - gap_sum * gap_mean) / (gaps - 1.0).nullif(0.0)
    return rows.mutate(
        gap_mean=gap_mean,
        gap_sd=ibis.ifelse(spread <= 0, 0.0, spread).sqrt(),
        overdue_ratio=_float(rows.recency) / gap_mean,
        periods=_float(rows.periods) / PERIODS,
        **{name: _float(ibis.coalesce(rows[name], 0)) for name in ("net_sales", *money)},
        **{name: _float(rows[name]) / _UNIT for name in fading},
    ).drop("gaps", "gap_sum", "gap_squares")


def frame(general: ir.Table, past: ir.Table, category: str, attributes: Sequence[str]) -> ir.Table:
    """The columns that a model learns from, one row a row of ``general`` (profiles), with its key and ordered by it.

    Numbers of the profile; history of any order (``any_``); for a category its own history (``own_``) and its share in
    days and in money; the ``attributes`` named, null where not known.
    """
    kinds = general.schema()
    numbers = [name for name in general.columns if kinds[name].is_int64() or kinds[name].is_float64()]
    known = {f"attribute_{name}": general.attributes.get(name) for name in attributes}
    rows = _beside(general.select("as_of", *numbers, **known), past, ANY, "any_")
    if category != ANY:
        rows = _beside(rows, past, category, "own_")
        rows = rows.mutate(
            own_share=rows.own_net_sales / ibis.greatest(rows.any_net_sales, 1.0),
            own_rate=_float(rows.own_days) / ibis.greatest(_float(rows.any_days), 1.0),
            own_rate_84=_float(rows.own_days_84) / ibis.greatest(_float(rows.any_days_84), 1.0),
            own_pace=_float(rows.own_days) / ibis.greatest(_float(rows.tenure_days), 28.0),
        )
    return rows.order_by("as_of", "customer_id")


def _beside(rows: ir.Table, past: ir.Table, category: str, prefix: str) -> ir.Table:
    part = past.filter(past.category == category).drop("category")
    part = part.rename({prefix + name: name for name in part.columns if name not in KEY})
    joined = rows.left_join(part, KEY).drop(*(f"{name}_right" for name in KEY))
    open_ = {"recency", "gap_mean", "gap_sd", "overdue_ratio"}  # no number where it never happened
    counted = [name for name in part.columns if name not in KEY and name.removeprefix(prefix) not in open_]
    return joined.mutate(**{name: ibis.coalesce(joined[name], 0) for name in counted})


def outcomes(days: ir.Table, rows: ir.Table, category: str, within: int | str, absence: bool) -> ir.Table:
    """``as_of``, ``customer_id`` and ``outcome`` (1 or 0) of each of ``rows``, ordered by its key.

    1 if ``days`` hold an event of the category in [as_of, as_of + within), the other way round where ``absence``.
    ``within`` is days, or the column of ``rows`` that holds each customer's own.
    """
    events = days.filter(days.category == category).select("customer_id", "local_day")
    moments, last = _until(rows, within)
    ahead = events.local_day.delta(moments.as_of, unit="day")
    met = moments.join(events, [moments.customer_id == events.customer_id, ahead >= 0, ahead < last])
    met = met.select(*KEY).distinct().mutate(happened=True)
    joined = moments.left_join(met, KEY)
    happened = joined.happened.isnull() if absence else joined.happened.notnull()
    return joined.select(*KEY, outcome=happened.cast("int8")).order_by("as_of", "customer_id")


def amounts(money: ir.Table, rows: ir.Table, within: int) -> ir.Table:
    """``as_of``, ``customer_id`` and ``outcome`` of each of ``rows``: the sum of ``money`` in [as_of, as_of + within).

    ``money`` has customer_id, local_day and amount.
    """
    return _summed(money, rows, "outcome", lambda ahead: (ahead >= 0) & (ahead < within))


def amounts_before(money: ir.Table, rows: ir.Table, within: int, name: str) -> ir.Table:
    """The same sum in [as_of - within, as_of), as a column ``name``."""
    return _summed(money, rows, name, lambda ahead: (ahead < 0) & (ahead >= -within))


def _summed(money: ir.Table, rows: ir.Table, name: str, held: Callable[[ir.Value], ir.BooleanValue]) -> ir.Table:
    moments = rows.select(*KEY)
    ahead = money.local_day.delta(moments.as_of, unit="day")
    met = moments.join(money, [moments.customer_id == money.customer_id, held(ahead)])
    found = met.group_by(*KEY).aggregate(amount=met.amount.sum())
    joined = moments.left_join(found, KEY)
    return joined.select(*KEY, **{name: _float(ibis.coalesce(joined.amount, 0))}).order_by("as_of", "customer_id")


def _until(rows: ir.Table, within: int | str) -> tuple[ir.Table, ir.Value]:
    if isinstance(within, str):
        moments = rows.select(*KEY, within)
        return moments, moments[within]
    return rows.select(*KEY), ibis.literal(within)


def _float(value: ir.Value) -> ir.FloatingValue:
    return cast(ir.FloatingValue, value.cast("float64"))
