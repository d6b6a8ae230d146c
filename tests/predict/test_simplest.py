import numpy as np

from daogou.predict.simplest import simplest

CUSTOMERS = np.repeat(np.arange(500), 2)


def test_a_gain_within_chance_leaves_the_simpler():
    chance = np.random.default_rng(1)
    rule = chance.random(1_000)
    assert simplest({"rule": rule, "line": rule - chance.normal(0.001, 1.0, 1_000) * 0.2}, CUSTOMERS) == "rule"


def test_a_clear_gain_wins():
    chance = np.random.default_rng(1)
    rule = chance.random(1_000)
    line = rule - chance.normal(0.05, 0.1, 1_000)
    trees = line - chance.normal(0.05, 0.1, 1_000)
    assert simplest({"rule": rule, "line": line, "trees": trees}, CUSTOMERS) == "trees"


def test_repeated_customers_make_a_gain_less_sure():
    chance = np.random.default_rng(4)
    rule = np.repeat(chance.random(50), 20)
    line = rule - np.repeat(chance.normal(0.0, 1.0, 50), 20) - 0.08
    as_one = simplest({"rule": rule, "line": line}, np.repeat(np.arange(50), 20))
    as_many = simplest({"rule": rule, "line": line}, np.arange(1_000))
    assert (as_one, as_many) == ("rule", "line")


def test_the_simplest_of_equals():
    same = np.full(1_000, 0.5)
    assert simplest({"rule": same, "line": same, "trees": same}, CUSTOMERS) == "rule"
