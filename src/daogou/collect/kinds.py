"""What each kind of source may map, and how each value is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from daogou.base.errors import DaogouError
from daogou.base.rule import DEEDS
from daogou.base.settings import check_known
from daogou.base.words import gettext as _
from daogou.collect.settings import Source

DISCOUNTS = ("shop_discount", "shop_coupon", "maker_coupon", "platform_discount")
AMOUNTS = ("net_sales", "paid", "unit_price")  # a sale's value is said by one of these
_LINE = {
    "quantity": "number",
    **dict.fromkeys((*AMOUNTS, *DISCOUNTS, "list_value", "unit_cost"), "money"),
}
TOUCH_KINDS = (
    "sent", "delivered", "impression", "open", "click", "conversion", "unsubscribe", "bounce", "complaint",
)  # fmt: skip
LIFTS = {"incremental_orders": "number", "incremental_value": "money"}  # each with its interval
UNITS = ("household", "store", "region", "time")  # what may be switched on and off by lot
_ORDER = {"customer_id": "id", "paid_at": "time", "status": "text", "store_id": "id", "currency": "text"}


@dataclass(frozen=True)
class Kind:
    """One kind of source: its columns with how they are read, those it needs, and those that tell two rows apart."""

    columns: dict[str, str]
    needs: tuple[str, ...]
    key: tuple[str, ...] = ()
    takes_attributes: bool = False
    filled: tuple[str, ...] = ()  # never empty where a column is mapped to them
    words: Mapping[str, str] = field(default_factory=dict)  # what a column 'kind' may say; the table's word for each


KINDS = {
    "sales": Kind(
        {"order_id": "id", "item_id": "id", "occurred_at": "time"}
        | _ORDER
        | _LINE
        | {"item_title": "text", "item_category": "text", "item_brand": "text"},
        ("order_id", "item_id", "occurred_at"),
    ),
    "orders": Kind(
        {"order_id": "id", "occurred_at": "time"}
        | _ORDER
        | dict.fromkeys(("net_sales", "paid", *DISCOUNTS, "list_value", "shipping", "tax"), "money"),
        ("order_id", "occurred_at"),
        ("order_id",),
    ),
    "order_lines": Kind({"order_id": "id", "item_id": "id"} | _LINE, ("order_id", "item_id")),
    "refunds": Kind(
        {
            "occurred_at": "time",
            "amount": "money",
            "customer_id": "id",
            "order_id": "id",
            "item_id": "id",
            "quantity": "number",
            "kind": "text",
            "reason": "text",
            "currency": "text",
        },
        ("occurred_at", "amount"),
    ),
    "customers": Kind(
        {"customer_id": "id", "valid_from": "day", "joined_on": "day", "member_level": "text", "region": "text"},
        ("customer_id",),
        ("customer_id", "valid_from"),
        takes_attributes=True,
    ),
    "items": Kind(
        {
            "item_id": "id",
            "valid_from": "day",
            "title": "text",
            "description": "text",
            "brand": "text",
            "category": "text",
            "spu_id": "id",
            "price": "money",
            "unit_cost": "money",
            "stock": "whole",
            "available": "flag",
            "risk_level": "whole",
        },
        ("item_id",),
        ("item_id", "valid_from"),
        takes_attributes=True,
    ),
    "events": Kind(
        {
            "customer_id": "id",
            "kind": "deed",
            "occurred_at": "time",
            "item_id": "id",
            "session_id": "id",
            "rating": "float",
            "amount": "float",
            "channel": "text",
            "campaign_id": "id",
            "place": "text",
        },
        ("occurred_at",),
        takes_attributes=True,
        filled=("kind",),
        words={kind: kind for kind in DEEDS.values()},
    ),
    "past_campaigns": Kind(
        {
            "campaign_id": "id",
            "name": "text",
            "kind": "text",
            "channel": "text",
            "starts_on": "day",
            "ends_on": "day",
            "cost": "money",
        },
        ("campaign_id", "starts_on", "ends_on"),
        ("campaign_id",),
    ),
    "offers": Kind(
        {"campaign_id": "id", "offer_id": "id", "item_id": "id"},
        ("campaign_id", "offer_id", "item_id"),
        ("campaign_id", "offer_id", "item_id"),
    ),
    "coupons": Kind(
        {
            "customer_id": "id",
            "campaign_id": "id",
            "offer_id": "id",
            "order_id": "id",
            "issued_at": "time",
            "claimed_at": "time",
            "redeemed_at": "time",
            "expires_at": "time",
            "funded_by": "text",
        },
        ("customer_id",),
    ),
    "assignments": Kind(
        {
            "campaign_id": "id",
            "customer_id": "id",
            "arm": "text",
            "intended_action": "text",
            "propensity": "float",
            "occurred_at": "time",
        },
        ("campaign_id", "customer_id"),
        ("campaign_id", "customer_id", "arm", "intended_action"),
    ),
    "touches": Kind(
        {
            "customer_id": "id",
            "kind": "deed",
            "channel": "text",
            "occurred_at": "time",
            "campaign_id": "id",
            "arm": "text",
            "item_id": "id",
            "order_id": "id",
            "session_id": "id",
            "cost": "money",
            "user_agent": "text",
            "is_bot": "flag",
            "currency": "text",
        },
        ("occurred_at",),
        filled=("kind", "channel"),
        words={kind: kind for kind in TOUCH_KINDS},
    ),
    "spend": Kind(
        {
            "channel": "text",
            "campaign_id": "id",
            "keyword": "text",
            "creator": "id",
            "day": "day",
            "impressions": "whole",
            "clicks": "whole",
            "claimed_orders": "number",
            "claimed_value": "money",
            "cost": "money",
            "currency": "text",
        },
        ("day",),
        ("channel", "campaign_id", "keyword", "creator", "day"),
        filled=("channel",),
    ),
    "unit_assignments": Kind(
        {
            "campaign_id": "id",
            "channel": "text",
            "unit": "text",
            "unit_name": "id",
            "arm": "text",
            "propensity": "float",
            "starts_on": "day",
            "ends_on": "day",
            "pair": "id",
            "wash_out": "whole",
        },
        ("campaign_id", "unit", "unit_name", "arm", "starts_on", "ends_on"),
        ("campaign_id", "unit", "unit_name"),
        filled=("channel",),
    ),
    "lift_studies": Kind(
        {
            "study_id": "id",
            "channel": "text",
            "platform": "text",
            "campaign_id": "id",
            "starts_on": "day",
            "ends_on": "day",
            **{f"{name}{end}": what for name, what in LIFTS.items() for end in ("", "_low", "_high")},
        },
        ("study_id", "platform", "starts_on", "ends_on"),
        ("study_id",),
        filled=("channel",),
    ),
}
IN_ORDER = ("customers", "items", "sales", "orders", "order_lines", "refunds", "events", "past_campaigns", "offers",
            "coupons", "assignments", "touches", "spend", "unit_assignments", "lift_studies")  # fmt: skip


def check_source(source: Source, where: str) -> Kind:
    """The kind of ``source``, once its mapping makes sense.

    Raises:
        DaogouError: an unknown table or column, one that is missing, or an amount said twice.
    """
    check_known([source.table], KINDS, where, _("table"))
    kind = KINDS[source.table]
    check_known(source.columns, kind.columns, f"{where} columns", _("column"))
    for name in kind.needs:
        if name not in source.columns:
            raise DaogouError(
                _("the column '{name}' is missing").format(name=name),
                f"{where} columns",
                _('Say which column of the file it is: {name} = "...".').format(name=name),
            )
    if source.attributes and not kind.takes_attributes:
        raise DaogouError(
            _("'{table}' takes no attributes").format(table=source.table), where, _("Delete the line 'attributes'.")
        )
    if kind.words:
        _check_kinds(source, kind, where)
    elif source.kind or source.kinds:
        raise DaogouError(
            _("'{table}' takes no kinds of events").format(table=source.table),
            where,
            _("Delete the lines 'kind' and 'kinds'."),
        )
    _check_channel(source, where)
    amounts = [name for name in AMOUNTS if name in source.columns]
    if len(amounts) > 1 or (not amounts and source.table in ("sales", "order_lines")):
        raise DaogouError(
            _("the value of a line must be said once"),
            f"{where} columns",
            _("Map one of: {names}.").format(names=", ".join(AMOUNTS)),
        )
    return kind


def _check_channel(source: Source, where: str) -> None:
    """Tables of channels say theirs once; no other table takes one for all its rows."""
    if "channel" not in KINDS[source.table].filled:
        if source.channel:
            raise DaogouError(
                _("'{table}' takes no channel for all its rows").format(table=source.table),
                where,
                _("Delete the line 'channel'."),
            )
    elif ("channel" in source.columns) == bool(source.channel):
        raise DaogouError(
            _("the channel must be said once"),
            where,
            _('Map the column that says it to "channel", or write channel = "email" where all rows are of one.'),
        )


def _check_kinds(source: Source, kind: Kind, where: str) -> None:
    check_known([word for word in (source.kind, *source.kinds.values()) if word], kind.words, where, _("kind of event"))
    if ("kind" in source.columns) == bool(source.kind):
        raise DaogouError(
            _("what happened must be said once"),
            where,
            _('Map the column that says it to "kind", or write kind = "view" where all rows are views.'),
        )
