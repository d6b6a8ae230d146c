import pytest

from daogou.store import models


def test_bytes_come_back_by_their_hash(tmp_path):
    name = models.put(tmp_path, b"weights")
    assert models.put(tmp_path, b"weights") == name
    assert models.get(tmp_path, name) == b"weights"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_altered_bytes_are_refused(tmp_path):
    name = models.put(tmp_path, b"weights")
    (tmp_path / name).write_bytes(b"others")
    with pytest.raises(ValueError, match="was altered"):
        models.get(tmp_path, name)


def test_what_no_row_names_is_swept(tmp_path):
    kept, orphan = models.put(tmp_path, b"kept"), models.put(tmp_path, b"orphan")
    (tmp_path / ".writing-x").write_bytes(b"half")
    assert models.sweep(tmp_path, [kept]) == 2
    assert models.get(tmp_path, kept) == b"kept"
    assert not (tmp_path / orphan).exists()
    assert models.sweep(tmp_path / "none", []) == 0
