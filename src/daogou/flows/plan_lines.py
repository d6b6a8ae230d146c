"""What a plan says to people, from its JSON, in the current language."""

from typing import Any

from daogou.base.words import current_language
from daogou.campaign import design_sentences as fixed
from daogou.campaign import sentences as say
from daogou.campaign.design import MONEY
from daogou.campaign.learning import OTHER_SHARES
from daogou.campaign.offer import Offer
from daogou.flows.plan_summary import at
from daogou.report import figures


def plan_lines(summary: dict[str, Any], currency: str) -> list[str]:
    """What the plan says; ``summary`` is the object that the stage prints under plan."""
    if summary["state"] == "none":
        return _said(*nothing_lines(summary), *global_lines(summary, currency))
    costs, days, outcome = summary["costs"], summary["outcome_days"], outcome_of(summary)
    lift = summary["smallest_visible_lift"]
    offer = offer_of(summary)
    return _said(
        say.offer_line(say.offer_text(offer, figures.money(summary["offer"]["value"], currency))),
        say.why_text(offer, days),
        *prior_lines(summary, currency),
        who_line(summary, currency),
        *exclusion_lines(summary),
        say.arms_text(summary["treated"], summary["held_out"]),
        *_share_lines(summary),
        *size_lines(summary),
        *fixed_lines(summary, currency),
        effect_line(summary, currency),
        say.known_text(summary["known_on"], days, lift, outcome),
        say.hidden_text(costs["pays_from_lift"], lift),
        say.cost_text(figures.money(costs["total"]["value"], currency)),
        price_line(summary, currency),
        say.assumed_text(costs["assumed"]),
        *global_lines(summary, currency),
        say.draft_text(),
    )


def nothing_lines(summary: dict[str, Any]) -> list[str]:
    """Why nothing is planned."""
    group = summary.get("exclusion") or {}
    if "full_until" in group:
        return [fixed.full_text(group["group"], group["full_until"])]
    outcome = summary.get("primary", "contribution")
    return [say.too_few_text(summary["customers"], outcome), say.needed_text(summary["customers_needed"])]


def outcome_of(summary: dict[str, Any]) -> str:
    """The primary outcome; of plans that fixed none, contribution."""
    return str((summary.get("design") or {}).get("primary", "contribution"))


def who_line(summary: dict[str, Any], currency: str) -> str:
    """Who takes part, within which groups lots are drawn, and what a limit keeps out."""
    is_everyone = not (summary.get("exclusion") or summary.get("global_holdout"))
    told = [say.who_text(summary["customers"], summary["ranked_by"], is_everyone)]
    told.append(say.lots_text(summary.get("stratify", say.USUAL_GROUPS)))
    stakes = summary.get("stakes")
    if stakes and stakes["pays_from"] is not None:
        told.append(say.stakes_text(stakes["limit"], figures.money(stakes["next"], currency), stakes["pays_from"]))
    return ("" if current_language() == "zh" else " ").join(told)


def size_lines(summary: dict[str, Any]) -> list[str]:
    """Why so many are held out, and whether campaigns of the offer are read together."""
    told, design = summary.get("holdout"), summary.get("design")
    if not told or not design:
        return []
    is_joined = design["offer"] and told["target_lift"] is not None
    return _said(
        fixed.size_text(told),
        fixed.target_text(told["target"], design["primary"]),
        fixed.fewest_text(told["reading_needs"]) if _is_small(summary) else "",
        fixed.joined_text(told["campaigns"]) if is_joined else "",
    )


def _is_small(summary: dict[str, Any]) -> bool:
    """Whether an arm is too small to be read at all."""
    arms = [summary["held_out"], *(arm["customers"] for arm in summary["arms"])]
    people_a_unit = summary["customers"] / max(summary["units"], 1)
    return bool(min(arms) / people_a_unit < summary["holdout"]["reading_needs"])


def fixed_lines(summary: dict[str, Any], currency: str) -> list[str]:
    """What is fixed before the start: what decides, who is drawn together, and what each of several arms gets."""
    design, arms = summary.get("design"), summary.get("arms") or []
    if not design:
        return []
    return _said(
        fixed.design_text(design["primary"], design["outcome_days"], design["guard_rails"]),
        fixed.unit_text(design["unit"], summary["units"]),
        *(
            fixed.arm_text(one["arm"], one["customers"], figures.money(one["coupon_value"], currency))
            for one in arms
            if len(arms) > 1
        ),
    )


def effect_line(summary: dict[str, Any], currency: str) -> str:
    """The smallest effect a person that will show."""
    visible, usual = summary.get("smallest_visible_effect_adjusted"), summary.get("usual_outcome")
    if visible is None or usual is None:
        return ""
    outcome = outcome_of(summary)
    usual_told, visible_told = (
        figures.money(value, currency) if outcome in MONEY else figures.decimal(value) for value in (usual, visible)
    )
    return fixed.effect_text(usual_told, visible_told, summary["outcome_days"], outcome)


def exclusion_lines(summary: dict[str, Any]) -> list[str]:
    """How a person is kept from two campaigns at a time."""
    told = summary.get("exclusion")
    return fixed.exclusion_texts(told["group"], told["slot"] + 1, told["slots"], told["kept_out"]) if told else []


def prior_lines(summary: dict[str, Any], currency: str) -> list[str]:
    """What past campaigns lead one to expect."""
    told = summary.get("prior")
    if not told:
        return []
    names = ("value", "low", "high", "next_low", "next_high")
    amounts = {name: figures.money(told[name], currency) for name in names}
    return fixed.prior_texts(told["level"] == "offer", told["campaigns"], amounts, told["age"], told["pays"])


def price_line(summary: dict[str, Any], currency: str) -> str:
    """From which gain it pays, and what knowing costs."""
    costs = summary["costs"]
    lift = costs.get("forgone_at_lift", summary["smallest_visible_lift"])
    forgone = costs.get("forgone", costs["forgone_if_just_visible"])
    if forgone is None:
        return ""
    return say.price_text(costs["pays_from_lift"], lift, figures.money(forgone, currency))


def global_lines(summary: dict[str, Any], currency: str) -> list[str]:
    """The customers whom no campaign reaches; none where everyone may be reached."""
    told = summary.get("global_holdout")
    return fixed.global_texts(told, figures.money(told["forgone"], currency)) if told else []


def offer_of(summary: dict[str, Any]) -> Offer:
    """The offer of a stored plan, without its candidates."""
    told = summary["offer"]
    return Offer(told["category"], told["chosen_by"], categories=tuple(told.get("categories", ())))


def _said(*lines: str) -> list[str]:
    return [line for line in lines if line]


def _share_lines(summary: dict[str, Any]) -> list[str]:
    """What the chosen share held out would show, and what others would."""
    outcome = outcome_of(summary)
    lifts = {share: summary[at(share)] for share in OTHER_SHARES}
    lifts[summary["holdout_share"]] = summary["smallest_visible_lift"]
    lines = [say.share_text(share, lifts[share], outcome) for share in sorted(lifts) if lifts[share] is not None]
    return [*lines, say.adjusted_text(summary["smallest_visible_lift_adjusted"])]
