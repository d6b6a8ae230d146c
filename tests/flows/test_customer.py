"""One customer whole, by the company's own id."""

import json
import re
from datetime import date

import pytest

from daogou.base.clock import system_clock
from daogou.base.errors import DaogouError
from daogou.base.words import language
from daogou.flows.customer import show_customer
from daogou.flows.run import stage
from daogou.flows.workspace import Workspace
from daogou.store.tables import PROFILES, UPLIFTS
from daogou.testing.rows import rows

COMPANY = '[company]\ntimezone = "Asia/Shanghai"\ncurrency = "CNY"\n'
SALES = COMPANY + (
    '[sources.sales]\nfile = "sales.csv"\ntable = "sales"\n[sources.sales.columns]\norder_id = "order"\n'
    'customer_id = "who"\nitem_id = "sku"\noccurred_at = "at"\npaid = "paid"\nitem_category = "kind"\n'
    'store_id = "shop"\n'
    '[sources.back]\nfile = "back.csv"\ntable = "refunds"\n[sources.back.columns]\ncustomer_id = "who"\n'
    'occurred_at = "at"\namount = "money"\norder_id = "order"\n'
    '[sources.people]\nfile = "people.csv"\ntable = "customers"\nattributes = ["age"]\n[sources.people.columns]\n'
    'customer_id = "who"\nvalid_from = "since"\nregion = "place"\n'
    '[tags.stage]\nkind = "lifecycle"\ntitle = "阶段"\n'
    '[tags.asked]\nkind = "list"\ntitle = "名单"\nfile = "people.csv"\ncolumn = "who"\nvalue = "好"\n'
)
FILES = {
    "sales": "order,who,sku,at,paid,kind,shop\n1,ann,tea,2025-01-01 08:00,10,TEA,north\n"
    "2,ann,tea,2025-01-05 20:00,12,TEA,north\n"
    "3,ann,milk,2025-01-11 20:30,4.5,DAIRY,north\n4,bob,milk,2025-01-11 09:00,5,DAIRY,south\n",
    "back": "who,at,money,order\nann,2025-01-06 10:00,2,2\n",
    "people": "who,since,place,age\nann,2024-12-01,old town,30\nann,2025-01-03,new town,31\nann,2025-01-12,moon,99\n"
    "eve,2024-12-01,old town,50\n",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    (folder / "daogou.toml").write_text(SALES, encoding="utf-8")
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    workspace = Workspace(folder)
    for name in ("ingest", "profile", "segment"):
        stage(name)(workspace, system_clock, lambda _done, _text: None)
    return workspace


def test_a_customer_is_told_whole(shop):
    told = show_customer(shop, "ann").summary
    assert told["as_of"] == date(2025, 1, 12)
    assert told["known"] == {"region": "moon", "age": "99"}  # known on the very day, as in every profile
    assert told["profile"]["orders"] == 3
    assert told["profile"]["net_sales"] == 24.5
    assert [row["order_id"] for row in told["orders"]] == ["3", "2", "1"]
    assert [(row["order_id"], row["amount"]) for row in told["refunds"]] == [("2", 2)]
    assert {(row["category"], round(row["share"], 3)) for row in told["categories"]} == {("TEA", 0.83), ("DAIRY", 0.17)}
    assert {row["method"] for row in told["segments"]} >= {"rfm", "rfm_zh"}


def test_it_is_said_in_words_of_both_languages(shop):
    said = "\n".join(show_customer(shop, "ann").lines)
    for part in ("Customer ann", "region: moon", "order 3", "2025-01-06: 2.00 CNY 2", "TEA: 83 %", "store north"):
        assert part in said
    with language("zh"):
        said = re.sub(r"\(\w+:\w+\)", "", "\n".join(show_customer(shop, "ann").lines))
    for name in ("ann", "age", "region", "TEA", "DAIRY", "CNY", "north", "new town", "moon", "rfm", "zh", "people.csv"):
        said = said.replace(name, "")
    assert not re.search("[A-Za-z]{2}", said), said


def test_someone_without_an_order_has_attributes_and_no_profile(shop):
    told = show_customer(shop, "eve")
    assert told.summary["known"] == {"region": "old town", "age": "50"}
    assert told.summary["profile"] is None
    assert told.lines[-1] == "There is no order before that day, so there is no profile."


def test_tags_are_called_what_people_call_them(shop):
    assert "  阶段: Active since 2025-01-12 (last order 1 days ago" in "\n".join(show_customer(shop, "ann").lines)
    with language("zh"):
        said = "\n".join(show_customer(shop, "ann").lines)
    assert "阶段：活跃顾客" in said
    assert "地区: moon" in said


def test_someone_without_an_order_may_stand_in_a_list(shop):
    assert "  名单: 好 since 2025-01-12 (stands in the list people.csv)" in show_customer(shop, "eve").lines


def test_nobody_is_said_to_be_nobody_and_is_not_entered(shop):
    for _twice in range(2):
        with pytest.raises(DaogouError, match="there is no customer 'zed'"):
            show_customer(shop, "zed")


@pytest.mark.parametrize(
    ("code", "part"),
    [
        (
            "en",
            "What a message changes\n  a message like june adds 3.50 CNY (customers with such an effect showed 1.25",
        ),
        ("zh", "消息带来的改变\n  像 june 这样的消息多带来 3.50 CNY（效果相近的顾客实测为 1.25 至 6.00）"),
    ],
)
def test_what_a_message_changes_is_shown_with_its_reasons(shop, code, part):
    reasons = json.dumps([{"column": "orders", "value": 3, "adds": 1.5}])
    with shop.warehouse() as warehouse:
        ids = warehouse.to_arrow(warehouse.table(PROFILES).select("customer_id"))["customer_id"].to_pylist()
        told = {"as_of": date(2025, 1, 12), "campaign_id": "june", "model": "SLearner", "effect": 3.5, "low": 1.25}
        told |= {"high": 6.0, "chosen": True, "reasons": reasons}
        warehouse.replace(UPLIFTS, rows(UPLIFTS, *({"customer_id": one} | told for one in ids)))
    with language(code):
        found = show_customer(shop, "ann")
    assert part in "\n".join(found.lines)
    assert found.summary["uplifts"][0]["reasons"] == reasons
    with shop.warehouse() as warehouse:
        warehouse.replace(UPLIFTS, UPLIFTS.schema().to_pyarrow().empty_table())
    assert show_customer(shop, "ann").summary["uplifts"] == []
