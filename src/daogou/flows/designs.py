"""What each campaign was planned to be read by."""

from dataclasses import dataclass

from daogou.campaign.design import Design
from daogou.campaign.settings import PlanSettings
from daogou.flows.workspace import Workspace


@dataclass(frozen=True)
class Designs:
    """``fixed`` holds the designs of campaigns that were planned here, by name; ``assumed`` is that of all others."""

    fixed: dict[str, Design]
    assumed: Design

    def of(self, campaign: str) -> Design:
        """The design of one campaign."""
        return self.fixed.get(campaign, self.assumed)

    def sha256(self, campaign: str) -> str | None:
        """The hash of what was fixed before the campaign; None where nothing was."""
        found = self.fixed.get(campaign)
        return found.sha256 if found else None


def designs(workspace: Workspace) -> Designs:
    """What the ledger holds; a campaign that was planned twice under one name is read by the last plan."""
    with workspace.ledger() as ledger:
        told = {one.name: one.summary["design"] for one in ledger.campaigns() if one.summary.get("design")}
    return Designs({name: Design.from_dict(one) for name, one in told.items()}, assumed(workspace.settings.plan))


def assumed(settings: PlanSettings) -> Design:
    """How a campaign is read that was planned elsewhere: as the settings would plan one now, with no planned effect."""
    return Design(
        primary=settings.primary,
        outcome_days=settings.outcome_days,
        guard_rails=settings.guard_rails_used,
        unit=settings.unit,
    )
