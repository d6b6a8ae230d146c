"""A card as a page: both languages, no script, nothing that data say becomes markup."""

import re

from daogou.report.cards import render_card


def test_both_languages_stand_in_it_and_the_companys_comes_first(sample):
    text = render_card(sample.CARD)
    assert '<html lang="en">' in text
    assert 'id="zh" lang="zh-CN"' in text
    assert "How good it is" in text
    assert "它预测什么" in text


def test_it_runs_nothing_and_asks_nobody(sample):
    text = render_card(sample.CARD)
    assert "<script" not in text
    assert "default-src 'none'" in text
    assert all(link.startswith("#") for link in re.findall(r'href="([^"]*)"', text))


def test_what_data_say_stays_text(sample):
    text = render_card(sample.CARD)
    assert "Buys &lt;SEAFOOD&gt;." in text
    assert "Complete Journey &amp; Söhne" in text


def test_tables_are_there_with_their_heads(sample):
    text = render_card(sample.CARD)
    assert text.count("<table>") == 2
    assert '<th scope="row">blend (used)</th>' in text
