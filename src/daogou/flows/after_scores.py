"""Rules and tags that ask for scores, answered again once scores are known."""

from datetime import date

import ibis

from daogou.base.words import gettext as _
from daogou.flows.audience_leaving import behind, leaving_targets, warning
from daogou.flows.calendar import market
from daogou.flows.rule_segments import found_segments, write_rule_segments
from daogou.flows.tags import Tagging
from daogou.flows.workspace import Workspace
from daogou.profile import rules
from daogou.profile.tags_order import asks_scores
from daogou.store.tables import CATEGORY_SHARES, PROFILES
from daogou.store.warehouse import Warehouse


def answer_again(workspace: Workspace, warehouse: Warehouse, as_of: date) -> list[str]:
    """Bring rule segments and tags up to date where one of them asks for scores; a sentence on those that wait no more.

    Nothing is done before the stage segment ran.
    """
    saved = rules.saved_rules(workspace.settings.segment)
    asking = [name for name, rule in saved.items() if rules.asks_scores(rule)]
    asking += [name for name, tag in workspace.settings.tags.named.items() if asks_scores(name, tag)]
    if not asking or not found_segments(warehouse, as_of):
        return []
    people, shares = (
        warehouse.to_arrow(rows.filter(rows.as_of == ibis.date(as_of.isoformat())))
        for rows in (warehouse.table(PROFILES), warehouse.table(CATEGORY_SHARES))
    )
    tagging = Tagging(workspace, warehouse, as_of, market(workspace))
    told = write_rule_segments(workspace, warehouse, warehouse, as_of, people, shares, tagging)
    tagging.finish(told.waiting)
    targets, expand = leaving_targets(warehouse, as_of), behind(workspace.settings)
    warnings = [line for rule in saved.values() for line in warning(rule, targets, expand)]
    return [*warnings, _("Answered by these scores: {names}.").format(names=_(", ").join(asking))]
