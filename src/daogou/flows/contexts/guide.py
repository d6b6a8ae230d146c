"""What to offer whom: a few real customers, and how often picks were right."""

from collections import defaultdict
from datetime import date

import ibis
import ibis.expr.types as ir

from daogou.base.estimate import Estimate
from daogou.flows.contexts.picks import Pick, customers_table, picks, titles
from daogou.flows.contexts.vault import Vault
from daogou.flows.settings import Settings
from daogou.recommend.settings import COMPARED
from daogou.report import contexts as page
from daogou.store.tables import EVALUATIONS, ORDER_LINES, ORDERS, PROFILES, RECOMMENDATIONS
from daogou.store.warehouse import Warehouse

_PICKS = 3
_BASKET = 4  # titles of the last basket that are shown
_RECALL_AT = 20
_REASONS = 2  # titles that a reason names
_POPULAR = "Popular"
_IMPERSONAL = (_POPULAR, "SegmentPopular", "NotPersonal", "Pinned", "Catalogue")


def guide(warehouse: Warehouse, as_of: date, settings: Settings, vault: Vault) -> page.Guide | page.Missing:
    """Customers spread over the range of spend, each with the last basket and three picks."""
    if not warehouse.count(ORDER_LINES):
        return page.Missing("lines")
    if not warehouse.count(PROFILES):
        return page.Missing("customers")
    customers = _spread(warehouse, as_of, settings.report.guide_customers)
    if not customers:
        return page.Missing("time")
    ids = vault(customers)
    offered = picks(warehouse, as_of, customers, _PICKS)
    bought = _bought(warehouse, as_of, customers)
    days, baskets = _baskets(warehouse, as_of, customers)
    return page.Guide(
        customers=tuple(
            page.Guided(
                customer=ids[customer],
                bought_on=days[customer],
                basket=tuple(baskets[customer][:_BASKET]),
                more=max(len(baskets[customer]) - _BASKET, 0),
                picks=tuple(_pick(pick, bought[customer]) for pick in offered[customer]),
            )
            for customer in customers
            if customer in ids
        ),
        is_personal=_is_personal(warehouse, as_of),
        hits=_hits(warehouse, as_of),
        models=_models(warehouse, as_of),
    )


def _pick(pick: Pick, bought: set[str]) -> page.Pick:
    """The pick, for reasons other titles first: "milk, because of milk" says little, though the items differ."""
    because = sorted(pick.because, key=lambda title: title == pick.title)[:_REASONS]
    same = pick.same if because[:1] == list(pick.because[:1]) else ()
    return page.Pick(pick.title, tuple(because), pick.title not in bought, pick.kind, same)


def _spread(warehouse: Warehouse, as_of: date, n: int) -> list[int]:
    """``n`` customers with picks of their own, at even places of net sales of the last year; fewer where few are."""
    made, known = warehouse.table(RECOMMENDATIONS), warehouse.table(PROFILES)
    day = ibis.date(as_of.isoformat())
    own = made.filter(made.as_of == day, made.because.length() > 0).select("customer_id").distinct()
    some = made.filter(made.as_of == day).select("customer_id").distinct()
    people = known.filter(known.as_of == day).select("customer_id", "net_sales_365")
    for chosen in (own, some):
        rows = warehouse.to_arrow(people.semi_join(chosen, "customer_id").order_by("net_sales_365", "customer_id"))
        ids = rows.column("customer_id").to_pylist()
        if ids:
            places = sorted({(2 * i + 1) * len(ids) // (2 * n) for i in range(n)}, reverse=True)
            return [ids[place] for place in places]
    return []


def _orders(warehouse: Warehouse, as_of: date, customers: list[int]) -> ir.Table:
    orders = warehouse.table(ORDERS)
    before = orders.filter(orders.local_day < ibis.date(as_of.isoformat()))
    return before.semi_join(customers_table(customers), "customer_id")


def _bought(warehouse: Warehouse, as_of: date, customers: list[int]) -> dict[int, set[str]]:
    """Titles that each customer ever bought."""
    lines = warehouse.table(ORDER_LINES).filter(lambda t: t.quantity > 0).select("order_id", "item_id")
    placed = _orders(warehouse, as_of, customers).select("order_id", "customer_id")
    pairs = warehouse.to_arrow(lines.join(placed, "order_id").select("customer_id", "item_id").distinct()).to_pylist()
    known = titles(warehouse, {row["item_id"] for row in pairs})
    found: dict[int, set[str]] = defaultdict(set)
    for row in pairs:
        found[row["customer_id"]].add(known.get(row["item_id"], row["item_id"]))
    return found


def _baskets(warehouse: Warehouse, as_of: date, customers: list[int]) -> tuple[dict[int, date], dict[int, list[str]]]:
    """The day of each customer's last basket, and the different titles in it, most money first."""
    placed = _orders(warehouse, as_of, customers)
    place = ibis.row_number().over(group_by="customer_id", order_by=[placed.occurred_at.desc(), placed.order_id.desc()])
    last = placed.mutate(place=place).filter(lambda t: t.place == 0).select("customer_id", "order_id", "local_day")
    lines = warehouse.table(ORDER_LINES).filter(lambda t: t.quantity > 0).select("order_id", "item_id", "net_sales")
    held = last.left_join(lines, "order_id").drop("order_id_right")
    rows = warehouse.to_arrow(held.order_by("customer_id", ibis.desc("net_sales"), "item_id")).to_pylist()
    known = titles(warehouse, {row["item_id"] for row in rows if row["item_id"] is not None})
    days: dict[int, date] = {}
    baskets: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        days[row["customer_id"]] = row["local_day"]
        title = known.get(row["item_id"], row["item_id"])
        if title is not None and title not in baskets[row["customer_id"]]:
            baskets[row["customer_id"]].append(title)
    return days, baskets


def _is_personal(warehouse: Warehouse, as_of: date) -> bool:
    table = warehouse.table(RECOMMENDATIONS)
    mine = table.filter(table.as_of == ibis.date(as_of.isoformat()), table.model.notin(_IMPERSONAL))
    return bool(warehouse.scalar(mine.count()))


def _hits(warehouse: Warehouse, as_of: date) -> tuple[page.Hits, ...]:
    """Recall of the model that is used, beside the best sellers; empty where these are what is used."""
    table = warehouse.table(EVALUATIONS)
    mine = table.filter(
        table.as_of == ibis.date(as_of.isoformat()), table.stage == "recommend", table.metric == f"recall@{_RECALL_AT}"
    )
    found: dict[tuple[str, str], Estimate] = {}
    for row in warehouse.to_arrow(mine).to_pylist():
        estimate = Estimate(row["value"], _or_nan(row["low"]), _or_nan(row["high"]), row["n"])
        if row["model"] == _POPULAR:
            found[row["subject"], "popular"] = estimate
        elif row["is_champion"]:
            found[row["subject"], "ours"] = estimate
    return tuple(
        page.Hits(kind, _RECALL_AT, found[kind, "ours"], found[kind, "popular"])
        for kind in ("repeat", "new")
        if (kind, "ours") in found and (kind, "popular") in found
    )


def _models(warehouse: Warehouse, as_of: date) -> tuple[page.ModelScore, ...]:
    """Every compared model's NDCG@10, best on what is new first: of the full comparison, where there is one."""
    table = warehouse.table(EVALUATIONS)
    mine = table.filter(
        table.as_of == ibis.date(as_of.isoformat()),
        table.stage.isin(["recommend", COMPARED]),
        table.subject.isin(["new", "repeat"]),
        table.metric == "ndcg@10",
    )
    rows = warehouse.to_arrow(mine).to_pylist()
    stage = COMPARED if any(row["stage"] == COMPARED for row in rows) else "recommend"
    found: dict[str, dict[str, Estimate]] = defaultdict(dict)
    used = {row["model"] for row in rows if row["stage"] == "recommend" and row["is_champion"]}
    for row in rows:
        if row["stage"] == stage:
            low, high = _or_nan(row["low"]), _or_nan(row["high"])
            found[row["model"]][row["subject"]] = Estimate(row["value"], low, high, row["n"])
    scores = (
        page.ModelScore(model, told.get("new"), told.get("repeat"), model in used) for model, told in found.items()
    )
    return tuple(sorted(scores, key=lambda score: (-(score.new.value if score.new else -1.0), score.model)))


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
