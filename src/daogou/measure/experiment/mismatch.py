"""Sample ratio mismatch: arms whose sizes are not those that were drawn. Nothing is read until the cause is found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from daogou.measure.experiment.discovery import adjusted_p_values

Array = np.ndarray[Any, Any]

STOPS_BELOW = 0.001  # so rare by chance that the reading stops (Fabijan et al. 2019)


@dataclass(frozen=True)
class Mismatch:
    """Arms as they were drawn and as they were found: ``p_value`` of sizes as far apart by chance."""

    counts: tuple[int, ...]
    expected: tuple[float, ...]
    p_value: float

    @property
    def stops(self) -> bool:
        """Whether the experiment must not be read."""
        return self.p_value < STOPS_BELOW


@dataclass(frozen=True)
class Suspect:
    """A group in which the arms are out of balance: where to look first."""

    attribute: str
    group: str
    mismatch: Mismatch
    p_value: float  # adjusted for how many groups were looked at


def mismatch(counts: Sequence[int], shares: Sequence[float]) -> Mismatch:
    """Whether arms of ``counts`` people come from lots with ``shares`` (any scale), by the chi-squared test.

    >>> mismatch([5000, 5000], [0.5, 0.5]).stops, mismatch([5200, 4800], [1, 1]).stops
    (False, True)

    Raises:
        ValueError: unequal lengths, a count below 0, a share that is not above 0, or nobody at all.
    """
    found, share = np.asarray(counts), np.asarray(shares, dtype=np.float64)
    if found.shape != share.shape or found.ndim != 1 or len(found) < 2:
        raise ValueError(
            f"counts and shares need one number an arm, two at least: they hold {len(found)}, {len(share)}"
        )
    if (found < 0).any() or (share <= 0).any() or found.sum() == 0:
        raise ValueError("counts must be 0 or more and not all 0, shares above 0")
    expected = share / share.sum() * found.sum()
    p_value = float(stats.chisquare(found, expected).pvalue)
    return Mismatch(tuple(int(n) for n in found), tuple(expected.tolist()), p_value)


def mismatch_of(chances: Sequence[Array]) -> Mismatch:
    """The same where people had unlike lots: for each arm, the probabilities with which its people were drawn into it.

    People of each arm, each counted as one over their probability, are as many as all who were drawn, whatever strata
    they were drawn in. Wald's test of these sums being equal (Horvitz and Thompson 1952); lots drawn exactly within
    strata differ by less than it allows.

    >>> mismatch_of([np.full(5000, 0.5), np.full(5000, 0.5)]).p_value
    1.0
    >>> mismatch_of([np.full(300, 0.3), np.full(290, 0.3), np.full(400, 0.4)]).stops
    False

    Raises:
        ValueError: fewer than two arms, one without anyone, or a probability that is not above 0 and at most 1.
    """
    if len(chances) < 2 or any(not len(one) or not ((one > 0) & (one <= 1)).all() for one in chances):
        raise ValueError("mismatch_of needs two arms or more, each with people whose probability is above 0")
    sums = np.array([float((1 / one).sum()) for one in chances])
    spread = np.array([float((1 / one**2).sum()) for one in chances])
    apart = sums[1:] - sums[0]
    covariance = np.diag(spread[1:]) + spread[0]
    p_value = float(stats.chi2.sf(apart @ np.linalg.solve(covariance, apart), len(apart)))
    counts = np.array([len(one) for one in chances])
    expected = counts * sums.mean() / sums
    return Mismatch(tuple(counts.tolist()), tuple((expected / expected.sum() * counts.sum()).tolist()), p_value)


def suspects(arm: Array, shares: Mapping[str, float], attributes: Mapping[str, Array]) -> list[Suspect]:
    """The groups in which people went missing and from which others differ, surest first: where to look for the cause.

    ``arm`` of shape (n,) names each person's arm, ``shares`` each arm's share, ``attributes`` of shape (n,) each name
    groups of people (day of entry, device, region, source). A group is named where its arms are out of balance and not
    as those of everyone else are, both at 5 % after adjustment for how many were looked at. None where all groups lost
    alike.

    >>> arm = np.array(["a", "b"] * 500 + ["a"] * 100)
    >>> app = np.repeat(["old", "new"], [1000, 100])
    >>> [(one.attribute, one.group) for one in suspects(arm, {"a": 1, "b": 1}, {"app": app})]
    [('app', 'new')]
    """
    names = list(shares)
    looked: list[tuple[str, str, Mismatch, float]] = []
    for attribute, groups in attributes.items():
        for group in np.unique(groups).tolist():
            inside = [int(((arm == name) & (groups == group)).sum()) for name in names]
            outside = [int(((arm == name) & (groups != group)).sum()) for name in names]
            found = mismatch(inside, [shares[name] for name in names])
            looked.append((attribute, str(group), found, max(found.p_value, _unlike(inside, outside))))
    p_values = adjusted_p_values([p for *_group, p in looked])
    named = [Suspect(*one[:3], float(p)) for one, p in zip(looked, p_values, strict=True) if p < 0.05]
    return sorted(named, key=lambda one: one.p_value)


def _unlike(inside: list[int], outside: list[int]) -> float:
    """P-value of both having one share of each arm; 0 where there is nobody outside to compare with."""
    table = np.array([inside, outside])
    table = table[:, table.sum(axis=0) > 0]
    if not sum(outside) or table.shape[1] < 2:
        return 0.0
    return float(stats.chi2_contingency(table, correction=False).pvalue)
