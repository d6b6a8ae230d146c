"""Last year's days around the festivals that move, by calendars that anybody can look up."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.base.calendar import festivals
from daogou.measure.look.festivals import aligned, feasts, wanted


def known(market, names=()):
    return feasts(wanted(festivals(market, 2015, 2028), market, names))


CHINA, AMERICA = known("CN"), known("US")


def before(day, calendar):
    return aligned(day, day + timedelta(days=1), calendar)[0]


@pytest.mark.parametrize(
    ("day", "same", "festival"),
    [
        # Spring Festival: 10 February 2024, 29 January 2025
        (date(2025, 1, 29), date(2024, 2, 10), "spring_festival"),
        (date(2025, 1, 28), date(2024, 2, 9), "spring_festival"),
        (date(2025, 1, 15), date(2024, 1, 27), "spring_festival"),  # 14 days before
        (date(2025, 2, 4), date(2024, 2, 16), "spring_festival"),  # its seventh day
        (date(2025, 2, 5), date(2024, 2, 17), "spring_festival"),  # the day after
        # Spring Festival: 22 January 2023, 10 February 2024
        (date(2024, 2, 10), date(2023, 1, 22), "spring_festival"),
        # Mid-Autumn: 29 September 2023, 17 September 2024, 6 October 2025
        (date(2024, 9, 17), date(2023, 9, 29), "mid_autumn"),
        (date(2025, 9, 25), date(2024, 9, 6), "mid_autumn"),
        # Double 11 stands still
        (date(2025, 11, 11), date(2024, 11, 11), "double_11"),
        (date(2025, 11, 14), date(2024, 11, 14), "double_11"),
        (date(2025, 6, 17), date(2024, 6, 17), "618"),
        # a week before Valentine's Day, which in 2024 was 3 days before Spring Festival: that is another matter
        (date(2025, 2, 7), date(2024, 1, 19), ""),
        (date(2025, 2, 14), date(2024, 2, 14), "valentines_day"),
        # Mid-Autumn lay in Golden Week in 2025; its day itself is compared with it all the same
        (date(2026, 9, 24), date(2025, 9, 18), ""),
        (date(2026, 9, 25), date(2025, 10, 6), "mid_autumn"),
        # ordinary days: the same weekday
        (date(2025, 3, 20), date(2024, 3, 21), ""),
        # 52 weeks before 6 February 2025 people bought for Spring Festival: three weeks earlier they did not
        (date(2025, 2, 6), date(2024, 1, 18), ""),
    ],
)
def test_china(day, same, festival):
    match = before(day, CHINA)
    assert (match.before, match.festival) == (same, festival)
    if not festival:
        assert match.before.weekday() == day.weekday()


@pytest.mark.parametrize(
    ("day", "same", "festival"),
    [
        # Thanksgiving: 28 November 2024, 27 November 2025; 23 November 2023
        (date(2025, 11, 27), date(2024, 11, 28), "thanksgiving_day"),
        (date(2025, 11, 26), date(2024, 11, 27), "thanksgiving_day"),
        (date(2024, 11, 28), date(2023, 11, 23), "thanksgiving_day"),
        (date(2025, 11, 28), date(2024, 11, 29), "black_friday"),
        (date(2024, 12, 2), date(2023, 11, 27), "black_friday"),  # Cyber Monday
        (date(2025, 12, 24), date(2024, 12, 24), "christmas"),
        # no festival of China moves an American day
        (date(2025, 1, 15), date(2024, 1, 17), ""),
        (date(2025, 6, 10), date(2024, 6, 11), ""),
    ],
)
def test_america(day, same, festival):
    match = before(day, AMERICA)
    assert (match.before, match.festival) == (same, festival)


@pytest.mark.parametrize("market", ["US", "GB", "DE", "FR", "AU"])
def test_easter(market):
    """31 March 2024 and 20 April 2025, both Sundays; America has no public holiday then, Britain none on the Sunday."""
    calendar = known(market)
    for day, same in ((19, date(2024, 3, 30)), (20, date(2024, 3, 31)), (21, date(2024, 4, 1))):
        assert before(date(2025, 4, day), calendar).before == same
    assert before(date(2025, 3, 31), calendar).before not in (date(2024, 3, 31), date(2024, 4, 1)), "no ordinary day"


@pytest.mark.parametrize("market", ["CN", "JP", "GR", ""])
def test_easter_moves_nothing_where_it_is_not_kept(market):
    assert before(date(2025, 4, 12), known(market)).festival != "easter"
    assert not [one for one in known(market) if one.name == "easter"]


def test_a_company_names_its_own_festivals():
    mine = known("US", ("spring_festival",))
    assert before(date(2025, 1, 29), mine).before == date(2024, 2, 10)
    assert before(date(2025, 12, 24), mine).festival == ""


def test_of_two_festivals_the_nearer_counts():
    # 29 September 2025 is 7 days before Mid-Autumn and 2 before Golden Week
    assert before(date(2025, 9, 29), CHINA).festival == "golden_week"
    # on 6 October 2025 both are today: the one with the shorter window
    assert before(date(2025, 10, 6), CHINA).festival == "golden_week"


def test_without_a_calendar_it_is_the_same_weekday():
    assert before(date(2025, 1, 29), []).before == date(2024, 1, 31)
    assert aligned(date(2025, 1, 1), date(2025, 1, 1), CHINA) == []


@given(st.dates(date(2017, 1, 1), date(2026, 12, 31)), st.sampled_from([CHINA, AMERICA]))
def test_every_day_has_one_about_a_year_before(day, calendar):
    match = before(day, calendar)
    assert 364 - 46 <= (day - match.before).days <= 364 + 46
    if not match.festival:
        assert match.before.weekday() == day.weekday()
