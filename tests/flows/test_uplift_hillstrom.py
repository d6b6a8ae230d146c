"""The public e-mail test of Hillstrom (2008): how well its women's mail is ranked, and what is advised of each mail."""

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from daogou.measure import policy_profit, qini
from daogou.measure.uplift_advice import advise
from daogou.predict import DRLearner, SLearner
from daogou.predict.uplift_held_out import held_out_effects
from daogou.store.table_file import read_table

DATA = os.environ.get("DAOGOU_DATA")
pytestmark = pytest.mark.skipif(not DATA, reason="DAOGOU_DATA names no folder with hillstrom/hillstrom.csv.gz")


def mail(arm: str) -> tuple[pa.Table, np.ndarray, np.ndarray, np.ndarray]:
    """Columns known before, who got the mail, visits and spend."""
    table = read_table(Path(str(DATA)) / "hillstrom" / "hillstrom.csv.gz")
    segment = np.array(table["segment"].to_pylist())
    inside = (segment == arm) | (segment == "No E-Mail")
    table = table.filter(pa.array(inside))
    frame = table.drop_columns(["segment", "visit", "conversion", "spend"])
    return frame, (segment[inside] == arm).astype(int), table["visit"].to_numpy(), table["spend"].to_numpy()


def test_visits_of_the_womens_mail_are_ranked_with_text_columns_left_in() -> None:
    """Five halves; the floor of thirty is 0.055, of these five two standard errors below what they have."""
    frame, treated, visit, _spend = mail("Womens E-Mail")
    found: dict[str, list[float]] = {"S": [], "DR": []}
    for seed in range(5):
        mixed = np.random.default_rng(seed).permutation(len(visit))
        order = mixed[np.lexsort((visit[mixed], treated[mixed]))]
        train, test = order[::2], order[1::2]
        for name, make in (("S", SLearner), ("DR", DRLearner)):
            effect = make().fit(frame.take(train), treated[train], visit[train]).effect(frame.take(test))
            found[name].append(qini(effect, treated[test], visit[test], resamples=1).value)
    assert max(np.mean(values) for values in found.values()) > 0.055


def test_the_womens_mail_is_for_some_and_dear_mails_for_nobody() -> None:
    frame, treated, visit, _spend = mail("Womens E-Mail")
    found = held_out_effects(frame, treated, visit)
    cheap, dear = (
        advise(found.effects, found.scores, found.fold, cost, response=found.response) for cost in (0.05, 0.15)
    )
    assert cheap.action == "target"
    assert cheap.over["all"].low > 0
    assert cheap.over["response"].low > 0
    choice = cheap.choose(found.effects[cheap.model], 0.05)
    assert policy_profit(choice, treated, visit, 0.05).low > 0
    assert dear.action == "nobody"


def test_no_targeting_is_claimed_of_the_mens_mail() -> None:
    frame, treated, visit, spend = mail("Mens E-Mail")
    for outcome, cost, right in ((visit, 0.05, ("all",)), (spend, 0.5, ("all", "test"))):
        found = held_out_effects(frame, treated, outcome)
        assert advise(found.effects, found.scores, found.fold, cost).action in right
