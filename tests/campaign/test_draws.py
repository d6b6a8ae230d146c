"""The lots of a campaign."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daogou.campaign.costs import Arm
from daogou.campaign.draws import EVERYONE, Drawn, drawn
from daogou.campaign.population import Population

ONE = (Arm("treated", 1.0, 3.0),)
THREE = (Arm("none", 0.2, 0.0), Arm("five", 0.3, 5.0), Arm("ten", 0.5, 10.0))


def people(n: int, unit: np.ndarray | None = None, stratify: tuple[str, ...] = ("value", "recency")) -> Population:
    chance = np.random.default_rng(1)
    spend = chance.gamma(2.0, 50.0, n)
    traits = {"city": np.array(["Oslo", "Rome"])[chance.integers(0, 2, n)]}
    return Population(
        np.arange(n) + 1,
        spend,
        chance.integers(0, 200, n),
        spend,
        spend,
        30.0,
        unit=unit,
        traits=traits,
        stratify=stratify,
    )


def households(n: int) -> np.ndarray:
    chance = np.random.default_rng(2)
    return np.array([f"household:{k}" for k in chance.integers(0, n // 2, n)])


@given(n=st.integers(40, 400), share=st.floats(0.05, 0.5))
@settings(max_examples=30)
def test_shares_are_exact_in_total_and_near_in_every_stratum_and_arm(n: int, share: float) -> None:
    lots = drawn(people(n), THREE, share, "c", "s")
    assert lots.units_held_out == np.floor(n * share + 0.5 + 1e-9)
    for arm in THREE:
        meant = lots.intended == arm.name
        assert abs(meant.sum() - n * arm.share) < 2
        for stratum in set(lots.stratum.tolist()):
            cell = meant & (lots.stratum == stratum)
            assert abs(lots.held_out[cell].sum() - share * cell.sum()) < 1


def test_people_are_withheld_within_each_intended_arm_and_keep_it() -> None:
    lots = drawn(people(3000), THREE, 0.2, "c", "s")
    assert set(lots.arm.tolist()) == {"holdout", "none", "five", "ten"}
    assert set(lots.intended[lots.held_out].tolist()) == {"none", "five", "ten"}
    assert (lots.arm == lots.intended)[~lots.held_out].all()
    out = lots.held_out & (lots.intended == "ten")
    on = (lots.arm == "ten") & (lots.stratum == lots.stratum[out][0])
    assert lots.lot[out & (lots.stratum == lots.stratum[out][0])].max() < lots.lot[on].min()


@pytest.mark.parametrize("arms", [ONE, THREE])
def test_the_propensity_is_how_often_each_arm_is_drawn(arms: tuple[Arm, ...]) -> None:
    crowd = people(120)
    names = ["holdout", *(arm.name for arm in arms)]
    counts, told = np.zeros((len(names), 120)), np.zeros((len(names), 120))
    runs = 1500
    for campaign in range(runs):
        lots = drawn(crowd, arms, 0.3, str(campaign), "s")
        for place, name in enumerate(names):
            mine = lots.arm == name
            counts[place] += mine
            told[place][mine] = lots.propensity[mine]
    assert np.abs(counts / runs - told).max() < 0.06  # 4.7 standard errors, of 480 comparisons
    assert np.allclose(told.sum(axis=0), 1)
    assert told.min() > 0


@pytest.mark.parametrize("share", [0.01, 0.02, 0.3])
def test_nobody_is_without_a_chance_of_any_arm(share: float) -> None:
    lots = drawn(people(2000), THREE, share, "c", "s")
    assert ((lots.propensity > 0) & (lots.propensity < 1)).all()


@pytest.mark.parametrize("arms", [ONE, THREE])
def test_where_people_are_meant_for_different_offers_lots_decide_among_those_of_each(arms: tuple[Arm, ...]) -> None:
    chance = np.random.default_rng(3)
    crowd = replace(people(1000), offer=np.array(["tea", "cake", "soap"])[chance.choice(3, 1000, p=[0.6, 0.3, 0.1])])
    lots = drawn(crowd, arms, 0.25, "c", "s")
    assert lots.offer is not None
    assert lots.offer.tolist() == crowd.offer.tolist()  # type: ignore[union-attr]
    assert lots.units_held_out == 250
    for name in ("tea", "cake", "soap"):
        meant = lots.offer == name
        for stratum in set(lots.stratum[meant].tolist()):
            cell = meant & (lots.stratum == stratum)
            assert cell.sum() >= 10
            assert abs(lots.held_out[cell].sum() - 0.25 * cell.sum()) < len(arms)
            assert np.allclose(lots.propensity[cell & lots.held_out], lots.held_out[cell].mean())


def test_all_of_one_household_share_an_arm() -> None:
    crowd = people(1000, households(1000))
    lots = drawn(crowd, THREE, 0.3, "c", "s")
    assert lots.units == len(set(crowd.unit.tolist())) < 1000  # type: ignore[union-attr]
    for name in set(lots.unit.tolist()):
        mine = lots.unit == name
        for told in (lots.arm, lots.intended, lots.stratum, lots.propensity, lots.lot):
            assert len(set(told[mine].tolist())) == 1
    assert lots.units_held_out == round(0.3 * lots.units)


def test_households_lie_in_strata_by_what_they_spend_together_and_their_last_order() -> None:
    unit = np.array([f"household:{k // 2}" for k in range(120)])
    spend = np.repeat([1.0, 10.0, 100.0], 40)
    recency = np.tile([300, 5], 60)  # one of each two bought lately
    crowd = Population(np.arange(120), spend, recency, spend, spend, 1.0, unit=unit)
    assert set(drawn(crowd, ONE, 0.5, "c", "s").stratum.tolist()) == {"low/recent", "middle/recent", "high/recent"}


def test_strata_are_those_asked_for() -> None:
    assert set(drawn(people(200, stratify=()), ONE, 0.5, "c", "s").stratum.tolist()) == {EVERYONE}
    assert set(drawn(people(200, stratify=("city",)), ONE, 0.5, "c", "s").stratum.tolist()) == {"Oslo", "Rome"}
    both = drawn(people(2000, stratify=("value", "city")), ONE, 0.5, "c", "s")
    assert set(both.stratum.tolist()) == {f"{v}/{c}" for v in ("low", "middle", "high") for c in ("Oslo", "Rome")}
    for stratum in set(both.stratum.tolist()):
        mine = both.stratum == stratum
        assert abs(both.held_out[mine].sum() - mine.sum() / 2) < 1


def test_the_same_key_draws_the_same_and_another_salt_others() -> None:
    def one(salt: str) -> Drawn:
        return drawn(people(300), THREE, 0.3, "c", salt)

    assert one("s").arm.tolist() == one("s").arm.tolist()
    assert one("s").arm.tolist() != one("t").arm.tolist()


def test_nobody_is_nobody() -> None:
    assert drawn(people(0), THREE, 0.3, "c", "s").units == 0
