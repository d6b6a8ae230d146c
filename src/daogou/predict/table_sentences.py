"""What is said of a table's models."""

from collections.abc import Mapping

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.predict.champion import Champion
from daogou.predict.compare import BASE


def lines(champion: Champion, label: str, unlabelled: int) -> list[str]:
    """The audit first, then each model, then the one to use."""
    told = [
        _("rows: {rows}; '{label}' happened in {events}").format(
            rows=champion.rows, label=label, events=champion.events
        )
    ]
    if unlabelled:
        told.append(_("rows without a label, left out: {rows}").format(rows=unlabelled))
    told.append(_protocol(champion))
    told += [_("leak audit: {finding}").format(finding=one) for one in champion.findings]
    if not champion.findings:
        told.append(_("leak audit: nothing found; ask of each column whether it was known before the outcome"))
    if champion.left_out:
        told.append(_("left out of every model: {columns}").format(columns=", ".join(champion.left_out)))
    told += [_model(name, metrics, name == champion.name) for name, metrics in champion.estimates.items()]
    return [*told, _calibration(champion), _use(champion)]


def _protocol(champion: Champion) -> str:
    if champion.protocol == "blocks":
        return _("tested forward in time: each block of later rows by models of the rows before it")
    return _("tested by stratified folds: each row by models that had not seen it")


def _model(name: str, metrics: Mapping[str, Estimate], best: bool) -> str:
    auc, loss, brier, off = (metrics[metric] for metric in ("auc", "log_loss", "brier", "ece"))
    return _(
        "{mark}{name}: AUC {auc} ({low} to {high}), log-loss {loss}, Brier {brier}, calibration error {off}"
    ).format(
        mark="* " if best else "  ",
        name=name,
        auc=f"{auc.value:.3f}",
        low=f"{auc.low:.3f}",
        high=f"{auc.high:.3f}",
        loss=f"{loss.value:.4f}",
        brier=f"{brier.value:.4f}",
        off=f"{off.value:.3f}",
    )


def _calibration(champion: Champion) -> str:
    return {
        "used": _("its probabilities are set right by a line over log-odds, learned on rows that it had not seen"),
        "flips": _("no calibration: it would turn the ranking round, so the past may not be like what follows"),
        "no better": _("no calibration: it would not make the probabilities better"),
    }[champion.calibration]


def _use(champion: Champion) -> str:
    metrics = champion.estimates[champion.name]
    if champion.name == BASE:
        return _("no model is clearly better than the rate alone")
    return _("use {name}: of the 100 we flag, about {hits} do ({low} to {high}); picking at random, {random}").format(
        name=champion.name,
        hits=f"{metrics['hits_in_100'].value:.0f}",
        low=f"{metrics['hits_in_100'].low:.0f}",
        high=f"{metrics['hits_in_100'].high:.0f}",
        random=f"{metrics['random_in_100'].value:.0f}",
    )
