"""Each preset on a set that it fits: made-up news of known order, real films that people liked, funds with a risk."""

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pytest

from daogou.base.settings import validated
from daogou.recommend import Interactions
from daogou.recommend.candidates import candidates
from daogou.recommend.evaluate import evaluate
from daogou.recommend.evaluate_splits import by_time, leave_last_out
from daogou.recommend.filters import Rules, choose
from daogou.recommend.presets import PRESETS, with_preset
from daogou.recommend.settings import RecommendSettings


def preset(name, **own):
    return validated(RecommendSettings, with_preset({"preset": name, **own}), "daogou.toml [recommend]")


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_settings_and_what_is_written_comes_first(name):
    made, mine = preset(name), preset(name, half_life=99.0)
    assert all(getattr(made, key) == value for key, value in PRESETS[name].items())
    assert mine.half_life == 99
    assert mine.learn_from == made.learn_from


def news():
    """Eighty readers follow one of four series of stories in order, two a day; some are days ahead of others."""
    chance = np.random.default_rng(1)
    rows = []
    for reader in range(80):
        place = int(chance.integers(0, 20))
        for day in range(20):
            for minute in range(2):
                rows.append((reader, f"{'abcd'[reader % 4]}{place:02}", day + minute / 1440))
                place += 1
    readers, stories, days = zip(*rows, strict=True)
    return Interactions.from_frame(pa.table({"customer_id": readers, "item_id": stories, "day": days}), when="day")


def test_news_are_what_is_read_next_while_it_is_fresh():
    settings = preset("news")
    read = news()
    found = evaluate(candidates(settings.models, settings), by_time(read, 20 - settings.holdout_days), spread=False)
    assert found.champion() == "SequentialKNN"
    assert found.gain("SequentialKNN", "ItemKNN", "new", "ndcg@10").low > 0
    popular = candidates([], settings)["Popular"].fit(read)
    fresh = popular.recommend([-1], 10).items[0]
    late = {item for item, day in zip(read.items, read.when, strict=True) if day >= 17}
    assert {read.item_ids.index(item).as_py() for item in fresh} <= late


def test_social_is_what_people_of_one_interest_like(data_folder):
    settings = preset("social", half_life=3650.0)  # films are liked for longer than what people post
    table = csv.read_csv(data_folder / "movielens-latest-small" / "ratings.csv.gz")
    liked = table.filter(pa.compute.greater_equal(table["rating"], 4.0))
    liked = liked.set_column(3, "day", pa.compute.divide(liked["timestamp"].cast(pa.float64()), 86400.0))
    data = Interactions.from_frame(liked, customer="userId", item="movieId", when="day")
    found = evaluate(candidates(settings.models, settings), leave_last_out(data), spread=False)
    for model in settings.models:
        assert found.gain(model, "Popular", "new", "ndcg@10").low > 0


def test_finance_is_what_suits_the_preference_for_risk():
    settings = preset("finance")
    assert settings.risk_preference
    chance = np.random.default_rng(2)
    level = chance.integers(1, 6, 50)
    rows = [
        (c, f"f{fund:02}") for c in range(60) for fund in chance.permutation(np.flatnonzero(level <= c % 5 + 1))[:6]
    ]
    bought = Interactions.from_frame(
        pa.table(
            {
                "customer_id": [c for c, _ in rows],
                "item_id": [f for _, f in rows],
                "day": [float(n) for n in range(len(rows))],
            }
        ),
        when="day",
    )
    levels = np.array([float(level[int(item[1:])]) for item in bought.item_ids.to_pylist()])
    suits = np.arange(60) % 5 + 1.0
    rules = Rules(bought.item_ids, np.ones(len(levels), bool), bought.customer_ids, levels, suits)
    models = [model.fit(bought) for model in candidates(settings.models, settings).values()]
    found = choose(models[::-1], bought.customer_ids, 20, rules)
    offered = found.picks.codes
    assert (np.where(offered >= 0, levels[offered], 0) <= suits[:, None]).all()
    suitable = (levels <= suits[:, None]).sum(axis=1) - np.bincount(bought.customers[bought.pairs()[2]], minlength=60)
    assert found.picks.counts.tolist() == np.minimum(suitable, 20).tolist()
