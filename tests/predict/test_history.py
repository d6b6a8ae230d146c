import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daogou.predict.history import ANY, event_days, frame, history, outcomes
from daogou.store.tables import PROFILES
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows


def _past(shop, cut, categories=("tea",)):
    table = history(event_days(shop.warehouse, categories), [shop.day(cut)])
    return {(row["customer_id"], row["category"]): row for row in shop.warehouse.to_arrow(table).to_pylist()}


def test_a_customer_by_hand(shop):
    shop.item("green", "tea")
    shop.item("black", "tea")
    shop.item("cup", "china")
    shop.order(1, 0, "green", "black", each=3)
    shop.order(1, 10, "cup")
    shop.order(1, 30, "green")
    shop.order(1, 90, "green")
    shop.order(1, 100, "green")  # the day of the cut: not known yet
    shop.tell()
    tea = _past(shop, 100)[1, "tea"]
    assert tea == pytest.approx(
        {
            "customer_id": 1,
            "as_of": shop.day(100),
            "category": "tea",
            "recency": 10,
            "days": 3,
            "days_7": 0,
            "days_28": 1,
            "days_84": 2,
            "net_sales": 26.0,
            "net_sales_7": 0.0,
            "net_sales_28": 10.0,
            "net_sales_84": 20.0,
            "lines": 4,
            "gap_mean": 45.0,
            "gap_sd": 450**0.5,
            "overdue_ratio": 10 / 45,
            "periods": 3 / 6,
            **{f"fading_{n}": sum(0.5 ** (ago / n) for ago in (10, 70, 100)) for n in (14, 28, 84)},
        },
        abs=1e-5,
    )
    any_order = _past(shop, 100)[1, ANY]
    assert (any_order["days"], any_order["recency"], any_order["net_sales"]) == (4, 10, 36.0)


def test_one_event_has_no_rhythm(shop):
    shop.item("green", "tea")
    shop.order(1, 0, "green")
    shop.tell()
    tea = _past(shop, 7)[1, "tea"]
    assert (tea["gap_mean"], tea["gap_sd"], tea["overdue_ratio"]) == (None, None, None)
    assert (tea["recency"], tea["days_7"]) == (7, 1)


def test_a_line_without_quantity_is_no_purchase_and_two_orders_are_one_day(shop):
    shop.item("green", "tea")
    shop.order(1, 0, "green", quantity=0)
    shop.order(2, 5, "green")
    shop.order(2, 5, "green")
    shop.tell()
    past = _past(shop, 10)
    assert (1, "tea") not in past
    assert past[2, "tea"]["days"] == 1


def test_an_item_counts_in_the_category_of_the_day(shop):
    shop.item("mate", "tea")
    shop.item("mate", "herbs", valid_from=50)
    shop.order(1, 10, "mate")
    shop.order(1, 60, "mate")
    shop.tell()
    past = _past(shop, 100, ("tea", "herbs"))
    assert (past[1, "tea"]["recency"], past[1, "herbs"]["recency"]) == (90, 40)
    assert (past[1, "tea"]["days"], past[1, "herbs"]["days"]) == (1, 1)


def _people(shop, customers, cuts):
    told = [
        {"customer_id": customer, "as_of": shop.day(cut), "tenure_days": 100, "recency_days": 1}
        for cut in cuts
        for customer in customers
    ]
    return ibis.memtable(rows(PROFILES, *told))


def test_frame_holds_zero_where_nothing_happened_and_nothing_where_there_is_no_number(shop):
    shop.item("green", "tea")
    shop.item("cup", "china")
    shop.order(1, 0, "green")
    shop.order(2, 0, "cup")
    shop.tell()
    past = history(event_days(shop.warehouse, ["tea"]), [shop.day(100)])
    table = shop.warehouse.to_arrow(frame(_people(shop, [2, 1], [100]), past, "tea", []))
    first, second = table.to_pylist()
    assert (first["customer_id"], second["customer_id"]) == (1, 2)
    assert (first["own_days"], first["own_recency"], first["own_share"], first["own_rate"]) == (1, 100, 1.0, 1.0)
    assert (second["own_days"], second["own_net_sales"], second["own_share"]) == (0, 0.0, 0.0)
    assert second["own_recency"] is None
    assert second["any_recency"] == 100
    assert not {"favourite_store", "attributes", "customer_id_right"} & set(table.column_names)


def test_frame_of_any_order_has_no_history_of_its_own(shop):
    shop.order(1, 0, "x")
    shop.tell()
    past = history(event_days(shop.warehouse, []), [shop.day(100)])
    names = frame(_people(shop, [1], [100]), past, ANY, []).columns
    assert "any_recency" in names
    assert not [name for name in names if name.startswith("own_")]


def test_attributes_that_are_named_become_columns(shop):
    shop.order(1, 0, "x")
    shop.tell()
    past = history(event_days(shop.warehouse, []), [shop.day(100)])
    told = [
        {"customer_id": n, "as_of": shop.day(100), "attributes": known}
        for n, known in ((1, [("age", "35-44")]), (2, []))
    ]
    table = shop.warehouse.to_arrow(frame(ibis.memtable(rows(PROFILES, *told)), past, ANY, ["age"]))
    assert table["attribute_age"].to_pylist() == ["35-44", None]


def test_outcomes_look_from_the_moment_to_the_end_of_the_horizon(shop):
    shop.item("green", "tea")
    for customer, day in ((1, 99), (2, 100), (3, 127), (4, 128)):
        shop.order(customer, day, "green")
    shop.tell()
    days, people = event_days(shop.warehouse, ["tea"]), _people(shop, [1, 2, 3, 4], [100])
    bought = shop.warehouse.to_arrow(outcomes(days, people, "tea", 28, absence=False))
    assert bought["outcome"].to_pylist() == [0, 1, 1, 0]
    silent = shop.warehouse.to_arrow(outcomes(days, people, ANY, 28, absence=True))
    assert silent["outcome"].to_pylist() == [1, 0, 0, 1]


ORDER = st.tuples(st.integers(1, 3), st.integers(0, 119), st.sampled_from(["green", "cup"]))


@settings(max_examples=10)
@given(told=st.lists(ORDER, min_size=1, max_size=12), cut=st.integers(1, 118))
def test_the_future_changes_no_history(open_shop, told, cut):
    """Orders on the cut's day and later, and a later category of an item, leave the row of a cut as it was."""
    with Warehouse(":memory:") as warehouse:
        shop = open_shop(warehouse)
        shop.item("green", "tea")
        shop.item("cup", "china")
        found = []
        for orders in ([order for order in told if order[1] < cut], [order for order in told if order[1] >= cut]):
            for customer, day, item in orders:
                shop.order(customer, day, item, each=customer + day)
            shop.tell()
            table = history(event_days(warehouse, ["tea", "china"]), [shop.day(cut), shop.day(cut + 1)])
            table = table.filter(table.as_of == ibis.date(shop.day(cut).isoformat()))
            found.append(warehouse.to_arrow(table.order_by("customer_id", "category")))
            shop.item("green", "china", valid_from=cut)
        assert found[0].equals(found[1])


def test_cuts_do_not_depend_on_each_other(shop):
    shop.item("green", "tea")
    for day in (0, 20, 45, 70):
        shop.order(1, day, "green")
    shop.tell()
    days = event_days(shop.warehouse, ["tea"])
    key = ["as_of", "category"]
    together = shop.warehouse.to_arrow(history(days, [shop.day(30), shop.day(60)]).order_by(key))
    apart = [shop.warehouse.to_arrow(history(days, [shop.day(n)]).order_by(key)) for n in (30, 60)]
    assert together.equals(pa.concat_tables(apart))
