"""Campaigns without lots, whom they reached, and what was known of people: read from the facts before ``as_of``."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from daogou.flows.observational_known import TOPICS, Attributes, Dated, Known
from daogou.measure.reach import Campaigns, campaigns
from daogou.store.tables import (
    ASSIGNMENTS,
    COUPONS,
    CUSTOMERS,
    ITEMS,
    ORDER_LINES,
    ORDERS,
    PAST_CAMPAIGNS,
    REFUNDS,
    TOUCHES,
    UNIT_ASSIGNMENTS,
)
from daogou.store.warehouse import Warehouse
from daogou.store.zones import to_local

Array = np.ndarray[Any, Any]

SENT = ("sent", "delivered", "impression")  # what the company does; clicks and opens are what people do
_OFF = ("off", "holdout", "control")
_ANSWERS = ("open", "click", "conversion")
_SUM = "decimal(38, 4)"
_EPOCH = date(1970, 1, 1)
_NAMES = 12  # attributes looked at, those known of most people


@dataclass(frozen=True)
class Reach:
    """Whom each campaign reached: one row a campaign and person, shape (rows,) each, sorted by both.

    ``campaign`` is a row of ``Campaigns``; ``day`` counts from 1970, the campaign's first day for whoever was on its
    list; ``answered`` says that the person is known only by what they did (used a coupon, clicked).
    """

    campaign: Array
    customer: Array
    day: Array
    answered: Array

    def of(self, campaign: int) -> "Reach":
        """The rows of one campaign."""
        first, last = np.searchsorted(self.campaign, [campaign, campaign + 1])
        return Reach(*(part[first:last] for part in (self.campaign, self.customer, self.day, self.answered)))


def without_lots(warehouse: Warehouse, as_of: date) -> tuple[Campaigns, Array]:
    """Every campaign that began before ``as_of``, and whether nobody drew lots for it, shape (campaigns,)."""
    ran = campaigns(warehouse, as_of)
    drawn: set[str] = set()
    for table in (ASSIGNMENTS, UNIT_ASSIGNMENTS):
        rows = warehouse.table(table)
        names = rows.filter(rows.propensity.notnull()).select("campaign_id").distinct()
        drawn |= set(warehouse.to_arrow(names)["campaign_id"].to_pylist())
    return ran, np.array([name not in drawn for name in ran.campaign_id.tolist()], dtype=bool)


def reach(warehouse: Warehouse, zone: str, as_of: date) -> Reach:
    """Whom the campaigns reached before ``as_of``, and who is known only by an answer."""
    dates = warehouse.table(PAST_CAMPAIGNS)
    dates = dates.filter(dates.starts_on < _day(as_of))
    place = ibis.row_number().over(order_by=["starts_on", "ends_on", "campaign_id"])  # their order in ``Campaigns``
    starts = dates.select("campaign_id", starts="starts_on", number=place)
    lists = warehouse.table(ASSIGNMENTS)
    listed = lists.filter(lists.arm != "holdout").select(
        "campaign_id", customer_id="unit_id", day=ibis.null("date"), answered=ibis.literal(0, "int8")
    )
    given, used = _coupons(warehouse, zone, as_of)
    touches = warehouse.table(TOUCHES)
    touches = touches.filter(touches.campaign_id.notnull(), touches.local_day < _day(as_of)).mutate(day="local_day")
    sent, answers = (touches.filter(touches.kind.isin(kinds)) for kinds in (SENT, _ANSWERS))
    parts = [listed, _in_regions(warehouse)] + [
        rows.select("campaign_id", "customer_id", "day", answered=ibis.literal(flag, "int8"))
        for rows, flag in ((given, 0), (sent, 0), (used, 1), (answers, 1))
    ]
    every = ibis.union(*parts).inner_join(starts, "campaign_id")
    day = ibis.greatest(ibis.coalesce(every.day, every.starts), every.starts)
    every = every.mutate(day=day)
    by = every.group_by("number", "customer_id").aggregate(
        day=ibis.coalesce(every.day.min(where=every.answered == 0), every.day.min()), answered=every.answered.min()
    )
    found = warehouse.to_arrow(by.order_by("number", "customer_id"))
    number, customer = (found[name].to_numpy() for name in ("number", "customer_id"))
    return Reach(number, customer, _days(found["day"]), found["answered"].to_numpy() == 1)


def _coupons(warehouse: Warehouse, zone: str, as_of: date) -> tuple[ir.Table, ir.Table]:
    """campaign_id, customer_id and day of coupons that the company gave, and of those that tell only of an answer.

    Where no coupon of a campaign is dated by its issue and each was claimed or used, only those who answered are known.
    """
    rows = warehouse.table(COUPONS)
    rows = rows.filter(rows.campaign_id.notnull())
    issued, claimed = (to_local(at, zone).date() for at in (rows.issued_at, rows.claimed_at))
    rows = rows.mutate(issued=issued, answer=ibis.coalesce(claimed, rows.redeemed_day))
    tells = rows.group_by("campaign_id").aggregate(lists=(rows.issued.notnull() | rows.answer.isnull()).any())
    rows = rows.inner_join(tells, "campaign_id")
    given = rows.filter(rows.lists).mutate(day=rows.issued)
    return (
        given.filter(given.day.isnull() | (given.day < _day(as_of))),
        rows.filter(~rows.lists, rows.answer < _day(as_of)).mutate(day=rows.answer),
    )


def _in_regions(warehouse: Warehouse) -> ir.Table:
    """Everyone in regions that a campaign was switched on for without a lot, as they lived when it began."""
    units, customers = warehouse.table(UNIT_ASSIGNMENTS), warehouse.table(CUSTOMERS)
    on = units.filter(units.unit == "region", units.propensity.isnull(), ~units.arm.isin(_OFF))
    named = customers.mutate(unit_name=_region(customers))
    lived = on.select("campaign_id", "unit_name", "starts_on").inner_join(named, "unit_name")
    lived = lived.filter(lived.is_static | (lived.valid_from <= lived.starts_on))
    return lived.select("campaign_id", "customer_id", day=ibis.null("date"), answered=ibis.literal(0, "int8"))


def people(warehouse: Warehouse, as_of: date) -> tuple[Array, Array]:
    """Everyone known before ``as_of``, guests left out: ids, rising, and the first day of each, counted from 1970.

    The first day is that of the first order, or the day of joining where it is earlier; who has neither is not known.
    """
    customers, orders = warehouse.table(CUSTOMERS), warehouse.table(ORDERS)
    joined = customers.group_by("customer_id").aggregate(
        day=customers.joined_on.min(), guest=customers.is_guest.cast("int8").min()
    )
    bought = orders.filter(orders.local_day < _day(as_of)).group_by("customer_id").aggregate(day=orders.local_day.min())
    members = joined.filter(joined.guest == 0)
    every = members.left_join(bought, "customer_id")
    first = ibis.least(ibis.coalesce(every.day, every.day_right), ibis.coalesce(every.day_right, every.day))
    rows = every.select("customer_id", day=first).filter(lambda t: t.day.notnull() & (t.day < _day(as_of)))
    found = warehouse.to_arrow(rows.order_by("customer_id"))
    return found["customer_id"].to_numpy(), _days(found["day"])


def load(warehouse: Warehouse, customer: Array, since: Array, before: date, as_of: date) -> Known:
    """What is known of those ``customer``, ids that rise; categories are those bought most before ``before``."""
    warehouse.materialise("observed_people", pa.table({"customer_id": customer, "person": np.arange(len(customer))}))
    asked = warehouse.backend.table("observed_people", database=("temp", "main"))
    first = warehouse.scalar(warehouse.table(ORDERS).local_day.min())
    days = warehouse.to_arrow(amounts(warehouse, asked, as_of))
    person, day = days["person"].to_numpy(), _days(days["local_day"])
    sums = {name: days[name].to_numpy() for name in ("sold", "refunded", "listed", "discount", "orders")}
    bought = sums["orders"] > 0
    used = warehouse.table(COUPONS)
    used = used.filter(used.redeemed_day < _day(as_of)).inner_join(asked, "customer_id")
    coupons = warehouse.to_arrow(
        used.group_by("person", "redeemed_day").aggregate(coupons=ibis._.count()).rename(local_day="redeemed_day")
    )
    names, topics = _topics(warehouse, asked, len(customer), before, as_of)
    known = Known(
        customer,
        since,
        Dated.of(person, day, sums),
        Dated.of(person[bought], day[bought], {}),
        Dated.of(coupons["person"].to_numpy(), _days(coupons["local_day"]), {"coupons": coupons["coupons"].to_numpy()}),
        topics,
        names,
        _about(warehouse, asked, as_of),
        (first - _EPOCH).days,
    )
    warehouse.drop("observed_people")
    return known


def amounts(warehouse: Warehouse, asked: ir.Table, as_of: date) -> ir.Table:
    """Sums by person and day: money in ten-thousandths, refunds dated by themselves."""
    orders, refunds = (_before(warehouse.table(table), as_of) for table in (ORDERS, REFUNDS))
    nothing = ibis.literal(0).cast(_SUM)
    discount = orders.list_value - orders.net_sales
    both = ibis.union(
        orders.select(
            "customer_id",
            "local_day",
            sold=orders.net_sales.cast(_SUM),
            refunded=nothing,
            listed=orders.list_value.cast(_SUM),
            discount=discount.cast(_SUM),
            orders=ibis.literal(1, "int64"),
        ),
        refunds.select(
            "customer_id",
            "local_day",
            sold=nothing,
            refunded=refunds.amount.cast(_SUM),
            listed=nothing,
            discount=nothing,
            orders=ibis.literal(0, "int64"),
        ),
    )
    mine = both.inner_join(asked, "customer_id")
    money = {name: _whole(mine[name].sum()) for name in ("sold", "refunded", "listed", "discount")}
    return mine.group_by("person", "local_day").aggregate(**money, orders=mine.orders.sum().cast("int64"))


def _topics(warehouse: Warehouse, asked: ir.Table, n: int, before: date, as_of: date) -> tuple[tuple[str, ...], Dated]:
    """The categories that sold most before ``before``, and what each person bought of each by day."""
    lines, orders, items = (warehouse.table(table) for table in (ORDER_LINES, ORDERS, ITEMS))
    named = (
        items.filter(items.category.notnull())
        .group_by("item_id")
        .aggregate(category=items.category.argmin(items.valid_from))
    )
    mine = _before(orders, as_of).select("order_id", "customer_id", "local_day").inner_join(asked, "customer_id")
    bought = lines.select("order_id", "item_id", "net_sales").inner_join(mine, "order_id").inner_join(named, "item_id")
    early = bought.filter(bought.local_day < _day(before))
    most = early.group_by("category").aggregate(sold=early.net_sales.cast(_SUM).sum())
    top = warehouse.to_arrow(most.order_by(ibis.desc("sold"), "category").limit(TOPICS))["category"].to_pylist()
    kept = bought.filter(bought.category.isin(top) if top else ibis.literal(False))
    sums = kept.group_by("person", "local_day", "category").aggregate(sold=_whole(kept.net_sales.cast(_SUM).sum()))
    found = warehouse.to_arrow(sums)
    place = {name: k for k, name in enumerate(top)}
    number = np.array([place[name] for name in found["category"].to_pylist()], dtype=np.int64)
    unit = number * n + found["person"].to_numpy()
    return tuple(top), Dated.of(unit, _days(found["local_day"]), {"sold": found["sold"].to_numpy()})


def regions(warehouse: Warehouse, customer: Array, as_of: date) -> Attributes | None:
    """The region of everyone, from its column or an attribute of that name; None where no customer has one."""
    rows = warehouse.table(CUSTOMERS)
    rows = rows.mutate(told=_region(rows)).filter(lambda t: t.told.notnull() & (t.valid_from < _day(as_of)))
    always = rows.is_static.ifelse(ibis.date(_EPOCH.isoformat()), rows.valid_from)
    found = warehouse.to_arrow(rows.select("customer_id", "told", day=always))
    mine = np.isin(found["customer_id"].to_numpy(), customer)
    if not mine.any():
        return None
    person = np.searchsorted(customer, found["customer_id"].to_numpy()[mine])
    told = found["told"].filter(pa.array(mine)).to_pylist()
    return Attributes.of(person, _days(found["day"])[mine], {"region": told})


def _about(warehouse: Warehouse, asked: ir.Table, as_of: date) -> Attributes:
    """Member level, region and the attributes known of most people, from the day that each holds."""
    rows = warehouse.table(CUSTOMERS)
    rows = rows.filter(rows.valid_from < _day(as_of)).inner_join(asked, "customer_id")
    always = rows.is_static.ifelse(ibis.date(_EPOCH.isoformat()), rows.valid_from)
    found = warehouse.to_arrow(rows.select("person", "member_level", "region", "attributes", day=always))
    told = {name: found[name].to_pylist() for name in ("member_level", "region")}
    told = {name: values for name, values in told.items() if any(values)}
    told |= _unfolded(found["attributes"].combine_chunks())
    return Attributes.of(found["person"].to_numpy(), _days(found["day"]), told)


def _unfolded(attributes: pa.MapArray) -> dict[str, list[str | None]]:
    """A list of values for each of the names that are known of most people."""
    offsets = attributes.offsets.to_numpy()
    owner = np.repeat(np.arange(len(attributes)), np.diff(offsets))
    names, values = (side[offsets[0] : offsets[-1]].to_pylist() for side in (attributes.keys, attributes.items))
    count: dict[str, int] = {}
    for name in names:
        count[name] = count.get(name, 0) + 1
    wanted = sorted(count, key=lambda name: (-count[name], name))[:_NAMES]
    made: dict[str, list[str | None]] = {name: [None] * len(attributes) for name in sorted(wanted)}
    for row, name, value in zip(owner.tolist(), names, values, strict=True):
        if name in made:
            made[name][row] = value
    return made


def _region(customers: ir.Table) -> ir.StringValue:
    """A customer's region: its column, else an attribute of that name."""
    return ibis.coalesce(customers.region, customers.attributes.get("region")).strip().nullif("")


def _whole(money: ir.DecimalValue) -> ir.IntegerValue:
    """Ten-thousandths, exactly: facts have four decimals."""
    return (money * 10_000).cast("int64")


def _before(rows: ir.Table, as_of: date) -> ir.Table:
    return rows.filter(rows.local_day < _day(as_of))


def _days(column: pa.ChunkedArray) -> Array:
    """Days from 1970."""
    return np.asarray(column.to_numpy().astype("datetime64[D]").astype(np.int64))


def _day(day: date) -> ir.DateScalar:
    return ibis.date(day.isoformat())
