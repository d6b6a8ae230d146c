"""The people behind a figure, as something to keep: a rule where one finds exactly them, else a list.

A rule stays alive, so it is preferred; but it is offered only where, asked now, it finds the same people. Where no rule
does, their ids are written to ``audiences/NAME.csv`` in the workspace, which a tag of kind "list" reads. Nothing is
ever written into ``daogou.toml``: the lines to paste are printed.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from daogou.base import words
from daogou.base.errors import DaogouError
from daogou.base.rule import Rule, plain
from daogou.base.rule_text import to_toml
from daogou.base.words import gettext as _
from daogou.flows.calendar import market
from daogou.flows.private_file import write_file
from daogou.flows.workspace import Workspace
from daogou.report.contexts import Cell
from daogou.report.downloads import as_csv
from daogou.store.rule import members
from daogou.store.warehouse import Warehouse

FOLDER = "audiences"
_NAME = re.compile(r"[\w-]{1,60}")


@dataclass(frozen=True)
class Crowd:
    """Who stands behind a figure: customer_id, ascending; what they are called; and rules that may find them."""

    people: Sequence[int]
    words: Callable[[], str]  # in the current language
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Keep:
    """Under which name people are kept, and what for; without a name they are counted alone."""

    name: str | None = None
    purpose: str | None = None


def audience(
    workspace: Workspace, warehouse: Warehouse, as_of: date, crowd: Crowd, keep: Keep
) -> tuple[dict[str, Any], list[str]]:
    """The object ``audience`` of the JSON, and sentences; a list is written where a name asks for one.

    Raises:
        DaogouError: the name is none, or the file cannot be written.
    """
    told: dict[str, Any] = {"size": len(crowd.people), **_in_both(crowd)}
    lines = [_("{who}: {n} customers.").format(who=crowd.words(), n=f"{len(crowd.people):,}")]
    if keep.name is None:
        return told, lines
    name = _checked(keep.name)
    rule = _same(workspace, warehouse, as_of, crowd)
    if rule is not None:
        toml = f"[segment.rules.{_key(name)}]\n{to_toml(rule)}"
        lines += [_("A rule finds exactly these. Paste into daogou.toml, and it stays up to date:"), "", toml]
        return told | {"kind": "rule", "rule": plain(rule), "toml": toml}, lines
    file = workspace.path / FOLDER / f"{name}.csv"
    file.parent.mkdir(mode=0o700, exist_ok=True)
    written = _write_list(workspace, as_of, crowd, name, (keep.purpose or "").strip() or crowd.words(), file)
    toml = f'[tags.{_key(name)}]\nkind = "list"\nfile = "{FOLDER}/{name}.csv"\n'
    lines.append(
        _("No rule finds exactly these, so the list is kept as it is now: wrote {n} customers to {path}.").format(
            n=f"{written:,}", path=file
        )
    )
    lines += [_("Paste into daogou.toml to make it a tag:"), "", toml]
    return told | {"kind": "list", "file": str(file), "written": written, "toml": toml}, lines


def _same(workspace: Workspace, warehouse: Warehouse, as_of: date, crowd: Crowd) -> Rule | None:
    """The first of the rules that finds exactly the crowd now."""
    for rule in crowd.rules:
        met = warehouse.to_arrow(members(warehouse, rule, as_of, market(workspace)).order_by("customer_id"))
        if met.column("customer_id").to_pylist() == list(crowd.people):
            return rule
    return None


def _write_list(workspace: Workspace, as_of: date, crowd: Crowd, name: str, purpose: str, file: Path) -> int:
    from daogou.flows.contexts.vault import vault  # loads the whole report, for which who only looks need not wait

    with workspace.ledger() as ledger:
        known = vault(ledger, workspace.keys)(list(crowd.people))
    rows: list[list[Cell]] = [[known[one], name, as_of, purpose] for one in crowd.people if one in known]
    write_file(file, as_csv(["customer_id", "segment", "as_of", "purpose"], rows))
    return len(rows)


def _in_both(crowd: Crowd) -> dict[str, str]:
    said = {}
    for code in words.LANGUAGES:
        with words.language(code):
            said[f"words_{code}"] = crowd.words()
    return said


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise DaogouError(
            _("'{name}' cannot be the name of an audience").format(name=name),
            "daogou look --save",
            _("Use letters, digits, - and _, at most 60 of them."),
        )
    return name


def _key(name: str) -> str:
    """The name as a key of TOML: in quotes where it has other than ASCII letters."""
    return name if name.isascii() else json.dumps(name, ensure_ascii=False)
