"""One table without a workspace: does a message pay, and for whom, by the rows of a file that holds a trial."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from daogou.base import words
from daogou.base.errors import DaogouError
from daogou.base.raw import number, written
from daogou.base.words import gettext as _
from daogou.flows.uplift_choice import Chosen, choose_uplift
from daogou.flows.workspace import StageReport
from daogou.measure import uplift_sentences as say
from daogou.predict.leaks import COLUMN_LEAKS, audit
from daogou.predict.outcome import told
from daogou.predict.table import take_label
from daogou.predict.uplift_reasons import drivers, said, why
from daogou.store.table_file import read_table


@dataclass(frozen=True)
class Question:
    """Which columns of the file hold what, and what a message costs in the outcome's unit."""

    treated: str
    outcome: str
    control: str = ""  # the value of ``treated`` that means control group; empty: 0, control or holdout
    cost: str = ""  # a number, or the column that holds one a row; empty: 0
    propensity: str = ""  # the column of the probability to be treated
    units: str = ""  # the column of the household or store in which lots were drawn
    shared: Sequence[str] = ()
    leave_out: Sequence[str] = ()  # columns that were not known before


def uplift_table(path: Path, question: Question) -> StageReport:
    """The advice on a file's rows. Rows without an arm or an outcome are left out.

    Raises:
        DaogouError: the file or a column is missing, or nothing can be learned from it.
    """
    where = str(path)
    table = read_table(path)
    named = [question.treated, question.outcome, *question.leave_out]
    price = number(question.cost or "0")
    named += [name for name in (question.propensity, question.units, question.cost if price != price else "") if name]
    columns: dict[str, list[Any]] = {}
    for name in dict.fromkeys(named):
        columns[name] = take_label(table, name, where)[1]
    frame = table.drop_columns(list(dict.fromkeys(named)))
    if not frame.column_names:
        raise DaogouError(_("no column is left to learn from"), where, _("Leave fewer columns out."))
    known = told(columns[question.treated]) & told(columns[question.outcome])
    arrays = {name: np.array(values, dtype=object)[known] for name, values in columns.items()}
    frame = frame.filter(pa.array(known))
    arm = _arms(arrays[question.treated], question.control, where)
    leaks = _leaks(frame, arrays[question.outcome])
    frame = frame.drop_columns(leaks)
    try:
        found = choose_uplift(
            frame,
            arm,
            _plain(arrays[question.outcome]),
            price if price == price else arrays[question.cost].astype(np.float64),
            None if not question.propensity else arrays[question.propensity].astype(np.float64),
            None if not question.units else np.array([written(one) for one in arrays[question.units]]),
            question.shared,
        )
    except ValueError as error:
        hint = _("See docs/methods/uplift.md for what a trial must hold.")
        name_it = _("Name the value of the control group with --control.")
        raise DaogouError(str(error), where, name_it if str(error).startswith("treated holds") else hint) from None
    driven = drivers(found.model, frame)
    lines = both(lambda: [*_lines(found, len(known), int(known.sum()), leaks), *said(driven), *_examples(found, frame)])
    return StageReport(
        {"table": path.name, **summary(found), "left_out": leaks, "lines": lines}, lines[words.current_language()]
    )


def summary(found: Chosen) -> dict[str, Any]:
    """JSON-ready: the action, the figures of every policy, and how far the effects can be believed."""
    advice = found.advice
    return {
        "action": advice.action,
        "model": advice.model,
        "arms": list(advice.arms),
        "share": advice.share,
        "profits": {name: one.as_dict() for name, one in advice.profits.items()},
        "targeted_over": {name: one.as_dict() for name, one in advice.over.items()},
        "effect": [one.as_dict() for one in advice.effect],
        "promised": advice.promised,
        "slope": list(advice.shrinkage.slope),
        "enough": advice.enough,
        "events": advice.events,
        "qini": [one.as_dict() for one in found.qini],
        "tenths": [
            [{"number": one.number, "told": one.told} | one.shown.as_dict() for one in arm] for arm in advice.tenths
        ],
        "curve": [{"share": one.share, "spent": one.spent} | one.profit.as_dict() for one in advice.curve],
        "warnings": list(advice.warnings),
    }


def both(lines: Callable[[], list[str]]) -> dict[str, list[str]]:
    """What ``lines`` says, in each language."""
    told = {}
    for code in words.LANGUAGES:
        with words.language(code):
            told[code] = lines()
    return told


def _lines(found: Chosen, rows: int, known: int, leaks: Sequence[str]) -> list[str]:
    told = say.lines(found.advice, lambda value: f"{value:,.4g}", found.qini)
    if rows > known:
        told.append(_("rows without an arm or an outcome, left out: {rows}").format(rows=f"{rows - known:,}"))
    if leaks:
        told.append(_("left out, as they look like the outcome itself: {columns}").format(columns=", ".join(leaks)))
    return told


def _examples(found: Chosen, frame: pa.Table) -> list[str]:
    """Why the customers with the largest and the smallest effect of the first arm have it."""
    effect = found.model.effect(frame).reshape(frame.num_rows, -1)[:, 0]
    if not np.ptp(effect):
        return []
    largest, smallest = why(found.model, frame.take([int(effect.argmax()), int(effect.argmin())]))
    return [
        _("largest effect of a customer: {reasons}").format(reasons=largest),
        _("smallest effect of a customer: {reasons}").format(reasons=smallest),
    ]


def _arms(values: np.ndarray[Any, Any], control: str, where: str) -> np.ndarray[Any, Any]:
    texts = np.array([written(one) for one in values], dtype=object)
    if not control:
        return texts
    if control not in texts:
        raise DaogouError(
            _("no row holds '{value}' as its arm").format(value=control),
            where,
            _("There are {values}.").format(values=", ".join(sorted(set(texts))[:5])),
        )
    return np.where(texts == control, "control", texts)


def _plain(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Numbers as numbers, texts as they are."""
    try:
        return values.astype(np.float64)
    except (TypeError, ValueError):
        return values


def _leaks(frame: pa.Table, outcome: np.ndarray[Any, Any]) -> list[str]:
    """Columns that look like the outcome itself; only an event can be looked through."""
    try:
        found = audit(frame, outcome)
    except ValueError:
        return []
    return list(dict.fromkeys(one.column for one in found if one.leak in COLUMN_LEAKS and one.column))
