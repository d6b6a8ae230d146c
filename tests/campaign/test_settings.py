"""Settings of the section [plan]."""

import pytest

from daogou.campaign.settings import PlanSettings


def test_what_nobody_gave_is_assumed() -> None:
    assert (PlanSettings().margin_used, PlanSettings().contact_cost_used) == (0.25, 0.5)
    given = PlanSettings(margin=0.4, contact_cost=0.0)
    assert (given.margin_used, given.contact_cost_used) == (0.4, 0.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"holdout": 0.0},
        {"holdout": 1.0},
        {"margin": 0.0},
        {"redemption_rate": 1.1},
        {"budget": -1.0},
        {"outcome_days": 0},
        {"category": "tea", "categories": ["tea"]},
        {"global_holdout": 0.6},
        {"exclusion_slots": 0},
        {"planned_effect": 0.0},
        {"guard_rails": {"unsubscribes": -0.1}},
        {"guard_rails": {"margin": 0.1}},
    ],
)
def test_values_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must|at most|not both"):
        PlanSettings(**wrong)  # type: ignore[arg-type]


def test_guard_rails_that_nobody_sets_stay_as_usual() -> None:
    used = PlanSettings(guard_rails={"margin": -0.01}).guard_rails_used
    assert used == {"unsubscribes": 0.005, "complaints": 0.001, "refund_rate": 0.02, "margin": -0.01}


def test_an_arm_is_a_share_or_a_table() -> None:
    arms = PlanSettings(arms={"five": 0.25, "ten": {"share": 0.75, "coupon_value": 10}}).treatments
    told = {name: (arm.share, arm.coupon_value) for name, arm in arms.items()}
    assert told == {"five": (0.25, None), "ten": (0.75, 10.0)}
    assert PlanSettings().treatments == {}
