"""What customers are worth, from the warehouse to the tables, the rules, one customer's page and the report."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from daogou.base.errors import DaogouError
from daogou.base.rule_read import read
from daogou.base.words import language
from daogou.flows.contexts.worth import worth
from daogou.flows.customer import _worth
from daogou.flows.settings import read_settings
from daogou.flows.value import sales, value
from daogou.flows.workspace import Workspace
from daogou.report import sentences
from daogou.report.contexts import Company
from daogou.store.rule import members
from daogou.store.tables import CUSTOMER_VALUES, CUSTOMERS, ORDERS, PROFILES, REFUNDS, VALUE_TOTALS
from daogou.testing.company import company
from daogou.testing.rows import rows

FIRST = date(2023, 1, 1)
AS_OF = FIRST + timedelta(days=500)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Three hundred customers, a guest, and days at and after as_of."""
    sold = company(9, customers=300, days=560)
    orders, refunds = [], []
    for n, (who, day, paid, back) in enumerate(
        zip(sold.customer.tolist(), sold.day.tolist(), sold.paid.tolist(), sold.refunded.tolist(), strict=True)
    ):
        when = {"customer_id": who, "local_day": FIRST + timedelta(days=day)}
        if paid > 0:
            orders.append({"order_id": str(n), "net_sales": round(paid, 4), "paid": round(paid, 4), "lines": 1} | when)
        if back > 0:
            refunds.append({"refund_id": str(n), "amount": round(back, 4)} | when)
    orders += [
        {"order_id": f"g{n}", "customer_id": 999, "local_day": FIRST + timedelta(days=n), "net_sales": 5, "paid": 5}
        for n in range(99)
    ]
    customers = [{"customer_id": k, "is_static": True, "is_guest": k == 999} for k in (*range(300), 999)]
    folder = tmp_path_factory.mktemp("value")
    text = '[company]\ntimezone = "Europe/Berlin"\ncurrency = "EUR"\n[value]\ndays = 90\ndraws = 100\n'
    (folder / "daogou.toml").write_text(text, encoding="utf-8")
    made = Workspace(folder)
    with made.warehouse() as warehouse:
        for table, told in ((CUSTOMERS, customers), (ORDERS, orders), (REFUNDS, refunds)):
            warehouse.append(table, rows(table, *told))
    return made


@pytest.fixture(scope="module")
def said(workspace):
    with workspace.warehouse() as warehouse:
        return value(workspace, warehouse, AS_OF)


def at(warehouse, table):
    return warehouse.to_arrow(warehouse.table(table)).to_pylist()


def test_the_tables_hold_everybody_but_guests_and_add_up(workspace, said):
    summary, lines = said
    with workspace.warehouse() as warehouse:
        values = at(warehouse, CUSTOMER_VALUES)
        totals = {row["measure"]: row for row in at(warehouse, VALUE_TOTALS)}
    assert len(values) == summary["value"]["customers"] <= 300
    assert 999 not in {row["customer_id"] for row in values}
    whole = sum(row["contribution"] for row in values)
    assert (
        totals["contribution"]["value"]
        == pytest.approx(whole)
        == pytest.approx(summary["value"]["contribution"]["value"])
    )
    assert totals["contribution"]["low"] < whole < totals["contribution"]["high"]
    assert set(totals) == {"contribution", "orders", "at_risk", "top_tenth_share"}
    assert summary["value"]["margin_assumed"] is True
    assert any("margin 25 %, assumed" in line for line in lines)
    assert summary["value"]["historic_net_sales"] == pytest.approx(sum(row["historic_net_sales"] for row in values))


def test_nothing_of_the_day_itself_or_later_is_seen(workspace, said):
    with workspace.warehouse() as warehouse:
        seen = sales(warehouse, AS_OF)
        assert seen.day.max() < (AS_OF - date(1970, 1, 1)).days
        historic = {row["customer_id"]: row["historic_net_sales"] for row in at(warehouse, CUSTOMER_VALUES)}
        orders = [r for r in at(warehouse, ORDERS) if r["local_day"] < AS_OF and r["customer_id"] == 5]
        refunds = [r for r in at(warehouse, REFUNDS) if r["local_day"] < AS_OF and r["customer_id"] == 5]
    whole = sum(float(row["net_sales"]) for row in orders) - sum(float(row["amount"]) for row in refunds)
    assert historic[5] == pytest.approx(whole)


def test_rules_ask_for_value(workspace, said):
    with workspace.warehouse() as warehouse:
        values = at(warehouse, CUSTOMER_VALUES)
        people = [{"customer_id": row["customer_id"], "as_of": AS_OF} for row in values]
        warehouse.replace(PROFILES, rows(PROFILES, *people), as_of=AS_OF)
        for name, column in (("expected_value", "contribution"), ("value_at_risk", "at_risk"), ("p_alive", "p_alive")):
            middle = float(np.median([row[column] for row in values]))
            rule = read({"score": name, "at_least": middle}, "rule")
            found = warehouse.to_arrow(members(warehouse, rule, AS_OF)).column("customer_id").to_pylist()
            assert set(found) == {row["customer_id"] for row in values if row[column] >= middle}


def test_one_customer_and_the_report_say_it_in_both_languages(workspace, said):
    with workspace.warehouse() as warehouse:
        row = at(warehouse, CUSTOMER_VALUES)[0]
        facts = worth(warehouse, AS_OF, workspace.settings)
    lines = _worth(row | {"is_wholesale": True}, "EUR", 90)
    assert lines[0].startswith("within 90 days: ")
    assert lines[-1] == "a wholesale buyer"
    assert _worth(None, "EUR", 90) == []
    shop = Company("A", "EUR", "en", FIRST, AS_OF)
    assert facts.days == 90
    assert "19 times in 20" in sentences.worth(facts, shop)
    assert "is at risk" in sentences.spread(facts, shop)
    assert sentences.worth_rests_on(facts).startswith("The margin of 25")
    with language("zh"):
        assert "贡献毛利" in sentences.worth(facts, shop)
        assert "假设" in sentences.worth_rests_on(facts)
        assert "批发" in sentences.worth_rests_on(replace(facts, wholesale=2))


def test_a_company_without_enough_says_so_and_writes_nothing(bare_workspace):
    with bare_workspace.warehouse() as warehouse:
        summary, lines = value(bare_workspace, warehouse, date(2024, 1, 2))
        assert at(warehouse, CUSTOMER_VALUES) == at(warehouse, VALUE_TOTALS) == []
        assert worth(warehouse, date(2024, 1, 2), bare_workspace.settings) is None
    assert summary["value"]["lack"] == "not enough data: orders of 1 days, of 28 are needed"
    assert len(lines) == 1


def test_a_second_run_takes_the_place_of_the_first(workspace, said):
    with workspace.warehouse() as warehouse:
        before = at(warehouse, CUSTOMER_VALUES)
        value(workspace, warehouse, AS_OF)
        assert sorted(at(warehouse, CUSTOMER_VALUES), key=str) == sorted(before, key=str)


@pytest.mark.parametrize(
    ("line", "problem"),
    [("days = 0", "days"), ("discount = -2", "discount"), ("draws = 5", "draws"), ("wholesale = 0", "wholesale")],
)
def test_settings_that_cannot_be_are_refused(tmp_path, line, problem):
    text = f'[company]\ntimezone = "UTC"\ncurrency = "EUR"\n[value]\n{line}\n'
    (tmp_path / "daogou.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DaogouError, match=problem):
        read_settings(tmp_path)
