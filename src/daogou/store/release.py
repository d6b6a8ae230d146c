"""A release: an immutable folder of what pages and services read, switched atomically.

``releases/current`` holds the id of the release that counts. Files that did not change since it are hard links to its
own, so a release costs the disk only what is new. At most three are kept.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

KEPT = 3
_CURRENT = "current"
_MANIFEST = "manifest.json"
_BUILDING = ".building-"


def publish(
    folder: Path,
    tables: Mapping[str, pa.Table],
    files: Mapping[str, bytes],
    about: Mapping[str, Any],
    now: datetime,
    before_switch: Callable[[str], None],
) -> str:
    """Write a release of ``tables`` (as Parquet) and ``files``, switch to it, and give its id.

    ``before_switch`` is called with the id when the release is complete; if it raises, the old release stays current.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _clear_unfinished(folder)
    release_id = _free_id(folder, now)
    building = folder / f"{_BUILDING}{release_id}"
    building.mkdir()
    for name, table in tables.items():
        pq.write_table(table, building / f"{name}.parquet", compression="zstd")
    for name, data in files.items():
        target = building / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    hashes = _link_unchanged(folder, building)
    manifest = {**about, "release": release_id, "files": hashes}
    _write(building / _MANIFEST, json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False))
    building.replace(folder / release_id)
    before_switch(release_id)
    _write(folder / f".{_CURRENT}", release_id)
    (folder / f".{_CURRENT}").replace(folder / _CURRENT)
    _prune(folder, release_id)
    return release_id


def current(folder: Path) -> str | None:
    """The id of the release that counts; None before the first."""
    path = folder / _CURRENT
    return path.read_text(encoding="utf-8").strip() if path.exists() else None


def manifest(folder: Path, release_id: str) -> dict[str, Any]:
    """What the release says of itself."""
    text = (folder / release_id / _MANIFEST).read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def _releases(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _free_id(folder: Path, now: datetime) -> str:
    """The moment, with a number behind it where two releases fall into one second."""
    stamp = f"{now:%Y%m%dT%H%M%SZ}"
    taken = sum(name.startswith(stamp) for name in _releases(folder))
    return f"{stamp}-{taken}" if taken else stamp


def _link_unchanged(folder: Path, building: Path) -> dict[str, str]:
    """Replace files that the current release has too by links to its own; the SHA-256 of each file."""
    old_id = current(folder)
    old = manifest(folder, old_id)["files"] if old_id and (folder / old_id).exists() else {}
    hashes = {}
    for path in sorted(p for p in building.rglob("*") if p.is_file()):
        name = path.relative_to(building).as_posix()
        with path.open("rb") as file:
            hashes[name] = hashlib.file_digest(file, "sha256").hexdigest()
        if old_id and old.get(name) == hashes[name]:
            path.unlink()
            os.link(folder / old_id / name, path)
    return hashes


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _clear_unfinished(folder: Path) -> None:
    for path in folder.glob(f"{_BUILDING}*"):
        shutil.rmtree(path)


def _prune(folder: Path, newest: str) -> None:
    others = [name for name in _releases(folder) if name != newest]
    for name in others[: max(len(others) - (KEPT - 1), 0)]:
        shutil.rmtree(folder / name)
