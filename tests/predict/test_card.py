"""A card of a model on made-up customers: its figures by hand, its JSON and its words as they are kept."""

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from daogou.base.estimate import Estimate
from daogou.base.words import LANGUAGES, language
from daogou.predict import card as cards
from daogou.predict import card_parts as parts
from daogou.predict.card_sections import sections
from daogou.predict.card_words import Since, as_lines, when_again
from daogou.predict.contributions import Contributions
from daogou.predict.evaluate import log_losses
from daogou.predict.leaks_found import Finding
from daogou.predict.rate import Rate

GOLDEN = Path(__file__).parents[1] / "golden"
N = 240
PEOPLE = np.arange(N) % 160  # the first eighty at two moments
P = np.round(np.linspace(0.02, 0.9, N), 4)
Y = ((np.arange(N) * 37) % 100 < 100 * P).astype(int)
BY = {
    "rfm": [("champions", "lost", "new")[n % 3] if n % 24 else "loyal" for n in range(N)],
    "tenure": ["new" if n % 5 == 0 else "known" for n in range(N)],
    "region": ["north" if n % 2 else None for n in range(N)],
}
FRAME = pa.table(
    {"own_recency": [float(n % 30) for n in range(N)], "plan": [("a", "b", None)[n % 3] for n in range(N)]}
)
METRICS = ("auc", "log_loss", "brier", "ece", "slope", "hits_in_100", "random_in_100", "gain_in_tenth")


def estimate(value: float) -> Estimate:
    return Estimate(value, value * 0.9, value * 1.1, N)


@pytest.fixture(scope="module")
def card() -> cards.Card:
    added = np.column_stack([np.linspace(-1, 1, N) * 0.5, np.where(np.arange(N) % 3 == 0, 0.2, -0.1)])
    frame = FRAME.set_column(0, "own_recency", pa.array(np.linspace(30, 0, N)))
    values = dict(zip(METRICS, (0.8, 0.5, 0.17, 0.02, 1.02, 61.0, 40.0, 0.21), strict=True))
    days = [date(2024, month, 1) for month in range(1, 7)]
    return cards.Card(
        target="tea",
        title={"en": "buys tea within 28 days", "zh": "28 天内购买 tea"},
        asks={"name": "tea", "days": 28, "population": None},
        as_of=date(2024, 7, 1),
        model="logistic",
        kind="Logistic",
        parameters={"c": 0.1},
        seed=20170101,
        versions={"daogou": "0.1.0", "python": "3.11"},
        windows=cards.Windows(tuple(days[:4]), (days[3],), (days[5],), tuple(days), 28, 33, date(2024, 7, 27)),
        rows={name: cards.Rows(N, 160, int(Y.sum())) for name in ("train", "calibrate", "test", "known")},
        population_days=84,
        attributes=("city",),
        fewest=30,
        compared={
            "recency": {name: estimate(value * 0.9) for name, value in values.items()},
            "logistic": {name: estimate(value) for name, value in values.items()},
        },
        ties=("recency",),
        calibration="no better",
        groups=parts.groups(Y, P, PEOPLE, BY, 30),
        bins=parts.bins(Y, P, PEOPLE),
        gain=parts.curve(Y, P),
        features=(
            cards.Feature("own_recency", "days since tea", "距上次购买 tea 的天数", ("orders", "order_lines")),
            cards.Feature("plan", "plan", "plan", ("customers",)),
        ),
        inputs=parts.inputs(Contributions(("own_recency", "plan"), added, 0.0, "log-odds"), frame),
        unit="log-odds",
        findings=(Finding("near_copy", "plan", 0.94),),
        references=parts.references(FRAME, PEOPLE, Rate().fit(FRAME, Y)),
    )


SINCE = Since(
    [
        {"kind": "scores", "name": "probability", "since": date(2024, 7, 1), "value": 0.02, "expected": 0.01,
         "chance": 0.04, "n": 160, "low": None, "high": None, "alarm": False},
        {"kind": "input", "name": "own_recency", "since": date(2024, 7, 1), "value": 0.4, "expected": 0.01,
         "chance": 0.04, "n": 160, "low": None, "high": None, "alarm": True},
        {"kind": "input", "name": "plan", "since": date(2024, 7, 1), "value": 0.05, "expected": 0.01,
         "chance": 0.04, "n": 160, "low": None, "high": None, "alarm": False},
        {"kind": "realised", "name": "count", "since": date(2024, 5, 1), "value": 71.0, "expected": 60.2,
         "chance": None, "n": 150, "low": 50.0, "high": 70.4, "alarm": True},
        {"kind": "realised", "name": "log_loss", "since": date(2024, 5, 1), "value": 0.52, "expected": 0.5,
         "chance": None, "n": 150, "low": 0.45, "high": 0.59, "alarm": False},
        {"kind": "realised", "name": "hits_in_100", "since": date(2024, 5, 1), "value": 60.0, "expected": 61.0,
         "chance": None, "n": 15, "low": 40.0, "high": 80.0, "alarm": False},
    ],
    date(2024, 7, 27),
    ("inputs",),
)  # fmt: skip


def said(card: cards.Card, code: str) -> str:
    with language(code):
        return "\n".join(as_lines(sections(card, SINCE, lambda _by, name: name.title()))) + "\n"


def test_the_card_is_as_it_was(card):
    assert card.to_json() + "\n" == (GOLDEN / "card.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", LANGUAGES)
def test_its_words_are_as_they_were(card, code):
    assert said(card, code) == (GOLDEN / f"card.{code}.txt").read_text(encoding="utf-8")


def test_what_is_kept_is_read_back(card):
    again = cards.Card.from_json(card.to_json())
    assert again.to_json() == card.to_json()
    assert again.windows == card.windows
    assert again.references == card.references  # exactly: a constant is an edge
    assert again.groups[0].happened.n == card.groups[0].happened.n


def test_a_card_of_another_format_is_refused():
    with pytest.raises(ValueError, match="another version"):
        cards.Card.from_json('{"format": 99}')


def test_a_card_holds_nobody(card):
    kept = json.loads(card.to_json())
    assert "customer" not in kept
    assert not any("customer_id" in key for key in json.dumps(kept).split('"'))


@pytest.mark.parametrize("division", BY)
def test_groups_add_up_to_the_whole(division):
    found = [one for one in parts.groups(Y, P, PEOPLE, BY, 1) if one.by == division]
    assert sum(one.rows for one in found) == N
    assert sum(one.events for one in found) == Y.sum()
    wholes = {"brier": np.mean((P - Y) ** 2), "log_loss": log_losses(Y, P).mean(), "expected": P.mean()}
    for metric, whole in wholes.items():
        assert sum(getattr(one, metric) * one.rows for one in found) / N == pytest.approx(whole)
    assert sum(one.happened.value * one.rows for one in found) / N == pytest.approx(Y.mean())


def test_groups_that_are_too_small_are_said_and_not_judged():
    found = {(one.by, one.name): one for one in parts.groups(Y, P, PEOPLE, BY, 30)}
    few = found["rfm", "loyal"]
    assert (few.few, few.customers, few.happened, few.auc, few.brier) == (True, 10, None, None, None)
    assert not found["rfm", "champions"].few
    assert found["region", ""].rows == 120  # not known is a group too


def test_a_group_is_judged_by_its_customers_and_not_by_its_rows():
    told = parts.groups(Y[:60], P[:60], np.arange(60) % 20, {"region": ["north"] * 60}, 30)
    assert (told[0].rows, told[0].customers, told[0].few) == (60, 20, True)


def test_a_group_in_which_all_did_has_no_auc_but_a_rate():
    found = parts.groups(np.ones(60), np.full(60, 0.8), np.arange(60), {"region": ["north"] * 60}, 30)
    assert found[0].auc is None
    assert found[0].happened.value == 1
    assert found[0].happened.low < 1


def test_repeated_customers_do_not_narrow_a_bins_interval():
    once = parts.bins(Y, P, np.arange(N))
    twice = parts.bins(np.repeat(Y, 2), np.repeat(P, 2), np.repeat(np.arange(N), 2))
    assert [one.happened.low for one in twice] == pytest.approx([one.happened.low for one in once])
    assert [one.rows for one in twice] == [2 * one.rows for one in once]


def test_bins_share_out_all_rows_from_the_lowest():
    found = parts.bins(Y, P, PEOPLE)
    assert sum(one.rows for one in found) == N
    assert [one.expected for one in found] == sorted(one.expected for one in found)
    assert sum(one.happened.value * one.rows for one in found) == pytest.approx(Y.sum())


def test_the_curve_rises_from_none_to_all():
    found = parts.curve(Y, P)
    assert (found[0], found[-1]) == (0, 1)
    assert list(found) == sorted(found)


def test_inputs_are_ranked_by_how_much_they_move_and_say_which_way():
    values = np.column_stack([np.linspace(-1, 1, 50), np.linspace(2, -2, 50), np.zeros(50), np.tile([1.0, -1.0], 25)])
    frame = pa.table({name: np.arange(50.0) for name in "abcd"})
    told = parts.inputs(Contributions(tuple("abcd"), values, 0.0, "log-odds"), frame)
    assert [(one.column, one.way) for one in told] == [("b", -1), ("d", 0), ("a", 1)]
    assert told[0].moves == pytest.approx(np.abs(np.linspace(2, -2, 50)).mean(), rel=1e-5)


def test_a_large_table_is_known_by_a_sample_and_a_small_one_whole():
    assert len(parts.sample(150_000)) == 150_000
    rows = 400_000
    frame = pa.table({"x": np.arange(rows, dtype=np.float64), "plan": ["a", "b"] * (rows // 2)})
    found = parts.references(frame, np.arange(rows) // 2, Rate().fit(frame, np.arange(rows) % 2))
    assert sum(found["x"].counts) == found["x"].customers == 100_000
    assert found["x"].edges[4] == pytest.approx(rows / 2, rel=1e-3)


def test_days_between_windows():
    assert parts.embargo([date(2024, 1, 1), date(2024, 2, 1)], [date(2024, 3, 1), date(2024, 4, 1)], 28) == 1


class TestWords:
    def test_what_moved_and_matters_is_named(self, card):
        with language("en"):
            told = when_again(card, SINCE)
        assert told[0] == "Customers are no longer those that the model learned from. What moved far: days since tea."
        assert told[1].startswith("Train again on 2024-07-27")

    def test_without_a_reason_the_day_is_said(self, card):
        with language("en"):
            assert when_again(card, Since([], date(2024, 8, 26), ())) == [
                "Train again by 2024-08-26, 56 days after this training."
            ]

    def test_a_column_that_grows_by_itself_is_said_to(self, card):
        grown = replace(card, features=(replace(card.features[0], grows=True), card.features[1]))
        assert "days since tea | 0.400 | 0.010 | grows by itself as time passes" in said(grown, "en")
        assert "days since tea | 0.400 | 0.010 | moved far" in said(card, "en")

    def test_without_attributes_fairness_is_still_spoken_of(self, card):
        assert "It uses no attribute of people" in said(replace(card, attributes=()), "en")
        assert "Attributes of people in use: city." in said(card, "en")

    @pytest.mark.parametrize(
        ("asks", "who"),
        [
            ({"kind": "happening", "population": None}, "with an order in the 84 days"),
            ({"kind": "second_purchase", "population": None}, "who have ordered on one day alone"),
            ({"kind": "churn", "population": None}, "who are not overdue"),
            ({"kind": "contract", "population": None}, "who have not left"),
            ({"kind": "churn", "population": "a rule"}, "whom its population in daogou.toml means"),
        ],
    )
    def test_whom_it_is_for_follows_what_it_asks(self, card, asks, who):
        assert who in said(replace(card, asks=asks), "en").splitlines()[1]

    def test_every_table_is_as_wide_as_its_head(self, card):
        for section in sections(card, SINCE, lambda _by, name: name):
            assert all(len(row) == len(section.head) for row in section.rows)


def test_asdict_knows_every_part(card):
    assert set(asdict(card)) <= set(json.loads(card.to_json()))
