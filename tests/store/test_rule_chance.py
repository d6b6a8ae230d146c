"""The expressions agree with plain Python, whatever the rule and the data."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from daogou.base.rule import AllOf, AnyOf, Comparison, Did, Field, Named, Not, Sequence, Tag
from daogou.store.rule import members
from daogou.store.tables import (
    ASSIGNMENTS,
    COUPONS,
    CUSTOMERS,
    EVENTS,
    ITEMS,
    ORDER_LINES,
    ORDERS,
    PAST_CAMPAIGNS,
    PROFILES,
    REFUNDS,
    SCORES,
    SEGMENTS,
)
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows
from daogou.testing.rules import Facts

AS_OF = date(2024, 6, 25)  # a week after 618
CUSTOMERS_N = 4
some_days = st.integers(-3, 40).map(lambda n: AS_OF - timedelta(days=n))
customers = st.integers(1, CUSTOMERS_N)
names = st.sampled_from(["a", "b", "c"])
maybe = st.none() | names
money = st.integers(-8, 80).map(lambda n: n / 4)
valid = st.fixed_dictionaries({"valid_from": some_days, "is_static": st.booleans()})
cells = st.sampled_from(
    ["a", "b", " a ", "a;b", "b、 c", "20.5", "nan", "-inf", "-3", "a|18", "c，\u3000a", ";;", "ab"]
)


def table(**columns):
    return st.lists(st.fixed_dictionaries(columns), max_size=8)


def numbered(name, told):
    return [row | {name: str(n)} for n, row in enumerate(told)]


def dated(key, told, spans):
    """History rows of which no two of a key begin on one day: which one is later would be undefined."""
    seen, kept = set(), []
    for row, span in zip(told, spans, strict=False):
        start = (row[key], date(1970, 1, 1) if span["is_static"] else span["valid_from"])
        if start not in seen and (row[key], span["valid_from"]) not in seen:
            seen |= {start, (row[key], span["valid_from"])}
            kept.append(row | span)
    return kept


@st.composite
def shops(draw):
    orders = numbered(
        "order_id", draw(table(customer_id=customers, local_day=some_days, net_sales=money, store_id=maybe))
    )
    lines = draw(table(order_id=st.integers(0, 7).map(str), item_id=names, quantity=st.integers(0, 2), net_sales=money))
    profiles = [
        {
            "customer_id": customer,
            "as_of": AS_OF,
            "orders": draw(st.integers(0, 3)),
            "gap_mean": draw(st.none() | money),
            "favourite_store": draw(maybe),
            "has_attributes": draw(st.booleans()),
            "attributes": draw(st.dictionaries(names, cells, max_size=2)),
        }
        for customer in range(1, CUSTOMERS_N + 1)
    ]
    spans = st.lists(valid, min_size=8, max_size=8)
    campaigns = [{"campaign_id": one, "kind": draw(maybe), "starts_on": draw(some_days)} for one in ("a", "b")]
    scored = draw(st.dictionaries(customers, st.sampled_from([0.25, 0.5, 0.75])))
    tagged = draw(st.sets(st.tuples(customers, names)))
    return {
        PROFILES: profiles,
        ORDERS: orders,
        ORDER_LINES: numbered("line_id", lines),
        ITEMS: dated("item_id", draw(table(item_id=names, category=maybe, brand=maybe)), draw(spans)),
        CUSTOMERS: dated("customer_id", draw(table(customer_id=customers, region=maybe)), draw(spans)),
        REFUNDS: numbered(
            "refund_id", draw(table(customer_id=customers, local_day=some_days, item_id=maybe, amount=money))
        ),
        EVENTS: numbered(
            "event_id",
            draw(
                table(
                    customer_id=customers,
                    local_day=some_days,
                    kind=st.sampled_from(["view", "cart"]),
                    item_id=maybe,
                    place=maybe,
                    amount=st.none() | money,
                )
            ),
        ),
        COUPONS: numbered(
            "coupon_id", draw(table(customer_id=customers, campaign_id=maybe, redeemed_day=st.none() | some_days))
        ),
        PAST_CAMPAIGNS: campaigns,
        ASSIGNMENTS: draw(table(campaign_id=names, unit_id=customers, arm=st.sampled_from(["treated", "holdout"]))),
        SCORES: [{"customer_id": n, "as_of": AS_OF, "target": "x", "probability": p} for n, p in scored.items()],
        SEGMENTS: [{"customer_id": n, "as_of": AS_OF, "method": "rules", "segment": s} for n, s in sorted(tagged)],
    }


def comparisons(value, ordered, several=True):
    one = st.builds(
        Comparison,
        st.sampled_from(["is", "is_not", *(["above", "at_least", "below", "at_most"] if ordered else [])]),
        value,
    )
    known = st.builds(Comparison, st.just("known"), st.booleans())
    many = st.builds(Comparison, st.sampled_from(["in", "not_in"]), st.lists(value, min_size=1, max_size=3).map(tuple))
    each = one | known | many if several else one
    return st.lists(each, min_size=1, max_size=2).map(tuple)


of_text = comparisons(names, ordered=False) | st.builds(lambda t: (Comparison("contains", t),), names)
of_cell = comparisons(st.sampled_from(["a", "b", "c", "a;b", "18"]), ordered=False) | comparisons(
    st.sampled_from([18, 20.5, -3]), ordered=True
)
of_number = comparisons(st.integers(-2, 20).map(lambda n: n / 2), ordered=True)
of_measure = comparisons(st.integers(0, 12), ordered=True, several=False)


def filters(*text, amount=False):
    named = [st.builds(Named, st.just(name), of_text) for name in text]
    named += [st.builds(Named, st.just("amount"), of_number)] if amount else []
    return st.lists(st.one_of(named), max_size=2, unique_by=lambda one: one.name).map(tuple)


def did(event, where, measures=()):
    windows = st.sampled_from([(None, 0), (7, 0), (28, 0), (28, 5), (None, 10), (1, 0)])
    festivals = st.sampled_from([((), ()), ((), ()), (("618",), ()), ((), ("dragon_boat", "618"))])
    kinds = st.lists(
        st.builds(Named, st.sampled_from(measures), of_measure), max_size=2, unique_by=lambda one: one.name
    )
    return st.builds(
        lambda done, where, window, days, told: Did(
            event, done or bool(told), where, *window, *days, measures=tuple(told)
        ),
        st.booleans(),
        where,
        windows,
        festivals,
        kinds if measures else st.just([]),
    )


def events(*measures, money=()):
    return (
        did("bought", filters("item", "category", "brand", "store", amount=True), (*measures, *money))
        | did("refunded", filters("item", "category", amount=True), (*measures, *money))
        | did("redeemed", filters("campaign"), measures)
        | did("reached", filters("campaign", "kind"), measures)
        | did("viewed", filters("item", "category", "place", amount=True), (*measures, *money))
    )


plain = events().map(lambda one: Did(one.event, True, one.where, one.within, one.skip_last, one.on, one.around))
leaves = (
    events("count", "days", money=("sum",))
    | st.builds(Sequence, plain, plain, st.integers(1, 20))
    | st.builds(Field, st.just("profile"), st.sampled_from(["orders", "gap_mean"]), of_number)
    | st.builds(Field, st.just("profile"), st.just("favourite_store"), of_text)
    | st.builds(Field, st.just("attribute"), names, of_cell)
    | st.builds(Field, st.just("attribute"), st.just("region"), of_cell)
    | st.builds(Field, st.just("score"), st.just("x"), comparisons(st.sampled_from([0.5, 0.75]), ordered=True))
    | st.builds(Tag, names.map("rules:{}".format))
)
rules = st.recursive(
    leaves,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple))
    ),
    max_leaves=4,
)


@pytest.fixture(scope="module")
def warehouse():
    with Warehouse(":memory:") as opened:
        yield opened


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(told=shops(), asked=st.lists(rules, min_size=4, max_size=4))
def test_expressions_agree_with_plain_python(warehouse, told, asked):
    for table, found in told.items():
        maps = [row | {"attributes": list(row["attributes"].items())} if "attributes" in row else row for row in found]
        warehouse.replace(table, rows(table, *maps))
    for rule in asked:
        found = warehouse.to_arrow(members(warehouse, rule, AS_OF)).column("customer_id").to_pylist()
        assert sorted(found) == sorted(Facts(told, AS_OF).people(rule)), rule


dense = st.lists(st.tuples(st.integers(1, 2), st.integers(1, 12), st.sampled_from(["view", "cart"])), max_size=14)


@settings(max_examples=40)
@given(
    told=dense,
    first=st.sampled_from(["viewed", "put_in_cart"]),
    within=st.none() | st.integers(2, 10),
    days=st.integers(1, 6),
)
@example(told=[(1, 3, "view"), (1, 3, "view")], first="viewed", within=None, days=2)  # one day is no sequence
@example(told=[(1, 3, "view"), (1, 3, "cart"), (1, 4, "cart")], first="put_in_cart", within=9, days=2)
def test_a_sequence_is_a_pair_of_days_whatever_lies_between(warehouse, told, first, within, days):
    """Days with several events, on both sides of the pair: also of one kind, and of one kind in two windows."""
    made = [
        {"event_id": str(n), "customer_id": who, "local_day": AS_OF - timedelta(days=ago), "kind": kind}
        for n, (who, ago, kind) in enumerate(told)
    ]
    warehouse.replace(EVENTS, rows(EVENTS, *made))
    warehouse.replace(PROFILES, rows(PROFILES, *({"customer_id": who, "as_of": AS_OF} for who in (1, 2))))
    rule = Sequence(Did(first), Did("viewed", within=within), days)
    kind = {"viewed": "view", "put_in_cart": "cart"}[first]
    firsts = [(who, ago) for who, ago, what in told if what == kind]
    thens = [(who, ago) for who, ago, what in told if what == "view" and (within is None or ago <= within)]
    wanted = {who for who, ago in thens for other, before in firsts if who == other and 1 <= before - ago <= days}
    found = warehouse.to_arrow(members(warehouse, rule, AS_OF)).column("customer_id").to_pylist()
    assert sorted(found) == sorted(wanted), rule
