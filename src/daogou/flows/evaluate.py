"""Comparing all recommenders on a workspace: chosen on one window, reported on a later one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from daogou.base.errors import DaogouError
from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.flows.recommend import evaluated
from daogou.flows.taken import Past, past, ratings
from daogou.flows.workspace import Progress, Workspace
from daogou.recommend import Interactions, ItemKNN, UserKNN
from daogou.recommend.candidates import candidates
from daogou.recommend.evaluate import FEWEST, METRICS, SUBJECTS, Evaluation, deciding, evaluate
from daogou.recommend.evaluate_ratings import MeanRating, Rater, RatingEvaluation, evaluate_ratings
from daogou.recommend.evaluate_splits import Split, by_time, leave_last_out
from daogou.recommend.settings import CANDIDATES, COMPARED, RecommendSettings
from daogou.store.rounding import rounded
from daogou.store.tables import EVALUATIONS

Protocol = Literal["temporal", "last", "folds"]
PROTOCOLS: tuple[Protocol, ...] = ("temporal", "last", "folds")
_FOLDS = 5
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Comparison:
    """The champion, chosen on earlier data, and how every model did on later data."""

    protocol: Protocol
    champion: str
    subject: str  # repeat or new: what decided
    chosen_on: Evaluation
    evaluation: Evaluation
    days: int  # of the window that is reported
    as_of: date

    def summary(self) -> dict[str, Any]:
        """JSON-ready."""
        found = self.evaluation
        models: dict[str, dict[str, Any]] = {model: {} for model in found.models}
        less: dict[str, dict[str, Any]] = {model: {} for model in found.models if model != self.champion}
        for (model, subject, metric), estimate in found.estimates.items():
            models[model][f"{subject} {metric}"] = _told(estimate)
            if model != self.champion and "," not in subject:
                less[model][f"{subject} {metric}"] = _told(found.gain(model, self.champion, subject, metric))
        return {
            "protocol": self.protocol,
            "as_of": self.as_of.isoformat(),
            "days": self.days,
            "customers": found.customers,
            "champion": self.champion,
            "decided_by": f"{self.subject} ndcg@10",
            "models": models,
            "over_champion": less,
            "left_out": {model: str(error) for model, error in found.refused.items()},
        }


@dataclass(frozen=True)
class RatingComparison:
    """How every model foresaw ratings."""

    found: RatingEvaluation

    def summary(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "protocol": "folds",
            "folds": _FOLDS,
            "ratings": self.found.ratings,
            "champion": self.found.best,
            "models": _by_model(self.found.estimates),
            "over_champion": _by_model(self.found.over_best),
        }


def evaluate_recommend(workspace: Workspace, protocol: Protocol, progress: Progress) -> Comparison | RatingComparison:
    """Compare all models; with ``temporal`` the result is kept, and ``recommend`` uses its champion.

    Raises:
        DaogouError: there are no orders, or with ``folds`` too few ratings.
    """
    settings = workspace.settings.recommend
    with workspace.warehouse() as warehouse, warehouse.transaction():
        as_of = workspace.as_of(warehouse)
        progress(0.0, _("reading purchases"))
        if protocol == "folds":
            return _ratings(Interactions.from_frame(
                ratings(warehouse, as_of), value="rating", when="when", keep="last"
            ), progress)  # fmt: skip
        learnt = past(warehouse, as_of, settings, CANDIDATES)
        found = _compared(learnt, protocol, as_of, settings, progress)
        if protocol == "temporal":
            rows = evaluated(found.evaluation, found.champion, as_of, COMPARED, METRICS)
            warehouse.replace(EVALUATIONS, rounded(rows), as_of=as_of, stage=COMPARED)
    return found


def _compared(
    learnt: Past, protocol: Protocol, as_of: date, settings: RecommendSettings, progress: Progress
) -> Comparison:
    choosing, reporting = _splits(learnt.taken, protocol, as_of, settings.holdout_days)

    def half(begin: float, what: str) -> Progress:
        return lambda done, model: progress(begin + done / 2, f"{what}: {model}")

    known = learnt.tables
    first, second = half(0.0, _("choosing")), half(0.5, _("reporting"))
    chosen_on = evaluate(candidates(CANDIDATES, settings), choosing, tables=known, spread=False, progress=first)
    subject = deciding(chosen_on, settings.repeat)
    champion = chosen_on.champion(subject)
    models = candidates(CANDIDATES, settings)
    evaluation = evaluate(models, reporting, tables=known, groups=True, progress=second)
    if champion in evaluation.refused:
        champion = evaluation.models[0]
    return Comparison(protocol, champion, subject, chosen_on, evaluation, settings.holdout_days, as_of)


def _splits(past: Interactions, protocol: Protocol, as_of: date, days: int) -> tuple[Split, Split]:
    """What the champion is chosen on, and what is reported; the second is the later one."""
    if protocol == "last":
        reporting = leave_last_out(past)
        return leave_last_out(reporting.before), reporting
    last = (as_of - timedelta(days=days) - _EPOCH).days
    return by_time(past, last - days, last), by_time(past, last)


def _ratings(rated: Interactions, progress: Progress) -> RatingComparison:
    if len(rated) < FEWEST:
        raise DaogouError(
            _("there are {n} ratings, and {fewest} are needed").format(n=len(rated), fewest=FEWEST),
            "daogou evaluate recommend --protocol folds",
            _("Map a file with a rating to table 'events', or take another protocol."),
        )
    models: Mapping[str, Rater] = {
        "Mean": MeanRating(),
        "UserKNN": UserKNN(similarity="cosine"),
        "UserKNN, centered": UserKNN(similarity="pearson", centered=True, min_support=3),
        "ItemKNN": ItemKNN(similarity="cosine"),
        "ItemKNN, centered": ItemKNN(similarity="pearson", centered=True, min_support=3),
    }
    return RatingComparison(evaluate_ratings(models, rated, _FOLDS, progress))


def _by_model(estimates: Mapping[tuple[str, str], Estimate]) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = {}
    for (model, metric), estimate in estimates.items():
        told.setdefault(model, {})[metric] = _told(estimate)
    return told


def _told(estimate: Estimate) -> dict[str, Any]:
    said = estimate.as_dict()
    return {name: said[name] for name in ("value", "low", "high", "n")}


__all__ = ["PROTOCOLS", "SUBJECTS", "Comparison", "Protocol", "RatingComparison", "evaluate_recommend"]
