"""What is said of who answers campaigns."""

from daogou.base.words import gettext as _
from daogou.predict.response_learn import RULE, Answers, Few


def told(found: Answers | Few) -> list[str]:
    """What came of the target, in sentences."""
    if isinstance(found, Few):
        return [_("answers a campaign: {lack}").format(lack=lack(found))]
    auc = found.estimates[found.champion]["auc"]
    said = [
        _(
            "answers a campaign: learned from {trained} campaigns that ended before {day}, tested on the {tested} that "
            "began from then on; of 100 pairs of one who answered and one who did not, {auc} are ranked rightly "
            "({low} to {high})"
        ).format(
            trained=found.trained,
            tested=found.tested,
            day=found.from_day.isoformat(),
            auc=f"{100 * auc.value:.0f}",
            low=f"{100 * auc.low:.0f}",
            high=f"{100 * auc.high:.0f}",
        )
    ]
    if found.unfinished:
        said.append(_("{n} of these campaigns are still running: late answers are missing").format(n=found.unfinished))
    gain = found.estimates[found.champion].get(f"gain_over_{RULE}")
    if gain is None or not gain.low > 0:
        said.append(_("no model is clearly better than looking at who used a coupon last"))
    said += [_("answers a campaign, leak audit: {finding}").format(finding=one) for one in found.findings]
    return said


def lack(found: Few) -> str:
    """Why there is no number, and what would be enough.

    >>> lack(Few("answered", 12, 30))
    'not enough data: customers who answered: 12, needed: 30'
    """
    text = {
        "campaigns": _("not enough data: campaigns, of which half ended before another began: {have}, needed: {need}"),
        "answered": _("not enough data: customers who answered: {have}, needed: {need}"),
        "did not": _("not enough data: customers who were reached and did not answer: {have}, needed: {need}"),
    }[found.what]
    return text.format(have=found.have, need=found.need)
