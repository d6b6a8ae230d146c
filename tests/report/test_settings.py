"""The section [report]."""

import pytest

from daogou.base.errors import DaogouError
from daogou.base.settings import validated
from daogou.report.settings import ReportSettings


@pytest.mark.parametrize("name", ["list_rows", "guide_customers"])
def test_numbers_of_people_are_at_least_one(name):
    with pytest.raises(DaogouError, match="must be at least 1"):
        validated(ReportSettings, {name: 0}, "daogou.toml [report]")
