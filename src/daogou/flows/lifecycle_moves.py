"""Movements between the states of the lifecycle from any day to a later one."""

from datetime import date

from daogou.base import words
from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.flows.lifecycle import states_at
from daogou.flows.workspace import StageReport, Workspace
from daogou.profile.lifecycle import label
from daogou.profile.lifecycle_moves import moves


def movements(workspace: Workspace, before: date, until: date | None) -> StageReport:
    """How many customers went from which state at the end of ``before`` to which at the end of ``until``; None: now.

    Raises:
        DaogouError: the first day is not before the last, or the last is after the data.
    """
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        last = until or date.fromordinal(as_of.toordinal() - 1)
        _check(before, last, as_of)
        cuts = date.fromordinal(before.toordinal() + 1), date.fromordinal(last.toordinal() + 1)
        rows = moves(states_at(workspace, warehouse, *cuts), *cuts).to_pylist()
    for row in rows:
        for code in words.LANGUAGES:
            with words.language(code):
                row |= {f"from_{code}": label(row["from_state"]), f"to_{code}": label(row["to_state"])}
    code = words.current_language()
    lines = [_("From the end of {first} to the end of {last}:").format(first=before, last=last)]
    lines += [
        _("  {source} to {target}: {n}").format(
            source=row[f"from_{code}"], target=row[f"to_{code}"], n=f"{row['customers']:,}"
        )
        for row in rows
    ]
    if not rows:
        lines = [_("Nobody had bought by the end of {last}.").format(last=last)]
    return StageReport({"from": before, "to": last, "movements": rows}, lines)


def _check(before: date, last: date, as_of: date) -> None:
    if before >= last:
        raise DaogouError(
            _("{first} is not before {last}").format(first=before, last=last),
            "daogou segment moves",
            _("Name an earlier day with --from, or a later one with --to."),
        )
    if last >= as_of:
        raise DaogouError(
            _("{day} is after the last day with an order").format(day=last),
            "daogou segment moves --to",
            _("Name a day before {day}.").format(day=as_of),
        )
