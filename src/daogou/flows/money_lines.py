"""What money says to a person, most important first."""

import math
from typing import Any

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.measure import money_sentences as say
from daogou.measure.acquisition import FEWEST_OBSERVED, WARM_UP
from daogou.measure.brand import MEASURES, growth
from daogou.measure.money_ladder import SUMS
from daogou.measure.returns import gain_to_cost
from daogou.report import figures

Row = dict[str, Any]


def money_lines(summary: Row, currency: str) -> list[str]:
    """Lines of the stage, from its JSON; empty where nothing was ordered."""
    if not summary:
        return []
    days = summary["days"]
    mine = [row for row in summary["ladder"] if row["level"] == "days" and row["name"] == str(days)]
    amounts = {row["step"]: figures.money(float(row["amount"]), currency) for row in mine if row["step"] in SUMS}
    lines = [say.ladder_text(days, amounts)]
    notes = [say.provisional_text(summary["return_days"])] if any(row["provisional"] for row in mine) else []
    known = summary["cost_of_goods_known"]["days"]
    if known is not None and known < 1:
        notes.append(say.assumed_text(figures.share(known), figures.share(summary["margin"])))
    lines += [" ".join(notes)] if notes else []
    lines += _returns(summary["returns"], currency)
    lines += _acquisition(summary, currency)
    return lines + _brand(summary["brand"]["weeks"])


def ratio_text(estimate: Estimate) -> str:
    """A ratio with its interval.

    >>> ratio_text(Estimate(2.63, 2.0, 3.3, 10))
    '2.63 (between 2.00 and 3.30)'
    """
    value = figures.decimal(estimate.value, 2)
    if not math.isfinite(estimate.low) or not math.isfinite(estimate.high):
        return value
    ends = figures.between(figures.decimal(estimate.low, 2), figures.decimal(estimate.high, 2))
    return str(_("{value} ({interval})").format(value=value, interval=ends))


def _estimate(row: Row, names: tuple[str, str, str] = ("value", "low", "high")) -> Estimate:
    value, low, high = (math.nan if row.get(name) is None else float(row[name]) for name in names)
    return Estimate(value, low, high, 0)


def _money(row: Row, name: str, currency: str) -> str:
    """An amount with its interval."""
    value, low, high = (None if row[end] is None else figures.money(row[end], currency) for end in _ends(name))
    if low is None or high is None:
        return value or figures.NOTHING
    return str(_("{value} ({interval})").format(value=value, interval=figures.between(low, high)))


def _ends(name: str) -> tuple[str, str, str]:
    return name, f"{name}_low", f"{name}_high"


def _returns(rows: list[Row], currency: str) -> list[str]:
    lines = []
    whole = {row["basis"]: row for row in rows if row["level"] == "all"}
    if "roas" in whole and whole["roas"]["cost"]:
        credited, profit = whole["roas"], whole["profit_roi"]
        ratio = gain_to_cost(credited["gain"], credited["cost"])
        cost = figures.money(credited["cost"], currency)
        lines.append(say.channels_text(ratio, ratio_text(_estimate(credited)), ratio_text(_estimate(profit)), cost))
    if "incremental_roi" in whole and whole["incremental_roi"]["value"] is not None:
        proven = whole["incremental_roi"]
        lines.append(say.proven_text("", ratio_text(_estimate(proven)), gain_to_cost(proven["gain"], proven["cost"])))
    return lines


def _acquisition(summary: Row, currency: str) -> list[str]:
    whole = next(row for row in summary["acquisition"] if row["level"] == "all")
    if not whole["orders"]:
        return []
    share = _estimate(whole, _ends("new_share"))
    history = summary["payback"]["history_days"]
    lines = [say.new_text(figures.count(whole["new_customers"]), figures.with_interval(share), history)]
    if whole["cost"] is None:
        return [*lines, say.no_cost_text()]
    if whole["cac_blended"] is not None:
        known = summary["payback"]["curve_days"]
        days, low, high = (None if whole[end] is None else int(whole[end]) for end in _ends("payback_days"))
        covered = say.payback_text(days, low, high, known) if known else say.no_payback_text(WARM_UP, FEWEST_OBSERVED)
        cost = _money(whole, "cac_blended", currency)
        lines.append(say.cac_text(cost, covered))
        if whole["ltv"] is None:
            lines.append(say.no_ltv_text())
        else:
            ratio = _estimate(whole, _ends("ltv_cac"))
            lines.append(say.ltv_text(_money(whole, "ltv", currency), ratio_text(ratio)))
    return lines


def _brand(weeks: list[Row]) -> list[str]:
    lines = []
    for measure in MEASURES:
        mine = sorted((row for row in weeks if row["measure"] == measure), key=lambda row: row["week"])
        if len(mine) < 8:
            continue
        now, before = (sum(row["value"] for row in part) for part in (mine[-4:], mine[-8:-4]))
        change = figures.with_interval(growth(now, before))
        lines.append(say.brand_text(measure, figures.count(now), figures.count(before), change))
    return lines
