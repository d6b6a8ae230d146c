from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from daogou.store import release

NOW = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
TABLE = pa.table({"a": [1, 2]})


def publish(folder, now=NOW, model=b"m", before=lambda _id: None):
    return release.publish(folder, {"scores": TABLE}, {"models/x": model}, {"as_of": "2025-01-01"}, now, before)


def test_a_release_is_complete_and_then_current(tmp_path):
    seen = []
    made = publish(tmp_path, before=lambda name: seen.append((name, release.current(tmp_path))))
    assert seen == [(made, None)]
    assert release.current(tmp_path) == made == "20250102T030405Z"
    manifest = release.manifest(tmp_path, made)
    assert manifest["as_of"] == "2025-01-01"
    assert sorted(manifest["files"]) == ["models/x", "scores.parquet"]


def test_what_did_not_change_is_a_link(tmp_path):
    first = publish(tmp_path)
    second = publish(tmp_path, NOW + timedelta(seconds=1), model=b"n")
    same = [(tmp_path / name / "scores.parquet").stat().st_ino for name in (first, second)]
    other = [(tmp_path / name / "models/x").stat().st_ino for name in (first, second)]
    assert same[0] == same[1]
    assert other[0] != other[1]
    assert (tmp_path / first / "models/x").read_bytes() == b"m"


def test_a_failure_before_the_switch_leaves_the_old_release_current(tmp_path):
    first = publish(tmp_path)

    def fail(_name):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        publish(tmp_path, NOW + timedelta(seconds=1), before=fail)
    assert release.current(tmp_path) == first


def test_three_are_kept_and_two_in_one_second_differ(tmp_path):
    made = [publish(tmp_path), publish(tmp_path)]
    made += [publish(tmp_path, NOW + timedelta(seconds=s)) for s in (1, 2)]
    assert len(set(made)) == 4
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_dir()) == sorted(made[1:])
