"""The customers who are most like a list: a segment, a rule, or a file of the company's own ids."""

from datetime import date
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from daogou.base import words
from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.flows.audience import checked
from daogou.flows.calendar import market
from daogou.flows.contexts.vault import vault
from daogou.flows.global_holdout import held_back, held_out_text
from daogou.flows.listed import Listed, listed
from daogou.flows.private_file import write_file
from daogou.flows.selection import selection
from daogou.flows.workspace import StageReport, Workspace
from daogou.profile import lookalike_sentences as say
from daogou.profile.lookalike import Alike, alike
from daogou.profile.lookalike_matched import strata
from daogou.profile.lookalike_reasons import in_words, reasons
from daogou.profile.matrix import everything, frame, matrix
from daogou.report.contexts import Cell
from daogou.report.downloads import as_csv
from daogou.store.rule import members
from daogou.store.tables import CATEGORY_SHARES, PROFILES, Table
from daogou.store.warehouse import Warehouse

_FILES = (".csv", ".gz", ".parquet", ".txt")
_ID = "customer_id"
_LOOKED_AT = 200_000  # customers whose numbers say what sets the seeds apart


def lookalikes(
    workspace: Workspace,
    text: str,
    size: int,
    purpose: str = "",
    file: Path | None = None,
    with_holdout: bool = False,
) -> StageReport:
    """The ``size`` customers most like those of ``text``, and how well likeness was tested; written to ``file``.

    ``text`` is a segment (method:segment), a rule, or a file of customers: CSV or Parquet with a column customer_id, or
    with one column. The list holds the company's own ids with the purpose in each row, and nobody of the half-year's
    global holdout unless ``with_holdout`` asks for them.

    Raises:
        DaogouError: the size is no size, a file is asked for without its purpose, there are no profiles, too few seeds,
            or seeds who differ from others in nothing but how active they are.
    """
    if size < 1:
        raise DaogouError(_("a list of {n} customers is none").format(n=size), "--size", _("Ask for 1 or more."))
    if file is not None and not purpose.strip():
        raise DaogouError(
            _("an export needs its purpose"), "daogou segment alike", _("Say what the list is for, in a few words.")
        )
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        seeds = _seeds(workspace, warehouse, text, as_of)
        profiles = _at(warehouse, PROFILES, as_of).sort_by("customer_id")
        shares = _at(warehouse, CATEGORY_SHARES, as_of)
    customers = profiles.column("customer_id").to_numpy()
    is_seed = np.isin(customers, np.array(seeds.customers, dtype=np.int64))
    orders, recency = (profiles.column(name).to_numpy() for name in ("order_days", "recency_days"))
    settings = everything(profiles, workspace.settings.segment)
    found = alike(frame(profiles, shares, settings), is_seed, orders, recency, (size,), workspace.settings.segment.seed)
    told = _summary(text, size, as_of, seeds, found)
    if found.scores is None:
        raise say.refusal(found, text, seeds.unknown)
    some = np.sort(np.random.default_rng(0).permutation(len(customers))[:_LOOKED_AT])
    numbers = matrix(
        profiles.take(some), shares.filter(pc.is_in(shares.column(_ID), pa.array(customers[some]))), settings
    )
    why = reasons(numbers.names, numbers.values, is_seed[some], strata(orders, recency, is_seed)[some])
    told["reasons"] = {code: _in(code, why) for code in words.LANGUAGES}
    others = np.flatnonzero(~is_seed)
    best = others[np.lexsort((customers[others], -found.scores[others]))][:size]
    lines = say.lines(found, len(best), size, seeds.unknown, in_words(why))
    if file is not None:
        with workspace.ledger() as ledger:
            out = set() if with_holdout else held_back(workspace, ledger, as_of)
        may = best[~np.isin(customers[best], list(out))]
        written = _write(workspace, file, customers[may], found.scores[may], (text, as_of, purpose.strip()))
        told |= {"file": str(file), "purpose": purpose.strip(), "exported": written}
        lines.append(_("Wrote {n} customers to {path}.").format(n=f"{written:,}", path=file))
        if len(may) < len(best):
            told["held_out"] = len(best) - len(may)
            lines.append(held_out_text(len(best) - len(may)))
    told["size"] = len(best)
    return StageReport(told, [*lines, say.caution()])


def _in(code: str, why: list[Any]) -> list[str]:
    with words.language(code):
        return in_words(why)


def _summary(text: str, size: int, as_of: date, seeds: Listed, found: Alike) -> dict[str, Any]:
    return {
        "as_of": as_of.isoformat(),
        "seed": text,
        "seeds": found.seeds,
        "seeds_without_profile": seeds.unknown,
        "asked_for": size,
        "auc": found.auc.as_dict() if found.auc else None,
        "curve": [
            {
                "size": at.size,
                "found": at.found.as_dict(),
                "matched": at.matched.as_dict(),
                "lift": at.lift.as_dict(),
            }
            for at in found.curve
        ],
        **{f"caution_{code}": _caution(code) for code in words.LANGUAGES},
    }


def _caution(code: str) -> str:
    with words.language(code):
        return say.caution()


def _seeds(workspace: Workspace, warehouse: Warehouse, text: str, as_of: date) -> Listed:
    path = Path(text)
    if path.suffix.lower() in _FILES and "=" not in text:
        return listed(workspace, path)
    wanted = selection(text)
    checked(workspace, warehouse, wanted, as_of)
    with workspace.engine(warehouse) as engine:
        met = engine.to_arrow(members(engine, wanted.rule, as_of, market(workspace)))
    return Listed(met.column("customer_id").to_pylist(), 0)


def _at(warehouse: Warehouse, table: Table, as_of: date) -> pa.Table:
    rows = warehouse.table(table)
    return warehouse.to_arrow(rows.filter(rows.as_of == ibis.date(as_of.isoformat())))


def _write(workspace: Workspace, file: Path, customers: Any, scores: Any, said: tuple[str, date, str]) -> int:
    """Best first; those whose key was destroyed are left out."""
    with workspace.ledger() as ledger:
        known = vault(ledger, workspace.keys)(customers.tolist())
    rows: list[list[Cell]] = [
        [known[one], rank, f"{score:.6g}", *said]
        for rank, (one, score) in enumerate(zip(customers.tolist(), scores.tolist(), strict=True), 1)
        if one in known
    ]
    write_file(file, as_csv([_ID, "rank", "likeness", "alike_to", "as_of", "purpose"], rows))
    return len(rows)
