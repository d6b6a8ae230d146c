"""What is told of campaigns that kept no control group, in the current language."""

from collections.abc import Mapping

from daogou.base.words import gettext as _


def counts_text(n: int, verdicts: Mapping[str, int]) -> str:
    """How many campaigns were looked at, and what refutes them. ``verdicts``: how many have each verdict.

    >>> counts_text(3, {"placebo": 1, "not_refuted": 2})
    'Not randomised: campaigns without a control group that were looked at: 3. Refuted, as the same reading finds an effect in the days before the start: 1. People reached who are unlike all others: 0; groups that still differ: 0; too few people: 0. Not refuted: 2. None of this is proof.'
    """  # noqa: E501
    told = {name: verdicts.get(name, 0) for name in ("placebo", "no_overlap", "unbalanced", "too_few", "not_refuted")}
    return _(
        "Not randomised: campaigns without a control group that were looked at: {n}. Refuted, as the same reading finds"
        " an effect in the days before the start: {placebo}. People reached who are unlike all others: {no_overlap};"
        " groups that still differ: {unbalanced}; too few people: {too_few}. Not refuted: {not_refuted}. None of this"
        " is proof."
    ).format(n=n, **told)


def left_text(more: int, less: int, unsure: int) -> str:
    """What those say that nothing refutes.

    >>> left_text(1, 0, 4)
    'Of those not refuted, a gain: 1; a loss: 0; not to be told from nothing: 4. Hold people out by lot next time to know.'
    """  # noqa: E501
    return _(
        "Of those not refuted, a gain: {more}; a loss: {less}; not to be told from nothing: {unsure}. Hold people out"
        " by lot next time to know."
    ).format(more=more, less=less, unsure=unsure)


def not_read_text(reasons: Mapping[str, int]) -> str:
    """Which campaigns without a control group could not be looked at at all, and why.

    >>> not_read_text({"no_history": 2})
    'Campaigns without a control group that could not be looked at: 2 (too few days of data before them: 2).'
    """
    texts = {
        "not_over": _("their outcome days are not over"),
        "no_history": _("too few days of data before them"),
        "nobody": _("whom they reached is not known"),
        "only_answers": _("only those who answered are known"),
    }
    parts = [
        _("{reason}: {n}").format(reason=text, n=reasons[name]) for name, text in texts.items() if reasons.get(name)
    ]
    return _("Campaigns without a control group that could not be looked at: {n} ({reasons}).").format(
        n=sum(reasons.values()), reasons=_(", ").join(parts)
    )


def effect_text(days: int, amounts: Mapping[str, str]) -> str:
    """One campaign's figure. ``amounts``: value, low and high, as written.

    >>> effect_text(28, {"value": "$2", "low": "-$1", "high": "$5"})
    'Not randomised: those reached seem to have brought $2 a person in 28 days (between -$1 and $5).'
    """
    return _(
        "Not randomised: those reached seem to have brought {value} a person in {days} days (between {low} and {high})."
    ).format(days=days, **amounts)


def verdict_text(verdict: str) -> str:
    """What a verdict of ``observed`` means, and what to do.

    >>> verdict_text("not_refuted")
    'Nothing refutes this figure, and nothing proves it.'
    """
    texts = {
        "too_few": _("Too few people for an interval: 100 reached and 100 others like them are needed."),
        "no_overlap": _("More than one in five of those reached are like nobody else: there is nothing to compare."),
        "unbalanced": _("Those reached still differ from the others in what is known of them: do not use this figure."),
        "placebo": _(
            "The same reading finds an effect in the days before the start, where there can be none: do not use this"
            " figure."
        ),
        "not_refuted": _("Nothing refutes this figure, and nothing proves it."),
    }
    return texts[verdict]


def regions_too_few_text() -> str:
    """What a comparison of regions needs.

    >>> regions_too_few_text()
    'Too few regions for an interval: ten that were reached and ten that were not are needed.'
    """
    return _("Too few regions for an interval: ten that were reached and ten that were not are needed.")


def elsewhere_text(reached: str, others: str) -> str:
    """How many were in other campaigns at the same time. Shares as written.

    >>> elsewhere_text("50 %", "20 %")
    'At the same time another campaign ran for 50 % of those reached and 20 % of the others: its effect is in this figure.'
    """  # noqa: E501
    return _(
        "At the same time another campaign ran for {reached} of those reached and {others} of the others: its effect is"
        " in this figure."
    ).format(reached=reached, others=others)
