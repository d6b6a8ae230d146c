"""Everything that the page shows, as plain values: the only way into this room.

Words of other rooms come as ``Text``, said once in each language. Words of the page itself are the page's own.
A block without data is a ``Missing``.
"""

from dataclasses import dataclass

from daogou.report.contexts.campaigns import Campaign, Choice, NextCampaign, Past, Stratum
from daogou.report.contexts.channels import Channel, Channels
from daogou.report.contexts.earned import Earned, Learning, Observed, Outcome, Tested, Untestable
from daogou.report.contexts.flood import Flood, FloodWeek
from daogou.report.contexts.lifecycle import Lifecycle, Move, State
from daogou.report.contexts.look import Cohort, Look, Moved, Second
from daogou.report.contexts.money import Money, MoneyLadder, Ratio, Sign, Step, Won
from daogou.report.contexts.offers import CallList, Guide, Guided, Hits, ModelScore, Needs, Pick
from daogou.report.contexts.predictions import Bin, CardPage, CardSection, Mover, Predicted
from daogou.report.contexts.running import Glance, Rail, Running, RunningTest
from daogou.report.contexts.shop import Clear, Company, Headline, Measure, People, Pulse, Segment
from daogou.report.contexts.statement import Statement, StatementLine
from daogou.report.contexts.text import Cell, Lack, Missing, Text
from daogou.report.contexts.trust import Appendix, Flagged, Refused, Score, Source, Trust
from daogou.report.contexts.uplift import Uplift, UpliftCampaign, UpliftPoint, UpliftTenth
from daogou.report.contexts.worth import Worth

__all__ = [
    "Appendix",
    "Bin",
    "CallList",
    "Campaign",
    "CardPage",
    "CardSection",
    "Cell",
    "Channel",
    "Channels",
    "Choice",
    "Clear",
    "Cohort",
    "Company",
    "Earned",
    "Flagged",
    "Flood",
    "FloodWeek",
    "Glance",
    "Guide",
    "Guided",
    "Headline",
    "Hits",
    "Lack",
    "Learning",
    "Lifecycle",
    "Look",
    "Measure",
    "Missing",
    "ModelScore",
    "Money",
    "MoneyLadder",
    "Move",
    "Moved",
    "Mover",
    "Needs",
    "NextCampaign",
    "Observed",
    "Outcome",
    "Past",
    "People",
    "Pick",
    "Predicted",
    "Pulse",
    "Rail",
    "Ratio",
    "Refused",
    "Report",
    "Running",
    "RunningTest",
    "Score",
    "Second",
    "Segment",
    "Sign",
    "Source",
    "State",
    "Statement",
    "StatementLine",
    "Step",
    "Stratum",
    "Tested",
    "Text",
    "Trust",
    "Untestable",
    "Uplift",
    "UpliftCampaign",
    "UpliftPoint",
    "UpliftTenth",
    "Won",
    "Worth",
]


@dataclass(frozen=True)
class Report:
    """The whole page."""

    company: Company
    headline: Headline
    pulse: Pulse | Missing
    people: People | Missing
    lifecycle: Lifecycle | Missing
    look: Look | Missing
    needs: Needs | Missing
    guide: Guide | Missing
    money: Money | Missing
    past: Past | Missing
    earned: Earned | Missing
    running: Running | Missing
    statement: Statement | Missing
    channels: Channels | Missing
    flood: Flood | Missing
    uplift: Uplift
    next: NextCampaign | Missing
    trust: Trust
    appendix: Appendix
