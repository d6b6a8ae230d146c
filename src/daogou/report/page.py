"""The page: one HTML text with both languages, its charts and its lists, that asks no other host for anything."""

import hashlib
import json
import math
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from daogou.base import words
from daogou.base.words import gettext as _
from daogou.report import (
    amounts,
    channels,
    charts,
    clarity,
    downloads,
    earned,
    earned_others,
    earned_words,
    figures,
    flood,
    lacks,
    lifecycle,
    lists,
    look,
    money,
    new_customers,
    predictions,
    running,
    sentences,
    statement,
    uplift,
)
from daogou.report.charts import Chart
from daogou.report.contexts import (
    CallList,
    Channels,
    Earned,
    Flood,
    Guide,
    Lifecycle,
    Look,
    Missing,
    Money,
    NextCampaign,
    Past,
    People,
    Report,
    Running,
    Statement,
)

TAGS = {"en": "en", "zh": "zh-CN"}
NAMES = {"en": "English", "zh": "中文"}
_UNSAFE = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def render(report: Report) -> str:
    """The whole page, to be written as UTF-8; line ends are LF, which the hashes of its scripts rest on."""
    scripts = (asset("echarts/echarts.min.js"), asset("page.js"))
    drawn = {code: _charts(report, code) for code in words.LANGUAGES}
    environment = _environment(report)
    return environment.get_template("page.html").render(
        report=report,
        languages=[{"code": code, "tag": TAGS[code], "name": NAMES[code]} for code in words.LANGUAGES],
        bodies={code: _body(environment, report, code, drawn[code]) for code in words.LANGUAGES},
        titles={code: _title(report, code) for code in words.LANGUAGES},
        policy=_policy(scripts),
        scripts=[Markup(script) for script in scripts],  # noqa: S704 our own files
        style=Markup(asset("page.css")),  # noqa: S704 our own file
        licences=Markup(asset("echarts/LICENSE-d3")),  # noqa: S704 our own file
        charts=as_script({code: {c.key: c.option for c in found.values()} for code, found in drawn.items()}),
    )


def as_script(value: Any) -> Markup:
    r"""JSON that may stand inside a script element: no text in it can end the element or open a comment.

    >>> as_script({"name": "</script>"})
    Markup('{"name": "\\u003c/script\\u003e"}')
    """
    text = json.dumps(_finite(value), ensure_ascii=False, allow_nan=False)
    return Markup(text.translate(_UNSAFE))  # noqa: S704 escaped just here


def _finite(value: Any) -> Any:
    """The value with NaN and infinity as None, which JSON lacks."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    return [_finite(part) for part in value] if isinstance(value, list | tuple) else value


@cache
def asset(name: str) -> str:
    """The text of a file of the page, line ends LF."""
    return files("daogou.report").joinpath("assets", name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _policy(scripts: tuple[str, ...]) -> str:
    """A content security policy: nothing from outside, and no script but these two.

    Styles may stand in elements because the charts' tooltips set theirs there.
    """
    hashes = " ".join(f"'sha256-{b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _environment(report: Report) -> Environment:
    environment = Environment(
        loader=PackageLoader("daogou.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    company = report.company
    environment.globals |= {
        "_": _,
        "figures": figures,
        "channels": channels,
        "amounts": amounts,
        "earned": earned,
        "earned_others": earned_others,
        "words": earned_words,
        "running": running,
        "statement": statement,
        "books": money,
        "new_customers": new_customers,
        "flood": flood,
        "lifecycle": lifecycle,
        "look": look,
        "lists": lists,
        "lacks": lacks,
        "sentences": sentences,
        "uplift": uplift,
        "say": sentences.say,
        "number": sentences.number,
        "data": sentences.data,
        "amount": lambda value: figures.amount(value, company.currency),
        "money": lambda value: figures.money(value, company.currency),
        "sparkline": charts.sparkline,
        "campaign_name": charts.campaign_name,
        "download": download,
        "learnt_rows": lambda rows: [earned_others.learnt_row(row, company) for row in rows],
        "ratio_rows": lambda rows: [money.ratio_row(row, company) for row in rows],
        "rail_rows": lambda test: [running.rail_row(rail, company) for rail in test.rails],
    }
    environment.tests["missing"] = lambda block: isinstance(block, Missing)
    return environment


def download(entry: CallList) -> str:
    """The link that carries a list's file, its column names in the current language."""
    return downloads.as_link(downloads.as_csv([lists.column(key) for key in entry.columns], entry.rows))


def _body(environment: Environment, report: Report, code: str, drawn: dict[str, Chart]) -> Markup:
    with words.language(code):
        text = environment.get_template("body.html").render(report=report, charts=drawn, code=code)
    return Markup(text)  # noqa: S704 rendered with autoescape


def _title(report: Report, code: str) -> str:
    with words.language(code):
        return _("{company}: customers and campaigns").format(company=report.company.name)


def _charts(report: Report, code: str) -> dict[str, Chart]:
    """The charts that have data, by key."""
    with words.language(code):
        found: list[Chart] = []
        if isinstance(report.people, People):
            found.append(charts.treemap(report.people))
        if isinstance(report.people, People) and len(report.people.curve) > 1:
            found.append(clarity.curve(report.people.curve))
        if isinstance(report.lifecycle, Lifecycle):
            found.append(lifecycle.chart(report.lifecycle, report.company))
        if isinstance(report.look, Look):
            found += look.charts(report.look, report.company)
        if isinstance(report.guide, Guide) and report.guide.hits:
            found.append(charts.hits(report.guide.hits))
        if isinstance(report.guide, Guide) and len(report.guide.models) > 1:
            found.append(charts.compared(report.guide.models))
        if isinstance(report.money, Money):
            found.append(money.waterfall(report.money.ladder, report.company))
        if isinstance(report.past, Past) and _has_break_even(report.past):
            found.append(charts.break_even(report.past))
        found += _of_tests(report)
        if isinstance(report.channels, Channels):
            found.append(channels.chart(report.channels, report.company))
        if isinstance(report.flood, Flood):
            found += flood.charts(report.flood)
        if report.uplift.campaigns:
            found += uplift.charts(report.uplift.campaigns[0], report.company)
        if isinstance(report.next, NextCampaign) and report.next.choices:
            found.append(charts.choices(report.next))
        if report.trust.flagged:
            found.append(charts.flagged(report.trust.flagged))
        found += predictions.charts(report.appendix.predictions)
        return {chart.key: chart for chart in found}


def _of_tests(report: Report) -> list[Chart]:
    """The charts of tests that are over, that run, and of the year."""
    found: list[Chart | None] = []
    if isinstance(report.earned, Earned):
        found.append(earned.chart(report.earned, report.company))
    if isinstance(report.running, Running):
        found += running.charts(report.running)
    if isinstance(report.statement, Statement):
        found.append(statement.chart(report.statement, report.company))
    return [chart for chart in found if chart is not None]


def _has_break_even(past: Past) -> bool:
    return any(c.break_even is not None for c in (past.overall, *past.kinds, *past.campaigns))
