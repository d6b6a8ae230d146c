from datetime import date, timedelta

import pyarrow as pa
import pytest

from daogou.base.errors import DaogouError
from daogou.store.csv_file import Rejected
from daogou.store.tables import CATEGORY_SHARES, ORDERS, READINGS, SEGMENTS, TABLES
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows

DAY = date(2025, 1, 1)


def segments(*pairs):
    return pa.table(
        {
            "customer_id": [customer for customer, _name in pairs],
            "as_of": [DAY] * len(pairs),
            "method": ["rfm"] * len(pairs),
            "segment": [name for _customer, name in pairs],
        }
    )


def test_every_contract_is_a_table_with_its_types():
    with Warehouse(":memory:") as warehouse:
        for table in TABLES.values():
            assert warehouse.table(table).schema().names == table.names
            wanted, found = table.schema(), warehouse.table(table).schema()
            assert {n: t.copy(nullable=True) for n, t in found.items()} == dict(wanted.items())


def test_no_column_is_a_reserved_word():
    reserved = {"at", "row", "user", "order", "group", "end", "desc", "limit", "window"}  # of DuckDB, Spark, PostgreSQL
    names = {name for table in TABLES.values() for name in table.names}
    assert names & reserved <= {"row"}  # not reserved in PostgreSQL's column lists, quoted by Ibis elsewhere


def test_a_transaction_that_fails_leaves_all_as_it_was():
    with Warehouse(":memory:") as warehouse:
        warehouse.replace(SEGMENTS, segments((1, "new")), as_of=DAY)
        with pytest.raises(ZeroDivisionError), warehouse.transaction():
            warehouse.replace(SEGMENTS, segments((1, "lost"), (2, "lost")), as_of=DAY)
            raise ZeroDivisionError
        assert warehouse.to_arrow(warehouse.table(SEGMENTS))["segment"].to_pylist() == ["new"]


def test_an_edition_differs_after_each_write_and_after_one_that_was_taken_back():
    with Warehouse(":memory:") as warehouse:
        editions = [warehouse.edition(SEGMENTS)]
        warehouse.append(SEGMENTS, segments((1, "new")))
        editions.append(warehouse.edition(SEGMENTS))
        warehouse.replace(SEGMENTS, segments((1, "lost")))
        editions.append(warehouse.edition(SEGMENTS))
        warehouse.delete_matching(SEGMENTS, warehouse.table(SEGMENTS).select("customer_id"))
        editions.append(warehouse.edition(SEGMENTS))
        with pytest.raises(ZeroDivisionError), warehouse.transaction():
            raise ZeroDivisionError
        editions.append(warehouse.edition(SEGMENTS))
        assert len(set(editions)) == 5


def test_rows_are_carried_to_a_later_moment_and_numbers_are_added_to_them():
    def bought(customer, category, day=DAY, recency_days=5, order_days_28=3):
        counts = {"recency_days": recency_days, "order_days_28": order_days_28}
        return {"customer_id": customer, "as_of": day, "category": category} | counts

    told = [bought(1, "DAIRY"), bought(1, "WINE"), bought(2, "WINE"), bought(3, "WINE", DAY - timedelta(days=9))]
    later = DAY + timedelta(days=2)
    with Warehouse(":memory:") as warehouse:
        warehouse.append(CATEGORY_SHARES, rows(CATEGORY_SHARES, *told))
        known = warehouse.table(CATEGORY_SHARES)
        edition = warehouse.edition(CATEGORY_SHARES)
        but = warehouse.materialise("but", known.filter(known.customer_id == 2).select("customer_id"))
        warehouse.carry(CATEGORY_SHARES, but, DAY, later, recency_days=2)
        assert warehouse.edition(CATEGORY_SHARES) != edition
        lost = known.filter(known.category == "WINE").select(
            "customer_id", "category", order_days_28=-known.recency_days
        )
        changes = warehouse.materialise("changes", lost)
        warehouse.add(CATEGORY_SHARES, ("customer_id", "category"), changes)
        found = warehouse.to_arrow(known.order_by("category")).to_pylist()
    columns = ("customer_id", "category", "as_of", "recency_days", "order_days_28")
    assert [tuple(row[name] for name in columns) for row in found] == [
        (1, "DAIRY", later, 7, 3),
        (1, "WINE", later, 7, -4),
    ]


def test_rows_are_renewed_where_they_differ_and_updated_by_key():
    def shares(*told):
        plain = {"as_of": DAY, "net_sales": 1.0, "share": 1.0, "order_days_28": 0, "order_days_90": 0}
        columns = ("customer_id", "category", "order_days", "recency_days")
        return rows(CATEGORY_SHARES, *(plain | dict(zip(columns, one, strict=True)) for one in told))

    with Warehouse(":memory:") as warehouse:
        known = warehouse.table(CATEGORY_SHARES)
        columns = ("customer_id", "category", "order_days", "recency_days")

        def found():
            rows = warehouse.to_arrow(known.order_by("customer_id", "category")).to_pylist()
            return [tuple(row[name] for name in columns) for row in rows]

        warehouse.append(CATEGORY_SHARES, shares((1, "A", 1, 5), (1, "B", 1, 5), (2, "A", 1, 5), (3, "A", 1, 5)))
        then = known.filter(known.customer_id < 3)
        now = shares((1, "A", 1, 5), (1, "C", 1, 5), (2, "A", 2, 5), (4, "A", 1, 5))
        edition = warehouse.edition(CATEGORY_SHARES)
        warehouse.renew(CATEGORY_SHARES, then, warehouse.materialise("now", now))
        assert warehouse.edition(CATEGORY_SHARES) != edition
        assert found() == [(1, "A", 1, 5), (1, "C", 1, 5), (2, "A", 2, 5), (3, "A", 1, 5), (4, "A", 1, 5)]
        changes = pa.table({"customer_id": [1, 2, 9], "category": ["C", "A", "A"], "order_days": [7, 8, 9]})
        warehouse.update(CATEGORY_SHARES, ("customer_id", "category"), changes)
        assert found() == [(1, "A", 1, 5), (1, "C", 7, 5), (2, "A", 8, 5), (3, "A", 1, 5), (4, "A", 1, 5)]
        torn = shares((1, "A", None, 5))
        with pytest.raises(ValueError, match="may not be empty"):
            warehouse.renew(CATEGORY_SHARES, then, warehouse.materialise("now", torn))


def test_a_fingerprint_is_of_the_rows_alone():
    with Warehouse(":memory:") as warehouse:
        empty = warehouse.fingerprint(SEGMENTS)
        warehouse.append(SEGMENTS, segments((1, "new"), (2, "lost")))
        two = warehouse.fingerprint(SEGMENTS)
        warehouse.replace(SEGMENTS, segments((2, "lost"), (1, "new")))
        assert warehouse.fingerprint(SEGMENTS) == two != empty
        warehouse.append(SEGMENTS, segments((1, "new")))  # a row more of the same
        assert warehouse.fingerprint(SEGMENTS) not in (two, empty)


def test_replace_touches_only_what_matches():
    with Warehouse(":memory:") as warehouse:
        warehouse.append(SEGMENTS, segments((1, "new")))
        warehouse.replace(SEGMENTS, segments((1, "loyal")), method="kmeans")
        warehouse.replace(SEGMENTS, segments((1, "lost")), method="rfm")
        assert warehouse.to_arrow(warehouse.table(SEGMENTS))["segment"].to_pylist() == ["lost"]


def test_what_may_not_be_empty_is_refused():
    with Warehouse(":memory:") as warehouse, pytest.raises(ValueError, match="segments: a column that may not be"):
        warehouse.append(SEGMENTS, segments((1, None)))


def test_a_workspace_in_use_says_so(tmp_path):
    import subprocess
    import sys

    path = tmp_path / "w.duckdb"
    hold = f"import duckdb, sys; c = duckdb.connect({str(path)!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        with pytest.raises(DaogouError, match="another process is using this workspace"):
            Warehouse(path)
        other.stdin.close()


def test_rows_of_a_file_are_numbered_in_its_order(tmp_path):
    path = tmp_path / "many.csv"
    path.write_text("a,b\n" + "".join(f"{i},x\n" for i in range(300_000)))
    with Warehouse(":memory:") as warehouse:
        rows, rejected = warehouse.read_file(path, "f", "n")
        assert rejected == []
        assert warehouse.scalar((rows.a.cast("int64") + 1 == rows.n).all())


def test_torn_rows_are_told_apart_and_the_rest_read(tmp_path):
    path = tmp_path / "torn.csv"
    path.write_text('a;b\n1;x\n2\n3;"y;z"\n4;5;6\n7;ü\n', encoding="utf-8-sig")
    with Warehouse(":memory:") as warehouse:
        rows, rejected = warehouse.read_file(path, "f", "n")
        assert warehouse.to_arrow(rows).to_pylist() == [
            {"a": "1", "b": "x", "n": 1}, {"a": "3", "b": "y;z", "n": 2}, {"a": "7", "b": "ü", "n": 3},
        ]  # fmt: skip
        assert rejected == [Rejected(2, "2"), Rejected(4, "4;5;6")]


def test_a_warehouse_of_an_earlier_version_is_brought_up(tmp_path):
    path = tmp_path / "w.duckdb"
    with Warehouse(path) as warehouse:
        warehouse.append(SEGMENTS, segments((1, "new")))
        warehouse._run("ALTER TABLE orders DROP COLUMN store_id")
        warehouse._run("ALTER TABLE profiles DROP COLUMN tenure_days")
        warehouse._run("ALTER TABLE shelf_sums ALTER net_sales TYPE DECIMAL(38, 4)")
    with Warehouse(path) as warehouse:
        assert warehouse.table(TABLES["shelf_sums"]).net_sales.type().precision == 18
        assert "store_id" in warehouse.table(TABLES["orders"]).columns
        assert warehouse.table(TABLES["profiles"]).columns == TABLES["profiles"].names
        assert warehouse.count(SEGMENTS) == 1
        warehouse.append(ORDERS, rows(ORDERS, {"order_id": "o1", "store_id": "S", "source": "shop"}))
    with Warehouse(path) as warehouse:  # the column that was added stands last in the file
        told = warehouse.to_arrow(warehouse.table(ORDERS)).to_pylist()[0]
        assert (told["order_id"], told["store_id"], told["source"]) == ("o1", "S", "shop")
        warehouse._run("ALTER TABLE orders ADD COLUMN of_tomorrow INTEGER")
    with pytest.raises(DaogouError, match="newer version"):
        Warehouse(path)


def test_a_history_is_kept_by_a_newer_version_unless_its_key_is_new(tmp_path):
    path = tmp_path / "w.duckdb"
    with Warehouse(path) as warehouse:
        warehouse.append(READINGS, rows(READINGS, {"as_of": DAY, "name": "spring", "arm": "treated"}))
        warehouse._run("ALTER TABLE readings DROP COLUMN design")
    with Warehouse(path) as warehouse:
        assert warehouse.to_arrow(warehouse.table(READINGS).select("name", "design")).to_pylist() == [
            {"name": "spring", "design": None}
        ]
        warehouse._run("ALTER TABLE readings DROP COLUMN arm")
    with Warehouse(path) as warehouse:
        assert warehouse.table(READINGS).columns == READINGS.names
        assert warehouse.count(READINGS) == 0


def test_rows_keep_the_order_that_was_asked_for_before_columns_were_chosen():
    with Warehouse(":memory:") as warehouse:
        warehouse.append(SEGMENTS, segments(*((customer, "new") for customer in (2, 3, 1))))
        known = warehouse.table(SEGMENTS)
        first = known.order_by(known.customer_id.desc()).limit(2).select("customer_id")
        assert "ORDER BY" in warehouse._sql(first).rpartition("FROM")[2], "in no select inside"
        assert warehouse.to_arrow(first).column(0).to_pylist() == [3, 2]
