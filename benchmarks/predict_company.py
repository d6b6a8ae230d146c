"""The example company, for ``predict.py --demo``: who buys, who stops, who answers a campaign."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np

from daogou.base.clock import system_clock
from daogou.demo import make_demo
from daogou.flows.ingest import ingest
from daogou.flows.response import reached
from daogou.flows.workspace import Workspace
from daogou.predict import Blend, Boosted, Logistic, Recency
from daogou.predict.evaluate import Happened, evaluate, log_losses
from daogou.predict.history import ANY, event_days, frame, history, outcomes
from daogou.predict.learn import Rows
from daogou.predict.response_learn import learn
from daogou.predict.simplest import paired, simplest
from daogou.profile.features import numbers
from daogou.store.tables import ORDERS

FIRST, LATELY = date(2017, 1, 1), 84
CUTS = tuple(range(84, 337, 28))  # days after FIRST
TARGETS = {  # category, days, absence; floor and aim of AUC
    "DELI": ("DELI", 28, False, 0.810, 0.82),
    "DRUG GM": ("DRUG GM", 28, False, 0.819, 0.83),
    "COSMETICS": ("COSMETICS", 28, False, 0.816, 0.83),
    "SEAFOOD": ("SEAFOOD", 28, False, 0.849, 0.86),
    "inactivity": (ANY, 56, True, 0.846, 0.86),
}
OLD, TESTED = 168, 308  # the stage's own windows: models learn from day 168 on and are tested from day 308 on
LATER = (224, 252, 280, 308)  # test cuts of the comparison with the recency rule
RESAMPLES, SEED = 400, 20170101
FROM_DAY = date(2017, 9, 4)


def workspace(folder: Path) -> Workspace:
    """The example company with its facts, made where it is not there yet."""
    make_demo(folder, "en")
    opened = Workspace(folder)
    with opened.warehouse() as warehouse:
        is_empty = not warehouse.count(ORDERS)
    if is_empty:
        ingest(opened, system_clock, lambda _done, _text: None)
    return opened


def company(folder: Path) -> None:
    with workspace(folder).warehouse() as warehouse:
        cuts = [FIRST + timedelta(days) for days in CUTS]
        people = numbers(warehouse, cuts)
        people = warehouse.materialise("people", people.filter(people.recency_days <= LATELY))
        categories = [category for category, *_rest in TARGETS.values() if category]
        days = warehouse.materialise("days", event_days(warehouse, categories))
        past = warehouse.materialise("past", history(days, cuts))
        for name, (category, within, absence, *_goals) in TARGETS.items():
            happened = warehouse.to_arrow(outcomes(days, people, category, within, absence))
            rows = Rows.of(warehouse.to_arrow(frame(people, past, category, ())), happened)
            by_the_stage(name, rows)
            by_cut(name, rows)


def models(name: str) -> dict:
    rule = "any_recency" if TARGETS[name][0] == ANY else "own_recency"
    return {"recency": Recency(rule), "logistic": Logistic(), "boosted": Boosted(seed=SEED), "blend": Blend(seed=SEED)}


def tested(name: str, rows: Rows, train: list[int], test: list[int]) -> tuple[Rows, dict[str, np.ndarray]]:
    """The rows of the cuts ``test``, and each model's probabilities of them; it learned from the cuts ``train``."""
    learned, later = (rows.at([FIRST + timedelta(cut) for cut in cuts]) for cuts in (train, test))
    fitted = {model: made.fit(learned.frame, learned.y) for model, made in models(name).items()}
    return later, {model: made.predict(later.frame) for model, made in fitted.items()}


def by_the_stage(name: str, rows: Rows) -> None:
    """AUC in the windows that the stage predict uses."""
    _category, within, _absence, floor, aim = TARGETS[name]
    train = [cut for cut in CUTS if cut >= OLD and cut + within <= TESTED]
    test = [cut for cut in CUTS if cut >= TESTED and cut + within <= 365]
    later, told = tested(name, rows, train, test)
    found = evaluate(Happened(later.y, later.customer, later.moment), told, "recency", RESAMPLES, SEED)
    used = simplest({model: log_losses(later.y, p) for model, p in told.items()}, later.customer)
    print(f"\n{name}: floor AUC {floor}, aim {aim}; learned at days {train}, tested at {test}, seed {SEED}")
    for model, metrics in found.items():
        auc = metrics["auc"]
        print(f"  {'*' if model == used else ' '} {model}: AUC {auc.value:.4f} ({auc.low:.4f} to {auc.high:.4f})")


def by_cut(name: str, rows: Rows) -> None:
    """Log-loss less that of the recency rule, with its 95 % interval, at each cut; only closed labels teach."""
    within = TARGETS[name][1]
    for cut in LATER:
        later, told = tested(name, rows, [one for one in CUTS if one + within <= cut], [cut])
        losses = {model: log_losses(later.y, p) for model, p in told.items()}
        rule = losses.pop("recency")
        parts = []
        for model, loss in losses.items():
            mean, error = paired(loss - rule, later.customer)
            parts.append(f"{model} {mean:+.4f} ({mean - 1.96 * error:+.4f} to {mean + 1.96 * error:+.4f})")
        print(f"  at day {cut}: log-loss of recency {rule.mean():.4f}; less it: {', '.join(parts)}")


def response(folder: Path) -> None:
    """Who answers a campaign, by later campaigns."""
    opened = workspace(folder)
    with opened.warehouse() as warehouse:
        as_of = opened.as_of(warehouse)
        rows = reached(warehouse, as_of, opened.settings.predict)
    found = learn(rows, as_of, RESAMPLES, SEED, FROM_DAY)
    print(
        f"\ncoupon redemption by a reached household: floor AUC 0.81, aim 0.823; learned from {found.trained} "
        f"campaigns that ended before {FROM_DAY}, tested on {found.tested} from then on, {found.unfinished} incomplete"
    )
    for model, metrics in found.estimates.items():
        auc, loss = metrics["auc"], metrics["log_loss"]
        mark = "*" if model == found.champion else " "
        print(f"  {mark} {model}: AUC {auc.value:.4f} ({auc.low:.4f} to {auc.high:.4f}), log-loss {loss.value:.4f}")
