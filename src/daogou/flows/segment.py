"""Stage segment: RFM by two schemes, the lifecycle, groups by k-means, the company's own rules, and its tags."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import ibis
import pyarrow as pa

from daogou.base import words
from daogou.base.clock import Clock
from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.flows.calendar import market, write_calendar
from daogou.flows.lifecycle import write_lifecycle
from daogou.flows.rule_segments import about_waiting, write_rule_segments
from daogou.flows.tags import Tagging, about
from daogou.flows.tags import summary as summary_of_tags
from daogou.flows.workspace import Progress, StageReport, Workspace
from daogou.profile import apart, lifecycle, rfm, rules, table_sentences
from daogou.profile.features import numbers
from daogou.profile.mixed_kmeans import FEWEST, KMeans
from daogou.profile.segments import Segmentation, labels, segmentation
from daogou.profile.settings import SegmentSettings
from daogou.store import models
from daogou.store.rounding import rounded
from daogou.store.tables import CATEGORY_SHARES, EVALUATIONS, MODELS, PROFILES, SEGMENT_SUMMARIES, SEGMENTS, Table
from daogou.store.warehouse import Warehouse

_MODEL = "segment/kmeans"


def segment(workspace: Workspace, _clock: Clock, progress: Progress) -> StageReport:
    """Write ``SEGMENTS``, ``SEGMENT_SUMMARIES``, ``MOVEMENTS``, ``TAGS`` and the stage's ``EVALUATIONS``.

    Raises:
        DaogouError: there is one customer, or there are customers and no profiles of them, or a feature in the
            settings is not known.
    """
    settings = workspace.settings.segment
    with workspace.warehouse() as warehouse, warehouse.transaction(), workspace.engine(warehouse) as engine:
        as_of = workspace.as_of(warehouse)
        tagging = Tagging(workspace, warehouse, as_of, market(workspace))  # says at once what is wrong with a tag
        progress(0.0, _("reading profiles"))
        people = _profiles(warehouse, as_of)
        values = rfm.read(engine, as_of, settings.rfm_window_days)
        progress(0.2, _("making groups"))
        shares = _at(warehouse, CATEGORY_SHARES, as_of)
        made = segmentation(people, shares, values, settings, as_of, _groups_before(workspace, warehouse, as_of))
        _keep_groups(workspace, warehouse, made.groups, as_of)
        progress(0.7, _("reading the lifecycle"))
        found = write_lifecycle(workspace, warehouse, as_of, people, shares)
        made = replace(made, summaries=pa.concat_tables([made.summaries, found.summaries]))
        warehouse.replace(SEGMENTS, pa.concat_tables([made.segments, found.segments]), as_of=as_of)
        warehouse.replace(SEGMENT_SUMMARIES, rounded(made.summaries), as_of=as_of)
        warehouse.replace(EVALUATIONS, rounded(made.evaluations), as_of=as_of, stage="segment")
        progress(0.8, _("asking rules"))
        write_calendar(workspace, warehouse, as_of)  # the market may have changed since profiles were made
        told = write_rule_segments(workspace, warehouse, engine, as_of, people, shares, tagging)
        progress(0.9, _("tagging"))
        tagged = tagging.finish(told.waiting)
        about_tags = about(tagged, tagging, workspace, warehouse)
        tags_told = summary_of_tags(tagged, workspace, warehouse)
        made = replace(made, summaries=pa.concat_tables([made.summaries, told.summaries]))
    k = len(made.groups.numbers_) if made.groups else None
    clear = made.groups.better_than_noise if made.groups else None
    summary = {"segments": _segments(made.summaries), "k": k, "better_than_noise": clear, "tags": tags_told}
    summary |= {"k_curve": curve_of(made.groups) if made.groups else []}
    lines = _lines(made, settings, people.num_rows)
    return StageReport(summary, [*lines, *about_waiting(told.waiting), *about_tags])


def _profiles(warehouse: Warehouse, as_of: date) -> pa.Table:
    people = _at(warehouse, PROFILES, as_of)
    if not people.num_rows and warehouse.scalar(numbers(warehouse, [as_of]).count()):
        raise DaogouError(
            _("there are no profiles at {day}").format(day=as_of), "daogou segment", _("Run 'daogou profile' first.")
        )
    if people.num_rows == 1:
        raise DaogouError(
            _("all orders are of one customer, and people can only be compared from two on"),
            "daogou segment",
            _("Look whether 'customer_id' is mapped to the right column, or wait for more customers."),
        )
    return people


def _at(warehouse: Warehouse, table: Table, as_of: date) -> pa.Table:
    rows = warehouse.table(table)
    return warehouse.to_arrow(rows.filter(rows.as_of == ibis.date(as_of.isoformat())))


def _groups_before(workspace: Workspace, warehouse: Warehouse, as_of: date) -> KMeans | None:
    """The groups of the last run at ``as_of`` or before it."""
    table = warehouse.table(MODELS)
    earlier = table.filter(table.name == _MODEL, table.as_of <= ibis.date(as_of.isoformat()))
    found = warehouse.to_arrow(earlier.order_by(ibis.desc("as_of")).limit(1)).to_pylist()
    return KMeans.from_bytes(models.get(workspace.artefacts, found[0]["artefact"])) if found else None


def _keep_groups(workspace: Workspace, warehouse: Warehouse, found: KMeans | None, as_of: date) -> None:
    """Centres and scaling, so that the next run knows the groups again; no row of a customer."""
    before = warehouse.table(MODELS)
    before = before.filter(before.as_of == ibis.date(as_of.isoformat()), before.name == _MODEL)
    warehouse.delete_matching(MODELS, before.select("as_of", "name"))
    if found:
        artefact = models.put(workspace.artefacts, found.to_bytes())
        row = {"as_of": as_of, "name": _MODEL, "kind": type(found).__name__, "artefact": artefact}
        warehouse.append(MODELS, pa.Table.from_pylist([row], schema=MODELS.schema().to_pyarrow()))


def curve_of(found: KMeans) -> list[dict[str, Any]]:
    """How clear each number of groups is, beside data without any; JSON-ready."""
    return [{"k": one.k, "silhouette": one.silhouette.as_dict(), "shuffled": one.shuffled} for one in found.curve_]


def _segments(summaries: pa.Table) -> list[dict[str, Any]]:
    """One object a segment, most net sales first within its method."""
    said: dict[str, dict[tuple[str, str], tuple[str, str]]] = {}
    for code in words.LANGUAGES:
        with words.language(code):
            names = labels(summaries)
            said[code] = {
                (row["method"], row["segment"]): (names[row["method"], row["segment"]], apart.describe(row["features"]))
                for row in summaries.to_pylist()
            }
    return [
        {
            "method": row["method"],
            "name": row["segment"],
            **{f"label_{code}": said[code][row["method"], row["segment"]][0] for code in words.LANGUAGES},
            "size": row["size"],
            "net_sales": round(row["net_sales"], 4),
            **{f"apart_{code}": said[code][row["method"], row["segment"]][1] for code in words.LANGUAGES},
        }
        for row in _ranked(summaries)
    ]


def _ranked(summaries: pa.Table) -> list[dict[str, Any]]:
    return sorted(summaries.to_pylist(), key=lambda row: (row["method"], -row["net_sales"], row["segment"]))


def _lines(made: Segmentation, settings: SegmentSettings, customers: int) -> list[str]:
    if not customers:
        return [_("There are no customers to put into segments.")]
    shown = rfm.scheme(settings, words.current_language())
    names = labels(made.summaries)
    order = [shown, lifecycle.METHOD, "kmeans", rules.METHOD]
    rows = sorted((row for row in _ranked(made.summaries) if row["method"] in order), key=_place(order))
    lines = []
    for row in rows:
        name, size = names[row["method"], row["segment"]], f"{row['size']:,}"
        percent = percent_of(row["size"] / customers)
        line = _("{name}: {n} ({percent} % of customers)").format(name=name, n=size, percent=percent)
        told = apart.describe(row["features"]) if row["method"] == "kmeans" else ""
        lines.append(_("{line}; {apart}").format(line=line, apart=told) if told else line)
    return [*lines, *_about_groups(made.groups, settings, customers)]


def _place(order: list[str]) -> Callable[[dict[str, Any]], int]:
    return lambda row: order.index(row["method"])


def percent_of(share: float) -> str:
    """A share in whole percent, small ones with the digit that matters.

    >>> percent_of(0.214), percent_of(0.00162)
    ('21', '0.2')
    """
    return f"{100 * share:.0f}" if share >= 0.01 else f"{100 * share:.1g}"


def _about_groups(found: KMeans | None, settings: SegmentSettings, customers: int) -> list[str]:
    if found is None:
        few = _(
            "No groups by k-means: too few customers, or too little that differs (customers: {n}, needed: {fewest})."
        )
        return [few.format(n=customers, fewest=max(FEWEST, settings.k))]
    lines = []
    if not settings.k:
        lines.append(_("k-means: {k} groups, chosen by silhouette.").format(k=len(found.numbers_)))
    return [*lines, *table_sentences.curve_lines(found.curve_, len(found.numbers_)), *table_sentences.about_rest(found)]
