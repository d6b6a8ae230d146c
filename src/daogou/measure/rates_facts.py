"""What rates are made of: touches counted by customer, for each way of grouping them."""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from daogou.measure.bots import NAMED, SECONDS
from daogou.store.tables import EVENTS, ORDERS, SEGMENTS, SPEND, TOUCHES
from daogou.store.warehouse import Warehouse

KINDS = ("sent", "delivered", "impression", "open", "click", "conversion", "unsubscribe", "bounce", "complaint")
BASES = (  # what stands below, for which kind above
    ("impression", "click"), ("impression", "conversion"), ("click", "conversion"), ("sent", "delivered"),
    ("sent", "conversion"), ("delivered", "conversion"), ("delivered", "open"), ("delivered", "click"),
    ("open", "click"), ("delivered", "unsubscribe"), ("delivered", "complaint"),
)  # fmt: skip
GROUPS = ("all", "channel", "campaign", "arm", "item", "segment", "day", "week")
_RULES = ("declared", "named", "fast")
_CONVERSIONS = ("doubled", "late", "without_click")


def marked(warehouse: Warehouse, first: date, as_of: date, window: int) -> ir.Table:
    """Touches of the days [first, as_of) with what is wrong with each, kept in a temporary table.

    ``declared``, ``named`` and ``fast`` are the rules by which no person made it (see :mod:`daogou.measure.bots`);
    ``doubled``, ``late`` and ``without_click`` those by which a conversion does not count: its order was claimed before
    in the channel, or the customer's last click there lies more than ``window`` days back, or there is none.
    """
    touches = warehouse.table(TOUCHES)
    rows = touches.filter(
        touches.local_day >= ibis.date(first.isoformat()), touches.local_day < ibis.date(as_of.isoformat())
    )
    rows = rows.mutate(channel=rows.channel.strip().lower(), campaign=ibis.coalesce(rows.campaign_id, ""))
    went = rows.filter(rows.kind.isin(("sent", "delivered")))
    went = went.group_by("customer_id", "channel", "campaign").aggregate(went=went.occurred_at.min())
    rows = rows.left_join(went, ["customer_id", "channel", "campaign"]).drop(
        "customer_id_right", "channel_right", "campaign_right"
    )
    no = ibis.literal(False)
    passed = rows.occurred_at.epoch_seconds() - rows.went.epoch_seconds()
    answers = rows.kind.isin(("open", "click"))
    rows = rows.mutate(
        declared=ibis.coalesce(rows.is_bot, no),
        named=ibis.coalesce(rows.user_agent.re_search(NAMED), no),
        fast=ibis.coalesce(answers & (passed >= 0) & (passed < SECONDS), no),
    )
    rows = warehouse.materialise("marked_touches", rows)
    program = rows.declared | rows.named | rows.fast
    converted = rows.filter(rows.kind == "conversion", ~program)
    claim = ibis.coalesce(converted.order_id, converted.touch_id)
    nth = ibis.row_number().over(
        ibis.window(group_by=[converted.channel, claim], order_by=[converted.occurred_at, converted.touch_id])
    )
    converted = converted.select("touch_id", "customer_id", "channel", "occurred_at", nth=nth)
    clicks = rows.filter(rows.kind == "click", ~program).select("customer_id", "channel", clicked="occurred_at")
    before = converted.join(clicks, ["customer_id", "channel"])
    before = before.filter(before.clicked <= before.occurred_at)
    before = before.group_by("touch_id").aggregate(clicked=before.clicked.max())
    checked = converted.left_join(before, "touch_id")
    since = checked.occurred_at.epoch_seconds() - checked.clicked.epoch_seconds()
    wrong = checked.select(
        converted_id="touch_id",
        doubled=checked.nth > 0,
        late=(checked.nth == 0) & ibis.coalesce(since > window * 86_400, no),
        without_click=(checked.nth == 0) & checked.clicked.isnull(),
    )
    joined = rows.left_join(wrong, rows.touch_id == wrong.converted_id).drop("converted_id")
    joined = joined.mutate(**{name: ibis.coalesce(joined[name], no) for name in _CONVERSIONS})
    return warehouse.materialise("checked_touches", joined)


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


def logged(warehouse: Warehouse, rows: ir.Table) -> dict[str, list[str]]:
    """Kind -> the channels that tell of it at all. What a channel never tells of is not known, and not 0."""
    told = warehouse.to_arrow(rows.select("kind", "channel").distinct().order_by("kind", "channel")).to_pylist()
    return {kind: [row["channel"] for row in told if row["kind"] == kind] for kind in KINDS}


def counted(warehouse: Warehouse, rows: ir.Table, by: str, as_of: date, channels: dict[str, list[str]]) -> ir.Table:
    """One row a group (``grp``) and customer: touches that count, and in how many campaigns there were any.

    ``click__of__delivered`` counts clicks in channels that tell of deliveries, ``delivered__click`` deliveries in
    those that tell of clicks, so that a rate has the same channels above and below; with ``unique_`` before it, the
    campaigns with any. ``reached`` and ``converted`` are 1 for people who were reached and who converted then,
    ``messages`` counts what they got, ``person`` is 1 where they got any.
    """
    rows = _grouped(warehouse, rows.filter(is_kept(rows)), by, as_of)
    rows = rows.filter(rows.grp.notnull())
    once = rows.group_by("grp", "customer_id", "campaign", "channel").aggregate(
        **{kind: (rows.kind == kind).sum() for kind in KINDS}
    )
    found: dict[str, ir.Value] = {kind: once[kind].sum() for kind in KINDS}
    for below, above in BASES:
        tells, knows = (once.channel.isin(channels[kind] or [""]) for kind in (above, below))
        found[f"{above}__of__{below}"] = ibis.coalesce(once[above].sum(where=knows), 0)
        found[f"unique_{above}__of__{below}"] = ((once[above] > 0) & knows).sum()
        found[f"{below}__{above}"] = ibis.coalesce(once[below].sum(where=tells), 0)
        found[f"unique_{below}__{above}"] = ((once[below] > 0) & tells).sum()
    people = once.group_by("grp", "customer_id").aggregate(
        **{name: sum_.cast("float64") for name, sum_ in found.items()}
    )
    reached = (people.delivered__conversion + people.impression__conversion + people.sent__conversion) > 0
    messages = ibis.ifelse(people.delivered > 0, people.delivered, people.sent)
    return people.mutate(
        reached=reached.cast("float64"),
        converted=(reached & (people.conversion > 0)).cast("float64"),
        messages=messages,
        person=(messages > 0).cast("float64"),
    )


def clusters(people: ir.Table, rates: dict[str, tuple[str, str]]) -> ir.Table:
    """One row a group with what :class:`daogou.measure.rates.Clusters` holds of each rate, as ``rate__field``.

    ``rates``: the columns of ``people`` that stand above and below.
    """
    fields: dict[str, ir.Value] = {}
    for rate, (above, below) in rates.items():
        a, b = people[above], people[below]
        known = (a > 0) | (b > 0)
        fields |= {
            f"{rate}__n": known.sum(),
            f"{rate}__a": a.sum(),
            f"{rate}__b": b.sum(),
            f"{rate}__aa": (a * a).sum(),
            f"{rate}__ab": (a * b).sum(),
            f"{rate}__bb": (b * b).sum(),
            f"{rate}__above_one": (a > b).any(),
            f"{rate}__single": ibis.coalesce(((b == 1) & (a <= 1)).all(where=known), ibis.literal(False)),
        }
    return people.group_by("grp").aggregate(**fields).order_by("grp")


def _grouped(warehouse: Warehouse, rows: ir.Table, by: str, as_of: date) -> ir.Table:
    if by == "segment":
        segments = warehouse.table(SEGMENTS)
        mine = segments.filter(segments.as_of == ibis.date(as_of.isoformat()), segments.method == "rfm")
        return rows.join(mine.select("customer_id", grp="segment"), "customer_id")
    if by == "week":
        back = ibis.date((as_of - timedelta(days=1)).isoformat()).delta(rows.local_day, unit="day")
        return rows.mutate(grp=(back // 7).cast("string"))
    value = {
        "all": lambda: ibis.literal("all"),
        "channel": lambda: rows.channel,
        "campaign": lambda: rows.campaign_id,
        "arm": lambda: rows.campaign_id + ibis.literal(" / ") + rows.arm,
        "item": lambda: rows.item_id,
        "day": lambda: rows.local_day.cast("string"),
    }[by]()
    return rows.mutate(grp=value)


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
