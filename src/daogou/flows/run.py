"""The stages in order, each timed and weighed."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import psutil

from daogou.base.clock import Clock
from daogou.flows.workspace import Progress, Stage, StageReport, Workspace
from daogou.store.tables import TABLES

STAGES = ("ingest", "profile", "segment", "recommend", "predict", "plan", "measure", "report")
_LOOK_EVERY = 0.02  # seconds between two looks at the memory in use


@dataclass
class Weight:
    """The most memory that was in use, in MB."""

    peak_mb: float = 0.0


def stage(name: str) -> Stage:
    """The stage's function; its libraries are loaded now."""
    return getattr(import_module(f"daogou.flows.{name}"), name)  # type: ignore[no-any-return]


def run(
    workspace: Workspace,
    names: Sequence[str],
    clock: Clock,
    progress: Progress,
    tell: Callable[[str, StageReport], None],
) -> dict[str, Any]:
    """Run the stages ``names``; their summaries as one object, with ``tables``, ``seconds`` and ``peak_mb``.

    ``progress`` hears how far the whole is, ``tell`` each stage's report.
    """
    said: dict[str, Any] = {"seconds": {}, "peak_mb": {}}
    for i, name in enumerate(names):

        def inner(done: float, text: str, name: str = name, i: int = i) -> None:
            progress((i + done) / len(names), f"{name}: {text}")

        inner(0.0, "")
        start = time.perf_counter()
        with weighed() as weight:
            report = stage(name)(workspace, clock, inner)
        said["seconds"][name] = workspace.seconds[name] = round(time.perf_counter() - start, 2)
        said["peak_mb"][name] = round(weight.peak_mb)
        said |= report.summary
        tell(name, report)
    with workspace.warehouse() as warehouse:
        said["tables"] = {table.name: warehouse.count(table) for table in TABLES.values()}
    return said


@contextmanager
def weighed() -> Iterator[Weight]:
    """Watch this process's memory while the block runs."""
    weight, done, process = Weight(), threading.Event(), psutil.Process()

    def watch() -> None:
        while True:
            weight.peak_mb = max(weight.peak_mb, process.memory_info().rss / 1e6)
            if done.wait(_LOOK_EVERY):
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield weight
    finally:
        done.set()
        thread.join()
