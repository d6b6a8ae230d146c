import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.cluster import KMeans as TheirKMeans

from daogou.base.errors import DaogouError
from daogou.base.words import language
from daogou.profile import KMeans, mixed_kmeans
from daogou.profile.mixed import Space
from daogou.profile.mixed_kmeans import FEWEST, TooFewError

KINDS = [(24, "student", "music;games"), (45, "teacher", "books|travel"), (66, "retired", "garden;opera")]


def customers(n=300, seed=0, shift=0.0):
    """Three kinds of people, told by age, occupation and interests; gender is chance."""
    random = np.random.default_rng(seed)
    kind = random.integers(0, 3, n)
    frame = pd.DataFrame(
        {
            "age": [KINDS[one][0] + random.normal(shift, 3) for one in kind],
            "occupation": [KINDS[one][1] for one in kind],
            "interests": [KINDS[one][2] for one in kind],
        }
    )
    return frame, kind


def test_finds_the_kinds_that_are_there_and_names_them_in_both_languages():
    frame, kind = customers()
    model = KMeans(k=3).fit(frame)
    assert pd.crosstab(model.labels_, kind).gt(0).to_numpy().sum() == 3
    assert model.better_than_noise
    retired = model.labels_[kind == 2][0]
    assert "retired" in model.names[retired]
    assert len(set(model.names.values())) == 3
    with language("zh"):
        assert "garden/opera" in model.names[retired]
    assert np.bincount(model.labels_)[0] == max(np.bincount(model.labels_)), "0 is the largest"
    assert set(model.keys) == {"group_1", "group_2", "group_3"}


def test_numbers_alone_give_the_partition_of_scikit_learn():
    random = np.random.default_rng(3)
    frame = pd.DataFrame(random.normal(size=(500, 4)), columns=list("abcd"))
    for k in (2, 5, 8):
        ours = KMeans(k=k).fit(frame)
        points = Space.learn(frame).place(frame)
        theirs = TheirKMeans(k, n_init=10, random_state=ours.seed).fit(points).labels_
        assert (pd.crosstab(ours.labels_, theirs).gt(0).sum() == 1).all()


def test_gaps_form_no_group():
    frame, kind = customers()
    random = np.random.default_rng(1)
    for name in frame.columns:
        frame.loc[random.random(len(frame)) < 0.25, name] = None
    model = KMeans(k=3).fit(frame)
    half = frame.notna().sum(axis=1) >= 2
    assert ((model.labels_ >= 0) == half).all(), "a row of which less than half is known is in no group"
    table = pd.crosstab(model.labels_[half], kind[half]).to_numpy()
    assert table.max(axis=1).sum() > 0.95 * half.sum()


def test_keys_keep_their_meaning_on_new_data():
    frame, kind = customers()
    model = KMeans(k=3).fit(frame)
    meant = {kind[place]: label for place, label in enumerate(model.labels_.tolist())}
    for seed in range(1, 6):
        # other people, another order of sizes, everyone a year older
        later, of = customers(400, seed, shift=1.0)
        part = (of != seed % 3) | (np.arange(400) % 4 == 0)
        again = KMeans(k=3, seed=seed).fit(later[part], previous=KMeans.from_bytes(model.to_bytes()))
        assert dict(zip(of[part], again.labels_.tolist(), strict=True)) == meant


def test_a_kind_that_is_new_gets_a_number_that_was_never_used():
    frame, _kind = customers()
    model = KMeans(k=3).fit(frame)
    more = pd.DataFrame({"age": 15.0, "occupation": "pupil", "interests": "football"}, index=range(80))
    again = KMeans(k=4).fit(pd.concat([frame, more]), previous=model)
    assert set(again.labels_[-80:]) == {3}
    assert (again.labels_[:-80] == model.labels_).all()
    # it goes, and comes back: its number is its own for as long as the chain of runs knows it
    third = KMeans(k=3).fit(frame, previous=again)
    assert (third.labels_ == model.labels_).all()
    assert third.used_ == 4


def test_other_columns_begin_anew():
    frame, _kind = customers()
    model = KMeans(k=3).fit(frame)
    other = frame.rename(columns={"age": "a", "occupation": "b", "interests": "c"})
    assert set(KMeans(k=3).fit(other, previous=model).labels_) == {0, 1, 2}


def test_the_order_of_rows_and_the_number_of_threads_change_nothing():
    frame, _kind = customers()
    one, two = KMeans(k=3).fit(frame), KMeans(k=3).fit(frame)
    assert one.to_bytes() == two.to_bytes()
    assert (one.labels_ == two.labels_).all()


def test_kept_and_read_again_it_says_the_same():
    frame, _kind = customers()
    model = KMeans().fit(frame)
    again = KMeans.from_bytes(model.to_bytes())
    assert (again.predict(frame) == model.labels_).all()
    assert again.to_bytes() == model.to_bytes()
    assert again.names == model.names
    with pytest.raises(ValueError, match="not a KMeans"):
        KMeans.from_bytes(b'{"kind": "Logistic"}')
    with pytest.raises(ValueError, match="fit the model first"):
        KMeans().predict(frame)


def test_large_tables_are_learned_on_a_sample_and_given_in_blocks(monkeypatch):
    monkeypatch.setattr(mixed_kmeans, "_SAMPLE", 200)
    monkeypatch.setattr("daogou.profile.mixed._BLOCK", 64)
    frame, kind = customers(1000)
    model = KMeans(k=3).fit(frame)
    assert len(model.labels_) == 1000
    assert pd.crosstab(model.labels_, kind).gt(0).to_numpy().sum() == 3


@pytest.mark.parametrize("k", [-1, 1])
def test_one_group_is_none(k):
    with pytest.raises(ValueError, match="k must be 0"):
        KMeans(k=k)


def test_too_little_is_told():
    three = pd.DataFrame({"age": [20, 30, 40], "plan": ["a", "b", "a"]})
    assert sorted(KMeans(k=3).fit(three).labels_.tolist()) == [0, 1, 2]
    with pytest.raises(TooFewError, match="5 groups are asked for, and there are 3 different rows"):
        KMeans(k=5).fit(three)
    with pytest.raises(TooFewError, match=f"too few rows to choose the number of groups: 3 .* needed: {FEWEST}"):
        KMeans().fit(three)
    with pytest.raises(TooFewError, match="nothing in these columns differs from row to row: plan"):
        KMeans(k=2).fit(pd.DataFrame({"plan": ["a"] * 50}))
    with pytest.raises(TooFewError, match="nothing in these columns differs"):
        KMeans(k=2).fit(pa.table({"age": pa.array([], pa.int64())}))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("customer_id", range(900, 960)),
        ("row", range(60)),
        ("memberID", np.random.default_rng(0).permutation(10_000)[:60]),
        ("会员编号", np.random.default_rng(0).permutation(10_000)[:60]),
        ("mail", [f"person{n}@shop.example" for n in range(60)]),
        ("comment", [f"comment {n % 55}" for n in range(60)]),
    ],
)
def test_a_column_that_names_customers_is_refused(name, values):
    frame = pd.DataFrame({"age": np.arange(60) % 7, name: list(values)})
    with pytest.raises(DaogouError, match=f"the column '{name}' differs in every row"):
        KMeans(k=2).fit(frame)


def test_amounts_may_differ_in_every_row():
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"income": random.permutation(90_000)[:60], "spend": random.lognormal(size=60)})
    assert set(KMeans(k=2).fit(frame).labels_) == {0, 1}


def test_customers_along_one_line_are_no_kinds():
    """Who orders more also spends more: the curve of one cloud of numbers lies above its shuffle, and says nothing."""
    random = np.random.default_rng(8)
    eager = random.normal(size=(300, 1))
    amounts = np.exp(0.8 * eager + 0.6 * random.normal(size=(300, 3)))
    model = KMeans().fit(pa.table({name: amounts[:, n] for n, name in enumerate(("orders", "sales", "days"))}))
    assert not model.better_than_noise
