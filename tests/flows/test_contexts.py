"""What the report is told of small companies: everything that there is, and what is lacking by name."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from daogou.flows.contexts import contexts
from daogou.flows.plan import plan
from daogou.flows.profile import profile
from daogou.flows.segment import segment
from daogou.flows.workspace import Stage, Workspace
from daogou.report.contexts import CallList, Guide, Missing, Needs, NextCampaign, Past, People, Pulse, Report
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
            QUARANTINE, rows(QUARANTINE, {"source": "sales", "row": 3, "reason": "no date", "payload": b"x"})
        )
    return workspace


def test_every_block_is_told(shop: Workspace) -> None:
    report = told(shop)
    assert isinstance(report.pulse, Pulse)
    assert isinstance(report.people, People)
    assert isinstance(report.needs, Needs)
    assert isinstance(report.guide, Guide)
    assert isinstance(report.past, Past)
    assert report.company.currency == "EUR"
    assert report.company.name == shop.path.name
    assert (report.company.first_day, report.company.last_day) == (date(2024, 1, 1), date(2024, 2, 29))
    assert sum(segment.size for segment in report.people.rfm_en) == 40
    assert sum(segment.size for segment in report.people.rfm_zh) == 40
    assert report.appendix.release == "a-release"


def test_customers_are_called_by_the_companys_own_ids_and_erased_ones_are_absent(shop: Workspace) -> None:
    report = told(shop)
    assert isinstance(report.needs, Needs)
    assert isinstance(report.guide, Guide)
    lists = [entry for entry in report.needs.lists if isinstance(entry, CallList)]
    named = {row[0] for entry in lists for row in entry.rows}
    assert named
    assert named <= {f"C{k}" for k in range(1, 40)}
    assert sum(entry.size for entry in lists) >= sum(len(entry.rows) for entry in lists)
    assert all(len(row) == len(entry.columns) for entry in lists for row in entry.rows)
    assert {customer.customer for customer in report.guide.customers} <= {f"C{k}" for k in range(1, 40)}


def test_picks_come_with_their_reasons_and_what_is_new_is_told(shop: Workspace) -> None:
    guide = told(shop).guide
    assert isinstance(guide, Guide)
    assert len(guide.customers) == 5
    for customer in guide.customers:
        assert [pick.title for pick in customer.picks] == ["milk", "wine", "bread"]
        assert [pick.because for pick in customer.picks] == [("wine",), ("milk",), ()]
        assert len(customer.basket) == 1
        assert [pick.is_new for pick in customer.picks] == [
            title not in customer.basket for title in ("milk", "wine", "bread")
        ]
    assert [(hit.kind, hit.ours.value, hit.popular.value) for hit in guide.hits] == [("new", 0.3, 0.2)]


def test_what_the_page_rests_on(shop: Workspace) -> None:
    trust = told(shop).trust
    assert [(s.name, s.received, s.stored, s.quarantined, s.duplicate) for s in trust.sources] == [
        ("sales", 9, 8, 1, 0)
    ]
    assert [(r.source, r.reason, r.rows) for r in trust.refused] == [("sales", "no date", 1)]
    assert (trust.customers, trust.with_attributes) == (40, 10)
    assert trust.margin_assumed
    assert [(f.kind, f.category, f.days, f.model.value, f.random.value) for f in trust.flagged] == [
        ("inactive", "", 56, 40.0, 7.0),
        ("buys", "DAIRY", 28, 90.0, 50.0),
    ]


def test_a_campaign_with_few_redeemers_is_told_in_counts(shop: Workspace) -> None:
    past = told(shop).past
    assert isinstance(past, Past)
    assert [(c.name, c.reached, c.redeemers, c.rate, c.break_even) for c in past.campaigns] == [
        ("1", 40, 2, None, None)
    ]
    assert not past.held_out


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


def test_the_page_of_the_shop_holds_no_surrogate_as_a_name(shop: Workspace, tmp_path: Path) -> None:
    run(shop, plan)
    text = render(told(shop))
    assert "C39" in text or "C1" in text
    assert 'Customer <bdi translate="no">C' in text


@pytest.mark.parametrize("name", ["bare_workspace", "guest_workspace"])
@pytest.mark.parametrize("stages", [(), (profile, segment, plan)])
def test_the_smallest_companies_get_a_page_that_says_what_is_lacking(
    request: pytest.FixtureRequest, name: str, stages: tuple[Stage, ...]
) -> None:
    workspace = request.getfixturevalue(name)
    run(workspace, *stages)
    report = told(workspace)
    assert isinstance(report.pulse, Pulse)
    assert report.guide == Missing("lines")
    assert report.past == Missing("campaigns")
    assert report.next == Missing("plan")
    assert (report.headline.buyers, report.headline.guest_orders) == ((1, 0) if name == "bare_workspace" else (0, 1))
    text = render(report)
    assert "No past campaigns are mapped" in text
    assert "没有映射过去的活动" in text
