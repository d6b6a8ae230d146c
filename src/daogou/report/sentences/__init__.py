"""The one sentence of each block, in the current language."""

from daogou.report.sentences.campaigns import cost, incomplete, next_campaign, past, past_action
from daogou.report.sentences.offers import guide, needs, pick_reason
from daogou.report.sentences.say import data, joined, listed, number, say
from daogou.report.sentences.shop import (
    MEASURES,
    exactly,
    headline,
    moved,
    over_previous,
    people,
    pulse,
    pulse_action,
    value,
)
from daogou.report.sentences.trust import flag, rows, trust, trust_action
from daogou.report.sentences.worth import spread, worth, worth_rests_on

__all__ = [
    "MEASURES",
    "cost",
    "data",
    "exactly",
    "flag",
    "guide",
    "headline",
    "incomplete",
    "joined",
    "listed",
    "moved",
    "needs",
    "next_campaign",
    "number",
    "over_previous",
    "past",
    "past_action",
    "people",
    "pick_reason",
    "pulse",
    "pulse_action",
    "rows",
    "say",
    "spread",
    "trust",
    "trust_action",
    "value",
    "worth",
    "worth_rests_on",
]
