"""Touches that no person made, by rules that are said with every count.

Mail gateways open every link to look for harm, crawlers name themselves, scripts click faster than anybody reads. What
is left out is counted beside what is kept; nothing is deleted.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Array = np.ndarray[Any, Any]
NAMED = (
    r"(?i)(^|[^u])bot\b|crawl|spider|slurp|scanner|headless|preview|python-|curl/|wget/|barracuda|mimecast|proofpoint"
)
"""Texts by which programs give themselves away in their user agent; Cubot is a phone."""

SECONDS = 2.0
"""A click or an open so soon after the message went out is a gateway's: no person reads that fast."""


def programs(*, declared: Any = None, user_agent: Any = None, seconds: Any = None) -> tuple[Array, Mapping[str, int]]:
    """Which touches no person made, shape (touches,), and how many each rule found (a touch counts for every rule).

    ``declared``: the source says so, bool or None. ``user_agent``: texts or None. ``seconds``: since the message went
    out to the same person, NaN where that is not known.

    Raises:
        ValueError: unequal lengths, or nothing to judge by.

    >>> found, counts = programs(user_agent=["Mozilla/5.0", "Googlebot/2.1", None], seconds=[1.0, 60.0, float("nan")])
    >>> found.tolist(), counts
    ([True, True, False], {'declared': 0, 'named': 1, 'fast': 1})
    """
    given = [values for values in (declared, user_agent, seconds) if values is not None]
    if not given or len({len(values) for values in given}) > 1:
        raise ValueError(f"declared, user_agent and seconds have {[len(v) for v in given]} rows; give one a touch")
    n = len(given[0])
    none = np.zeros(n, bool)
    said = none if declared is None else np.array([value is True or value == 1 for value in declared], bool)
    named = none
    if user_agent is not None:
        matched = pc.match_substring_regex(pa.array(user_agent, pa.string(), from_pandas=True), NAMED)
        named = pc.fill_null(matched, False).to_numpy(zero_copy_only=False)
    passed = np.full(n, np.nan) if seconds is None else np.asarray(seconds, float)
    fast = (passed >= 0) & (passed < SECONDS)
    counts = {"declared": int(said.sum()), "named": int(named.sum()), "fast": int(fast.sum())}
    return said | named | fast, counts
