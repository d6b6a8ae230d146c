"""Which offer to make: the category that most people may yet come to, by response.

Response says who is likely to buy, not whom an offer moves; only an experiment can show that.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow.compute as pc

from daogou.base.settings import check_known
from daogou.base.words import gettext as _
from daogou.store.tables import CATEGORY_SHARES, ITEMS, ORDER_LINES, ORDERS, SCORES
from daogou.store.warehouse import Warehouse

MARK = "likely buyers, not proven gain"  # stands beside everything that is ranked by response
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Candidate:
    """A category, how many known customers do not buy it at present, and how many buyers to expect among these."""

    category: str
    not_buying: int
    expected: float


@dataclass(frozen=True)
class Offer:
    """A coupon for ``category``, or for anything where that is None.

    ``chosen_by``: settings; response (expected buyers among people who do not buy it at present); lapsed (people who
    bought it before and do not at present, as no scores exist); nothing (items have no category); each (everyone is
    offered the one of ``categories`` that they are likeliest to come to).
    """

    category: str | None
    chosen_by: Literal["settings", "response", "lapsed", "nothing", "each"]
    candidates: tuple[Candidate, ...] = ()
    categories: tuple[str, ...] = ()

    @property
    def is_ranked(self) -> bool:
        """Whether the category was ranked by response, so that the mark stands beside it."""
        return self.chosen_by in ("response", "lapsed", "each")

    @property
    def action(self) -> str:
        """What the plan logs as intended, e.g. coupon:DELI."""
        if self.categories:
            return "coupon:" + "+".join(self.categories)
        return "coupon:" + (self.category or "anything")


def choose(warehouse: Warehouse, as_of: date, days: int, asked: str | None) -> Offer:
    """The category of the settings, else the one with most expected buyers among those who do not buy it at present.

    At present means within the last ``days``. Ties go to the first by name.

    Raises:
        DaogouError: no item has the category that the settings name.
    """
    if asked is not None:
        _check_categories(warehouse, [asked])
    for chosen_by, ranked in (("response", _by_response), ("lapsed", _by_lapse)):
        rows = warehouse.to_arrow(ranked(warehouse, as_of, days)).to_pylist()
        if rows:
            candidates = tuple(
                sorted((Candidate(**row) for row in rows), key=lambda c: (-round(c.expected, 9), c.category))
            )
            if asked is not None:
                return Offer(asked, "settings", candidates)
            return Offer(candidates[0].category, chosen_by, candidates)  # type: ignore[arg-type]
    return Offer(asked, "settings") if asked is not None else Offer(None, "nothing")


def each_offer(categories: Sequence[str]) -> Offer:
    """The offer of several categories, to each customer one of them."""
    return Offer(None, "each", categories=tuple(categories))


def likeliest(
    warehouse: Warehouse, as_of: date, days: int, categories: Sequence[str], customer_id: Array
) -> tuple[Array, Array]:
    """Of ``categories`` the one that each customer is likeliest to come to, and how likely, both of shape (n,).

    What somebody bought within the last ``days`` is nothing to come to, unless that is all of them. Whom nobody
    predicted, with probability NaN, and ties, get the first.

    Raises:
        DaogouError: no item has a category of these.
    """
    _check_categories(warehouse, categories)
    chance = np.column_stack([response(warehouse, as_of, name, customer_id) for name in categories])
    bought = warehouse.to_arrow(_buyers(warehouse, as_of, days))
    has = np.zeros(chance.shape, dtype=bool)
    for place, name in enumerate(categories):
        named = bought.filter(pc.equal(bought["category"], name))
        has[:, place] = np.isin(customer_id, named["customer_id"].to_numpy())
    worth = np.nan_to_num(chance, nan=-1.0) - 2.0 * has
    best = np.argmax(worth, axis=1)
    return np.array(categories)[best], chance[np.arange(len(best)), best]


def _check_categories(warehouse: Warehouse, asked: Sequence[str]) -> None:
    known = warehouse.to_arrow(warehouse.table(ITEMS).select("category").distinct().order_by("category"))
    categories = [name for name in known.column("category").to_pylist() if name]
    check_known(asked, categories, "daogou.toml [plan]", _("category"))


def response(warehouse: Warehouse, as_of: date, category: str | None, customer_id: Array) -> Array:
    """Probability that each customer buys ``category``, shape (n,); NaN where nobody predicted it."""
    scores = warehouse.table(SCORES)
    rows = scores.filter(scores.as_of == as_of, scores.target == (category or ""))
    found = warehouse.to_arrow(rows.select("customer_id", "probability").order_by("customer_id"))
    known = found.column("customer_id").to_numpy()
    result = np.full(len(customer_id), np.nan)
    result[np.isin(customer_id, known)] = found.column("probability").to_numpy()[np.isin(known, customer_id)]
    return result


def round_value(order_value: float) -> float:
    """A tenth of a usual order, rounded to one digit, as people print on coupons; 1 where there were no orders.

    >>> round_value(29.53), round_value(481.0), round_value(float("nan"))
    (3.0, 50.0, 1.0)
    """
    tenth = order_value / 10
    if not tenth > 0:
        return 1.0
    return float(round(tenth, -math.floor(math.log10(tenth))))


def _by_response(warehouse: Warehouse, as_of: date, days: int) -> ir.Table:
    scores, items = warehouse.table(SCORES), warehouse.table(ITEMS)
    named = scores.filter(scores.as_of == as_of).select("customer_id", "probability", category="target")
    by_category = named.semi_join(items, "category")  # other targets, such as inactive, are no category
    missing = by_category.anti_join(_buyers(warehouse, as_of, days), ["customer_id", "category"])
    return missing.group_by("category").aggregate(not_buying=missing.count(), expected=missing.probability.sum())


def _by_lapse(warehouse: Warehouse, as_of: date, days: int) -> ir.Table:
    shares = warehouse.table(CATEGORY_SHARES)
    bought = shares.filter(shares.as_of == as_of, shares.net_sales > 0).select("customer_id", "category")
    lapsed = bought.anti_join(_buyers(warehouse, as_of, days), ["customer_id", "category"])
    return lapsed.group_by("category").aggregate(not_buying=lapsed.count(), expected=lapsed.count().cast("float64"))


def _buyers(warehouse: Warehouse, as_of: date, days: int) -> ir.Table:
    """Who bought which category in the last ``days``."""
    orders, lines, items = (warehouse.table(table) for table in (ORDERS, ORDER_LINES, ITEMS))
    recent = orders.filter(orders.local_day >= as_of - timedelta(days), orders.local_day < as_of)
    known = items.filter(items.is_static | (items.valid_from <= as_of))
    category = known.group_by("item_id").aggregate(category=known.category.argmax(known.valid_from))
    bought = lines.filter(lines.quantity > 0).join(recent.select("order_id", "customer_id"), "order_id")
    named = bought.join(category.filter(ibis._.category.notnull()), "item_id")
    return named.select("customer_id", "category").distinct()
