"""What each customer's purchases speak of: texts of the items bought, the later the more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from daogou.base.cells import BLANK, SEPARATORS
from daogou.profile.history import cut_table, guests
from daogou.profile.purchases import Assortment, assortment, purchases
from daogou.profile.settings import ProfileSettings
from daogou.profile.totals import KEY
from daogou.store.engine import Engine
from daogou.store.tables import CUSTOMERS, INTERESTS

KEPT = 10  # interests a customer that are written
_UNIT = 2**30  # weights are added up in whole numbers, so that their order never matters
_PLAIN = ProfileSettings()


@dataclass(frozen=True)
class Topics:
    """What kinds of items speak of: ``names`` are value (a number, by name) and interest, ``told`` kind and value."""

    names: ir.Table
    told: ir.Table


def interests(warehouse: Engine, cuts: Sequence[date], settings: ProfileSettings = _PLAIN) -> ir.Table:
    """The rows of ``INTERESTS`` for several cuts in one pass."""
    at = cut_table(cuts)
    goods = assortment(warehouse, settings)
    known = topics(goods)
    rows = weights(purchases(warehouse, goods, settings), goods, known, at, settings)
    return heaviest(rows, known, guests(warehouse.table(CUSTOMERS), at))


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


def weights(bought: ir.Table, goods: Assortment, known: Topics, cuts: ir.Table, settings: ProfileSettings) -> ir.Table:
    """customer_id, as_of, value (the interest's number) and amount: its weight before the cut, not normalised.

    ``bought`` are rows of ``purchases``. A line weighs half as much for every ``interest_half_life`` days that it lies
    before the customer's last one, so that weights do not move while nothing is bought.
    """
    spoken = goods.kinds.join(goods.shelves, "shelf").select("kind", "from_day", "until_day")
    standing = spoken.join(cuts, [spoken.from_day <= cuts.as_of, cuts.as_of < spoken.until_day])
    sold = bought.filter(bought.bought)
    seen = sold.join(standing.select("kind", "as_of"), "kind")
    seen = seen.filter(seen.local_day < seen.as_of)
    last = seen.group_by(KEY).aggregate(last_day=seen.local_day.max())
    seen = seen.join(last, KEY)
    ago = seen.last_day.delta(seen.local_day, unit="day").cast("float64")
    fading = ibis.literal(0.5) ** (ago / float(settings.interest_half_life))
    seen = seen.mutate(weight=(fading * _UNIT).round().cast("int64"))
    kinds = seen.group_by(*KEY, "kind").aggregate(weight=seen.weight.sum().cast("int64"))
    told = kinds.join(known.told, "kind")
    return told.group_by(*KEY, "value").aggregate(amount=told.weight.sum().cast("int64"))


def heaviest(rows: ir.Table, known: Topics, left_out: ir.Table) -> ir.Table:
    """The rows of ``INTERESTS`` from :func:`weights`: the ``KEPT`` heaviest of each customer, ties by name."""
    totals = rows.group_by(KEY).aggregate(whole=rows.amount.sum().cast("float64"))
    place = ibis.row_number().over(group_by=KEY, order_by=[rows.amount.desc(), rows.value])
    first = rows.mutate(place=place).filter(lambda t: t.place < KEPT, lambda t: t.amount > 0)
    named = first.join(totals, KEY).join(known.names, "value")
    named = named.mutate(weight=named.amount.cast("float64") / named.whole)
    return named.anti_join(left_out, KEY).select(*INTERESTS.names)
