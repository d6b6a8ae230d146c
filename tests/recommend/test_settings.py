import pytest

from daogou.base.errors import DaogouError
from daogou.base.rule import Comparison, Field
from daogou.recommend.settings import CANDIDATES, RecommendSettings


@pytest.mark.parametrize(
    "wrong",
    [
        {"n": 0},
        {"n": 1001},
        {"k": 0},
        {"min_support": 0},
        {"holdout_days": 0},
        {"window": 0},
        {"shrinkage": -0.1},
        {"half_life": 0.0},
        {"popular_half_life": -1.0},
        {"not_bought_within": -1},
        {"most_a_category": -1},
        {"most_a_title": -1},
        {"compared_days": -1},
    ],
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="must"):
        RecommendSettings(**wrong)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"allow": {"item": "colour", "is": "red"}}, "allow item: items have no column 'colour'. Known are"),
        ({"deny": {"item": "pric", "above": 3}}, "deny item: .*Did you mean 'price'"),
        ({"deny": {"item": "price", "above": "3"}}, "deny above: '3' is not a number"),
        ({"allow": {"did": "bought"}}, "allow: unknown part of a rule 'did'"),
        (
            {"personalisation_off": {"profile": "orders", "is": 1}},
            "personalisation_off: unknown part of a rule 'profile'",
        ),
        ({"models": ["ItemKNN", "Magic"]}, "models: unknown model 'Magic'"),
        ({"learn_from": ["bougt"]}, "learn_from: unknown event 'bougt'. Did you mean 'bought'"),
        (
            {"boosts": [{"factor": 0, "when": {"item": "brand", "is": "A"}}]},
            "boosts.1.: 'factor' is not a number above 0",
        ),
        ({"boosts": [{"factor": True, "when": {}}]}, "'factor' is not a number"),
        ({"boosts": [{"factor": 2}]}, "boosts.1. when: the rule is empty"),
        ({"boosts": [{"factr": 2}]}, "Did you mean 'factor'"),
        ({"pins": [{"item": "a", "rank": 1}, {"item": 7, "rank": 2}]}, "pins.2.: a pin needs the id of an item"),
        ({"pins": [{"item": "a", "rank": 0}]}, "a rank from 1 on"),
        ({"pins": [{"item": "a", "at": 1}]}, "unknown setting 'at'"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_place(wrong, problem):
    with pytest.raises(DaogouError, match=problem):
        RecommendSettings(**wrong)


def test_an_empty_list_to_learn_from_is_refused():
    with pytest.raises(ValueError, match="learn_from may not be empty"):
        RecommendSettings(learn_from=[])


def test_rules_are_read():
    told = RecommendSettings(
        deny={"item": "title", "contains": "GAS"},
        boosts=[{"factor": 2, "when": {"item_attribute": "eco", "is": "yes"}}],
    )
    assert told.rules() == {"deny": Field("item", "title", (Comparison("contains", "GAS"),))}
    assert [(rule.kind, factor) for rule, factor, _where in told.boosted()] == [("item_attribute", 2.0)]
    assert RecommendSettings().rules() == {}


def test_models_are_those_that_can_be_made():
    from daogou.recommend.candidates import candidates

    made = candidates(CANDIDATES, RecommendSettings())
    assert list(made) == list(CANDIDATES)
    assert all(type(model).__name__ == name for name, model in made.items())
    assert list(candidates(["ItemKNN"], RecommendSettings())) == ["Popular", "ItemKNN"]
