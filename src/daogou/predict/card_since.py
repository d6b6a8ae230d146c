"""The sections of a card on what is known since the model learned: drift, earlier scores, when to train again."""

from collections.abc import Mapping
from typing import Any

from daogou.base.words import gettext as _
from daogou.predict.card import Card
from daogou.predict.card_words import Section, Since, happened, moved_column, when_again
from daogou.predict.drift import LARGE, SOME


def since_learned(card: Card, since: Since) -> tuple[Section, ...]:
    """In the current language."""
    return (_drift(card, since), *_realised(since), _again(card, since))


def _drift(card: Card, since: Since) -> Section:
    moved = [row for row in since.rows if row["kind"] in ("input", "scores")]
    far = sorted(
        (row for row in moved if row["value"] >= SOME or row["kind"] == "scores"), key=lambda row: -row["value"]
    )
    still = len(moved) - len(far)
    return Section(
        _("Whether customers are still those that it learned from"),
        (
            _("PSI compares customers of now with those learned from: below {some} little, above {large} much.").format(
                some=SOME, large=LARGE
            ),
            _("Columns that moved less than that: {n}.").format(n=still),
        ),
        (_("Column"), "PSI", _("Without any change"), _("What it means")),
        tuple(
            (moved_column(card, row), f"{row['value']:.3f}", f"{row['expected']:.3f}", _meaning(card, row))
            for row in far
        ),
    )  # fmt: skip


def _meaning(card: Card, row: Mapping[str, Any]) -> str:
    if row["name"] in card.grows:
        return _("grows by itself as time passes")
    if row["value"] < SOME or row["value"] <= row["chance"]:
        return _("chance explains it")
    if row["value"] < LARGE:
        return _("moved somewhat")
    return _("moved far") if row["alarm"] else _("moved far, but hardly matters to the scores")


def _realised(since: Since) -> list[Section]:
    counts = [row for row in since.rows if row["kind"] == "realised" and row["name"] == "count"]
    if not counts:
        text = _("No earlier scores have their outcome yet: it shows here once a run's days are over.")
        return [Section(_("What became of earlier scores"), (text,))]
    losses = {row["since"]: row for row in since.rows if row["name"] == "log_loss"}
    hits = {row["since"]: row for row in since.rows if row["name"] == "hits_in_100"}
    rows = tuple(
        (
            str(day),
            f"{row['expected']:,.0f} ({row['low']:,.0f} – {row['high']:,.0f})",
            f"{row['value']:,.0f}",
            f"{losses[day]['value']:.3f} ({losses[day]['expected']:.3f})",
            f"{hits[day]['value']:.0f} ({hits[day]['expected']:.0f})",
        )
        for row in sorted(counts, key=lambda row: row["since"], reverse=True)
        for day in [row["since"]]
    )
    return [
        Section(
            _("What became of earlier scores"),
            (happened(max(counts, key=lambda row: row["since"])),),
            (
                _("Scored on"),
                _("Expected"),
                _("Happened"),
                _("Log-loss (promised)"),
                _("Of 100 flagged (promised)"),
            ),
            rows,
        )
    ]


def _again(card: Card, since: Since) -> Section:
    return Section(_("When to train again"), tuple(when_again(card, since)))
