"""What a plan fixes before the start: the outcome, the arms, the units, the groups; and what it is read by."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from daogou.base import words
from daogou.base.errors import DaogouError
from daogou.campaign.design import Design
from daogou.flows.designs import designs
from daogou.flows.plan import plan_lines
from daogou.store.tables import EVENTS, ITEMS, LEARNINGS, ORDERS, PROFILES, SCORES
from daogou.testing.planned import LAST, TODAY, artefact, asking, company, planned
from daogou.testing.rows import rows


def test_the_design_is_in_the_summary_the_ledger_and_the_hashed_artefact(tmp_path: Path) -> None:
    workspace = company(tmp_path)
    told = planned(workspace)
    design = Design.from_dict(told["design"])
    assert design.sha256 == told["design_sha256"]
    assert (design.primary, design.outcome_days, design.unit, design.arms) == (
        "contribution",
        28,
        "customer",
        ("treated",),
    )
    stored = json.loads(artefact(workspace, told["sha256"]).schema.metadata[b"plan"])
    assert Design.from_dict(stored["design"]).sha256 == told["design_sha256"]
    assert designs(workspace).of(told["name"]) == design
    assert designs(workspace).sha256(told["name"]) == told["design_sha256"]
    other = designs(asking(tmp_path, '[plan]\nprimary = "orders"\nguard_rails = { margin = -0.01 }\n'))
    assert other.of(told["name"]) == design  # settings of today change nothing that was fixed
    assert (other.of("imported").primary, other.of("imported").guard_rails["margin"]) == ("orders", -0.01)
    assert other.sha256("imported") is None


def test_any_change_of_what_is_fixed_is_another_design_and_another_plan(tmp_path: Path) -> None:
    workspace = company(tmp_path)
    changes = [
        "",
        'primary = "orders"',
        "outcome_days = 14",
        "guard_rails = { margin = -0.01 }",
        'unit = "household"',
        "arms = { five = 0.5, ten = 0.5 }",
        "planned_effect = 3.0",
    ]
    told = [planned(asking(tmp_path, f"[plan]\n{change}\n")) for change in changes]
    assert len({one["design_sha256"] for one in told}) == len(changes)
    assert len({one["sha256"] for one in told}) == len(changes)
    for one in told:
        stored = json.loads(artefact(workspace, one["sha256"]).schema.metadata[b"plan"])["design"]
        assert Design.from_dict(stored).sha256 == one["design_sha256"]


def test_an_altered_artefact_is_found_out(tmp_path: Path) -> None:
    workspace = company(tmp_path)
    told = planned(workspace)
    file = workspace.artefacts / told["sha256"]
    file.write_bytes(file.read_bytes().replace(b"contribution", b"net_sales   "))
    with pytest.raises(ValueError, match="was altered"):
        artefact(workspace, told["sha256"])


def test_the_planned_effect_is_that_from_which_the_campaign_pays_or_the_one_given(tmp_path: Path) -> None:
    told = planned(company(tmp_path))
    costs = told["costs"]
    assert told["design"]["planned_effect"] == pytest.approx(costs["per_person"])
    assert costs["pays_from_lift"] == pytest.approx(costs["per_person"] / told["usual_outcome"])
    told = planned(asking(tmp_path, "[plan]\nplanned_effect = 3.5\n"))
    assert (told["design"]["planned_effect"], told["holdout"]["target"]) == (3.5, "planned")


def test_the_least_share_that_shows_the_gain_that_pays_is_held_out(tmp_path: Path) -> None:
    told = planned(company(tmp_path, "[plan]\nredemption_rate = 0.5\ncoupon_value = 10.0\n"))
    share = told["holdout"]
    assert share["detects"]
    assert share["given"] is None
    assert 0.2 < told["holdout_share"] < 0.5
    assert told["design"]["offer"] == ""  # one campaign is enough
    assert told["smallest_visible_effect_adjusted"] <= told["design"]["planned_effect"] * 1.001
    fewer = planned(asking(tmp_path, "[plan]\nredemption_rate = 0.5\ncoupon_value = 10.0\nholdout = 0.2\n"))
    assert not fewer["holdout"]["detects"]
    assert fewer["holdout"]["least"] == pytest.approx(told["holdout_share"], abs=0.002)
    lines = plan_lines(fewer, "EUR")
    assert any("that does not show the gain that counts" in line for line in lines)
    assert "An arm is smaller than the 200 that a reading needs to say how sure it is." in lines  # 180 are held out


def test_a_share_that_sees_too_little_is_told_which_would_see_enough(tmp_path: Path) -> None:
    settings = '[plan]\nprimary = "orders"\nplanned_effect = 0.15\n'
    told = planned(company(tmp_path, settings))
    assert told["holdout"]["detects"]
    assert told["smallest_visible_effect_adjusted"] == pytest.approx(0.15, rel=0.01)
    assert told["smallest_visible_effect_adjusted"] <= 0.15
    fewer = planned(asking(tmp_path, f"{settings}holdout = 0.02\n"))
    assert fewer["smallest_visible_effect_adjusted"] > 0.15
    assert (fewer["holdout"]["detects"], fewer["holdout"]["least"]) == (False, told["holdout_share"])
    more = planned(asking(tmp_path, f"{settings}holdout = 0.5\n"))
    assert any("would be enough to show the gain that counts" in line for line in plan_lines(more, "EUR"))


def test_where_even_half_shows_too_little_campaigns_of_the_offer_are_read_together(tmp_path: Path) -> None:
    told = planned(company(tmp_path))
    assert (told["holdout_share"], told["holdout"]["detects"]) == (0.5, False)
    assert told["design"]["offer"] == told["offer"]["action"] == "coupon:anything"
    ratio = told["smallest_visible_effect_adjusted"] / told["design"]["planned_effect"]
    assert told["holdout"]["campaigns"] == pytest.approx(ratio**2, abs=1)
    assert any(f"about {told['holdout']['campaigns']} like this one" in line for line in plan_lines(told, "EUR"))
    later = planned(asking(tmp_path, "[plan]\nstarts_in = 60\n"))
    assert later["name"] != told["name"]
    assert later["design"]["offer"] == told["design"]["offer"]


def test_arms_have_their_shares_their_coupons_and_what_was_intended_for_the_held_out(tmp_path: Path) -> None:
    settings = "[plan]\nholdout = 0.2\n[plan.arms]\nten = 0.75\n[plan.arms.five]\nshare = 0.25\ncoupon_value = 5.0\n"
    workspace = company(tmp_path, settings)
    told = planned(workspace)
    table = artefact(workspace, told["sha256"])
    arms = table["arm"].to_pylist()
    assert (arms.count("holdout"), told["treated"]) == (180, 720)
    by_arm = {one["arm"]: one for one in told["arms"]}
    assert (by_arm["five"]["intended"], by_arm["ten"]["intended"]) == (225, 675)
    assert by_arm["five"]["customers"] == arms.count("five") == pytest.approx(180, abs=1)
    meant = table["intended_action"].to_pylist()
    assert set(meant) == {"coupon:anything/five", "coupon:anything/ten"}
    held = [what for what, arm in zip(meant, arms, strict=True) if arm == "holdout"]
    assert held.count("coupon:anything/five") == pytest.approx(45, abs=1)
    rate = told["costs"]["redemption_rate"]["value"]
    value = 5.0 * arms.count("five") + told["offer"]["value"] * arms.count("ten")
    assert told["costs"]["coupons"]["value"] == pytest.approx(rate * value)
    assert told["design"]["arms"] == ["ten", "five"]
    assert any(line.startswith("Arm five: ") for line in plan_lines(told, "EUR"))


def test_each_customer_is_meant_for_an_offer_and_people_are_withheld_within_each(tmp_path: Path) -> None:
    workspace = company(tmp_path, '[plan]\nholdout = 0.2\ncategories = ["tea", "cake"]\n')
    with workspace.warehouse() as warehouse:
        warehouse.append(ITEMS, rows(ITEMS, *({"item_id": name, "category": name} for name in ("tea", "cake"))))
        scores = [
            {"customer_id": k + 1, "as_of": TODAY, "target": name, "probability": 0.5 if is_best else 0.1}
            for k in range(900)
            for name, is_best in (("tea", k % 3 == 0), ("cake", k % 3 > 0))
        ]
        warehouse.append(SCORES, rows(SCORES, *scores))
    told = planned(workspace)
    assert told["actions"] == [
        {"action": "coupon:cake", "customers": 600, "held_out": 120},
        {"action": "coupon:tea", "customers": 300, "held_out": 60},
    ]
    for row in artefact(workspace, told["sha256"]).to_pylist():
        assert row["intended_action"] == ("coupon:tea" if (row["customer_id"] - 1) % 3 == 0 else "coupon:cake")
        assert row["arm"] in ("treated", "holdout")
        assert row["response"] == 0.5
    line = plan_lines(told, "EUR")[0]
    assert line.endswith("on one of tea, cake.")


def test_households_share_an_arm_and_the_plan_says_what_that_costs_in_sight(tmp_path: Path) -> None:
    workspace = company(tmp_path, '[plan]\nunit = "household"\nholdout = 0.5\n')
    told = planned(workspace)
    assert (told["units"], told["customers"]) == (300, 900)
    found: dict[str, set[str]] = {}
    for row in artefact(workspace, told["sha256"]).to_pylist():
        found.setdefault(row["unit"], set()).add(row["arm"])
    assert len(found) == 300
    assert all(len(arms) == 1 for arms in found.values())
    assert any("whole households, of which there are 300" in line for line in plan_lines(told, "EUR"))


def test_stores_share_an_arm(tmp_path: Path) -> None:
    workspace = company(tmp_path, '[plan]\nunit = "store"\nholdout = 0.5\n')
    told = planned(workspace)
    assert told["units"] == 40
    table = artefact(workspace, told["sha256"]).to_pylist()
    for row in table:
        assert row["unit"] == f"store:shop {(row['customer_id'] - 1) % 40}"
    assert len({(row["unit"], row["arm"]) for row in table}) == 40


def test_lots_are_drawn_within_the_groups_asked_for(tmp_path: Path) -> None:
    workspace = company(tmp_path, '[plan]\nholdout = 0.5\nstratify = ["region", "city"]\n')
    told = planned(workspace)
    assert {row["stratum"] for row in told["strata"]} == {
        f"{region}/{city}" for region in ("north", "south") for city in ("Oslo", "Rome")
    }
    assert all(abs(row["held_out"] - row["customers"] / 2) < 1 for row in told["strata"])
    assert any(line.endswith("Within groups by region, city, lots decide.") for line in plan_lines(told, "EUR"))


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ('unit = "household"\nhousehold = "house_id"', r"no customer has a value of 'house_id'.* 'household_id'"),
        ('stratify = ["citty"]', r"no customer has a value of 'citty'.*Did you mean 'city'"),
        ('primary = "order"', r"unknown outcome 'order'. Did you mean 'orders'"),
        ('primary = "application"', r"no rule says which event is the outcome 'application'.*measure.outcomes"),
        ('primary = "dwell"', r"no facts tell of the outcome 'dwell'"),
        ('primary = "return_day_7"\noutcome_days = 7', r"7 days are too few .*Set outcome_days to 8"),
        ('unit = "region"', "unknown unit 'region'"),
        ("guard_rails = { refunds = 0.1 }", "unknown guard rail 'refunds'. Did you mean 'refund_rate'"),
        ("guard_rails = { margin = 0.1 }", "of margin at most 0"),
        ("arms = { a = 0.5, b = 0.4 }", r"the shares of the arms add up to 0.9, not to 1"),
        ("arms = { holdout = 1 }", "kept for those who are left out"),
        ("arms = { a = { share = 1.0, coupon = 3 } }", r"arms.a\]: unknown setting 'coupon'"),
        ("global_holdout = 0.5", "global_holdout must be at least 0 and below 0.5"),
    ],
)
def test_what_cannot_be_is_said_with_what_to_do(tmp_path: Path, settings: str, problem: str) -> None:
    company(tmp_path)
    with pytest.raises(DaogouError, match=problem):
        planned(asking(tmp_path, f"[plan]\n{settings}\n"))


@pytest.mark.parametrize("primary", ["net_sales", "orders", "buyers"])
def test_another_outcome_decides_and_its_price_is_that_of_what_people_buy(tmp_path: Path, primary: str) -> None:
    told = planned(company(tmp_path, f'[plan]\nprimary = "{primary}"\n'))
    usual = {"net_sales": told["spend_per_customer"], "orders": 1.5, "buyers": 1.0}[primary]
    assert told["usual_outcome"] == pytest.approx(usual)
    assert told["design"]["primary"] == primary
    as_money = planned(asking(tmp_path, ""))
    assert told["costs"]["pays_from_lift"] == pytest.approx(as_money["costs"]["pays_from_lift"])
    assert told["design"]["planned_effect"] == pytest.approx(usual * told["costs"]["pays_from_lift"])


def test_an_outcome_without_a_price_is_planned_for_a_gain_of_a_fifth_and_said_so(tmp_path: Path) -> None:
    workspace = company(tmp_path, '[plan]\nprimary = "shares"\n')
    with workspace.warehouse() as warehouse:
        shared = [
            {"event_id": str(k), "customer_id": k + 1, "kind": "share", "local_day": LAST} for k in range(0, 900, 2)
        ]
        warehouse.append(EVENTS, rows(EVENTS, *shared))
    told = planned(workspace)
    assert told["usual_outcome"] == pytest.approx(0.5)
    assert told["design"]["planned_effect"] == pytest.approx(0.1)
    assert told["holdout"]["target"] == "assumed"
    assert told["costs"]["pays_from_lift"] is None
    lines = plan_lines(told, "EUR")
    assert any("The worth of shares is not known, so a gain of 20 % is planned for" in line for line in lines)
    assert not any("price of knowing" in line for line in lines)


def test_a_second_purchase_is_asked_of_those_who_bought_once(tmp_path: Path) -> None:
    workspace = company(tmp_path, '[plan]\nprimary = "second_purchase"\nholdout = 0.5\n')
    with workspace.warehouse() as warehouse:
        earlier = [
            {"order_id": f"e{k}", "customer_id": k + 1, "local_day": date(2023, 12, 1), "net_sales": 10}
            for k in range(300)
        ]
        late = [{"customer_id": k + 2000, "as_of": TODAY, "recency_days": 91} for k in range(300)]
        once = [
            {"order_id": f"o{k}", "customer_id": k + 2000, "local_day": date(2023, 12, 1), "net_sales": 10}
            for k in range(300)
        ]
        warehouse.append(ORDERS, rows(ORDERS, *earlier, *once))
        warehouse.append(PROFILES, rows(PROFILES, *late))
    told = planned(workspace)
    assert told["usual_outcome"] == pytest.approx(0.5)  # of 600 who had bought once, 300 bought again
    assert told["customers"] == 1200


def test_what_past_campaigns_taught_is_told_with_its_age(tmp_path: Path) -> None:
    workspace = company(tmp_path)
    lesson = {"as_of": TODAY, "level": "all", "name": "", "campaigns": 4, "value": 0.9, "low": 0.4, "high": 1.4}
    lesson |= {"next_low": -0.5, "next_high": 2.3, "last_on": date(2024, 1, 1)}
    own = lesson | {"level": "offer", "name": "coupon:anything", "campaigns": 2, "value": 1.2}
    other = lesson | {"level": "offer", "name": "coupon:tea", "value": 9.0}
    future = lesson | {"as_of": date(2024, 4, 1), "value": 99.0}
    with workspace.warehouse() as warehouse:
        warehouse.append(LEARNINGS, rows(LEARNINGS, lesson, other, future))
    told = planned(workspace)
    assert (told["prior"]["level"], told["prior"]["value"], told["prior"]["age"]) == ("all", 0.9, 60)
    assert any("(n: 4) brought a contribution of €0.90 a person" in line for line in plan_lines(told, "EUR"))
    with workspace.warehouse() as warehouse:
        warehouse.append(LEARNINGS, rows(LEARNINGS, own))
    told = planned(workspace)
    assert (told["prior"]["level"], told["prior"]["campaigns"]) == ("offer", 2)
    cost = told["costs"]["per_person"]
    chance = np.random.default_rng(0).normal(0.9, 2.8 / 3.92, 200_000)
    assert told["prior"]["pays"] == pytest.approx((chance > cost).mean(), abs=0.005)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_all_that_can_be_said_is_said_in_both_languages(tmp_path: Path, language: str) -> None:
    settings = '[plan]\nprimary = "orders"\nunit = "household"\nexclusion = "g"\nexclusion_slots = 2\n'
    settings += 'global_holdout = 0.1\nstratify = ["city"]\narms = { a = 0.4, b = 0.6 }\n'
    told = planned(company(tmp_path, settings))
    with words.language(language):
        lines = plan_lines(told, "EUR")
    assert len(lines) == len(set(lines)) >= 16
    assert not any("{" in line for line in lines)
    has_chinese = [any("\u4e00" <= sign <= "\u9fff" for sign in line) for line in lines]
    assert all(has_chinese) if language == "zh" else not any(has_chinese)


def test_a_capacity_is_kept_with_households_and_dear_arms(tmp_path: Path) -> None:
    settings = '[plan]\nunit = "household"\ncapacity = 200\nbudget = 150.0\narms = { a = 0.5, b = 0.5 }\n'
    told = planned(company(tmp_path, settings))
    assert 100 < told["treated"] <= 200
    assert told["costs"]["total"]["value"] <= 150.0
