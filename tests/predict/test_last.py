import pyarrow as pa
import pytest

from daogou.predict import load
from daogou.predict.last import Last

FRAME = pa.table({"before": [3.0, None, 8.0], "other": [1, 2, 3]})


def test_as_much_again_and_the_mean_where_nothing_is_known():
    model = Last("before").fit(FRAME, [1.0, 2.0, 6.0])
    assert model.predict(FRAME).tolist() == [3.0, 3.0, 8.0]
    assert model.of_values
    assert load(model.to_bytes()).predict(FRAME).tolist() == [3.0, 3.0, 8.0]


def test_its_reason_is_the_column():
    told = Last("before").fit(FRAME, [1.0, 2.0, 6.0]).contributions(FRAME)
    assert (told.names, told.base, told.unit) == (("before",), 3.0, "value")
    assert told.scores.tolist() == [3.0, 3.0, 8.0]


def test_an_unknown_column_is_told():
    with pytest.raises(ValueError, match="there is no column 'befor'"):
        Last("befor").fit(FRAME, [1.0, 2.0, 6.0])
