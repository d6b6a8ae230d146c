"""What every test stands on: nothing is skipped in CI, keys lie in a throw-away folder, chance repeats itself."""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings

from daogou.base import words

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}

settings.register_profile("people", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if IN_CI else "people")


@pytest.fixture(scope="session", autouse=True)
def _own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys go to a throw-away folder and texts are English, in this process and in every command that a test runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAOGOU_KEYS", str(tmp_path_factory.mktemp("keys")))
        patch.setenv("LC_ALL", "C.UTF-8")
        yield


@pytest.fixture(autouse=True)
def _english() -> None:
    """A command run in this process sets the language for the rest of it; the next test starts in English again."""
    words.use_language("en")


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of real companies' data, such as online-retail/."""
    folder = os.environ.get("DAOGOU_DATA")
    if not folder:
        pytest.skip("DAOGOU_DATA is not set to the folder of real companies' data")
    return Path(folder)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium, for tests that look at pages as a person would."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("there is no Chromium on this machine; install it to run the tests of pages")


def _no_skip_in_ci(report: Report) -> Report:
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped, and with CI=true nothing may be: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _no_skip_in_ci((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _no_skip_in_ci((yield))
