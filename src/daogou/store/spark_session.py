"""A session of Apache Spark: where it runs, what it may use, and that it goes away again."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.store.settings import WarehouseSettings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_WHERE = "daogou.toml [warehouse]"
_LOGGING = Path(__file__).with_name("log4j2.properties")
_JAVA_OPTIONS = "spark.driver.extraJavaOptions"
_STOPPING = 30  # seconds that Java may take to end


@contextmanager
def spark_session(settings: WarehouseSettings, memory: int, scratch: Path) -> Iterator["SparkSession"]:
    """A session on ``spark_master``, with ``memory`` MB for the Java process that this one starts.

    What Spark says goes to ``spark.log`` beside ``scratch``. At the end the session and the Java process are gone.

    Raises:
        DaogouError: pyspark or Java is missing, or Spark does not start.
    """
    _check_installed()
    import pyspark
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    conf = SparkConf(loadDefaults=False).setAll(list(properties(settings, memory, scratch).items()))
    scratch.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("SPARK_HOME", str(Path(pyspark.__file__).parent))
    os.environ["SPARK_WORKER_DIR"] = str(scratch / "work")  # of local-cluster, which else writes beside Spark itself
    log = scratch.with_name("spark.log")
    gateway = None
    try:
        with log.open("w", encoding="utf-8") as file:
            gateway = launch_gateway(conf, popen_kwargs={"stdout": file, "stderr": file})  # type: ignore[no-untyped-call]
        session = SparkSession(SparkContext(gateway=gateway, conf=conf))
    except (PySparkException, Py4JError) as error:
        _end(gateway)
        raise DaogouError(
            _("Spark does not start: {error}").format(error=str(error).strip().splitlines()[0]),
            f"{_WHERE} spark_master = '{settings.spark_master}'",
            _("Look into {log}; Spark needs Java 17 or newer.").format(log=log),
        ) from None
    try:
        yield session
    finally:
        session.stop()
        _end(gateway)


def properties(settings: WarehouseSettings, memory: int, scratch: Path) -> dict[str, str]:
    """The properties of Spark: ours, and over them those of ``[warehouse.spark]``."""
    made = {
        "spark.app.name": "daogou",
        "spark.master": settings.spark_master,
        "spark.driver.memory": f"{memory}m",
        _JAVA_OPTIONS: f"-Dlog4j2.configurationFile={_LOGGING.as_uri()}",
        "spark.local.dir": str(scratch / "local"),
        "spark.sql.warehouse.dir": str(scratch / "tables"),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",  # what overflows or cannot be cast is an error, not an empty value
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    if settings.spark_master.startswith("local"):
        # one machine: nothing listens to the network, and more parts than cores only cost
        made |= {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
        made["spark.sql.shuffle.partitions"] = str(2 * (os.cpu_count() or 1))
    own = settings.spark.get(_JAVA_OPTIONS, "")
    return made | settings.spark | {_JAVA_OPTIONS: f"{made[_JAVA_OPTIONS]} {own}".strip()}


def _check_installed() -> None:
    if find_spec("pyspark") is None:
        raise DaogouError(
            _("engine = 'spark' needs pyspark, which is not installed"),
            _WHERE,
            _("Run: pip install 'daogou[spark]'; or write engine = 'duckdb'."),
        )
    home = os.environ.get("JAVA_HOME")
    if not which("java", path=str(Path(home, "bin")) if home else None):
        raise DaogouError(
            _("engine = 'spark' needs Java, which is not found"),
            _WHERE,
            _("Install Java 17, such as the package openjdk-17-jre-headless, or let JAVA_HOME name its folder."),
        )


def _end(gateway: Any) -> None:
    """End the Java process, and let pyspark forget it, so that a later session starts its own."""
    from pyspark import SparkContext

    SparkContext._gateway = SparkContext._jvm = None
    if gateway is not None:
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(_STOPPING)
