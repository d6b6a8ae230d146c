"""The ``daogou.toml`` that a new user gets is documentation too: whatever it suggests must work when the '#' goes."""

import re
from pathlib import Path

import pytest

from daogou.base.words import LANGUAGES
from daogou.collect.kinds import KINDS, check_source
from daogou.flows.new import new_workspace
from daogou.flows.settings import read_settings

SUGGESTED = re.compile(r"^# (?=\[[a-z._]+\]|[a-z_]+ = )", re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_suggested_line_is_right(language: str, tmp_path: Path) -> None:
    path = new_workspace(tmp_path, language)
    text, count = SUGGESTED.subn("", path.read_text(encoding="utf-8"))
    assert count > 20
    path.write_text(text, encoding="utf-8")
    sources = read_settings(tmp_path).sources
    assert {source.table for source in sources.values()} == set(KINDS)
    for name, source in sources.items():
        if name != "sales":  # there the one amount stands beside its alternative
            check_source(source, name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_untouched_file_says_what_to_map(language: str, tmp_path: Path) -> None:
    new_workspace(tmp_path, language)
    settings = read_settings(tmp_path)
    assert settings.company.language == language
    assert list(settings.sources) == ["sales"]


def test_the_example_in_getting_started_is_right(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "getting-started.md").read_text(encoding="utf-8")
    block = re.search(r"^    \[company\]\n(?:    .*\n|\n(?=    ))+", page, re.MULTILINE)
    assert block is not None
    (tmp_path / "daogou.toml").write_text(block[0].replace("\n    ", "\n").lstrip(), encoding="utf-8")
    for name, source in read_settings(tmp_path).sources.items():
        check_source(source, name)
