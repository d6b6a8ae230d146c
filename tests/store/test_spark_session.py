"""What is said before Spark starts, and what it is started with; sessions themselves are tested in test_spark.py."""

import gc
import warnings
from pathlib import Path

import pytest

from daogou.base.errors import DaogouError
from daogou.store import spark_session as module
from daogou.store.settings import WarehouseSettings
from daogou.store.spark_session import properties, spark_session


def start(tmp_path, **settings):
    with spark_session(WarehouseSettings(engine="spark", **settings), 1024, tmp_path / "scratch"):
        raise AssertionError("it started")


def test_without_pyspark_one_reads_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    with pytest.raises(DaogouError, match=r"needs pyspark.*pip install 'daogou\[spark\]'"):
        start(tmp_path)


@pytest.mark.parametrize("variable", ["JAVA_HOME", "PATH"])
def test_without_java_one_reads_what_to_install(tmp_path, monkeypatch, variable):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv(variable, str(tmp_path))
    with pytest.raises(DaogouError, match="needs Java.*openjdk-17-jre-headless"):
        start(tmp_path)


def test_a_java_that_does_not_start_spark_is_told_with_its_log(tmp_path, monkeypatch):
    """An old Java says so and ends; what it says is in the log that the hint names."""
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho UnsupportedClassVersionError >&2\nexit 1\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(DaogouError, match="Spark does not start.*Java 17") as told:
        start(tmp_path)
    log = tmp_path / "spark.log"
    assert str(log) in str(told.value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # pyspark leaves a pipe to the process that ended
        del told
        gc.collect()
    assert "UnsupportedClassVersionError" in log.read_text()


def test_one_machine_listens_to_itself_alone():
    made = properties(WarehouseSettings(engine="spark"), 2000, Path("/w/spill/spark"))
    assert made["spark.driver.bindAddress"] == made["spark.driver.host"] == "127.0.0.1"
    assert made["spark.driver.memory"] == "2000m"
    assert made["spark.sql.session.timeZone"] == "UTC"
    assert made["spark.ui.enabled"] == "false"


def test_a_cluster_finds_the_driver_as_the_company_says():
    given = {"spark.executor.memory": "8g", "spark.driver.extraJavaOptions": "-Dx=1", "spark.ui.enabled": "true"}
    settings = WarehouseSettings(engine="spark", spark_master="spark://head:7077", spark=given)
    made = properties(settings, 2000, Path("/w/spill/spark"))
    assert "spark.driver.host" not in made
    assert "spark.sql.shuffle.partitions" not in made
    assert made["spark.executor.memory"] == "8g"
    assert made["spark.ui.enabled"] == "true"
    assert made["spark.driver.extraJavaOptions"].endswith("log4j2.properties -Dx=1")
