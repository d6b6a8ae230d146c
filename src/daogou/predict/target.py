"""What is predicted, and the moments of the past at which it is learned and tested."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from daogou.base.errors import DaogouError
from daogou.base.settings import nearest
from daogou.base.words import gettext as _
from daogou.predict.history import ANY
from daogou.predict.settings import PredictSettings
from daogou.store.tables import CUSTOMERS, ITEMS, ORDER_LINES, ORDERS
from daogou.store.warehouse import Warehouse

INACTIVE, ANYTHING = "inactive", "anything"
LARGEST = 5
FEWEST_BUYERS, MOST_BUYERS = 0.05, 0.80  # of the customers with an order: neither rare nor universal


@dataclass(frozen=True)
class Target:
    """An event within ``days`` of a moment: a purchase in ``category``, or no order at all where ``absence``."""

    name: str
    category: str  # ANY: an order of whatever kind
    days: int
    absence: bool = False

    @property
    def recency(self) -> str:
        """The column of days since it happened last, which the recency rule looks at."""
        return "any_recency" if self.category == ANY else "own_recency"


@dataclass(frozen=True)
class Moments:
    """Moments to train on, to test on, and all whose outcome is known, to train the model that is used."""

    train: tuple[date, ...]
    test: tuple[date, ...]
    known: tuple[date, ...]


def moments(first: date, as_of: date, days: int, settings: PredictSettings) -> Moments:
    """Moments every ``spacing_days`` from the ``first`` day with an order, for an outcome that takes ``days``.

    The latest ``test_days`` (the outcome's days where these are more) are kept aside: a moment within them is for
    testing if its outcome lies before ``as_of``; a moment is for training if its outcome ends before the first of them
    and ``history_days`` lie before it. No outcome that a model was trained on overlaps one that it is tested on.

    >>> learned = moments(date(2017, 1, 1), date(2018, 1, 1), 28, PredictSettings())
    >>> [(day - date(2017, 1, 1)).days for day in learned.train + learned.test]
    [168, 196, 224, 252, 280, 308, 336]
    """
    step = settings.spacing_days
    last = (as_of - first).days // step
    from_day = (last * step - max(settings.test_days, days)) // step * step
    closed = [n * step for n in range(last + 1) if first + timedelta(n * step + days) <= as_of]
    old = [day for day in closed if day >= settings.history_days]
    train = [day for day in old if day + days <= from_day]

    def dates(offsets: Sequence[int]) -> tuple[date, ...]:
        return tuple(first + timedelta(day) for day in offsets)

    return Moments(
        dates(train[-settings.train_moments :]),
        dates([day for day in closed if day >= from_day] if train else []),
        dates(old[-settings.train_moments :]),
    )


def needed_days(days: int, settings: PredictSettings) -> int:
    """Days of orders from which there is one moment to train on and one to test on, for an outcome of ``days``."""
    step = settings.spacing_days

    def up(value: int) -> int:
        return -(-value // step) * step

    return up(up(settings.history_days) + days) + up(max(settings.test_days, days))


def targets(warehouse: Warehouse, as_of: date, settings: PredictSettings) -> list[Target]:
    """The targets of a company: its categories, or any purchase where it has none, and inactivity.

    Raises:
        DaogouError: the settings name a category or attribute that the company does not have.
    """
    _check_attributes(warehouse, settings.attributes)
    names = settings.categories or _largest(warehouse, as_of)
    if settings.categories:
        _check_categories(warehouse, settings.categories)
    bought = [Target(name, name, settings.purchase_days) for name in names]
    return [
        *(bought or [Target(ANYTHING, ANY, settings.purchase_days)]),
        Target(INACTIVE, ANY, settings.inactive_days, absence=True),
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


def _check_attributes(warehouse: Warehouse, names: Sequence[str]) -> None:
    if not names:
        return
    keys: ir.Table = warehouse.table(CUSTOMERS).select(name=lambda t: t.attributes.keys()).unnest("name").distinct()
    known = sorted(warehouse.to_arrow(keys)["name"].to_pylist())
    for name in names:
        if name not in known:
            raise DaogouError(
                _("no customer has the attribute '{name}'").format(name=name),
                "daogou.toml [predict] attributes",
                nearest(name, known) if known else _("Map the customers' attributes, or leave the setting out."),
            )
