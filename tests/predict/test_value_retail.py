"""On Online Retail, whose largest buyers are resellers, and of whose last autumn the history knows nothing."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from daogou.predict.value import customer_values
from daogou.predict.value_sales import Sales, wholesale
from daogou.predict.value_settings import ValueSettings


def day(text):
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


@pytest.fixture(scope="module")
def retail(data_folder):
    rows = pq.read_table(data_folder / "online-retail" / "online-retail.parquet")
    rows = rows.filter(rows["CustomerID"].is_valid())
    money = rows["Quantity"].to_numpy() * rows["UnitPrice"].to_numpy()
    when = rows["InvoiceDate"].cast(pa.timestamp("s")).cast(pa.date32(), safe=False).cast(pa.int32()).to_numpy()
    who = rows["CustomerID"].cast(pa.float64()).to_numpy().astype(np.int64)
    return Sales.of(who, when, np.maximum(money, 0.0), np.maximum(-money, 0.0))


def test_names_the_resellers_and_few_others(retail):
    buyers = retail.until(day("2011-12-10"))
    named = set(buyers.customer[wholesale(buyers)].tolist())
    assert {18102, 17450, 14646, 12415} <= named  # thousands of pieces a purchase
    assert not {12346, 16446} & named  # one huge order each, cancelled on its own day: it never was one
    assert len(named) < 0.01 * len(buyers.customer)


def test_the_summer_is_met_within_ten_per_cent(retail):
    values = customer_values(retail, day("2011-06-01"), 1.0, ValueSettings(days=90, discount=0.0, draws=100))
    came = retail.between(day("2011-06-01"), day("2011-06-01") + 90, values.buyers.customer)[1].sum()
    total = values.totals["contribution"]
    assert total.value == pytest.approx(came, rel=0.1)
    assert total.low < came < total.high
