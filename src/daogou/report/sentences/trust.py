"""What the page rests on, in the current language."""

from markupsafe import Markup

from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.contexts import Flagged, Source, Trust
from daogou.report.sentences.say import data, number, say


def trust(facts: Trust) -> Markup:
    """The first prediction in people, else what happened to the rows."""
    return flag(facts.flagged[0]) if facts.flagged else rows(facts.sources)


def flag(found: Flagged) -> Markup:
    """Of 100 that we flag, how many do."""
    values = {
        "n": number(figures.whole(found.model.value)),
        "low": figures.whole(found.model.low),
        "high": figures.whole(found.model.high),
        "m": number(figures.whole(found.random.value)),
        "days": found.days,
        "category": data(found.category),
    }
    if found.kind == "inactive":
        return say(
            _("Of the 100 that we flag as leaving, about {n} ({low} to {high}) do leave; picking at random, {m}."),
            **values,
        )
    if found.kind == "other":
        return say(
            _("{title}: of the 100 that we flag, about {n} ({low} to {high}) do; picking at random, {m}."),
            title=found.title,
            **values,
        )
    if found.kind == "anything":
        return say(
            _(
                "Of the 100 that we flag as buyers, about {n} ({low} to {high}) buy within {days} days; picking at"
                " random, {m}."
            ),
            **values,
        )
    return say(
        _(
            "Of the 100 that we flag for {category}, about {n} ({low} to {high}) buy it within {days} days; picking at"
            " random, {m}."
        ),
        **values,
    )


def rows(sources: tuple[Source, ...]) -> Markup:
    """What became of every row."""
    return say(
        _("{received} rows were received: {stored} stored, {quarantined} in quarantine, {duplicate} duplicates."),
        received=number(figures.exact(sum(s.received for s in sources))),
        stored=figures.exact(sum(s.stored for s in sources)),
        quarantined=figures.exact(sum(s.quarantined for s in sources)),
        duplicate=figures.exact(sum(s.duplicate for s in sources)),
    )


def trust_action(facts: Trust) -> Markup:
    """What would make the page more trustworthy first."""
    if any(s.quarantined for s in facts.sources):
        return say(_("Mend the rows in quarantine where they come from and ingest that file again."))
    if facts.margin_assumed or facts.contact_assumed:
        return say(_("Write your own margin and cost of a message into [plan] of daogou.toml: costs rest on them."))
    return say(_("Nothing to mend: every row is stored or known, and the margin is yours."))
