"""Rates in the stage measure, counted by hand: unique and total, programs, late and doubled conversions, flood."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from daogou.base.words import LANGUAGES, language
from daogou.flows.measure import measure
from daogou.flows.workspace import Workspace
from daogou.store.tables import EVENTS, ORDERS, RATES, SEGMENTS, SPEND, TOUCHES
from daogou.testing.rows import rows

COMPANY = '[company]\ntimezone = "Europe/Berlin"\ncurrency = "EUR"\n'
START = datetime(2025, 1, 1)
NOON = 0.5


def touches(*told):
    """(customer, kind, day, seconds after noon, more)."""
    found = []
    for n, (customer, kind, day, seconds, more) in enumerate(told):
        at = START + timedelta(days=day + NOON, seconds=seconds)
        row = {"touch_id": f"t{n}", "customer_id": customer, "kind": kind, "channel": "email", "campaign_id": "m1"}
        found.append(row | {"occurred_at": at, "local_day": at.date()} | more)
    return found


def company(folder, told, **facts):
    (folder / "daogou.toml").write_text(COMPANY, encoding="utf-8")
    workspace = Workspace(folder)
    order = {"order_id": "o", "customer_id": 1, "occurred_at": START + timedelta(days=60), "net_sales": 9}
    with workspace.warehouse() as warehouse:
        warehouse.append(ORDERS, rows(ORDERS, order | {"local_day": (START + timedelta(days=60)).date()}))
        warehouse.append(TOUCHES, rows(TOUCHES, *told))
        for table, more in facts.items():
            contract = {"events": EVENTS, "spend": SPEND, "segments": SEGMENTS}[table]
            warehouse.append(contract, rows(contract, *more))
    return workspace


def run(workspace):
    report = measure(workspace, lambda: datetime(2025, 5, 1, tzinfo=UTC), lambda done, text: None)
    json.dumps(report.summary, allow_nan=False)
    return report


def rates(report, dimension="all", name=None):
    told = report.summary["rates"]["rates"]
    return {
        row["rate"]: (row["above"], row["below"])
        for row in told
        if row["dimension"] == dimension and row["name"] in (name or row["name"],)
    }


MAIL = touches(
    *((c, "sent", 40, 0, {}) for c in range(30)),
    *((c, "delivered", 40, 5, {}) for c in range(25)),
    *((c, "open", 40, 60, {}) for c in range(12)),
    *((c, "open", 40, 61, {}) for c in range(4)),  # opened again
    *((c, "click", 40, 70, {}) for c in range(6)),
    *((c, "click", 40, 80, {}) for c in range(3)),  # clicked again
    (20, "click", 40, 6, {}),  # a second after delivery, and 6 after it was sent
    (21, "click", 40, 1, {}),  # a second after it was sent
    (22, "click", 40, 90, {"is_bot": True}),
    (23, "click", 40, 90, {"user_agent": "Barracuda Sentinel"}),
    (0, "conversion", 41, 0, {"order_id": "a"}),
    (0, "conversion", 42, 0, {"order_id": "a"}),  # claimed again
    (1, "conversion", 45, 0, {"order_id": "b"}),
    (9, "conversion", 45, 0, {"order_id": "c"}),  # never clicked
    (2, "conversion", 40, 0, {"order_id": "d"}),  # before the click
    (3, "unsubscribe", 41, 0, {}),
)


def test_rates_are_those_that_one_counts_by_hand(tmp_path):
    report = run(company(tmp_path, MAIL))
    assert rates(report) == {
        "cvr": (2, 10),
        "reach_cvr": (2, 30),
        "delivery_rate": (25, 30),
        "open_rate": (12, 25),
        "click_rate": (10, 25),
        "unique_click_rate": (7, 25),
        "click_to_open_rate": (7, 12),
        "unsubscribe_rate": (1, 25),
    }
    counts = report.summary["rates"]["touches"]
    assert counts["click"] == {"all": 13, "kept": 10, "declared": 1, "named": 1, "fast": 1}
    assert counts["conversion"] == {"all": 5, "kept": 2, "doubled": 1, "without_click": 2}
    assert counts["open"] == {"all": 16, "kept": 16}
    text = "\n".join(report.lines).replace("\N{NO-BREAK SPACE}", " ")
    assert "Of 13 touches of kind 'click' 10 count; left out: the source says a program did it: 1;" in text
    assert "messages opened: 48 % (between" in text
    assert "Opens are no evidence" in text
    assert "interval by customer." in text


def test_a_late_conversion_does_not_count(tmp_path):
    told = touches((1, "click", 1, 0, {}), (1, "conversion", 30, 0, {"order_id": "a"}),
                   (2, "click", 1, 0, {}), (2, "conversion", 32, 0, {"order_id": "b"}))  # fmt: skip
    report = run(company(tmp_path, told))
    assert rates(report) == {"cvr": (1, 2)}
    assert report.summary["rates"]["touches"]["conversion"] == {"all": 2, "kept": 1, "late": 1}


def test_what_a_channel_never_tells_of_is_no_rate_of_0(tmp_path):
    other = [row | {"touch_id": "x" + row["touch_id"], "channel": "SMS "} for row in MAIL[:55] if row["kind"] != "open"]
    report = run(company(tmp_path, MAIL + other))
    assert rates(report, "channel", "sms") == {"delivery_rate": (25, 30)}
    assert rates(report)["cvr"] == (2, 10)
    assert rates(report)["delivery_rate"] == (50, 60)


def test_clicks_of_a_channel_that_tells_of_no_deliveries_stand_above_none(tmp_path):
    search = touches(*((c, "click", 40, 70, {"channel": "search", "touch_id": f"s{c}"}) for c in range(90)))
    report = run(company(tmp_path, MAIL + search))
    assert rates(report)["click_rate"] == (10, 25)
    assert rates(report)["unique_click_rate"] == (7, 25)
    assert "click_rate" not in rates(report, "channel", "search")


def test_every_grouping_is_kept_and_adds_up(tmp_path):
    told = [
        row | {"campaign_id": "m1" if k % 2 else "m2", "arm": "a" if k % 3 else "b", "item_id": "tea"}
        for k, row in enumerate(MAIL)
    ]
    segments = [
        {"customer_id": c, "as_of": (START + timedelta(days=61)).date(), "method": "rfm", "segment": "ab"[c % 2]}
        for c in range(30)
    ]  # fmt: skip
    workspace = company(tmp_path, told, segments=segments)
    run(workspace)
    with workspace.warehouse() as warehouse:
        found = warehouse.to_arrow(warehouse.table(RATES)).to_pylist()
    clicks = {}
    for row in found:
        if row["rate"] == "click_rate":
            clicks[row["dimension"]] = clicks.get(row["dimension"], 0) + row["above"]
            assert row["low"] is None or row["low"] <= row["value"] <= row["high"]
    assert clicks == dict.fromkeys(
        ["all", "channel", "campaign", "arm", "item", "segment", "day", "week"], clicks["all"]
    )
    assert {row["name"] for row in found if row["dimension"] == "arm"} == {"m1 / a", "m1 / b", "m2 / a", "m2 / b"}


def test_flood_is_told_by_week(tmp_path):
    told = touches(
        *((c, "delivered", 5, k, {}) for c in range(20) for k in range(1)),
        *((c, "delivered", 58, k, {}) for c in range(20) for k in range(3)),
        *((c, "unsubscribe", 59, 0, {}) for c in range(3)),
    )
    report = run(company(tmp_path, told))
    weeks = [row for row in report.summary["rates"]["rates"] if row["dimension"] == "week"]
    means = {row["name"]: row["value"] for row in weeks if row["rate"] == "messages_per_person"}
    assert means == {"2025-01-12": 1.0, "2025-03-02": 3.0}
    left = {row["name"]: row["value"] for row in weeks if row["rate"] == "unsubscribe_rate"}
    assert left == {"2025-01-12": 0, "2025-03-02": 0.05}
    assert report.lines[-1] == (
        "From the first week to the last: messages per person 1.0 to 3.0, opt-outs per message 0\N{NO-BREAK SPACE}% to "
        "5\N{NO-BREAK SPACE}%, complaints per message – to –."
    )


def test_platforms_and_visitors_have_their_rates(tmp_path):
    days = [(START + timedelta(days=d)).date() for d in range(20, 40)]
    told = [{"spend_id": str(d), "channel": "Search", "day": d, "impressions": 100, "clicks": 5} for d in days]
    seen = [
        {"event_id": f"e{c}", "customer_id": c, "kind": "view", "occurred_at": START + timedelta(days=50),
         "local_day": (START + timedelta(days=50)).date()}
        for c in range(1, 21)
    ]  # fmt: skip
    report = run(company(tmp_path, [], spend=told, events=seen))
    assert rates(report, "channel") == {"platform_ctr": (100, 2000)}
    assert rates(report) == {"visitor_cvr": (1, 20)}
    text = "\n".join(report.lines)
    assert (
        "search, CTR as the platform counts (clicks per impression): 5 %".replace(" %", "\N{NO-BREAK SPACE}%") in text
    )
    assert "interval by day." in text


def test_without_touches_there_are_no_rates(tmp_path):
    assert run(company(tmp_path, [])).summary["rates"] == {}


@pytest.mark.parametrize("code", LANGUAGES)
def test_lines_are_filled_in_both_languages(tmp_path, code):
    with language(code):
        assert not [line for line in run(company(tmp_path, MAIL)).lines if "{" in line]
