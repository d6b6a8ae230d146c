"""What the year's statement says to a person, in the current language."""

from collections.abc import Callable, Mapping, Sequence

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.measure.statement import Difference, Entry, Line, covers, is_sure, share_of

Write = Callable[[Estimate], str]  # an amount as a person writes it, with its interval where it has one


def headline(year: int, entries: Sequence[Entry], write: Write) -> str:
    """Claimed, credited, proven, in one breath; empty where none is known.

    >>> from datetime import date
    >>> from daogou.measure.statement import exact
    >>> day = date(2025, 1, 1)
    >>> headline(2025, [Entry("claimed", exact(120.0), day, day)], lambda one: f"{one.value:.0f}")
    '2025, in net sales: platforms claim 120.'
    """
    told = {one.line: one for one in entries if one.value is not None}
    parts = []
    if "claimed" in told:
        parts.append(_("platforms claim {amount}").format(amount=_amount(told, "claimed", write)))
    if "credited" in told:
        parts.append(_("our rule credits {amount}").format(amount=_amount(told, "credited", write)))
    campaigns, holdout = (told[line].net_sales if line in told else None for line in ("campaigns", "holdout"))
    if campaigns is not None:
        parts.append(_("tests of campaigns prove {amount}").format(amount=write(campaigns)))
    if holdout is not None:
        parts.append(_("the global holdout proves {amount} for all marketing").format(amount=write(holdout)))
    if not parts:
        return ""
    return _("{year}, in net sales: {parts}.").format(year=year, parts=_(", ").join(parts))


def earned_text(entries: Sequence[Entry], write: Write, write_share: Write) -> str:
    """What is proven in contribution, beside what it cost and the books; empty where nothing is proven."""
    told = {one.line: one for one in entries if one.value is not None}
    parts = []
    for line, text in (
        ("campaigns", _("campaigns with a control group brought {amount}")),
        ("holdout", _("all marketing, by the global holdout, {amount}")),
    ):
        if line in told:
            parts.append(text.format(amount=_amount(told, line, write)))
    if not parts:
        return ""
    said = _("In contribution: {parts}.").format(parts=_(", ").join(parts))
    if "cost" in told:
        said += " " + _("Reaching people and media cost {amount}.").format(amount=_amount(told, "cost", write))
    holdout, books = told.get("holdout"), told.get("books")
    if holdout and holdout.value and books and books.value and covers(holdout, books):
        share = share_of(holdout.value, books.value)
        if share is not None:
            said += " " + _("That is {share} of the {books} in the books; the rest would have come without it.").format(
                share=write_share(share), books=write(books.value)
            )
    return said


def apart_text(entries: Sequence[Entry]) -> str:
    """Where the holdout tells of other days than campaigns do: why they are not held against each other; else empty."""
    told = {one.line: one for one in entries if one.value is not None}
    holdout, campaigns = told.get("holdout"), told.get("campaigns")
    if holdout is None or campaigns is None or covers(holdout, campaigns):
        return ""
    return _(
        "The global holdout tells of {from_day} to {to_day}, campaigns of {first} to {last}: their totals cannot be"
        " held against each other."
    ).format(**_days(campaigns), from_day=holdout.first.isoformat(), to_day=holdout.last.isoformat())


def difference_text(one: Difference, entries: Sequence[Entry], write: Write) -> str:
    """A difference, and what it comes from."""
    told = {entry.line: entry for entry in entries}
    return {"claims": _claims, "proof": _proof, "sum": _sum, "profit": _profit}[one.pair](one.gap, told, write)


def missing_text(one: Entry) -> str:
    """What a line without a value leaves unknown, and what would make it speak; empty of lines that may be empty."""
    if one.campaigns and one.line == "campaigns":
        return _("Too few people bought in campaigns with a control group: nothing of any is proven.")
    if one.campaigns and one.line == "holdout":
        return _(
            "A global holdout is kept, but too few people bought so far, or people went missing: it tells nothing."
        )
    return {
        "claimed": _("No platform's claims are known: map spend with claimed_value."),
        "credited": _("No touch that counts is known, so that nothing can be credited."),
        "campaigns": _("No campaign of the year kept a control group that could be read: nothing of any is proven."),
        "holdout": _("No global holdout was kept: nothing tells the programme's total. Set [plan] global_holdout."),
        "cost": _("No cost is known: map spend, or cost in past_campaigns."),
        "books": _("No ladder of the year is known."),
    }.get(one.line, "")


def _claims(gap: Estimate, _told: Mapping[Line, Entry], write: Write) -> str:
    amount = write(_size(gap))
    if gap.value < 0:
        return _(
            "Platforms claim {amount} less than our rule credits to the same channels: they do not see every order."
        ).format(amount=amount)
    return _(
        "Platforms claim {amount} more than our rule credits to the same channels: each counts orders whole that other"
        " channels touched too, and orders of people who only saw an advertisement, and takes no refunds off."
    ).format(amount=amount)


def _proof(gap: Estimate, told: Mapping[Line, Entry], write: Write) -> str:
    unmeasured = told.get("unmeasured")
    untested = unmeasured.campaigns if unmeasured else 0
    if not is_sure(gap):
        said = _(
            "Credit and proof do not differ by more than chance ({gap}), which does not make credit proof."
        ).format(gap=write(gap))
    elif gap.value < 0:
        said = _(
            "Tests prove {amount} more than our rule credits: who buys in a shop, by phone or days later without a"
            " click is proven and not credited."
        ).format(amount=write(_size(gap)))
    else:
        said = _(
            "Our rule credits {amount} more than tests of campaigns prove: credit goes to whoever was there before an"
            " order, also where it would have come anyway; proof counts only what those held out did not buy."
        ).format(amount=write(gap))
    if untested:
        said += " " + _(
            "Campaigns that no test measured are credited, too: {campaigns}, which cost {cost}; what they brought is"
            " not known."
        ).format(campaigns=untested, cost=_amount(told, "unmeasured", write))
    return said


def _sum(gap: Estimate, told: Mapping[Line, Entry], write: Write) -> str:
    campaigns = told["campaigns"]
    if is_sure(gap) and gap.value > 0:
        said = _(
            "Campaigns added up say {amount} more than the global holdout: campaigns take sales from each other and"
            " from later weeks, and each counts them as won."
        ).format(amount=write(gap))
    elif is_sure(gap):
        said = _(
            "The global holdout says {amount} more than campaigns added up: it holds what no test measured, and what"
            " lasts beyond each campaign's days."
        ).format(amount=write(_size(gap)))
    else:
        said = _("Campaigns added up and the global holdout do not differ by more than chance ({gap}).").format(
            gap=write(gap)
        )
    overlap = told.get("overlap")
    if overlap and overlap.people and campaigns.people:
        said += " " + _("In several campaigns, and counted in each: {several} of {people} people.").format(
            several=overlap.people, people=campaigns.people
        )
    return said


def _profit(gap: Estimate, _told: Mapping[Line, Entry], write: Write) -> str:
    if not is_sure(gap):
        return _("Whether all marketing earned more than it cost cannot be told yet ({gap}).").format(gap=write(gap))
    if gap.value > 0:
        return _("All marketing earned {amount} more than it cost.").format(amount=write(gap))
    return _("All marketing cost {amount} more than it earned.").format(amount=write(_size(gap)))


def _size(gap: Estimate) -> Estimate:
    """A gap below 0, as how much it is."""
    return gap if gap.value >= 0 else Estimate(-gap.value, -gap.high, -gap.low, gap.n)


def _days(one: Entry) -> dict[str, str]:
    return {"first": one.first.isoformat(), "last": one.last.isoformat()}


def _amount(told: Mapping[Line, Entry], line: Line, write: Write) -> str:
    value = told[line].value if line in told else None
    return write(value) if value is not None else "–"


def amount_text(value: str, low: str, high: str) -> str:
    """An amount with its interval, as written.

    >>> amount_text("$21", "$9", "$33")
    '$21 ($9 to $33)'
    """
    return _("{value} ({low} to {high})").format(value=value, low=low, high=high)
