"""What customers are worth, in the current language."""

from markupsafe import Markup

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.contexts import Company, Worth
from daogou.report.sentences.say import joined, number, say


def worth(facts: Worth, company: Company) -> Markup:
    """How much is to come, and how sure that is."""
    return say(
        _(
            "In the next {days} days today's customers will bring about {money} of contribution; 19 times in 20 the "
            "truth lies between {low} and {high}."
        ),
        days=facts.days,
        **_money(facts.contribution, company),
    )


def spread(facts: Worth, company: Company) -> Markup:
    """Who brings it, and what is lost with those who may have left."""
    share = facts.top_tenth_share
    top = say(
        _("The tenth of customers who are worth most bring {share} of it ({low} to {high})."),
        share=number(figures.share(share.value)),
        low=figures.share(share.low),
        high=figures.share(share.high),
    )
    risk = say(
        _("With customers who may have left already, {money} is at risk ({low} to {high})."),
        **_money(facts.at_risk, company),
    )
    return joined(top, risk)


def worth_rests_on(facts: Worth) -> Markup:
    """The margin, and wholesale buyers."""
    text = (
        _("The margin of {percent} is assumed: write your own into daogou.toml, [plan] margin.")
        if facts.is_assumed
        else _("The margin is {percent}.")
    )
    margin = say(text, percent=figures.share(facts.margin))
    if not facts.wholesale:
        return margin
    return joined(margin, say(_("Wholesale buyers, counted on their own: {n}."), n=figures.count(facts.wholesale)))


def _money(estimate: Estimate, company: Company) -> dict[str, object]:
    return {
        "money": number(figures.money(estimate.value, company.currency)),
        "low": figures.money(estimate.low, company.currency),
        "high": figures.money(estimate.high, company.currency),
    }
