"""Festivals that move sales: days, and the days before and after on which people already or still buy for them.

Shopping festivals and those of the Chinese calendar hold in every market; to them come the public holidays of the
market's country, from the library ``holidays``. Lead and tail days are what shops plan by, not measured: settle them
with your own sales.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import holidays
from babel.core import get_global

from daogou.base.words import gettext as _

_THURSDAY, _SUNDAY = 3, 6
_PUBLIC_LEAD, _PUBLIC_TAIL = 3, 1
# Seventh day of the seventh lunar month; no library that we use knows it. Each is 37 or 38 days before Mid-Autumn.
_QIXI = {
    date.fromisoformat(day)
    for day in (
        "2015-08-20", "2016-08-09", "2017-08-28", "2018-08-17", "2019-08-07", "2020-08-25", "2021-08-14", "2022-08-04",
        "2023-08-22", "2024-08-10", "2025-08-29", "2026-08-19", "2027-08-08", "2028-08-26", "2029-08-16", "2030-08-05",
    )
}  # fmt: skip


@dataclass(frozen=True)
class Festival:
    """One day of a festival; people buy for it from ``lead_days`` before to ``tail_days`` after."""

    day: date
    name: str
    kind: str  # shopping, chinese or public
    lead_days: int
    tail_days: int

    @property
    def around(self) -> Iterator[date]:
        """Its day, with the days before and after."""
        for offset in range(-self.lead_days, self.tail_days + 1):
            yield self.day + timedelta(days=offset)


def _fixed(month: int, day: int) -> Callable[[int], list[date]]:
    return lambda year: [date(year, month, day)]


def _weekday(month: int, weekday: int, nth: int, plus: int = 0) -> Callable[[int], list[date]]:
    """The ``nth`` given weekday of a month, and ``plus`` days."""

    def days(year: int) -> list[date]:
        first = date(year, month, 1)
        return [first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1) + plus)]

    return days


def _chinese(name: str, plus: int = 0) -> Callable[[int], list[date]]:
    """The first day that mainland China's calendar calls ``name``, and ``plus`` days."""

    def days(year: int) -> list[date]:
        found = [day for day, names in _public("CN", year) if name in names]
        return [min(found) + timedelta(days=plus)] if found else []

    return days


@dataclass(frozen=True)
class _Ours:
    kind: str
    days: Callable[[int], list[date]]
    lead_days: int
    tail_days: int
    length: int = 1  # days that it lasts


_SPRING = "Chinese New Year (Spring Festival)"
_OURS: dict[str, _Ours] = {
    "new_year": _Ours("shopping", _fixed(1, 1), 3, 2),
    "spring_festival": _Ours("chinese", _chinese(_SPRING), 21, 1, length=7),
    "lantern_festival": _Ours("chinese", _chinese(_SPRING, plus=14), 2, 0),
    "valentines_day": _Ours("shopping", _fixed(2, 14), 7, 0),
    "womens_day": _Ours("shopping", _fixed(3, 8), 7, 1),
    "mothers_day": _Ours("shopping", _weekday(5, _SUNDAY, 2), 10, 0),
    "520": _Ours("shopping", _fixed(5, 20), 7, 0),
    "dragon_boat": _Ours("chinese", _chinese("Dragon Boat Festival"), 7, 1),
    "618": _Ours("shopping", _fixed(6, 18), 18, 2),
    "qixi": _Ours("chinese", lambda year: [day for day in sorted(_QIXI) if day.year == year], 7, 0),
    "mid_autumn": _Ours("chinese", _chinese("Mid-Autumn Festival"), 14, 1),
    "golden_week": _Ours("chinese", _fixed(10, 1), 3, 1, length=7),
    "halloween": _Ours("shopping", _fixed(10, 31), 14, 0),
    "double_11": _Ours("shopping", _fixed(11, 11), 21, 3),
    "black_friday": _Ours("shopping", _weekday(11, _THURSDAY, 4, plus=1), 7, 3),
    "double_12": _Ours("shopping", _fixed(12, 12), 3, 1),
    "christmas": _Ours("shopping", _fixed(12, 25), 24, 1),
}
_OURS_ELSEWHERE = {  # what the library calls days that stand in our list
    _SPRING, "New Year's Day", "Christmas Day", "Dragon Boat Festival", "Mid-Autumn Festival", "National Day",
}  # fmt: skip


def festivals(market: str, first: int, last: int) -> tuple[Festival, ...]:
    """The festivals of the years ``first`` to ``last``, by day and name; ``market`` is a country's ISO 3166 code.

    A market that the library does not know, and "", have our own list alone.

    >>> [str(f.day) for f in festivals("", 2024, 2024) if f.name in ("618", "black_friday")]
    ['2024-06-18', '2024-11-29']
    """
    return tuple(sorted(_all(market, range(first, last + 1)), key=lambda festival: (festival.day, festival.name)))


def names(market: str, year: int) -> set[str]:
    """Every festival's name that rules may use."""
    return {*_OURS, *(festival.name for festival in festivals(market, year - 2, year))}


def festival_days(wanted: Iterable[str], around: bool, market: str, first: int, last: int) -> list[date]:
    """The days of the festivals ``wanted`` from year ``first`` to ``last``, with lead and tail where ``around``."""
    chosen = set(wanted)
    # a festival early in the next year has its lead days in this one
    found = (festival for festival in festivals(market, first - 1, last + 1) if festival.name in chosen)
    days = {day for festival in found for day in (festival.around if around else (festival.day,))}
    return sorted(day for day in days if first <= day.year <= last)


def market_of(zone: str) -> str:
    """The country that a time zone lies in; "" where it lies in none.

    >>> market_of("Asia/Shanghai"), market_of("America/New_York"), market_of("UTC")
    ('CN', 'US', '')
    """
    country = get_global("zone_territories").get(zone, "")
    return "" if country in ("001", "ZZ") else country  # the world, and nowhere


def _all(market: str, years: Iterable[int]) -> Iterator[Festival]:
    for year in years:
        for name, ours in _OURS.items():
            for first in ours.days(year):
                for day in (first + timedelta(days=n) for n in range(ours.length)):
                    yield Festival(day, name, ours.kind, ours.lead_days, ours.tail_days)
        for day, said in _public(market, year):
            for name in said - _OURS_ELSEWHERE:
                yield Festival(day, _key(name), "public", _PUBLIC_LEAD, _PUBLIC_TAIL)


@cache
def _public(market: str, year: int) -> tuple[tuple[date, frozenset[str]], ...]:
    """The country's public holidays with their English names; days off in exchange for others are none."""
    supported: dict[str, Any] = holidays.list_supported_countries()
    if market not in supported:
        return ()
    country = holidays.country_holidays(market, years=year, language="en_US")
    return tuple((day, frozenset(filter(_is_feast, country.get_list(day)))) for day in sorted(country))


def _is_feast(name: str) -> bool:
    return "substituted" not in name and "observed)" not in name


def _key(name: str) -> str:
    """A name as rules write it.

    >>> _key("Martin Luther King Jr. Day"), _key("New Year's Eve")
    ('martin_luther_king_jr_day', 'new_years_eve')
    """
    kept = "".join(letter if letter.isalnum() else " " for letter in name.lower().replace("'", "").replace("’", ""))
    return "_".join(kept.split())


def label(name: str) -> str:
    """A festival's name in the current language; a public holiday's as its country's list has it."""
    return {
        "new_year": _("New Year"),
        "spring_festival": _("Spring Festival"),
        "lantern_festival": _("Lantern Festival"),
        "valentines_day": _("Valentine's Day"),
        "womens_day": _("Women's Day"),
        "mothers_day": _("Mother's Day"),
        "520": _("20 May (520)"),
        "dragon_boat": _("Dragon Boat Festival"),
        "618": _("618"),
        "qixi": _("Qixi"),
        "mid_autumn": _("Mid-Autumn Festival"),
        "golden_week": _("National Day Golden Week"),
        "halloween": _("Halloween"),
        "double_11": _("Double 11"),
        "black_friday": _("Black Friday"),
        "double_12": _("Double 12"),
        "christmas": _("Christmas"),
    }.get(name, name.replace("_", " "))
