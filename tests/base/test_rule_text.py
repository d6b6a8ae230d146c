import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.base.errors import DaogouError
from daogou.base.rule import EVENTS, AllOf, AnyOf, Comparison, Did, Field, Named, Not, Sequence, Tag
from daogou.base.rule_text import from_file, from_json, from_toml, to_json, to_toml

texts = st.text(min_size=1).filter(str.strip).filter(lambda text: text.isprintable() or "\n" in text or "\x7f" in text)
numbers = st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)
days = st.integers(1, 400)


def comparisons(values, operators):
    one = st.builds(Comparison, st.sampled_from(operators), values)
    several = st.builds(
        Comparison, st.sampled_from(["in", "not_in"]), st.lists(values, min_size=1, max_size=3).map(tuple)
    )
    return st.lists(one | several, min_size=1, max_size=2, unique_by=lambda one: one.operator).map(tuple)


of_text = comparisons(texts, ["is", "is_not", "contains"])
of_number = comparisons(numbers, ["is", "is_not", "above", "at_most"])
of_measure = st.builds(lambda value: (Comparison("at_least", value),), numbers)
filters = st.builds(lambda found: (Named("store", found),), of_text) | st.builds(
    lambda f: (Named("amount", f),), of_number
)
bought = st.builds(
    Did,
    event=st.just("bought"),
    where=st.just(()) | filters,
    within=st.none() | st.integers(10, 400),
    skip_last=st.integers(0, 9),
    on=st.just(()) | st.lists(texts, min_size=1, max_size=2).map(tuple),
)
leaves = (
    st.builds(Field, st.sampled_from(["attribute", "profile"]), texts, of_text | of_number)
    | st.builds(Tag, st.tuples(texts, texts).map(lambda pair: f"{pair[0].replace(':', '')}m:{pair[1]}"))
    | bought
    | st.builds(Did, event=st.sampled_from(sorted(EVENTS)), done=st.booleans())
    | st.builds(Did, event=st.just("bought"), measures=st.builds(lambda found: (Named("sum", found),), of_measure))
    | st.builds(Sequence, bought, bought, days)
)
rules = st.recursive(
    leaves,
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(tuple).flatmap(
        lambda parts: st.sampled_from([AllOf(parts), AnyOf(parts), Not(parts[0])])
    ),
    max_leaves=8,
)  # fmt: skip


@given(rules)
def test_a_rule_comes_back_from_toml_and_json(rule):
    assert from_toml(to_toml(rule), "here") == rule
    assert from_json(to_json(rule), "here") == rule


def test_files_of_both_kinds_are_read(tmp_path):
    rule = Did("bought", within=28)
    (tmp_path / "a.toml").write_text(to_toml(rule), encoding="utf-8-sig")
    (tmp_path / "b.JSON").write_text(to_json(rule), encoding="utf-8")
    assert from_file(tmp_path / "a.toml") == from_file(tmp_path / "b.JSON") == rule


def test_what_cannot_be_read_is_said(tmp_path):
    (tmp_path / "wide.toml").write_bytes("tag = '\xe9:a'".encode("latin-1"))
    for name, said in (
        ("rule.txt", "a rule is read from a file that ends in .toml or .json. Rename it, or give its text."),
        ("none.toml", "the file cannot be read. Look whether it is there."),
        ("wide.toml", "the file is not UTF-8 text. Save it as UTF-8."),
    ):
        with pytest.raises(DaogouError) as error:
            from_file(tmp_path / name)
        assert str(error.value) == f"{tmp_path / name}: {said}"


def test_text_that_is_neither_is_said():
    with pytest.raises(DaogouError, match="here: this is not valid TOML: .* Mend that line"):
        from_toml("all = [", "here")
    with pytest.raises(DaogouError, match="here: this is not valid JSON: .* Mend that line"):
        from_json("{", "here")


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (from_json, '{"not":' * 100_000 + "1" + "}" * 100_000),
        (from_toml, "not = " + "{not=" * 100_000 + "1" + "}" * 100_000),
        (from_json, '{"not":' * 50 + '{"did": "bought"}' + "}" * 50),
    ],
)
def test_a_bomb_of_brackets_is_refused(read, text):
    with pytest.raises(DaogouError, match="nested"):
        read(text, "here")


def test_json_says_nothing_that_json_cannot():
    with pytest.raises(DaogouError, match="nan is no number"):
        from_json('{"profile": "orders", "above": NaN}', "here")
    with pytest.raises(DaogouError, match="inf is no number"):
        from_toml('profile = "orders"\nabove = inf', "here")
    with pytest.raises(DaogouError, match="is not a text or a number"):
        from_toml(f'profile = "orders"\nis = {date(2024, 1, 1)}', "here")
    assert json.loads(to_json(Tag("rules:高价值"))) == {"tag": "rules:高价值"}


def test_a_name_that_stands_twice_in_json_is_a_mistake_as_in_toml():
    for text in ('{"did": "bought", "did": "viewed"}', '{"all": [{"did": "bought", "within": 7, "within": 28}]}'):
        with pytest.raises(DaogouError, match=r"here: '(did|within)' stands twice in one part\. Give each a part"):
            from_json(text, "here")


def test_a_number_of_too_many_digits_is_a_mistake_and_no_crash():
    digits = "9" * 5_000
    with pytest.raises(DaogouError, match="not valid JSON"):
        from_json(f'{{"did": "bought", "within": {digits}}}', "here")
    with pytest.raises(DaogouError, match="not valid TOML"):
        from_toml(f'did = "bought"\nwithin = {digits}', "here")
