"""Mutual exclusion: in a group of campaigns a person takes part in one at a time."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from daogou.campaign.exclusion import live
from daogou.flows.contexts.campaigns import Draft, draft, next_campaign
from daogou.flows.plan import plan_lines
from daogou.report.contexts import NextCampaign
from daogou.testing.planned import TODAY, artefact, asking, becomes, company, planned

FIRST, LAST = date(2024, 3, 8), date(2024, 4, 4)


def told(group: str = "g", action: str = "b", first: str = "2024-03-08", last: str = "2024-04-04") -> dict[str, Any]:
    return {"exclusion": {"group": group}, "offer": {"action": action}, "starts_on": first, "ends_on": last}


@pytest.mark.parametrize(
    ("state", "plan", "counts"),
    [
        ("draft", told(), True),
        ("approved", told(), True),
        (
            "running",
            told(first="2024-02-20", last="2024-03-08"),
            True,
        ),  # both on 8 March
        ("running", told(first="2024-02-20", last="2024-03-07"), False),
        ("approved", told(first="2024-04-04", last="2024-05-01"), True),
        ("approved", told(first="2024-04-05", last="2024-05-02"), False),
        ("approved", told(action="a"), True),  # of the same offer, but a person has said yes to it
        ("draft", told(action="a"), False),  # is being planned again
        ("draft", told(first="2024-02-28", last="2024-03-26"), False),  # nobody approved it in time
        ("closed", told(), False),
        ("refused", told(), False),
        ("approved", told(group="other"), False),
        ("approved", told() | {"exclusion": None}, False),
        ("holdout", told(), False),
    ],
)
def test_who_takes_peoples_time(state: str, plan: dict[str, Any], counts: bool) -> None:
    assert live([(state, plan)], "g", "a", date(2024, 3, 1), FIRST, LAST) == ([0] if counts else [])


def test_of_drafts_of_one_offer_the_newest_counts() -> None:
    assert live([("draft", told()), ("draft", told())], "g", "a", date(2024, 3, 1), FIRST, LAST) == [1]


def test_in_a_group_nobody_is_in_two_campaigns_at_a_time(tmp_path: Path) -> None:
    first = '[plan]\nexclusion = "vouchers"\nexclusion_slots = 2\nstarts_in = 7\n'
    workspace = company(tmp_path, first, 1200)
    one = planned(workspace)
    assert (one["exclusion"]["slot"], one["exclusion"]["kept_out"]) == (0, 0)
    assert one["customers"] == pytest.approx(600, abs=80)
    assert planned(workspace)["sha256"] == one["sha256"]  # its own draft does not keep it out
    becomes(workspace, "approved")
    two = planned(workspace)
    assert (two["exclusion"]["slot"], two["exclusion"]["campaigns"]) == (1, [one["name"]])
    people = [set(artefact(workspace, told["sha256"])["customer_id"].to_pylist()) for told in (one, two)]
    assert not people[0] & people[1]
    assert len(people[0] | people[1]) == 1200
    becomes(workspace, "approved")
    none = planned(workspace)
    assert (none["state"], none["exclusion"]["full_until"]) == ("none", one["ends_on"])
    assert "other campaigns of the group vouchers have everyone" in plan_lines(none, "EUR")[0]
    later = planned(asking(tmp_path, '[plan]\nexclusion = "vouchers"\nexclusion_slots = 2\nstarts_in = 40\n'))
    assert (later["exclusion"]["slot"], later["exclusion"]["campaigns"]) == (0, [])  # the others are over by then
    free = planned(asking(tmp_path, '[plan]\nexclusion = "mails"\n'))
    assert free["customers"] == 1200


def test_with_other_parts_the_people_of_live_campaigns_are_still_kept_out(tmp_path: Path) -> None:
    workspace = company(tmp_path, '[plan]\nexclusion = "vouchers"\nexclusion_slots = 2\n', 1200)
    one = planned(workspace)
    becomes(workspace, "running")
    workspace = asking(tmp_path, '[plan]\nexclusion = "vouchers"\nexclusion_slots = 3\n')
    two = planned(workspace)
    becomes(workspace, "running")
    three = planned(workspace)
    people = [set(artefact(workspace, told["sha256"])["customer_id"].to_pylist()) for told in (one, two, three)]
    assert sum(len(some) for some in people) == len(set.union(*people)) == 1200
    assert (two["exclusion"]["slot"], three["exclusion"]["slot"]) == (2, 1)  # the first part of three is taken whole
    assert three["exclusion"]["kept_out"] == pytest.approx(200, abs=60)


def test_the_page_tells_what_is_fixed_and_who_is_kept_out(tmp_path: Path) -> None:
    settings = '[plan]\nexclusion = "vouchers"\nexclusion_slots = 2\nglobal_holdout = 0.1\nunit = "household"\n'
    workspace = company(tmp_path, settings, 1200)
    plan = planned(workspace)
    with workspace.ledger() as ledger:
        page = next_campaign(draft(ledger, TODAY), "EUR")
    assert isinstance(page, NextCampaign)
    assert (page.treated, page.held_out) == (plan["treated"], plan["held_out"])
    assert [text.en.partition(" ")[0] for text in page.fixed] == ["Fixed", "Lots"]
    assert [text.en.partition(" ")[0] for text in page.kept_out] == ["Nobody", "By", "On"]
    assert page.holdout[-1].en.startswith("So campaigns of this offer are read together")
    assert all(text.zh and text.zh != text.en for text in (*page.fixed, *page.kept_out, *page.holdout, page.who))


def test_the_page_tells_a_plan_that_was_stored_before_designs_were(tmp_path: Path) -> None:
    workspace = company(tmp_path)
    plan = planned(workspace)
    new = ("holdout", "unit", "units", "stratify", "arms", "actions", "design", "design_sha256", "prior", "exclusion")
    new += ("global_holdout", "smallest_visible_effect", "smallest_visible_effect_adjusted", "usual_outcome")
    old = {name: value for name, value in plan.items() if name not in new}
    old["costs"] = {name: value for name, value in plan["costs"].items() if not name.startswith("forgone")}
    old["costs"]["forgone_if_just_visible"] = 12.0
    page = next_campaign(Draft("0" * 64, old), "EUR")
    assert isinstance(page, NextCampaign)
    assert (page.fixed, page.kept_out, page.prior) == ((), (), ())
    assert "€12" in page.price.en
    assert plan_lines(old | {"state": "draft"}, "EUR")


def test_no_more_campaigns_run_at_a_time_than_there_are_parts(tmp_path: Path) -> None:
    workspace = company(tmp_path, '[plan]\nexclusion = "vouchers"\ncapacity = 300\n', 1200)
    one = planned(workspace)
    assert one["treated"] == 300
    becomes(workspace, "approved")
    none = planned(workspace)
    assert (none["state"], none["exclusion"]["full_until"]) == ("none", one["ends_on"])  # though 600 are in no campaign
