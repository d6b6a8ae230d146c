"""Readings by what a plan fixed: arms, outcomes, windows, tails, those reached, households; from tables to words."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from tests.flows.experiment_company import JUNE, Company

from daogou.base.errors import DaogouError
from daogou.campaign.design import Design
from daogou.flows.outcomes import OUTCOMES, declared
from daogou.flows.uplift_rows import trials
from daogou.measure.experiment.discovery import adjusted_p_values
from daogou.store.tables import ASSIGNMENTS, PAST_CAMPAIGNS

MARGIN = 0.25  # assumed where the settings say nothing
SHARES = {"mail": 0.3, "voucher": 0.3, "holdout": 0.4}


def spends(company, arm, effects, start=JUNE, share=0.5):
    """Half of the people buy three days after the start; an arm's effect is on top of what each buyer spends."""
    buyers = company.chance.random(len(company.people)) < share
    more = np.array([effects.get(one, 0.0) for one in arm.tolist()])
    money = np.round(company.amounts(len(arm)) + more, 2)
    company.buy(company.people[buyers], start + timedelta(days=3), money[buyers])


def covers(row, truth, prefix=""):
    return row[f"{prefix}low"] < truth < row[f"{prefix}high"]


@pytest.fixture(scope="module")
def two_arms(tmp_path_factory):
    company = Company(tmp_path_factory.mktemp("arms"), 4000)
    arm = company.draw("june", SHARES)
    spends(company, arm, {"voucher": 20.0})
    return company, arm, *company.read()


def test_each_arm_is_compared_with_the_one_holdout(two_arms):
    company, arm, told, _lines = two_arms
    mail, voucher = told["campaigns"]
    assert (mail["arm"], voucher["arm"]) == ("mail", "voucher")
    assert mail["held_out"] == voucher["held_out"] == (arm == "holdout").sum()
    assert covers(mail["effects"]["net_sales"], 0.0)
    assert covers(voucher["effects"]["net_sales"], 10.0)
    assert voucher["earned"]["value"] == pytest.approx(voucher["effects"]["contribution"]["value"] * voucher["treated"])
    rows = company.readings(outcome="contribution", segment="")
    assert sum(row["cost"] for row in rows if row["level"] == "campaign") == pytest.approx(
        0.5 * (arm != "holdout").sum()
    )


def test_false_discoveries_are_counted_over_arms_and_outcomes(two_arms):
    company, *_ = two_arms
    rows = [row for row in company.readings(level="campaign", segment="") if row["p_value"] is not None]
    assert {row["arm"] for row in rows} == {"mail", "voucher"}
    expected = adjusted_p_values([row["p_value"] for row in rows])
    assert [row["false_discovery"] for row in rows] == pytest.approx(expected)
    assert any(row["false_discovery"] > row["p_value"] * 1.5 for row in rows)


def test_an_arm_that_lost_people_stops_all_of_them_and_the_place_is_named(tmp_path):
    company = Company(tmp_path, 4000, region=["north" if k < 900 else "south" for k in range(4000)])
    arm = company.chance.choice(list(SHARES), 4000, p=list(SHARES.values()))
    kept = ~((arm == "voucher") & (company.people < 900))
    company.draw("june", SHARES, people=company.people[kept], arm=arm[kept])
    spends(company, arm, {"voucher": 20.0})
    told, lines = company.read()
    assert not any(one["read"] for one in told["campaigns"])
    assert all(one["mismatch_p"] < 0.001 for one in told["campaigns"])
    voucher = next(one for one in told["campaigns"] if one["arm"] == "voucher")
    assert "region north" in voucher["look_first_at"]
    assert any("is not read" in line and "north" in line for line in lines)
    assert {row["value"] for row in company.readings(level="campaign")} == {None}


def test_people_needed_are_those_who_would_show_the_cost(tmp_path):
    """With as many people as it says, the interval is as wide as four in five such tests need."""
    company = Company(tmp_path, 6000, settings="[plan]\ncontact_cost = 0.6\n")
    arm = company.draw("june", {"treated": 0.8, "holdout": 0.2})
    spends(company, arm, {})
    told, _lines = company.read()
    (one,) = told["campaigns"]
    effect = one["effects"]["contribution"]
    error = (effect["high"] - effect["low"]) / (2 * 1.96)
    of_half = error * np.sqrt(4 * 0.8 * 0.2 * 6000 / one["people_needed"])  # of so many people, half of them held out
    assert of_half == pytest.approx(0.6 / 2.8, rel=0.02)


def test_what_was_only_bought_earlier_is_told(tmp_path):
    company = Company(tmp_path, 4000)
    arm = company.draw("june")
    spends(company, arm, {"treated": 20.0})
    spends(company, arm, {"treated": -8.0}, JUNE + timedelta(days=30))
    told, lines = company.read()
    tail = told["campaigns"][0]["effects"]["contribution_after"]
    assert covers(tail, -MARGIN * 4)
    (row,) = company.readings(role="tail")
    assert (row["from_day"], row["to_day"]) == (JUNE + timedelta(28), JUNE + timedelta(55))
    assert any("was only bought earlier" in line for line in lines)
    early, lines = company.read(JUNE + timedelta(days=55))  # a day before the tail is over
    assert "contribution_after" not in early["campaigns"][0]["effects"]
    assert not any("was only bought earlier" in line for line in lines)


def test_those_reached_are_a_second_line(tmp_path):
    company = Company(tmp_path, 6000)
    arm = company.draw("june")
    reached = (arm == "treated") & (company.chance.random(6000) < 0.6)
    company.touch(company.people[reached], JUNE, "delivered", "june")
    spends(company, np.where(reached, "reached", "not"), {"reached": 20.0})
    told, _lines = company.read()
    effects = told["campaigns"][0]["effects"]
    assert covers(effects["contribution"], MARGIN * 0.5 * 0.6 * 20)
    assert covers(effects["contribution_delivered"], MARGIN * 0.5 * 20)
    whole, part = (effects[name]["high"] - effects[name]["low"] for name in ("contribution", "contribution_delivered"))
    assert part == pytest.approx(whole / 0.6, rel=0.1)
    assert company.readings(role="delivered")[0]["treated"] == reached.sum()


def test_those_reached_are_not_told_where_the_holdout_was_reached_too(tmp_path):
    company = Company(tmp_path)
    arm = company.draw("june")
    company.touch(company.people[:1000], JUNE, "delivered", "june")
    spends(company, arm, {})
    told, _lines = company.read()
    assert told["campaigns"][0]["delivered_in_holdout"] == (arm[:1000] == "holdout").sum()
    assert company.readings(role="delivered") == []
    assert told["campaigns"][0]["read"]


def test_the_plan_says_what_decides_and_over_how_many_days(tmp_path):
    company = Company(tmp_path, 4000)
    design = Design(primary="orders", outcome_days=10, planned_effect=0.1)
    company.plan("june", design)
    arm = company.draw("june")
    spends(company, arm, {})
    again = company.people[(arm == "treated") & (company.chance.random(4000) < 0.2)]
    company.buy(again, JUNE + timedelta(days=9), company.amounts(len(again)))
    late = company.people[arm == "treated"]
    company.buy(late, JUNE + timedelta(days=10), company.amounts(len(late)))  # the day after the last
    told, lines = company.read()
    (row,) = company.readings(role="primary", segment="", level="campaign")
    assert (row["outcome"], row["from_day"], row["to_day"]) == ("orders", JUNE, JUNE + timedelta(days=9))
    assert row["design"] == design.sha256
    assert covers(row, 0.2)
    assert told["campaigns"][0]["effects"]["contribution"]["role"] == "other"
    assert any("What was fixed to decide, orders, changed by" in line for line in lines)
    assert {one["outcome"] for one in company.readings(role="tail")} == {"orders_after"}


def test_an_outcome_without_data_is_said_and_the_rest_is_read(tmp_path):
    company = Company(tmp_path)
    company.plan("june", Design(primary="dwell"))
    spends(company, company.draw("june"), {"treated": 20.0})
    told, lines = company.read()
    assert told["campaigns"][0]["not_read"]["dwell"] == "read_seconds"
    assert covers(told["campaigns"][0]["effects"]["contribution"], MARGIN * 10)
    assert any("seconds of attention, is not read: no event tells how long" in line for line in lines)
    (row,) = company.readings(role="primary", segment="", level="campaign")
    assert (row["outcome"], row["value"], row["low"]) == ("dwell", None, None)


@pytest.mark.parametrize(
    ("primary", "share"),
    [("shares", 0.3), ("return_day_7", 0.2), ("application", 0.1), ("second_purchase", 0.25), ("unsubscribes", 0.1)],
)
def test_outcomes_beside_money(tmp_path, primary, share):
    """``share`` more of the treated do it; of second purchases, of those with one order before."""
    settings = '[measure.outcomes]\napplication = { did = "did_other", where = { place = "application sent" } }\n'
    company = Company(tmp_path, 4000, settings=settings)
    company.plan("june", Design(primary=primary))
    arm = company.draw("june")
    does = company.chance.random(4000) < 0.1 + share * (arm == "treated")
    who = company.people[does]
    if primary == "shares":
        company.event(who, JUNE + timedelta(days=2), "share")
    elif primary == "return_day_7":
        company.event(who, JUNE + timedelta(days=7), "view")
        company.event(company.people[arm == "treated"], JUNE + timedelta(days=6), "view")
    elif primary == "application":
        company.event(who, JUNE + timedelta(days=2), "other", place="application sent")
        company.event(company.people[arm == "treated"], JUNE + timedelta(days=2), "other", place="help")
    elif primary == "unsubscribes":
        company.touch(who, JUNE, "unsubscribe", "june")
    else:
        company.buy(who, JUNE + timedelta(days=2), company.amounts(len(who)))
    company.read()
    (row,) = company.readings(role="primary", segment="", level="campaign")
    assert row["outcome"] == primary
    assert covers(row, share)
    assert covers(row, share, "plain_")
    if primary == "second_purchase":
        assert row["treated"] < 0.6 * (arm == "treated").sum()
        (tail,) = company.readings(role="tail")
        assert tail["treated"] == row["treated"]  # the same people, whoever has ordered again since


def test_attention_is_adjusted_for_attention_before(tmp_path):
    company = Company(tmp_path, 4000)
    company.plan("june", Design(primary="dwell"))
    arm = company.draw("june")
    seconds = np.minimum(company.chance.exponential(60, 4000), 199)
    for day, more in ((JUNE - timedelta(days=5), 0.0), (JUNE + timedelta(days=5), 15.0)):
        for low in range(0, 200, 10):  # people are told in groups of alike
            who = company.people[(seconds >= low) & (seconds < low + 10)]
            for side in ("treated", "holdout"):
                mine = who[arm[who] == side]
                company.event(mine, day, "read", amount=float(low) + 5 + more * (side == "treated"))
    company.read()
    (row,) = company.readings(role="primary", segment="", level="campaign")
    assert covers(row, 15.0, "plain_")
    assert row["value"] == pytest.approx(15.0)  # what was read before tells all that is read after
    assert row["high"] - row["low"] < 0.3 * (row["plain_high"] - row["plain_low"])


def test_households_are_the_unit_where_they_were_drawn(tmp_path):
    homes = [f"home {k // 4}" for k in range(4000)]
    company = Company(tmp_path, 4000, household_id=homes)
    arm = np.repeat(company.chance.choice(["treated", "holdout"], 1000), 4)
    company.draw("june", arm=arm)
    buys = np.repeat(company.chance.random(1000) < 0.5, 4)  # a home buys together
    company.buy(company.people[buys], JUNE + timedelta(days=3), company.amounts(int(buys.sum())))
    alone, _lines = company.read()
    company.plan("june", Design(unit="household"), unit=homes)
    together, _lines = company.read()
    assert company.readings(role="primary", segment="", level="campaign")[0]["unit"] == "household"
    widths = [
        one["campaigns"][0]["effects"]["orders"]["high"] - one["campaigns"][0]["effects"]["orders"]["low"]
        for one in (alone, together)
    ]
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.1)  # four who do the same are one: sqrt(4)
    assert covers(together["campaigns"][0]["effects"]["orders"], 0.0)


def test_people_who_could_be_in_one_arm_alone_or_are_in_two_are_left_out(tmp_path):
    company = Company(tmp_path)
    arm = company.draw("june")
    twice = {"campaign_id": ["june"] * 10, "unit_id": company.people[:10], "arm": ["other"] * 10}
    company.tell(ASSIGNMENTS, propensity=np.full(10, 0.5), **twice)
    spends(company, arm, {})
    told, _lines = company.read()
    assert told["campaigns"][0]["left_out"] == 10


def test_arms_whose_shares_differ_by_stratum_are_weighed(tmp_path):
    """Those who spend ten times as much get the voucher twice as often; it does nothing."""
    company = Company(tmp_path, 6000)
    rich = company.people % 2 == 1
    shares = np.where(rich[:, None], [0.2, 0.5, 0.3], [0.5, 0.2, 0.3])
    place = (company.chance.random(6000)[:, None] > shares.cumsum(axis=1)).sum(axis=1)
    arm = np.array(["mail", "voucher", "holdout"])[place]
    lots = {"campaign_id": ["june"] * 6000, "unit_id": company.people, "arm": arm}
    company.tell(ASSIGNMENTS, propensity=shares[company.people, place], **lots)
    days = {"starts_on": [JUNE], "ends_on": [JUNE + timedelta(days=20)]}
    company.tell(PAST_CAMPAIGNS, campaign_id=["june"], **days)
    money = np.round(np.where(rich, 100.0, 10.0) * company.chance.uniform(0.8, 1.2, 6000), 2)
    buyers = company.chance.random(6000) < 0.5
    company.buy(company.people[buyers], JUNE + timedelta(days=3), money[buyers])
    told, _lines = company.read()
    for one in told["campaigns"]:
        assert one["read"]
        assert one["mismatch_p"] > 0.001
        assert covers(one["effects"]["net_sales"], 0.0, "plain_")
    bare = money * buyers
    assert bare[arm == "voucher"].mean() - bare[arm == "holdout"].mean() > 5  # what no weights would tell


def test_who_was_drawn_after_the_window_is_not_in_it(tmp_path):
    company = Company(tmp_path)
    arm = company.draw("june", people=company.people[:2000])
    late = {"campaign_id": ["june"] * 1000, "unit_id": company.people[2000:], "propensity": np.full(1000, 0.5)}
    company.tell(ASSIGNMENTS, arm=["treated", "holdout"] * 500, occurred_at=[datetime(2025, 6, 29)] * 1000, **late)
    spends(company, np.append(arm, ["late"] * 1000), {})
    told, _lines = company.read()
    assert told["campaigns"][0]["treated"] + told["campaigns"][0]["held_out"] == 2000


def test_uplift_learns_from_the_arm_with_most_people(two_arms):
    company, arm, *_ = two_arms
    with company.workspace.warehouse() as warehouse:
        (one,) = trials(warehouse, JUNE + timedelta(days=28), 28)
    larger = max(("mail", "voucher"), key=lambda name: (arm == name).sum())
    assert set(one.customer[one.treated == 1].tolist()) == set(company.people[arm == larger].tolist())
    assert set(one.customer[one.treated == 0].tolist()) == set(company.people[arm == "holdout"].tolist())
    assert one.propensity[one.treated == 1] == pytest.approx(0.3)
    assert one.propensity[one.treated == 0] == pytest.approx(0.6)  # one less the probability of being held out


def test_segments_have_their_people_and_totals(two_arms):
    company, arm, told, _lines = two_arms
    rows = company.readings(level="campaign", arm="voucher", outcome="contribution")
    parts = [row for row in rows if row["segment"]]
    assert len(parts) >= 3
    assert 0.9 < sum(row["treated"] for row in parts) / (arm == "voucher").sum() <= 1  # all but those in small ones
    assert all(row["total"] == pytest.approx(row["value"] * row["treated"]) for row in parts)
    assert set(told["campaigns"][1]["segments"]) == {row["segment"] for row in parts}


def test_nothing_of_the_day_of_reading_or_later_is_seen(tmp_path):
    company = Company(tmp_path)
    arm = company.draw("june")
    spends(company, arm, {"treated": 10.0})
    company.touch(company.people[arm == "treated"][:700], JUNE, "delivered", "june")
    as_of = JUNE + timedelta(days=28)
    before, _lines = company.read(as_of)
    mine = company.people[arm == "treated"]
    company.buy(mine, as_of, company.amounts(len(mine)))
    company.refund(mine, as_of, 5.0)
    company.event(mine, as_of, "share")
    company.touch(mine, as_of, "delivered", "june", cost=1.0)
    company.touch(mine, as_of, "unsubscribe", "june")
    after, _lines = company.read(as_of)
    for told in (before, after):
        told.pop("changed")
        told["campaigns"][0].pop("not_read")  # the first touch that tells of one who left came later
    after["campaigns"][0]["effects"] = {
        name: after["campaigns"][0]["effects"][name] for name in before["campaigns"][0]["effects"]
    }
    for told in (before, after):
        for effect in told["campaigns"][0]["effects"].values():
            effect.pop("false_discovery")
    assert after == before


def test_a_rule_declares_what_an_application_is():
    assert declared({"funded_account": {"did": "signed_up"}})["funded_account"].event == "signed_up"
    with pytest.raises(DaogouError, match="no rule can declare the outcome 'orders'"):
        declared({"orders": {"did": "bought"}})
    with pytest.raises(DaogouError, match="one kind of event"):
        declared({"application": {"did": "signed_up", "within": 7}})


def test_every_outcome_that_a_plan_may_fix_is_known():
    from daogou.campaign.design import GUARD_RAILS
    from daogou.campaign.design import OUTCOMES as PLANNED

    assert set(PLANNED) | set(GUARD_RAILS) <= set(OUTCOMES)
