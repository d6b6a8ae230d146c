"""Comparing all models for each target of a workspace, on later moments than they learned from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from daogou.base.errors import DaogouError
from daogou.base.estimate import Estimate
from daogou.base.settings import nearest
from daogou.base.words import gettext as _
from daogou.flows.calendar import market
from daogou.flows.predict_plans import planned
from daogou.flows.predict_rows import Company, Sources
from daogou.flows.workspace import Progress, Workspace
from daogou.predict import sentences as say
from daogou.predict.festivals import Windows
from daogou.predict.learn import Lack, Learned, depths, learn
from daogou.predict.settings import MODELS
from daogou.predict.target import Target

DEPTHS = (0.1, 0.2)


@dataclass(frozen=True)
class Compared:
    """One target: every model on the moments for testing, or what is lacking."""

    target: Target
    learned: Learned | Lack
    windows: Windows | None
    depths: dict[str, Estimate]  # gain and lift of the champion

    def summary(self) -> dict[str, Any]:
        """JSON-ready."""
        if isinstance(self.learned, Lack) or self.windows is None:
            lack = say.lack(self.learned) if isinstance(self.learned, Lack) else ""
            return {"target": self.target.name, "title": say.title(self.target), "lack": lack}
        moments, one = self.windows.moments, self.learned
        return {
            "target": self.target.name,
            "title": say.title(self.target),
            "days": self.target.days,
            "train": [day.isoformat() for day in moments.train],
            "calibrate": [day.isoformat() for day in moments.calibrate],
            "test": [day.isoformat() for day in moments.test],
            "left_out_for_festivals": [day.isoformat() for day in self.windows.left_out],
            "champion": one.champion,
            "no_different": list(one.ties),
            "calibration": one.calibration,
            "models": {name: {metric: _told(value) for metric, value in metrics.items()}
                       for name, metrics in one.estimates.items()},
            "champion_at_depths": {name: _told(value) for name, value in self.depths.items()},
        }  # fmt: skip


def evaluate_predict(
    workspace: Workspace, names: Sequence[str], at: Sequence[float], progress: Progress
) -> list[Compared]:
    """Compare all models for each target, or for those of ``names``; gain and lift are told ``at`` depths (0 to 1).

    Nothing is written.

    Raises:
        DaogouError: there are no orders, no target has one of the names, or a depth is none.
    """
    for depth in at:
        if not 0 < depth <= 1:
            raise DaogouError(
                _("the depth is {depth}").format(depth=depth),
                "daogou evaluate predict --depth",
                _("Write a share of the customers above 0 and at most 1, such as 0.1."),
            )
    settings = workspace.settings.predict
    company = Company(market(workspace), workspace.settings.profile)
    with workspace.warehouse() as warehouse, warehouse.transaction():
        as_of: date = workspace.as_of(warehouse)
        progress(0.0, _("reading orders"))
        plans = planned(warehouse, as_of, settings, company)
        known = [plan.target.name for plan in plans]
        for name in names:
            if name not in known:
                raise DaogouError(
                    _("there is no target '{name}'").format(name=name), "daogou evaluate predict", nearest(name, known)
                )
        plans = [plan for plan in plans if not names or plan.target.name in names]
        ready = {plan.target: plan.windows.moments for plan in plans if isinstance(plan.windows, Windows)}
        sources = Sources(warehouse, as_of, ready, settings, company) if ready else None
        found = []
        for number, plan in enumerate(plans):
            progress(0.1 + 0.9 * number / len(plans), say.learning(plan.target))
            if isinstance(plan.windows, Lack):
                found.append(Compared(plan.target, plan.windows, None, {}))
                continue
            assert sources is not None  # noqa: S101 there is a target that is ready
            learned = learn(sources.rows(plan.target), plan.windows.moments, plan.target, settings, MODELS)
            told = {}
            if isinstance(learned, Learned) and not plan.target.of_values:
                told = depths(learned, at, settings)
            found.append(Compared(plan.target, learned, plan.windows, told))
    return found


def _told(estimate: Estimate) -> dict[str, Any]:
    said = estimate.as_dict()
    return {name: said[name] for name in ("value", "low", "high", "n")}
