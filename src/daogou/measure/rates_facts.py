"""What rates are made of: touches counted once by customer, message and day, then for each way of grouping them."""

from collections.abc import Mapping
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from daogou.measure.bots import NAMED, SECONDS
from daogou.store.tables import EVENTS, ORDERS, SEGMENTS, SPEND, TOUCHES
from daogou.store.warehouse import Warehouse

KINDS = ("sent", "delivered", "impression", "open", "click", "conversion", "unsubscribe", "bounce", "complaint")
GROUPS = ("all", "channel", "campaign", "segment", "arm", "item", "day", "week")
_RULES = ("declared", "named", "fast")
_CONVERSIONS = ("doubled", "late", "without_click")
_ANSWERS = ("open", "click")
UNIQUE = ("unique_ctr", "open_rate", "unique_click_rate", "click_to_open_rate")  # count a mailing with any once
_OF_PEOPLE = ("reach_cvr", "messages_per_person")
_MESSAGE = ("channel", "campaign", "arm", "item")


def messages(warehouse: Warehouse, first: date, as_of: date) -> ir.Table:
    """Each channel, campaign, arm and item that is told of together, numbered as ``message``; a temporary table.

    ``mailing`` numbers channel and campaign alone. What is not told is empty.
    """
    touches = _between(warehouse, first, as_of)
    told = touches.select(_MESSAGE).distinct()
    told = told.mutate(
        message=ibis.row_number().over(ibis.window(order_by=list(_MESSAGE))).cast("int32"),
        mailing=ibis.dense_rank().over(ibis.window(order_by=["channel", "campaign"])).cast("int32"),
    )
    return warehouse.materialise("messages", told)


def marked(warehouse: Warehouse, told: ir.Table, first: date, as_of: date, window: int) -> ir.Table:
    """Touches of the days [first, as_of) with what is wrong with each; a temporary table.

    ``declared``, ``named`` and ``fast`` are the rules by which no person made it (see :mod:`daogou.measure.bots`);
    ``doubled``, ``late`` and ``without_click`` those by which a conversion does not count: its order was claimed before
    in the channel, or the customer's last click there lies more than ``window`` days back, or there is none.
    """
    no = ibis.literal(False)
    rows = _between(warehouse, first, as_of).join(told, list(_MESSAGE))
    rows = rows.mutate(
        declared=ibis.coalesce(rows.is_bot, no), named=ibis.coalesce(rows.user_agent.re_search(NAMED), no)
    )
    answers = _answers(rows)
    clicks = answers.filter(answers.kind == "click", ~(answers.declared | answers.named | answers.fast))
    kept = ("customer_id", "message", "local_day", "kind", *_RULES, *_CONVERSIONS)
    clean = dict.fromkeys(("fast", *_CONVERSIONS), no)
    others = rows.filter(rows.kind.notin((*_ANSWERS, "conversion"))).mutate(**clean)
    answers = answers.mutate(**dict.fromkeys(_CONVERSIONS, no))
    parts = [part.select(kept) for part in (others, answers, _conversions(rows, clicks, window))]
    return warehouse.materialise("marked_touches", ibis.union(*parts))


def _between(warehouse: Warehouse, first: date, as_of: date) -> ir.Table:
    touches = warehouse.table(TOUCHES)
    rows = touches.filter(
        touches.local_day >= ibis.date(first.isoformat()), touches.local_day < ibis.date(as_of.isoformat())
    )
    return rows.mutate(
        channel=rows.channel.strip().lower(),
        campaign=ibis.coalesce(rows.campaign_id, ""),
        arm=ibis.coalesce(rows.arm, ""),
        item=ibis.coalesce(rows.item_id, ""),
    )


def _answers(rows: ir.Table) -> ir.Table:
    """Opens and clicks; ``fast`` those within two seconds of the first sending or delivery of the mailing."""
    answers, went = rows.filter(rows.kind.isin(_ANSWERS)), rows.filter(rows.kind.isin(("sent", "delivered")))
    went = went.group_by("customer_id", "mailing").aggregate(went=went.occurred_at.min())
    joined = answers.left_join(went, ["customer_id", "mailing"]).drop("customer_id_right", "mailing_right")
    passed = joined.occurred_at.epoch_seconds() - joined.went.epoch_seconds()
    return joined.mutate(fast=ibis.coalesce((passed >= 0) & (passed < SECONDS), ibis.literal(False)))


def _conversions(rows: ir.Table, clicks: ir.Table, window: int) -> ir.Table:
    rows = rows.filter(rows.kind == "conversion").mutate(fast=ibis.literal(False))
    program = rows.declared | rows.named
    claim = ibis.coalesce(rows.order_id, rows.touch_id)
    nth = ibis.row_number().over(
        ibis.window(group_by=[rows.channel, claim, program], order_by=[rows.occurred_at, rows.touch_id])
    )
    clicked = clicks.select("customer_id", "channel", clicked="occurred_at")
    before = rows.select("touch_id", "customer_id", "channel", "occurred_at").join(clicked, ["customer_id", "channel"])
    before = before.filter(before.clicked <= before.occurred_at)
    before = before.group_by(converted="touch_id").aggregate(clicked=before.clicked.max())
    checked = rows.mutate(again=~program & (nth > 0), counts=~program & (nth == 0))
    checked = checked.left_join(before, checked.touch_id == before.converted)
    since = checked.occurred_at.epoch_seconds() - checked.clicked.epoch_seconds()
    return checked.mutate(
        doubled=checked.again,
        late=checked.counts & ibis.coalesce(since > window * 86_400, ibis.literal(False)),
        without_click=checked.counts & checked.clicked.isnull(),
    )


def kept_counts(warehouse: Warehouse, rows: ir.Table) -> dict[str, dict[str, int]]:
    """Kind -> how many there are, how many are kept, and how many each rule left out (one touch may break several)."""
    rules = (*_RULES, *_CONVERSIONS)
    counts = rows.group_by("kind").aggregate(
        all=rows.count(), kept=is_kept(rows).sum(), **{name: rows[name].sum() for name in rules}
    )
    found = warehouse.to_arrow(counts.order_by("kind")).to_pylist()
    return {row.pop("kind"): {k: v for k, v in row.items() if v or k in ("all", "kept")} for row in found}


def is_kept(rows: ir.Table) -> ir.BooleanValue:
    """Whether a touch counts."""
    return ~(rows.declared | rows.named | rows.fast | rows.doubled | rows.late | rows.without_click)


def tells(warehouse: Warehouse, told: ir.Table, rows: ir.Table) -> dict[str, set[str]]:
    """Kind -> the channels that tell of it at all. What a channel never tells of is not known, and not 0."""
    seen = rows.select("message", "kind").distinct().join(told, "message").select("kind", "channel").distinct()
    found: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for row in warehouse.to_arrow(seen).to_pylist():
        found[row["kind"]].add(row["channel"])
    return found


def counted(warehouse: Warehouse, told: ir.Table, rows: ir.Table) -> ir.Table:
    """Touches that count, of each kind, by customer, message and day, with the message's names; a temporary table."""
    kept = rows.filter(is_kept(rows))
    once = kept.group_by("customer_id", "message", "local_day").aggregate(
        **{kind: (kept.kind == kind).sum().cast("int32") for kind in KINDS}
    )
    return warehouse.materialise("counted_touches", once.join(told, "message"))


def by_mailing(warehouse: Warehouse, touches: ir.Table) -> ir.Table:
    """The same by customer and mailing; a temporary table."""
    sums = {kind: touches[kind].sum().cast("int32") for kind in KINDS}
    once = touches.group_by("customer_id", "mailing", "channel", "campaign").aggregate(**sums)
    return warehouse.materialise("counted_mailings", once)


def grouped(warehouse: Warehouse, touches: ir.Table, mailings: ir.Table, by: str, as_of: date) -> ir.Table:
    """Touches by group (``grp``), customer and mailing, from those of :func:`counted` and :func:`by_mailing`."""
    if by == "all":
        return mailings.mutate(grp=ibis.literal("all"))
    if by in ("channel", "campaign"):
        rows = mailings.mutate(grp=mailings[by])
        return rows.filter(rows.grp != "")
    if by == "segment":
        segments = warehouse.table(SEGMENTS)
        mine = segments.filter(segments.as_of == ibis.date(as_of.isoformat()), segments.method == "rfm")
        return mailings.join(mine.select("customer_id", grp="segment"), "customer_id")
    if by == "week":
        back = ibis.date((as_of - timedelta(days=1)).isoformat()).delta(touches.local_day, unit="day")
        rows = touches.mutate(grp=(back // 7).cast("string"))
    elif by == "day":
        rows = touches.mutate(grp=touches.local_day.cast("string"))
    elif by == "item":
        rows = touches.filter(touches.item != "").mutate(grp=touches.item)
    else:
        told = touches.filter(touches.campaign != "", touches.arm != "")
        rows = told.mutate(grp=told.campaign + ibis.literal(" / ") + told.arm)
    sums = {kind: rows[kind].sum().cast("int32") for kind in KINDS}
    return rows.group_by("grp", "customer_id", "mailing", "channel").aggregate(**sums)


def clusters(once: ir.Table, rates: Mapping[str, tuple[str, str]], channels: Mapping[str, set[str]]) -> ir.Table:
    """One row a group with what :class:`daogou.measure.rates.Clusters` holds of each rate, as ``rate__field``.

    ``rates``: the kinds that stand above and below. A rate has the same channels above and below, those that tell of
    both; a ``unique_`` one counts mailings with any. ``reach_cvr`` and ``messages_per_person`` count people.
    """
    people = once.group_by("grp", "customer_id").aggregate(**_sums(once, rates, channels))
    sides = {name: (people[f"{name}__above"], people[f"{name}__below"]) for name in rates if name not in _OF_PEOPLE}
    if "reach_cvr" in rates:
        reached = people.contacts > 0
        sides["reach_cvr"] = (reached & (people.conversions > 0)).cast("int64"), reached.cast("int64")
    if "messages_per_person" in rates:
        messages = ibis.ifelse(people.delivered > 0, people.delivered, people.sent)
        sides["messages_per_person"] = messages, (messages > 0).cast("int64")
    fields: dict[str, ir.Value] = {}
    for name, (above, below) in sides.items():
        a, b = above.cast("float64"), below.cast("float64")
        known = (a > 0) | (b > 0)
        fields |= {
            f"{name}__n": known.sum(),
            f"{name}__a": a.sum(),
            f"{name}__b": b.sum(),
            f"{name}__aa": (a * a).sum(),
            f"{name}__ab": (a * b).sum(),
            f"{name}__bb": (b * b).sum(),
            f"{name}__above_one": (a > b).any(),
            f"{name}__single": ibis.coalesce(((b == 1) & (a <= 1)).all(where=known), ibis.literal(False)),
        }
    return people.group_by("grp").aggregate(**fields).order_by("grp")


def _sums(
    once: ir.Table, rates: Mapping[str, tuple[str, str]], channels: Mapping[str, set[str]]
) -> dict[str, ir.Value]:
    found: dict[str, ir.Value] = {}
    for name, (above, below) in rates.items():
        if name in _OF_PEOPLE:
            continue
        both = once.channel.isin(sorted(channels[above] & channels[below]))
        for place, kind in (("above", above), ("below", below)):
            counts = (once[kind] > 0).cast("int32") if name in UNIQUE else once[kind]
            found[f"{name}__{place}"] = ibis.coalesce(counts.sum(where=both), 0)
    if "reach_cvr" in rates:
        tells = once.channel.isin(sorted(channels["conversion"]) or [""])
        found["contacts"] = ibis.coalesce((once.delivered + once.impression + once.sent).sum(where=tells), 0)
        found["conversions"] = once.conversion.sum()
    if "messages_per_person" in rates:
        found |= {kind: once[kind].sum() for kind in ("delivered", "sent")}
    return found


def visitors(warehouse: Warehouse, first: date, as_of: date) -> ir.Table:
    """customer_id and bought (0 or 1) of everyone with an event in the days [first, as_of)."""
    days = ibis.date(first.isoformat()), ibis.date(as_of.isoformat())
    events, orders = warehouse.table(EVENTS), warehouse.table(ORDERS)
    came = events.filter(events.local_day >= days[0], events.local_day < days[1]).select("customer_id").distinct()
    bought = (
        orders.filter(orders.local_day >= days[0], orders.local_day < days[1]).select(buyer="customer_id").distinct()
    )
    joined = came.left_join(bought, came.customer_id == bought.buyer)
    return joined.select("customer_id", bought=joined.buyer.notnull().cast("float64"))


def platform_days(warehouse: Warehouse, first: date, as_of: date) -> ir.Table:
    """Of each channel (``grp``) and day: clicks and impressions as platforms count them, where they tell both."""
    spend = warehouse.table(SPEND)
    rows = spend.filter(spend.day >= ibis.date(first.isoformat()), spend.day < ibis.date(as_of.isoformat()))
    rows = rows.filter(rows.clicks.notnull(), rows.impressions.notnull())
    return rows.group_by(grp=rows.channel.strip().lower(), day=rows.day.cast("string")).aggregate(
        clicks=rows.clicks.sum().cast("float64"), impressions=rows.impressions.sum().cast("float64")
    )
