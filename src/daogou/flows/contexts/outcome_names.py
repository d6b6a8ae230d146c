"""What outcomes of tests are called, and how their figures are written."""

from daogou.flows.outcomes import OUTCOMES
from daogou.measure.experiment.sentences import outcome_words
from daogou.report.contexts import Text
from daogou.report.contexts.earned import Kind

_AFTER = ("_after", "_delivered")
_KINDS: dict[str, Kind] = {"money": "money", "share": "share", "ratio": "share"}


def base_of(outcome: str) -> str:
    """The outcome that the tail or those reached are read by.

    >>> base_of("contribution_after"), base_of("orders")
    ('contribution', 'orders')
    """
    for end in _AFTER:
        outcome = outcome.removesuffix(end)
    return outcome


def kind_of(outcome: str) -> Kind:
    """How its figures are written; what nobody knows is a number."""
    known = OUTCOMES.get(base_of(outcome))
    return _KINDS.get(known.kind, "number") if known else "number"


def name_of(outcome: str) -> Text:
    """Its name in both languages; one that nobody knows keeps its own."""
    return Text.of(lambda: outcome_words(base_of(outcome)))
