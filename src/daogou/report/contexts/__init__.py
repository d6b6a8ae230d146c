"""Everything that the page shows, as plain values: the only way into this room.

Words of other rooms come as ``Text``, said once in each language. Words of the page itself are the page's own.
A block without data is a ``Missing``.
"""

from dataclasses import dataclass

from daogou.report.contexts.campaigns import Campaign, Choice, NextCampaign, Past, Stratum
from daogou.report.contexts.channels import Channel, Channels
from daogou.report.contexts.lifecycle import Lifecycle, Move, State
from daogou.report.contexts.look import Cohort, Look, Moved, Second
from daogou.report.contexts.offers import CallList, Guide, Guided, Hits, ModelScore, Needs, Pick
from daogou.report.contexts.predictions import Bin, CardPage, CardSection, Mover, Predicted
from daogou.report.contexts.shop import Clear, Company, Headline, Measure, People, Pulse, Segment
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
    "Flagged",
    "Guide",
    "Guided",
    "Headline",
    "Hits",
    "Lack",
    "Lifecycle",
    "Look",
    "Measure",
    "Missing",
    "ModelScore",
    "Move",
    "Moved",
    "Mover",
    "Needs",
    "NextCampaign",
    "Past",
    "People",
    "Pick",
    "Predicted",
    "Pulse",
    "Refused",
    "Report",
    "Score",
    "Second",
    "Segment",
    "Source",
    "State",
    "Stratum",
    "Text",
    "Trust",
    "Uplift",
    "UpliftCampaign",
    "UpliftPoint",
    "UpliftTenth",
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
    past: Past | Missing
    channels: Channels | Missing
    uplift: Uplift
    next: NextCampaign | Missing
    trust: Trust
    appendix: Appendix
