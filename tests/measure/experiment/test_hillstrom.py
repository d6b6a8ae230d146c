"""Hillstrom's e-mail test: the published effects, and what stands beside them."""

import gzip
import os
from pathlib import Path

import numpy as np
import pyarrow.csv
import pytest

from daogou.measure.experiment.difference import difference, variance_cut
from daogou.measure.experiment.mismatch import mismatch

DATA = os.environ.get("DAOGOU_DATA")
pytestmark = pytest.mark.skipif(not DATA, reason="DAOGOU_DATA names no folder with real data sets")


@pytest.fixture(scope="module")
def people():
    with gzip.open(Path(DATA) / "hillstrom" / "hillstrom.csv.gz") as file:
        return pyarrow.csv.read_csv(file)


def arms(people, mail):
    segment = people["segment"].to_numpy()
    kept = np.isin(segment, [mail, "No E-Mail"])
    return kept, (segment == mail)[kept].astype(int)


@pytest.mark.parametrize(("mail", "visit", "spend"), [("Mens E-Mail", 0.0766, 0.770), ("Womens E-Mail", 0.0452, 0.424)])
def test_both_mails_have_their_published_effects(people, mail, visit, spend):
    kept, treated = arms(people, mail)
    visits = difference(people["visit"].to_numpy()[kept], treated)
    spent = difference(people["spend"].to_numpy()[kept], treated, money=True)
    assert visits.value == pytest.approx(visit, abs=0.00005)
    assert spent.value == pytest.approx(spend, abs=0.0005)
    assert visits.excludes_zero
    assert np.isnan(spent.low)  # 122 buyers without a mail: too few to say how sure an amount is


def test_arms_were_drawn_as_they_were_said_to_be(people):
    counts = np.unique(people["segment"].to_numpy(), return_counts=True)[1].tolist()
    assert not mismatch(counts, [1, 1, 1]).stops


def test_what_is_known_before_explains_little_of_one_mails_spend(people):
    kept, treated = arms(people, "Mens E-Mail")
    before = np.column_stack([people[name].to_numpy()[kept] for name in ("history", "recency", "newbie")])
    assert 0 < variance_cut(people["visit"].to_numpy()[kept], treated, before.astype(float)) < 0.05
