"""What the allocation promises to whoever calls it."""

import math
import re
from typing import Any

import numpy as np
import pytest

from daogou.base import words
from daogou.base.errors import DaogouError
from daogou.campaign import allocate

Array = np.ndarray[Any, Any]


def _shop(n: int = 400, seed: int = 0) -> dict[str, Any]:
    """A shop whose budget and capacities bind; groups and offers come with limits that bind too."""
    random = np.random.default_rng(seed)
    response = random.beta(1, 8, (n, 1)) * random.uniform(0.5, 1.5, (n, 6))
    return {
        "value": response * random.lognormal(3, 0.6, (n, 1)) - random.uniform(0, 1, (n, 6)),
        "cost": response * random.uniform(1, 5, 6) + random.uniform(0.05, 0.5, 6),
        "channel": np.arange(6) % 3,
        "budget": n * 0.06,
        "capacity": np.array([n // 20, n // 12, n // 15]),
        "offer": np.arange(6) // 2,
        "offer_limits": np.array([[n // 40, n // 25], [0, n], [n // 20, n // 10]]),
        "group": random.integers(0, 3, n),
        "group_floors": np.array([0.05, 0.2, 0.0]),
    }


def test_an_allocation_adds_up() -> None:
    shop = _shop()
    found = allocate(**shop)
    on = np.flatnonzero(found.action >= 0)
    chosen = found.action[on]
    assert found.action.shape == (400,)
    assert found.objective == pytest.approx(math.fsum(shop["value"][on, chosen]), rel=1e-14)
    assert found.cost == math.fsum(shop["cost"][on, chosen]) <= shop["budget"]
    assert found.used.tolist() == np.bincount(shop["channel"][chosen], minlength=3).tolist()
    assert found.gap == (found.bound - found.objective) / abs(found.bound)
    assert 0 <= found.gap < 1e-3
    assert found.seconds > 0
    assert len(found.prices.capacity) == 3
    assert len(found.prices.offer_most) == len(found.prices.offer_least) == len(found.prices.group_floor) == 3


def test_nothing_that_is_given_changes_and_read_only_is_enough() -> None:
    shop = _shop() | {"eligible": np.random.default_rng(1).random((400, 6)) < 0.8}
    arrays = {name: x for name, x in shop.items() if isinstance(x, np.ndarray)}
    before = {name: x.copy() for name, x in arrays.items()}
    for array in arrays.values():
        array.flags.writeable = False
    found = allocate(**shop)
    assert all(np.array_equal(arrays[name], before[name]) for name in arrays)
    assert shop["eligible"][np.flatnonzero(found.action >= 0), found.action[found.action >= 0]].all()


def test_money_left_over_sends_nothing_that_is_worth_nothing() -> None:
    value = np.array([[0.0, -1.0], [0.0, 0.0], [-0.5, 1e-9]])
    found = allocate(value, np.zeros((3, 2)), np.array([0, 0]), 100.0, np.array([3]))
    assert found.action.tolist() == [-1, -1, 1]


def test_cost_is_not_subtracted_from_value() -> None:
    found = allocate(np.array([[1.0, 1.1]]), np.array([[0.1, 5.0]]), np.array([0, 0]), 5.0, np.array([1]))
    assert found.action.tolist() == [1]
    assert found.objective == 1.1


def test_a_price_is_what_the_next_one_brings() -> None:
    value, cost = np.linspace(1, 2, 101)[:, None], np.ones((101, 1))
    by_capacity = allocate(value, cost, np.array([0]), 1e3, np.array([50]))
    assert by_capacity.prices.capacity[0] == pytest.approx(1.5, abs=0.0101)
    assert by_capacity.prices.budget == pytest.approx(0, abs=1e-9)
    by_budget = allocate(value, 2 * cost, np.array([0]), 100.0, np.array([101]))
    assert by_budget.prices.budget == pytest.approx(0.75, abs=0.0051)
    assert by_budget.prices.sentences()[0].startswith("The next 1 of the budget brings 0.7")


def test_the_price_of_what_is_asked_is_what_it_costs() -> None:
    value = -np.linspace(1, 2, 101)[:, None]
    found = allocate(
        value, np.zeros((101, 1)), np.array([0]), 1.0, np.array([101]),
        group=np.zeros(101, np.int64), group_floors=np.array([0.5]),
    )  # fmt: skip
    assert (found.action == 0).sum() == 51
    assert found.prices.group_floor[0] == pytest.approx(1.5, abs=0.0101)
    assert "The last 1 of the floor of group 0 costs 1.5" in found.prices.sentences()[0]


def test_a_reason_names_the_second_best_and_the_limit() -> None:
    value = np.array([[3.0, 2.0], [2.0, 1.9], [1.0, 0.5]])
    found = allocate(value, np.zeros((3, 2)), np.array([0, 1]), 1.0, np.array([1, 3]))
    assert found.action.tolist() == [0, 1, 1]
    reason = found.reason(1)
    assert (reason.action, reason.second, reason.value, reason.limits) == (1, 0, 1.9, ("the capacity of channel 0",))
    assert reason.by >= 0
    assert "Gets action 1, worth 1.9; action 0 is next" in str(reason)
    assert found.reason(0).limits == ()
    with words.language("zh"):
        assert "渠道 0 的容量" in str(found.reason(1))


def test_a_reason_for_nothing() -> None:
    found = allocate(np.array([[2.0], [1.0]]), np.ones((2, 1)), np.array([0]), 1.0, np.array([2]))
    reason = found.reason(1)
    assert (reason.action, reason.second, reason.value, reason.limits) == (-1, 0, 0.0, ("the budget",))
    assert "Gets nothing" in str(reason)


def test_a_reason_where_there_is_no_other_choice() -> None:
    found = allocate(
        np.array([[2.0], [1.0]]), np.ones((2, 1)), np.array([0]), 9.0, np.array([2]),
        eligible=np.array([[True], [False]]),
    )  # fmt: skip
    assert found.reason(1).second == -1
    assert found.reason(1).by == math.inf
    for wrong in (-1, 2):
        with pytest.raises(DaogouError, match="Customers are rows, from 0 to 1"):
            found.reason(wrong)


def test_the_curve_rises_and_meets_the_allocation() -> None:
    shop = _shop()
    found = allocate(**shop)
    curve = found.curve([shop["budget"], 0.0, 2 * shop["budget"], 1e6, 0.9 * shop["budget"]])
    assert curve[0] == pytest.approx(found.objective, rel=1e-3)
    assert np.isnan(curve[1])  # offers and groups ask for customers, who cost
    assert curve[4] <= curve[0] < curve[2] <= curve[3]
    marginal = (curve[0] - curve[4]) / (0.1 * shop["budget"])
    assert found.prices.budget <= marginal * 1.05
    with pytest.raises(DaogouError, match="Give budgets of 0 or more"):
        found.curve([-1.0])


def test_sensitivity_grows_with_noise() -> None:
    found = allocate(**_shop())
    none, little, much = (found.sensitivity(noise) for noise in (0.0, 0.1, 0.5))
    assert none.loss.value == pytest.approx(0, abs=2e-4)
    assert none.loss.value < little.loss.value < much.loss.value < 1
    assert little.loss.low <= little.loss.value <= little.loss.high
    assert little.loss.n == 8
    assert much.capacity.shape == (3,)
    assert (much.capacity >= little.capacity - 1e-3).all()
    assert much.capacity.max() > 0
    with pytest.raises(DaogouError, match="Give a share from 0 to 1"):
        found.sensitivity(math.nan)


def test_yesterdays_prices_lead_to_as_good_an_allocation() -> None:
    shop = _shop()
    cold = allocate(**shop)
    for warm in (cold, cold.prices):
        again = allocate(**shop, warm=warm)
        assert again.objective == pytest.approx(cold.objective, rel=1e-3)
        assert (again.action != cold.action).mean() < 0.05
    with pytest.raises(DaogouError, match="Start from an allocation with the same channels"):
        allocate(**shop | {"group": None, "group_floors": None}, warm=cold)


def test_twice_the_same() -> None:
    first, second = allocate(**_shop()), allocate(**_shop())
    assert np.array_equal(first.action, second.action)
    assert first.bound == second.bound
    assert np.array_equal(first.prices.vector, second.prices.vector)


def test_any_layout_and_type() -> None:
    shop = _shop()
    plain = allocate(**shop)
    for other in (
        {"value": np.asfortranarray(shop["value"])},
        {"value": np.repeat(shop["value"], 2, axis=1)[:, ::2]},
        {"capacity": shop["capacity"].astype(np.float32)},
        {"capacity": shop["capacity"].astype(np.uint8)},
        {"channel": shop["channel"].astype(np.int8)},
        {"cost": shop["cost"].astype(">f8")},
    ):
        assert np.array_equal(allocate(**shop | other).action, plain.action)
    mixed = allocate(**shop | {"value": shop["value"].astype(np.float32)})
    assert mixed.objective == pytest.approx(plain.objective, rel=1e-3)


NAN = _shop()["value"].copy()
NAN[3, 2] = math.nan
INFINITE = _shop()["cost"].copy()
INFINITE[0, 0] = math.inf
NEGATIVE = _shop()["cost"].copy()
NEGATIVE[7, 1] = -0.5


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"value": NAN}, "allocate, value: customer 3, action 2 is nan"),
        ({"cost": INFINITE}, "allocate, cost: customer 0, action 0 is inf"),
        ({"cost": NEGATIVE}, "allocate, cost: customer 7, action 1 is -0.5"),
        ({"value": np.zeros((0, 6)), "cost": np.zeros((0, 6))}, "value: has no customer or no action"),
        ({"value": np.zeros((4, 0)), "cost": np.zeros((4, 0))}, "value: has no customer or no action"),
        ({"value": np.zeros(4)}, "value: has 1 dimensions"),
        ({"value": np.full((400, 6), "x")}, "value: is of type <U1"),
        ({"cost": np.zeros((4, 6))}, r"cost: has shape \(4, 6\), and value has \(400, 6\)"),
        ({"channel": np.zeros(5, int)}, "channel: has shape"),
        ({"channel": np.zeros(6)}, "channel: has shape"),
        ({"channel": np.full(6, 3)}, "channel: goes from 3 to 3. They count from 0 to 2"),
        ({"channel": np.full(6, -1)}, "channel: goes from -1"),
        ({"budget": -1.0}, "budget: is -1.0"),
        ({"budget": math.nan}, "budget: is nan"),
        ({"budget": math.inf}, "budget: is inf"),
        ({"budget": "much"}, "budget: is much"),
        ({"capacity": np.array([1.5, 2, 3])}, "capacity: holds 1.5"),
        ({"capacity": np.array([-1, 2, 3])}, "capacity: holds -1"),
        ({"capacity": np.array([math.nan, 2, 3])}, "capacity: holds nan"),
        ({"capacity": np.array([math.inf, 2, 3])}, "capacity: holds inf"),
        ({"capacity": np.ones((3, 2))}, "capacity: has shape"),
        ({"eligible": np.ones((400, 6))}, "eligible: has shape"),
        ({"eligible": np.ones((4, 6), bool)}, "eligible: has shape"),
        ({"offer": None}, "offer_limits: stands without offer"),
        ({"offer": np.full(6, 3)}, "offer: goes from 3"),
        ({"offer_limits": np.array([[3, 2], [0, 9], [0, 9]])}, "the least, 3, is above the most, 2"),
        ({"offer_limits": np.array([3, 2, 1])}, "offer_limits: has shape"),
        ({"offer_limits": np.array([[0, 2.5], [0, 9], [0, 9]])}, "offer_limits: holds 2.5"),
        ({"group": None}, "group_floors: stands without group"),
        ({"group": np.zeros(3, int)}, "group: has shape"),
        ({"group": np.full(400, -1)}, "group: goes from -1"),
        ({"group_floors": np.array([0.1, 1.2, 0])}, "group_floors: is"),
        ({"group_floors": np.array([0.1, math.nan, 0])}, "group_floors: is"),
        ({"group_floors": np.array([0.1])}, "group_floors: has 1 shares, and group goes to 2"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(DaogouError, match=said):
        allocate(**_shop() | wrong)


LIMITS = {"offer": None, "offer_limits": None, "group": None, "group_floors": None}
FEW = np.zeros((400, 6), bool)
FEW[:9] = True


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"offer": np.arange(6) // 2, "offer_limits": np.array([[10, 99], [0, 99], [0, 99]]), "eligible": FEW},
            "the least of offer 0 asks for 10 customers, and 9 are eligible. Lower it to 9",
        ),
        (
            {"offer": np.arange(6) % 3, "offer_limits": np.array([[0, 99], [40, 99], [0, 99]])},
            "the capacities of its channels allow 33. Lower it to 33, or raise capacities by 7",
        ),
        (
            {"offer": np.arange(6) // 2, "offer_limits": np.array([[45, 99], [45, 99], [0, 99]])},
            "the leasts of offers ask for 90 customers, and all capacities together allow 79",
        ),
        (
            {"group": np.zeros(400, int), "group_floors": np.array([0.1]), "eligible": FEW},
            "the floor of group 0 asks for 40 customers, and 9 are eligible. Lower it to 9",
        ),
        (
            {"group": np.arange(400) % 2, "group_floors": np.array([0.3, 0.3])},
            "the floors of groups ask for 120 customers, and all capacities together allow 79. Ask for 41 fewer",
        ),
        (
            {"group": np.zeros(400, int), "group_floors": np.array([0.15]), "budget": 2.0},
            "the floor of group 0 costs at least .* and the budget is 2.0. Raise the budget to",
        ),
        (
            {"group": np.arange(400) % 2, "group_floors": np.array([0.1, 0.1]), "budget": 3.6},
            "at least .* customers too much. This would do: lower the floor .* Or raise the budget",
        ),
    ],
)
def test_limits_that_cannot_be_kept_are_named(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(DaogouError, match=said):
        allocate(**_shop() | LIMITS | asked)


def test_the_least_relaxation_would_do() -> None:
    shop = _shop() | LIMITS | {"budget": 3.6, "group": np.arange(400) % 2}
    asked = np.array([20, 20])
    with pytest.raises(DaogouError) as refused:
        allocate(**shop | {"group_floors": asked / 200})
    too_much = int(re.findall(r"at least (\d+) customers", refused.value.problem)[0])
    lowered = [(int(g), int(n)) for g, n in re.findall(r"floor of group (\d+) by (\d+)", refused.value.hint)]
    assert sum(n for _group, n in lowered) == too_much > 0
    for group, less in lowered:
        asked[group] -= less
    allocate(**shop | {"group_floors": asked / 200})
    asked[lowered[0][0]] += 1
    with pytest.raises(DaogouError):
        allocate(**shop | {"group_floors": asked / 200})
