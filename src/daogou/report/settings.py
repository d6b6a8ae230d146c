"""Settings of the report."""

from dataclasses import dataclass

from daogou.base.settings import setting


@dataclass(frozen=True)
class ReportSettings:
    """Section [report] of daogou.toml."""

    list_rows: int = setting(2000, "customers that each downloadable list in the page holds at most, best first")
    guide_customers: int = setting(5, "real customers that the page shows with their picks")
