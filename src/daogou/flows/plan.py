"""Stage plan: draft the next campaign so that it teaches something. A person approves it; nothing is sent."""

from dataclasses import replace
from datetime import date
from typing import Any

from daogou.base.clock import Clock
from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.campaign.artefact import to_parquet
from daogou.campaign.costs import Arm, Terms
from daogou.campaign.learning import Plan, TooFew, learning_campaign
from daogou.campaign.offer import choose, each_offer, likeliest, response, round_value
from daogou.campaign.primary import Primary, floor_of
from daogou.campaign.settings import ASSUMED_REDEMPTION_RATE, PlanSettings
from daogou.flows.measure import measured
from daogou.flows.plan_lines import plan_lines
from daogou.flows.plan_people import Free, free_people
from daogou.flows.plan_primary import history
from daogou.flows.plan_prior import prior
from daogou.flows.plan_summary import all_taken, draft, too_few
from daogou.flows.workspace import Progress, StageReport, Workspace
from daogou.measure.experiment.difference import FEWEST_BUYERS, FEWEST_UNITS
from daogou.store import models
from daogou.store.warehouse import Warehouse

__all__ = ["plan", "plan_lines"]


def plan(workspace: Workspace, clock: Clock, progress: Progress) -> StageReport:
    """Draw the learning campaign, store it under its hash, and enter it in the ledger as a draft.

    The ledger's row is the only commit; the same plan is the same row.

    Raises:
        DaogouError: the settings name what is not known: a category, an attribute, or an outcome of which no facts
            tell.
    """
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        progress(0.0, _("reading who bought what"))
        summary = _planned(workspace, warehouse, as_of, clock, progress)
    progress(1.0, _("drawing lots"))
    return StageReport({"plan": summary}, plan_lines(summary, workspace.settings.company.currency))


def _planned(
    workspace: Workspace, warehouse: Warehouse, as_of: date, clock: Clock, progress: Progress
) -> dict[str, Any]:
    settings = workspace.settings.plan
    days, names = settings.outcome_days, settings.categories
    offer = each_offer(names) if names else choose(warehouse, as_of, days, settings.category)
    free = free_people(workspace, warehouse, as_of, offer.action, clock)
    if free.full_until is not None:
        return all_taken(settings.exclusion, free)
    past = measured(workspace, warehouse, as_of).whole
    terms = _terms(settings, free.people.order_value, past.rate if past else None)
    outcome = history(workspace, warehouse, free.people, as_of)
    people = free.people
    if names:
        best, likely = likeliest(warehouse, as_of, days, names, people.customer_id)
        people = replace(people, offer=best)
    else:
        likely = response(warehouse, as_of, offer.category, people.customer_id)
    learnt = prior(warehouse, as_of, offer.action, terms.cost_per_person)
    progress(0.5, _("drawing lots"))
    floor = floor_of(outcome, people, FEWEST_UNITS, FEWEST_BUYERS)
    drawn = learning_campaign(people, likely, offer, terms, as_of, workspace.keys.salt, primary=outcome, floor=floor)
    if isinstance(drawn, TooFew):
        return too_few(drawn, outcome.name, free)
    return _stored(workspace, drawn, terms, free, learnt, outcome, clock)


def _stored(
    workspace: Workspace,
    drawn: Plan,
    terms: Terms,
    free: Free,
    learnt: dict[str, Any] | None,
    outcome: Primary,
    clock: Clock,
) -> dict[str, Any]:
    told = draft(drawn, terms, workspace.settings.plan, free, learnt, outcome.contribution)
    sha256 = models.put(workspace.artefacts, to_parquet(drawn, told))
    with workspace.ledger() as ledger:
        campaign = ledger.add_campaign(sha256, drawn.name, told["state"], told, clock())
    return {"id": campaign, "sha256": sha256} | told


def _terms(settings: PlanSettings, order_value: float, past_rate: Estimate | None) -> Terms:
    """The settings, with what they leave open: from past campaigns where they tell, else assumed."""
    given = settings.redemption_rate
    if given is not None:
        rate = Estimate(given, given, given, 0)
    else:
        # With nothing to go by, anything from nobody to everybody using the coupon is possible.
        rate = past_rate or Estimate(ASSUMED_REDEMPTION_RATE, 0.0, 1.0, 0)
    value = round_value(order_value) if settings.coupon_value is None else settings.coupon_value
    treatments = settings.treatments
    arms = tuple(
        Arm(name, arm.share, value if arm.coupon_value is None else arm.coupon_value)
        for name, arm in treatments.items()
    )
    assumed = [name for name in ("margin", "contact_cost") if getattr(settings, name) is None]
    if settings.coupon_value is None and (not arms or any(arm.coupon_value is None for arm in treatments.values())):
        assumed.append("coupon_value")
    if given is None and past_rate is None:
        assumed.append("redemption_rate")
    return Terms(
        margin=settings.margin_used,
        contact_cost=settings.contact_cost_used,
        coupon_value=value,
        redemption_rate=rate,
        holdout=settings.holdout,
        capacity=settings.capacity,
        budget=settings.budget,
        starts_in=settings.starts_in,
        outcome_days=settings.outcome_days,
        assumed=tuple(assumed),
        arms=arms,
        planned_effect=settings.planned_effect,
    )
