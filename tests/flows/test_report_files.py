"""The files of a release."""

import pyarrow as pa

from daogou.flows.report import _model_files


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
