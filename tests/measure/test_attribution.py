"""Credit: chains and coalitions solved by hand, the rules as they are defined, and sums that add up."""

from decimal import Decimal
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from daogou.base.words import language
from daogou.measure import RULES, Credit, Paths, attribute, paths
from daogou.measure import attribution_chain as chains
from daogou.measure.attribution_money import rounded
from daogou.measure.attribution_settings import RULES as SETTING_RULES
from daogou.measure.attribution_settings import AttributionSettings

TIMELESS = [rule for rule in RULES if rule != "time_decay"]


def credit(rule, *paths_told, **more):
    """Channel -> orders."""
    told = Paths.of([p for p, *_ in paths_told], *([p[k] for p in paths_told] for k in (1, 2, 3)))
    found = attribute(told, rule, **more)
    return dict(zip(found.channels, found.orders.tolist(), strict=True))


def one_path(*touches, rule, **more):
    """Shares of one order on day 20 after (channel, day) touches."""
    told = paths(
        ["a"] * len(touches), [c for c, _ in touches], [float(d) for _, d in touches],
        order_customer=["a"], order_at=[20.0], value=[1.0], lookback=30,
    )  # fmt: skip
    found = attribute(told, rule, **more)
    return dict(zip(found.channels, found.orders.round(12).tolist(), strict=True))


FOUR = (("search", 1), ("email", 6), ("social", 13), ("direct", 20))


@pytest.mark.parametrize(
    ("rule", "shares"),
    [
        ("first", {"search": 1}),
        ("last", {"direct": 1}),
        ("last_non_direct", {"social": 1}),
        ("linear", {"search": 0.25, "email": 0.25, "social": 0.25, "direct": 0.25}),
        ("position", {"search": 0.4, "email": 0.1, "social": 0.1, "direct": 0.4}),
    ],
)
def test_fixed_rules_are_what_the_field_means_by_them(rule, shares):
    found = one_path(*FOUR, rule=rule)
    assert found == pytest.approx({"search": 0, "email": 0, "social": 0, "direct": 0} | shares)


def test_time_decay_halves_every_seven_days():
    found = one_path(("a", 6), ("b", 13), ("c", 20), rule="time_decay")
    assert found == pytest.approx({"a": 1 / 7, "b": 2 / 7, "c": 4 / 7})
    found = one_path(("a", 6), ("b", 20), rule="time_decay", half_life=14.0)
    assert found == pytest.approx({"a": 1 / 3, "b": 2 / 3})


def test_time_decay_of_very_old_touches_does_not_vanish_into_nothing():
    told = paths(["x"] * 2, ["a", "b"], [0.0, 1.0], order_customer=["x"], order_at=[3000.0], lookback=4000.0)
    assert attribute(told, "time_decay", half_life=1.0).orders == pytest.approx([1 / 3, 2 / 3])


def test_position_of_short_paths():
    assert one_path(("a", 1), rule="position") == {"a": 1.0}
    assert one_path(("a", 1), ("b", 2), rule="position") == {"a": 0.5, "b": 0.5}


def test_direct_gets_what_nothing_else_touched():
    assert one_path(("direct", 1), ("direct", 2), rule="last_non_direct") == {"direct": 1.0}
    assert one_path(("a", 1), ("typed in", 2), rule="last_non_direct", direct=("typed in",)) == {
        "a": 1.0,
        "typed in": 0,
    }


def test_markov_equals_a_chain_solved_by_hand():
    """a -> order 1, a -> b -> order 1, b -> none 2.

    start: a 1/2, b 1/2; a: order 1/2, b 1/2; b: order 1/3, none 2/3. P = 1/2 (1/2 + 1/2 1/3) + 1/2 1/3 = 1/2.
    Without a: 1/2 1/3 = 1/6, so a loses 2/3. Without b: 1/2 1/2 = 1/4, so b loses 1/2. Shares 4/7 and 3/7 of 2 orders.
    """
    told = ("a", 1, 10, 0), ("a > b", 1, 20, 0), ("b", 0, 0, 2)
    assert credit("markov", *told) == pytest.approx({"a": 8 / 7, "b": 6 / 7})


def test_shapley_of_the_chain_solved_by_hand():
    """The same chain: v(a) = 1/4, v(b) = 1/6, v(ab) = 1/2: a (1/4 + 1/3) / 2 = 7/24, b (1/6 + 1/4) / 2 = 5/24."""
    told = ("a", 1, 10, 0), ("a > b", 1, 20, 0), ("b", 0, 0, 2)
    assert credit("shapley", *told) == pytest.approx({"a": 2 * 7 / 12, "b": 2 * 5 / 12})


def test_shapley_of_orders_shares_each_path_among_its_channels():
    """v(a) = 10, v(b) = 5, v(ab) = 21: a (10 + 16) / 2, b (5 + 11) / 2, whatever order they came in."""
    told = ("a", 10, 0, 50), ("b", 5, 0, 70), ("a > b > a", 4, 0, 0), ("b > a", 2, 0, 0)
    assert credit("shapley", *told, worth="orders") == pytest.approx({"a": 13, "b": 8})


def chance_paths(seed, channels, n=80):
    chance = np.random.default_rng(seed)
    walked = [[f"c{k:03}" for k in chance.integers(0, channels, chance.integers(1, 6))] for _ in range(n)]
    return Paths.of(walked, chance.integers(0, 5, n), chance.integers(0, 10**6, n) / 100, chance.integers(0, 9, n))


def worth(walk, coalition):
    member = np.zeros(len(walk.start))
    member[list(coalition)] = 1
    step = walk.step.toarray() * np.outer(member, member)
    return (walk.start * member) @ np.linalg.solve(np.eye(len(member)) - step, walk.order * member)


@pytest.mark.parametrize("dense", [2000, 2], ids=["one inverse", "sparse factors"])
def test_removal_effects_equal_chains_without_the_channel(dense, monkeypatch):
    monkeypatch.setattr(chains, "_DENSE", dense)
    walk = chains.chain(chance_paths(3, 9))
    everyone = set(range(9))
    without = [1 - worth(walk, everyone - {k}) / worth(walk, everyone) for k in range(9)]
    np.testing.assert_allclose(chains.removal_effects(walk), without, rtol=1e-10)


def test_shapley_values_equal_all_orders_of_joining():
    walk = chains.chain(chance_paths(5, 6))
    known = np.zeros(6)
    for order in permutations(range(6)):
        for k, channel in enumerate(order):
            known[channel] += worth(walk, order[: k + 1]) - worth(walk, order[:k])
    values, errors = chains.shapley(walk, 1)
    np.testing.assert_allclose(values, known / 720, rtol=1e-10)
    assert not errors.any()


def test_sampled_shapley_values_are_as_far_from_exact_ones_as_their_error_says(monkeypatch):
    walk = chains.chain(chance_paths(7, 12, n=300))
    exact, _none = chains.shapley(walk, 1)
    monkeypatch.setattr(chains, "EXACT", 11)
    sampled, errors = chains.shapley(walk, 1)
    assert sampled.sum() == pytest.approx(exact.sum())
    assert (errors > 0).all()
    off = (sampled - exact) / errors
    assert np.abs(off).max() < 4.5
    assert 0.3 < np.sqrt((off**2).mean()) < 1.8


def test_above_twelve_channels_the_error_is_told_and_all_adds_up():
    told = chance_paths(9, 40, n=400)
    found = attribute(told, "shapley")
    assert (found.error > 0).all()
    assert found.error.max() < 0.01
    assert found.orders.sum() == pytest.approx(told.total_orders)
    assert found.money.sum() == told.total_money
    assert not attribute(chance_paths(9, 12), "shapley").error.any()


def test_many_channels_are_no_trouble_for_markov_and_too_many_for_shapley():
    told = chance_paths(11, 1100, n=4000)
    assert len(told.channels) > 1000
    assert attribute(told, "markov").orders.sum() == pytest.approx(told.total_orders)
    with pytest.raises(ValueError, match="ask for 'markov'"):
        attribute(told, "shapley")


names = st.sampled_from(["a", "b", "c", "d", "direct"])
many_paths = st.lists(
    st.tuples(
        st.lists(names, min_size=1, max_size=6), st.integers(0, 4), st.integers(-(10**7), 10**9), st.integers(0, 6)
    ),
    min_size=1,
    max_size=15,
)


def of(told):
    return Paths.of(
        [p for p, *_ in told], [p[1] for p in told], [Decimal(p[2] if p[1] else 0) / 100 for p in told],
        [p[3] for p in told],
    )  # fmt: skip


@given(many_paths, st.sampled_from(TIMELESS), st.sampled_from(["chain", "orders"]))
def test_orders_and_money_add_up_to_the_cent(told, rule, worth_of):
    found = of(told)
    credited = attribute(found, rule, worth=worth_of)
    assert credited.orders.sum() == pytest.approx(found.total_orders)
    assert int(credited.money.sum()) == found.total_money
    assert sum(credited.value) == Decimal(found.total_money) / 100
    assert (credited.orders >= 0).all()


@given(many_paths, st.sampled_from(TIMELESS), st.randoms())
def test_neither_the_order_of_paths_nor_that_of_channels_matters(told, rule, chance):
    shuffled = list(told)
    chance.shuffle(shuffled)
    new = dict(zip("abcd", chance.sample(["z", "m", "q", "x"], 4), strict=True)) | {"direct": "direct"}
    renamed = [([new[c] for c in p], *rest) for p, *rest in shuffled]
    one, other = attribute(of(told), rule), attribute(of(renamed), rule)
    found = dict(zip(other.channels, other.orders, strict=True))
    for channel, orders in zip(one.channels, one.orders, strict=True):
        assert found[new[channel]] == pytest.approx(orders, abs=1e-9)


@given(many_paths, st.sampled_from(["linear", "markov", "shapley"]), st.sampled_from(["chain", "orders"]))
def test_channels_that_play_the_same_part_get_the_same(told, rule, worth_of):
    swap = {"a": "b", "b": "a"}
    both = told + [([swap.get(c, c) for c in p], *rest) for p, *rest in told]
    found = attribute(of(both), rule, worth=worth_of)
    shares = dict(zip(found.channels, zip(found.orders, found.money, strict=True), strict=True))
    if "a" in shares:
        assert shares["a"][0] == pytest.approx(shares["b"][0])
        assert abs(shares["a"][1] - shares["b"][1]) <= 1 + 1e-9 * abs(found.money).max()


@given(many_paths, st.sampled_from(TIMELESS), st.sampled_from(["chain", "orders"]))
def test_a_channel_that_leads_nowhere_gets_nothing(told, rule, worth_of):
    more = [*told, (["nobody"], 0, 0, 5), (["a", "nobody"], 0, 0, 2), (["nobody", "nobody"], 0, 0, 1)]
    found = attribute(of(more), rule, worth=worth_of)
    k = found.channels.index("nobody")
    assert found.orders[k] == found.money[k] == 0


def test_effects_of_a_known_chain_are_found_from_its_walks():
    """60,000 journeys of a chain whose steps are known: effects come within three standard errors of the true ones."""
    start, order = np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.3, 0.05])
    step = np.array([[0.0, 0.4, 0.2], [0.1, 0.0, 0.2], [0.3, 0.1, 0.0]])
    chance = np.random.default_rng(8)
    table = np.cumsum(np.column_stack([step, order]), axis=1)
    walks, bought = [], []
    for first in chance.choice(3, 60_000, p=start):
        walk = [first]
        while (step_to := int(np.searchsorted(table[walk[-1]], chance.random(), side="right"))) < 3:
            walk.append(step_to)
        walks.append([f"c{k}" for k in walk])
        bought.append(step_to == 3)
    lost = ~np.array(bought)
    found = chains.removal_effects(chains.chain(Paths.of(walks, np.array(bought, int), None, lost.astype(int))))
    known = chains.removal_effects(chains.Chain(start, csr_array(step), order))
    np.testing.assert_allclose(found, known, atol=3 * np.sqrt(0.25 / np.sum(bought)))


def test_what_rounding_leaves_goes_to_those_that_lost_most():
    assert rounded(np.array([1.2, 2.7, 3.1, 0.0]), 7).tolist() == [1, 3, 3, 0]
    assert rounded(np.array([-1.6, 4.6]), 3).tolist() == [-2, 5]
    assert rounded(np.array([99.9999999, 0.0000001]), 100).tolist() == [100, 0]


def test_paths_that_led_to_no_order_change_credit_as_solved_by_hand():
    """A hundred more paths of b alone: who is in b now orders 1 in 11 times, and who came by a may still be in b.

    Markov: through a 10 (5/10 + 5/10 1/11) = 60/11 of 15, through b 110 1/11 = 10 of 15; shares 6/17 and 11/17.
    Shapley: v(a) = 5, v(b) = 105/11, v(ab) = 15 of 115: a (5 + 15 - 105/11) / 2 = 115/22, b 215/22.
    """
    told = ("a", 5, 0, 0), ("b", 5, 0, 0), ("a > b", 5, 0, 0)
    more = (*told, ("b", 0, 0, 100))
    assert credit("markov", *told) == credit("shapley", *told) == pytest.approx({"a": 7.5, "b": 7.5})
    assert credit("markov", *more) == pytest.approx({"a": 15 * 6 / 17, "b": 15 * 11 / 17})
    assert credit("shapley", *more) == pytest.approx({"a": 115 / 22, "b": 215 / 22})


def test_without_orders_everyone_gets_nothing():
    for rule in TIMELESS:
        found = attribute(Paths.of(["a > b"], [0], [0], [9]), rule)
        assert found.orders.tolist() == [0, 0] == found.share.tolist()


def test_credit_is_always_headed():
    found = attribute(Paths.of(["a > b"], [2], [10.01]), "linear")
    assert str(found).splitlines()[0] == "Credit, not causation (linear)"
    with language("zh"):
        assert str(found).startswith("只是归因，不是因果")
    assert found.money.tolist() == [501, 500]  # the odd cent goes to one of them
    assert isinstance(found, Credit)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: attribute(Paths.of(["a"], [1]), "best"), "no rule 'best'; there are first, last"),
        (lambda: attribute(Paths.of(["a"], [1]), "shapley", worth="x"), "write 'chain' or 'orders'"),
        (lambda: attribute(Paths.of(["a"], [1]), "time_decay"), "needs the time of each touch"),
        (lambda: one_path(("a", 1), rule="time_decay", half_life=0.0), "half_life is 0.0 days"),
        (lambda: Paths.of([""], [1]), "a path has no channel"),
        (lambda: Paths.of(["a > > b"], [1]), "a path has no channel"),
        (lambda: Paths.of(["a"], [1, 2]), "orders has the shape (2,)"),
        (lambda: Paths.of(["a"], [-1]), "orders holds what is no count"),
        (lambda: Paths.of(["a"], [1], [1], [0.5]), "lost holds what is no count"),
        (lambda: Paths.of(["a"], [1], [1, 2]), "value has 2 rows"),
        (lambda: Paths.of(["a"], [1], [0.005]), "not a multiple of 0.01"),
        (lambda: Paths.of(["a"], [1], [float("nan")]), "not a multiple of 0.01"),
        (lambda: Paths.of(["a"], [1], [Decimal("0.001")]), "not a multiple of 0.01"),
    ],
)
def test_what_makes_no_sense_is_told(call, said):
    with pytest.raises(ValueError, match=".") as refused:
        call()
    assert said in str(refused.value)


def test_settings_know_every_rule_and_refuse_what_cannot_be():
    assert SETTING_RULES == RULES
    for wrong in ({"rule": "best"}, {"days": 0}, {"hijack_minutes": -1.0}, {"kinds": ["conversion"]}):
        with pytest.raises(ValueError, match="."):
            AttributionSettings(**wrong)
