"""Last year's days to compare a period with: the same distance to a festival, else the same weekday.

A day that lies in a festival's window (its days with lead and tail) is compared with the day of last year that lies as
far from that festival, unless that was a day of a week's festival such as Spring Festival. Any other day is compared
with the same weekday 52 weeks before or, where that lay in a festival's window last year, with the nearest same weekday
that did not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from daogou.base.calendar import Festival

_YEAR = 364  # 52 weeks: the same weekday
_SHIFT = 45  # days that a festival may move by from one year to the next; a lunar month is 30
_WEEKS = 5  # how far an ordinary day may be moved
_WEEK = 7  # days of a festival in which other festivals count for little
EASTER = "easter"  # Sunday; many calendars of public holidays know the days around it alone, and America's none
# Markets where people buy for the festivals of the Chinese calendar, 618 and the days of doubles
_CHINESE = ("CN", "HK", "MO", "TW", "SG", "MY", "")
_CHINESE_SHOPPING = ("womens_day", "520", "618", "qixi", "double_11", "double_12")


@dataclass(frozen=True)
class Feast:
    """One festival of one year: its first and last day, and the days before and after on which people buy for it."""

    name: str
    first: date
    last: date
    lead_days: int
    tail_days: int

    def holds(self, day: date) -> bool:
        """Whether ``day`` lies in its window."""
        return self.first - timedelta(days=self.lead_days) <= day <= self.last + timedelta(days=self.tail_days)

    def distance(self, day: date) -> int:
        """Days between it and ``day``; 0 on its days."""
        return max((self.first - day).days, (day - self.last).days, 0)


@dataclass(frozen=True)
class Match:
    """A day, the day of last year that it is compared with, and the festival that decided it; "": the weekday."""

    day: date
    before: date
    festival: str


def feasts(days: Iterable[Festival]) -> list[Feast]:
    """Festivals from their single days: days of one name that follow each other are one.

    >>> from daogou.base.calendar import festivals
    >>> spring = [f for f in feasts(festivals("CN", 2024, 2024)) if f.name == "spring_festival"][0]
    >>> str(spring.first), str(spring.last), spring.lead_days
    ('2024-02-10', '2024-02-16', 21)
    """
    made: list[Feast] = []
    for one in sorted(days, key=lambda festival: (festival.name, festival.day)):
        last = made[-1] if made else None
        if last and last.name == one.name and (one.day - last.last).days <= 1:
            made[-1] = Feast(one.name, last.first, one.day, one.lead_days, one.tail_days)
        else:
            made.append(Feast(one.name, one.day, one.day, one.lead_days, one.tail_days))
    return made


def wanted(days: Iterable[Festival], market: str, names: Sequence[str]) -> list[Festival]:
    """The festivals that move sales in ``market``: those named, else all; far from China without those of China.

    Easter is added to the years of ``days`` where the market keeps it.
    """
    known = list(days)
    years = sorted({one.day.year for one in known})
    if _keeps_easter(known, market):
        known += [Festival(easter(year), EASTER, "public", 10, 1) for year in years]
    if names:
        return [one for one in known if one.name in names]
    if market in _CHINESE:
        return known
    return [one for one in known if one.kind != "chinese" and one.name not in _CHINESE_SHOPPING]


def _keeps_easter(days: Sequence[Festival], market: str) -> bool:
    """Whether Good Friday, Easter Sunday or Easter Monday of the western church is a public holiday in most years."""
    if market in _CHINESE:
        return False
    public = {one.day for one in days if one.kind == "public"}
    years = {one.day.year for one in days}
    kept = [year for year in years if {easter(year) + timedelta(days=n) for n in (-2, 0, 1)} & public]
    return market == "US" or 2 * len(kept) > len(years)  # the eastern church's falls on the same day now and then


def easter(year: int) -> date:
    """Easter Sunday of the western church (Meeus, Jones and Butcher: Astronomical Algorithms, chapter 8).

    >>> [str(easter(year)) for year in (2023, 2024, 2025, 2026)]
    ['2023-04-09', '2024-03-31', '2025-04-20', '2026-04-05']
    """
    golden, century, rest = year % 19, year // 100, year % 100
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def aligned(first: date, until: date, known: Sequence[Feast]) -> list[Match]:
    """For each day of [first, until) the day of last year to compare it with; ``known`` holds the feasts of both years.

    Of several festivals whose windows hold a day, the nearest counts; of equally near ones, the one whose window
    is shorter, and then the first by name.
    """
    return [_match(first + timedelta(days=n), known) for n in range((until - first).days)]


def _match(day: date, known: Sequence[Feast]) -> Match:
    for feast in _nearest(day, known):
        before = _before(feast, known)
        if before is None:
            continue
        same = _same_distance(day, feast, before)
        if before.distance(same) == 0 or not _outweighed(same, before, known):
            return Match(day, same, feast.name)
    return Match(day, _ordinary(day, known), "")


def _nearest(day: date, known: Sequence[Feast]) -> list[Feast]:
    """The feasts whose windows hold ``day``, the one that it belongs to first."""
    around = [feast for feast in known if feast.holds(day)]
    return sorted(around, key=lambda feast: (feast.distance(day), _length(feast), feast.name))


def _outweighed(day: date, feast: Feast, known: Sequence[Feast]) -> bool:
    """Whether the day belongs to a festival of a week or more, and not to ``feast``."""
    of = _nearest(day, known)
    return bool(of) and of[0] != feast and (of[0].last - of[0].first).days + 1 >= _WEEK


def _before(feast: Feast, known: Sequence[Feast]) -> Feast | None:
    """The same festival a year before."""
    around = feast.first - timedelta(days=365)
    same = [one for one in known if one.name == feast.name and abs((one.first - around).days) <= _SHIFT]
    return min(same, key=lambda one: abs((one.first - around).days), default=None)


def _same_distance(day: date, feast: Feast, before: Feast) -> date:
    """From the last day where ``day`` comes after it, else from the first."""
    if day > feast.last:
        return before.last + (day - feast.last)
    return min(before.first + (day - feast.first), before.last)


def _ordinary(day: date, known: Sequence[Feast]) -> date:
    same = day - timedelta(days=_YEAR)
    for weeks in range(_WEEKS + 1):
        for moved in (same - timedelta(weeks=weeks), same + timedelta(weeks=weeks)):
            if not any(feast.holds(moved) for feast in known):
                return moved
    return same


def _length(feast: Feast) -> int:
    return (feast.last - feast.first).days + feast.lead_days + feast.tail_days
