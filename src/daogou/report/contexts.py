"""Everything that the page shows, as plain values: the only way into this room.

Words of other rooms come as ``Text``, said once in each language. Words of the page itself are the page's own.
A block without data is a ``Missing``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from daogou.base import words
from daogou.base.estimate import Estimate

Cell = str | int | float | date | None
Lack = Literal["orders", "customers", "lines", "time", "campaigns", "plan", "people"]


@dataclass(frozen=True)
class Text:
    """One text in both languages; prints in the current one."""

    en: str
    zh: str

    @classmethod
    def of(cls, say: Callable[[], str]) -> "Text":
        """What ``say`` says in each language.

        >>> str(Text.of(lambda: words.gettext("Daogou")))
        'Daogou'
        """
        said = []
        for code in words.LANGUAGES:
            with words.language(code):
                said.append(say())
        return cls(*said)

    def __str__(self) -> str:
        return str(getattr(self, words.current_language()))


@dataclass(frozen=True)
class Missing:
    """A block that has no data yet, and what it lacks."""

    lacks: Lack


@dataclass(frozen=True)
class Company:
    """Whose page this is."""

    name: str
    currency: str  # ISO 4217
    language: str  # en or zh: the language that the page opens in
    first_day: date  # first local day with data
    last_day: date  # last local day with data


@dataclass(frozen=True)
class Headline:
    """The three sentences at the top."""

    days: int  # length of the period and of the one before
    buyers: int  # customers with an order in the period; guests are not counted
    buyers_before: int | None  # the same in the period before; None where the data begin later
    guest_orders: int  # orders of the period without a customer
    overdue: int | None  # customers now overdue; None where nobody has a rhythm yet
    overdue_year: float  # their net sales in the last 365 days, currency
    past_campaigns: int  # campaigns in the data
    held_out: bool  # whether any of them kept a control group drawn by lot
    known_on: date | None  # when the planned campaign is read; None where none is planned


@dataclass(frozen=True)
class Measure:
    """One tile of the pulse."""

    key: Literal["net_sales", "buyers", "orders", "order_value", "repurchase", "refunds"]
    unit: Literal["money", "count", "share"]
    now: float | None  # None where there is no data
    before: float | None  # the period before
    weeks: tuple[float | None, ...]  # oldest first, one a week of ``Pulse.weeks``


@dataclass(frozen=True)
class Pulse:
    """How the shop does: this period over the one before."""

    days: int
    repurchase_days: int  # window of the repurchase rate: buyers in it who bought on two days or more
    weeks: tuple[date, ...]  # last local day of each week, oldest first
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class Segment:
    """One group of customers."""

    name: Text
    size: int
    net_sales: float  # in the last 365 days, currency
    apart: Text | None = None  # what sets it apart; None in RFM, where the name says it


@dataclass(frozen=True)
class People:
    """Who the customers are."""

    rfm_en: tuple[Segment, ...]  # RFM as readers of English see it: eleven names, unless set otherwise
    rfm_zh: tuple[Segment, ...]  # RFM as readers of Chinese see it: eight names, unless set otherwise
    groups: tuple[Segment, ...]  # found by k-means; empty where there are too few customers


@dataclass(frozen=True)
class CallList:
    """People to write to this week. ``facts`` are the numbers that its reason is said with, by name:
    overdue: order_days, ratio; second: low, high, known, fewest; replenish: gap, days, purchases."""

    key: Literal["overdue", "second", "replenish"]
    size: int
    money: float  # currency; overdue: their last year, second: one usual second order each, replenish: what is due
    came_back: Estimate | None  # 0-1, of those on the list a period ago, who came back with no message known of
    days: int  # length of that period
    facts: Mapping[str, float]
    columns: tuple[str, ...]  # keys of the columns, the company's own customer id first
    rows: tuple[tuple[Cell, ...], ...]  # best first; may be fewer than size


@dataclass(frozen=True)
class Needs:
    """Who needs the company this week."""

    lists: tuple[CallList | Missing, ...]


@dataclass(frozen=True)
class Pick:
    """One item for one customer."""

    title: str
    because: tuple[str, ...]  # titles of what the customer bought that speaks for it; empty: it sells well
    is_new: bool  # the customer never bought it


@dataclass(frozen=True)
class Guided:
    """One real customer with what to offer."""

    customer: str  # the company's own id
    bought_on: date  # day of the last basket
    basket: tuple[str, ...]  # titles in it, most money first
    more: int  # further titles in the basket
    picks: tuple[Pick, ...]


@dataclass(frozen=True)
class Hits:
    """How much of what customers then bought was among their picks, as measured on later data."""

    kind: Literal["repeat", "new"]
    picks: int  # how many picks each customer got
    ours: Estimate  # 0-1
    popular: Estimate  # 0-1, by offering everyone the best sellers


@dataclass(frozen=True)
class Guide:
    """What to offer whom."""

    customers: tuple[Guided, ...]
    hits: tuple[Hits, ...]  # empty where there is too little time to measure


@dataclass(frozen=True)
class Campaign:
    """A past campaign, or several pooled."""

    name: str  # the campaign's id or name, or the kind; empty for all together
    kind: str
    starts_on: date | None
    ends_on: date | None
    incomplete: Literal["", "begins", "ends"]  # begins before the data, ends after them, or neither
    reached: int
    redeemers: int
    redemptions: int
    rate: Estimate | None  # redeemers / reached; None below the smallest number of redeemers
    break_even: Estimate | None  # share of redemptions that must be incremental
    net_sales: float
    cost_shop: float
    cost_maker: float


@dataclass(frozen=True)
class Past:
    """What past campaigns cost."""

    campaigns: tuple[Campaign, ...]
    kinds: tuple[Campaign, ...]
    overall: Campaign
    fewest: int  # redeemers below which only counts are shown
    overlap: Estimate | None  # of a customer's consecutive campaigns, the share that overlap, 0-1
    held_out: bool  # whether any kept a control group drawn by lot


@dataclass(frozen=True)
class Stratum:
    """One row of who takes part."""

    name: Text
    size: int
    held_out: int


@dataclass(frozen=True)
class Choice:
    """What one share of people held out would show."""

    held_out: float  # 0-1
    lift: float  # smallest visible gain, as a share of what people spend anyway


@dataclass(frozen=True)
class NextCampaign:
    """The campaign that Daogou drafts."""

    plan: str  # id of the draft
    who: Text
    offer: Text
    why: Text  # why this offer
    holdout: Text  # why so many are held out
    teaches: Text  # what will be known, and when
    price: Text  # what knowing costs
    assumed: tuple[Text, ...]  # terms that nobody gave
    strata: tuple[Stratum, ...]
    treated: int
    held_out: int
    cost: Estimate  # currency
    starts_on: date
    ends_on: date  # last day of the outcome
    known_on: date
    visible_lift: float  # smallest visible gain at the chosen share, of what people spend anyway
    choices: tuple[Choice, ...]  # the chosen share and others


@dataclass(frozen=True)
class Source:
    """Rows of one input."""

    name: str
    received: int
    stored: int
    quarantined: int
    duplicate: int


@dataclass(frozen=True)
class Refused:
    """Rows that stand in quarantine for one reason."""

    source: str
    reason: str
    rows: int


@dataclass(frozen=True)
class Flagged:
    """What a prediction is worth, in people: of 100 customers that the model flags, how many then do it."""

    kind: Literal["inactive", "buys", "anything"]
    category: str  # of a purchase; empty otherwise
    days: int  # within which
    model: Estimate  # of 100 flagged
    random: Estimate  # of 100 at random


@dataclass(frozen=True)
class Trust:
    """What the page rests on."""

    sources: tuple[Source, ...]
    customers: int
    with_attributes: int  # customers with any demographic attribute
    margin: float  # contribution margin used, 0-1
    margin_assumed: bool
    contact_cost: float  # of one message, currency
    contact_assumed: bool
    refused: tuple[Refused, ...]  # why rows are in quarantine, most first
    flagged: tuple[Flagged, ...]  # the first is the one in the sentence


@dataclass(frozen=True)
class Score:
    """One measured figure of one model, for analysts."""

    stage: str
    subject: str
    model: str
    metric: str
    value: Estimate
    is_champion: bool


@dataclass(frozen=True)
class Appendix:
    """What analysts ask."""

    scores: tuple[Score, ...]
    seconds: tuple[tuple[str, float], ...]  # stage, seconds
    release: str
    version: str


@dataclass(frozen=True)
class Report:
    """The whole page."""

    company: Company
    headline: Headline
    pulse: Pulse | Missing
    people: People | Missing
    needs: Needs | Missing
    guide: Guide | Missing
    past: Past | Missing
    next: NextCampaign | Missing
    trust: Trust
    appendix: Appendix
