"""Touches and spend from files: bad rows, the same file again, late rows and corrected figures."""

import re
import runpy
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from daogou.base.errors import DaogouError
from daogou.flows.workspace import Workspace
from daogou.store.tables import CUSTOMERS, PROFILE_RUNS, QUARANTINE, SPEND, TOUCHED_DAYS, TOUCHES
from daogou.testing.rows import rows

INTAKE = runpy.run_path(str(Path(__file__).with_name("test_intake.py")))
SALES, GOOD = INTAKE["SALES"], INTAKE["GOOD"]
TOUCHES_SOURCE = (
    '[sources.mail]\nfile = "mail.csv"\ntable = "touches"\nchannel = "email"\n'
    'kinds = { opened = "open", clicked = "click" }\n[sources.mail.columns]\ncustomer_id = "who"\nkind = "what"\n'
    'occurred_at = "at"\ncampaign_id = "mailing"\norder_id = "order"\nsession_id = "visit"\ncost = "cost"\n'
    'user_agent = "agent"\nis_bot = "bot"\n'
)
MAIL = (
    "who,what,at,mailing,order,visit,cost,agent,bot\n"
    "a,sent,2025-01-01 08:00:00,m1,,,0.05,,\n"
    "a,opened,2025-01-01 23:30:00,m1,,,,Mozilla/5.0,false\n"
    ",clicked,2025-01-01T16:00:00Z,m1,,v1,,,true\n"
    ",conversion,2025-01-02 09:00:00,m1,2,,,,\n"
    ",clicked,2025-01-02 09:00:00,m1,,,,,\n"
    "a,forwarded,2025-01-02 09:00:00,m1,,,,,\n"
    "a,,2025-01-02 09:00:00,m1,,,,,\n"
    "a,clicked,yesterday,m1,,,,,\n"
    "a,clicked,2025-01-02 09:00:00,m1,,,-1,,\n"
    "a,clicked,2025-01-02 09:00:00,m1,,,,,perhaps\n"
)
SPEND_SOURCE = (
    '[sources.ads]\nfile = "ads.csv"\ntable = "spend"\n[sources.ads.columns]\nchannel = "network"\ncampaign_id = "ad"\n'
    'day = "day"\nimpressions = "shown"\nclicks = "clicked"\nclaimed_orders = "conversions"\nclaimed_value = "value"\n'
    'cost = "paid"\ncurrency = "money"\n'
)
ADS = (
    "network,ad,day,shown,clicked,conversions,value,paid,money\n"
    "search,brand,2025-01-01,1000,50,2.5,120,30.10,CNY\n"
    "search,brand,2025-01-02,900,40,1,60,20,CNY\n"
    "social,,2025-01-01,5000,20,,,40,\n"
)


@pytest.fixture
def company(tmp_path):
    return INTAKE["Company"](tmp_path)


def test_touches_keep_what_they_say_and_bad_rows_say_why(company):
    assert company.counts(SALES + TOUCHES_SOURCE, "mail", sales=GOOD, mail=MAIL) == (10, 4, 6, 0)
    rows = sorted(company.rows(TOUCHES), key=lambda row: row["occurred_at"])
    assert [(row["kind"], row["channel"], row["local_day"]) for row in rows] == [
        ("sent", "email", date(2025, 1, 1)),
        ("open", "email", date(2025, 1, 1)),
        ("click", "email", date(2025, 1, 2)),
        ("conversion", "email", date(2025, 1, 2)),
    ]
    assert rows[0]["occurred_at"] == datetime(2025, 1, 1, 0, 0)  # UTC
    assert [row["cost"] for row in rows] == [Decimal("0.05"), None, None, None]
    assert [row["is_bot"] for row in rows] == [None, False, True, None]
    assert (rows[1]["user_agent"], rows[3]["order_id"]) == ("Mozilla/5.0", "2")
    assert [(row["row"], row["reason"]) for row in company.rows(QUARANTINE)] == [
        (5, "customer_id|customer"),
        (6, "kind|kind"),
        (7, "kind|empty"),
        (8, "occurred_at|time"),
        (9, "cost|negative"),
        (10, "is_bot|flag"),
    ]


def test_anonymous_touches_are_guests_and_everyone_touched_is_refreshed(company):
    company.ingest(SALES, sales=GOOD)
    with Workspace(company.folder).warehouse() as warehouse:
        warehouse.append(PROFILE_RUNS, rows(PROFILE_RUNS, {"as_of": date(2025, 1, 5)}))
    company.ingest(SALES + TOUCHES_SOURCE, mail=MAIL)
    guests = {row["customer_id"] for row in company.rows(CUSTOMERS) if row["is_guest"]}
    touched = [row["customer_id"] for row in sorted(company.rows(TOUCHES), key=lambda row: row["occurred_at"])]
    assert [customer in guests for customer in touched] == [False, False, True, False], "a conversion of an order of b"
    assert set(touched) <= {row["customer_id"] for row in company.rows(TOUCHED_DAYS)}


def test_the_same_touches_are_stored_once_and_late_ones_are_added(company):
    company.ingest(SALES + TOUCHES_SOURCE, sales=GOOD, mail=MAIL)
    before = company.rows(TOUCHES)
    assert company.counts(source="mail") == (10, 0, 0, 10)
    late = MAIL + "b,clicked,2024-12-31 09:00:00,m1,,,,,\n"
    assert company.counts(source="mail", mail=late) == (11, 1, 6, 4)
    assert [row for row in company.rows(TOUCHES) if row["local_day"] >= date(2025, 1, 1)] == before


def test_a_key_makes_equal_touches_one(company):
    keyed = TOUCHES_SOURCE.replace('channel = "email"\n', 'channel = "email"\nkey = ["visit"]\n')
    twice = (
        MAIL.splitlines()[0] + "\na,clicked,2025-01-01 08:00:00,m1,,t1,,,\na,clicked,2025-01-01 08:00:09,m1,,t1,,,\n"
    )
    assert company.counts(SALES + keyed, "mail", sales=GOOD, mail=twice) == (2, 1, 0, 1)


def test_spend_keeps_claims_in_parts_and_what_is_not_told_is_empty(company):
    assert company.counts(SALES + SPEND_SOURCE, "ads", sales=GOOD, ads=ADS) == (3, 3, 0, 0)
    first, _second, social = sorted(company.rows(SPEND), key=lambda row: (row["channel"], row["day"]))
    assert (first["claimed_orders"], first["claimed_value"], first["cost"]) == (Decimal("2.5"), 120, Decimal("30.1"))
    assert (social["impressions"], social["claimed_orders"], social["campaign_id"]) == (5000, None, None)


def test_figures_that_the_platform_corrects_later_take_the_place_of_the_earlier_ones(company):
    company.ingest(SALES + SPEND_SOURCE, sales=GOOD, ads=ADS)
    later = ADS.replace("900,40,1,60", "900,40,3,180") + "search,brand,2025-01-03,800,30,0,0,10,CNY\n"
    assert company.counts(source="ads", ads=later) == (4, 2, 0, 2)
    rows = [row for row in company.rows(SPEND) if row["channel"] == "search"]
    assert sorted((row["day"].day, int(row["claimed_orders"])) for row in rows) == [(1, 2), (2, 3), (3, 0)]


def test_two_rows_of_one_key_with_other_figures_are_refused_and_equal_ones_are_one(company):
    more = ADS + "search,brand,2025-01-02,1,1,1,1,1,CNY\nsocial,,2025-01-01,5000,20,,,40,\n"
    assert company.counts(SALES + SPEND_SOURCE, "ads", sales=GOOD, ads=more) == (5, 3, 1, 1)
    assert [row["reason"] for row in company.rows(QUARANTINE)] == ["channel, campaign_id, day|twice"]
    finer = SPEND_SOURCE.replace('table = "spend"\n', 'table = "spend"\nkey = ["network", "day", "shown"]\n')
    assert company.counts(SALES + finer, "ads", ads=more) == (5, 4, 0, 1)


def test_spend_that_cannot_be_is_refused(company):
    bad = ADS + (
        "search,brand,2025-01-04,-1,5,1,1,1,CNY\nsearch,brand,2025-01-05,1,-5,1,1,1,CNY\n"
        "search,brand,2025-01-06,1,5,-1,1,1,CNY\nsearch,brand,2025-01-07,1,5,1,1,-1,CNY\n"
        "search,brand,2025-01-08,1,5,1,1,1,USD\n,brand,2025-01-09,1,5,1,1,1,CNY\nsearch,brand,soon,1,5,1,1,1,CNY\n"
        "search,brand,2025-01-10,1.5,5,1,1,1,CNY\n"
    )
    company.ingest(SALES + SPEND_SOURCE, sales=GOOD, ads=bad)
    assert len(company.rows(SPEND)) == 3
    assert [row["reason"] for row in company.rows(QUARANTINE)] == [
        "impressions|negative",
        "clicks|negative",
        "claimed_orders|negative",
        "cost|negative",
        "currency|currency",
        "channel|empty",
        "day|day",
        "impressions|whole",
    ]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (TOUCHES_SOURCE.replace('channel = "email"\n', ""), "the channel must be said once"),
        (SPEND_SOURCE.replace("[sources.ads.col", 'channel = "x"\n[sources.ads.col'), "the channel must be said once"),
        (TOUCHES_SOURCE.replace('kind = "what"\n', ""), "what happened must be said once"),
        (TOUCHES_SOURCE.replace('"click"', '"tap"'), "unknown kind of event 'tap'"),
        (SPEND_SOURCE.replace('day = "day"\n', ""), "the column 'day' is missing"),
    ],
)
def test_a_source_that_makes_no_sense_is_refused(company, settings, said):
    with pytest.raises(DaogouError, match=re.escape(said)):
        company.ingest(SALES + settings, sales=GOOD, mail=MAIL, ads=ADS)


def test_other_tables_take_no_channel_for_all_rows(company):
    with pytest.raises(DaogouError, match="'sales' takes no channel"):
        company.ingest(SALES.replace('table = "sales"\n', 'table = "sales"\nchannel = "x"\n'), sales=GOOD)
