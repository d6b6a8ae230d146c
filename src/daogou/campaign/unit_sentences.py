"""What a plan that switches a channel on and off says to a person, in the current language."""

from collections.abc import Sequence

from daogou.base.words import gettext as _

_MOST = 12  # names that are said; all are in the file


def units_text(by: str, pairs: int) -> str:
    """The pairs of a test.

    >>> units_text("region", 12)
    '12 pairs of regions'
    """
    words = {
        "region": _("{n} pairs of regions"),
        "store": _("{n} pairs of stores"),
        "week": _("{n} pairs of weeks"),
    }
    return words[by].format(n=pairs)


def test_text(channel: str, units: str, first: str, last: str) -> str:
    """What is tested, with what and when; ``units`` as :func:`units_text` says."""
    return _(
        "A test of {channel} with {units}, from {first} to {last}: in each pair a coin says where it is on."
    ).format(channel=channel, units=units, first=first, last=last)


def visible_text(units: str, days: int, lift: str, windows: int) -> str:
    """The least change that the test shows; ``lift`` is a share as a person writes it."""
    return _(
        "With {units} over {weeks} weeks, a change of {lift} of sales shows, four times in five: found by placing the"
        " same test on {windows} past windows of your own sales."
    ).format(units=units, weeks=f"{days / 7:g}", lift=lift, windows=windows)


def on_text(names: Sequence[str]) -> str:
    """Where, or from which days on, the channel is on."""
    said = _(", ").join(names[:_MOST])
    if len(names) > _MOST:
        return _("On: {names}, and {n} more in the file.").format(names=said, n=len(names) - _MOST)
    return _("On: {names}; off: the other of each pair.").format(names=said)


def left_out_text(names: Sequence[str]) -> str:
    """Units that are no part of the test."""
    return _("No part of the test, as no other is like it: {names}.").format(names=_(", ").join(names))


def known_share_text(by: str, share: str) -> str:
    """How much of all sales the units hold; ``share`` as a person writes it."""
    words = {
        "region": _("These regions hold {share} of net sales; the rest is not tested."),
        "store": _("These stores hold {share} of net sales; the rest is not tested."),
    }
    return words[by].format(share=share)


def wash_out_text(by: str, days: int) -> str:
    """Days that are not read."""
    if by == "week":
        return _("The first {days} days of each week are not read: what went before still works in them.").format(
            days=days
        )
    return _("The first {days} days are not read: it takes so long until the channel works.").format(days=days)


def then_text(name: str) -> str:
    """What a person does with it."""
    return _(
        "Nothing is switched yet: a person does that, as the file of --out says. Afterwards map that file to table"
        " 'unit_assignments' under the name {name}, and 'daogou measure' reads it."
    ).format(name=name)


def cannot_text(channel: str, reasons: Sequence[str]) -> str:
    """A channel that cannot be tested."""
    return _("{channel} cannot be tested: estimate only.").format(channel=channel) + " " + " ".join(reasons)


def why_not_text(why: str, have: str, needed: str) -> str:
    """Why a test is not possible, and what would be enough; ``why`` as in :mod:`daogou.flows.unit_draws`.

    >>> why_not_text("few_regions", "8", "12")
    'Sales are known of 8 regions; 12 would be enough.'
    """
    words = {
        "no_regions": _("No customer has a region: map one to 'region' of the customers; {needed} would be enough."),
        "no_stores": _("No order names its store: map one to 'store_id' of the orders; {needed} would be enough."),
        "few_regions": _("Sales are known of {have} regions; {needed} would be enough."),
        "few_stores": _("Sales are known of {have} stores; {needed} would be enough."),
        "short_history": _("There are {have} days of orders; {needed} would be enough for a test of this length."),
        "noisy_region": _(
            "Even a doubling of sales would not show with {have} pairs of regions; about {needed} would do."
        ),
        "noisy_store": _(
            "Even a doubling of sales would not show with {have} pairs of stores; about {needed} would do."
        ),
        "noisy_week": _("Even a doubling of sales would not show with {have} pairs of weeks; about {needed} would do."),
    }
    return words[why].format(have=have, needed=needed)
