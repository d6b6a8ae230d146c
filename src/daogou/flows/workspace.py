"""A company's folder: its settings, its stores, and what a stage is."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daogou.base.clock import Clock
from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.flows.settings import Settings, read_settings
from daogou.store.engine import Engine
from daogou.store.memory import engine_mb, machine_mb
from daogou.store.tables import ORDERS
from daogou.store.warehouse import Warehouse
from daogou.trust.keys import Keys, make_keys, read_keys

if TYPE_CHECKING:
    from daogou.store.ledger import Ledger

Progress = Callable[[float, str], None]  # the share that is done, 0 to 1, and what is being done


@dataclass(frozen=True)
class StageReport:
    """What a stage says: its part of the JSON, and sentences for people."""

    summary: dict[str, Any]
    lines: list[str] = field(default_factory=list)


Stage = Callable[["Workspace", Clock, Progress], StageReport]


class Workspace:
    """The folder of one company."""

    def __init__(self, path: Path) -> None:
        """Read the settings of the folder at ``path``."""
        self.path = path.resolve()
        self.settings: Settings = read_settings(self.path)
        self.artefacts = self.path / "artefacts"
        self.releases = self.path / "releases"
        self.report = self.path / "report.html"
        self.seconds: dict[str, float] = {}  # how long the stages of this run took, for the appendix

    @contextmanager
    def warehouse(self) -> Iterator[Warehouse]:
        """The warehouse, owned while the block lasts."""
        memory = engine_mb(self.settings.warehouse, machine_mb())
        with Warehouse(self.path / "warehouse.duckdb", self.path / "spill", memory) as warehouse:
            yield warehouse

    @contextmanager
    def engine(self, warehouse: Warehouse) -> Iterator[Engine]:
        """What computes profiles, RFM and rules over the warehouse while the block lasts, as the settings say.

        Raises:
            DaogouError: it is Spark, and Spark or Java is missing or does not start.
        """
        if self.settings.warehouse.engine == "duckdb":
            yield warehouse
            return
        from daogou.store.spark import spark_engine

        with spark_engine(self.settings.warehouse, warehouse, self.path) as engine:
            yield engine

    @contextmanager
    def ledger(self) -> "Iterator[Ledger]":
        """The ledger, open while the block lasts."""
        from daogou.store.ledger import Ledger  # here: it takes longer to load than stages without it need to start

        with Ledger(self.path / "ledger.sqlite") as ledger:
            yield ledger

    @cached_property
    def keys(self) -> Keys:
        """The keys of this workspace, made at its first use."""
        with self.ledger() as ledger:
            known = ledger.workspace_id()
            if known is not None:
                return read_keys(known)
            fresh = str(uuid.uuid4())
            keys = make_keys(fresh)  # before the ledger names them: keys that no ledger names harm nobody
            ledger.name_workspace(fresh)
            return keys

    def as_of(self, warehouse: Warehouse) -> date:
        """The local midnight that everything is computed for: the one after the last order.

        Raises:
            DaogouError: there are no orders.
        """
        last = warehouse.scalar(warehouse.table(ORDERS).local_day.max())
        if last is None:
            raise DaogouError(
                _("there are no orders yet"), str(self.path), _("Map a file to table 'sales' and run 'daogou ingest'.")
            )
        return last + timedelta(days=1)  # type: ignore[no-any-return]
