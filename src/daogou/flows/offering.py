"""What may be offered to whom, as the settings and the facts say: arrays for the recommenders, which ask nothing."""

from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from daogou.base.errors import DaogouError
from daogou.base.rule import Rule
from daogou.base.words import gettext as _
from daogou.recommend.filters import Cap, Pin, Rules
from daogou.recommend.interactions import Array, Interactions, codes_of
from daogou.recommend.settings import WHERE, RecommendSettings
from daogou.store.rule_events import latest
from daogou.store.rule_items import check_attributes, holds
from daogou.store.tables import CUSTOMERS, ITEMS, ORDER_LINES, ORDERS
from daogou.store.warehouse import Warehouse


@dataclass(frozen=True, eq=False)
class Offering:
    """The rules, and (people,) who is offered nothing personal."""

    rules: Rules
    impersonal: Array


def offering(
    warehouse: Warehouse, as_of: date, settings: RecommendSettings, taken: Interactions, people: pa.Array
) -> Offering:
    """The rules of ``settings`` for ``people``, on what was known before ``as_of``.

    Where the company has no item table, whatever was ``taken`` may be offered.

    Raises:
        DaogouError: a rule speaks of items and there is no item table, or of an attribute that nobody has.
    """
    rules = settings.rules()
    items = _items(warehouse, as_of, settings, rules)
    if not items.num_rows:
        _refuse_rules_of_items(settings, rules)
        names = ("category", "product", "risk_level")
        nothing = {name: pa.nulls(len(taken.item_ids), pa.string()) for name in names}
        nothing |= {"item_id": taken.item_ids, "offered": pa.array(np.ones(len(taken.item_ids), bool))}
        items = pa.table(nothing)
    item_ids = items.column("item_id").combine_chunks()
    caps = ((items.column("category"), settings.most_a_category), (items.column("product"), settings.most_a_title))
    by_risk = bool(settings.risk_preference)
    lately = settings.not_bought_within
    made = Rules(
        item_ids=item_ids,
        offered=np.asarray(items.column("offered")),
        customer_ids=people,
        levels=np.asarray(items.column("risk_level").cast(pa.float64()).fill_null(np.nan)) if by_risk else None,
        suits=_suits(warehouse, as_of, settings, people) if by_risk else None,
        kept_from=_bought_lately(warehouse, as_of, lately, item_ids, people) if lately else None,
        caps=tuple(Cap(_codes(column), most) for column, most in caps if most),
        factors=_factors(items, len(settings.boosts)),
        pins=tuple(Pin(pin["item"], pin["rank"]) for pin in settings.pins),
    )
    return Offering(made, _impersonal(warehouse, as_of, rules.get("personalisation_off"), people))


def known_items(warehouse: Warehouse, as_of: date) -> ir.Table:
    """The items of the company's item table as they were last known before ``as_of``."""
    items = warehouse.table(ITEMS)
    items = items.filter(items.valid_from < ibis.date(as_of.isoformat()))
    latest_first = ibis.row_number().over(group_by="item_id", order_by=items.valid_from.desc())
    return items.mutate(place=latest_first).filter(lambda t: (t.place == 0) & ~t.is_unknown).drop("place")


def purchases(warehouse: Warehouse, as_of: date) -> ir.Table:
    """Each day on which a customer who is no guest bought an item; a line with quantity 0 is no purchase."""
    orders = warehouse.table(ORDERS)
    customers = warehouse.table(CUSTOMERS)
    people = customers.filter(~customers.is_guest).select("customer_id").distinct()
    known = orders.filter(orders.local_day < ibis.date(as_of.isoformat())).semi_join(people, "customer_id")
    lines = warehouse.table(ORDER_LINES)
    sold = lines.filter(lines.quantity > 0).select("order_id", "item_id")
    return sold.join(known.select("order_id", "customer_id", "local_day"), "order_id").select(
        "customer_id", "item_id", "local_day"
    ).distinct()  # fmt: skip


def _items(warehouse: Warehouse, as_of: date, settings: RecommendSettings, rules: dict[str, Rule]) -> pa.Table:
    """Of each item: whether it may be offered, its groups, its risk, and which boosts are meant for it."""
    known = known_items(warehouse, as_of)
    boosts = settings.boosted()
    asked = [(rules[name], f"{WHERE} {name}") for name in ("allow", "deny") if name in rules]
    _check_attributes(known, warehouse, [*asked, *((rule, f"{where} when") for rule, _factor, where in boosts)])
    offered = ibis.coalesce(known.available, ibis.coalesce(known.stock > 0, True))
    if "allow" in rules:
        offered &= holds(rules["allow"], known)
    if "deny" in rules:
        offered &= ~holds(rules["deny"], known)
    if settings.sold_until:
        last = known.attributes.get(settings.sold_until)
        offered &= last.isnull() | ibis.coalesce(last.try_cast("date") >= ibis.date(as_of.isoformat()), False)
    factors = {
        f"factor_{number}": holds(rule, known).ifelse(factor, 1.0)
        for number, (rule, factor, _where) in enumerate(boosts)
    }
    return warehouse.to_arrow(
        known.select(
            "item_id",
            "category",
            "risk_level",
            product=ibis.coalesce("spu " + known.spu_id, "title " + known.title),
            offered=offered,
            **factors,
        ).order_by("item_id")
    )


def _check_attributes(known: ir.Table, warehouse: Warehouse, asked: list[tuple[Rule, str]]) -> None:
    if not asked:
        return
    keys = known.attributes.keys().unnest().name("name").as_table().distinct()
    names = sorted(warehouse.to_arrow(keys).column("name").to_pylist())
    for rule, where in asked:
        check_attributes(rule, names, where)


def _refuse_rules_of_items(settings: RecommendSettings, rules: dict[str, Rule]) -> None:
    """Rules about items of which nothing is known would let all through, or nothing."""
    asked = {name: name in rules for name in ("allow", "deny")}
    asked |= {"boosts": bool(settings.boosts), "risk_preference": bool(settings.risk_preference)}
    for name in [name for name, is_asked in asked.items() if is_asked]:
        raise DaogouError(
            _("the rule speaks of items, and there is no item table"),
            f"{WHERE} {name}",
            _("Map a file to table 'items' and run 'daogou ingest'."),
        )


def _suits(warehouse: Warehouse, as_of: date, settings: RecommendSettings, people: pa.Array) -> Array:
    """(people,) the highest level of risk that suits each; NaN where it is not known, or holds no more."""
    customers = latest(warehouse.table(CUSTOMERS), "customer_id", as_of)
    level = customers.attributes.get(settings.risk_preference).re_extract("[0-9]+", 0).try_cast("int64")
    if settings.risk_valid_until:
        last = customers.attributes.get(settings.risk_valid_until).try_cast("date")
        level = ibis.coalesce(last >= ibis.date(as_of.isoformat()), False).ifelse(level, ibis.null("int64"))
    found = warehouse.to_arrow(
        customers.select("customer_id", level=level.cast("float64")).filter(lambda t: t.level.notnull())
    )
    if not found.num_rows and len(people):
        raise DaogouError(
            _("no customer has a level of risk that holds now in '{name}'").format(name=settings.risk_preference),
            f"{WHERE} risk_preference",
            _("Name the attribute that holds it, such as 3 or C3."),
        )
    suits = np.full(len(people), np.nan)
    places = codes_of(found.column("customer_id").combine_chunks(), people)
    suits[places[places >= 0]] = np.asarray(found.column("level"))[places >= 0]
    return suits


def _bought_lately(
    warehouse: Warehouse, as_of: date, days: int, item_ids: pa.Array, people: pa.Array
) -> tuple[Array, Array]:
    lately = purchases(warehouse, as_of).filter(
        lambda t: t.local_day >= ibis.date((as_of - timedelta(days=days)).isoformat())
    )
    pairs = warehouse.to_arrow(lately.select("customer_id", "item_id").distinct())
    customers = codes_of(pairs.column("customer_id").combine_chunks(), people)
    items = codes_of(pairs.column("item_id").combine_chunks(), item_ids)
    there = (customers >= 0) & (items >= 0)
    return customers[there], items[there]


def _impersonal(warehouse: Warehouse, as_of: date, rule: Rule | None, people: pa.Array) -> Array:
    if rule is None:
        return np.zeros(len(people), bool)
    customers = latest(warehouse.table(CUSTOMERS), "customer_id", as_of)
    keys = customers.attributes.keys().unnest().name("name").as_table().distinct()
    check_attributes(rule, sorted(warehouse.to_arrow(keys).column("name").to_pylist()), f"{WHERE} personalisation_off")
    met = warehouse.to_arrow(customers.filter(holds(rule, customers)).select("customer_id"))
    return np.asarray(pc.is_in(people, value_set=met.column("customer_id").combine_chunks()))


def _codes(column: pa.ChunkedArray) -> Array:
    """(items,) codes of equal texts, -1 where there is none."""
    codes = pc.dictionary_encode(column.combine_chunks().cast(pa.string()))
    return np.asarray(codes.indices.fill_null(-1))


def _factors(items: pa.Table, boosts: int) -> Array | None:
    """(items,) the product of the factors of every boost that is meant for the item."""
    if not boosts:
        return None
    return np.asarray(np.prod([np.asarray(items.column(f"factor_{number}")) for number in range(boosts)], axis=0))
