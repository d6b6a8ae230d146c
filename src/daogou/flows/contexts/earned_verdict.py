"""What a reading amounts to: whether it paid, what would be enough to know, and what to do next."""

import math

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.flows.contexts.told import has_interval
from daogou.report.contexts import Outcome
from daogou.report.contexts.earned import NextStep, Verdict

MISMATCH = 0.001  # p-value of the arms' sizes below which nothing is read
_POWER = 0.8416212335729143  # 80 % of the standard normal distribution lie below


def verdict_of(primary: Outcome, gain: Estimate | None, cost: float | None, mismatch: float | None) -> Verdict:
    """Whether it paid, where its cost and what it brought are known; else whether the primary outcome moved.

    ``earned`` and ``lost``: the whole 95 % interval of what it brought lies above, or below, its cost.
    """
    if mismatch is not None and mismatch < MISMATCH:
        return "mismatch"
    if has_interval(gain) and gain is not None and cost is not None:
        return "earned" if gain.low > cost else "lost" if gain.high < cost else "unsure"
    effect = primary.effect
    if effect is None or not has_interval(effect):
        return "too_few"
    return "more" if effect.low > 0 else "less" if effect.high < 0 else "open"


def enough(gain: Estimate | None, cost: float | None, units: int) -> int | None:
    """Units in all who would show, 4 times in 5, a gain that just covers the cost; None where these were enough.

    What is looked for is the cost, never the gain that was found. With f times the units the cost is f times as much
    and the standard error of the gain the square root of f times.

    >>> enough(Estimate(50.0, -146.0, 246.0, 1_000), 100.0, 1_000)
    7850
    """
    if gain is None or not has_interval(gain) or not cost:
        return None
    error = (gain.high - gain.low) / (2 * Z95)
    times = ((Z95 + _POWER) * error / cost) ** 2
    people = math.ceil(times * units)
    return round(people, 3 - len(str(people))) if times > 1 else None  # three digits are all that it knows


def step_of(
    verdict: Verdict, harmed: bool, tail: Outcome | None, needed: int | None, *, is_programme: bool = False
) -> NextStep:
    """What to do next; of the programme: to go on, to cut it down, or to wait.

    A harmed guard rail comes before all but a broken lot, sales brought forward before a repeat.
    """
    if verdict == "mismatch":
        return "find"
    if is_programme:
        return {"earned": "go_on", "more": "go_on", "lost": "cut", "less": "cut"}.get(verdict, "wait")  # type: ignore[return-value]
    if harmed:
        return "guard"
    forward = tail is not None and tail.effect is not None and tail.effect.high < 0
    if verdict in ("earned", "more") and forward:
        return "forward"
    steps = {"earned": "repeat", "lost": "stop", "more": "cost", "less": "stop", "open": "again", "too_few": "join"}
    return steps.get(verdict, "larger" if needed else "again")  # type: ignore[return-value]
