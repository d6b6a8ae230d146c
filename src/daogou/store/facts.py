"""The facts as Parquet, in versions: what Spark reads, and what is written again only where it changed.

``facts/current`` holds the version that counts; ``facts/<version>/orders.parquet`` and so on are its tables. A version
is named by what is in it. Tables that did not change since the version before are hard links to its files. Only the
current version is kept: a row that left the warehouse shall lie nowhere else.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from daogou.store.tables import FACTS, INGESTED_FILES, QUARANTINE, Table
from daogou.store.warehouse import Warehouse

KEPT = tuple(table for table in FACTS if table not in (QUARANTINE, INGESTED_FILES))  # nobody computes with the others
_CURRENT = "current"
_MANIFEST = "manifest.json"
_BUILDING = ".building"


def write_facts(warehouse: Warehouse, folder: Path) -> Path:
    """Bring the Parquet in ``folder`` up to the facts of ``warehouse``; the folder of the version that holds them.

    Killed at any moment, it leaves the version before or the new one whole.
    """
    contents = {table.name: warehouse.fingerprint(table) for table in KEPT}
    version = hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()[:16]
    old = current(folder)
    if old is None or old.name != version:
        folder.mkdir(parents=True, exist_ok=True)
        building = folder / _BUILDING
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir()
        before = _contents(old)
        for table in KEPT:
            _write_table(warehouse, table, building, old if before.get(table.name) == contents[table.name] else None)
        (building / _MANIFEST).write_text(json.dumps(contents, indent=1, sort_keys=True), encoding="utf-8")
        shutil.rmtree(folder / version, ignore_errors=True)
        building.replace(folder / version)
        _switch(folder, version)
    for other in folder.iterdir():
        if other.is_dir() and other.name != version:
            shutil.rmtree(other)
    return folder / version


def current(folder: Path) -> Path | None:
    """The folder of the version that counts; None before the first."""
    pointer = folder / _CURRENT
    version = pointer.read_text(encoding="utf-8").strip() if pointer.exists() else ""
    return folder / version if version and (folder / version / _MANIFEST).exists() else None


def parquet(version: Path, table: Table) -> Path:
    """Where a version holds a table."""
    return version / f"{table.name}.parquet"


def _contents(version: Path | None) -> Mapping[str, str]:
    return json.loads((version / _MANIFEST).read_text(encoding="utf-8")) if version else {}


def _write_table(warehouse: Warehouse, table: Table, building: Path, unchanged_in: Path | None) -> None:
    if unchanged_in is not None:
        try:
            os.link(parquet(unchanged_in, table), parquet(building, table))
            return
        except OSError:  # the disk knows no hard links, or the file is gone: written again then
            pass
    warehouse.write_parquet(table, parquet(building, table))


def _switch(folder: Path, version: str) -> None:
    """A reader of the pointer sees the old version or the new one, never half a name."""
    draft = folder / f".{_CURRENT}"
    with draft.open("w", encoding="utf-8") as file:
        file.write(version)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / _CURRENT)
