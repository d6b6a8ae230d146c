"""Artefacts: immutable bytes named by their SHA-256. The row that names one is its only commit."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def put(folder: Path, data: bytes) -> str:
    """Store ``data``; its SHA-256 in hex. Storing the same bytes again changes nothing."""
    name = hashlib.sha256(data).hexdigest()
    target = folder / name
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".writing-")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    return name


def get(folder: Path, name: str) -> bytes:
    """The bytes named ``name``.

    Raises:
        ValueError: the bytes are not those that were stored.
    """
    data = (folder / name).read_bytes()
    if hashlib.sha256(data).hexdigest() != name:
        raise ValueError(f"artefact {name} was altered")
    return data


def sweep(folder: Path, keep: Iterable[str]) -> int:
    """Delete the artefacts that no row names; how many there were."""
    wanted = set(keep)
    orphans = [file for file in folder.glob("*") if file.name not in wanted] if folder.exists() else []
    for file in orphans:
        file.unlink()
    return len(orphans)
