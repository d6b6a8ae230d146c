"""What each customer's purchases speak of: texts of the items bought, the later the more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from daogou.base.cells import BLANK, SEPARATORS
from daogou.profile.history import below, cut_days, cut_table, guests, standing
from daogou.profile.purchases import Assortment, assortment, purchases, sold
from daogou.profile.settings import ProfileSettings
from daogou.profile.shares import amounts_below
from daogou.profile.totals import KEY
from daogou.store.engine import Engine
from daogou.store.tables import CUSTOMERS, INTERESTS, ORDERS

KEPT = 10  # interests a customer that are written
_UNIT = 2**20  # weights are added up in whole numbers, so that their order never matters
_STRIDE = 20  # half-lives from one base to the next: sums of weights stay below 2^63
_PLAIN = ProfileSettings()


@dataclass(frozen=True)
class Topics:
    """What kinds of items speak of: ``names`` are value (a number, by name) and interest, ``told`` kind and value."""

    names: ir.Table
    told: ir.Table


def interests(warehouse: Engine, cuts: Sequence[date], settings: ProfileSettings = _PLAIN) -> ir.Table:
    """The rows of ``INTERESTS`` for several cuts in one pass."""
    goods = assortment(warehouse, settings)
    known, since = topics(goods), bases(warehouse.table(ORDERS), cuts, settings)
    rows = weights(purchases(sold(warehouse), goods, settings), goods, known, since, cuts, settings)
    return heaviest(rows, known, cuts, guests(warehouse.table(CUSTOMERS), cut_table(cuts)))


def topics(goods: Assortment) -> Topics:
    """Each text in the cells of each kind of item, once."""
    kinds = goods.kinds
    cells = [kinds.select("kind", cell=kinds[name]) for name in kinds.columns if name.startswith("cell_")]
    every = ibis.union(*cells) if len(cells) > 1 else cells[0]
    split = every.filter(every.cell.notnull())
    split = split.select("kind", interest=split.cell.re_replace(SEPARATORS, ";").split(";").unnest())
    split = split.mutate(interest=split.interest.re_replace(f"^{BLANK}+|{BLANK}+$", ""))
    split = split.filter(split.interest != "").distinct()
    names = split.select("interest").distinct()
    names = names.mutate(value=ibis.row_number().over(order_by=names.interest).cast("int32"))
    return Topics(names, split.join(names, "interest").select("kind", "value"))


def bases(days: ir.Table, cuts: Sequence[date], settings: ProfileSettings) -> ir.Table:
    """customer_id, first_day, and how many days later a purchase weighs 1 to each cut: base_0, base_1 and so on.

    ``days`` have customer_id and local_day of orders. The base is the first day with an order, and moves on only where
    the last one is ``_STRIDE`` half-lives later: so weights mostly stay when something is bought.
    """
    stride, first = strides(settings), days.local_day.min()
    last = {n: days.local_day.max(where=days.local_day < cut) for n, cut in enumerate(cut_days(cuts))}
    return days.group_by("customer_id").aggregate(
        first_day=first, **{f"base_{n}": day.delta(first, unit="day") // stride * stride for n, day in last.items()}
    )


def strides(settings: ProfileSettings) -> int:
    """Days from one base to the next."""
    return _STRIDE * settings.interest_half_life


def weights(
    bought: ir.Table,
    goods: Assortment,
    known: Topics,
    since: ir.Table,
    cuts: Sequence[date],
    settings: ProfileSettings,
) -> ir.Table:
    """customer_id, value (the interest's number) and amount_0, amount_1 and so on: its weight before each cut.

    ``bought`` are rows of ``purchases``, ``since`` of :func:`bases`. Weights are whole numbers, not normalised, and
    null where nothing was seen. A line weighs twice as much for every ``interest_half_life`` days that it lies after
    the base, so that the weights of before do not move when something is bought.
    """
    places, half_life = range(len(cuts)), float(settings.interest_half_life)
    spoken = goods.kinds.join(goods.shelves, "shelf")
    spoken = spoken.select("kind", **standing(spoken, cuts))
    lines = bought.filter(bought.bought).join(spoken, "kind").join(since, "customer_id")
    fading: dict[str, ir.Value] = {}
    for n, cut in enumerate(cut_days(cuts)):
        later = lines.local_day.delta(lines.first_day, unit="day") - lines[f"base_{n}"]
        weight = (ibis.literal(2.0) ** (later.cast("float64") / half_life) * _UNIT).round().cast("int64")
        is_seen = lines[f"stands_{n}"] & (lines.local_day < cut)
        fading[f"amount_{n}"] = is_seen.ifelse(weight, ibis.null("int64"))
    kinds = _summed(lines.select("customer_id", "kind", **fading), "kind", places)
    return _summed(kinds.join(known.told, "kind"), "value", places)


def _summed(rows: ir.Table, by: str, places: Iterable[int]) -> ir.Table:
    sums = {f"amount_{n}": rows[f"amount_{n}"].sum().cast("int64") for n in places}
    return rows.group_by("customer_id", by).aggregate(**sums)


def weighed(rows: ir.Table, cuts: Sequence[date]) -> ir.Table:
    """customer_id, as_of, value and amount, from :func:`weights`."""
    return amounts_below(rows, cuts, lambda n: rows[f"amount_{n}"].notnull())


def heaviest(rows: ir.Table, known: Topics, cuts: Sequence[date], left_out: ir.Table) -> ir.Table:
    """The rows of ``INTERESTS`` from :func:`weights`: the ``KEPT`` heaviest of each customer, ties by name."""
    first = below(cuts, lambda n, cut: _heaviest(rows, rows[f"amount_{n}"], cut))
    return first.anti_join(left_out, KEY).join(known.names, "value").select(*INTERESTS.names)


def _heaviest(rows: ir.Table, amount: ir.IntegerColumn, cut: ir.DateScalar) -> ir.Table:
    place = ibis.row_number().over(group_by="customer_id", order_by=[amount.desc(), rows.value])
    placed = rows.filter(amount > 0).select("customer_id", "value", amount=amount, place=place)
    totals = rows.group_by("customer_id").aggregate(whole=amount.sum().cast("float64"))
    first = placed.filter(placed.place < KEPT).join(totals, "customer_id")
    return first.select("customer_id", "value", as_of=cut, weight=first.amount.cast("float64") / first.whole)
