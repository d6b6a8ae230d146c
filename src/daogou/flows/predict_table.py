"""One table without a workspace: who will, by the columns of a file; which model, and how well it is known."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.flows.workspace import StageReport
from daogou.predict import choose
from daogou.predict import table_sentences as say
from daogou.predict.champion import Champion
from daogou.predict.outcome import events, told
from daogou.predict.table import take_label
from daogou.store.table_file import read_table


def predict_table(
    path: Path, label: str, event: str | None = None, when: str | None = None, groups: str | None = None
) -> StageReport:
    """The evaluation of every model on a file's rows, and the one to use.

    ``event`` is the value of the label that means that it happened; without it the label holds 1 and 0, or yes and no.
    ``when`` and ``groups`` name columns, as in :func:`daogou.predict.choose`. Rows without a label are left out.

    Raises:
        DaogouError: the file or a column is missing, the label is no outcome, or there are too few rows.
    """
    table, labels = take_label(read_table(path), label, str(path))
    for column in (when, groups):
        if column is not None:
            take_label(table, column, str(path))
    known = told(np.array(labels, dtype=object))
    y = _outcome([one for one, held in zip(labels, known, strict=True) if held], label, event, str(path))
    champion = choose(table.filter(pa.array(known)), y, when, groups)
    unlabelled = int((~known).sum())
    return StageReport(_summary(path, label, champion, unlabelled), say.lines(champion, label, unlabelled))


def _outcome(labels: list[Any], label: str, event: str | None, where: str) -> np.ndarray[Any, Any]:
    values = sorted({str(one) for one in labels})
    if event is not None:
        if event not in values:
            raise _no_outcome(label, values, where)
        return np.array([str(one) == event for one in labels])
    try:
        return events(np.array(labels, dtype=object), len(labels))
    except ValueError:
        raise _no_outcome(label, values, where) from None


def _no_outcome(label: str, values: list[str], where: str) -> DaogouError:
    return DaogouError(
        _("the column '{name}' is no outcome of two kinds; it holds {values}").format(
            name=label, values=", ".join(values[:5]) or "-"
        ),
        where,
        _("Write 1 and 0, or yes and no; or name the value that counts with --event."),
    )


def _summary(path: Path, label: str, champion: Champion, unlabelled: int) -> dict[str, Any]:
    return {
        "table": path.name,
        "label": label,
        "rows": champion.rows,
        "events": champion.events,
        "rows_without_label": unlabelled,
        "protocol": champion.protocol,
        "findings": [
            {"leak": one.leak, "column": one.column, "seen": one.seen, "text": str(one)} for one in champion.findings
        ],
        "left_out": list(champion.left_out),
        "models": {
            name: {metric: estimate.as_dict() for metric, estimate in metrics.items()}
            for name, metrics in champion.estimates.items()
        },
        "champion": champion.name,
        "calibration": champion.calibration,
    }
