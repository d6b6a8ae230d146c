"""The page in a browser: it works from a file, asks nobody for anything, and fits both widths in both languages."""

import base64
import csv
import io
import re
from contextlib import contextmanager
from itertools import product

import pytest

WIDTHS = (1280, 390)
CODES = ("en", "zh")
TAGS = {"en": "en", "zh": "zh-CN"}
# names of things and of fields that a Chinese page writes in Latin letters too
LATIN = {
    *("Daogou", "English", "CSV", "CTR", "CVR", "RFM", "US", "daogou", "toml", "plan", "report", "list", "rows"),
    *(
        "margin",
        "measure",
        "spend",
        "touches",
        "refunds",
        "past",
        "campaigns",
        "cost",
        "rates",
        "global",
        "holdout",
        "chance",
    ),
    *("CAC", "CPA", "LTV", "ROAS", "ROI", "TV"),
    *("Type", "DELI", "SEAFOOD", "CREAM", "CHEESE", "BANANAS", "ItemKNN", "Popular", "RepeatLast"),
}
VISIBLE_TEXTS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.querySelector('main:not([hidden])'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    if (holder.closest('[translate="no"]:not([translate="yes"])') && !holder.closest('[translate="yes"]')) continue;
    if (walker.currentNode.textContent.trim()) found.push(walker.currentNode.textContent.trim());
  }
  return found;
}"""


@contextmanager
def opened(browser, address, width, javascript=True):
    """The page at ``width``, with what it complained of and what it asked for."""
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=javascript)
    page = context.new_page()
    page.complaints, page.asked = [], []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(address)
    yield page
    context.close()


def unfold(page):
    page.evaluate("document.querySelectorAll('main:not([hidden]) details').forEach(fold => fold.open = true)")
    for chart in page.locator("main:visible .chart").all():
        chart.locator("svg").wait_for()


@pytest.fixture(
    scope="module", params=product(("FULL", "BARE"), WIDTHS, CODES), ids=lambda view: "-".join(map(str, view))
)
def view(request, browser, pages):
    """One page, unfolded, at one width in one language; its name, width and language stand on it."""
    name, width, code = request.param
    with opened(browser, f"{pages[name]}#{code}", width) as page:
        unfold(page)
        page.name, page.width, page.code = name, width, code
        yield page


class TestEveryView:
    def test_it_complains_of_nothing_and_asks_nobody(self, view, pages):
        assert view.complaints == []
        assert [url for url in view.asked if not url.startswith("data:")] == [pages[view.name]]

    def test_it_fits_the_width(self, view):
        assert view.evaluate("document.documentElement.scrollWidth") == view.width
        wide = view.evaluate(
            """width => [...document.querySelectorAll('main:not([hidden]) *')].filter(
              element => element.getBoundingClientRect().right > width + 1 && !element.closest('.table, pre, svg')
            ).map(element => element.outerHTML.slice(0, 120))""",
            view.width,
        )
        assert wide == []

    def test_every_chart_is_drawn_in_its_place(self, view):
        sizes = view.evaluate(
            """() => [...document.querySelectorAll('main:not([hidden]) .chart')].map(chart => {
              const drawing = chart.querySelector('svg'), box = drawing.getBoundingClientRect();
              return [box.width, chart.clientWidth, box.height, drawing.querySelectorAll('path').length];
            })"""
        )
        assert len(sizes) == (30 if view.name == "FULL" else 5)  # models need no categories and no campaigns
        assert all(abs(width - room) <= 1 and height > 80 and paths > 2 for width, room, height, paths in sizes)

    def test_fingers_can_hit_what_can_be_pressed(self, view):
        small = view.evaluate(
            """() => [...document.querySelectorAll('.switch a, main:not([hidden]) :is(summary, a)')].filter(
              element => element.getBoundingClientRect().height < 44
            ).map(element => element.textContent)"""
        )
        assert small == []

    def test_the_language_is_said_to_machines_too(self, view):
        assert view.evaluate("document.documentElement.lang") == TAGS[view.code]
        assert view.locator("main:visible").count() == 1
        assert view.locator("main:visible").get_attribute("lang") == TAGS[view.code]

    def test_every_text_is_in_its_language(self, view):
        texts = view.evaluate(VISIBLE_TEXTS)
        assert len(texts) > 40
        if view.code == "en":
            assert [text for text in texts if re.search(r"[\u4e00-\u9fff]", text)] == []
        else:
            words = {word for text in texts for word in re.findall(r"[A-Za-z]{2,}", text)}
            assert words - LATIN == set()

    def test_everyone_can_use_it(self, view):
        from axe_core_python.sync_playwright import Axe

        found = Axe().run(view)["violations"]
        assert [(v["id"], [node["target"] for node in v["nodes"]][:3]) for v in found] == []


def labels(page, key):
    """The boxes of a chart's labels: text, left, top, right, bottom."""
    return page.evaluate(
        """key => [...document.querySelectorAll(`main:not([hidden]) .chart[data-chart="${key}"] text`)].map(text => {
          const box = text.getBoundingClientRect();
          return [text.textContent, box.left, box.top, box.right, box.bottom];
        })""",
        key,
    )


@pytest.mark.parametrize(
    "key",
    [
        *("people", "lifecycle", "cohorts", "concentration", "change", "seconds", "guide", "past", "next", "trust"),
        *("money", "earned", "running-0", "statement", "flood-messages", "flood-unsubscribes", "flood-complaints"),
    ],
)
def test_labels_of_a_chart_do_not_overlap(view, key):
    boxes = labels(view, key)
    assert bool(boxes) == (view.name == "FULL")
    slack = 2  # boxes of letters have air above and below
    for place, (text, left, top, right, bottom) in enumerate(boxes):
        for other, left2, top2, right2, bottom2 in boxes[place + 1 :]:
            apart = right - slack <= left2 or right2 - slack <= left or bottom - slack <= top2 or bottom2 - slack <= top
            assert apart, (text, other)


def test_the_switch_changes_language_hash_title_and_back(browser, pages):
    with opened(browser, pages["FULL"], 390) as page:
        assert page.evaluate("document.documentElement.lang") == "en"
        page.get_by_role("link", name="中文").click()
        assert page.evaluate("[document.documentElement.lang, location.hash]") == ["zh-CN", "#zh"]
        assert "顾客与活动" in page.title()
        page.reload()
        assert page.evaluate("document.documentElement.lang") == "zh-CN"
        page.get_by_role("link", name="English").click()
        assert page.evaluate("[document.documentElement.lang, location.hash]") == ["en", "#en"]


def test_a_reader_who_switches_stays_at_their_block(browser, pages):
    with opened(browser, pages["FULL"], 1280) as page:
        page.evaluate("document.getElementById('en-past').scrollIntoView({behavior: 'instant'})")
        before = page.evaluate("document.getElementById('en-past').getBoundingClientRect().top")
        page.get_by_role("link", name="中文").evaluate("link => link.click()")
        assert page.evaluate("document.getElementById('zh-past').getBoundingClientRect().top") == pytest.approx(
            before, abs=2
        )


def test_the_page_opens_in_the_companys_language(browser, pages):
    with opened(browser, pages["BARE"], 390) as page:
        assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_charts_follow_the_window(browser, pages):
    with opened(browser, pages["FULL"], 1280) as page:
        unfold(page)
        page.set_viewport_size({"width": 390, "height": 900})
        page.wait_for_timeout(200)
        assert page.evaluate("document.querySelector('.chart svg').getBoundingClientRect().width") <= 350
        assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("code", CODES)
def test_each_list_downloads_as_a_file_that_a_spreadsheet_reads(browser, pages, sample, code):
    with opened(browser, f"{pages['FULL']}#{code}", 1280) as page:
        buttons = page.locator("main:visible a[download]")
        assert buttons.count() == 3
        for place, entry in enumerate(sample.FULL.needs.lists):
            with page.expect_download() as event:
                buttons.nth(place).click()
            assert event.value.suggested_filename.endswith(f"-2017-12-31-{code}.csv")
            data = event.value.path().read_bytes()
            assert data.startswith(b"\xef\xbb\xbf")
            head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
            assert head[0] == {"en": "customer", "zh": "顾客"}[code]
            assert len(rows) == len(entry.rows)
            assert all(len(row) == len(head) for row in rows)
            assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def test_a_products_name_does_not_run(browser, pages):
    with opened(browser, pages["FULL"], 1280) as page:
        unfold(page)
        page.locator("main:visible .chart[data-chart=people]").hover()
        assert page.title() == "Complete Journey & Söhne: customers and campaigns"


def test_a_tooltip_tells_the_figures(browser, pages):
    with opened(browser, f"{pages['FULL']}#zh", 1280) as page:
        unfold(page)
        chart = page.locator("main:visible .chart[data-chart=people]")
        chart.hover(position={"x": 60, "y": 100})
        chart.get_by_text("位顾客").wait_for()


@pytest.mark.parametrize("address", ["#en", "#zh"])
def test_without_scripts_text_and_tables_stand_in_either_language(browser, pages, address):
    with opened(browser, pages["FULL"] + address, 390, javascript=False) as page:
        said = page.locator("main:visible")
        assert said.count() == 1
        assert said.get_attribute("id") == address[1:]
        assert said.locator("h2:visible").count() == 17
        assert not said.locator(".chart").first.is_visible()


def test_the_files_in_the_page_are_the_same_without_scripts(browser, pages, sample):
    with opened(browser, pages["FULL"], 390, javascript=False) as page:
        link = page.locator("main:visible a[download]").first.get_attribute("href")
    assert base64.b64decode(link.partition(",")[2]).count(b"\r\n") == 1 + len(sample.OVERDUE.rows)


@pytest.mark.parametrize(
    ("address", "code", "at"),
    [
        ("#campaign-three%20letters", "en", "en-campaign-three.20.letters"),  # by its name as it is
        ("#campaign-three.20.letters", "en", "en-campaign-three.20.letters"),
        ("#zh-campaign-mail.20.7", "zh", "zh-campaign-mail.20.7"),  # folded among the others
        ("#campaign-%3Cscript%3Edocument.title='pwned'%3C/script%3E", "en", None),
    ],
)
def test_a_link_to_a_campaign_unfolds_its_page(browser, pages, address, code, at):
    with opened(browser, pages["FULL"] + address, 1280) as page:
        shown = page.locator("main:visible details.campaign[open]")
        assert shown.count() == 1
        assert shown.is_visible()
        assert page.evaluate("document.documentElement.lang") == TAGS[code]
        assert at is None or shown.get_attribute("id") == at
        assert abs(shown.evaluate("fold => fold.getBoundingClientRect().top")) < 60
        assert page.title() != "pwned"
        assert page.complaints == []


def test_a_link_to_a_campaign_leaves_the_language_that_is_read(browser, pages):
    with opened(browser, pages["FULL"] + "#zh", 1280) as page:
        page.evaluate("location.hash = '#campaign-search'")
        page.locator("main:visible details.campaign[open]").wait_for()
        assert page.evaluate("document.documentElement.lang") == "zh-CN"
        page.evaluate("location.hash = '#%E0%A4%A'")  # not even an address
        assert page.complaints == []


def test_on_a_phone_every_cell_of_a_stacked_table_is_in_sight(browser, pages):
    with opened(browser, pages["FULL"] + "#en", 390) as page:
        unfold(page)
        hidden = page.evaluate(
            """() => [...document.querySelectorAll('main:not([hidden]) table.stacked :is(th[scope=row], td)')].filter(
              cell => cell.getBoundingClientRect().right > 391 || cell.getBoundingClientRect().width === 0
            ).map(cell => cell.outerHTML.slice(0, 120))"""
        )
        assert page.locator("main:visible table.stacked").count() > 10
        assert hidden == []
