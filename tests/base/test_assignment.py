import ibis
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from daogou.base.assignment import draw, draw_expr, slot
from daogou.store.warehouse import Warehouse

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(salt=WORDS, campaign=WORDS, units=st.lists(WORDS, min_size=1, max_size=5))
def test_python_and_ibis_draw_the_same_lots(salt, campaign, units):
    with Warehouse(":memory:") as warehouse:
        rows = ibis.memtable(pa.table({"unit": pa.array(units, pa.string())}))
        drawn = warehouse.to_arrow(rows.select(lot=draw_expr(salt, campaign, rows.unit)))["lot"].to_pylist()
    assert drawn == [draw(salt, campaign, unit) for unit in units]


def test_lots_are_uniform_and_independent_between_campaigns():
    first = [draw("s", "spring", str(unit)) for unit in range(20_000)]
    second = [draw("s", "autumn", str(unit)) for unit in range(20_000)]
    tenths = [sum(int(lot * 10) == i for lot in first) for i in range(10)]
    assert sum((n - 2000) ** 2 / 2000 for n in tenths) < 27.9  # chi-squared, 9 degrees of freedom, 0.1 %
    both = sum(a < 0.5 and b < 0.5 for a, b in zip(first, second, strict=True))
    assert abs(both - 5000) < 4 * (20_000 * 0.25 * 0.75) ** 0.5


def test_slots_are_equal_parts_that_have_nothing_to_do_with_the_lots_of_a_campaign():
    parts = [slot("s", "vouchers", str(unit), 4) for unit in range(20_000)]
    lots = [draw("s", "spring", str(unit)) for unit in range(20_000)]
    sizes = [parts.count(place) for place in range(4)]
    assert sum((n - 5000) ** 2 / 5000 for n in sizes) < 16.3  # chi-squared, 3 degrees of freedom, 0.1 %
    low = [sum(lot < 0.5 for lot, part in zip(lots, parts, strict=True) if part == place) for place in range(4)]
    assert all(abs(found - n / 2) < 4 * (n / 4) ** 0.5 for found, n in zip(low, sizes, strict=True))
    assert parts != [slot("s", "mails", str(unit), 4) for unit in range(20_000)]
    assert {slot("s", "vouchers", str(unit), 1) for unit in range(100)} == {0}
