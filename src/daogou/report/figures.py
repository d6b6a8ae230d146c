"""Numbers and days as people of the current language write them.

English counts in thousands and millions, Chinese in 万 and 亿; three digits that matter are enough in a sentence.
"""

import math
from datetime import date

from babel import dates, numbers

from daogou.base.estimate import Estimate
from daogou.base.words import current_language
from daogou.base.words import gettext as _

NOTHING = "–"
_LOCALES = {"en": "en_US", "zh": "zh_Hans_CN"}
_STEPS = {
    "en": ((1e9, "B"), (1e6, "M"), (1e4, "K")),
    "zh": ((1e8, "亿"), (1e4, "万")),
}
_DIVISORS = {"K": 1e3}
_EXACT_BELOW = 100_000


def locale() -> str:
    """The Babel locale of the current language."""
    return _LOCALES[current_language()]


def count(value: float | None) -> str:
    """How many, exactly below 100,000.

    >>> count(2469), count(1_469_307)
    ('2,469', '1.47M')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    if abs(value) < _EXACT_BELOW:
        return exact(round(value))
    return _compact(value)


def exact(value: float | None) -> str:
    """A whole number with every digit, for tables.

    >>> exact(1_469_307)
    '1,469,307'
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    return str(numbers.format_decimal(round(value), locale=locale()))


def decimal(value: float | None, digits: int = 3) -> str:
    """A number with that many decimals, for the analysts' appendix.

    >>> decimal(0.82049)
    '0.820'
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    return f"{value:,.{digits}f}"


def decimals(estimate: Estimate) -> str:
    """An interval for the analysts' appendix; a dash where there is none.

    >>> decimals(Estimate(0.5, 0.41, 0.59, 100)), decimals(Estimate(0.5, math.nan, math.nan, 100))
    ('0.410 – 0.590', '–')
    """
    if not math.isfinite(estimate.low):
        return NOTHING
    return f"{decimal(estimate.low)} – {decimal(estimate.high)}"


def money(value: float | None, currency: str) -> str:
    """An amount in a sentence.

    >>> money(1_234_567, "USD"), money(312.4, "USD"), money(3.456, "USD")
    ('$1.23M', '$312', '$3.46')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    sign = "-" if value < 0 else ""
    size = abs(value)
    if 0 < size < 100 and currency_digits(currency):
        return sign + symbol(currency) + f"{size:.{currency_digits(currency)}f}"
    smallest = _STEPS[current_language()][-1][0]
    text = exact(size) if round(size) < smallest else _compact(size)
    return sign + symbol(currency) + text


def amount(value: float | None, currency: str) -> str:
    """An amount with every digit that stands before the point, for tables.

    >>> amount(1_234_567.8, "USD"), amount(8.5, "USD")
    ('$1,234,568', '$8.50')
    """
    if value is None or not math.isfinite(value) or abs(value) < 100:
        return money(value, currency)
    return ("-" if value < 0 else "") + symbol(currency) + exact(abs(value))


def exact_amount(value: float | None, currency: str) -> str:
    """An amount to its last digit, for what must add up.

    >>> exact_amount(1_234_567.8, "USD"), exact_amount(-8.5, "USD")
    ('$1,234,567.80', '-$8.50')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    sign = "-" if value < 0 else ""
    return f"{sign}{symbol(currency)}{abs(value):,.{currency_digits(currency)}f}"


def symbol(currency: str) -> str:
    """The currency's sign, or its code and a space where it has none.

    >>> symbol("USD"), symbol("CHF")
    ('$', 'CHF ')
    """
    sign = str(numbers.get_currency_symbol(currency, locale=locale()))
    return f"{sign} " if sign == currency else sign


def currency_digits(currency: str) -> int:
    """Decimals that the currency has."""
    return int(numbers.get_currency_precision(currency))


def share(value: float | None) -> str:
    r"""A share of 1 as a percentage: whole from 10 % on, one decimal below.

    >>> share(0.384), share(0.0345), share(0.00004), share(0)
    ('38\xa0%', '3.5\xa0%', '<0.1\xa0%', '0\xa0%')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    percent = abs(value) * 100
    sign = "-" if value < 0 else ""
    if 0 < percent < 0.05:
        return f"<{sign}0.1{percent_sign()}"
    digits = 0 if round(percent, 1) >= 10 else 1
    return f"{sign}{percent:,.{digits}f}".removesuffix(".0") + percent_sign()


def percent_sign() -> str:
    """Set off in English by a space that does not break, close in Chinese."""
    return "%" if current_language() == "zh" else "\N{NO-BREAK SPACE}%"


def change(now: float | None, before: float | None) -> float | None:
    """How much ``now`` is above ``before``, as a share of it; None where that says nothing.

    >>> change(103, 100)
    0.03
    >>> change(5, 0) is None
    True
    """
    if now == before == 0:
        return 0.0
    if now is None or not before or before < 0:
        return None
    return round(now / before - 1, 12)


def between(low: str, high: str) -> str:
    """An interval in words.

    >>> between("31 %", "45 %")
    'between 31 % and 45 %'
    """
    return _("between {low} and {high}").format(low=low, high=high)


def with_interval(share_: Estimate) -> str:
    """A share with its interval, if it has one.

    >>> with_interval(Estimate(0.38, 0.31, 0.45, 100)).replace("\N{NO-BREAK SPACE}", " ")
    '38 % (between 31 % and 45 %)'
    """
    value = share(share_.value)
    if not math.isfinite(share_.low):
        return value
    return _("{value} ({interval})").format(value=value, interval=between(share(share_.low), share(share_.high)))


def plain(value: float) -> str:
    """A number without needless decimals.

    >>> plain(4.0), plain(2.5)
    ('4', '2.5')
    """
    return f"{value:.1f}".removesuffix(".0")


def whole(value: float) -> str:
    """A number of people of 100; with a decimal where whole ones would mislead.

    >>> whole(61.49), whole(0.42)
    ('61', '0.4')
    """
    return f"{value:.0f}" if value >= 1 else plain(value)


def per_hundred(value: float) -> str:
    """A share as things of 100, with a decimal below 10.

    >>> per_hundred(0.6149), per_hundred(0.0304)
    ('61', '3.0')
    """
    return f"{value * 100:.{0 if value >= 0.0995 else 1}f}"


def day(value: date | None) -> str:
    """A day with its year.

    >>> day(date(2018, 1, 8))
    'Jan 8, 2018'
    """
    return str(dates.format_date(value, "medium", locale=locale())) if value else NOTHING


def month_day(value: date) -> str:
    """A day without its year, for an axis.

    >>> month_day(date(2018, 1, 8))
    'Jan 8'
    """
    return str(dates.format_skeleton("MMMd", value, locale=locale()))


def _compact(value: float) -> str:
    for step, unit in _STEPS[current_language()]:
        # a value that rounds up to the next unit is written in it: 999,999 is 1M, not 1000K
        divisor = _DIVISORS.get(unit, step)
        if abs(value) >= step * 0.9995:
            return _three_digits(value / divisor) + unit
    return exact(value)


def _three_digits(value: float) -> str:
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
