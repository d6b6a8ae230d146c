"""Stage measure: what each past campaign reached, brought and cost, and how much of it must be incremental to pay."""

from datetime import date
from typing import Any

import pyarrow as pa

from daogou.base.clock import Clock
from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.flows.attribution import attributed, attribution_lines
from daogou.flows.campaign_costs import told_costs
from daogou.flows.evidence import evidence
from daogou.flows.experiments import experiments
from daogou.flows.money import money
from daogou.flows.observational import observational
from daogou.flows.rates import measured_rates, rate_lines
from daogou.flows.running import running
from daogou.flows.statement import statement
from daogou.flows.unit_tests import unit_tests
from daogou.flows.workspace import Progress, StageReport, Workspace
from daogou.measure import sentences as say
from daogou.measure.results import Assumptions, Result, Results, results
from daogou.report import figures
from daogou.store.rounding import number
from daogou.store.tables import ASSIGNMENTS, RESULTS
from daogou.store.warehouse import Warehouse


def measure(workspace: Workspace, _clock: Clock, progress: Progress) -> StageReport:
    """Measure every past campaign and write ``results``."""
    with workspace.warehouse() as warehouse, warehouse.transaction():
        as_of = workspace.as_of(warehouse)
        progress(0.0, _("measuring past campaigns"))
        found = measured(workspace, warehouse, as_of)
        rows = [result_row(result) for result in (*found.campaigns, *found.pooled)]
        warehouse.replace(RESULTS, _table(rows, as_of), as_of=as_of)
        held_out = kept_control_group(warehouse)
        progress(0.5, _("crediting channels"))
        rates = measured_rates(workspace, warehouse, as_of)
        tested, learnt = experiments(workspace, warehouse, as_of)
        switched, switched_lines = unit_tests(workspace, warehouse, as_of)  # adds to the readings above
        seen, seen_lines = observational(workspace, warehouse, as_of)
        followed, followed_lines = running(workspace, warehouse, as_of)
        known_by, known_by_lines = evidence(workspace, warehouse, as_of)
        channels = attributed(workspace, warehouse, as_of)  # after all readings: it shows what they proved
        earned, money_lines = money(workspace, warehouse, as_of)  # after credit and readings: it divides them by cost
        year, year_lines = statement(workspace, warehouse, as_of)  # last: it adds up what the others have written
    progress(1.0, _("measuring past campaigns"))
    summary = {
        "measure": [_json(row) for row in rows if row["level"] == "campaign"],
        "measure_pooled": [_json(row) for row in rows if row["level"] != "campaign"],
        "overlap": {k: v for k, v in found.overlap.as_dict().items() if k != "unit"} if found.overlap else None,
        "measure_notes": _notes(workspace, found, held_out),
        "attribution": channels,
        "rates": rates,
        "experiments": tested,
        "unit_tests": switched,
        "running": followed,
        "statement": year,
        "observational": seen,
        "evidence": known_by,
        "money": earned,
    }
    currency = workspace.settings.company.currency
    lines = measure_lines(summary, currency)
    lines += attribution_lines(channels, workspace.settings.attribution.kinds, currency)
    more = [*year_lines, *followed_lines, *switched_lines, *seen_lines, *known_by_lines]
    return StageReport(summary, [*lines, *money_lines, *learnt, *more, *rate_lines(rates)])


def measured(workspace: Workspace, warehouse: Warehouse, as_of: date) -> Results:
    """The figures of every campaign before ``as_of``, at the workspace's assumptions."""
    plan, own = workspace.settings.plan, workspace.settings.measure
    terms = Assumptions(plan.margin_used, plan.contact_cost_used, own.fewest_redeemers, own.resamples)
    return results(warehouse, as_of, terms, told_costs(workspace, warehouse, as_of))


def kept_control_group(warehouse: Warehouse) -> bool:
    """Whether any past campaign left people out by lot."""
    assignments = warehouse.table(ASSIGNMENTS)
    drawn = assignments.filter(assignments.arm == "holdout", assignments.propensity.notnull())
    return bool(warehouse.scalar(drawn.count()))


def result_row(result: Result) -> dict[str, Any]:
    """A row of ``RESULTS`` without its date, money and shares rounded to 12 significant digits."""
    row: dict[str, Any] = {}
    for name, value in vars(result).items():
        if name in ("rate", "break_even"):
            row |= _spread(name, value)
        else:
            row[name] = number(value) if isinstance(value, float) else value
    return row


def _notes(workspace: Workspace, found: Results, held_out: bool) -> dict[str, Any]:
    plan, coupons = workspace.settings.plan, found.coupons
    return {
        "proof_of_effect": False,
        "control_group": held_out,
        "ctr": None,
        "cvr": None,
        "fewest_redeemers": workspace.settings.measure.fewest_redeemers,
        "counts_alone": sum(result.rate is None for result in found.campaigns),
        "incomplete": sum(bool(result.incomplete) for result in found.campaigns),
        "coupon_value_attributed": number(coupons.attributed),
        "coupon_value_on_covered_items": number(coupons.on_covered),
        "coupon_value_unexplained": number(coupons.unexplained),
        "redemptions_without_order": coupons.without_order,
        "margin": plan.margin_used,
        "contact_cost": plan.contact_cost_used,
        "assumed": [name for name in ("margin", "contact_cost") if getattr(plan, name) is None],
    }


def measure_lines(summary: dict[str, Any], currency: str) -> list[str]:
    """What the figures say, in the current language, most important first."""
    rows, pooled, notes = summary["measure"], summary["measure_pooled"], summary["measure_notes"]
    if not rows:
        return [say.nothing_text()]
    lines = [say.campaigns_text(len(rows), notes["incomplete"], notes["counts_alone"], notes["fewest_redeemers"])]
    if not any(row["redemptions"] for row in rows):
        lines.append(say.no_redemptions_text())
    for row in (*pooled, *rows):
        if row["break_even"] is not None:
            text = say.break_even_text(row["break_even"], is_pool=row["level"] != "campaign")
            lines.append(say.line_text(_name(row), text))
    lines.append(say.used_text(notes["margin"], figures.money(notes["contact_cost"], currency)))
    if notes["assumed"]:
        lines.append(say.assumed_text(notes["assumed"]))
    if not notes["control_group"]:
        lines.append(say.proof_text())
    if not summary["attribution"]:
        lines.append(say.clicks_text())
    if summary["overlap"] is not None and summary["overlap"]["value"] is not None:
        lines.append(say.overlap_text(summary["overlap"]["value"]))
    if notes["coupon_value_attributed"]:
        attributed, covered = notes["coupon_value_attributed"], notes["coupon_value_on_covered_items"]
        other = figures.money(notes["coupon_value_unexplained"], currency)
        lines.append(say.coupons_text(figures.money(attributed, currency), covered / attributed, other))
    return lines


def _name(row: dict[str, Any]) -> str:
    if row["level"] == "campaign":
        return str(_("campaign {name}").format(name=row["name"]))
    pools = {"all": _("all campaigns"), "complete": _("all that are wholly in the data")}
    return str(pools.get(row["level"], row["name"]))


def _table(rows: list[dict[str, Any]], as_of: date) -> pa.Table:
    schema = RESULTS.schema().to_pyarrow()
    return pa.Table.from_pylist([row | {"as_of": as_of} for row in rows], schema=schema)


def _spread(name: str, estimate: Estimate | None) -> dict[str, float | None]:
    names = (name, f"{name}_low", f"{name}_high")
    if estimate is None:
        return dict.fromkeys(names)
    return dict(zip(names, map(number, (estimate.value, estimate.low, estimate.high)), strict=True))


def _json(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
