import pyarrow as pa
import pytest

from daogou.base.errors import DaogouError
from daogou.predict.table import take_label


def test_a_label_that_is_not_there_gets_the_nearest_name():
    with pytest.raises(DaogouError, match="there is no column 'Chrun'. Did you mean 'Churn'"):
        take_label(pa.table({"Churn": [1]}), "Chrun", "churn.csv")
