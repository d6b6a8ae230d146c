from daogou.base.clock import system_clock
from daogou.base.words import language
from daogou.flows.profile import profile
from daogou.store.tables import CATEGORY_SHARES, PROFILES


def quietly(_done, _text):
    pass


def rows(workspace, table):
    with workspace.warehouse() as warehouse:
        return warehouse.to_arrow(warehouse.table(table)).to_pylist()


def test_profiles_and_shares_are_written_with_what_is_missing_said(shop_workspace):
    report = profile(shop_workspace, system_clock, quietly)
    assert report.summary == {"profile": {"as_of": "2024-03-01", "rows": 40, "attributes_missing": 0.75}}
    assert report.lines == [
        "Profiles of customers: 40.",
        "Demographic attributes are missing for 30 of them (75 %); they are left empty, not guessed.",
    ]
    people = rows(shop_workspace, PROFILES)
    assert len(people) == 40
    assert [person["customer_id"] for person in people if person["attributes"]] == list(range(10))
    assert {share["category"] for share in rows(shop_workspace, CATEGORY_SHARES)} == {"DAIRY", "DRINKS"}


def test_twice_is_the_same(shop_workspace):
    profile(shop_workspace, system_clock, quietly)
    before = rows(shop_workspace, PROFILES), rows(shop_workspace, CATEGORY_SHARES)
    profile(shop_workspace, system_clock, quietly)
    assert (rows(shop_workspace, PROFILES), rows(shop_workspace, CATEGORY_SHARES)) == before


def test_a_company_of_guests_without_categories_is_told_so(guest_workspace):
    report = profile(guest_workspace, system_clock, quietly)
    assert report.summary["profile"] == {"as_of": "2024-01-02", "rows": 0, "attributes_missing": None}
    assert report.lines == ["No order names its customer, so there is nobody to profile."]
    with language("zh"):
        assert profile(guest_workspace, system_clock, quietly).lines == ["没有一笔订单带有顾客编号，因此无法生成画像。"]


def test_what_cannot_be_known_is_said(bare_workspace):
    assert profile(bare_workspace, system_clock, quietly).lines == [
        "Profiles of customers: 1.",
        "No demographic attribute of any customer is known; none is guessed.",
        "No item has a category, so category shares are empty: map a category of your items.",
    ]
