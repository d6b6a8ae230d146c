"""Stage plan: draft the next campaign so that it teaches something. A person approves it; nothing is sent."""

from typing import Any

import numpy as np

from daogou.base.clock import Clock
from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.campaign import sentences as say
from daogou.campaign.artefact import to_parquet
from daogou.campaign.costs import Terms
from daogou.campaign.learning import OTHER_SHARES, Plan, TooFew, learning_campaign
from daogou.campaign.offer import MARK, Offer, choose, response, round_value
from daogou.campaign.participants import Stakes
from daogou.campaign.population import population
from daogou.campaign.settings import ASSUMED_REDEMPTION_RATE, PlanSettings
from daogou.flows.measure import measured, number
from daogou.flows.workspace import Progress, StageReport, Workspace
from daogou.report import figures
from daogou.store import models


def plan(workspace: Workspace, clock: Clock, progress: Progress) -> StageReport:
    """Draw the learning campaign, store it under its hash, and enter it in the ledger as a draft.

    The ledger's row is the only commit; the same plan is the same row.
    """
    settings = workspace.settings.plan
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        progress(0.0, _("reading who bought what"))
        people = population(warehouse, as_of, settings.outcome_days)
        offer = choose(warehouse, as_of, settings.outcome_days, settings.category)
        likely = response(warehouse, as_of, offer.category, people.customer_id)
        past = measured(workspace, warehouse, as_of).whole
    progress(0.5, _("drawing lots"))
    terms = _terms(settings, people.order_value, past.rate if past else None)
    drawn = learning_campaign(people, likely, offer, terms, as_of, workspace.keys.salt)
    if isinstance(drawn, TooFew):
        summary = _nothing(drawn)
    else:
        draft = _draft(drawn, terms)
        sha256 = models.put(workspace.artefacts, to_parquet(drawn, draft))
        with workspace.ledger() as ledger:
            campaign = ledger.add_campaign(sha256, drawn.name, draft["state"], draft, clock())
        summary = {"id": campaign, "sha256": sha256} | draft
    progress(1.0, _("drawing lots"))
    return StageReport({"plan": summary}, plan_lines(summary, workspace.settings.company.currency))


def _terms(settings: PlanSettings, order_value: float, past_rate: Estimate | None) -> Terms:
    """The settings, with what they leave open: from past campaigns where they tell, else assumed."""
    given = settings.redemption_rate
    if given is not None:
        rate = Estimate(given, given, given, 0)
    else:
        # With nothing to go by, anything from nobody to everybody using the coupon is possible.
        rate = past_rate or Estimate(ASSUMED_REDEMPTION_RATE, 0.0, 1.0, 0)
    assumed = [name for name in ("margin", "contact_cost", "coupon_value") if getattr(settings, name) is None]
    if given is None and past_rate is None:
        assumed.append("redemption_rate")
    return Terms(
        margin=settings.margin_used,
        contact_cost=settings.contact_cost_used,
        coupon_value=round_value(order_value) if settings.coupon_value is None else settings.coupon_value,
        redemption_rate=rate,
        holdout=settings.holdout,
        capacity=settings.capacity,
        budget=settings.budget,
        starts_in=settings.starts_in,
        outcome_days=settings.outcome_days,
        assumed=tuple(assumed),
    )


def _nothing(why: TooFew) -> dict[str, Any]:
    return {
        "state": "none",
        "customers": why.customers,
        "smallest_visible_lift": number(why.visible_lift),
        "customers_needed": why.needed,
    }


def _draft(drawn: Plan, terms: Terms) -> dict[str, Any]:
    """What the ledger keeps of the plan, and the command prints."""
    costs = drawn.costs
    return {
        "name": drawn.name,
        "state": "draft",
        "offer": _offer(drawn.offer, terms),
        "customers": drawn.customers,
        "treated": drawn.treated,
        "held_out": drawn.held_out,
        "holdout_share": drawn.holdout,
        "ranked_by": drawn.ranked_by,
        "stakes": _stakes(drawn.stakes),
        "smallest_visible_lift": number(drawn.visible_lift),
        "smallest_visible_lift_adjusted": number(drawn.visible_lift_adjusted),
        **{_at(share): number(drawn.visible_lift_at[share]) for share in OTHER_SHARES},
        "spend_per_customer": number(drawn.spend.value),
        "outcome_days": terms.outcome_days,
        "costs": {
            "contact": number(costs.contact),
            "coupons": _estimate(costs.coupons),
            "total": _estimate(costs.total),
            "forgone_if_just_visible": number(costs.forgone),
            "pays_from_lift": number(costs.pays_from_lift),
            "margin": terms.margin,
            "contact_cost": terms.contact_cost,
            "redemption_rate": _estimate(terms.redemption_rate),
            "assumed": list(terms.assumed),
        },
        "starts_on": drawn.starts_on.isoformat(),
        "ends_on": drawn.ends_on.isoformat(),
        "known_on": drawn.known_on.isoformat(),
        "strata": _strata(drawn),
    }


def _offer(offer: Offer, terms: Terms) -> dict[str, Any]:
    return {
        "category": offer.category,
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


def plan_lines(summary: dict[str, Any], currency: str) -> list[str]:
    """What the plan says, in the current language; ``summary`` is the object that the stage prints under plan."""
    if summary["state"] == "none":
        return _said(say.too_few_text(summary["customers"]), say.needed_text(summary["customers_needed"]))
    costs, days, lift = summary["costs"], summary["outcome_days"], summary["smallest_visible_lift"]
    offer = offer_of(summary)
    return _said(
        say.offer_line(say.offer_text(offer, figures.money(summary["offer"]["value"], currency))),
        say.why_text(offer, days),
        say.who_text(summary["customers"], summary["ranked_by"]),
        stakes_line(summary, currency),
        say.arms_text(summary["treated"], summary["held_out"]),
        *_share_lines(summary),
        say.known_text(summary["known_on"], days, lift),
        say.hidden_text(costs["pays_from_lift"], lift),
        say.cost_text(figures.money(costs["total"]["value"], currency)),
        say.price_text(costs["pays_from_lift"], lift, figures.money(costs["forgone_if_just_visible"], currency)),
        say.assumed_text(costs["assumed"]),
        say.draft_text(),
    )


def stakes_line(summary: dict[str, Any], currency: str) -> str:
    """What the limit keeps out; empty where everyone takes part, as in plans that were drawn before this was said."""
    stakes = summary.get("stakes")
    if not stakes or stakes["pays_from"] is None:
        return ""
    return say.stakes_text(stakes["limit"], figures.money(stakes["next"], currency), stakes["pays_from"])


def _said(*lines: str) -> list[str]:
    return [line for line in lines if line]


def _share_lines(summary: dict[str, Any]) -> list[str]:
    """What the chosen share held out would show, and what others would."""
    lifts = {share: summary[_at(share)] for share in OTHER_SHARES}
    lifts[summary["holdout_share"]] = summary["smallest_visible_lift"]
    lines = [say.share_text(share, lifts[share]) for share in sorted(lifts) if lifts[share] is not None]
    return [*lines, say.adjusted_text(summary["smallest_visible_lift_adjusted"], summary["outcome_days"])]


def _at(share: float) -> str:
    return f"smallest_visible_lift_at_{100 * share:.0f}pct"


def offer_of(summary: dict[str, Any]) -> Offer:
    """The offer of a stored plan, without its candidates."""
    return Offer(summary["offer"]["category"], summary["offer"]["chosen_by"])


def _estimate(estimate: Estimate) -> dict[str, float | None]:
    return {name: number(getattr(estimate, name)) for name in ("value", "low", "high")}
