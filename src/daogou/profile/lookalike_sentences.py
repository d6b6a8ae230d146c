"""What is said of a list of the most alike, and why there is none."""

from collections.abc import Sequence

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.profile.lookalike import FEWEST, Alike, At


def caution() -> str:
    """What a list of similar people is not."""
    return _(
        "Similar is not persuadable: who is like your buyers may buy without a message, or never. Test it: leave a "
        "random few of the list out, and compare."
    )


def refusal(found: Alike, seed: str, unknown: int = 0) -> DaogouError:
    """Why there is no list; ``unknown`` of the ids that were named are of no customer."""
    where = _("seed '{seed}'").format(seed=seed)
    if found.lack == "few" and unknown > found.seeds:
        return DaogouError(
            _("{n} of the ids named are customers, and {unknown} are not known").format(
                n=f"{found.seeds:,}", unknown=f"{unknown:,}"
            ),
            where,
            _("Write the ids as your sales file has them; {fewest} or more with a profile are needed.").format(
                fewest=FEWEST
            ),
        )
    if found.lack == "few":
        return DaogouError(
            _("{n} customers are too few to learn from").format(n=f"{found.seeds:,}"),
            where,
            _("Name {fewest} or more who have a profile.").format(fewest=FEWEST),
        )
    if found.lack == "everyone":
        return DaogouError(
            _("nearly everyone is in it already: {n}").format(n=f"{found.seeds:,}"),
            where,
            _("Leave {fewest} customers or more outside to choose from.").format(fewest=FEWEST),
        )
    if found.lack == "alone":
        return DaogouError(
            _("nobody outside it is as active and was here as lately, so there is nobody to compare with"),
            where,
            _("Name customers for what they like, not for how much they buy."),
        )
    auc = found.auc
    return DaogouError(
        _(
            "they do not differ from others who are as active: hidden ones rank above such others with a chance of "
            "{auc} ({low} to {high}), and 0.5 is a coin"
        ).format(auc=f"{auc.value:.2f}", low=f"{auc.low:.2f}", high=f"{auc.high:.2f}")
        if auc
        else "",
        where,
        _("Take a more telling list, such as buyers of one thing; a random choice of active customers does as well."),
    )


def lines(found: Alike, listed: int, size: int, unknown: int, reasons: Sequence[str]) -> list[str]:
    """The list, what it was learned from, how well it did on hidden seeds, and what sets these apart."""
    told = [_("Most alike: {n} customers, learned from {seeds}").format(n=f"{listed:,}", seeds=f"{found.seeds:,}")]
    if unknown:
        told.append(_("Ids in the file that no customer has: {n}").format(n=f"{unknown:,}"))
    if listed < size:
        told.append(_("There are no more: {size} were asked for").format(size=f"{size:,}"))
    if found.auc:
        told.append(
            _(
                "Test: of two customers as active and as lately here, one of them a hidden seed, the seed ranks higher "
                "with a chance of {auc} ({low} to {high})"
            ).format(auc=f"{found.auc.value:.2f}", low=f"{found.auc.low:.2f}", high=f"{found.auc.high:.2f}")
        )
    told += [_at(at, at.size == size) for at in found.curve]
    why = _("; ").join(reasons) or _("no single number; it is the sum of many small ones")
    return [*told, _("What sets them apart: {reasons}").format(reasons=why)]


def _at(at: At, asked: bool) -> str:
    return _(
        "{mark}list of {size}: finds {found} % of hidden seeds; a random list as active, {matched} %; "
        "lift {lift} ({low} to {high})"
    ).format(
        mark="* " if asked else "  ",
        size=f"{at.size:,}",
        found=f"{100 * at.found.value:.1f}",
        matched=f"{100 * at.matched.value:.1f}",
        lift=f"{at.lift.value:.1f}",
        low=f"{at.lift.low:.1f}",
        high=f"{at.lift.high:.1f}",
    )
