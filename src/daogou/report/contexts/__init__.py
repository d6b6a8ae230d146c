"""Everything that the page shows, as plain values: the only way into this room.

Words of other rooms come as ``Text``, said once in each language. Words of the page itself are the page's own.
A block without data is a ``Missing``.
"""

from dataclasses import dataclass

from daogou.report.contexts.campaigns import Campaign, Choice, NextCampaign, Past, Stratum
from daogou.report.contexts.lifecycle import Lifecycle, Move, State
from daogou.report.contexts.look import Cohort, Look, Moved, Second
from daogou.report.contexts.offers import CallList, Guide, Guided, Hits, ModelScore, Needs, Pick
from daogou.report.contexts.shop import Clear, Company, Headline, Measure, People, Pulse, Segment
from daogou.report.contexts.text import Cell, Lack, Missing, Text
from daogou.report.contexts.trust import Appendix, Flagged, Refused, Score, Source, Trust

__all__ = [
    "Appendix",
    "CallList",
    "Campaign",
    "Cell",
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
    "Needs",
    "NextCampaign",
    "Past",
    "People",
    "Pick",
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
    next: NextCampaign | Missing
    trust: Trust
    appendix: Appendix
