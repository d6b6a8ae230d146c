"""Why an item is offered, in words for the customer."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from daogou.base.words import gettext as _

Kind = Literal["together", "people", "next", "like", "again", "alike", "popular", "not_personal", "pinned", "range"]
_KINDS: Mapping[str, Kind] = {
    "UserKNN": "people",
    "SequentialKNN": "next",
    "ContentBased": "like",
    "RepeatLast": "again",
    "SegmentPopular": "alike",
    "Popular": "popular",
    "NotPersonal": "not_personal",
    "Pinned": "pinned",
    "Catalogue": "range",
}
_COMPARED = ("brand", "category")  # what two items are said to share
_MOST = 2  # items that a sentence names


def kind_of(model: str, because: Sequence[Any]) -> Kind:
    """What kind of reason a model gives, by its name; without items that speak, nothing personal is said.

    >>> kind_of("ItemKNN", ["tea"]), kind_of("SequentialKNN", ["tea"]), kind_of("Hybrid", [])
    ('together', 'next', 'popular')
    """
    kind = _KINDS.get(model, "together")
    return kind if because or kind not in ("together", "people", "next", "like", "again") else "popular"


def shared(item: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """Which of brand and category the two have in common; what is not known is not shared.

    >>> shared({"brand": "A", "category": "TEA"}, {"brand": "A", "category": None})
    ('brand',)
    """
    return tuple(name for name in _COMPARED if item.get(name) is not None and item.get(name) == other.get(name))


def sentence(kind: Kind, because: Sequence[str] = (), same: Sequence[str] = ()) -> str:
    """The reason as a sentence to the customer, in the current language.

    ``because`` are titles of what the customer bought, the one that says most first; ``same`` is what the item shares
    with that one.

    >>> sentence("together", ["tea", "milk", "sugar"])
    'Because you bought tea and milk.'
    >>> sentence("like", ["tea"], ["brand"])
    'Like tea, which you bought: same brand.'
    """
    named = list(dict.fromkeys(because))[:_MOST]
    items = _("{first} and {second}").format(first=named[0], second=named[1]) if len(named) == _MOST else "".join(named)
    if kind == "like" and same:
        alike = {
            ("brand",): _("Like {item}, which you bought: same brand."),
            ("category",): _("Like {item}, which you bought: same category."),
            ("brand", "category"): _("Like {item}, which you bought: same brand and category."),
        }
        return alike[tuple(same)].format(item=named[0])
    texts = {
        "together": _("Because you bought {items}."),
        "people": _("Customers who bought {items}, as you did, bought this too."),
        "next": _("Often bought after {items}, which you bought last."),
        "like": _("Like {items}, which you bought."),
        "again": _("Because you bought it before."),
        "alike": _("Popular with customers like you."),
        "popular": _("Popular with customers at the moment."),
        "not_personal": _("Popular at the moment; nothing that you bought was looked at."),
        "pinned": _("Chosen by the shop for everyone."),
        "range": _("From our range."),
    }
    return texts[kind].format(items=items)
