from dataclasses import replace

import pytest

from daogou.base.words import LANGUAGES, language
from daogou.report import lifecycle


@pytest.fixture
def drawn(sample):
    return lifecycle.chart(sample.LIFECYCLE, sample.FULL.company)


def test_a_band_a_movement_between_a_node_a_state_and_side(drawn, sample):
    series = drawn.option["baseOption"]["series"][0]
    assert series["type"] == "sankey"
    names = {node["name"] for node in series["data"]}
    assert len(names) == len(series["data"])
    assert {link["source"] for link in series["links"]} | {link["target"] for link in series["links"]} == names
    assert len(series["links"]) == len(sample.LIFECYCLE.moves)
    by_name = {node["name"]: node for node in series["data"]}
    assert by_name["from active"]["label"]["formatter"] == "Active: 1,943"
    assert by_name["to lapsed"]["label"]["formatter"] == "Lapsed: 108"
    assert {node["depth"] for name, node in by_name.items() if name.startswith("to ")} == {1}


def test_states_stand_in_the_same_order_on_both_sides(drawn):
    names = [node["name"] for node in drawn.option["baseOption"]["series"][0]["data"]]
    order = ["not_yet", "second", "active", "won_back", "overdue", "lapsed", "lost"]
    for side in ("from ", "to "):
        mine = [name.removeprefix(side) for name in names if name.startswith(side)]
        assert mine == [key for key in order if key in mine]


def test_the_thinnest_band_can_be_seen_and_its_text_says_how_many(drawn):
    links = drawn.option["baseOption"]["series"][0]["links"]
    thin = next(link for link in links if link["source"] == "from second")
    assert thin["value"] > 1
    assert thin["tip"] == "Second-purchase window, as before: 1"
    assert next(link for link in links if link["target"] == "to overdue")["tip"] == "From Active to Overdue: 198"


def test_the_table_has_every_movement_with_its_share_and_money(drawn):
    row = next(row for row in drawn.rows if row[:2] == ("Active", "Overdue"))
    assert row == ("Active", "Overdue", "198", "10\N{NO-BREAK SPACE}%", "$361,221")
    assert {len(row) for row in drawn.rows} == {len(drawn.head)}


def test_the_sentence_counts_who_slipped_who_came_back_and_who_is_new(sample):
    said = lifecycle.sentence(sample.LIFECYCLE).striptags()
    assert said == "In the last 28 days 300 customers slipped further away, 140 came back and 7 are new."


def test_the_next_step_names_the_way_with_most_money(sample):
    company = sample.FULL.company
    said = lifecycle.action(sample.LIFECYCLE, company).striptags()
    assert "from Active to Overdue: 198 customers with $361K" in said
    stayed = replace(sample.LIFECYCLE, moves=sample.LIFECYCLE.moves[:1])
    assert lifecycle.action(stayed, company).striptags() == "Nobody slipped away: keep doing what you do."


def test_it_is_said_in_both_languages(sample):
    said = set()
    for code in LANGUAGES:
        with language(code):
            said.add(lifecycle.sentence(sample.LIFECYCLE).striptags())
            assert lifecycle.chart(sample.LIFECYCLE, sample.FULL.company).rows
    assert len(said) == len(LANGUAGES)
