"""Past campaigns as measured, and the next one as drafted."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from daogou.base.estimate import Estimate
from daogou.campaign import sentences as say
from daogou.flows.measure import kept_control_group, measured
from daogou.flows.plan import offer_of, stakes_line
from daogou.flows.workspace import Workspace
from daogou.measure.results import BEGINS_BEFORE, ENDS_AFTER, Result
from daogou.report import contexts as page
from daogou.report import figures
from daogou.report.contexts import Text
from daogou.store.ledger import Ledger
from daogou.store.warehouse import Warehouse

_OTHER = "smallest_visible_lift_at_"
_INCOMPLETE = {"": "", BEGINS_BEFORE: "begins", ENDS_AFTER: "ends"}


@dataclass(frozen=True)
class Draft:
    """The draft that the ledger holds: the hash of its plan, and what the stage plan said of it."""

    plan_sha: str
    summary: dict[str, Any]


def past(workspace: Workspace, warehouse: Warehouse, as_of: date) -> page.Past | page.Missing:
    """Every campaign, every kind and all together."""
    found = measured(workspace, warehouse, as_of)
    if not found.campaigns:
        return page.Missing("campaigns")
    overall = next(result for result in found.pooled if result.level == "all")
    return page.Past(
        campaigns=tuple(_campaign(result) for result in found.campaigns),
        kinds=tuple(_campaign(result) for result in found.pooled if result.level == "kind"),
        overall=_campaign(overall),
        fewest=workspace.settings.measure.fewest_redeemers,
        overlap=found.overlap,
        held_out=kept_control_group(warehouse),
    )


def _campaign(result: Result) -> page.Campaign:
    return page.Campaign(
        name=result.name,
        kind=result.kind if result.level == "campaign" else "",
        starts_on=result.starts_on,
        ends_on=result.ends_on,
        incomplete=_INCOMPLETE[result.incomplete],  # type: ignore[arg-type]
        reached=result.reached,
        redeemers=result.redeemers,
        redemptions=result.redemptions,
        rate=result.rate,
        break_even=result.break_even,
        net_sales=result.net_sales,
        cost_shop=result.cost_shop,
        cost_maker=result.cost_maker,
    )


def draft(ledger: Ledger, as_of: date) -> Draft | None:
    """The newest draft that has not begun at ``as_of``; None where nothing is planned."""
    found = [c for c in ledger.campaigns() if c.state == "draft" and c.summary["starts_on"] >= as_of.isoformat()]
    return Draft(found[-1].plan_sha, found[-1].summary) if found else None


def next_campaign(found: Draft | None, currency: str) -> page.NextCampaign | page.Missing:
    """The draft in words and figures."""
    if found is None:
        return page.Missing("plan")
    told, costs = found.summary, found.summary["costs"]
    offer, days, lift = offer_of(told), told["outcome_days"], told["smallest_visible_lift"]
    value = told["offer"]["value"]
    shares = _visible_lifts(told)
    return page.NextCampaign(
        plan=found.plan_sha[:12],
        who=Text.of(
            lambda: " ".join(
                filter(None, [say.who_text(told["customers"], told["ranked_by"]), stakes_line(told, currency)])
            )
        ),
        offer=Text.of(lambda: say.offer_text(offer, figures.money(value, currency))),
        why=Text.of(lambda: say.why_text(offer, days)),
        holdout=tuple(_share_text(share, shares[share]) for share in sorted(shares)),
        teaches=(
            Text.of(lambda: say.known_text(told["known_on"], days, lift)),
            Text.of(lambda: say.hidden_text(costs["pays_from_lift"], lift)),
        ),
        price=Text.of(
            lambda: say.price_text(
                costs["pays_from_lift"], lift, figures.money(costs["forgone_if_just_visible"], currency)
            )
        ),
        assumed=Text.of(lambda: say.assumed_text(costs["assumed"])),
        strata=tuple(
            page.Stratum(_stratum_text(row["stratum"]), row["customers"], row["held_out"]) for row in told["strata"]
        ),
        treated=told["treated"],
        held_out=told["held_out"],
        cost=Estimate(
            costs["total"]["value"], costs["total"]["low"], costs["total"]["high"], told["treated"], "currency"
        ),
        starts_on=date.fromisoformat(told["starts_on"]),
        ends_on=date.fromisoformat(told["ends_on"]),
        known_on=date.fromisoformat(told["known_on"]),
        visible_lift=lift,
        choices=tuple(page.Choice(share, shares[share]) for share in sorted(shares)),
    )


def _share_text(share: float, lift: float) -> Text:
    return Text.of(lambda: say.share_text(share, lift))


def _stratum_text(stratum: str) -> Text:
    return Text.of(lambda: say.stratum_text(stratum))


def _visible_lifts(told: dict[str, Any]) -> dict[float, float]:
    """Share held out -> the smallest gain that it would show: the chosen share's, and those of others."""
    others = {name: lift for name, lift in told.items() if name.startswith(_OTHER) and lift is not None}
    lifts = {int(name.removeprefix(_OTHER).removesuffix("pct")) / 100: lift for name, lift in others.items()}
    return lifts | {told["holdout_share"]: told["smallest_visible_lift"]}
