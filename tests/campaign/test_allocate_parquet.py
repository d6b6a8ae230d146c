"""Customers in files: the same allocation as in memory, and every limit holds."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from daogou.base.errors import DaogouError
from daogou.campaign import allocate, allocate_parquet
from daogou.campaign.allocation import files, parquet, solve

Array = np.ndarray[Any, Any]
VALUE, COST, ELIGIBLE = ([f"{name}_{j}" for j in range(4)] for name in ("value", "cost", "eligible"))


def _shop(n: int = 6_000) -> dict[str, Any]:
    random = np.random.default_rng(0)
    response = random.beta(1, 8, (n, 1)) * random.uniform(0.5, 1.5, (n, 4))
    return {
        "value": (response * random.lognormal(3, 0.6, (n, 1)) - random.uniform(0, 1, (n, 4))).astype(np.float32),
        "cost": (response * random.uniform(1, 5, 4) + 0.2).astype(np.float32),
        "channel": np.arange(4) % 2,
        "budget": n * 0.06,
        "capacity": np.array([n // 15, n // 20]),
    }


def _more(n: int = 6_000) -> dict[str, Any]:
    random = np.random.default_rng(1)
    return {
        "eligible": random.random((n, 4)) < 0.7,
        "offer": np.array([0, 1, 1, 0]),
        "offer_limits": np.array([[n // 40, n // 25], [0, n]]),
        "group": random.integers(0, 3, n),
        "group_floors": np.array([0.1, 0.0, 0.12]),
    }


def _write(folder: Path, shop: dict[str, Any], parts: int = 3) -> Path:
    n = len(shop["value"])
    columns: dict[str, Any] = {"customer_id": np.arange(n) * 7}
    for names, key in ((VALUE, "value"), (COST, "cost"), (ELIGIBLE, "eligible")):
        if key in shop:
            columns |= {name: np.ascontiguousarray(shop[key][:, j]) for j, name in enumerate(names)}
    if "group" in shop:
        columns["group"] = shop["group"]
    folder.mkdir()
    for k, rows in enumerate(np.array_split(np.arange(n), parts)):
        table = pa.table({name: column[rows] for name, column in columns.items()})
        pq.write_table(table, folder / f"part-{k}.parquet", row_group_size=1_000)
    return folder


def _asked(shop: dict[str, Any]) -> dict[str, Any]:
    """The arguments, with names of columns in place of arrays."""
    names = {"value": VALUE, "cost": COST, "eligible": ELIGIBLE, "group": "group"}
    return {name: names.get(name, given) for name, given in shop.items()}


@pytest.fixture
def as_if_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands go the way of a hundred million: samples, passes over files, a core."""
    monkeypatch.setattr(parquet, "_DRAWN", 800)
    monkeypatch.setattr(files, "ROWS", 512)
    monkeypatch.setattr(solve, "_WHOLE", 300)
    monkeypatch.setattr(solve, "_SAMPLE", 100)


def _keeps(shop: dict[str, Any], action: Array) -> None:
    on = np.flatnonzero(action >= 0)
    assert math.fsum(shop["cost"][on, action[on]].tolist()) <= shop["budget"]
    assert (np.bincount(shop["channel"][action[on]], minlength=2) <= shop["capacity"]).all()
    if "offer_limits" in shop:
        counts = np.bincount(shop["offer"][action[on]], minlength=2)
        assert (shop["offer_limits"][:, 0] <= counts).all()
        assert (counts <= shop["offer_limits"][:, 1]).all()
        assert shop["eligible"][on, action[on]].all()
        reached, sizes = np.bincount(shop["group"][on], minlength=3), np.bincount(shop["group"])
        assert (reached >= shop["group_floors"] * sizes).all()


@pytest.mark.usefixtures("as_if_large")
@pytest.mark.parametrize("more", [False, True])
def test_files_that_stay_where_they_are_give_what_memory_gives(tmp_path: Path, more: bool) -> None:
    shop = _shop() | (_more() if more else {})
    found = allocate_parquet(_write(tmp_path / "in", shop), tmp_path / "out.parquet", **_asked(shop))
    action = pq.read_table(found.path)["action"].to_numpy()
    _keeps(shop, action)
    on = np.flatnonzero(action >= 0)
    assert found.customers == len(action) == 6_000
    assert found.objective == pytest.approx(math.fsum(shop["value"][on, action[on]].tolist()), rel=1e-14)
    assert found.cost == math.fsum(shop["cost"][on, action[on]].tolist())
    assert found.used.tolist() == np.bincount(shop["channel"][action[on]], minlength=2).tolist()
    assert 0 <= found.gap < 1e-4
    memory = allocate(**shop)
    assert found.objective <= memory.bound * (1 + 1e-12)
    assert memory.objective <= found.bound * (1 + 1e-12)
    assert found.bound == pytest.approx(memory.bound, rel=1e-5)


@pytest.mark.usefixtures("as_if_large")
def test_twice_and_warm_and_kept_columns(tmp_path: Path) -> None:
    shop = _shop()
    source = _write(tmp_path / "in", shop)
    asked = _asked(shop) | {"keep": ["customer_id"]}
    first = allocate_parquet(source, tmp_path / "first.parquet", **asked)
    again = allocate_parquet(sorted(source.iterdir()), tmp_path / "again.parquet", **asked)
    warm = allocate_parquet(source, tmp_path / "warm.parquet", **asked, warm=first)
    tables = [pq.read_table(found.path) for found in (first, again, warm)]
    assert tables[0].equals(tables[1])
    assert (first.bound, first.objective) == (again.bound, again.objective)
    assert tables[0].column_names == ["customer_id", "action"]
    assert tables[0]["customer_id"].to_pylist() == [7 * k for k in range(6_000)]
    assert (tables[0]["action"].to_numpy() != tables[2]["action"].to_numpy()).mean() < 0.01
    assert warm.gap < 1e-4
    assert not list(tmp_path.glob("*.unfinished"))


def test_few_customers_are_solved_as_in_memory(tmp_path: Path) -> None:
    shop = _shop(500) | _more(500)
    found = allocate_parquet(_write(tmp_path / "in", shop, parts=1), tmp_path / "out.parquet", **_asked(shop))
    memory = allocate(**shop)
    assert (found.objective, found.bound) == (memory.objective, memory.bound)
    assert pq.read_table(found.path)["action"].to_pylist() == memory.action.tolist()


def test_numbers_of_any_kind_and_prices_to_start_from(tmp_path: Path) -> None:
    table = pa.table({"v": pa.array([3, 2, 1]), "w": pa.array([2.5, 1.0, 4.0]), "c": pa.array([1.0] * 3, pa.float32())})
    pq.write_table(table, tmp_path / "few.parquet")
    asked = {"value": ["v", "w"], "cost": ["c", "c"], "channel": np.array([0, 1]), "capacity": np.array([1, 1])}
    found = allocate_parquet(tmp_path / "few.parquet", tmp_path / "new" / "out.parquet", budget=2.0, **asked)
    assert pq.read_table(found.path)["action"].to_pylist() == [0, -1, 1]
    assert found.objective == 7.0
    again = allocate_parquet(str(tmp_path / "few.parquet"), found.path, budget=2.0, **asked, warm=found.prices)
    assert again.objective == 7.0


def _broken(column: str, row: int, number: float | None) -> dict[str, Any]:
    shop = _shop(40)
    columns = {name: shop["value"][:, j].tolist() for j, name in enumerate(VALUE)}
    columns |= {name: shop["cost"][:, j].tolist() for j, name in enumerate(COST)}
    columns[column][row] = number
    return columns


@pytest.mark.parametrize(
    ("columns", "wrong", "said"),
    [
        (_broken("value_2", 30, math.nan), {}, "allocate, value: customer 30, action 2 is nan"),
        (_broken("cost_1", 7, -1.0), {}, "allocate, cost: customer 7, action 1 is -1.0"),
        (_broken("cost_1", 7, math.inf), {}, "allocate, cost: customer 7, action 1 is inf"),
        (_broken("value_0", 3, None), {}, "allocate, value_0: customer 3 has none"),
        (_broken("value_0", 3, 1.0) | {"cost_3": ["x"] * 40}, {}, "allocate, cost_3: is of type string"),
        (_broken("value_0", 3, 1.0), {"value": VALUE[:3]}, "allocate, cost: names 4 columns, and value names 3"),
        (_broken("value_0", 3, 1.0), {"value": [], "cost": []}, "allocate, value: names 0 columns"),
        (_broken("value_0", 3, 1.0), {"eligible": ["no"] * 4}, "has no column no"),
        (_broken("value_0", 3, 1.0), {"group": "value_0", "group_floors": [0.1]}, "allocate, group: is of type double"),
        (_broken("value_0", 3, 1.0), {"keep": ["action"]}, "allocate, keep: names action"),
        ({name: [] for name in VALUE + COST}, {}, "allocate, source: has no customer"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, columns: dict[str, Any], wrong: dict[str, Any], said: str) -> None:
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    with pytest.raises(DaogouError, match=said):
        allocate_parquet(tmp_path / "in.parquet", tmp_path / "out.parquet", **_asked(_shop(40)) | wrong)
    assert not (tmp_path / "out.parquet").exists()


def test_what_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in.parquet").write_text("customer,value")
    for source, said in ((tmp_path / "in.parquet", "cannot be read"), (tmp_path / "none", "cannot be read")):
        with pytest.raises(DaogouError, match=said):
            allocate_parquet(source, tmp_path / "out.parquet", **_asked(_shop(40)))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DaogouError, match="has no Parquet files"):
        allocate_parquet(tmp_path / "empty", tmp_path / "out.parquet", **_asked(_shop(40)))


@pytest.mark.usefixtures("as_if_large")
def test_limits_that_cannot_be_kept_are_named(tmp_path: Path) -> None:
    shop = _shop() | _more() | {"group_floors": np.array([0.5, 0.0, 0.0]), "offer": None, "offer_limits": None}
    source = _write(tmp_path / "in", shop)
    with pytest.raises(DaogouError, match="the floor of group 0"):
        allocate_parquet(source, tmp_path / "out.parquet", **_asked(shop))


@pytest.mark.usefixtures("as_if_large")
def test_too_many_who_are_alike_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_OPEN", 1_000)
    shop = _shop()
    shop |= {"value": np.ones_like(shop["value"]), "cost": np.ones_like(shop["cost"])}
    with pytest.raises(DaogouError, match="so alike that prices do not tell them apart"):
        allocate_parquet(_write(tmp_path / "in", shop), tmp_path / "out.parquet", **_asked(shop))
