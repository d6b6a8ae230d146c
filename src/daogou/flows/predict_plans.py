"""What is to be predicted, and the moments that each target is learned from, festivals considered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from daogou.base import calendar
from daogou.base.settings import check_known
from daogou.base.words import gettext as _
from daogou.flows.predict_rows import Company
from daogou.predict.festivals import Occurrence, Windows, felt, occurrences, settled
from daogou.predict.learn import Lack
from daogou.predict.moments import longest_days, needed_days
from daogou.predict.settings import PredictSettings
from daogou.predict.target import Target, built_in
from daogou.predict.target_declared import declared
from daogou.store.tables import ORDERS
from daogou.store.warehouse import Warehouse


@dataclass(frozen=True)
class Plan:
    """A target with the moments that it is learned from, or with what is lacking."""

    target: Target
    windows: Windows | Lack


def planned(warehouse: Warehouse, as_of: date, settings: PredictSettings, company: Company) -> list[Plan]:
    """Every target of the company at ``as_of``, in the order of the settings, declared ones first.

    Raises:
        DaogouError: the settings name what the company does not have.
    """
    first = warehouse.scalar(warehouse.table(ORDERS).local_day.min())
    wanted = [*declared(warehouse, as_of, settings), *built_in(warehouse, as_of, settings)]
    moving = _moving(warehouse, wanted, first, as_of, settings, company.market)
    return [Plan(target, _windows(target, first, as_of, settings, moving)) for target in wanted]


def _windows(
    target: Target, first: date, as_of: date, settings: PredictSettings, moving: Sequence[Occurrence]
) -> Windows | Lack:
    found = target.moments(first, as_of, settings)
    if found.test:
        return settled(found, target.days, as_of, moving)
    days = (as_of - first).days
    return Lack(
        "days",
        days,
        needed_days(target.days, settings, target.spacing_days),
        longest_days(days, settings, target.spacing_days) if not target.cuts else 0,
    )


def _moving(
    warehouse: Warehouse,
    wanted: Sequence[Target],
    first: date,
    as_of: date,
    settings: PredictSettings,
    market: str,
) -> list[Occurrence]:
    """The festivals that move the company's sales: those of the settings, else those that did so in the past."""
    if not wanted:
        return []
    longest = max(target.days for target in wanted)
    known = occurrences(calendar.festivals(market, first.year - 1, (as_of + timedelta(longest)).year + 1))
    if settings.festivals:
        names = {one.name for one in known}
        check_known(settings.festivals, sorted(names), "daogou.toml [predict] festivals", _("festival"))
        moving: Sequence[str] = settings.festivals
    else:
        orders = warehouse.table(ORDERS)
        days = orders.group_by("local_day").aggregate(sales=orders.net_sales.sum().cast("float64"))
        rows = warehouse.to_arrow(days.order_by("local_day")).to_pylist()
        moving = felt({row["local_day"]: row["sales"] for row in rows if row["local_day"] < as_of}, known)
    return [one for one in known if one.name in moving]
