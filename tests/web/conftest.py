"""A browser, and pages written from the sample of contexts."""

import importlib.util
from pathlib import Path

import pytest

from daogou.report.page import render

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def sample():
    path = Path(__file__).parent.parent / "report" / "sample.py"
    spec = importlib.util.spec_from_file_location("report_sample", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def pages(sample, tmp_path_factory):
    """The addresses of a full and of a bare page."""
    folder = tmp_path_factory.mktemp("pages")
    for name in ("FULL", "BARE"):
        (folder / f"{name}.html").write_text(render(getattr(sample, name)), encoding="utf-8", newline="\n")
    return {name: (folder / f"{name}.html").as_uri() for name in ("FULL", "BARE")}
