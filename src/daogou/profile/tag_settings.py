"""Settings of tags: ``[tags.NAME]`` each, and the words that may never be one."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePath
from typing import Any, Literal

from daogou.base.errors import DaogouError
from daogou.base.rule import EVENTS, METHODS, Rule
from daogou.base.rule_read import read
from daogou.base.settings import at_least, check_known, nearest, required, setting, validated
from daogou.base.words import gettext as _
from daogou.profile.tags_forbidden import Forbidden

TagKind = Literal["rule", "number", "band", "first", "last", "favourite", "rfm", "lifecycle", "list"]
FORBIDDEN_WORDS = "forbidden"
RESERVED = (*METHODS, "lookalike")
MOST_BANDS = 100
LONGEST = 60  # characters of a tag's name, title or value

_OF_EVENTS = ("event", "where", "within")
_FIELDS: dict[str, tuple[str, ...]] = {  # what each kind takes beside its kind and title
    "rule": ("rules",),
    "number": ("profile", *_OF_EVENTS, "measure"),
    "band": ("profile", *_OF_EVENTS, "measure", "edges", "quantiles", "names"),
    "first": (*_OF_EVENTS, "what"),
    "last": (*_OF_EVENTS, "what"),
    "favourite": (*_OF_EVENTS, "what", "by", "least_share"),
    "rfm": ("scheme",),
    "lifecycle": (),
    "list": ("file", "column", "value_column", "value"),
}
_ITEM = ("item", "title", "category", "brand")
WHAT: dict[str, tuple[str, ...]] = {  # what an event is about, by event
    "bought": (*_ITEM, "store", "day"),
    "refunded": (*_ITEM, "kind", "reason", "day"),
    "redeemed": ("campaign", "offer", "funded_by", "day"),
}
WHAT |= {name: (*_ITEM, "place", "channel", "campaign", "day") for name in EVENTS if name not in (*WHAT, "reached")}


@dataclass(frozen=True)
class TagSettings:
    """Section [tags.NAME] of daogou.toml."""

    kind: TagKind = required("how its value comes about; docs/methods/tags.md tells what each kind takes")
    title: str = setting("", "what people call it; empty: its name")
    rules: dict[str, dict[str, Any]] = setting(
        dict, "rule: values with their rules, { gold = { profile = 'orders_28', at_least = 3 } }; the first that holds"
    )
    profile: str = setting("", "number, band: the column of profiles that it is taken from")
    event: str = setting("", "number, band, first, last, favourite: the event, such as 'bought', that it is taken from")
    where: dict[str, Any] = setting(dict, "and its filters, as in rules: { category = 'TEA' }")
    within: int | None = setting(None, "and the days before as_of that count; empty: all")
    measure: Literal["count", "sum", "days"] = setting("count", "number, band: what is measured of the events")
    what: str = setting(
        "", "first, last, favourite: what of the event: item, title, category, brand, store, channel, day and so on"
    )
    by: Literal["count", "sum"] = setting("count", "favourite: the most events, or the most money")
    least_share: float = setting(0.0, "favourite: the least share of all that a favourite must have, 0 to 1")
    edges: list[float] = setting(list, "band: where bands begin, rising; a value at an edge is in the band above")
    quantiles: int = setting(0, "band: instead of edges, this many bands of equally many customers")
    names: list[str] = setting(list, "band: a name for each band, lowest first; empty: made from the edges")
    scheme: Literal["rfm", "rfm_zh"] = setting("rfm", "rfm: the eleven names or the eight")
    file: str = setting("", "list: a CSV file of customers by your own ids, beside daogou.toml or an absolute path")
    column: str = setting("customer_id", "list: its column with the ids")
    value_column: str = setting("", "list: its column with the values; empty: all have the same")
    value: str = setting("yes", "list: the value of all, where no column says it")

    def __post_init__(self) -> None:
        _require(self.within is None or self.within >= 1, at_least("within", 1))
        _require(0 <= self.least_share <= 1, _("{name} must lie between 0 and 1").format(name="least_share"))
        _require(self.quantiles == 0 or self.quantiles >= 2, at_least("quantiles", 2))
        _require(
            self.quantiles <= MOST_BANDS, _("{name} must be {most} or less").format(name="quantiles", most=MOST_BANDS)
        )
        _require(all(map(math.isfinite, self.edges)), _("edges must be finite numbers"))
        rising = all(a < b for a, b in pairwise(self.edges))
        _require(rising, _("edges must rise, each above the one before"))


@dataclass(frozen=True)
class TagsSettings:
    """Section [tags] of daogou.toml: the company's own forbidden words, and its tags by name."""

    forbidden: tuple[str, ...] = ()
    named: Mapping[str, TagSettings] = field(default_factory=dict)

    def words(self) -> Forbidden:
        """Everything that may never be a tag."""
        return Forbidden(self.forbidden)


def place(name: str) -> str:
    """Where errors say that a tag stands."""
    return f"daogou.toml [tags.{name}]"


def read_tags(section: Mapping[str, Any]) -> TagsSettings:
    """The tags that ``[tags]`` declares.

    Raises:
        DaogouError: one is incomplete, contradicts itself, or is something that may never be a tag.
    """
    own = section.get(FORBIDDEN_WORDS, [])
    if not isinstance(own, list) or not all(isinstance(word, str) and word.strip() for word in own):
        raise DaogouError(
            _("'{name}' must be a list of words").format(name=FORBIDDEN_WORDS),
            "daogou.toml [tags]",
            _("Write it in [ ]."),
        )
    named = {name: _read(name, told) for name, told in section.items() if name != FORBIDDEN_WORDS}
    made = TagsSettings(tuple(own), named)
    words = made.words()
    for name, tag in named.items():
        for text in _texts(name, tag):
            check_word(text, words, place(name))
    return made


def _read(name: str, told: Any) -> TagSettings:
    where = place(name)
    if not isinstance(told, Mapping):
        raise DaogouError(
            _("'{name}' is a value, not a section").format(name=name),
            "daogou.toml [tags]",
            _("Write [{name}].").format(name=f"tags.{name}"),
        )
    if name in RESERVED or ":" in name or not name.strip() or len(name) > LONGEST or not name.isprintable():
        raise DaogouError(
            _("'{name}' cannot be the name of a tag").format(name=name),
            where,
            _("Choose a short one without ':'; taken are: {names}.").format(names=", ".join(RESERVED)),
        )
    check_known(
        told, ["kind", "title", *{one: None for takes in _FIELDS.values() for one in takes}], where, _("setting")
    )
    tag = validated(TagSettings, told, where)
    for given in told:
        if given not in ("kind", "title", *_FIELDS[tag.kind]):
            raise DaogouError(
                _("'{setting}' has no place in a tag of kind '{kind}'").format(setting=given, kind=tag.kind),
                where,
                _("Known are: {names}.").format(names=", ".join((*_FIELDS[tag.kind], "title"))),
            )
    _CHECKS[tag.kind](tag, where)
    return tag


def rules_of(name: str, tag: TagSettings) -> dict[str, Rule]:
    """The rules of a tag by value, in their order."""
    return {value: read(told, f"{place(name)} rules.{value}") for value, told in tag.rules.items()}


def event_rule(tag: TagSettings) -> dict[str, Any]:
    """The event that a tag is taken from, as a rule."""
    within = {} if tag.within is None else {"within": tag.within}
    return {"did": tag.event, "where": dict(tag.where), **within}


def bands(tag: TagSettings, edges: Iterable[float]) -> list[str]:
    """The names of the bands between ``edges``, lowest first.

    >>> bands(TagSettings(kind="band"), [100, 500])
    ['<100', '100-500', '>=500']
    """
    if tag.names:
        return list(tag.names)
    if tag.quantiles:
        return [f"{number}/{tag.quantiles}" for number in range(1, tag.quantiles + 1)]
    at = [f"{edge:.12g}" for edge in edges]
    return [f"<{at[0]}", *(f"{a}-{b}" for a, b in pairwise(at)), f">={at[-1]}"]


def _check_rule(tag: TagSettings, where: str) -> None:
    if not tag.rules:
        raise DaogouError(
            _("the tag has no rules"), where, _("Write rules = { VALUE = { profile = 'orders_28', at_least = 3 } }.")
        )
    _check_values(tag.rules, where)
    for value, told in tag.rules.items():
        read(told, f"{where} rules.{value}")


def _check_values(values: Iterable[str], where: str) -> None:
    for value in values:
        if not value.strip() or len(value) > LONGEST or not value.isprintable():
            raise DaogouError(
                _("'{value}' cannot be a value").format(value=value), where, _("Choose a short one in one line.")
            )


def _check_number(tag: TagSettings, where: str) -> None:
    if bool(tag.profile) == bool(tag.event):
        raise DaogouError(
            _("a tag of kind '{kind}' is taken from one thing").format(kind=tag.kind),
            where,
            _("Write profile = 'net_sales_365', or event = 'bought' with its measure."),
        )
    if tag.event:
        read(event_rule(tag) | {tag.measure: {"at_least": 0}}, where)


def _check_band(tag: TagSettings, where: str) -> None:
    _check_number(tag, where)
    if bool(tag.edges) == bool(tag.quantiles):
        raise DaogouError(
            _("bands are cut by edges or by quantiles"), where, _("Write edges = [100, 500], or quantiles = 4.")
        )
    wanted = tag.quantiles or len(tag.edges) + 1
    if tag.names and (len(tag.names) != wanted or len(set(tag.names)) != wanted):
        raise DaogouError(
            _("there are {wanted} bands and {given} different names").format(wanted=wanted, given=len(set(tag.names))),
            where,
            _("Give each band a name of its own, lowest first."),
        )
    _check_values(tag.names, where)


def _check_what(tag: TagSettings, where: str) -> None:
    if tag.event not in WHAT:
        hint = nearest(tag.event, WHAT) if tag.event else _("Write event = 'bought', for example.")
        raise DaogouError(_("unknown event '{name}'").format(name=tag.event), where, hint)
    if tag.what not in WHAT[tag.event] or (tag.kind == "favourite" and tag.what == "day"):
        known = [what for what in WHAT[tag.event] if what != "day" or tag.kind != "favourite"]
        raise DaogouError(
            _("'{what}' is nothing that '{event}' has").format(what=tag.what, event=tag.event),
            f"{where} what",
            nearest(tag.what, known),
        )
    if tag.by == "sum" and not EVENTS[tag.event].has_amount:
        raise DaogouError(_("'{event}' has no amount to sum").format(event=tag.event), where, _("Write by = 'count'."))
    read(event_rule(tag), where)


def _check_list(tag: TagSettings, where: str) -> None:
    if not tag.file:
        raise DaogouError(
            _("the tag has no file"),
            where,
            _("Write file = 'vip.csv', a CSV file with a column '{name}'.").format(name=tag.column),
        )
    _check_values([tag.value], where)


def _nothing(_tag: TagSettings, _where: str) -> None:
    """RFM and lifecycle need no more than their kind."""


_CHECKS = {
    "rule": _check_rule,
    "number": _check_number,
    "band": _check_band,
    "first": _check_what,
    "last": _check_what,
    "favourite": _check_what,
    "rfm": _nothing,
    "lifecycle": _nothing,
    "list": _check_list,
}


def _texts(name: str, tag: TagSettings) -> Iterator[str]:
    """Everything in a tag that a person wrote: what it is called, and what it asks for."""
    yield from (name, tag.title, *tag.rules, *tag.names, tag.profile, tag.column, tag.value_column)
    if tag.kind == "list":
        yield from (tag.value, PurePath(tag.file).name)  # reasons name the file
    yield from texts_inside(tag.where)
    yield from texts_inside(list(tag.rules.values()))


def texts_inside(value: Any) -> Iterator[str]:
    """Every text in nested tables and lists."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (part for one in value.values() for part in texts_inside(one))
    elif isinstance(value, list):
        yield from (part for one in value for part in texts_inside(one))


def check_word(text: str, words: Forbidden, where: str) -> None:
    """Raises a DaogouError where ``text`` tells of what may never be a tag."""
    hit = words.find(text)
    if hit is not None:
        raise DaogouError(
            _("'{text}' may never be a tag: '{word}' tells of {what}").format(text=text, word=hit.word, what=hit.what),
            where,
            _("Tag what people do, not who they are; docs/methods/tags.md lists the words."),
        )


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise ValueError(problem)
