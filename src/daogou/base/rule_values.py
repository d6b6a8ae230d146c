"""Values of a rule as a person wrote them, each read at its place, which errors name."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from daogou.base import rule as r
from daogou.base.errors import DaogouError
from daogou.base.settings import shown
from daogou.base.words import gettext as _

_MOST_DAYS = 36_500
_LARGEST = 2**53  # whole numbers that a float64, as which numbers are compared, tells apart


@dataclass(frozen=True)
class Place:
    """Where in a rule the reader stands."""

    where: str
    path: str = ""
    depth: int = 0
    about: r.About = "customers"

    def at(self, name: str) -> "Place":
        """One step on."""
        return replace(self, path=r.step(self.path, name))

    def inside(self, name: str) -> "Place":
        """One step on, and one group deeper."""
        return replace(self, path=r.step(self.path, name), depth=self.depth + 1)

    def wrong(self, problem: str, hint: str) -> DaogouError:
        """The error that says that something is wrong here."""
        return DaogouError(problem, f"{self.where} {self.path}".rstrip(), hint)


def operand(operator: str, value: object, kind: r.Kind | None, place: Place) -> r.Value:
    """What an operator compares with; None: a kind that only the check knows."""
    if operator == "known":
        return scalar(value, "flag", place)
    if operator == "contains":
        return text(value, place)
    if operator not in ("in", "not_in"):
        ordered = operator not in ("is", "is_not")
        return scalar(value, "number" if ordered else kind, place)
    if not isinstance(value, list):
        raise place.wrong(_("it must be a list, not {value}").format(value=shown(value)), _("Write it in [ ]."))
    if not value:
        raise place.wrong(_("the list is empty"), _("Put at least one value into it."))
    if len(value) > r.MOST_VALUES:
        raise place.wrong(
            _("the list has {n} values, and at most {most} are read").format(n=len(value), most=r.MOST_VALUES),
            _("Name what they have in common, such as their category."),
        )
    values = tuple(scalar(one, kind, place) for one in value)
    if len({isinstance(one, str) for one in values}) > 1 or any(isinstance(one, bool) for one in values):
        raise place.wrong(_("the list mixes kinds of values"), _("Write texts alone, or numbers alone."))
    return values


def scalar(value: object, kind: r.Kind | None, place: Place) -> r.Scalar:
    """One value of the kind."""
    if isinstance(value, float) and not math.isfinite(value):
        raise place.wrong(_("{value} is no number to compare with").format(value=value), _("Write a finite number."))
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise place.wrong(
            _("the whole number is too large"),
            _("Write it with fewer digits, or an id as a text in quotes."),
        )
    if kind == "flag":
        wanted, fits = _("true or false"), isinstance(value, bool)
    elif kind == "number":
        wanted, fits = _("a number"), isinstance(value, int | float) and not isinstance(value, bool)
    elif kind == "text":
        wanted, fits = _("a text"), isinstance(value, str)
    else:  # a column of profiles may hold true and false; the check knows its kind
        wanted, fits = (
            _("a text or a number"),
            isinstance(value, int | float | str) and (kind is None or not isinstance(value, bool)),
        )
    if not fits:
        raise place.wrong(
            _("{value} is not {wanted}").format(value=shown(value), wanted=wanted),
            _("Texts stand in quotes, numbers do not."),
        )
    return _written(value, place) if isinstance(value, str) else value  # type: ignore[return-value]


def days(value: object, place: Place) -> int:
    """A number of days, from 1 on."""
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MOST_DAYS:
        raise place.wrong(
            _("{value} is no number of days").format(value=shown(value)),
            _("Write a whole number from 1 to {most}; days count back from the day that the rule is asked for.").format(
                most=f"{_MOST_DAYS:,}"
            ),
        )
    return value


def names(value: object, place: Place) -> tuple[str, ...]:
    """One text, or a list of them."""
    given = value if isinstance(value, list) else [value]
    if not given:
        raise place.wrong(_("the list is empty"), _("Put at least one value into it."))
    return tuple(text(name, place) for name in given)


def text(value: object, place: Place) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise place.wrong(
            _("{value} is not {wanted}").format(value=shown(value), wanted=_("a text")),
            _("Texts stand in quotes, numbers do not."),
        )
    return _written(value, place)


def _written(value: str, place: Place) -> str:
    """The text; JSON can escape halves of characters, which no engine and no file takes."""
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise place.wrong(
            _("{value} is no whole text").format(value=shown(value)), _("Write its characters, not their \\u codes.")
        )
    return value


def mapping(value: object, place: Place) -> Mapping[str, Any]:
    """A table of names and values."""
    if not isinstance(value, Mapping):
        raise place.wrong(
            _("it must be a table of names and values, not {value}").format(value=shown(value)),
            _('Write { name = value } in TOML, or {"name": value} in JSON.'),
        )
    return value
