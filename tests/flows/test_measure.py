"""Stage measure: one row a campaign, and plain words where there are none."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from daogou.base import words
from daogou.flows.measure import measure
from daogou.flows.workspace import StageReport, Workspace
from daogou.store.tables import ASSIGNMENTS, COUPONS, ORDERS, PAST_CAMPAIGNS, RESULTS
from daogou.testing.rows import rows

TODAY = date(2024, 4, 3)
COMPANY = '[company]\ntimezone = "Europe/Berlin"\ncurrency = "EUR"\n'


def shop(folder: Path, redeemers: int) -> Workspace:
    """Two campaigns in March, each reaching 200 people, of whom the first so many redeemed in the first of them."""
    (folder / "daogou.toml").write_text(COMPANY, encoding="utf-8")
    workspace = Workspace(folder)
    days = {"starts_on": date(2024, 3, 1), "ends_on": date(2024, 3, 20), "kind": "mail"}
    later = {"starts_on": date(2024, 3, 15), "ends_on": date(2024, 4, 30), "kind": "text"}
    day = date(2024, 3, 5)
    with workspace.warehouse() as warehouse:
        ran = ({"campaign_id": "1"} | days, {"campaign_id": "2"} | later)
        warehouse.append(PAST_CAMPAIGNS, rows(PAST_CAMPAIGNS, *ran))
        sent = ({"campaign_id": c, "unit_id": k, "arm": "treated"} for c in "12" for k in range(200))
        warehouse.append(ASSIGNMENTS, rows(ASSIGNMENTS, *sent))
        used = (
            {"coupon_id": f"{k:03d}", "customer_id": k, "campaign_id": "1", "redeemed_day": day}
            for k in range(redeemers)
        )
        warehouse.append(COUPONS, rows(COUPONS, *used))
        orders = (
            {
                "order_id": f"{k}-{n}",
                "customer_id": k,
                "local_day": date(2024, 2, 20) + timedelta(days=14 * n),
                "net_sales": 40 + k % 7,
            }
            for k in range(200)
            for n in range(4)
        )
        warehouse.append(ORDERS, rows(ORDERS, *orders))
    return workspace


def run(workspace: Workspace) -> StageReport:
    return measure(workspace, lambda: datetime(2024, 4, 3, 9, tzinfo=UTC), lambda done, text: None)


def test_enough_redeemers_have_a_rate_and_a_break_even(tmp_path: Path) -> None:
    report = run(shop(tmp_path, 50))
    first, second = report.summary["measure"]
    assert (first["name"], first["reached"], first["redeemers"], first["rate"]) == ("1", 200, 50, 0.25)
    assert first["rate_low"] < 0.25 < first["rate_high"]
    assert first["break_even_low"] < first["break_even"] < first["break_even_high"]
    assert second["incomplete"] == "ends after the data"
    assert (second["redeemers"], second["rate"], second["break_even"]) == (0, None, None)
    assert [row["name"] for row in report.summary["measure_pooled"]] == ["mail", "text", "all", "complete"]
    assert report.summary["overlap"]["value"] == 1.0
    assert any("pays only if at least" in line for line in report.lines)


def test_no_click_rate_is_made_up_and_nothing_is_called_proof(tmp_path: Path) -> None:
    report = run(shop(tmp_path, 50))
    notes = report.summary["measure_notes"]
    assert (notes["ctr"], notes["cvr"], notes["proof_of_effect"]) == (None, None, False)
    assert sum("nothing here is proof of effect" in line for line in report.lines) == 1
    assert sum("no CTR and no CVR" in line for line in report.lines) == 1


def test_below_thirty_redeemers_there_are_counts_alone(tmp_path: Path) -> None:
    report = run(shop(tmp_path, 29))
    assert {row["rate"] for row in report.summary["measure"] + report.summary["measure_pooled"]} == {None}
    assert report.summary["measure"][0]["redemptions"] == 29
    assert not any("pays only" in line for line in report.lines)


def test_twice_gives_equal_rows(tmp_path: Path) -> None:
    workspace = shop(tmp_path, 50)
    kept = []
    for _ in range(2):
        run(workspace)
        with workspace.warehouse() as warehouse:
            kept.append(warehouse.to_arrow(warehouse.table(RESULTS).order_by("level", "name")).to_pylist())
    assert kept[0] == kept[1]
    assert len(kept[0]) == 2 + 4
    assert {row["as_of"] for row in kept[0]} == {TODAY}


def test_without_campaigns_the_stage_says_what_to_add(tmp_path: Path) -> None:
    workspace = shop(tmp_path, 0)
    with workspace.warehouse() as warehouse:
        for table in (PAST_CAMPAIGNS, ASSIGNMENTS, COUPONS):
            warehouse.replace(table, rows(table))
    report = run(workspace)
    assert (report.summary["measure"], report.summary["measure_pooled"], report.summary["overlap"]) == ([], [], None)
    assert report.lines[:2] == [
        (
            "No past campaigns are known. Map past_campaigns, assignments and coupons in daogou.toml"
            " to see what they cost."
        ),
        "No touches and no spend are known. Map touches and spend in daogou.toml to see what channels claim and get.",
    ]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_lines_are_filled_in_both_languages(tmp_path: Path, language: str) -> None:
    with words.language(language):
        lines = run(shop(tmp_path, 50)).lines
    assert len(lines) >= 7
    assert not any("{" in line for line in lines)
