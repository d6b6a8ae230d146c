import pytest

from daogou.base.words import language
from daogou.recommend.reasons import kind_of, sentence, shared
from daogou.recommend.settings import CANDIDATES


@pytest.mark.parametrize(
    "model", [*CANDIDATES, "ContentBased", "ALS", "SegmentPopular", "NotPersonal", "Pinned", "Catalogue"]
)
@pytest.mark.parametrize("because", [[], ["tea"], ["tea", "milk"], ["tea", "milk", "tea", "jam"]])
@pytest.mark.parametrize("code", ["en", "zh"])
def test_every_model_has_a_reason_in_both_languages(model, because, code):
    with language(code):
        said = sentence(kind_of(model, because), because, ("brand",) if because else ())
    assert said.endswith("." if code == "en" else "。")
    assert "{" not in said
    assert code == "en" or not said.replace("tea", "").replace("milk", "").isascii()


def test_items_are_named_once_and_two_at_most():
    assert sentence("together", ["tea", "tea", "milk", "jam"]) == "Because you bought tea and milk."
    assert sentence("together", ["tea"]) == "Because you bought tea."


def test_what_items_share_is_said():
    milk = {"brand": "A", "category": "DAIRY"}
    assert shared(milk, {"brand": "A", "category": "DAIRY"}) == ("brand", "category")
    assert shared(milk, {"brand": "B", "category": "DAIRY"}) == ("category",)
    assert shared({"brand": None}, {"brand": None}) == ()
    assert sentence("like", ["milk"], ("brand", "category")) == "Like milk, which you bought: same brand and category."
    assert sentence("like", ["milk"]) == "Like milk, which you bought."


def test_nothing_personal_is_said_where_nothing_speaks():
    assert kind_of("ContentBased", []) == kind_of("ItemKNN", []) == kind_of("Popular", []) == "popular"
    assert kind_of("Pinned", []) == "pinned"
