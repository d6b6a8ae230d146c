"""A model's card in a browser: it fits, it switches language without a script, and everyone can use it."""

from itertools import product

import pytest

from daogou.report.cards import render_card


@pytest.fixture(scope="module")
def address(sample, tmp_path_factory):
    path = tmp_path_factory.mktemp("cards") / "SEAFOOD.html"
    path.write_text(render_card(sample.CARD), encoding="utf-8", newline="\n")
    return path.as_uri()


@pytest.fixture(
    scope="module", params=product((1280, 390), ("", "en", "zh")), ids=lambda view: "-".join(map(str, view))
)
def view(request, browser, address):
    width, code = request.param
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.goto(f"{address}#{code}" if code else address)
    page.code = code or "en"
    yield page
    context.close()


def test_one_language_is_shown_and_it_is_the_one_asked_for(view):
    assert view.locator("main:visible").count() == 1
    assert view.locator("main:visible").get_attribute("data-language") == view.code


def test_it_fits_and_complains_of_nothing(view):
    assert view.evaluate("document.documentElement.scrollWidth") == view.viewport_size["width"]
    assert view.complaints == []


def test_fingers_can_hit_the_switch(view):
    heights = view.evaluate("[...document.querySelectorAll('.switch a')].map(a => a.getBoundingClientRect().height)")
    assert len(heights) == 2
    assert min(heights) >= 44


def test_everyone_can_use_it(view):
    from axe_core_python.sync_playwright import Axe

    found = Axe().run(view)["violations"]
    assert [(v["id"], [node["target"] for node in v["nodes"]][:3]) for v in found] == []


def test_the_other_language_is_a_click_away(view):
    other = {"en": "zh", "zh": "en"}[view.code]
    view.locator(f".switch a[href='#{other}']").click()
    assert view.locator("main:visible").get_attribute("data-language") == other
