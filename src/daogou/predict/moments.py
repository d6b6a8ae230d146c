"""The moments of the past at which a target is learned, calibrated and tested, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from daogou.predict.settings import PredictSettings


@dataclass(frozen=True)
class Moments:
    """Moments to train on, to test on, and all whose outcome is known, to train the model that is used.

    ``calibrate`` are the latest of those to train on: a model that is calibrated on them learned from ``before`` alone.
    """

    train: tuple[date, ...]
    test: tuple[date, ...]
    known: tuple[date, ...]
    before: tuple[date, ...] = ()
    calibrate: tuple[date, ...] = ()


def moments(
    first: date,
    as_of: date,
    days: int,
    settings: PredictSettings,
    spacing_days: int | None = None,
    cuts: Sequence[date] = (),
) -> Moments:
    """Moments every ``spacing_days`` from the ``first`` day with an order, for an outcome that takes ``days``.

    The latest ``test_days`` (the outcome's days where these are more) are kept aside: a moment within them is for
    testing if its outcome lies before ``as_of``; a moment is for training if its outcome ends before the first of them
    and ``history_days`` lie before it. No outcome that a model was trained on overlaps one that it is tested on, nor
    one that it is calibrated on. Where ``cuts`` are given, these are the moments, and the latest of them are tested on.

    >>> learned = moments(date(2017, 1, 1), date(2018, 1, 1), 28, PredictSettings())
    >>> [(day - date(2017, 1, 1)).days for day in learned.train + learned.test]
    [168, 196, 224, 252, 280, 308, 336]
    """
    if cuts:
        closed = [(cut - first).days for cut in cuts if cut + timedelta(days) <= as_of]
        old = [day for day in closed if day > 0]  # before the first order nobody is there
        from_day = _first_test(old, days, settings.test_days)
    else:
        step = spacing_days or settings.spacing_days
        last = (as_of - first).days // step
        from_day = (last * step - max(settings.test_days, days)) // step * step
        closed = [n * step for n in range(last + 1) if first + timedelta(n * step + days) <= as_of]
        old = [day for day in closed if day >= settings.history_days]
    train = [day for day in old if day + days <= from_day][-settings.train_moments :]
    test = [day for day in closed if day >= from_day] if train else []
    train = train if test else []
    calibrate = train[-max(len(train) // 3, 1) :]
    before = [day for day in train if day + days <= calibrate[0]] if train else []

    def dates(offsets: Sequence[int]) -> tuple[date, ...]:
        return tuple(first + timedelta(day) for day in offsets)

    return Moments(
        dates(train),
        dates(test),
        dates(old[-settings.train_moments :]),
        dates(before),
        dates(calibrate if before else []),
    )


def _first_test(old: Sequence[int], days: int, test_days: int) -> int:
    """The first of given moments to test on: those of the latest ``test_days`` that leave one to train on."""
    for day in old:
        if day > old[-1] - max(test_days, 1) and old[0] + days <= day:
            return day
    return 1 + max(old, default=0)


def needed_days(days: int, settings: PredictSettings, spacing_days: int | None = None) -> int:
    """Days of orders from which there is one moment to train on and one to test on, for an outcome of ``days``."""
    step = spacing_days or settings.spacing_days

    def up(value: int) -> int:
        return -(-value // step) * step

    return up(up(settings.history_days) + days) + up(max(settings.test_days, days))


def longest_days(days: int, settings: PredictSettings, spacing_days: int | None = None) -> int:
    """The longest outcome that orders of ``days`` are enough for; 0 where they are enough for none."""
    found = [within for within in range(1, days) if needed_days(within, settings, spacing_days) <= days]
    return max(found, default=0)
