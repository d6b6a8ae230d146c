"""The files of a release."""

from datetime import date

import pyarrow as pa

from daogou.flows.report import _model_files, released
from daogou.store.tables import LEARNINGS, READINGS
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows


def test_a_target_named_like_a_path_stays_inside_the_release():
    rows = pa.table(
        {
            "name": ["predict/../../x", "predict/DRUG GM", "predict/DRUG/GM", "segment", "recommend/ItemKNN"],
            "artefact": ["a", "b", "c", "d", "d"],
        }
    )
    assert _model_files(rows) == {
        "models/predict/_x": "a",
        "models/predict/DRUG_GM": "b",
        "models/predict/DRUG_GM-2": "c",
        "models/segment": "d",
        "models/recommend/ItemKNN": "d",
    }


def test_a_release_holds_every_reading_that_was_ever_made_and_of_other_tables_todays():
    days = [date(2026, 1, 1), date(2026, 2, 1)]
    with Warehouse(":memory:") as warehouse:
        for table in (READINGS, LEARNINGS):
            warehouse.append(table, rows(table, *({"as_of": day, "name": "spring"} for day in days)))
        tables = released(warehouse, days[1])
    assert tables["readings"]["as_of"].to_pylist() == days
    assert tables["learnings"]["as_of"].to_pylist() == days[1:]
