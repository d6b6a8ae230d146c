"""Write the pages that are made from the code, tables.md, features.md and settings.md; a test compares them with it."""

import dataclasses
import json
import typing
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any

from daogou.collect.kinds import AMOUNTS, KINDS
from daogou.collect.settings import RefundRule, Source
from daogou.flows.settings import SECTIONS
from daogou.predict.settings import TargetSettings
from daogou.profile.tag_settings import TagSettings
from daogou.store import tables
from daogou.store.column import Column
from daogou.store.features import FEATURES, GROUPS

HERE = Path(__file__).parent
MADE = "<!-- Made by `make docs` from {source}; change it there. -->"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _head(*cells: str) -> list[str]:
    return [_row(*cells), "|" + " --- |" * len(cells)]


def _meaning(column: Column) -> str:
    return column.meaning + ("; may be empty" if column.nullable and "empty" not in column.meaning else "")


def _table(table: tables.Table) -> Iterator[str]:
    key = ", ".join(f"`{name}`" for name in table.key)
    yield from [f"### {table.name}", "", f"{table.meaning[0].upper()}{table.meaning[1:]}. Key: {key}.", ""]
    yield from _head("column", "type", "unit", "meaning")
    for column in table.columns:
        yield _row(f"`{column.name}`", f"`{column.type}`", column.unit, _meaning(column))
    yield ""


def tables_page() -> str:
    """docs/tables.md."""
    lines = [
        MADE.format(source="`src/daogou/store/tables.py`"),
        "",
        "# Tables",
        "",
        "Facts are what happened; derived tables are computed from facts and carry `as_of`, the local midnight",
        "that they were computed for: only what was known before it was used. Histories are computed too, and kept:",
        "they know of days that cannot be computed again. Money is DECIMAL in facts, in the",
        "company's currency. The tables lie in one DuckDB file in the workspace; `customer_id` is Daogou's own",
        "number, the vault maps it to yours.",
        "",
    ]
    for title, group in (
        ("Facts", tables.FACTS),
        ("Histories", tables.HISTORIES),
        ("Derived", tables.DERIVED),
    ):
        lines += [f"## {title}", ""]
        for table in group:
            lines += _table(table)
    return "\n".join(lines)


def features_page() -> str:
    """docs/features.md."""
    lines = [
        MADE.format(source="`src/daogou/store/features*.py`"),
        "",
        "# Features",
        "",
        f"The {len(FEATURES)} columns of [`profiles`](tables.md#profiles) that say something of a customer at `as_of`.",
        "Rules name them as `profile = NAME`, k-means as `[segment] features`. The formulas stand in",
        "[methods](methods/features.md). A window of days counts back from `as_of` and leaves its day out; *ever* is",
        "all days before it; *decayed* is ever, too, where what is later weighs more; *now* is what is in force at",
        "`as_of`.",
        "",
    ]
    for title, group in GROUPS.items():
        lines += [f"## {title}", ""]
        lines += _head("feature", "meaning", "unit", "type", "window", "source", "what for")
        for feature in group:
            sources = ", ".join(f"`{name}`" for name in feature.source)
            meaning = feature.meaning + (
                "; may be empty" if feature.nullable and "empty" not in feature.meaning else ""
            )
            lines.append(
                _row(
                    f"`{feature.name}`",
                    meaning,
                    feature.unit,
                    f"`{feature.type}`",
                    feature.window,
                    sources,
                    feature.purpose,
                )
            )
        lines.append("")
    return "\n".join(lines)


def _type(hint: Any) -> str:
    """A type as a person writes it in TOML."""
    if typing.get_origin(hint) in (typing.Union, UnionType):
        return _type(next(part for part in typing.get_args(hint) if part is not type(None)))
    if typing.get_origin(hint) is typing.Literal:
        return " or ".join(_value(value) for value in typing.get_args(hint))
    if typing.get_origin(hint) in (list, tuple):
        return f"list of {_type(typing.get_args(hint)[0])}"
    if typing.get_origin(hint) is dict or dataclasses.is_dataclass(hint):
        return "table"
    return {bool: "true or false", int: "whole number", float: "number", str: "text", date: "date"}[hint]


def _value(value: Any) -> str:
    """A value as TOML writes it."""
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default is not dataclasses.MISSING:
        return "empty" if field.default is None else _value(field.default)
    if field.default_factory is not dataclasses.MISSING:
        return _value(field.default_factory())
    return "required"


def _section(name: str, kind: type) -> Iterator[str]:
    yield from [f"## {name}", ""]
    yield from _head("setting", "default", "type", "meaning")
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        yield _row(f"`{field.name}`", _default(field), _type(hints[field.name]), field.metadata["meaning"])
    yield ""


def _kinds() -> Iterator[str]:
    yield from ["## What a source may map", "", "By `table`; columns in bold are needed.", ""]
    yield from _head("table", "columns", "rows are told apart by")
    for name, kind in KINDS.items():
        columns = ", ".join(f"**`{column}`**" if column in kind.needs else f"`{column}`" for column in kind.columns)
        extra = "; any further one as an attribute" if kind.takes_attributes else ""
        key = ", ".join(f"`{column}`" for column in kind.key) or "`key` of the source, if it names one"
        yield _row(f"`{name}`", columns + extra, key)
    yield from ["", f"A sale's value is said by one of {', '.join(f'`{name}`' for name in AMOUNTS)}.", ""]


def settings_page() -> str:
    """docs/settings.md."""
    lines = [
        MADE.format(source="the `settings.py` of each room"),
        "",
        "# Settings",
        "",
        "A workspace has one file, `daogou.toml`. Only `[company]` and one source are required; everything else has a",
        "default. A setting that is unknown, missing or wrong is an error that names the nearest known one.",
        "",
    ]
    sections = {f"[{name}]": kind for name, kind in SECTIONS.items()}
    company = sections.pop("[company]")
    for name, kind in {"[company]": company, "[sources.NAME]": Source, "refund_when": RefundRule}.items():
        lines += _section(name, kind)
    lines += _kinds()
    for name, kind in sections.items():
        lines += _section(name, kind)
        if name == "[predict]":
            lines += _section("[predict.targets.NAME]", TargetSettings)
            lines += ["What each kind takes stands in [targets](methods/predict-targets.md).", ""]
        if name == "[lifecycle]":
            lines += _section("[tags.NAME]", TagSettings)
            lines += ["Beside them `[tags] forbidden = [...]`: your own words that may never be a tag.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    (HERE / "tables.md").write_text(tables_page(), encoding="utf-8")
    (HERE / "settings.md").write_text(settings_page(), encoding="utf-8")
    (HERE / "features.md").write_text(features_page(), encoding="utf-8")
