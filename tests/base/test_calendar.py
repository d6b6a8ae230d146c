from datetime import date

import pytest

from daogou.base.calendar import festival_days, festivals, label, market_of, names
from daogou.base.words import language


def days(name, market="", first=2023, last=2026):
    return [str(f.day) for f in festivals(market, first, last) if f.name == name]


# State Council notices and public calendars of each year
@pytest.mark.parametrize(
    ("name", "dates"),
    [
        ("618", ["2023-06-18", "2024-06-18", "2025-06-18", "2026-06-18"]),
        ("black_friday", ["2023-11-24", "2024-11-29", "2025-11-28", "2026-11-27"]),
        ("mothers_day", ["2023-05-14", "2024-05-12", "2025-05-11", "2026-05-10"]),
        ("dragon_boat", ["2023-06-22", "2024-06-10", "2025-05-31", "2026-06-19"]),
        ("mid_autumn", ["2023-09-29", "2024-09-17", "2025-10-06", "2026-09-25"]),
        ("qixi", ["2023-08-22", "2024-08-10", "2025-08-29", "2026-08-19"]),
        ("lantern_festival", ["2023-02-05", "2024-02-24", "2025-02-12", "2026-03-03"]),
    ],
)
def test_festivals_fall_on_their_days(name, dates):
    assert days(name) == dates


def test_spring_festival_and_golden_week_last_a_week():
    assert days("spring_festival", first=2024, last=2024) == [f"2024-02-{n}" for n in range(10, 17)]
    assert days("golden_week", first=2024, last=2024) == [f"2024-10-0{n}" for n in range(1, 8)]


def test_qixi_stays_where_the_moon_puts_it():
    """The 7th of the 7th month is 37 or 38 days before the 15th of the 8th, as the month has 29 or 30 days."""
    for year in range(2015, 2031):
        qixi, autumn = (date.fromisoformat(days(name, first=year, last=year)[0]) for name in ("qixi", "mid_autumn"))
        assert (autumn - qixi).days in (37, 38), year


def test_public_holidays_are_those_of_the_market():
    assert days("thanksgiving_day", "US", 2024, 2024) == ["2024-11-28"]
    assert days("thanksgiving_day", "CN") == days("thanksgiving_day", "") == days("thanksgiving_day", "XX") == []
    assert "tomb_sweeping_day" in names("CN", 2024)
    assert "tomb_sweeping_day" not in names("DE", 2024)


@pytest.mark.parametrize("market", ["CN", "US", "DE", "GB", "JP", ""])
def test_no_day_has_a_festival_twice(market):
    found = festivals(market, 2016, 2026)
    assert len({(f.day, f.name) for f in found}) == len(found)
    assert list(found) == sorted(found, key=lambda f: (f.day, f.name))
    assert not [f for f in found if "substituted" in f.name or "observed" in f.name]


def test_around_has_the_days_before_and_after_and_crosses_the_year():
    assert festival_days(["618"], False, "", 2024, 2024) == [date(2024, 6, 18)]
    around = festival_days(["618"], True, "", 2024, 2024)
    assert (around[0], around[-1], len(around)) == (date(2024, 5, 31), date(2024, 6, 20), 21)
    assert festival_days(["new_year"], True, "", 2024, 2024) == [
        *(date(2024, 1, day) for day in (1, 2, 3)),
        *(date(2024, 12, day) for day in (29, 30, 31)),
    ]


@pytest.mark.parametrize(("zone", "market"), [("Asia/Shanghai", "CN"), ("Europe/Berlin", "DE"), ("Etc/UTC", "")])
def test_a_zone_lies_in_a_country(zone, market):
    assert market_of(zone) == market


def test_our_festivals_have_names_in_both_languages():
    ours = {f.name for f in festivals("", 2024, 2024)}
    assert len(ours) == 17
    with language("zh"):
        assert all(label(name) != name.replace("_", " ") or name in ("618", "520") for name in ours)
        assert label("double_11") == "双 11"
    assert label("thanksgiving_day") == "thanksgiving day"
