"""Tests of channels and platforms' studies from files: what cannot be lies in quarantine with its reason."""

import runpy
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from daogou.base.errors import DaogouError
from daogou.collect.clean import reason_words
from daogou.store.tables import LIFT_STUDIES, QUARANTINE, UNIT_ASSIGNMENTS

INTAKE = runpy.run_path(str(Path(__file__).with_name("test_intake.py")))
SALES, GOOD = INTAKE["SALES"], INTAKE["GOOD"]
UNITS = (
    '[sources.units]\nfile = "units.csv"\ntable = "unit_assignments"\nchannel = "search"\n[sources.units.columns]\n'
    'campaign_id = "test"\nunit = "what"\nunit_name = "name"\narm = "arm"\npropensity = "chance"\nstarts_on = "from"\n'
    'ends_on = "to"\npair = "pair"\nwash_out = "days"\n'
)
HEAD = "test,what,name,arm,chance,from,to,pair,days\n"
ROWS = (
    "t1,Region, North ,ON,0.5,2025-02-01,2025-03-28,1,\n"
    "t1,region,South,off,0.5,2025-02-01,2025-03-28,1,3\n"
    "t1,town,East,on,0.5,2025-02-01,2025-03-28,2,\n"
    "t1,region,,on,0.5,2025-02-01,2025-03-28,2,\n"
    "t1,region,West,,0.5,2025-02-01,2025-03-28,2,\n"
    "t1,region,West,on,1.5,2025-02-01,2025-03-28,2,\n"
    "t1,region,West,on,0.5,2025-03-01,2025-02-28,2,\n"
    "t1,region,West,on,0.5,soon,2025-02-28,2,\n"
    "t1,region,West,on,0.5,2025-02-01,2025-03-28,2,-1\n"
    "t1,region,West,on,0.5,2025-02-01,2025-03-28,2,1.5\n"
)
STUDIES = (
    '[sources.studies]\nfile = "studies.csv"\ntable = "lift_studies"\n[sources.studies.columns]\nstudy_id = "id"\n'
    'channel = "channel"\nplatform = "who"\nstarts_on = "from"\nends_on = "to"\nincremental_orders = "n"\n'
    'incremental_orders_low = "n0"\nincremental_orders_high = "n1"\nincremental_value = "v"\n'
    'incremental_value_low = "v0"\nincremental_value_high = "v1"\n'
)
STUDY_HEAD = "id,channel,who,from,to,n,n0,n1,v,v0,v1\n"


@pytest.fixture
def company(tmp_path):
    return INTAKE["Company"](tmp_path)


def test_units_are_stored_in_small_letters_and_bad_rows_say_why(company):
    assert company.counts(SALES + UNITS, "units", sales=GOOD, units=HEAD + ROWS) == (10, 2, 8, 0)
    north, south = company.rows(UNIT_ASSIGNMENTS)
    assert (north["unit"], north["unit_name"], north["arm"], north["channel"]) == ("region", "North", "on", "search")
    assert (north["starts_on"], north["ends_on"]) == (date(2025, 2, 1), date(2025, 3, 28))
    assert (north["wash_out"], south["wash_out"], south["pair"]) == (None, 3, "1")
    assert [(row["row"], row["reason"]) for row in company.rows(QUARANTINE)] == [
        (3, "unit|unit"),
        (4, "unit_name|empty"),
        (5, "arm|empty"),
        (6, "propensity|range"),
        (7, "ends_on|ends"),
        (8, "starts_on|day"),
        (9, "wash_out|negative"),
        (10, "wash_out|whole"),
    ]
    assert reason_words("unit|unit") == "unit is not household, store, region or time"


def test_a_region_in_both_arms_is_refused_and_a_repeat_is_stored_once(company):
    twice = "".join(ROWS.splitlines(keepends=True)[:2]) + "t1,region,South,on,0.5,2025-02-01,2025-03-28,1,3\n"
    twice += "t1,region,South,off,0.5,2025-02-01,2025-03-28,1,3\n"
    assert company.counts(SALES + UNITS, "units", sales=GOOD, units=HEAD + twice) == (4, 2, 1, 1)
    assert [row["reason"] for row in company.rows(QUARANTINE)] == ["campaign_id, unit, unit_name|twice"]


def test_a_lot_that_was_drawn_is_never_drawn_again(company):
    first = "".join(ROWS.splitlines(keepends=True)[:2])
    company.ingest(SALES + UNITS, sales=GOOD, units=HEAD + first)
    before = company.rows(UNIT_ASSIGNMENTS)
    assert company.counts(source="units", units=HEAD + first.replace(",off,", ",on,")) == (2, 0, 0, 2)
    assert company.rows(UNIT_ASSIGNMENTS) == before


def test_a_channel_must_be_said_once(company):
    with pytest.raises(DaogouError, match="the channel must be said once"):
        company.ingest(SALES + UNITS.replace('channel = "search"\n', ""), sales=GOOD, units=HEAD + ROWS)


def test_studies_with_impossible_intervals_are_refused(company):
    told = STUDY_HEAD + (
        "a,social,Meta,2025-01-01,2025-01-28,120,80,160,,,\n"
        "b,social,Meta,2025-01-01,2025-01-28,120,130,160,,,\n"
        "c,social,Meta,2025-01-01,2025-01-28,120,80,110,,,\n"
        "d,social,Meta,2025-01-01,2025-01-28,,,,500,600,900\n"
        "e,social,Meta,2025-01-01,2025-01-28,,,,,,\n"
        "f,social,Meta,2025-01-01,2025-01-28,,10,20,,,\n"
        "g,,Meta,2025-01-01,2025-01-28,120,80,160,,,\n"
        "h,social,,2025-01-01,2025-01-28,120,80,160,,,\n"
        "i,social,Meta,2025-01-28,2025-01-01,120,80,160,,,\n"
        "j,social,Meta,2025-01-01,2025-01-28,-5,-20,10,-100,-300,100\n"
        "k,social,Meta,2025-01-01,2025-01-28,,,,900,,\n"
        "l,social,Meta,2025-01-01,2025-01-28,many,80,160,,,\n"
    )
    assert company.counts(SALES + STUDIES, "studies", sales=GOOD, studies=told) == (12, 3, 9, 0)
    assert [row["study_id"] for row in company.rows(LIFT_STUDIES)] == ["a", "j", "k"]
    assert company.rows(LIFT_STUDIES)[0]["incremental_orders_high"] == Decimal(160)
    assert [row["reason"] for row in company.rows(QUARANTINE)] == [
        "incremental_orders|interval",
        "incremental_orders|interval",
        "incremental_value|interval",
        "incremental_orders|figure",
        "incremental_orders|interval",
        "channel|empty",
        "platform|empty",
        "ends_on|ends",
        "incremental_orders|number",
    ]
    assert reason_words("incremental_orders|interval") == "incremental_orders does not lie inside its own interval"
    assert reason_words("incremental_orders|figure") == "neither incremental orders nor their value is told"


def test_a_study_that_the_platform_corrects_takes_the_place_of_the_earlier(company):
    row = "a,social,Meta,2025-01-01,2025-01-28,120,80,160,,,\n"
    company.ingest(SALES + STUDIES, sales=GOOD, studies=STUDY_HEAD + row)
    later = row.replace("120,80,160", "90,50,130")
    assert company.counts(source="studies", studies=STUDY_HEAD + later) == (1, 1, 0, 0)
    (kept,) = company.rows(LIFT_STUDIES)
    assert kept["incremental_orders"] == 90


def test_a_study_that_maps_no_figure_is_refused(company):
    bare = STUDIES.split('incremental_orders = "n"')[0]
    with pytest.raises(DaogouError, match="neither incremental orders nor their value is told"):
        company.ingest(
            SALES + bare, sales=GOOD, studies="id,channel,who,from,to\na,social,Meta,2025-01-01,2025-01-28\n"
        )
