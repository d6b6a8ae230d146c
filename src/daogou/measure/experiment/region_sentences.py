"""What tests that switched units say to a person, in the current language."""

from collections.abc import Mapping, Sequence

from daogou.base.words import gettext as _

_MOST = 5  # names that are said


def units_text(unit: str, pairs: int | None, on: int) -> str:
    """How a channel was switched: ``pairs``, or units ``on`` that were drawn one by one.

    >>> units_text("time", 6, 6), units_text("store", None, 40)
    ('6 pairs of weeks on and off', '40 stores by lot')
    """
    if pairs is not None:
        words = {
            "region": _("{n} pairs of regions"),
            "store": _("{n} pairs of stores"),
            "household": _("{n} pairs of households"),
            "time": _("{n} pairs of weeks on and off"),
        }
        return words[unit].format(n=pairs)
    words = {
        "region": _("{n} regions by lot"),
        "store": _("{n} stores by lot"),
        "household": _("{n} households by lot"),
    }
    return words[unit].format(n=on)


def brought_text(name: str, channel: str, units: str, said: Mapping[str, str]) -> str:
    """What a test found. ``said``: value, low, high, lift, lift_low, lift_high, from_day and to_day, as written."""
    return _(
        "Test {name}: {channel} brought {value} of net sales where it was on (between {low} and {high}, 95 % sure),"
        " {lift} of what would have been sold there ({lift_low} to {lift_high}). {units}, {from_day} to {to_day}."
    ).format(name=name, channel=channel, units=units, **said)


def unsure_text() -> str:
    """An interval that holds 0."""
    return _("It may have brought nothing: no effect was proven.")


def no_interval_text(name: str, channel: str, value: str) -> str:
    """A reading without an interval."""
    return _(
        "Test {name}: {channel} seems to have brought {value} of net sales where it was on; too few units or buyers for"
        " an interval: 10 units on and off, and 200 buyers among each, would be enough."
    ).format(name=name, channel=channel, value=value)


def left_out_text(pairs: Sequence[str]) -> str:
    """Pairs that are not whole."""
    return _("Pairs left out, as one half is missing or both are alike: {names}.").format(names=_few(pairs))


def changed_text(units: Sequence[str]) -> str:
    """Units that were not switched as drawn."""
    return _("Not switched as drawn, and read as drawn: {names}.").format(names=_few(units))


def not_read_text(name: str, why: str, names: Sequence[str]) -> str:
    """Why a test is not read."""
    return _("Test {name} is not read: {why}.").format(name=name, why=problem_text(why, names))


def problem_text(why: str, names: Sequence[str]) -> str:
    """What is wrong, and what to do; ``why`` as in :mod:`daogou.flows.unit_checks`.

    >>> problem_text("few_pairs", ("4", "6"))
    'it has 4 whole pairs, and 6 would be enough'
    """
    words = {
        "two_channels": _("it names more than one channel ({names}); give each its own campaign"),
        "two_units": _("it names more than one unit ({names}); give each its own campaign"),
        "no_lots": _("nobody drew lots: propensity is empty"),
        "no_chance": _("some units could only be on, or only off: propensity must lie above 0 and below 1"),
        "days": _("its units ran on different days; give each span its own campaign"),
        "no_pairs": _("its weeks are in no pairs; name in 'pair' which two belong together"),
        "overlap": _(
            "the same channel was switched by another test at the same time ({names}); they contradict each other"
        ),
        "unknown_units": _("no customer and no order names {names}; write units as the customers have them"),
        "few_pairs": _("it has {first} whole pairs, and {last} would be enough"),
        "arms": _("pairs compare on with off, and it has more arms ({names}); give each its own campaign"),
        "uneven": _("the coin of pairs {names} was not even: propensity must be 0.5"),
        "lengths": _("its weeks are of different lengths ({names} days)"),
        "blocks": _("its weeks overlap each other"),
        "apart": _("the weeks of pairs {names} are no neighbours"),
        "wash_out": _("its wash-out of {first} days leaves nothing of {last} days"),
        "no_attribute": _("customers have no attribute {names}: map it among the attributes of the customers"),
        "one_arm": _("all its units were on, or all were off"),
        "mismatch": _("{first} units on and {last} off are not the lots that were drawn: some went missing"),
    }
    first, last = (names[0], names[-1]) if names else ("", "")
    return words[why].format(names=_few(names), first=first, last=last)


def study_text(study: str, platform: str, channel: str, said: str) -> str:
    """A platform's own lift study; ``said`` is its figure with its interval."""
    return _("Lift study {study}, {platform}'s own test of {channel}: {said}.").format(
        study=study, platform=platform, channel=channel, said=said
    )


def orders_text(value: str) -> str:
    """Orders beyond what would have been.

    >>> orders_text("120 (between 80 and 160)")
    '120 (between 80 and 160) incremental orders'
    """
    return _("{value} incremental orders").format(value=value)


def why_text(why: str) -> str:
    """Why a campaign cannot be tested; ``why`` as table ``evidence`` holds it.

    >>> why_text("everyone_reached")
    'everyone on its list was reached, nobody held out'
    """
    words = {
        "nobody_known": _("whom it was meant for is not known"),
        "everyone_reached": _("everyone on its list was reached, nobody held out"),
        "no_lots": _("those held out were not drawn by lot"),
        "audience_channel": _("its channel reaches nobody by name, and no regions or weeks were drawn"),
        "cannot_switch": _("neither regions nor weeks are enough to test it"),
    }
    return words[why]


def evidence_text(tested: int, untested: int) -> str:
    """How many campaigns can be read by a test."""
    return _("Campaigns with a test: {tested}. Cannot be tested: estimate only: {untested}.").format(
        tested=f"{tested:,}", untested=f"{untested:,}"
    )


def _few(names: Sequence[str]) -> str:
    said = _(", ").join(names[:_MOST])
    return said if len(names) <= _MOST else _("{names} and {n} more").format(names=said, n=len(names) - _MOST)
