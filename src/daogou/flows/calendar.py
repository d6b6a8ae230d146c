"""The festivals of the company's market, as a table."""

from datetime import date

from daogou.base import calendar
from daogou.flows.workspace import Workspace
from daogou.store.tables import CALENDAR, ORDERS
from daogou.store.warehouse import Warehouse


def market(workspace: Workspace) -> str:
    """The country whose public holidays count: as the settings say, else where the company's time zone lies."""
    return workspace.settings.segment.market or calendar.market_of(workspace.settings.company.timezone)


def write_calendar(workspace: Workspace, warehouse: Warehouse, as_of: date) -> None:
    """Write ``CALENDAR``, from the year of the first order to the one after ``as_of``."""
    first = warehouse.scalar(warehouse.table(ORDERS).local_day.min()) or as_of
    country = market(workspace)
    rows = [
        {
            "day": festival.day,
            "market": country,
            "name": festival.name,
            "kind": festival.kind,
            "lead_days": festival.lead_days,
            "tail_days": festival.tail_days,
        }
        for festival in calendar.festivals(country, first.year, as_of.year + 1)
    ]
    warehouse.rewrite(CALENDAR, rows)
