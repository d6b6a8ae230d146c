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
    ],
)
def test_values_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        PlanSettings(**wrong)  # type: ignore[arg-type]
