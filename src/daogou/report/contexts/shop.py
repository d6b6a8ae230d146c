"""The company, the headline, the pulse and who the customers are."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from daogou.base.estimate import Estimate
from daogou.report.contexts.text import Text
from daogou.report.contexts.worth import Worth


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
class Clear:
    """How clear one number of groups is."""

    k: int
    silhouette: Estimate  # -1 to 1
    shuffled: float  # the best of data like these without groups
    chosen: bool


@dataclass(frozen=True)
class People:
    """Who the customers are."""

    rfm_en: tuple[Segment, ...]  # RFM as readers of English see it: eleven names, unless set otherwise
    rfm_zh: tuple[Segment, ...]  # RFM as readers of Chinese see it: eight names, unless set otherwise
    groups: tuple[Segment, ...]  # found by k-means; empty where there are too few customers
    is_clear: bool  # whether these groups are clearer than what is found in data without groups
    curve: tuple[Clear, ...] = ()  # by which their number was chosen; one where it was given
    worth: Worth | None = None  # what they will bring; None where there is not enough data
