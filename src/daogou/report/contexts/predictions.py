"""What analysts ask of each prediction, and the whole card of its model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from daogou.base.estimate import Estimate
from daogou.report.contexts.text import Text


@dataclass(frozen=True)
class Bin:
    """Customers of like probability: what was expected and what happened, as shares."""

    expected: float
    happened: Estimate


@dataclass(frozen=True)
class Mover:
    """A column that moves scores: its share of all that moves them, and how: 1 the more the higher, -1 the lower."""

    name: Text
    share: float
    way: Literal[-1, 0, 1]


@dataclass(frozen=True)
class Predicted:
    """One prediction: how well it ranks, whether its probabilities hold, what moves it, and what to do about it."""

    title: Text
    model: str
    says: tuple[Text, ...]  # how good it is, what became of earlier scores, when to train again
    gain: tuple[float, ...]  # share of the events by share of customers, likeliest first, in equal steps from 0 to 1
    tenth: Estimate  # the same at a tenth
    bins: tuple[Bin, ...]
    movers: tuple[Mover, ...]  # strongest first
    card: str  # where the model's card lies, seen from the page


@dataclass(frozen=True)
class CardSection:
    """A title, what is said, and a table."""

    title: str
    says: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class CardPage:
    """A model's card as a page of its own."""

    title: Text
    company: str
    language: str  # that it opens in
    version: str
    sections: Mapping[str, tuple[CardSection, ...]]  # by language
