"""A company that reads Chinese is told in Chinese alone what is wrong in its daogou.toml, and one that reads English in
English alone.
"""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from daogou.base.errors import DaogouError
from daogou.base.words import language
from daogou.campaign.settings import ArmSettings
from daogou.collect.settings import RefundRule, Source
from daogou.flows.settings import SECTIONS, company_language, read_settings
from daogou.predict.settings import TargetSettings
from daogou.profile.tag_settings import TagSettings

COMPANY = '[company]\ntimezone = "Asia/Shanghai"\ncurrency = "CNY"\nlanguage = "zh"\n'
SOURCE = 'file = "sales.csv"\ntable = "sales"\ncolumns = { order_id = "id" }\n'
OWN: dict[str, tuple[Any, str]] = {  # sections with names of the company's own, and what they need
    "sources.shop": (Source, SOURCE),
    "sources.shop.refund_when": (RefundRule, 'column = "id"\nstarts_with = "C"\n'),
    "tags.fan": (TagSettings, 'kind = "band"\nprofile = "orders_28"\n'),
    "predict.targets.tea": (TargetSettings, ""),
    "plan.arms.a": (ArmSettings, "share = 1.0\n"),
}
KINDS = {name: (kind, "") for name, kind in SECTIONS.items() if name != "company"} | OWN
SETTINGS = {*SECTIONS, *(field.name for kind, _needs in KINDS.values() for field in fields(kind))}
WRITTEN_SO = {"TOML", "MB", "CSV", "Parquet", "ISO", "true", "false"}  # in Chinese, too
SAID_AS_IT_IS = (  # sections, files, what stands there now, what is known, what is quoted
    r"\[[^]]*\]",
    r"daogou\.toml|docs/\S+\.md",
    "现在是 .*?：",
    "可(用的有|选)：[^。]*",
    "“[^”]*”",
    "'[^']*'",
)

CHECKS = [
    ("warehouse", "memory = 100"),
    ("profile", "period_days = 0"),
    ("profile", "repurchase_days = 0"),
    ("profile", "pulse_weeks = 0"),
    ("profile", "fewest_second_orders = 0"),
    ("profile", "replenish_days = 0"),
    ("profile", "interest_half_life = 0"),
    ("profile", "interests = []"),
    ("profile", "price_bands = [5, 2]"),
    ("profile", "regular_order_days = 1"),
    ("profile", "replenish_purchases = 2"),
    ("profile", "overdue_ratio = 12.0"),
    ("segment", "rfm_window_days = 0"),
    ("segment", "k = 1"),
    ("segment", "categories = -1"),
    ("segment", "categories = 0\nfeatures = []"),
    ("lifecycle", "new_days = -1"),
    ("lifecycle", "pooled_gaps = 0"),
    ("lifecycle", "new_days = 30\nsecond_days = 20"),
    ("lifecycle", "lapsed_ratio = 4.0"),
    ("tags.fan", "within = 0"),
    ("tags.fan", "least_share = 2"),
    ("tags.fan", "quantiles = 1"),
    ("tags.fan", "quantiles = 1000"),
    ("tags.fan", "edges = [inf]"),
    ("tags.fan", "edges = [2, 1]"),
    ("recommend", "n = 0"),
    ("recommend", "n = 1001"),
    ("recommend", "shrinkage = -1"),
    ("recommend", "half_life = 0"),
    ("recommend", "most_a_title = -1"),
    ("recommend", "learn_from = []"),
    ("predict", "purchase_days = 0"),
    ("predict", "history_days = 7"),
    ("predict", "fewest_customers = 9"),
    ("predict", "resamples = 99"),
    ("predict", "models = []"),
    ("predict.targets.tea", "within = 0"),
    ("predict.targets.tea", "cuts = [2025-01-01]\nspacing_days = 7"),
    ("predict.targets.tea", "cuts = [2025-02-01, 2025-01-01]"),
    ("predict.targets.tea", "kind = []"),
    ("value", "days = 0"),
    ("value", "discount = -1"),
    ("value", "wholesale = 0"),
    ("value", "fewest_days = 6"),
    ("value", "draws = 99"),
    ("plan", "holdout = 1.0"),
    ("plan", "margin = 2"),
    ("plan", "redemption_rate = 2"),
    ("plan", "outcome_days = 0"),
    ("plan", "budget = -1"),
    ("plan", "global_holdout = 0.5"),
    ("plan", "exclusion_slots = 0"),
    ("plan", "planned_effect = 0"),
    ("plan", 'category = "A"\ncategories = ["B"]'),
    ("plan", "guard_rails = { margin = 0.1 }"),
    ("plan.arms.a", "coupon_value = -1"),
    ("measure", "resamples = 99"),
    ("measure", "fewest_customers = 0"),
    ("attribution", 'rule = "best"'),
    ("attribution", "days = 0"),
    ("attribution", "visit_minutes = -1"),
    ("attribution", 'kinds = ["look"]'),
    ("money", "return_days = -1"),
    ("money", "shipping_cost = -1"),
    ("money", "commission = 2"),
    ("money", 'brand_words = [" "]'),
    ("report", "list_rows = 0"),
]
TYPES = [
    ("segment", "k = inf"),
    ("segment", 'rfm_scheme = "rmf"'),
    ("segment", "clusters = 5"),
    ("money", 'tax_in_paid = "perhaps"'),
    ("predict", "festivals = 3"),
    ("predict.targets.tea", 'cuts = ["soon"]'),
    ("sources.shop", 'refund_when = "C"'),
    ("sources.shop", "timezone = 8"),
]
MISTAKES = [
    "[plan]\nmargin = a third",
    "[plan]\nmargin 0.3",
    "[plan]\n= 0.3",
    "[plan]\nmargin = 0.3 0.4",
    "[plan]\nmargin = 0.3\nmargin = 0.4",
    "[plan]\n[plan]",
    "[plan\nmargin = 0.3",
    '[plan]\ncategories = ["TEA"',
    "[plan]\nguard_rails = { margin = 0",
    "[plan]\nguard_rails = { margin = 0, margin = 0 }",
    '[plan]\ncategory = "TEA',
    "[plan]\ncategory = 'TEA",
    '[sources.shop]\nfile = "C:\\Users\\shop.csv"',
    '[sources.shop]\nfile = "C:\\data\\shop.csv"',
    "[predict.targets.tea]\ncuts = [2025-02-30]",
    '[plan]\ncategory = "\x07"',
    f"[plan]\nbudget = {'9' * 5_000}",
]


def _told(folder: Path, text: str, code: str = "zh") -> str:
    """The error that ``text`` gives, without the path of its file."""
    (folder / "daogou.toml").write_text(text, encoding="utf-8")
    with language(code), pytest.raises(DaogouError) as error:
        read_settings(folder)
    with language(code):
        return str(error.value).replace(str(folder / "daogou.toml"), "")


def _section(section: str, lines: str) -> str:
    _kind, needs = KINDS[section]
    given = {line.partition(" ")[0] for line in lines.splitlines()}
    needed = "".join(line for line in needs.splitlines(True) if line.partition(" ")[0] not in given)
    return f"{COMPANY}[{section}]\n{needed}{lines}\n"


def _english(told: str) -> list[str]:
    """English words of a text beside names of settings, of files and of what may be written, and what was written."""
    for name in SAID_AS_IT_IS:
        told = re.sub(name, "", told)
    return [word for word in re.findall("[A-Za-z_]{2,}", told) if word not in SETTINGS | WRITTEN_SO]


@pytest.mark.parametrize(("section", "lines"), CHECKS + TYPES)
def test_a_wrong_value_is_told_in_one_language(tmp_path: Path, section: str, lines: str) -> None:
    text = _section(section, lines)
    told = _told(tmp_path, text)
    assert re.search("[\u4e00-\u9fff]", told)
    assert not _english(told), told
    assert company_language(tmp_path) == "zh"
    assert not re.search("[\u4e00-\u9fff]", _told(tmp_path, text, "en"))


@pytest.mark.parametrize("section", KINDS)
def test_every_setting_says_in_chinese_that_a_time_is_no_value_of_it(tmp_path: Path, section: str) -> None:
    kind, _needs = KINDS[section]
    for field in fields(kind):
        told = _told(tmp_path, _section(section, f"{field.name} = 07:30:00"))
        assert not _english(told), told
        assert "datetime" not in told


@pytest.mark.parametrize("section", OWN)
def test_what_is_missing_is_asked_for_in_chinese(tmp_path: Path, section: str) -> None:
    _kind, needs = OWN[section]
    for line in needs.splitlines():
        told = _told(tmp_path, f"{COMPANY}[{section}]\n" + needs.replace(f"{line}\n", ""))
        names = {"sales", "orders", "order_lines", "refunds", "customers", "items"}  # of tables
        assert not set(_english(told)) - names, told


@pytest.mark.parametrize("line", COMPANY.splitlines()[1:3])
def test_the_company_is_asked_for_in_chinese(tmp_path: Path, line: str) -> None:
    assert not _english(_told(tmp_path, COMPANY.replace(line, "")))


@pytest.mark.parametrize("text", MISTAKES, ids=lambda text: text[:40])
def test_a_file_that_is_no_toml_is_told_in_one_language_with_the_place(tmp_path: Path, text: str) -> None:
    told = _told(tmp_path, text)
    assert not _english(told), told
    assert re.search(r"第 \d+ 行|末尾|位数", told)
    assert not re.search("[\u4e00-\u9fff]", _told(tmp_path, text, "en"))


def test_a_column_of_a_source_is_named_as_it_is_written(tmp_path: Path) -> None:
    text = COMPANY + '[sources.shop]\nfile = "a.csv"\ntable = "sales"\ncolumns = { order_id = 5 }\n'
    assert "'columns.order_id' is 5: it must be a text" in _told(tmp_path, text, "en")
