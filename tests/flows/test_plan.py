"""Stage plan: a draft in the ledger, the same twice, and plain words where nothing can be planned."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from daogou.base import words
from daogou.flows.plan import plan, plan_lines
from daogou.flows.workspace import StageReport, Workspace
from daogou.store import models
from daogou.store.tables import ITEMS, ORDERS, PROFILES, SCORES
from daogou.testing.rows import rows

LAST = date(2024, 2, 29)
TODAY = date(2024, 3, 1)
COMPANY = '[company]\ntimezone = "Europe/Berlin"\ncurrency = "EUR"\n'


def shop(folder: Path, customers: int, settings: str = "", scored: str | None = None) -> Workspace:
    """Customers who each ordered once in the last 28 days, for 1 to 100 euros, and 5 % who last ordered before."""
    (folder / "daogou.toml").write_text(COMPANY + settings, encoding="utf-8")
    workspace = Workspace(folder)
    spend = 1 + np.random.default_rng(0).integers(0, 100, customers)
    days = [LAST - timedelta(days=40 if k % 20 == 19 else k % 28) for k in range(customers)]
    with workspace.warehouse() as warehouse:
        orders = (
            {"order_id": str(k), "customer_id": k + 1, "local_day": days[k], "net_sales": int(spend[k])}
            for k in range(customers)
        )
        warehouse.append(ORDERS, rows(ORDERS, *orders))
        known = (
            {"customer_id": k + 1, "as_of": TODAY, "net_sales_365": float(spend[k]), "recency_days": 1 + k % 28}
            for k in range(customers)
        )
        warehouse.append(PROFILES, rows(PROFILES, *known))
        if scored:
            warehouse.append(ITEMS, rows(ITEMS, {"item_id": "i", "category": scored}))
            told = (
                {"customer_id": k + 1, "as_of": TODAY, "target": scored, "probability": 0.1} for k in range(customers)
            )
            warehouse.append(SCORES, rows(SCORES, *told))
    return workspace


def run(workspace: Workspace) -> StageReport:
    return plan(workspace, lambda: datetime(2024, 3, 1, 9, tzinfo=UTC), lambda done, text: None)


def campaigns(workspace: Workspace) -> list[Any]:
    with workspace.ledger() as ledger:
        return ledger.campaigns()


def test_the_draft_is_in_the_ledger_and_its_people_are_in_the_artefact(tmp_path: Path) -> None:
    workspace = shop(tmp_path, 600, scored="tea")
    told = run(workspace).summary["plan"]
    assert (told["state"], told["customers"], told["treated"], told["held_out"]) == ("draft", 600, 300, 300)
    assert told["offer"]["action"] == "coupon:tea"
    assert told["offer"]["mark"] == "likely buyers, not proven gain"
    (kept,) = campaigns(workspace)
    assert (kept.id, kept.plan_sha, kept.state) == (told["id"], told["sha256"], "draft")
    table = pq.read_table(io.BytesIO(models.get(workspace.artefacts, told["sha256"])))
    assert table["arm"].to_pylist().count("holdout") == 300
    assert json.loads(table.schema.metadata[b"plan"]) == kept.summary
    assert sum(row["customers"] for row in told["strata"]) == 600
    assert sum(row["held_out"] for row in told["strata"]) == 300


def test_twice_is_the_same_plan_and_the_same_row(tmp_path: Path) -> None:
    workspace = shop(tmp_path, 600)
    assert run(workspace).summary == run(workspace).summary
    assert len(campaigns(workspace)) == 1
    assert len(list(workspace.artefacts.iterdir())) == 1


def test_other_terms_are_another_plan(tmp_path: Path) -> None:
    first = run(shop(tmp_path, 600)).summary["plan"]
    (tmp_path / "daogou.toml").write_text(COMPANY + "[plan]\nmargin = 0.4\n", encoding="utf-8")
    second = run(Workspace(tmp_path)).summary["plan"]
    assert second["sha256"] != first["sha256"]
    assert second["id"] != first["id"]
    assert "margin" in first["costs"]["assumed"]
    assert "margin" not in second["costs"]["assumed"]


def test_a_tenth_held_out_shows_less(tmp_path: Path) -> None:
    told = run(shop(tmp_path, 600, "[plan]\nholdout = 0.1\n")).summary["plan"]
    assert told["held_out"] == 60
    assert (
        told["smallest_visible_lift"] == told["smallest_visible_lift_at_10pct"] > told["smallest_visible_lift_at_50pct"]
    )


def test_a_budget_is_kept(tmp_path: Path) -> None:
    told = run(shop(tmp_path, 600, "[plan]\nbudget = 100.0\n")).summary["plan"]
    assert told["customers"] < 600
    assert told["costs"]["total"]["value"] <= 100
    assert told["ranked_by"] == "value"
    stakes = told["stakes"]
    assert (stakes["limit"], 0 <= stakes["gap"] < 1e-4, stakes["total"] <= stakes["bound"]) == ("budget", True, True)
    assert stakes["pays_from"] == pytest.approx(1 / stakes["next"], rel=1e-9)


def test_without_limits_nothing_is_allocated(tmp_path: Path) -> None:
    assert run(shop(tmp_path, 600)).summary["plan"]["stakes"] is None


@pytest.mark.parametrize("limit", ["budget = 100.0", "capacity = 100"])
def test_what_the_next_one_would_bring_is_said_in_both_languages(tmp_path: Path, limit: str) -> None:
    workspace = shop(tmp_path, 600, f"[plan]\n{limit}\n", scored="tea")
    told = run(workspace).summary["plan"]
    with words.language("en"):
        assert sum("would" in line and "a contribution of €" in line for line in plan_lines(told, "EUR")) == 1
    with words.language("zh"):
        assert sum("贡献毛利" in line and "即可保本" in line for line in plan_lines(told, "EUR")) == 1


@pytest.mark.parametrize("customers", [1, 3])
def test_too_few_people_are_told_so_and_nothing_is_drafted(tmp_path: Path, customers: int) -> None:
    workspace = shop(tmp_path, customers)
    report = run(workspace)
    assert report.summary["plan"]["state"] == "none"
    assert report.lines[0].startswith(f"No campaign is planned: with {customers} customers")
    assert campaigns(workspace) == []


def test_guests_alone_are_nobody_to_plan_for(tmp_path: Path) -> None:
    workspace = shop(tmp_path, 5)
    with workspace.warehouse() as warehouse:
        warehouse.replace(PROFILES, rows(PROFILES))
    assert run(workspace).summary["plan"]["customers"] == 0


def test_without_campaigns_scores_or_categories_all_that_is_assumed_is_said(tmp_path: Path) -> None:
    report = run(shop(tmp_path, 600))
    costs = report.summary["plan"]["costs"]
    assert costs["assumed"] == ["margin", "contact_cost", "coupon_value", "redemption_rate"]
    assert (costs["coupons"]["low"], costs["redemption_rate"]["high"]) == (0.0, 1.0)  # anything is possible
    assert report.lines[0].startswith("The next campaign offers a voucher worth €5")
    assert any(line.startswith("Assumed, until the settings say otherwise: the margin,") for line in report.lines)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_stored_plan_speaks_both_languages(tmp_path: Path, language: str) -> None:
    workspace = shop(tmp_path, 600, scored="tea")
    run(workspace)
    with words.language(language):
        lines = plan_lines(campaigns(workspace)[0].summary, "EUR")
    assert len(lines) == len(set(lines)) >= 10
    assert not any("{" in line for line in lines)


def test_a_plan_that_is_killed_before_the_ledger_knows_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = shop(tmp_path, 600)

    def killed(*_args: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("daogou.store.ledger.Ledger.add_campaign", killed)
        with pytest.raises(KeyboardInterrupt):
            run(workspace)
    assert campaigns(workspace) == []
    (orphan,) = workspace.artefacts.iterdir()
    assert run(workspace).summary["plan"]["sha256"] == orphan.name  # the same bytes again
    assert len(campaigns(workspace)) == 1
