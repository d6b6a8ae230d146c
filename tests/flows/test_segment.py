from datetime import date

import pyarrow as pa
import pytest

from daogou.base.clock import system_clock
from daogou.base.errors import DaogouError
from daogou.base.words import language
from daogou.flows.profile import profile
from daogou.flows.segment import segment
from daogou.profile import KMeans, rfm
from daogou.store import models
from daogou.store.tables import EVALUATIONS, MODELS, ORDERS, SEGMENT_SUMMARIES, SEGMENTS


def quietly(_done, _text):
    pass


def run(workspace):
    profile(workspace, system_clock, quietly)
    return segment(workspace, system_clock, quietly)


def rows(workspace, table):
    with workspace.warehouse() as warehouse:
        return warehouse.to_arrow(warehouse.table(table)).to_pylist()


def test_every_customer_is_in_one_segment_of_each_method(shop_workspace):
    summary = run(shop_workspace).summary
    assert (summary["k"], summary["better_than_noise"]) == (2, True)
    sizes = dict.fromkeys(("kmeans", "lifecycle", "rfm", "rfm_zh"), 0)
    for entry in summary["segments"]:
        sizes[entry["method"]] += entry["size"]
        assert set(entry) == {"method", "name", "label_en", "label_zh", "size", "net_sales", "apart_en", "apart_zh"}
        assert entry["name"].isascii()
    assert set(sizes.values()) == {40}
    written = rows(shop_workspace, SEGMENTS)
    assert len({(row["customer_id"], row["method"]) for row in written}) == len(written) == 160
    assert len(rows(shop_workspace, SEGMENT_SUMMARIES)) == len(summary["segments"])
    assert {row["stage"] for row in rows(shop_workspace, EVALUATIONS)} == {"segment"}


def test_twice_is_the_same(shop_workspace):
    run(shop_workspace)
    before = [rows(shop_workspace, table) for table in (SEGMENTS, SEGMENT_SUMMARIES, EVALUATIONS)]
    segment(shop_workspace, system_clock, quietly)
    assert [rows(shop_workspace, table) for table in (SEGMENTS, SEGMENT_SUMMARIES, EVALUATIONS)] == before


def test_each_language_reads_its_own_scheme(shop_workspace):
    for code, own, colon in (("en", rfm.ENGLISH, ": "), ("zh", rfm.CHINESE, "："), ("en", rfm.ENGLISH, ": ")):
        with language(code):
            lines = run(shop_workspace).lines
            names = {line.partition(colon)[0] for line in lines}
            said = {key for key in (*rfm.ENGLISH, *rfm.CHINESE) if rfm.label(key) in names}
        assert said
        assert said <= set(own)
        assert any("k-means" in line for line in lines)


def test_without_profiles_the_user_is_told_what_to_run(shop_workspace):
    with pytest.raises(DaogouError, match=r"there are no profiles at 2024-03-01\. Run 'daogou profile' first"):
        segment(shop_workspace, system_clock, quietly)


def test_one_customer_cannot_be_compared(bare_workspace):
    with pytest.raises(DaogouError, match=r"all orders are of one customer.* Look whether 'customer_id' is mapped"):
        run(bare_workspace)
    assert rows(bare_workspace, SEGMENTS) == []


def test_a_company_of_guests_has_no_segments(guest_workspace):
    report = run(guest_workspace)
    assert report.summary["segments"] == []
    assert (report.summary["k"], report.summary["better_than_noise"]) == (None, None)
    assert report.lines == ["There are no customers to put into segments."]


def test_groups_are_kept_without_pickle_and_keep_their_keys(shop_workspace):
    run(shop_workspace)
    (model,) = [row for row in rows(shop_workspace, MODELS) if row["name"] == "segment/kmeans"]
    kept = KMeans.from_bytes(models.get(shop_workspace.artefacts, model["artefact"]))
    assert len(kept.numbers_) == 2
    groups = {row["customer_id"]: row["segment"] for row in rows(shop_workspace, SEGMENTS) if row["method"] == "kmeans"}
    with shop_workspace.warehouse() as warehouse:
        # a day later the other group brings more; it is still called what it was called
        first = warehouse.to_arrow(warehouse.table(ORDERS)).to_pylist()
        least = min(first, key=lambda row: row["customer_id"] if groups[row["customer_id"]] == "group_2" else 99)
        more = [
            least | {"order_id": f"more {n}", "local_day": date(2024, 3, 1), "net_sales": 9, "paid": 9, "list_value": 9}
            for n in range(1)
        ]
        warehouse.append(ORDERS, pa.Table.from_pylist(more, schema=ORDERS.schema().to_pyarrow()))
    run(shop_workspace)
    later = [row for row in rows(shop_workspace, SEGMENTS) if row["method"] == "kmeans" and row["as_of"].month == 3]
    later = [row for row in later if row["as_of"] == date(2024, 3, 2)]
    assert len(later) == 40
    assert sum(groups[row["customer_id"]] == row["segment"] for row in later) >= 39
