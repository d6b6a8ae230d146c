"""Hillstrom's public e-mail test (2008) as a company would ingest it: two mails against one holdout, from tables on."""

import gzip
import os
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow.csv
import pytest
from tests.flows.experiment_company import JUNE, Company

from daogou.campaign.design import Design

DATA = os.environ.get("DAOGOU_DATA")
pytestmark = pytest.mark.skipif(not DATA, reason="DAOGOU_DATA names no folder with hillstrom/hillstrom.csv.gz")

ARMS = {"Mens E-Mail": "mens", "Womens E-Mail": "womens", "No E-Mail": "holdout"}
VISIT = '[measure.outcomes]\napplication = { did = "viewed" }\n'  # a visit of the shop


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    with gzip.open(Path(DATA) / "hillstrom" / "hillstrom.csv.gz") as file:
        people = pyarrow.csv.read_csv(file)
    company = Company(tmp_path_factory.mktemp("hillstrom"), len(people), settings=VISIT)
    company.told = {table: parts for table, parts in company.told.items() if table.name == "customers"}
    company.plan("mail", Design(primary="application", outcome_days=14, arms=("mens", "womens")))
    arm = np.array([ARMS[name] for name in people["segment"].to_pylist()])
    company.draw("mail", dict.fromkeys(ARMS.values(), 1 / 3), arm=arm)
    company.event(company.people[people["visit"].to_numpy() == 1], JUNE + timedelta(days=3), "view")
    spend = people["spend"].to_numpy()
    buyers = spend > 0
    company.buy(company.people[buyers], JUNE + timedelta(days=4), spend[buyers])
    return company, *company.read()


@pytest.mark.parametrize(("arm", "visit", "spend"), [("mens", 0.0766, 0.770), ("womens", 0.0452, 0.424)])
def test_both_mails_have_their_published_effects(told, arm, visit, spend):
    company, _summary, _lines = told
    (row,) = company.readings(level="campaign", arm=arm, role="primary", segment="")
    assert row["plain_value"] == pytest.approx(visit, abs=0.00005)
    assert row["plain_low"] > 0
    assert row["total"] == pytest.approx(row["value"] * row["treated"])
    (money,) = company.readings(level="campaign", arm=arm, outcome="net_sales", segment="")
    assert money["plain_value"] == pytest.approx(spend, abs=0.0005)
    assert money["plain_low"] is None  # 122 buyers without a mail: too few to say how sure an amount is


def test_it_is_read_as_it_was_drawn_and_says_what_decided(told):
    _company, summary, lines = told
    assert {one["arm"] for one in summary["campaigns"]} == {"mens", "womens"}
    assert all(one["read"] and one["mismatch_p"] > 0.05 for one in summary["campaigns"])
    assert any("mail, arm womens" in line and "people who apply, changed by 4.5" in line for line in lines)
