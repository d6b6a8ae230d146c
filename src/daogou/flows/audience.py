"""Segments looked at and exported: those that were found, and rules that nobody saved."""

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import ibis

from daogou.base import words
from daogou.base.errors import DaogouError
from daogou.base.rule import Rule, Tag, plain
from daogou.base.rule_check import check
from daogou.base.rule_words import say
from daogou.base.words import gettext as _
from daogou.flows import audience_leaving as leaving
from daogou.flows.calendar import market
from daogou.flows.contexts.vault import vault
from daogou.flows.global_holdout import held_back, held_out_text
from daogou.flows.private_file import write_file
from daogou.flows.rule_segments import found_segments
from daogou.flows.segment import percent_of
from daogou.flows.selection import Selection, selection
from daogou.flows.tags import known_pairs
from daogou.flows.workspace import StageReport, Workspace
from daogou.profile import apart, rules
from daogou.profile.segments import labels
from daogou.report.contexts import Cell
from daogou.report.downloads import as_csv
from daogou.store.rule import members, overlap, vocabulary
from daogou.store.tables import PROFILES, SEGMENT_SUMMARIES
from daogou.store.warehouse import Warehouse


def list_segments(workspace: Workspace) -> StageReport:
    """Every segment that was found, with its size.

    Raises:
        DaogouError: no segments were found yet.
    """
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        found, everyone = _summaries(warehouse, as_of), _everyone(warehouse, as_of)
    rows = [_about(row, everyone) for row in found]
    shown = _("{segment} · {label}: {n} ({percent} % of customers)")
    lines = [
        shown.format(
            segment=f"{row['method']}:{row['name']}",
            label=row[f"label_{words.current_language()}"],
            n=f"{row['size']:,}",
            percent=percent_of(row["share"]),
        )
        for row in rows
    ]
    return StageReport({"as_of": as_of.isoformat(), "customers": everyone, "segments": rows}, lines)


def show_segment(workspace: Workspace, text: str) -> StageReport:
    """One segment: its size, what sets it apart, and the rule that makes it.

    Raises:
        DaogouError: there is no such segment.
    """
    wanted = selection(text)
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        found = _summaries(warehouse, as_of)
        checked(workspace, warehouse, wanted, as_of)
        everyone = _everyone(warehouse, as_of)
    of = {f"{row['method']}:{row['segment']}": row for row in found}
    if not isinstance(wanted.rule, Tag) or wanted.rule.tag not in of:
        raise DaogouError(
            _("'{text}' was not found as a segment").format(text=text),
            "daogou segment show",
            _("'daogou segment list' names those that were; 'daogou segment size' counts any rule."),
        )
    row = _about(of[wanted.rule.tag], everyone)
    code = words.current_language()
    lines = [
        _("{name}: {n} ({percent} % of customers)").format(
            name=row[f"label_{code}"], n=f"{row['size']:,}", percent=percent_of(row["share"])
        ),
        _("Net sales in the last 365 days: {money} {currency}").format(
            money=f"{row['net_sales']:,.2f}", currency=workspace.settings.company.currency
        ),
        _("Set apart by: {apart}").format(apart=row[f"apart_{code}"]),
    ]
    saved = rules.saved_rules(workspace.settings.segment) if row["method"] == rules.METHOD else {}
    if row["name"] in saved:
        rule = saved[row["name"]]
        row |= {"rule": plain(rule)} | _said(rule)
        lines.append(_("Rule: {words}").format(words=row[f"words_{code}"]))
    return StageReport({"as_of": as_of.isoformat(), "segment": row}, lines)


def size(workspace: Workspace, text: str) -> StageReport:
    """How many people a selection holds now.

    Raises:
        DaogouError: it is no selection, or names what does not exist.
    """
    wanted = selection(text)
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        checked(workspace, warehouse, wanted, as_of)
        found = overlap(warehouse, {"rule": wanted.rule}, as_of, market(workspace))
        targets = leaving.leaving_targets(warehouse, as_of)
    warnings = leaving.warning(wanted.rule, targets, leaving.behind(workspace.settings))
    n, everyone = found.sizes["rule"], found.everyone
    line = _("{rule}: {n} of {customers} customers ({percent} %)").format(
        rule=wanted.name, n=f"{n:,}", customers=f"{everyone:,}", percent=_percent(n, everyone)
    )
    told: dict[str, Any] = {"as_of": as_of.isoformat(), "customers": everyone, "size": n}
    told["share"] = _share(n, everyone)
    if warnings:
        told["warnings"] = warnings
    return StageReport({**told, "rule": plain(wanted.rule), **_said(wanted.rule)}, [line, *warnings])


def overlaps(workspace: Workspace, texts: Sequence[str]) -> StageReport:
    """The sizes of several selections, and how many people each two of them share.

    Raises:
        DaogouError: fewer than two are given, one is given twice, or one is no selection.
    """
    if len(set(texts)) < max(2, len(texts)):
        raise DaogouError(
            _("an overlap is of two or more different selections"), "daogou segment overlap", _("Name them one by one.")
        )
    wanted = {text: selection(text) for text in texts}
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        for one in wanted.values():
            checked(workspace, warehouse, one, as_of)
        asked = {text: one.rule for text, one in wanted.items()}
        found = overlap(warehouse, asked, as_of, market(workspace))
    lines = [
        _("{name}: {n} ({percent} % of customers)").format(
            name=wanted[text].name, n=f"{n:,}", percent=_percent(n, found.everyone)
        )
        for text, n in found.sizes.items()
    ]
    shared = _("Both {one} and {other}: {n}, which is {first} % of the first and {second} % of the second")
    lines += [
        shared.format(
            one=wanted[a].name,
            other=wanted[b].name,
            n=f"{n:,}",
            first=_percent(n, found.sizes[a]),
            second=_percent(n, found.sizes[b]),
        )
        for (a, b), n in found.both.items()
    ]
    sizes = [{"selection": text, "size": n, **_said(wanted[text].rule)} for text, n in found.sizes.items()]
    both = [{"selections": list(pair), "size": n} for pair, n in found.both.items()]
    told = {"as_of": as_of.isoformat(), "customers": found.everyone, "sizes": sizes, "both": both}
    return StageReport(told, lines)


def export(
    workspace: Workspace,
    text: str,
    purpose: str,
    file: Path,
    exportable: Collection[int] | None = None,
    with_holdout: bool = False,
) -> StageReport:
    """Write the people of a selection to ``file`` as CSV, by the company's own ids, with the purpose in each row.

    Only those in ``exportable`` (customer_id) are written; None: everyone. Those whose key was destroyed are not, nor
    those whom the half-year's global holdout keeps from all campaigns, unless ``with_holdout`` asks for them. Where
    the selection looks for who leaves, each row holds the value at risk, most first, and whether contact helps.

    Raises:
        DaogouError: the purpose is empty, the folder does not exist, it is no selection, or it chooses by the chance
            of leaving alone.
    """
    if not purpose.strip():
        raise DaogouError(
            _("an export needs its purpose"), "daogou segment export", _("Say what the list is for, in a few words.")
        )
    wanted = selection(text)
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        checked(workspace, warehouse, wanted, as_of)
        expand, targets = leaving.behind(workspace.settings), leaving.leaving_targets(warehouse, as_of)
        leaving.refuse_alone(wanted.rule, targets, expand, "daogou segment export")
        met = members(warehouse, wanted.rule, as_of, market(workspace)).order_by("customer_id")
        customers: list[int] = warehouse.to_arrow(met).column("customer_id").to_pylist()
        asked = leaving.asked_targets(wanted.rule, targets, expand)
        risk = leaving.values_at_risk(warehouse, as_of, asked) if asked else {}
    customers.sort(key=lambda one: -risk.get(one, 0.0))  # those with equal risk stay in order
    may = customers if exportable is None else [one for one in customers if one in exportable]
    with workspace.ledger() as ledger:
        out = set() if with_holdout else held_back(workspace, ledger, as_of).intersection(may)
        may = [one for one in may if one not in out]
        known = vault(ledger, workspace.keys)(may)
    label = text if isinstance(wanted.rule, Tag) else wanted.name
    header = ["customer_id", "segment", "as_of", "purpose"]
    rows: list[list[Cell]] = [[known[one], label, as_of, purpose.strip()] for one in may if one in known]
    if asked:
        header += ["value_at_risk", "contact_helps"]
        for row, one in zip(rows, (one for one in may if one in known), strict=True):
            row += [f"{risk[one]:.2f}" if one in risk else "", _("not known until tested")]
    write_file(file, as_csv(header, rows))
    told: dict[str, Any] = {"as_of": as_of.isoformat(), "file": str(file), "purpose": purpose.strip()}
    told |= {"size": len(customers), "exported": len(rows), "left_out": len(customers) - len(rows) - len(out)}
    lines = [_("Wrote {n} customers to {path}.").format(n=f"{len(rows):,}", path=file)]
    if out:
        told["held_out"] = len(out)
        lines.append(held_out_text(len(out)))
    if told["left_out"]:
        lines.append(_("Left out, because they may not be exported: {n}.").format(n=f"{told['left_out']:,}"))
    if asked:
        told["value_at_risk"] = round(sum(risk.get(one, 0.0) for one in may if one in known), 2)
    lines += leaving.warning(wanted.rule, targets, expand)
    return StageReport(told, lines)


def checked(workspace: Workspace, warehouse: Warehouse, wanted: Selection, as_of: date) -> None:
    """Raises a DaogouError where there are no profiles, or the selection names what does not exist."""
    if not _everyone(warehouse, as_of):
        raise DaogouError(
            _("there are no profiles at {day}").format(day=as_of), "daogou segment", _("Run 'daogou profile' first.")
        )
    found = found_segments(warehouse, as_of)
    named = known_pairs(warehouse, workspace)
    tags = rules.tags(workspace.settings.segment, [*found, *named]) if found or named else []
    known = vocabulary(warehouse, wanted.rule, as_of, tags, market(workspace))
    check(wanted.rule, known, _("rule"))


def _everyone(warehouse: Warehouse, as_of: date) -> int:
    people = warehouse.table(PROFILES)
    return int(warehouse.scalar(people.filter(people.as_of == ibis.date(as_of.isoformat())).count()))


def _summaries(warehouse: Warehouse, as_of: date) -> list[dict[str, Any]]:
    table = warehouse.table(SEGMENT_SUMMARIES)
    at = table.filter(table.as_of == ibis.date(as_of.isoformat()))
    found = warehouse.to_arrow(at.order_by("method", at["size"].desc(), "segment"))
    if not found.num_rows:
        raise DaogouError(
            _("there are no segments at {day}").format(day=as_of), "daogou segment", _("Run 'daogou segment' first.")
        )
    rows: list[dict[str, Any]] = found.to_pylist()
    for code in words.LANGUAGES:
        with words.language(code):
            named = labels(found)
            for row in rows:
                row[f"label_{code}"] = named[row["method"], row["segment"]]
                row[f"apart_{code}"] = apart.describe(row["features"])
    return rows


def _about(row: dict[str, Any], everyone: int) -> dict[str, Any]:
    told = {"method": row["method"], "name": row["segment"], "size": row["size"]}
    told |= {"share": _share(row["size"], everyone), "net_sales": round(row["net_sales"], 4)}
    return told | {f"{key}_{code}": row[f"{key}_{code}"] for key in ("label", "apart") for code in words.LANGUAGES}


def _said(rule: Rule) -> dict[str, str]:
    made = {}
    for code in words.LANGUAGES:
        with words.language(code):
            made[f"words_{code}"] = say(rule, rules.name_of)
    return made


def _share(n: int, of: int) -> float:
    return round(n / of, 6) if of else 0.0


def _percent(n: int, of: int) -> str:
    return percent_of(n / of) if of else "0"
