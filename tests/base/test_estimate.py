import json
import math

from daogou.base.estimate import Estimate


def test_an_estimate_without_interval_is_valid_json():
    written = Estimate(0.5, math.nan, math.inf, 3, "share").as_dict()
    assert json.loads(json.dumps(written, allow_nan=False)) == {
        "value": 0.5, "low": None, "high": None, "n": 3, "unit": "share",
    }  # fmt: skip


def test_zero_is_excluded_on_one_side_only():
    assert Estimate(2, 1, 3, 9).excludes_zero
    assert Estimate(-2, -3, -1, 9).excludes_zero
    assert not Estimate(0.5, -1, 3, 9).excludes_zero
    assert not Estimate(0.5, math.nan, math.nan, 9).excludes_zero
