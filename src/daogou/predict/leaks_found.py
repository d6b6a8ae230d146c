"""What an audit can find, in words."""

from dataclasses import dataclass

from daogou.base.words import gettext as _

COLUMN_LEAKS = frozenset({"copy", "near_copy", "filled", "only", "after", "encoded", "identifier"})  # to leave out


@dataclass(frozen=True)
class Finding:
    """A sign of a leak: its kind, the column it is in ("" where in the rows) and how much of it was seen."""

    leak: str
    column: str
    seen: float

    def __str__(self) -> str:
        seen = f"{self.seen:.2f}" if self.leak in ("copy", "near_copy", "filled") else f"{self.seen:.0f}"
        return _sentence(self.leak).format(column=self.column, seen=seen)


def _sentence(leak: str) -> str:
    return {
        "copy": _("'{column}' is the outcome itself in other words (AUC alone: {seen})"),
        "near_copy": _("'{column}' alone nearly tells the outcome (AUC alone: {seen}): was it known before?"),
        "filled": _("'{column}' is filled in where the outcome is one way (agreement: {seen}): was it written after?"),
        "only": _("with one value of '{column}' the outcome is always the same (rows: {seen}): was it written after?"),
        "after": _("'{column}' holds days after the row's own moment, depending on the outcome (rows: {seen})"),
        "encoded": _("'{column}' holds the outcome's own rates (values: {seen}): they were taken from all rows"),
        "identifier": _("the numbers of '{column}' follow the outcome: they were given out after it, or with time"),
        "repeated": _("rows occur more than once (rows: {seen}): copies would stand on both sides of a split"),
        "resampled": _("rows of one outcome alone occur more than once (rows: {seen}): resample inside training only"),
        "customers": _("'{column}' has several rows a value with like outcomes (values: {seen}): name it as groups"),
        "ordered": _("the rows look ordered by time, and the outcome drifts: name the column of time, test on later"),
        "scaled": _("'{column}' was scaled by all rows, also those to be tested on"),
        "imputed": _("gaps of '{column}' were filled from all rows, also those to be tested on (rows: {seen})"),
    }[leak]
