"""Settings of the report."""

from dataclasses import dataclass

from daogou.base.settings import setting
from daogou.base.words import gettext as _


@dataclass(frozen=True)
class ReportSettings:
    """Section [report] of daogou.toml."""

    list_rows: int = setting(2000, "customers that each downloadable list in the page holds at most, best first")
    guide_customers: int = setting(5, "real customers that the page shows with their picks")

    def __post_init__(self) -> None:
        """Check that nothing is cut to nobody.

        Raises:
            ValueError: a number below 1.
        """
        if min(self.list_rows, self.guide_customers) < 1:
            raise ValueError(_("list_rows and guide_customers must be at least 1"))
