"""What is predicted: a target, built in or declared, and the columns that it is learned from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from daogou.base.errors import DaogouError
from daogou.base.rule import Did, Rule
from daogou.base.settings import nearest
from daogou.base.words import gettext as _
from daogou.predict.history import ANY
from daogou.predict.moments import Moments, moments, needed_days
from daogou.predict.settings import PredictSettings
from daogou.store.tables import CUSTOMERS, ITEMS, ORDER_LINES, ORDERS
from daogou.store.warehouse import Warehouse

INACTIVE, ANYTHING = "inactive", "anything"
LARGEST = 5
FEWEST_BUYERS, MOST_BUYERS = 0.05, 0.80  # of the customers with an order: neither rare nor universal
Kind = Literal["happening", "absence", "second_purchase", "churn", "contract", "spend"]

__all__ = ["ANYTHING", "INACTIVE", "Moments", "Target", "built_in", "check_attributes", "moments", "needed_days"]


@dataclass(frozen=True)
class Target:
    """What may come about within ``days`` of a moment.

    ``kind`` is happening, absence, second_purchase, churn (by silence), contract (churn by an attribute) or spend.
    """

    name: str
    category: str  # whose days of events are its history; ANY: orders of whatever kind
    days: int
    kind: Kind = "happening"
    event: Did | None = None  # of a declared target, what counts
    attribute: str = ""  # of a contract, what says that it ended
    left: tuple[str, ...] = ()
    population: Rule | None = None  # None: who ordered lately
    spacing_days: int | None = None
    cuts: tuple[date, ...] = ()

    @property
    def recency(self) -> str:
        """The column of days since it happened last, which the recency rule looks at."""
        return "any_recency" if self.category == ANY else "own_recency"

    @property
    def last_window(self) -> str:
        """Of spend, the column that holds what was bought in as many days just before."""
        return f"own_net_sales_{self.days}"

    @property
    def happens(self) -> str:
        """Whose days of events decide what comes about."""
        return f"left:{self.name}" if self.kind == "contract" else self.category

    @property
    def of_values(self) -> bool:
        """Whether it is how much, not whether."""
        return self.kind == "spend"

    @property
    def is_absence(self) -> bool:
        """Whether it comes about where no event does."""
        return self.kind in ("absence", "churn")

    @property
    def is_leaving(self) -> bool:
        """Whether a customer for whom it comes about is lost, and all that they would have bought."""
        return self.kind in ("churn", "contract") or (self.kind == "absence" and self.category == ANY)

    @property
    def is_declared(self) -> bool:
        """Whether ``daogou.toml`` has a section for it."""
        return self.event is not None or self.kind in ("second_purchase", "churn", "contract", "spend")

    def moments(self, first: date, as_of: date, settings: PredictSettings) -> Moments:
        """The moments at which it is learned and tested; see :func:`daogou.predict.moments.moments`."""
        return moments(first, as_of, self.days, settings, self.spacing_days, self.cuts)


def built_in(warehouse: Warehouse, as_of: date, settings: PredictSettings) -> list[Target]:
    """Targets that need no declaration: purchases in categories, or of anything, and inactivity.

    Where the settings declare targets of their own, only with the categories that they name.

    Raises:
        DaogouError: the settings name a category or attribute that the company does not have.
    """
    check_attributes(warehouse, settings.attributes, "daogou.toml [predict] attributes")
    if settings.targets and not settings.categories:
        return []
    names = settings.categories or _largest(warehouse, as_of)
    if settings.categories:
        _check_categories(warehouse, settings.categories)
    bought = [Target(name, name, settings.purchase_days) for name in names]
    return [
        *(bought or [Target(ANYTHING, ANY, settings.purchase_days)]),
        Target(INACTIVE, ANY, settings.inactive_days, "absence"),
    ]


def _largest(warehouse: Warehouse, as_of: date) -> list[str]:
    """The categories with most buyers among those that are neither rare nor universal, ties by name."""
    orders = warehouse.table(ORDERS).filter(lambda t: t.local_day < as_of).select("order_id", "customer_id")
    categories = warehouse.table(ITEMS).filter(lambda t: t.category.notnull()).select("item_id", "category").distinct()
    lines = warehouse.table(ORDER_LINES).filter(lambda t: t.quantity > 0).select("order_id", "item_id")
    bought = lines.join(categories, "item_id").join(orders, "order_id").select("category", "customer_id").distinct()
    guests = warehouse.table(CUSTOMERS).filter(lambda t: t.is_guest).select("customer_id")
    known = bought.anti_join(guests, "customer_id")
    everyone = orders.anti_join(guests, "customer_id").customer_id.nunique()
    counted = known.group_by("category").aggregate(buyers=known.count()).order_by(ibis.desc("buyers"), "category")
    customers = warehouse.scalar(everyone)
    return [
        row["category"]
        for row in warehouse.to_arrow(counted).to_pylist()
        if FEWEST_BUYERS * customers <= row["buyers"] <= MOST_BUYERS * customers
    ][:LARGEST]


def _check_categories(warehouse: Warehouse, names: Sequence[str]) -> None:
    items = warehouse.table(ITEMS)
    known = warehouse.to_arrow(items.filter(items.category.notnull()).select("category").distinct())
    categories = sorted(known["category"].to_pylist())
    for name in names:
        if name not in categories:
            raise DaogouError(
                _("no item has the category '{name}'").format(name=name),
                "daogou.toml [predict] categories",
                nearest(name, categories) if categories else _("Map the items' category, or leave the setting out."),
            )


def check_attributes(warehouse: Warehouse, names: Sequence[str], where: str) -> None:
    """Every one of ``names`` is an attribute of some customer.

    Raises:
        DaogouError: one is not.
    """
    if not names:
        return
    keys: ir.Table = warehouse.table(CUSTOMERS).select(name=lambda t: t.attributes.keys()).unnest("name").distinct()
    known: list[Any] = sorted(warehouse.to_arrow(keys)["name"].to_pylist())
    for name in names:
        if name not in known:
            raise DaogouError(
                _("no customer has the attribute '{name}'").format(name=name),
                where,
                nearest(name, known) if known else _("Map the customers' attributes, or leave the setting out."),
            )
