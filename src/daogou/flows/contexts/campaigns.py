"""Past campaigns as measured, and the next one as drafted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from daogou.base.estimate import Estimate
from daogou.campaign import sentences as say
from daogou.flows import plan_lines as lines
from daogou.flows.measure import kept_control_group, measured
from daogou.flows.plan_lines import offer_of
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
    drafts = [c for c in ledger.campaigns() if c.state == "draft" and "costs" in c.summary]  # others switch channels
    found = [c for c in drafts if c.summary["starts_on"] >= as_of.isoformat()]
    return Draft(found[-1].plan_sha, found[-1].summary) if found else None


def next_campaign(found: Draft | None, currency: str) -> page.NextCampaign | page.Missing:
    """The draft in words and figures."""
    if found is None:
        return page.Missing("plan")
    told, costs = found.summary, found.summary["costs"]
    offer, days, lift = offer_of(told), told["outcome_days"], told["smallest_visible_lift"]
    value, outcome = told["offer"]["value"], lines.outcome_of(told)
    shares = _visible_lifts(told)
    return page.NextCampaign(
        plan=found.plan_sha[:12],
        who=Text.of(lambda: lines.who_line(told, currency)),
        offer=Text.of(lambda: say.offer_text(offer, figures.money(value, currency))),
        why=Text.of(lambda: say.why_text(offer, days)),
        holdout=(
            *(_share_text(share, shares[share], outcome) for share in sorted(shares)),
            *_each(lambda: lines.size_lines(told)),
        ),
        teaches=(
            Text.of(lambda: say.known_text(told["known_on"], days, lift, outcome)),
            Text.of(lambda: say.hidden_text(costs["pays_from_lift"], lift)),
            Text.of(lambda: lines.effect_line(told, currency)),
        ),
        price=Text.of(lambda: lines.price_line(told, currency)),
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
        fixed=_each(lambda: lines.fixed_lines(told, currency)),
        prior=_each(lambda: lines.prior_lines(told, currency)),
        kept_out=_each(lambda: lines.exclusion_lines(told) + lines.global_lines(told, currency)),
    )


def _each(say_all: Callable[[], list[str]]) -> tuple[Text, ...]:
    """Each of several sentences, of which there are as many in every language."""
    return tuple(Text.of(lambda place=place: say_all()[place]) for place in range(len(say_all())))  # type: ignore[misc]


def _share_text(share: float, lift: float, outcome: str) -> Text:
    return Text.of(lambda: say.share_text(share, lift, outcome))


def _stratum_text(stratum: str) -> Text:
    return Text.of(lambda: say.stratum_text(stratum))


def _visible_lifts(told: dict[str, Any]) -> dict[float, float]:
    """Share held out -> the smallest gain that it would show: the chosen share's, and those of others."""
    others = {name: lift for name, lift in told.items() if name.startswith(_OTHER) and lift is not None}
    lifts = {int(name.removeprefix(_OTHER).removesuffix("pct")) / 100: lift for name, lift in others.items()}
    return lifts | {told["holdout_share"]: told["smallest_visible_lift"]}
