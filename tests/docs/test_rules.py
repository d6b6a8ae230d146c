"""Every rule that the page of rules shows is one, and each word of the language stands on it."""

import re
from pathlib import Path

import pytest

from daogou.base import calendar
from daogou.base.rule import EVENTS, MEASURES, OPERATORS
from daogou.base.rule_text import from_toml, to_toml

PAGE = (Path(__file__).parents[2] / "docs" / "methods" / "rules.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", SHOWN)
def test_a_rule_that_is_shown_is_one(text: str) -> None:
    rule = from_toml(text, "docs/methods/rules.md")
    assert from_toml(to_toml(rule), "again") == rule


def test_every_word_of_the_language_is_documented() -> None:
    assert len(SHOWN) >= 3
    words = {word for operators in OPERATORS.values() for word in operators} | {*MEASURES, *EVENTS}
    words |= {name for event in EVENTS.values() for name in event.filters}
    words |= {festival.name for festival in calendar.festivals("", 2024, 2024)}
    words |= {"within", "skip_last", "on", "around", "where"}
    missing = {word for word in words if not re.search(rf"`[^`]*\b{word}\b[^`]*`", PAGE)}
    assert not missing
