"""The page as text: whole, closed, and deaf to what data say."""

import base64
import hashlib
import json
import re
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from daogou.base import words
from daogou.report import contexts, page

REPORT = Path(page.__file__).parent


class Reader(HTMLParser):
    """Tags with their attributes, and the text of each script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag == "script"
        if self.inside:
            self.scripts.append("")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.scripts[-1] += data


@pytest.fixture(scope="module")
def full(sample):
    return page.render(sample.FULL)


@pytest.fixture(scope="module")
def bare(sample):
    return page.render(sample.BARE)


def test_the_page_is_the_same_every_time(sample, full):
    assert page.render(sample.FULL) == full


def test_nothing_is_asked_from_anywhere(full):
    for tag, attributes in Reader(full).tags:
        for name in ("src", "href", "srcset", "action", "poster", "data"):
            value = attributes.get(name)
            lies_beside = tag == "a" and (value or "").startswith("releases/")  # a card, opened by who clicks
            assert value is None or value.startswith(("#", "data:")) or lies_beside, (tag, name, value)
    assert "@import" not in full
    assert "url(" not in (REPORT / "assets" / "page.css").read_text()


def test_the_policy_lets_in_two_scripts_and_nothing_else(full):
    reader = Reader(full)
    policy = next(a["content"] for _t, a in reader.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    _data, *programs = reader.scripts
    for program in programs:
        digest = base64.b64encode(hashlib.sha256(program.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert policy.count("sha256-") == len(programs) == 2
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]


def test_what_data_say_never_becomes_markup(sample):
    evil = sample.HOSTILE + "\u2028\"'><img src=x onerror=alert(1)>&</script><!--"
    pick = contexts.Pick(evil, (evil,), False)
    report = replace(
        sample.FULL,
        company=replace(sample.FULL.company, name=evil),
        guide=replace(sample.GUIDE, customers=(replace(sample.GUIDE.customers[0], customer=evil, picks=(pick,)),)),
        people=replace(sample.PEOPLE, rfm_en=(replace(sample.GROUPS[0], name=contexts.Text(evil, evil)),)),
        trust=replace(sample.TRUST, sources=(contexts.Source(evil, 1, 1, 0, 0),)),
    )
    text = page.render(report)
    reader = Reader(text)
    assert [tag for tag, _a in reader.tags].count("script") == 3
    assert not any("onerror" in attributes or tag == "img" for tag, attributes in reader.tags)
    assert "\u2028" not in reader.scripts[0]
    assert json.loads(reader.scripts[0])["en"]["people"]["series"][0]["data"][0]["name"] == evil


def test_both_languages_stand_in_the_page_and_the_companys_comes_first(full, bare):
    assert '<html lang="en" data-opening="en">' in full
    assert '<html lang="zh-CN" data-opening="zh">' in bare
    for text in (full, bare):
        assert 'lang="en" data-language="en"' in text
        assert 'lang="zh-CN" data-language="zh"' in text


def test_no_placeholder_is_left(full, bare):
    for text in (full, bare):
        body = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
        assert not re.search(r"\{[a-z_]*\}", body)
        assert "None" not in re.sub(r"<[^>]*>", "", body)


def test_analysts_words_stand_in_the_appendix_alone(full):
    for part in full.split('id="charts"')[0].split("<main")[1:]:
        before = part.split('class="block appendix"')[0]
        assert not re.search(r"AUC|NDCG|silhouette|2018-01-01-7c1e", before, re.IGNORECASE)


def test_headings_are_in_order(full):
    levels = [int(tag[1]) for tag, _a in Reader(full).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_block_without_data_says_what_it_lacks_in_both_languages(bare):
    assert "No past campaigns are mapped" in bare
    assert "没有映射过往活动" in bare


def test_the_bundled_licences_stand_in_the_page(full):
    assert "Licensed to the Apache Software Foundation" in full
    assert "Mike Bostock" in full


def test_the_page_is_small(full):
    assert len(full.encode()) < 3_000_000


def test_the_hashes_hold_whatever_the_line_ends_of_the_assets():
    assert "\r" not in page.asset("page.js") + page.asset("echarts/echarts.min.js")


def test_every_field_of_the_contexts_is_shown():
    shown = "".join(
        p.read_text() for p in [*REPORT.rglob("*.py"), *REPORT.glob("templates/*.html")] if p.parent.name != "contexts"
    )
    for kind in vars(contexts).values():
        if is_dataclass(kind) and kind.__module__.startswith(contexts.__name__) and kind is not contexts.Text:
            for field in fields(kind):
                assert re.search(rf"\.{field.name}\b|\"{field.name}\"", shown), f"{kind.__name__}.{field.name}"


@pytest.mark.parametrize("code", words.LANGUAGES)
def test_a_text_is_said_in_the_current_language(code):
    with words.language(code):
        assert str(contexts.Text("one", "一")) == {"en": "one", "zh": "一"}[code]
