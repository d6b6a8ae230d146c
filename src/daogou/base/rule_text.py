"""Rules as TOML and JSON: what a person writes, and what is kept."""

import json
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from daogou.base.errors import DaogouError
from daogou.base.rule import Rule, plain
from daogou.base.rule_read import read
from daogou.base.toml_mistake import toml_mistake
from daogou.base.words import gettext as _


def from_toml(text: str, where: str) -> Rule:
    """The rule that a TOML text says.

    >>> from_toml('tag = "rfm:champions"', "my rule")
    Tag(tag='rfm:champions')

    Raises:
        DaogouError: it is not TOML, or no rule.
    """
    try:
        return read(tomllib.loads(text), where)
    except ValueError as error:  # also a number of more digits than Python reads
        raise DaogouError(
            _("this is not valid TOML: {error}").format(error=toml_mistake(error)), where, _("Mend that line.")
        ) from None
    except RecursionError:
        raise _too_deep(where) from None


def from_json(text: str, where: str) -> Rule:
    """The rule that a JSON text says.

    Raises:
        DaogouError: it is not JSON, or no rule.
    """
    try:
        return read(json.loads(text, object_pairs_hook=_once(where)), where)
    except ValueError as error:
        raise DaogouError(
            _("this is not valid JSON: {error}").format(error=error), where, _("Mend that line.")
        ) from None
    except RecursionError:
        raise _too_deep(where) from None


def _once(where: str) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """Makes a JSON object of its pairs; a name that stands there twice is a mistake, as it is in TOML."""

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            name = next(name for name, count in Counter(name for name, _value in pairs).items() if count > 1)
            raise DaogouError(
                _("'{name}' stands twice in one part").format(name=name),
                where,
                _("Give each a part of its own inside 'all' or 'any'."),
            )
        return made

    return table


def from_file(path: Path) -> Rule:
    """The rule in a file that ends in .toml or .json.

    Raises:
        DaogouError: the file cannot be read, has another ending, or holds no rule.
    """
    readers = {".toml": from_toml, ".json": from_json}
    if path.suffix.lower() not in readers:
        raise DaogouError(
            _("a rule is read from a file that ends in .toml or .json"), str(path), _("Rename it, or give its text.")
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError:
        raise DaogouError(_("the file cannot be read"), str(path), _("Look whether it is there.")) from None
    except UnicodeDecodeError:
        raise DaogouError(_("the file is not UTF-8 text"), str(path), _("Save it as UTF-8.")) from None
    return readers[path.suffix.lower()](text, str(path))


def to_json(rule: Rule) -> str:
    """The rule as JSON, one line; equal rules give equal texts."""
    return json.dumps(plain(rule), ensure_ascii=False, allow_nan=False)


def to_toml(rule: Rule) -> str:
    """The rule as TOML; nested tables stand inline, one part of a group a line.

    >>> from daogou.base.rule import AllOf, Did
    >>> print(to_toml(AllOf((Did("bought", within=28), Did("refunded", done=False)))), end="")
    all = [
        { did = "bought", within = 28 },
        { did_not = "refunded" },
    ]
    """
    return "".join(f"{name} = {_block(value)}\n" for name, value in plain(rule).items())


def _block(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + "".join(f"    {_inline(one)},\n" for one in value) + "]"
    return _inline(value)


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_inline(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(one) for one in value) + "]"
    # JSON's texts, numbers and truth values are TOML's too, but for DEL, which TOML wants escaped
    return json.dumps(value, ensure_ascii=False, allow_nan=False).replace("\x7f", "\\u007f")


def _too_deep(where: str) -> DaogouError:
    return DaogouError(_("the text is nested too deep to read"), where, _("Put parts of one kind side by side."))
