"""What ``daogou evaluate predict`` prints."""

from collections.abc import Iterator, Sequence

from rich.table import Table

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.flows.evaluate_predict import Compared
from daogou.predict import sentences as say
from daogou.predict.learn import Lack, Learned


def blocks(found: Sequence[Compared]) -> Iterator[str | Table]:
    """Sentences and tables, target by target."""
    yield _("All models, trained on earlier moments and tested on later ones. Intervals are 95 %; they draw customers.")
    for one in found:
        yield "\n" + say.title(one.target)
        if isinstance(one.learned, Lack) or one.windows is None:
            yield _capital(say.lack_of(one.target, one.learned)) if isinstance(one.learned, Lack) else ""
            continue
        moments = one.windows.moments
        yield _("Trained at {train}; tested at {test}; rows: {n}.").format(
            train=_span(moments.train), test=_span(moments.test), n=f"{len(one.learned.tested.y):,}"
        )
        yield from _tables(one, one.learned)
        yield from (f"{line}." for line in say.festive(one.target, one.windows))
        yield from (f"{line}." for line in say.at_risk(one.target, one.learned))
        yield from say.warned(one.target, one.learned)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tables(one: Compared, learned: Learned) -> Iterator[str | Table]:
    metrics = _AMOUNTS if one.target.of_values else _EVENTS
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column(_("Model"), no_wrap=True)
    for name in metrics:
        table.add_column(_head(name), justify="right", no_wrap=True)
    loss = "rmse" if one.target.of_values else "log_loss"
    for model in sorted(learned.estimates, key=lambda name: learned.estimates[name][loss].value):
        table.add_row(model, *(_short(learned.estimates[model].get(name)) for name in metrics))
    yield table
    yield _best(learned)
    if not one.target.of_values:
        yield _calibration(learned)
    for name, estimate in one.depths.items():
        if name.startswith("gain_in_"):
            percent = name.removeprefix("gain_in_")
            lift = one.depths[f"lift_in_{percent}"]
            yield _("The likeliest {percent} % hold {gain} of all of them, {lift} times as many as at random.").format(
                percent=percent, gain=_short(estimate), lift=_short(lift)
            )


_EVENTS = ("log_loss", "auc", "average_precision", "brier")
_AMOUNTS = ("rmse", "mae", "total_off", "spend_in_tenth")


def _head(metric: str) -> str:
    return {
        "log_loss": _("Log-loss"),
        "auc": "AUC",
        "average_precision": _("Av. precision"),
        "brier": "Brier",
        "rmse": "RMSE",
        "mae": "MAE",
        "total_off": _("Total off by"),
        "spend_in_tenth": _("In top tenth"),
    }[metric]


def _best(learned: Learned) -> str:
    if not learned.ties:
        return _("Used: {champion}. Every other one is surely worse.").format(champion=learned.champion)
    return _("Used: {champion}, the simplest of the best. No sure difference from it: {ties}.").format(
        champion=learned.champion, ties=_(", ").join(learned.ties)
    )


def _calibration(learned: Learned) -> str:
    metrics = learned.estimates[learned.champion]
    why = {
        "used": _("a line over log-odds was learned on moments between"),
        "flips": _("a line was refused, because it would turn the ranking round"),
        "no better": _("no line was needed: none lowered the loss surely"),
        "no window": _("no moments are left to learn a line on"),
    }[learned.calibration]
    return _("Calibration: slope {slope}, mean gap {ece}; {why}.").format(
        slope=_short(metrics["slope"], 2), ece=_short(metrics["ece"]), why=why
    )


def _span(days: Sequence[object]) -> str:
    return str(days[0]) if len(days) == 1 else _("{first} to {last} ({n})").format(
        first=days[0], last=days[-1], n=len(days)
    )  # fmt: skip


def _short(estimate: Estimate | None, digits: int = 3) -> str:
    """A value and half of its interval, in few signs."""
    if estimate is None or estimate.value != estimate.value:
        return "-"
    digits = digits if abs(estimate.value) < 10 else 1
    half = (estimate.high - estimate.low) / 2
    return f"{estimate.value:.{digits}f}" + (f" ±{half:.{digits}f}" if half == half else "")
