"""Each table, setting and command that exists is documented, and each documented one exists."""

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from daogou.cli.main import app

ROOT = Path(__file__).parents[2]
GENERATED = runpy.run_path(str(ROOT / "docs" / "generate.py"))


@pytest.mark.parametrize("page", ["tables", "features", "settings"])
def test_generated_pages_are_fresh(page: str) -> None:
    assert (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8") == GENERATED[f"{page}_page"](), "run 'make docs'"


def _commands() -> dict[str, Any]:
    group: Any = typer.main.get_command(app)
    return dict(group.commands)


def _options(command: Any) -> set[str]:
    """Its options, and those of the commands of its group."""
    own = {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
    return own.union(*(_options(inner) for inner in getattr(command, "commands", {}).values()))


def _documented() -> dict[str, str]:
    """The text of each command's section."""
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    parts = re.split(r"^## daogou (\S+).*$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_commands_and_their_page_agree() -> None:
    assert list(_documented()) == list(_commands())


@pytest.mark.parametrize("command", _commands())
def test_options_and_their_page_agree(command: str) -> None:
    text = _documented()[command]
    shared = {"--workspace", "--json", "--help"}  # said once, at the head of the page
    options = _options(_commands()[command])
    assert set(re.findall(r"`(--[a-z-]+)", text)) - shared == options - shared


def test_commands_of_groups_and_their_page_agree() -> None:
    for name, command in _commands().items():
        said = set(re.findall(r"^- `([a-z]+)[ `]", _documented()[name], re.MULTILINE))
        assert said == set(getattr(command, "commands", {})), name


def _called() -> Iterator[tuple[Path, str]]:
    """Every call of daogou or make that a page shows, in blocks and in backticks."""
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        text = page.read_text(encoding="utf-8")
        for line in re.findall(r"^    ((?:daogou|make) .*)$|`((?:daogou|make) [^`\n]+)`", text, re.MULTILINE):
            yield page, "".join(line)


def test_commands_that_pages_call_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    known = {"daogou": _commands(), "make": targets}
    calls = list(_called())
    assert len(calls) > 10
    for page, call in calls:
        program, *words = call.partition("#")[0].split()
        names = [word for word in words if re.fullmatch("[a-z]+", word)]
        assert words[0].startswith("--") or names[0] in known[program], f"{page.name}: {call}"
        if program == "daogou" and names:
            options = _options(_commands()[names[0]]) | {"--help"}
            assert {word for word in words if word.startswith("--")} <= options, f"{page.name}: {call}"
