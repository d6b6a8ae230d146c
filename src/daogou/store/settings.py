"""Settings of the warehouse."""

from dataclasses import dataclass
from typing import Literal

from daogou.base.settings import setting
from daogou.base.words import gettext as _

EngineName = Literal["duckdb", "spark"]


@dataclass(frozen=True)
class WarehouseSettings:
    """Section [warehouse] of daogou.toml."""

    engine: EngineName = setting(
        "duckdb", "what computes profiles, RFM and rules: duckdb or spark; when which: docs/methods/engines.md"
    )
    memory: int = setting(
        0, "MB that the engine may fill before it works from disk; 0: by this machine's memory, see engines.md"
    )
    spark_master: str = setting("local[*]", "where Spark runs: local[*], this machine; or a cluster, spark://HOST:7077")
    spark: dict[str, str] = setting(
        dict, 'more properties of Spark, in [warehouse.spark]: "spark.executor.memory" = "8g"'
    )

    def __post_init__(self) -> None:
        if self.memory != 0 and self.memory < 256:
            raise ValueError(_("memory must be 0 or at least 256 MB"))
