import csv
import json
import stat

import pytest

from daogou.base.clock import system_clock
from daogou.base.errors import DaogouError
from daogou.flows.ingest import ingest
from daogou.flows.lookalike import lookalikes
from daogou.flows.profile import profile
from daogou.flows.segment import segment
from daogou.flows.workspace import Workspace
from daogou.store.tables import PROFILES
from daogou.testing.shop import write_shop

TEA = '{"did": "bought", "where": {"category": "TEA"}, "count": {"at_least": 20}}'


def quietly(_done, _text):
    pass


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """400 customers, each with a favourite of five categories."""
    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder, customers=400)
    made = Workspace(folder)
    for stage in (ingest, profile, segment):
        stage(made, system_clock, quietly)
    return made


@pytest.fixture
def seeds(tmp_path):
    """60 of the 80 whose favourite is tea, by the company's own ids, and one that nobody has."""
    path = tmp_path / "seeds.csv"
    path.write_text("customer_id\n" + "".join(f"m{5 * n}\n" for n in range(60)) + "nobody\n", encoding="utf-8")
    return path


def test_a_file_of_ids_in_and_the_most_alike_out(workspace, seeds, tmp_path):
    out = tmp_path / "alike.csv"
    told = lookalikes(workspace, str(seeds), 20, "tea letter", out)
    said = told.summary
    assert (said["seeds"], said["seeds_without_profile"], said["size"]) == (60, 1, 20)
    assert said["auc"]["low"] > 0.6
    at = next(one for one in said["curve"] if one["size"] == 20)
    assert at["lift"]["low"] > 1
    assert at["found"]["value"] > at["matched"]["value"]
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    tea = [row for row in rows if int(row["customer_id"].removeprefix("m")) % 5 == 0]
    assert len(tea) > 0.8 * len(rows), "the other tea drinkers"
    assert not {row["customer_id"] for row in rows} & {f"m{5 * n}" for n in range(60)}, "no seed is on the list"
    assert [row["rank"] for row in rows] == [str(n) for n in range(1, 21)]
    assert {row["purpose"] for row in rows} == {"tea letter"}
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert told.lines[-1].startswith("Similar is not persuadable")
    assert said["caution_zh"].startswith("相似不等于能被打动")
    assert "TEA" in " ".join(said["reasons"]["en"])
    json.dumps(said, allow_nan=False)


def test_a_rule_or_a_segment_may_be_the_seed(workspace):
    assert lookalikes(workspace, TEA, 10).summary["seeds"] >= 50
    with pytest.raises(DaogouError, match="there is no segment 'rfm:championz'"):
        lookalikes(workspace, "rfm:championz", 10)


def test_twice_is_the_same_and_other_moments_are_not_seen(workspace, seeds):
    before = lookalikes(workspace, str(seeds), 20)
    with workspace.warehouse() as warehouse:
        later = warehouse.to_arrow(warehouse.table(PROFILES))
        day = later.schema.get_field_index("as_of")
        moved = later.set_column(day, "as_of", [[one.replace(year=one.year + 1) for one in later["as_of"].to_pylist()]])
        warehouse.append(PROFILES, moved.cast(later.schema))
    try:
        assert lookalikes(workspace, str(seeds), 20) == before
    finally:
        with workspace.warehouse() as warehouse:
            warehouse.replace(PROFILES, later)


@pytest.mark.parametrize(
    ("text", "size", "said"),
    [
        ("m0\nm5\n", 10, "1 customers are too few to learn from. Name 50 or more who have a profile."),
        ("a,b\n1,2\n", 10, "the file has 2 columns, and none is called customer_id"),
        ("customer_id\nm1\n", 0, "a list of 0 customers is none"),
    ],
)
def test_bad_seeds_are_told(workspace, tmp_path, text, size, said):
    path = tmp_path / "seeds.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DaogouError) as told:
        lookalikes(workspace, str(path), size)
    assert said in str(told.value)


def test_a_file_needs_its_purpose(workspace, seeds, tmp_path):
    with pytest.raises(DaogouError, match="an export needs its purpose"):
        lookalikes(workspace, str(seeds), 10, " ", tmp_path / "a.csv")


def test_more_than_there_are_is_said(workspace, seeds):
    told = lookalikes(workspace, str(seeds), 5000)
    assert told.summary["size"] == 340
    assert "There are no more: 5,000 were asked for" in told.lines


def test_ids_that_nobody_has_are_told_as_such(workspace, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("customer_id\n" + "".join(f"x{n}\n" for n in range(80)) + "m1\n", encoding="utf-8")
    with pytest.raises(DaogouError, match="1 of the ids named are customers, and 80 are not known") as told:
        lookalikes(workspace, str(path), 10)
    assert "as your sales file has them" in told.value.hint
