"""Each look of a small company, and the people behind each figure: as many as it says, as a rule or as a list."""

import csv
from datetime import UTC, date, datetime

import pytest

from daogou.base.errors import DaogouError
from daogou.base.words import language
from daogou.flows.audience import size
from daogou.flows.look.audience import Keep
from daogou.flows.look.change import Question as Change
from daogou.flows.look.change import change
from daogou.flows.look.cohorts import Part as CohortPart
from daogou.flows.look.cohorts import cohorts
from daogou.flows.look.concentration import Question as Concentration
from daogou.flows.look.concentration import concentration
from daogou.flows.look.distribution import Question as Distribution
from daogou.flows.look.distribution import distribution
from daogou.flows.look.funnel import Part as FunnelPart
from daogou.flows.look.funnel import Question as Funnel
from daogou.flows.look.funnel import funnel, step_of
from daogou.flows.look.paths import Question as Paths
from daogou.flows.look.paths import paths
from daogou.flows.profile import profile
from daogou.flows.workspace import Workspace
from daogou.measure.look.cohorts import Question as Cohorts
from daogou.store.tables import SEGMENTS
from daogou.testing.rows import rows
from daogou.trust.identity import resolve

NOBODY = Keep()
AS_OF = date(2024, 3, 1)  # the shop's last order falls on 29 February


@pytest.fixture
def named(shop_workspace):
    """The shop of forty: odd ones buy wine every 20 days, even ones milk every 4; C1 to C39 in its own words."""
    with shop_workspace.ledger() as ledger, ledger.transaction() as connection:
        resolve(connection, shop_workspace.keys, "customer", [f"C{k}" for k in range(1, 40)], lambda done: None)
    return shop_workspace


@pytest.fixture
def shop(named):
    """The same with profiles, which rules are asked of."""
    profile(named, lambda: datetime(2024, 3, 1, 9, tzinfo=UTC), lambda done, text: None)
    return named


def pasted(shop, toml):
    """The workspace with what a look told its owner to paste."""
    settings = shop.path / "daogou.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n" + toml, encoding="utf-8")
    return Workspace(shop.path)


def kept(report):
    return report.summary["audience"]


def test_cohorts_and_the_list_of_one(named):
    asked = Cohorts("month", 20)
    report = cohorts(named, asked, None, NOBODY)
    january = report.summary["cohorts"][0]
    # milk drinkers come back after 4 days, wine drinkers after 20; all began in January
    assert (january["cohort"], january["size"], january["again"], january["complete"]) == ("2024-01", 40, 40, True)
    assert report.lines[0].startswith("2024-01: 40 customers; repurchase rate within 20 days 100 %")
    assert "may be older" in report.lines[1]
    short = cohorts(named, Cohorts("month", 10), CohortPart(date(2024, 1, 9), None, False), Keep("slow"))
    assert kept(short)["size"] == 20 == 40 - short.summary["cohorts"][0]["again"]
    # a calendar month is said by no rule: the list is kept, by the company's own ids, readable by its owner alone
    file = named.path / "audiences" / "slow.csv"
    with file.open(encoding="utf-8-sig", newline="") as opened:
        people = list(csv.DictReader(opened))
    assert {row["customer_id"] for row in people} == {f"C{k}" for k in range(1, 40, 2)}
    assert {row["purpose"] for row in people} == {"cohort 2024-01, has not bought again within 10 days"}
    assert file.stat().st_mode & 0o777 == 0o600
    assert kept(short)["toml"] == '[tags.slow]\nkind = "list"\nfile = "audiences/slow.csv"\n'
    assert pasted(named, kept(short)["toml"]).settings.tags.named["slow"].kind == "list"
    for part, said in (
        (CohortPart(date(2023, 5, 1)), "there is no cohort 2023-05.*Known are: 2024-01"),
        (CohortPart(date(2024, 1, 1), 9, True), "cohort 2024-01 has no period 9.*from 0 to 1"),
    ):
        with pytest.raises(DaogouError, match=said):
            cohorts(named, asked, part, NOBODY)


def test_a_bin_is_a_rule_that_finds_the_same_people(shop):
    report = distribution(shop, Distribution("orders", [0, 5, 15]), 2, Keep("steady"))
    counts = [one["count"] for one in report.summary["bins"]]
    assert counts == [20, 20, 0] or sum(counts) == 40
    assert kept(report)["kind"] == "rule"
    assert kept(report)["rule"] == {"profile": "orders", "at_least": 5, "below": 15}
    assert kept(report)["size"] == counts[1]
    assert kept(report)["toml"] == '[segment.rules.steady]\nprofile = "orders"\nat_least = 5\nbelow = 15\n'
    assert not (shop.path / "audiences").exists()
    again = pasted(shop, kept(report)["toml"])
    assert size(again, str(kept(report)["rule"]).replace("'", '"')).summary["size"] == counts[1]


def test_order_values_by_segment(shop):
    with shop.warehouse() as warehouse:
        told = [{"customer_id": k, "as_of": AS_OF, "method": "rules", "segment": "wine"} for k in range(1, 40, 2)]
        warehouse.append(SEGMENTS, rows(SEGMENTS, *told))
    report = distribution(shop, Distribution("order_value", [0, 20], "rules"), None, NOBODY)
    assert report.summary["segments"]["wine"]["bins"][0]["count"] == 0
    assert report.summary["bins"][1]["count"] == report.summary["segments"]["wine"]["n"] == 60
    dear = distribution(shop, Distribution("order_value", [0, 20]), 2, Keep("dear"))
    assert (kept(dear)["kind"], kept(dear)["size"]) == ("rule", 20)
    with pytest.raises(DaogouError, match="there are no segments by 'rfm'.*Known are: rules"):
        distribution(shop, Distribution("order_value", None, "rfm"), None, NOBODY)
    with pytest.raises(DaogouError, match="there is no bin 3.*from 1 to 2"):
        distribution(shop, Distribution("order_value", [0, 20]), 3, NOBODY)


def test_the_top_of_customers_and_of_categories(shop):
    report = concentration(shop, Concentration(), 10, Keep("best"))
    assert kept(report)["size"] == 4
    assert kept(report)["kind"] == "rule"
    assert kept(report)["rule"]["profile"] == "net_sales_365"
    wine = concentration(shop, Concentration("categories"), 50, Keep("wine"))
    assert kept(wine)["size"] == 20
    assert kept(wine)["rule"] == {"did": "bought", "where": {"category": ["DRINKS"]}, "within": 365}
    assert concentration(shop, Concentration("items"), None, NOBODY).summary["gini"]["low"] is None
    february = concentration(shop, Concentration(first=date(2024, 2, 1), last=date(2024, 2, 10)), 10, Keep("feb"))
    assert kept(february)["kind"] == "list"  # no window of profiles ends there
    with pytest.raises(DaogouError, match="a top of 0 % is no part of them"):
        concentration(shop, Concentration(), 0, NOBODY)
    with pytest.raises(DaogouError, match="lies after the data"):
        concentration(shop, Concentration(last=date(2025, 1, 1)), None, NOBODY)
    with pytest.raises(DaogouError, match="comes before the first"):
        concentration(shop, Concentration(first=date(2024, 2, 2), last=date(2024, 2, 1)), None, NOBODY)


def test_paths_name_the_people_who_went_them(named):
    with pytest.raises(DaogouError, match="nobody took a step called 'DRNKS'. Did you mean 'DRINKS'"):
        paths(named, Paths(), ["DAIRY", "DRNKS"], NOBODY)
    report = paths(named, Paths(steps=4), ["DRINKS", "DRINKS", "DRINKS", "-"], Keep("three_wines"))
    whole = {tuple(row["path"]): row["people"] for row in report.summary["paths"]}
    assert whole == {("DAIRY",) * 4: 20, ("DRINKS", "DRINKS", "DRINKS", None): 20}
    assert kept(report)["size"] == 20
    assert kept(report)["kind"] == "list"
    assert kept(report)["words_en"] == "DRINKS → DRINKS → DRINKS → nothing more"
    first = [row for row in report.summary["links"] if row["step"] == 1]
    assert sum(row["people"] for row in first) == report.summary["people"] == 40
    for asked, wanted, said in (
        (Paths(steps=1), [], "a path has 2 to 10 steps, not 1"),
        (Paths(top=0), [], "at least one name a step"),
        (Paths(steps=2), ["a", "b", "c"], "names 3 steps, and 2 are looked at"),
    ):
        with pytest.raises(DaogouError, match=said):
            paths(named, asked, wanted, NOBODY)


def test_a_funnel_and_who_dropped_out_of_it(shop):
    asked = Funnel(["bought category=DRINKS", "bought category=DAIRY"], days=10)
    report = funnel(shop, asked, FunnelPart(1, dropped=True), Keep("wine_no_milk"))
    assert [step["people"] for step in report.summary["steps"]] == [20, 0]
    assert kept(report)["size"] == report.summary["steps"][0]["dropped"] == 20
    assert kept(report)["kind"] == "rule"
    assert (
        kept(report)["words_en"] == "bought (category is DRINKS), then not within 10 days: bought (category is DAIRY)"
    )
    assert pasted(shop, kept(report)["toml"]).settings.segment.rules["wine_no_milk"] == kept(report)["rule"]
    milk = funnel(shop, Funnel(["bought category=DAIRY", "bought"], days=4), FunnelPart(2), Keep("milk_again"))
    assert (kept(milk)["kind"], kept(milk)["size"]) == ("rule", 20)
    february = Funnel(["bought category=DAIRY", "bought"], 4, date(2024, 2, 1), date(2024, 2, 20))
    later = funnel(shop, february, FunnelPart(1), Keep("february"))
    assert kept(later)["rule"] == {"did": "bought", "where": {"category": "DAIRY"}, "within": 29, "skip_last": 9}
    lines = funnel(shop, asked, None, NOBODY).lines
    assert lines[0] == "1. bought (category is DRINKS): 20 customers"
    assert lines[1] == "2. bought (category is DAIRY): 0 customers, 0 % (of 20 only) of step 1, after – days (median)"
    with pytest.raises(DaogouError, match="there is no step 3.*from 1 to 2"):
        funnel(shop, asked, FunnelPart(3), NOBODY)


def test_steps_are_typed_in_short_or_as_rules():
    assert step_of("bought 'category=DRY GOODS'") == step_of('{"did": "bought", "where": {"category": "DRY GOODS"}}')
    assert step_of("viewed") == step_of('did = "viewed"')
    for wrong, said in (
        ("bougt", "unknown event 'bougt'. Did you mean 'bought'"),
        ("bought colour=red", "'bought' has no filter 'colour'"),
        ('{"tag": "rfm:lost"}', "a step is something that was done"),
        ("bought 'category=A", "unknown event|not valid TOML"),
    ):
        with pytest.raises(DaogouError, match=said):
            step_of(wrong)


def test_change_and_who_is_gone(shop):
    report = change(shop, Change(), None, NOBODY)
    assert (report.summary["from"], report.summary["to"]) == ("2024-02-02", "2024-02-29")
    assert report.summary["previous_known"]
    assert not report.summary["last_year_known"]
    assert any("no comparison over last year" in line for line in report.lines)
    assert report.summary["measures"]["buyers"]["now"] == 40
    last = Change(date(2024, 2, 27), date(2024, 2, 29))
    gone = change(shop, last, "gone", Keep("gone"))
    stayed = change(shop, last, "kept", Keep("stayed"))
    measures = gone.summary["measures"]
    assert kept(gone)["size"] + kept(stayed)["size"] == measures["buyers"]["previous"]
    assert kept(gone)["kind"] == kept(stayed)["kind"] == "rule"
    # of the 28 days to 10 February: those who drink wine began in the middle of January
    new = change(shop, Change(last=date(2024, 2, 10)), "new", Keep("new"))
    assert (kept(new)["size"], kept(new)["kind"]) == (20, "list")
    assert new.summary["measures"]["new"]["now"] is None  # for a company whose data began five weeks before
    assert any("old ones look new" in line for line in report.lines)


def test_a_name_that_is_none_is_refused_and_chinese_is_a_name(named):
    for wrong in ("../x", "a b", "", "x" * 61):
        with pytest.raises(DaogouError, match="cannot be the name of an audience"):
            paths(named, Paths(), ["DRINKS"], Keep(wrong))
    report = paths(named, Paths(), ["DRINKS"], Keep("红酒"))
    assert pasted(named, kept(report)["toml"]).settings.tags.named["红酒"].file == "audiences/红酒.csv"


def test_everything_speaks_chinese(named):
    with language("zh"):
        said = [
            *cohorts(named, Cohorts("month", 20), None, NOBODY).lines,
            *distribution(named, Distribution("order_value"), None, NOBODY).lines,
            *concentration(named, Concentration(), None, NOBODY).lines,
            *paths(named, Paths(), [], NOBODY).lines,
            *funnel(named, Funnel(["bought", "bought"]), None, NOBODY).lines,
            *change(named, Change(), None, NOBODY).lines,
        ]
    assert any("复购率" in line for line in said)
    assert not [line for line in said if "customers" in line or "median" in line or "period" in line]


@pytest.mark.parametrize("company", ["bare_workspace", "guest_workspace"])
def test_tiny_companies_have_an_answer(company, request):
    workspace = request.getfixturevalue(company)
    assert funnel(workspace, Funnel(["bought", "bought"]), None, NOBODY).summary["steps"][1]["people"] == 0
    assert concentration(workspace, Concentration(), None, NOBODY).lines
    assert paths(workspace, Paths(), [], NOBODY).lines
    assert change(workspace, Change(), None, NOBODY).summary["measures"]["orders"]["now"] == 1
    assert distribution(workspace, Distribution("order_value"), None, NOBODY).lines
    no_categories = paths(workspace, Paths(), [], NOBODY).lines[-1]
    assert no_categories.startswith("Nobody began" if company == "guest_workspace" else "No item has a category")
    with pytest.raises(DaogouError, match="there are no profiles at"):
        distribution(workspace, Distribution("orders"), None, NOBODY)
    is_guest = company == "guest_workspace"
    found = cohorts(workspace, Cohorts(), None, NOBODY)
    assert found.summary["guest_orders"] == int(is_guest)
    assert (found.lines == ["There are no customers to put into cohorts."]) == is_guest
