from datetime import date

import pytest

from daogou.base.errors import DaogouError
from daogou.base.words import language
from daogou.predict.settings import PredictSettings, TargetSettings, with_targets


def _read(**targets):
    return with_targets({"targets": targets})["targets"]


def test_targets_are_read_as_they_are_written():
    found = _read(
        tea={"where": {"category": "TEA", "amount": {"at_least": 20}}, "within": 14},
        ended={"kind": "churn", "attribute": "status", "left": "cancelled", "cuts": [date(2025, 1, 1), "2025-02-01"]},
    )
    assert found["tea"] == TargetSettings(where={"category": "TEA", "amount": {"at_least": 20}}, within=14)
    assert found["ended"].left == ("cancelled",)
    assert found["ended"].cuts == (date(2025, 1, 1), date(2025, 2, 1))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"kind": "spends"}, r"\[predict.targets.x\] kind: there is no kind of target 'spends'. Did you mean 'spend'"),
        ({"evnt": "read"}, r"\[predict.targets.x\]: unknown setting 'evnt'. Did you mean 'event'"),
        ({"event": "reads"}, r"\[predict.targets.x\] event: unknown event 'reads'. Did you mean 'read'"),
        ({"kind": "spend", "event": "read"}, "'event' has no place in a target of kind 'spend'. Known are: where"),
        ({"kind": "churn", "where": {}}, "'where' has no place in a target of kind 'churn'"),
        ({"where": {"categry": "A"}}, "where.categry: 'bought' has no filter 'categry'. Did you mean 'category'"),
        ({"population": {"profil": "orders"}}, "population: unknown part of a rule 'profil'. Did you mean 'profile'"),
        ({"kind": "churn", "left": "gone"}, "needs both an attribute and its value that means left"),
        ({"kind": "churn", "attribute": "status"}, "needs both an attribute and its value that means left"),
        ({"within": 0}, "within must be 1 or more"),
        ({"within": "soon"}, "it must be a whole number"),
        ({"cuts": ["2024-02-01", "2024-01-01"]}, "cuts must rise, each day once"),
        ({"cuts": ["2024-02-01"], "spacing_days": 7}, "cuts and spacing_days say the same thing"),
        (3, r"\[predict.targets\]: 'x' is a value, not a section. Write \[predict.targets.x\]"),
    ],
)
def test_a_target_that_is_none_is_told_with_where_and_what_next(told, said):
    with pytest.raises(DaogouError, match=said):
        _read(x=told)
    with language("zh"), pytest.raises(DaogouError, match="[\u4e00-\u9fff]"):
        _read(x=told)


@pytest.mark.parametrize("name", ["inactive", "anything", "p_alive", "a:b", " ", "x" * 61])
def test_names_that_are_taken_or_no_names_are_refused(name):
    with pytest.raises(DaogouError, match="cannot be the name of a target"):
        _read(**{name: {}})


def test_targets_must_be_a_section_and_models_known():
    with pytest.raises(DaogouError, match=r"Write \[predict.targets.NAME\]"):
        with_targets({"targets": 3})
    with pytest.raises(DaogouError, match=r"\[predict\] models: unknown model 'boost'. Did you mean 'boosted'"):
        with_targets({"models": ["boost"]})


@pytest.mark.parametrize(
    "wrong",
    [
        {"purchase_days": 0},
        {"history_days": 7},
        {"fewest_customers": 3},
        {"resamples": 10},
        {"train_moments": 0},
        {"models": ()},
        {"models": ("svm", "svm")},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        PredictSettings(**wrong)
