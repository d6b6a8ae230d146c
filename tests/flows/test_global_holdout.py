"""The customers whom no campaign reaches for half a year."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.base import words
from daogou.base.assignment import draw
from daogou.flows.global_holdout import half_year, held_back
from daogou.flows.plan import plan, plan_lines
from daogou.flows.workspace import Workspace
from daogou.store import models
from daogou.store.ledger import Campaign
from daogou.store.tables import ORDERS, PROFILES
from daogou.testing.rows import rows

COMPANY = '[company]\ntimezone = "Europe/Berlin"\ncurrency = "EUR"\n'
MARCH, APRIL, JUNE, JULY = date(2024, 3, 1), date(2024, 4, 1), date(2024, 6, 20), date(2024, 7, 1)


class Company:
    """A company that goes on: ``at`` adds orders up to a day and plans on it."""

    def __init__(self, folder: Path, share: float = 0.1, more: str = "") -> None:
        self.folder, self.days = folder, list[date]()
        self.ask(share, more)

    def ask(self, share: float, more: str = "") -> None:
        settings = f"{COMPANY}[plan]\nglobal_holdout = {share}\nmargin = 0.4\n{more}"
        (self.folder / "daogou.toml").write_text(settings, encoding="utf-8")
        self.workspace = Workspace(self.folder)

    def at(self, day: date, customers: int = 1500) -> dict[str, Any]:
        spend = 1 + np.random.default_rng(day.toordinal()).integers(0, 100, customers)
        if day not in self.days:
            with self.workspace.warehouse() as warehouse:
                orders = (
                    {
                        "order_id": f"{day}-{k}",
                        "customer_id": k + 1,
                        "local_day": day - timedelta(days=1 + k % 28),
                        "net_sales": int(spend[k]),
                    }
                    for k in range(customers)
                )
                warehouse.append(ORDERS, rows(ORDERS, *orders))
                known = (
                    {
                        "customer_id": k + 1,
                        "as_of": day,
                        "net_sales_365": float(spend[k]),
                        "recency_days": 1 + k % 28,
                        "attributes": [("household_id", f"h{k // 2}")],
                    }
                    for k in range(customers)
                )
                warehouse.append(PROFILES, rows(PROFILES, *known))
            self.days.append(day)
        report = plan(self.workspace, lambda: datetime(2024, 3, 1, 9, tzinfo=UTC), lambda done, text: None)
        told: dict[str, Any] = report.summary["plan"]
        return told

    def held(self) -> list[Campaign]:
        with self.workspace.ledger() as ledger:
            return [one for one in ledger.campaigns() if one.state == "holdout"]

    def rows(self, sha256: str) -> pa.Table:
        return pq.read_table(io.BytesIO(models.get(self.workspace.artefacts, sha256)))

    def out(self, row: Campaign) -> set[int]:
        table = self.rows(row.plan_sha)
        return {
            who
            for who, arm in zip(*(table[c].to_pylist() for c in ("customer_id", "arm")), strict=True)
            if arm == "holdout"
        }

    def people(self, told: dict[str, Any]) -> set[int]:
        return set(self.rows(told["sha256"])["customer_id"].to_pylist())


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_half_years_part_the_calendar(day: date) -> None:
    name, first, last = half_year(day)
    assert first <= day <= last
    assert half_year(last + timedelta(days=1))[1] == last + timedelta(days=1)
    assert name == f"global-holdout-{day.year}H{1 if day.month < 7 else 2}"


def test_none_unless_a_person_asks_for_it(tmp_path: Path) -> None:
    company = Company(tmp_path, 0.0)
    told = company.at(MARCH)
    assert (told["customers"], told["global_holdout"], company.held()) == (1500, None, [])


def test_it_is_a_row_of_the_ledger_with_everyones_lot_and_no_plan_reaches_its_people(tmp_path: Path) -> None:
    company = Company(tmp_path)
    told = company.at(MARCH)
    (row,) = company.held()
    assert (row.name, row.state) == ("global-holdout-2024H1", "holdout")
    assert (row.summary["starts_on"], row.summary["ends_on"], row.summary["share"]) == ("2024-03-01", "2024-06-30", 0.1)
    table = company.rows(row.plan_sha)
    assert table["customer_id"].to_pylist() == list(range(1, 1501))
    out = company.out(row)
    assert len(out) == row.summary["held_out"] == pytest.approx(150, abs=45)
    salt = company.workspace.keys.salt
    assert out == {k for k in range(1, 1501) if draw(salt, "global-holdout-2024H1", str(k)) < 0.1}
    chances = {(arm, p) for arm, p in zip(table["arm"].to_pylist(), table["propensity"].to_pylist(), strict=True)}
    assert chances == {("holdout", 0.1), ("treated", 0.9)}
    assert company.people(told) == set(range(1, 1501)) - out
    assert json.loads(table.schema.metadata[b"holdout"]) == row.summary


def test_twice_is_the_same_row_and_a_new_customer_changes_nobody_elses_lot(tmp_path: Path) -> None:
    company = Company(tmp_path)
    first = company.at(MARCH)
    assert company.at(MARCH) == first
    assert len(company.held()) == 1
    before = company.out(company.held()[0])
    told = company.at(APRIL, 1800)
    rows_ = company.held()
    assert [row.name for row in rows_] == ["global-holdout-2024H1"] * 2
    after = company.out(rows_[-1])
    assert {who for who in after if who <= 1500} == before
    assert 10 < len(after - before) < 60  # the new ones got lots too
    assert rows_[-1].summary["starts_on"] == "2024-03-01"
    assert not company.people(told) & after


def test_each_half_year_draws_anew(tmp_path: Path) -> None:
    company = Company(tmp_path, 0.2)
    company.at(MARCH)
    company.at(JULY)
    first, second = (company.out(row) for row in company.held())
    assert company.held()[-1].summary["starts_on"] == "2024-07-01"
    expected = 1500 * 0.2 * 0.2
    assert abs(len(first & second) - expected) < 4 * expected**0.5


def test_a_campaign_that_reaches_into_the_next_half_year_leaves_its_people_out_too(tmp_path: Path) -> None:
    company = Company(tmp_path, 0.2)
    told = company.at(JUNE)  # from 27 June to 24 July
    company.at(JULY)
    first, second = (company.out(row) for row in company.held())
    assert company.people(told) == set(range(1, 1501)) - first - second


def test_the_share_stays_until_the_half_year_is_over_and_0_ends_it(tmp_path: Path) -> None:
    company = Company(tmp_path, 0.1)
    company.at(MARCH)
    company.ask(0.3)
    told = company.at(APRIL)
    assert (told["global_holdout"]["share"], company.held()[-1].summary["share"]) == (0.1, 0.1)
    company.ask(0.0)
    for _twice in range(2):
        told = company.at(APRIL)
    assert told["global_holdout"] is None
    assert told["customers"] == 1500
    assert company.held()[-1].summary["ends_on"] == "2024-03-31"
    assert len(company.held()) == 2
    company.ask(0.3)
    company.at(JULY)
    assert (company.held()[-1].name, company.held()[-1].summary["share"]) == ("global-holdout-2024H2", 0.3)


def test_households_are_held_out_whole(tmp_path: Path) -> None:
    company = Company(tmp_path, 0.2, 'unit = "household"\n')
    company.at(MARCH)
    out = company.out(company.held()[0])
    assert {who if who % 2 else who - 1 for who in out} == {who for who in out if who % 2}
    assert len(out) % 2 == 0


def test_what_it_costs_and_will_show_is_said(tmp_path: Path) -> None:
    company = Company(tmp_path)
    told = company.at(MARCH)
    promise = told["global_holdout"]
    mean = 51.0  # spend in the 28 days that are known
    assert promise["history_days"] == 28
    assert promise["forgone"] == pytest.approx(promise["held_out"] * promise["visible_lift"] * mean * 0.4, rel=0.05)
    assert (promise["known_on"], promise["ends_on"]) == ("2024-07-01", "2024-06-30")
    lines = plan_lines(told, "EUR")
    assert any(f"no campaign reaches {promise['held_out']} of 1,500 customers (10 %)" in line for line in lines)
    with words.language("zh"):
        assert any("任何活动都不触达" in line for line in plan_lines(told, "EUR"))
    (tmp_path / "b").mkdir()
    bigger = Company(tmp_path / "b", 0.3)
    assert bigger.at(MARCH)["global_holdout"]["visible_lift"] < promise["visible_lift"]


def test_a_holdout_that_is_killed_before_the_ledger_knows_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = Company(tmp_path)

    def killed(*_args: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("daogou.store.ledger.Ledger.add_campaign", killed)
        with pytest.raises(KeyboardInterrupt):
            company.at(MARCH)
    assert company.held() == []
    assert len(list(company.workspace.artefacts.iterdir())) == 1  # an orphan, which nobody reads
    company.at(MARCH)
    assert len(company.held()) == 1


def test_people_are_kept_off_lists_while_their_half_year_lasts(tmp_path):
    company = Company(tmp_path)
    company.at(APRIL)
    workspace = company.workspace
    with workspace.ledger() as ledger:
        inside = held_back(workspace, ledger, JUNE)
        assert 80 < len(inside) < 230  # a tenth of 1,500
        assert held_back(workspace, ledger, APRIL) == inside
        assert held_back(workspace, ledger, JULY) == held_back(workspace, ledger, MARCH) == set()
