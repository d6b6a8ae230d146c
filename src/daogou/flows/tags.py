"""Tags brought up to a moment: each after the tags and segments that it asks for, and only where something changed."""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from daogou import __version__
from daogou.base.rule import Rule
from daogou.base.rule_check import check
from daogou.base.words import gettext as _
from daogou.flows.workspace import Workspace
from daogou.profile import rules
from daogou.profile.tag_settings import TagSettings, check_word, place, rules_of
from daogou.profile.tags import check_column, values
from daogou.profile.tags_history import holding, latest_day, refresh
from daogou.profile.tags_lists import content, read_list
from daogou.profile.tags_order import asked, asks_groups, asks_scores, in_order, rules_needed, texts_through
from daogou.profile.tags_values import possible
from daogou.profile.tags_words import title
from daogou.store.rule import vocabulary
from daogou.store.tables import (
    CUSTOMER_VALUES,
    FACTS,
    INGESTED_FILES,
    PROFILE_RUNS,
    SCORES,
    SEGMENT_SUMMARIES,
    TAG_RUNS,
    TAGS,
)
from daogou.store.warehouse import Warehouse
from daogou.trust.identity import recognise

_FROM_DATA = ("first", "last", "favourite", "list")  # kinds whose values nobody wrote into the settings
_ROWS = pa.schema([("customer_id", pa.int64()), ("tag", pa.string()), ("value", pa.string()), ("reason", pa.string())])


@dataclass
class Tagged:
    """What came of the tags of a stage."""

    opened: int = 0
    closed: int = 0
    computed: list[str] = field(default_factory=list)  # the others had not changed, or wait
    waiting: list[str] = field(default_factory=list)  # for scores


class Tagging:
    """The tags of a workspace at a moment, computed as they are asked for; inside one transaction of the warehouse."""

    def __init__(self, workspace: Workspace, warehouse: Warehouse, as_of: date, market: str) -> None:
        """Check the tags.

        Raises:
            DaogouError: a tag names a column of profiles that does not exist, tags wait for each other, or one asks
                through a segment or a feature for what may never be a tag.
        """
        self._workspace, self._warehouse, self._as_of, self._market = workspace, warehouse, as_of, market
        self._tags = workspace.settings.tags.named
        for name, tag in self._tags.items():
            check_column(name, tag, workspace.settings.profile.features)
        told = texts_through(self._tags, workspace.settings.segment.rules, workspace.settings.profile.features)
        for where, text in told:
            check_word(text, workspace.settings.tags.words(), where)
        self._needs = in_order(self._tags)
        self.rules_needed = rules_needed(self._tags)
        latest = latest_day(warehouse)
        self.later = latest if latest is not None and latest > as_of else None  # history is never written backwards
        self._done: set[str] = set()
        self._seen = self._marks()
        self.made = Tagged()

    def pairs(self) -> list[tuple[str, str]]:
        """The (tag, value) pairs that a rule may name."""
        return known_pairs(self._warehouse, self._workspace)

    def ready(self, rule: Rule, waiting_rules: Collection[str] = ()) -> bool:
        """Compute the tags that ``rule`` speaks of; False where one of them waits for scores."""
        names = [name for name, _value in asked(rule) if name in self._tags]
        wanted = set(names).union(*(self._needs[name] for name in names))
        self._write(name for name in self._needs if name in wanted and self._may(name, waiting_rules))
        return not wanted & set(self.made.waiting)

    def finish(self, waiting_rules: Collection[str]) -> Tagged:
        """Compute the tags that nobody asked for yet, and end those that are gone from the settings."""
        self._write(name for name in self._needs if self._may(name, waiting_rules))
        if self.later is None:
            open_now = holding(self._warehouse, self._as_of).select("tag").distinct()
            gone = sorted(set(self._warehouse.to_arrow(open_now)["tag"].to_pylist()) - set(self._tags))
            self._keep(ibis.memtable(_ROWS.empty_table()), gone)
            for name in gone:
                self._warehouse.replace(TAG_RUNS, TAG_RUNS.schema().to_pyarrow().empty_table(), tag=name)
        return self.made

    def _may(self, name: str, waiting_rules: Collection[str]) -> bool:
        """Whether the tag can be computed; notes that it waits where not."""
        tag = self._tags[name]
        waits = asks_scores(name, tag) and not self._has_scores()
        waits = (
            waits
            or bool(self.rules_needed[name] & set(waiting_rules))
            or bool(self._needs[name] & set(self.made.waiting))
        )
        if waits and name not in self.made.waiting:
            self.made.waiting.append(name)
        return not waits

    def _write(self, names: Iterable[str]) -> None:
        todo = [name for name in names if name not in self._done] if self.later is None else []
        while todo:
            batch = [name for name in todo if self._needs[name] <= self._done]
            self._compute([name for name in batch if not self._is_known(name)])
            self._done |= set(batch)
            todo = [name for name in todo if name not in self._done]

    def _compute(self, names: list[str]) -> None:
        if not names:
            return
        unknown: dict[str, int] = {}
        parts = []
        for name in names:
            part, unknown[name] = self._rows(name)
            parts.append(part.select("customer_id", "value", "reason", tag=ibis.literal(name)).select(*_ROWS.names))
        now = self._warehouse.materialise("tags_now", ibis.union(*parts) if len(parts) > 1 else parts[0])
        refused = self._refused(now, names)
        kept = now.anti_join(refused, ["tag", "value"])
        counts = self._counts(kept, "customers"), self._counts(now.semi_join(refused, ["tag", "value"]), "withheld")
        self._keep(kept, names)
        for name in names:
            run = {"tag": name, "as_of": self._as_of, "basis": self._basis(name), "unknown": unknown[name]}
            run |= {"customers": counts[0].get(name, 0), "withheld": counts[1].get(name, 0)}
            self._warehouse.replace(
                TAG_RUNS, pa.Table.from_pylist([run], schema=TAG_RUNS.schema().to_pyarrow()), tag=name
            )
        self._warehouse.drop("tags_now")
        self.made.computed += names

    def _keep(self, now: ir.Table, names: Collection[str]) -> None:
        changes = refresh(self._warehouse, now, names, self._as_of)
        self.made.opened += changes.opened
        self.made.closed += changes.closed

    def _rows(self, name: str) -> tuple[ir.Table, int]:
        """customer_id, value and reason of everyone with the tag, and the ids of a list that nobody has."""
        tag = self._tags[name]
        if tag.kind == "list":
            return self._listed(name, tag)
        for value, rule in rules_of(name, tag).items():
            known = rules.tags(self._workspace.settings.segment, [*self._segments(), *self.pairs()])
            told = vocabulary(self._warehouse, rule, self._as_of, known, self._market)
            check(rule, told, f"{place(name)} rules.{value}")
        lifecycle = self._workspace.settings.lifecycle
        return values(self._warehouse, name, tag, self._as_of, self._market, lifecycle), 0

    def _listed(self, name: str, tag: TagSettings) -> tuple[ir.Table, int]:
        path = self._path(tag)
        given = read_list(path, tag, place(name))
        with self._workspace.ledger() as ledger, ledger.transaction() as connection:
            known = recognise(connection, self._workspace.keys, "customer", given)
        people = {customer: given[external] for external, customer in known.items()}
        why = json.dumps({"kind": "list", "file": path.name}, ensure_ascii=False)
        rows = pa.table(
            {
                "customer_id": pa.array(people, pa.int64()),
                "value": pa.array(people.values(), pa.string()),
                "reason": pa.array([why] * len(people), pa.string()),
            }
        )
        return ibis.memtable(rows), len(given) - len(known)

    def _refused(self, now: ir.Table, names: list[str]) -> ir.Table:
        """The (tag, value) pairs that came from data and may never be a tag."""
        from_data = [name for name in names if self._tags[name].kind in _FROM_DATA]
        words = self._workspace.settings.tags.words()
        found = now.filter(now.tag.isin(from_data)).select("tag", "value").distinct().order_by("tag", "value")
        rows = self._warehouse.to_arrow(found).to_pylist() if from_data else []
        bad = [row for row in rows if words.find(row["value"]) is not None]
        return ibis.memtable(pa.Table.from_pylist(bad, schema=pa.schema([_ROWS.field("tag"), _ROWS.field("value")])))

    def _counts(self, rows: ir.Table, name: str) -> dict[str, int]:
        found = self._warehouse.to_arrow(rows.group_by("tag").aggregate(**{name: rows.count()}))
        return dict(zip(found["tag"].to_pylist(), found[name].to_pylist(), strict=True))

    def _segments(self) -> list[tuple[str, str]]:
        rows = self._warehouse.table(SEGMENT_SUMMARIES)
        at = rows.filter(rows.as_of == ibis.date(self._as_of.isoformat())).select("method", "segment")
        own = [(rules.METHOD, name) for name in self._workspace.settings.segment.rules]
        return [*own, *((row["method"], row["segment"]) for row in self._warehouse.to_arrow(at).to_pylist())]

    def _has_scores(self) -> bool:
        tables = (self._warehouse.table(one) for one in (SCORES, CUSTOMER_VALUES))
        return any(self._warehouse.scalar((one.as_of == ibis.date(self._as_of.isoformat())).any()) for one in tables)

    def _is_known(self, name: str) -> bool:
        """Whether the tag was computed from just this before; what depends on other groups is always computed."""
        runs = self._warehouse.table(TAG_RUNS)
        basis = self._basis(name)
        return bool(basis and self._warehouse.scalar(((runs.tag == name) & (runs.basis == basis)).any()))

    def _basis(self, name: str) -> str:
        tag, settings = self._tags[name], self._workspace.settings
        if asks_groups(name, tag) or asks_scores(name, tag):
            return ""
        told = [name, repr(tag), repr(settings.tags.forbidden)]
        told += [repr(one) for one in (settings.segment, settings.lifecycle, settings.profile)]
        if tag.kind == "list":
            told.append(content(self._path(tag)))
        return hashlib.sha256("\0".join([*told, *self._seen]).encode()).hexdigest()

    def _marks(self) -> list[str]:
        """What tells one state of facts and profiles from another: every file adds to the list of files."""
        if not self._tags:
            return []
        counts = [str(self._warehouse.count(table)) for table in FACTS]
        return [
            __version__,
            self._as_of.isoformat(),
            self._market,
            *counts,
            self._warehouse.fingerprint(INGESTED_FILES),
            self._warehouse.fingerprint(PROFILE_RUNS),  # profiles may lag behind the facts and the settings
        ]

    def _path(self, tag: TagSettings) -> Path:
        return self._workspace.path / tag.file


def known_pairs(warehouse: Warehouse, workspace: Workspace) -> list[tuple[str, str]]:
    """The (tag, value) pairs of the settings' tags that a rule may name: those found so far, and those that may be."""
    named = workspace.settings.tags.named
    if not named:
        return []
    rows = warehouse.to_arrow(warehouse.table(TAGS).select("tag", "value").distinct()).to_pylist()
    found = {(row["tag"], row["value"]) for row in rows if row["tag"] in named}
    return sorted(found | {(name, value) for name, tag in named.items() for value in possible(tag)})


def about(made: Tagged, tagging: Tagging, workspace: Workspace, warehouse: Warehouse) -> list[str]:
    """Sentences on what came of the tags."""
    named = workspace.settings.tags.named
    if tagging.later is not None:
        text = _("Tags are known up to {later}, which is after {day}: they were left as they are.")
        return [text.format(later=tagging.later, day=tagging._as_of)]
    runs = {row["tag"]: row for row in warehouse.to_arrow(warehouse.table(TAG_RUNS)).to_pylist()}
    lines = []
    if named:
        text = _("Tags: {n}, computed anew: {computed}; values that began: {opened}, that ended: {closed}.")
        lines.append(
            text.format(n=len(named), computed=len(made.computed), opened=f"{made.opened:,}", closed=f"{made.closed:,}")
        )
    for name, tag in named.items():
        run = runs.get(name, {"withheld": 0, "unknown": 0})
        if run["withheld"]:
            text = _("{tag}: withheld from {n} customers, because their value may never be a tag.")
            lines.append(text.format(tag=title(name, tag), n=f"{run['withheld']:,}"))
        if run["unknown"]:
            text = _("{tag}: ids in its list that no customer has: {n}.")
            lines.append(text.format(tag=title(name, tag), n=f"{run['unknown']:,}"))
    if made.waiting:
        text = _(
            "These tags ask for scores, and there are none yet: {names}. Run 'daogou predict', then 'daogou segment'."
        )
        lines.append(text.format(names=_(", ").join(title(name, named[name]) for name in made.waiting)))
    return lines


def summary(made: Tagged, workspace: Workspace, warehouse: Warehouse) -> dict[str, Any]:
    """The stage's part of the JSON on tags."""
    runs = {row["tag"]: row for row in warehouse.to_arrow(warehouse.table(TAG_RUNS)).to_pylist()}
    named = workspace.settings.tags.named
    return {
        "opened": made.opened,
        "closed": made.closed,
        "computed": made.computed,
        "waiting": made.waiting,
        "tags": [
            {"tag": name, "kind": tag.kind, "title": title(name, tag)}
            | {key: runs[name][key] for key in ("customers", "withheld", "unknown")}
            for name, tag in named.items()
            if name in runs
        ],
    }
