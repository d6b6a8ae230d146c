"""What the page rests on, and what analysts ask."""

from dataclasses import dataclass
from typing import Literal

from daogou.base.estimate import Estimate
from daogou.report.contexts.predictions import Predicted
from daogou.report.contexts.text import Text


@dataclass(frozen=True)
class Source:
    """Rows of one input."""

    name: str
    received: int
    stored: int
    quarantined: int
    duplicate: int


@dataclass(frozen=True)
class Refused:
    """Rows that stand in quarantine for one reason."""

    source: str
    reason: Text
    rows: int


@dataclass(frozen=True)
class Flagged:
    """What a prediction is worth, in people: of 100 customers that the model flags, how many then do it."""

    kind: Literal["inactive", "buys", "anything", "other"]
    category: str  # of a purchase; empty otherwise
    days: int  # within which
    model: Estimate  # of 100 flagged
    random: Estimate  # of 100 at random
    title: Text | None = None  # of any other kind, what it foretells


@dataclass(frozen=True)
class Trust:
    """What the page rests on."""

    sources: tuple[Source, ...]
    customers: int
    with_attributes: int  # customers with any demographic attribute
    margin: float  # contribution margin used, 0-1
    margin_assumed: bool
    contact_cost: float  # of one message, currency
    contact_assumed: bool
    refused: tuple[Refused, ...]  # why rows are in quarantine, most first
    flagged: tuple[Flagged, ...]  # the first is the one in the sentence


@dataclass(frozen=True)
class Score:
    """One measured figure of one model, for analysts."""

    stage: str
    subject: str
    model: str
    metric: str
    value: Estimate
    is_champion: bool


@dataclass(frozen=True)
class Appendix:
    """What analysts ask."""

    scores: tuple[Score, ...]
    seconds: tuple[tuple[str, float], ...]  # stage, seconds
    release: str
    version: str
    predictions: tuple[Predicted, ...] = ()
    other_cards: tuple[tuple[str, str], ...] = ()  # of other models: name, and where its card lies
