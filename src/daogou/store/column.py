"""What a column of a contract is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: an Ibis type, what it means, its unit, and whether it may be empty."""

    name: str
    type: str
    meaning: str
    unit: str = ""
    nullable: bool = False


@dataclass(frozen=True)
class Feature(Column):
    """A column of ``PROFILES``: over which days, from which facts, and what it is good for.

    ``window`` is ever, now, the days before as_of that it sees, or decayed.
    """

    window: str = "ever"
    source: tuple[str, ...] = ()
    purpose: str = ""


def always(
    name: str, type_: str, meaning: str, unit: str, window: str, source: tuple[str, ...], purpose: str
) -> Feature:
    """A feature that every customer has."""
    return Feature(name, type_, meaning, unit, False, window, source, purpose)


def maybe(
    name: str, type_: str, meaning: str, unit: str, window: str, source: tuple[str, ...], purpose: str
) -> Feature:
    """A feature that is empty where the meaning says so."""
    return Feature(name, type_, meaning, unit, True, window, source, purpose)
