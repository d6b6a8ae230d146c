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
from daogou.profile.spread import EXACT, a_ln_a, top_and_entropy
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
    totals = totals_at(weight_totals(rows, cuts), cuts)
    return heaviest(leaders(rows, cuts), totals, known, guests(warehouse.table(CUSTOMERS), cut_table(cuts)))


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
    counted: dict[str, ir.Value] = {}
    for n, cut in enumerate(cut_days(cuts)):
        later = lines.local_day.delta(lines.first_day, unit="day") - lines[f"base_{n}"]
        weight = (ibis.literal(2.0) ** (later.cast("float64") / half_life) * _UNIT).round().cast("int64")
        is_seen = lines[f"stands_{n}"] & (lines.local_day < cut)
        counted[f"amount_{n}"] = is_seen.ifelse(weight, ibis.null("int64"))
    kinds = _summed(lines.select("customer_id", "kind", **counted), "kind", places)
    return _summed(kinds.join(known.told, "kind"), "value", places)


def _summed(rows: ir.Table, by: str, places: Iterable[int]) -> ir.Table:
    sums = {f"amount_{n}": rows[f"amount_{n}"].sum().cast("int64") for n in places}
    return rows.group_by("customer_id", by).aggregate(**sums)


def weight_totals(rows: ir.Table, cuts: Sequence[date]) -> ir.Table:
    """customer_id, and many_0, whole_0, weighed_0 and so on, of the weights before each cut (rows of :func:`weights`).

    That is how many there are, their sum, and the sum of w ln w, as exact decimals that add up.
    """
    made: dict[str, ir.Value] = {}
    for n in range(len(cuts)):
        weight = rows[f"amount_{n}"]
        made |= {
            f"many_{n}": weight.count(),
            f"whole_{n}": weight.cast(EXACT).sum(),
            f"weighed_{n}": a_ln_a(weight).sum(),
        }
    return rows.group_by("customer_id").aggregate(**made)


def totals_at(totals: ir.Table, cuts: Sequence[date]) -> ir.Table:
    """customer_id, as_of, many, whole and weighed, from :func:`weight_totals`, of whom a cut saw any."""
    names = ("many", "whole", "weighed")
    return below(
        cuts,
        lambda n, cut: totals.filter(totals[f"many_{n}"] > 0).select(
            "customer_id", as_of=cut, **{name: totals[f"{name}_{n}"] for name in names}
        ),
    )


def leaders(rows: ir.Table, cuts: Sequence[date]) -> ir.Table:
    """customer_id, as_of, value, amount and place, from 0: the ``KEPT`` heaviest of :func:`weights`, ties by name."""

    def placed(n: int, cut: ir.DateScalar) -> ir.Table:
        some = rows.filter(rows[f"amount_{n}"] > 0).select("customer_id", "value", amount=f"amount_{n}")
        place = ibis.row_number().over(group_by="customer_id", order_by=[some.amount.desc(), some.value])
        first = some.mutate(place=place).filter(lambda t: t.place < KEPT)
        return first.select("customer_id", "value", "amount", "place", as_of=cut)

    return below(cuts, placed)


def heaviest(first: ir.Table, totals: ir.Table, known: Topics, left_out: ir.Table) -> ir.Table:
    """The rows of ``INTERESTS`` from :func:`leaders` and :func:`totals_at`."""
    rows = first.join(totals.select(*KEY, "whole"), KEY).anti_join(left_out, KEY).join(known.names, "value")
    rows = rows.mutate(weight=rows.amount.cast("float64") / rows.whole.cast("float64"))
    return rows.select(*INTERESTS.names)


def spread_of_interests(first: ir.Table, totals: ir.Table, known: Topics) -> ir.Table:
    """Favourite and spread of interests, from :func:`leaders` and :func:`totals_at`: see ``spread.spread``."""
    best = first.filter(first.place == 0).join(known.names, "value")
    best = best.select(*KEY, favourite_interest=best.interest, top=best.amount.cast("float64"))
    rows = totals.left_join(best, KEY).drop("customer_id_right", "as_of_right")
    return rows.select(*KEY, "favourite_interest", interests=rows.many, **top_and_entropy(rows, "interest"))
