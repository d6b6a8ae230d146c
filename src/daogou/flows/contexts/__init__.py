"""What the report shows, gathered from the stores: the page's contexts, one small function a block."""

from daogou import __version__
from daogou.flows.contexts import (
    campaigns,
    channels,
    earned,
    flood,
    guide,
    lifecycle,
    look,
    money,
    needs,
    predictions,
    running,
    shop,
    statement,
    trust,
    uplift,
)
from daogou.flows.contexts.vault import vault
from daogou.flows.workspace import Workspace
from daogou.profile.lists import call_lists
from daogou.profile.pulse import pulse
from daogou.report.contexts import Appendix, Report
from daogou.store.ledger import Ledger
from daogou.store.warehouse import Warehouse

__all__ = ["contexts"]


def contexts(workspace: Workspace, warehouse: Warehouse, ledger: Ledger, release: str) -> Report:
    """Everything that the page of ``release`` shows at the workspace's moment."""
    as_of = workspace.as_of(warehouse)
    settings = workspace.settings
    ids = vault(ledger, workspace.keys)
    beats = pulse(warehouse, as_of, settings.profile)
    lists = call_lists(warehouse, as_of, settings.profile)
    past = campaigns.past(workspace, warehouse, as_of)
    draft = campaigns.draft(ledger, as_of)
    return Report(
        company=shop.company(workspace, warehouse, as_of),
        headline=shop.headline(beats, lists, past, draft),
        pulse=shop.pulse_context(beats),
        people=shop.people(warehouse, as_of, settings),
        lifecycle=lifecycle.lifecycle(warehouse, as_of),
        look=look.look(workspace, warehouse, as_of),
        needs=needs.needs(warehouse, as_of, lists, settings, ids),
        guide=guide.guide(warehouse, as_of, settings, ids),
        money=money.money(warehouse, as_of),
        past=past,
        earned=earned.earned(warehouse, as_of),
        running=running.running(warehouse, as_of),
        statement=statement.statement(warehouse, as_of, settings.company.currency),
        channels=channels.channels(workspace, warehouse, as_of),
        flood=flood.flood(warehouse, as_of),
        uplift=uplift.uplift(warehouse, as_of, settings.company.currency),
        next=campaigns.next_campaign(draft, settings.company.currency),
        trust=trust.trust(warehouse, as_of, settings),
        appendix=Appendix(
            trust.scores(warehouse, as_of),
            tuple(workspace.seconds.items()),
            release,
            __version__,
            predictions.predictions(warehouse, as_of, release),
            predictions.other_cards(warehouse, as_of, release),
        ),
    )
