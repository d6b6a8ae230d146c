from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.base.errors import DaogouError
from daogou.recommend import Interactions, ItemKNN, Popular
from daogou.recommend.filters import CATALOGUE, PINNED, Cap, Pin, Rules, choose
from daogou.testing.recommender import example, same

DATA = example()
ITEMS = DATA.item_ids.to_pylist()
UNSOLD = [f"x{n}" for n in range(6)]
ALL = pa.array([*ITEMS, *UNSOLD])
PEOPLE = DATA.customer_ids
MODELS = [ItemKNN(k=5, min_support=12).fit(DATA), Popular().fit(DATA.where(DATA.items < 60))]
MODELS[1].item_ids_ = MODELS[0].item_ids_


def rules(**said):
    return Rules(**({"item_ids": ALL, "offered": np.ones(len(ALL), bool), "customer_ids": PEOPLE} | said))


def shown(chosen, row=0):
    return [item for item in chosen.picks.items[row].tolist() if item is not None]


def taken(row):
    starts, items, _first = DATA.pairs()
    return {ITEMS[code] for code in items[starts[row] : starts[row + 1]]}


def test_without_rules_a_model_answers_as_it_does_alone():
    everything = rules(item_ids=DATA.item_ids, offered=np.ones(len(ITEMS), bool))
    for repeat in (False, True, "only"):
        mine = choose(MODELS[:1], PEOPLE, 9, everything, repeat=repeat)
        alone = MODELS[0].recommend(PEOPLE, 9, repeat=repeat)
        spoke = mine.spoke == 0
        assert np.array_equal(mine.picks.codes[spoke], alone.codes[alone.codes >= 0])
        assert np.array_equal(mine.picks.scores[spoke], alone.scores[alone.codes >= 0])
        assert same(MODELS[0].recommend(PEOPLE, 9, repeat=repeat, rules=everything), mine.picks)


def test_the_next_model_fills_and_at_last_what_nobody_took():
    found = choose(MODELS, PEOPLE[:3], 86, rules(), repeat=True)
    for row in range(3):
        assert sorted(shown(found, row)) == sorted(ALL.to_pylist())
        spoke = found.spoke[row].tolist()
        assert spoke == sorted(spoke, key=[0, 1, CATALOGUE].index)
        assert shown(found, row)[-6:] == UNSOLD
        assert found.picks.scores[row, -6:].tolist() == [0] * 6


def test_equal_scores_go_to_the_lower_id():
    level = Interactions.from_frame(pa.table({"customer_id": [1, 2, 3], "item_id": ["c", "a", "b"]}))
    model = Popular().fit(level)
    assert shown(choose([model], [9], 3, Rules(level.item_ids, np.ones(3, bool)))) == ["a", "b", "c"]


def test_risk_suits_whom_it_may():
    levels = np.where(np.arange(len(ALL)) < 60, np.arange(len(ALL)) % 5 + 1.0, np.nan)
    suits = np.arange(len(PEOPLE)) % 6.0
    suits[0] = np.nan
    found = choose(MODELS, ["c00", "c01", "c05", "stranger"], 86, rules(levels=levels, suits=suits), repeat=True)
    assert found.picks.counts.tolist() == [0, 12, 60, 0]
    assert {int(item[1:]) % 5 for item in shown(found, 1)} == {0}


def test_what_a_customer_is_kept_from_is_not_offered():
    kept = (np.array([2, 1, 1]), np.array([5, 85, 7]))
    found = choose(MODELS, ["c01", "c02", "c03"], 86, rules(kept_from=kept), repeat=True)
    assert [set(ALL.to_pylist()) - set(shown(found, row)) for row in range(3)] == [{"x5", "i07"}, {"i05"}, set()]


def test_caps_give_way_in_turn_when_nothing_else_is_left():
    items = pa.array(["a", "b", "c", "d", "e"])
    data = Interactions.from_frame(
        pa.table({"customer_id": [1, 2, 3, 4, 5, 1, 2, 3, 1, 2, 1], "item_id": [*"aaaaabbbccd"]})
    )
    model = Popular().fit(data)
    category, title = np.array([0, 0, 0, 1, -1]), np.array([0, 0, 1, 2, 3])

    def offer(n):
        both = (Cap(category, 2), Cap(title, 1))
        return shown(choose([model], [9], n, Rules(items, np.ones(5, bool), caps=both)))

    assert offer(2) == ["a", "c"]  # a and b are of one title
    assert offer(4) == ["a", "c", "d", "e"]
    assert offer(5) == ["a", "c", "d", "e", "b"]  # more than the caps allow
    category_only = Rules(items, np.ones(5, bool), caps=(Cap(category, 1),))
    assert shown(choose([model], [9], 5, category_only)) == ["a", "d", "e", "b", "c"]


def test_boosts_move_items_up_whatever_the_sign():
    factors = np.ones(len(ALL))
    factors[ITEMS.index("i40")] = 1e6
    plain, lifted = (choose(MODELS[1:], ["stranger"], 5, rules(factors=f)) for f in (None, factors))
    assert shown(lifted)[0] == "i40"
    assert shown(lifted)[1:] == shown(plain)[:4]
    low = Popular().fit(DATA)
    low.popularity_ = -np.arange(1.0, 81)
    found = choose([low], ["stranger"], 2, rules(factors=np.where(np.arange(len(ALL)) == 1, 4.0, 1.0)))
    assert shown(found) == ["i01", "i00"]
    assert found.picks.scores[0].tolist() == [-0.5, -1.0]


def test_pins_stand_at_their_ranks_if_they_may():
    pinned = rules(pins=(Pin("x3", 2), Pin("i50", 1), Pin("i51", 40), Pin("never heard of", 3)))
    found = choose(MODELS, ["stranger"], 4, pinned)
    assert shown(found)[:2] == ["i50", "x3"]
    assert found.spoke[0].tolist() == [PINNED, PINNED, 1, 1]
    assert found.picks.scores[0, 0] == MODELS[1].popularity_[50]
    assert found.picks.scores[0, 1] == 0
    refused = replace(pinned, offered=np.array([item != "i50" for item in ALL.to_pylist()]))
    assert shown(choose(MODELS, ["stranger"], 4, refused))[1] == "x3"
    assert "i50" not in shown(choose(MODELS, ["stranger"], 86, refused))
    few = Rules(pa.array(["x3", "i01"]), np.ones(2, bool), pins=(Pin("x3", 9),))
    assert shown(choose(MODELS, ["stranger"], 9, few)) == ["i01", "x3"]


def test_pins_count_in_caps():
    caps = (Cap(np.zeros(len(ALL), np.int64), 2),)
    found = choose(MODELS, ["stranger"], 2, rules(pins=(Pin("x3", 2),), caps=caps))
    assert len(shown(found)) == 2
    one = (Cap(np.where(np.isin(ALL.to_pylist(), ["x3", "i00"]), 0, -1), 1),)
    plain = choose(MODELS, ["stranger"], 9, rules(caps=one))
    assert "i00" in shown(plain)
    assert "i00" not in shown(choose(MODELS, ["stranger"], 9, rules(pins=(Pin("x3", 2),), caps=one)))


@pytest.mark.parametrize(
    ("pins", "problem"),
    [
        ((Pin("i01", 0),), "a rank is below 1"),
        ((Pin("i01", 1), Pin("i02", 1)), "two pins share a rank or an item"),
        ((Pin("i01", 1), Pin("i01", 2)), "two pins share a rank or an item"),
    ],
)
def test_pins_that_cannot_be_are_refused(pins, problem):
    with pytest.raises(DaogouError, match=problem):
        rules(pins=pins)


def test_without_personalisation_all_get_the_same_list():
    kept = (np.array([2, 1]), np.array([5, 7]))
    lists = choose(MODELS, PEOPLE, 9, rules(kept_from=kept), personal=False)
    assert (lists.picks.codes == lists.picks.codes[0]).all()
    assert lists.picks.subjects.equals(PEOPLE)
    assert shown(lists) == shown(choose(MODELS, ["stranger"], 9, rules()))


def test_nobody_nothing_and_no_items():
    assert choose(MODELS, [], 5, rules()).picks.codes.shape == (0, 5)
    assert choose(MODELS, ["c00"], 0, rules()).picks.codes.shape == (1, 0)
    none = Rules(pa.array([], pa.string()), np.zeros(0, bool))
    assert choose(MODELS, ["c00"], 3, none).picks.counts.tolist() == [0]
    with pytest.raises(DaogouError, match="n is -1"):
        choose(MODELS, ["c00"], -1, rules())
    with pytest.raises(ValueError, match="same items"):
        choose([MODELS[0], Popular().fit(DATA.where(DATA.items < 0)), ItemKNN().fit(few())], ["c00"], 1, rules())


def few():
    return Interactions.from_frame(pa.table({"customer_id": ["c00"], "item_id": ["i00"]}))


@st.composite
def offers(draw):
    width = len(ALL)
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    offered = chance.random(width) < draw(st.sampled_from([0.0, 0.1, 0.5, 1.0]))
    caps = tuple(
        Cap(chance.integers(-1, draw(st.sampled_from([1, 3, 30])), width), draw(st.integers(1, 3)))
        for _cap in range(draw(st.integers(0, 2)))
    )
    pins = tuple(
        Pin(ALL[int(code)].as_py(), rank)
        for rank, code in enumerate(chance.permutation(width)[: draw(st.integers(0, 4))], draw(st.integers(1, 4)))
    )
    with_levels = draw(st.booleans())
    levels = np.where(chance.random(width) < 0.9, chance.integers(1, 6, width), np.nan)
    suits = np.where(chance.random(len(PEOPLE)) < 0.9, chance.integers(0, 6, len(PEOPLE)), np.nan)
    return Rules(
        ALL,
        offered,
        PEOPLE,
        levels if with_levels else None,
        suits,
        (chance.integers(0, len(PEOPLE), 300), chance.integers(0, width, 300)),
        caps,
        np.exp(chance.normal(size=width)) if draw(st.booleans()) else None,
        pins,
    )


def may_be_offered(told, row, repeat):
    ids = ALL.to_pylist()
    kept = {ids[item] for customer, item in zip(*told.kept_from, strict=True) if customer == row}
    passing = {ids[code] for code in np.flatnonzero(told.offered)} - kept
    if told.levels is not None:
        passing &= {ids[code] for code in np.flatnonzero(told.levels <= told.suits[row])}
    mine = taken(row)
    return passing & mine if repeat == "only" else passing if repeat else passing - mine


@given(offers(), st.integers(1, 90), st.sampled_from([False, True, "only"]), st.integers(0, 59))
def test_every_list_keeps_the_rules(told, n, repeat, row):
    found = choose(MODELS, PEOPLE, n, told, repeat=repeat)
    mine, passing = shown(found, row), may_be_offered(told, row, repeat)
    assert set(mine) <= passing  # the hard rules
    assert len(mine) == len(set(mine)) == min(n, len(passing))  # never fewer than there are
    pins = {pin.item: pin.rank for pin in told.pins if pin.rank <= n and pin.item in passing}
    assert set(pins) <= set(mine)
    for item, rank in pins.items():
        assert mine.index(item) + 1 == rank or mine.index(item) + 1 >= len(mine) - len(pins) + 1
    _check_caps(told, mine, passing, pins)


def _check_caps(told, mine, passing, pins):
    """A cap is broken by pins alone, or where no candidate is left that fits it and those that outlast it."""
    ids = ALL.to_pylist()
    for place, cap in enumerate(told.caps):
        outlasting = told.caps[place:]
        broken = [group for group in _held(cap, mine, ids) if _held(cap, mine, ids)[group] > cap.most]
        if not [
            g for g in broken if _held(cap, [i for i in mine if i in pins], ids).get(g, 0) < _held(cap, mine, ids)[g]
        ]:
            continue
        full = [{g for g, count in _held(each, mine, ids).items() if count >= each.most} for each in outlasting]
        for item in passing - set(mine):
            code = ids.index(item)
            assert any(int(each.groups[code]) in groups for each, groups in zip(outlasting, full, strict=True))


def _held(cap, items, ids):
    counts = {}
    for item in items:
        group = int(cap.groups[ids.index(item)])
        if group >= 0:
            counts[group] = counts.get(group, 0) + 1
    return counts


@given(offers(), st.integers(1, 40))
def test_alone_or_with_others_a_list_is_the_same(told, n):
    together = choose(MODELS, PEOPLE[:7], n, told)
    alone = choose(MODELS, PEOPLE[3:4], n, told)
    assert shown(together, 3) == shown(alone)
    assert np.array_equal(together.picks.scores[3], alone.picks.scores[0], equal_nan=True)
