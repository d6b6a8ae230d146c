"""The sections of a model's card, most important first, in the current language."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from daogou.base.words import gettext as _
from daogou.predict.card import Card, Group, Rows
from daogou.predict.card_since import since_learned
from daogou.predict.card_words import (
    NOTHING,
    Name,
    Section,
    Since,
    calibrated,
    capital,
    column,
    flagged,
    group_name,
    interval,
    leaks,
    percent,
    tenth,
    title,
    told,
    way,
)

MOVING = 12  # columns that are listed as moving scores
METRICS = ("auc", "log_loss", "brier", "ece")  # of each model


def sections(card: Card, since: Since, name: Name) -> tuple[Section, ...]:
    """The whole card, most important first."""
    return (
        _use(card),
        _quality(card),
        *_groups(card, name),
        _calibration(card),
        _moves(card),
        *since_learned(card, since),
        _data(card),
        _leaks(card),
        _limits(card),
        _inputs(card),
        _made(card),
    )


def _use(card: Card) -> Section:
    others = [model for model in card.compared if model != card.model]
    return Section(
        _("What it foretells"),
        (
            _("{title}. {who}").format(title=capital(title(card)), who=_population(card)),
            _(
                "Use it to decide whom to look at first and how many to expect. It does not tell for whom a message"
                " makes a difference."
            ),
            _("Model: {model}, the simplest of those as good as the best; compared with {others}.").format(
                model=card.model, others=_(", ").join(others) or NOTHING
            ),
        ),
    )


def _population(card: Card) -> str:
    if card.asks.get("population") is not None:
        return _("For the customers whom its population in daogou.toml means.")
    return {
        "second_purchase": _("For customers who have ordered on one day alone."),
        "churn": _("For customers who are not overdue by their own rhythm."),
        "contract": _("For customers who have not left by their attribute."),
    }.get(
        card.asks.get("kind", ""),
        _("For customers with an order in the {days} days before the moment.").format(days=card.population_days),
    )


def _quality(card: Card) -> Section:
    names = {
        model: _("{model} (used)").format(model=model) if model == card.model else model for model in card.compared
    }
    rows = tuple(
        (names[model], *(told(metrics.get(metric)) for metric in METRICS)) for model, metrics in card.compared.items()
    )
    return Section(
        _("How good it is, on later moments that it had not seen"),
        (flagged(card), tenth(card), *_ties(card)),
        (_("Model"), "AUC", _("Log-loss"), "Brier", _("Calibration error")),
        rows,
    )


def _ties(card: Card) -> list[str]:
    if not card.ties:
        return []
    return [_("Not surely better or worse: {models}.").format(models=_(", ").join(card.ties))]


def _groups(card: Card, name: Name) -> list[Section]:
    found = []
    for by in dict.fromkeys(group.by for group in card.groups):
        rows = tuple(_group(group, name) for group in card.groups if group.by == by)
        few = _("Groups of fewer than {n} customers are too few to be judged.").format(n=card.fewest)
        found.append(
            Section(
                _division(by),
                (few,) if any(group.few for group in card.groups if group.by == by) else (),
                (_("Group"), _("Customers"), _("Expected"), _("Happened"), "AUC", "Brier"),
                rows,
            )
        )
    return found


def _group(group: Group, name: Name) -> tuple[str, ...]:
    said = group_name(group, name)
    if group.few:
        return said, f"{group.customers:,}", _("too few"), NOTHING, NOTHING, NOTHING
    return (
        said,
        f"{group.customers:,}",
        percent(group.expected),
        interval(group.happened),
        NOTHING if group.auc is None else told(group.auc),
        f"{group.brier:.3f}",
    )


def _division(by: str) -> str:
    return {
        "rfm": _("For whom: by RFM segment at that moment"),
        "rfm_zh": _("For whom: by RFM segment at that moment"),
        "tenure": _("For whom: new customers and others"),
        "member_level": _("For whom: by member level"),
        "region": _("For whom: by region"),
    }[by]


def _calibration(card: Card) -> Section:
    return Section(
        _("Whether its probabilities hold"),
        (calibrated(card), _set_right(card)),
        (_("Expected"), _("Happened"), _("Rows")),
        tuple((percent(one.expected), interval(one.happened), f"{one.rows:,}") for one in card.bins),
    )


def _set_right(card: Card) -> str:
    return {
        "used": _("They were set right by a line over log-odds, learned on later moments than the model."),
        "flips": _("No line over log-odds was used: it would turn the ranking round."),
        "no better": _("No line over log-odds was used: on customers of its own it made nothing better."),
        "no window": _("No line over log-odds was used: too few moments are left to learn one from."),
    }[card.calibration]


def _moves(card: Card) -> Section:
    total = sum(one.moves for one in card.inputs) or 1.0
    return Section(
        _("What raises and lowers scores, over everyone"),
        (_("Shares of the mean size of what each column adds to a score. Columns that say much the same share it."),),
        (_("Column"), _("Share"), _("How")),
        tuple((column(card, one.column), percent(one.moves / total), way(one.way)) for one in card.inputs[:MOVING]),
    )


def _data(card: Card) -> Section:
    windows = card.windows
    named = {
        "train": (_("learned from, to be tested"), windows.train),
        "calibrate": (_("of these, where probabilities were set right"), windows.calibrate),
        "test": (_("tested on"), windows.test),
        "known": (_("learned from, as it is used"), windows.known),
    }
    return Section(
        _("Data and windows"),
        (
            _("An outcome takes {days} days; then {embargo} more pass before the first moment tested on.").format(
                days=windows.outcome_days, embargo=windows.embargo_days
            ),
        ),
        (_("Window"), _("Moments"), _("Rows"), _("Customers"), _("Did")),
        tuple(_window(*named[key], rows) for key, rows in card.rows.items()),
    )  # fmt: skip


def _window(said: str, moments: Sequence[date], rows: Rows) -> tuple[str, ...]:
    between = NOTHING
    if moments:
        between = _("{n}, from {first} to {last}").format(n=len(moments), first=min(moments), last=max(moments))
    return said, between, f"{rows.rows:,}", f"{rows.customers:,}", f"{rows.events:,}"


def _leaks(card: Card) -> Section:
    return Section(_("Leak audit"), tuple(leaks(card)))


def _limits(card: Card) -> Section:
    fair = (
        _("Attributes of people in use: {names}. Compare its groups before you treat people differently by it.").format(
            names=_(", ").join(card.attributes)
        )
        if card.attributes
        else _("It uses no attribute of people, only what they did; what they did can still stand for who they are.")
    )
    return Section(
        _("Limits"),
        (
            _("Do not decide by it about anyone's rights, price of necessities, credit or work."),
            _("A new assortment, new prices or a festival can make yesterday's rates wrong."),
            _("It says who is likely to, not why: a column that moves scores is no cause."),
            fair,
        ),
    )


def _inputs(card: Card) -> Section:
    moves = {one.column: one.moves for one in card.inputs}
    total = sum(moves.values()) or 1.0
    return Section(
        _("Columns that it may look at"),
        (_("Columns: {n}; those that move no score are in it too.").format(n=len(card.features)),),
        (_("Column"), _("Name in the data"), _("Made from"), _("Share")),
        tuple(
            (column(card, one.column), one.column, ", ".join(one.source), percent(moves.get(one.column, 0.0) / total))
            for one in card.features
        ),
    )


def _made(card: Card) -> Section:
    return Section(
        _("Made with"),
        (
            _("Seed {seed}; {versions}.").format(seed=card.seed, versions=_pairs(card.versions)),
            _("{kind} with {parameters}.").format(kind=card.kind, parameters=_pairs(card.parameters) or NOTHING),
        ),
    )


def _pairs(values: Mapping[str, Any]) -> str:
    return _(", ").join(f"{name} {value}" for name, value in values.items())
