"""What the ledger keeps of a plan, and the command prints as JSON."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.campaign.costs import Terms
from daogou.campaign.design import Design
from daogou.campaign.learning import OTHER_SHARES, Plan, TooFew
from daogou.campaign.offer import MARK, Offer
from daogou.campaign.participants import Stakes
from daogou.campaign.settings import PlanSettings
from daogou.flows.plan_people import Free
from daogou.store.rounding import number


def too_few(why: TooFew, outcome: str, free: Free) -> dict[str, Any]:
    """That nothing is planned, as these people would show nothing."""
    return {
        "state": "none",
        "customers": why.customers,
        "primary": outcome,
        "smallest_visible_lift": number(why.visible_lift),
        "customers_needed": why.needed,
        "exclusion": free.exclusion,
        "global_holdout": free.global_holdout,
    }


def all_taken(group: str, free: Free) -> dict[str, Any]:
    """That nothing is planned, as other campaigns of the group have everyone."""
    return {
        "state": "none",
        "customers": 0,
        "exclusion": {"group": group, "full_until": free.full_until},
        "global_holdout": free.global_holdout,
    }


def draft(
    drawn: Plan, terms: Terms, settings: PlanSettings, free: Free, prior: dict[str, Any] | None, brought: float
) -> dict[str, Any]:
    """The plan; ``brought`` is the usual contribution a person that hangs on its outcome, NaN where that is unknown."""
    fixed = design(drawn, terms, settings)
    return {
        "name": drawn.name,
        "state": "draft",
        "offer": _offer(drawn.offer, terms),
        "customers": drawn.customers,
        "treated": drawn.treated,
        "held_out": drawn.held_out,
        "holdout_share": _share(drawn),
        "holdout": _holdout(drawn, terms),
        "unit": settings.unit,
        "units": drawn.lots.units,
        "stratify": list(settings.stratify),
        "arms": _arms(drawn, terms),
        "actions": _actions(drawn),
        "design": fixed.as_dict(),
        "design_sha256": fixed.sha256,
        "prior": prior,
        "exclusion": free.exclusion,
        "global_holdout": free.global_holdout,
        "ranked_by": drawn.ranked_by,
        "stakes": _stakes(drawn.stakes),
        "smallest_visible_lift": number(drawn.visible_lift),
        "smallest_visible_lift_adjusted": number(drawn.visible_lift_adjusted),
        **{at(share): number(drawn.visible_lift_at[share]) for share in OTHER_SHARES},
        "smallest_visible_effect": number(drawn.visible_effect),
        "smallest_visible_effect_adjusted": number(drawn.visible_effect_adjusted),
        "usual_outcome": number(drawn.usual),
        "spend_per_customer": number(drawn.spend.value),
        "outcome_days": terms.outcome_days,
        "costs": _costs(drawn, terms, brought),
        "starts_on": drawn.starts_on.isoformat(),
        "ends_on": drawn.ends_on.isoformat(),
        "known_on": drawn.known_on.isoformat(),
        "strata": _strata(drawn),
    }


def design(drawn: Plan, terms: Terms, settings: PlanSettings) -> Design:
    """What the campaign will be read by; campaigns of its offer are read together where it alone shows too little."""
    return Design(
        primary=drawn.primary,
        outcome_days=terms.outcome_days,
        guard_rails=settings.guard_rails_used,
        unit=settings.unit,
        arms=tuple(arm.name for arm in terms.arms_used),
        planned_effect=None if drawn.planned is None else number(drawn.planned),
        offer="" if drawn.size.detects else drawn.offer.action,
    )


def at(share: float) -> str:
    """The name under which stands what holding out ``share`` would show."""
    return f"smallest_visible_lift_at_{100 * share:.0f}pct"


def _share(drawn: Plan) -> float:
    if drawn.holdout is not None:
        return drawn.holdout
    return replace(drawn.size, units=drawn.lots.units, held_out=drawn.lots.units_held_out).share


def _holdout(drawn: Plan, terms: Terms) -> dict[str, Any]:
    """Why so many are held out. ``target_lift`` is the gain that must show, None: any gain pays."""
    lift = drawn.planned / drawn.usual if drawn.planned is not None and drawn.usual > 0 else math.nan
    return {
        "share": number(_share(drawn)),
        "given": drawn.holdout,
        "least": number(drawn.least.share),
        "least_detects": drawn.least.detects,
        "detects": drawn.size.detects,
        "target_lift": number(lift),
        "target": _target(drawn, terms),
        "campaigns": drawn.size.campaigns,
        "reading_needs": drawn.size.least,
    }


def _target(drawn: Plan, terms: Terms) -> str:
    """What the gain is that must show: planned, that from which it pays, or assumed where its worth is not known."""
    if terms.planned_effect is not None:
        return "planned"
    return "assumed" if math.isnan(drawn.costs.pays_from_lift) else "pays"


def _arms(drawn: Plan, terms: Terms) -> list[dict[str, Any]]:
    """The arms that get something; ``share`` is of those."""
    return [
        {
            "arm": arm.name,
            "share": arm.share,
            "coupon_value": arm.coupon_value,
            "customers": int((drawn.lots.arm == arm.name).sum()),
            "intended": int((drawn.lots.intended == arm.name).sum()),
        }
        for arm in terms.arms_used
    ]


def _actions(drawn: Plan) -> list[dict[str, Any]]:
    """What people were meant to get, and how many of these get nothing."""
    names, index, sizes = np.unique(drawn.actions, return_inverse=True, return_counts=True)
    held = np.bincount(index, drawn.lots.held_out, minlength=len(names)).astype(int)
    rows = zip(names.tolist(), sizes.tolist(), held.tolist(), strict=True)
    return [{"action": name, "customers": size, "held_out": out} for name, size, out in rows]


def _costs(drawn: Plan, terms: Terms, brought: float) -> dict[str, Any]:
    costs = drawn.costs
    just_visible = drawn.held_out * (drawn.visible_lift * brought - terms.cost_per_person)
    return {
        "contact": number(costs.contact),
        "coupons": _estimate(costs.coupons),
        "total": _estimate(costs.total),
        "per_person": number(terms.cost_per_person),
        "forgone_if_just_visible": None if math.isnan(just_visible) else number(max(just_visible, 0.0)),
        "forgone": number(costs.forgone),
        "forgone_at_lift": number(drawn.forgone_at),
        "pays_from_lift": number(costs.pays_from_lift),
        "margin": terms.margin,
        "contact_cost": terms.contact_cost,
        "redemption_rate": _estimate(terms.redemption_rate),
        "assumed": list(terms.assumed),
    }


def _offer(offer: Offer, terms: Terms) -> dict[str, Any]:
    return {
        "category": offer.category,
        "categories": list(offer.categories),
        "action": offer.action,
        "value": terms.coupon_value,
        "chosen_by": offer.chosen_by,
        "mark": MARK if offer.is_ranked else "",
        "candidates": [
            {"category": one.category, "not_buying": one.not_buying, "expected": number(one.expected)}
            for one in offer.candidates
        ],
    }


def _stakes(stakes: Stakes | None) -> dict[str, Any] | None:
    """None where everyone takes part, so that nothing had to be allocated."""
    if stakes is None:
        return None
    amounts = {name: number(getattr(stakes, name)) for name in ("total", "bound", "gap", "next", "pays_from")}
    return amounts | {"limit": stakes.limit}


def _strata(drawn: Plan) -> list[dict[str, Any]]:
    names, index, sizes = np.unique(drawn.stratum, return_inverse=True, return_counts=True)
    held = np.bincount(index, drawn.lots.held_out, minlength=len(names)).astype(int)
    rows = zip(names.tolist(), sizes.tolist(), held.tolist(), strict=True)
    return [
        {
            "stratum": name,
            "customers": size,
            "treated": size - out,
            "held_out": out,
            "holdout_propensity": number(out / size),
        }
        for name, size, out in rows
    ]


def _estimate(estimate: Estimate) -> dict[str, float | None]:
    return {name: number(getattr(estimate, name)) for name in ("value", "low", "high")}
