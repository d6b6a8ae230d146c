"""What the report is told of small companies: everything that there is, and what is lacking by name."""

from datetime import UTC, date, datetime

import pytest

from daogou.base.estimate import Estimate
from daogou.flows.contexts import contexts
from daogou.flows.contexts.shop import _is_clear
from daogou.flows.plan import plan
from daogou.flows.profile import profile
from daogou.flows.segment import segment
from daogou.flows.workspace import Stage, Workspace
from daogou.report.contexts import (
    CallList,
    Clear,
    Guide,
    Look,
    Missing,
    Needs,
    NextCampaign,
    Past,
    People,
    Pulse,
    Report,
)
from daogou.report.page import render
from daogou.store.tables import (
    ASSIGNMENTS,
    COUPONS,
    EVALUATIONS,
    INGESTED_FILES,
    PAST_CAMPAIGNS,
    QUARANTINE,
    RECOMMENDATIONS,
)
from daogou.testing.rows import rows
from daogou.trust.identity import resolve

AS_OF = date(2024, 3, 1)  # the midnight after the shop's last order, which falls on 29 February


def run(workspace: Workspace, *stages: Stage) -> None:
    for stage in stages:
        stage(workspace, lambda: datetime(2024, 3, 1, 9, tzinfo=UTC), lambda done, text: None)


def told(workspace: Workspace) -> Report:
    with workspace.warehouse() as warehouse, workspace.ledger() as ledger:
        return contexts(workspace, warehouse, ledger, "a-release")


@pytest.fixture
def shop(shop_workspace: Workspace) -> Workspace:
    """The shop of forty, who are C0 to C39 in its own words, with picks, scores and a campaign."""
    settings = shop_workspace.path / "daogou.toml"
    # wine is bought every 20 days, the last time a few days ago: so it is due on everybody's list
    settings.write_text(settings.read_text() + "[profile]\nreplenish_days = 20\n")
    workspace = Workspace(shop_workspace.path)
    run(workspace, profile, segment)
    with workspace.ledger() as ledger, ledger.transaction() as connection:
        # surrogates begin at 1: the customer 0 of the shop stays unknown to the vault, as one who was erased
        resolve(connection, workspace.keys, "customer", [f"C{k}" for k in range(1, 40)], lambda done: None)
    picks = [
        {"customer_id": k, "as_of": AS_OF, "rank": rank, "item_id": item, "model": "ItemKNN", "because": because}
        for k in range(40)
        for rank, item, because in ((1, "milk", ["wine"]), (2, "wine", ["milk", "milk"]), (3, "bread", []))
    ]
    scored = [
        {"as_of": AS_OF, "stage": stage, "subject": subject, "model": model, "metric": metric, "value": value, "n": 9}
        | {"is_champion": model != "Popular"}
        for stage, subject, model, metric, value in (
            ("recommend", "new", "ItemKNN", "recall@20", 0.3),
            ("recommend", "new", "Popular", "recall@20", 0.2),
            ("predict", "DAIRY", "LightGBM", "hits_in_100", 90.0),
            ("predict", "DAIRY", "LightGBM", "random_in_100", 50.0),
            ("predict", "inactive", "LightGBM", "hits_in_100", 40.0),
            ("predict", "inactive", "LightGBM", "random_in_100", 7.0),
        )
    ]
    spring = {"campaign_id": "1", "kind": "mail", "starts_on": date(2024, 2, 1), "ends_on": date(2024, 2, 9)}
    with workspace.warehouse() as warehouse:
        warehouse.append(RECOMMENDATIONS, rows(RECOMMENDATIONS, *picks))
        warehouse.append(EVALUATIONS, rows(EVALUATIONS, *scored))
        warehouse.append(PAST_CAMPAIGNS, rows(PAST_CAMPAIGNS, spring))
        sent = ({"campaign_id": "1", "unit_id": k, "arm": "treated"} for k in range(40))
        warehouse.append(ASSIGNMENTS, rows(ASSIGNMENTS, *sent))
        used = (
            {"coupon_id": str(k), "customer_id": k, "campaign_id": "1", "redeemed_day": date(2024, 2, 3)}
            for k in (1, 2)
        )
        warehouse.append(COUPONS, rows(COUPONS, *used))
        counts = {"received": 9, "stored": 8, "quarantined": 1, "duplicate": 0}
        warehouse.append(INGESTED_FILES, rows(INGESTED_FILES, {"source": "sales", "file_hash": "a"} | counts))
        warehouse.append(
            QUARANTINE, rows(QUARANTINE, {"source": "sales", "row": 3, "reason": "quantity|negative", "payload": b"x"})
        )
    return workspace


def test_every_block_is_told(shop: Workspace, subtests: pytest.Subtests) -> None:
    report = told(shop)
    with subtests.test("the company"):
        assert (report.company.name, report.company.currency) == (shop.path.name, "EUR")
        assert (report.company.first_day, report.company.last_day) == (date(2024, 1, 1), date(2024, 2, 29))
        assert isinstance(report.pulse, Pulse)
        assert report.appendix.release == "a-release"
    with subtests.test("everyone has a segment in both schemes"):
        assert isinstance(report.people, People)
        assert sum(segment.size for segment in report.people.rfm_en) == 40
        assert sum(segment.size for segment in report.people.rfm_zh) == 40
    with subtests.test("customers are called by the company's own ids, and one who was erased by none"):
        assert isinstance(report.needs, Needs)
        assert isinstance(report.guide, Guide)
        lists = [entry for entry in report.needs.lists if isinstance(entry, CallList)]
        assert {row[0] for entry in lists for row in entry.rows} == {f"C{k}" for k in range(1, 40, 2)}
        assert all(len(row) == len(entry.columns) for entry in lists for row in entry.rows)
        assert {customer.customer for customer in report.guide.customers} <= {f"C{k}" for k in range(1, 40)}
    with subtests.test("picks have their reasons, other titles first, and what is new is told"):
        assert len(report.guide.customers) == 5
        for customer in report.guide.customers:
            assert [pick.title for pick in customer.picks] == ["milk", "wine", "bread"]
            assert [pick.because for pick in customer.picks] == [("wine",), ("milk",), ()]
            assert [p.title for p in customer.picks if not p.is_new] == list(customer.basket)
        assert [(hit.kind, hit.ours.value, hit.popular.value) for hit in report.guide.hits] == [("new", 0.3, 0.2)]
    with subtests.test("what people did"):
        assert isinstance(report.look, Look)
        assert [(cohort.name, cohort.size) for cohort in report.look.cohorts] == [("2024-01", 40)]
        assert report.look.cohorts[0].retention == (1.0,)  # all of them bought in February
        assert report.look.top[0] == 0
        assert report.look.top[-1] == 1
        assert {(str(one.first), str(one.then)): one.people for one in report.look.seconds} == {
            ("DAIRY", "DAIRY"): 20,
            ("DRINKS", "DRINKS"): 20,
        }
        assert next(one.now for one in report.look.moved if one.key == "buyers") == 40
        assert not report.look.last_year_known
    with subtests.test("a campaign with few redeemers is told in counts"):
        assert isinstance(report.past, Past)
        assert [(c.reached, c.redeemers, c.rate, c.break_even) for c in report.past.campaigns] == [(40, 2, None, None)]
        assert not report.past.held_out
    with subtests.test("what the page rests on"):
        trust = report.trust
        counted = [(s.name, s.received, s.stored, s.quarantined, s.duplicate) for s in trust.sources]
        assert counted == [("sales", 9, 8, 1, 0)]
        assert [(r.source, r.reason.en, r.rows) for r in trust.refused] == [("sales", "quantity is below 0", 1)]
        assert (trust.customers, trust.with_attributes, trust.margin_assumed) == (40, 10, True)
        assert [(f.kind, f.category, f.days, f.model.value, f.random.value) for f in trust.flagged] == [
            ("inactive", "", 56, 40.0, 7.0),
            ("buys", "DAIRY", 28, 90.0, 50.0),
        ]


def test_the_draft_is_told_until_its_first_day_has_passed(shop: Workspace) -> None:
    run(shop, plan)
    report = told(shop)
    drafted = report.next
    assert isinstance(drafted, NextCampaign)
    assert drafted.treated + drafted.held_out == 40
    assert sum(stratum.size for stratum in drafted.strata) == 40
    assert report.headline.known_on == drafted.known_on > drafted.starts_on > AS_OF
    assert min(choice.lift for choice in drafted.choices) == drafted.visible_lift
    assert drafted.offer.en != drafted.offer.zh
    assert 'Customer <bdi translate="no">C' in render(report)


@pytest.mark.parametrize("name", ["bare_workspace", "guest_workspace"])
@pytest.mark.parametrize("stages", [(), (profile, plan)])
def test_the_smallest_companies_get_a_page_that_says_what_is_lacking(
    request: pytest.FixtureRequest, name: str, stages: tuple[Stage, ...]
) -> None:
    workspace = request.getfixturevalue(name)
    run(workspace, *stages)
    report = told(workspace)
    assert isinstance(report.pulse, Pulse)
    assert report.guide == Missing("lines")
    assert isinstance(report.look, Look) == (name == "bare_workspace")
    assert report.past == Missing("campaigns")
    assert report.next == Missing("plan")
    assert (report.headline.buyers, report.headline.guest_orders) == ((1, 0) if name == "bare_workspace" else (0, 1))
    text = render(report)
    assert "No past campaigns are mapped" in text
    assert "没有映射过往活动" in text


def test_the_report_calls_groups_clear_where_the_command_does():
    """Beside the best of data without groups over every number of groups, not over the chosen number alone."""

    def clear(k: int, low: float, shuffled: float, chosen: bool) -> Clear:
        return Clear(k, Estimate(low + 0.01, low, low + 0.02, 500, "silhouette"), shuffled, chosen)

    assert _is_clear((clear(2, 0.40, 0.30, True), clear(3, 0.35, 0.39, False)))
    assert not _is_clear((clear(2, 0.40, 0.30, True), clear(3, 0.35, 0.41, False)))
    assert not _is_clear(())
