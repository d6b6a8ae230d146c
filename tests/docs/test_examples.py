"""Every Python example in the guides runs, top to bottom of its page, and prints what the page says."""

import ast
import doctest
import re
import types
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _run(block: str, names: dict[str, object], where: str) -> list[str]:
    """The failures of one block: a session is checked; code is executed, then the examples in its docstrings are."""
    sessions = [block]
    if not block.lstrip().startswith(">>>"):
        exec(compile(block, where, "exec"), names)
        definitions = (ast.FunctionDef, ast.ClassDef)
        sessions = [
            ast.get_docstring(node) or "" for node in ast.walk(ast.parse(block)) if isinstance(node, definitions)
        ]
    messages: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for session in sessions:
        test = doctest.DocTestParser().get_doctest(session, names, where, where, 0)
        runner.run(test, out=messages.append, clear_globs=False)
        names.update(test.globs)
    return messages


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_examples_run(page: Path) -> None:
    names = types.ModuleType("__main__").__dict__
    text = page.read_text(encoding="utf-8")
    failures = [message for block in FENCE.findall(text) for message in _run(block, names, page.name)]
    assert not failures, "\n".join(failures)


def test_no_example_escapes() -> None:
    """A prompt outside a python block would look tested and not be."""
    for page in PAGES:
        outside = FENCE.sub("", page.read_text(encoding="utf-8"))
        assert ">>>" not in outside.replace("`>>>`", ""), page


def test_a_wrong_example_is_noticed() -> None:
    assert _run(">>> 1 + 1\n3\n", {}, "here")
    assert _run("def one():\n    '''\n    >>> one()\n    2\n    '''\n    return 1\n", {}, "here")
