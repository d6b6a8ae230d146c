"""One customer whole: attributes, rhythm, orders, refunds, segments, chances and picks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis

from daogou.base import words
from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.flows.settings import Settings
from daogou.flows.tag_read import tags_of
from daogou.flows.uplift_models import uplift_line, uplifts_of
from daogou.flows.workspace import StageReport, Workspace
from daogou.predict.reasons import said
from daogou.predict.target import ANYTHING, INACTIVE
from daogou.profile.apart import measure
from daogou.profile.rules import name_of
from daogou.profile.segments import labels
from daogou.profile.tag_settings import TagSettings
from daogou.profile.tags_words import title, value_label
from daogou.store.rule_events import latest
from daogou.store.tables import (
    CATEGORY_SHARES,
    CUSTOMER_VALUES,
    CUSTOMERS,
    ITEMS,
    ORDERS,
    PROFILES,
    RECOMMENDATIONS,
    REFUNDS,
    SCORES,
    SEGMENT_SUMMARIES,
    SEGMENTS,
    Table,
)
from daogou.store.warehouse import Warehouse
from daogou.trust.identity import recognise

_SHOWN = 5  # of long lists; the JSON has all


@dataclass(frozen=True)
class _Reader:
    """Rows about one customer."""

    warehouse: Warehouse
    customer: int
    as_of: date

    def rows(self, table: Table, *order: str) -> list[dict[str, Any]]:
        """The customer's rows of a derived table, in ``order``."""
        rows = self.warehouse.table(table)
        mine = rows.filter(rows.customer_id == self.customer, rows.as_of == ibis.date(self.as_of.isoformat()))
        return self.warehouse.to_arrow(mine.order_by(*order).drop("customer_id", "as_of")).to_pylist()  # type: ignore[no-any-return]

    def facts(self, table: Table, *columns: str) -> list[dict[str, Any]]:
        """The customer's rows of a fact table before as_of, newest first."""
        rows = self.warehouse.table(table)
        mine = rows.filter(rows.customer_id == self.customer, rows.local_day < ibis.date(self.as_of.isoformat()))
        mine = mine.order_by(mine.occurred_at.desc(), *(mine[key].desc() for key in table.key)).select(*columns)
        return self.warehouse.to_arrow(mine).to_pylist()  # type: ignore[no-any-return]


def show_customer(workspace: Workspace, external: str) -> StageReport:
    """What is known of the customer whom the company calls ``external``.

    Raises:
        DaogouError: nobody is called so, or no profile was made yet.
    """
    with workspace.ledger() as ledger, ledger.transaction() as connection:
        found = recognise(connection, workspace.keys, "customer", [external])
    if external not in found:
        raise DaogouError(
            _("there is no customer '{id}'").format(id=external),
            "daogou profile show",
            _("Write the id as it stands in your files, and run 'daogou ingest' where they are new."),
        )
    with workspace.warehouse() as warehouse:
        reader = _Reader(warehouse, found[external], workspace.as_of(warehouse))
        told: dict[str, Any] = {"customer": external, "as_of": reader.as_of} | _everything(reader)
        told["uplifts"] = uplifts_of(workspace, warehouse, reader.customer, reader.as_of)
        titles = _titles(reader, [row["item_id"] for row in told["recommendations"]])
    return StageReport(told, list(_lines(told, titles, workspace.settings)))


def _everything(reader: _Reader) -> dict[str, Any]:
    profile = reader.rows(PROFILES, "as_of")
    return {
        "known": _known(reader),
        "profile": profile[0] | {"attributes": dict(profile[0]["attributes"])} if profile else None,
        "segments": _segments(reader),
        "tags": [held._asdict() for held in tags_of(reader.warehouse, reader.customer, reader.as_of)],
        "categories": reader.rows(CATEGORY_SHARES, "category"),
        "orders": reader.facts(
            ORDERS, "order_id", "occurred_at", "local_day", "lines", "paid", "net_sales", "store_id"
        ),
        "refunds": reader.facts(REFUNDS, "occurred_at", "local_day", "amount", "order_id", "item_id", "kind", "reason"),
        "scores": reader.rows(SCORES, "target"),
        "value": next(iter(reader.rows(CUSTOMER_VALUES, "as_of")), None),
        "recommendations": reader.rows(RECOMMENDATIONS, "rank"),
    }


def _known(reader: _Reader) -> dict[str, Any]:
    """Attributes in force, also of someone without an order."""
    found = latest(reader.warehouse.table(CUSTOMERS), "customer_id", reader.as_of)
    mine = reader.warehouse.to_arrow(found.filter(found.customer_id == reader.customer)).to_pylist()
    if not mine:
        return {}
    own = {name: mine[0][name] for name in ("joined_on", "member_level", "region") if mine[0][name] is not None}
    return own | dict(mine[0]["attributes"])


def _segments(reader: _Reader) -> list[dict[str, str]]:
    """Every segment that the customer is in, with its name in both languages."""
    summaries = reader.warehouse.table(SEGMENT_SUMMARIES)
    found = reader.warehouse.to_arrow(summaries.filter(summaries.as_of == ibis.date(reader.as_of.isoformat())))
    rows = reader.rows(SEGMENTS, "method", "segment")
    for code in words.LANGUAGES:
        with words.language(code):
            names = labels(found)
            for row in rows:
                row[f"label_{code}"] = names[row["method"], row["segment"]]
    return rows


def _titles(reader: _Reader, items: list[str]) -> dict[str, str]:
    rows = latest(reader.warehouse.table(ITEMS), "item_id", reader.as_of)
    named = rows.filter(rows.item_id.isin(items), rows.title.notnull()).select("item_id", "title")
    return {row["item_id"]: row["title"] for row in reader.warehouse.to_arrow(named).to_pylist()}


def _lines(told: dict[str, Any], titles: dict[str, str], settings: Settings) -> Iterator[str]:
    currency, tags = settings.company.currency, [_tag(row, settings.tags.named) for row in told["tags"]]
    yield _("Customer {id}, as known on {day}").format(id=told["customer"], day=told["as_of"])
    yield from _block(_("Attributes"), [f"{name_of('attribute', name)}: {v}" for name, v in told["known"].items()])
    if told["profile"] is None:
        if tags:  # a list may name someone who never bought
            yield from _block(_("Tags"), tags)
        yield _("There is no order before that day, so there is no profile.")
        return
    label = f"label_{words.current_language()}"
    yield from _block(_("Rhythm"), _rhythm(told["profile"]))
    yield from _block(
        _("In segments"), [f"{row[label]} ({row['method']}:{row['segment']})" for row in told["segments"]]
    )
    yield from _block(_("Tags"), tags)
    yield from _block(_("Orders of late"), _orders(told, currency))
    yield from _block(_("Refunds"), [_refund(row, currency) for row in told["refunds"][:_SHOWN]])
    yield from _block(_("What they buy"), _shares(told["categories"], "category", "share")[:_SHOWN])
    yield from _block(_("Chances"), [_chance(row, currency) for row in told["scores"]])
    yield from _block(_("What a message changes"), [uplift_line(row, currency) for row in told["uplifts"]])
    yield from _block(_("Worth"), _worth(told["value"], currency, settings.value.days))
    picks = told["recommendations"][:_SHOWN]
    yield from _block(_("Picks"), [f"{row['rank']}. {titles.get(row['item_id'], row['item_id'])}" for row in picks])


def _block(title: str, lines: list[str]) -> list[str]:
    return ["", title, *(f"  {line}" for line in lines or [_("none")])]


def _rhythm(profile: dict[str, Any]) -> list[str]:
    lines = [
        _("days since the first order: {tenure}; since the last: {recency}").format(
            tenure=profile["tenure_days"], recency=profile["recency_days"]
        )
    ]
    if profile["gap_mean"] is not None:
        lines.append(
            _("usually {mean} days between orders, nine times in ten at most {long}").format(
                mean=f"{profile['gap_mean']:.1f}", long=f"{profile['gap_p90']:.0f}"
            )
        )
        lines.append(_("silence so far: {ratio} times the usual").format(ratio=f"{profile['overdue_ratio']:.1f}"))
    lines.append(_("at weekends {percent} %").format(percent=f"{100 * profile['weekend_share']:.0f}"))
    if profile["favourite_hour"] is not None:
        lines.append(_("mostly around {hour}:00").format(hour=profile["favourite_hour"]))
    if profile["favourite_store"] is not None:
        lines.append(_("mostly in store {store}").format(store=profile["favourite_store"]))
    return lines


def _orders(told: dict[str, Any], currency: str) -> list[str]:
    profile = told["profile"]
    lines = [
        _("in {days} days: {n}, net sales {money} {currency}").format(
            days=days, n=profile[f"orders_{days}"], money=f"{profile[f'net_sales_{days}']:,.2f}", currency=currency
        )
        for days in (28, 365)
    ]
    return lines + [
        _("{day}: order {order}, lines {lines}, {money} {currency}").format(
            day=row["local_day"],
            order=row["order_id"],
            lines=row["lines"],
            money=f"{row['net_sales']:,.2f}",
            currency=currency,
        )
        for row in told["orders"][:_SHOWN]
    ]


def _refund(row: dict[str, Any], currency: str) -> str:
    of = row["order_id"] or row["item_id"] or ""
    return (
        _("{day}: {money} {currency} {of}")
        .format(day=row["local_day"], money=f"{row['amount']:,.2f}", currency=currency, of=of)
        .rstrip()
    )


def _tag(row: dict[str, Any], named: Mapping[str, TagSettings]) -> str:
    tag = named.get(row["tag"])
    return _("{tag}: {value} since {day} ({why})").format(
        tag=title(row["tag"], tag), value=value_label(tag, row["value"]), day=row["since"], why=row["reason"]
    )


def _chance(row: dict[str, Any], currency: str) -> str:
    category = "" if row["target"] in (INACTIVE, ANYTHING) else row["target"]
    why = said(row["reasons"], category, measure) or _("the rate of all")
    if row["probability"] is None:
        money = f"{row['value']:,.2f}"
        return _("{name}: {money} {currency} ({why})").format(
            name=row["target"], money=money, currency=currency, why=why
        )
    percent = f"{100 * row['probability']:.0f}"
    return _("{name}: {percent} % ({why})").format(name=row["target"], percent=percent, why=why)


def _worth(row: dict[str, Any] | None, currency: str, days: int) -> list[str]:
    if row is None:
        return []
    expected = _("within {days} days: {money} {currency} of contribution ({low} to {high}), from {orders} purchases")
    lines = [
        expected.format(
            days=days,
            currency=currency,
            orders=f"{row['orders']:.1f}",
            money=f"{row['contribution']:,.2f}",
            low=f"{row['low']:,.2f}",
            high=f"{row['high']:,.2f}",
        ),
        _("so far: {money} {currency} of net sales").format(
            money=f"{row['historic_net_sales']:,.2f}", currency=currency
        ),
        _("still a customer: {percent} %; at risk: {money} {currency}").format(
            percent=f"{100 * row['p_alive']:.0f}", money=f"{row['at_risk']:,.2f}", currency=currency
        ),
    ]
    return lines + ([_("a wholesale buyer")] if row["is_wholesale"] else [])


def _shares(rows: list[dict[str, Any]], name: str, share: str) -> list[str]:
    ranked = sorted(rows, key=lambda row: (-row[share], row[name]))
    return [_("{name}: {percent} %").format(name=row[name], percent=f"{100 * row[share]:.0f}") for row in ranked]
