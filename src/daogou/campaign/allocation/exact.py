"""Few choices, weighed exactly by HiGHS."""

import ctypes
import os
import threading
from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse

from daogou.campaign.allocation.customers import Customers
from daogou.campaign.allocation.limits import Array, Limits

_CHOICES = 2_000  # up to which they are weighed
_NODES = 500  # of the search: a limit of time would make the answer depend on the machine


@dataclass(frozen=True)
class Exact:
    """An action for each customer, None where none was found, and what none can be worth more than."""

    now: Array | None
    bound: float


def exact(customers: Customers, amounts: Array, limits: Limits, regret: Array, lacks: float) -> Exact:
    """The best actions within ``amounts`` (prices,), as far as the search's nodes go.

    ``regret`` (customers, m + 1) is net of the prices of a bound to which the best allocation known ``lacks`` so much:
    a better one holds no choice that is regretted more (reduced-cost fixing), and only the others are weighed.
    """
    open_ = regret <= lacks * (1 + 1e-9)
    who, what = np.nonzero(open_[:, :-1])
    if len(who) > _CHOICES:
        return Exact(None, np.inf)
    now = np.full(len(customers), -1, np.int32)
    if not len(who):
        return Exact(now, 0.0)
    worth = customers.value[who, what]
    unit = max(float(np.abs(worth).max()), 1e-300)
    rows = _rows(customers, limits, who, what)
    size = np.maximum(np.abs(rows).max(axis=1), 1e-300)
    one = sparse.csr_array((np.ones(len(who)), (who, np.arange(len(who)))), shape=(len(customers), len(who)))
    with _silence:
        found = optimize.milp(
            -worth / unit,
            integrality=np.ones(len(who)),
            bounds=optimize.Bounds(0, 1),
            constraints=[
                optimize.LinearConstraint(one, 1.0 - open_[:, -1], 1),
                optimize.LinearConstraint(rows / size[:, None], -np.inf, amounts / size),
            ],
            options={"node_limit": _NODES, "mip_rel_gap": 1e-10},
        )
    bound = np.inf if found.mip_dual_bound is None else -found.mip_dual_bound * unit
    if found.x is None:
        return Exact(None, bound)
    on = found.x > 0.5
    now[who[on]] = what[on]
    return Exact(now, bound)


class _Silence:
    """Standard output goes nowhere: the HiGHS in scipy prints a line there whatever it is told.

    It is "HighsMipSolverData::transformNewIntegerFeasibleSolution tmpSolver.run();", where a solution is repaired after
    presolve; scipy's option disp does not turn it off, and it would stand in the middle of a command's JSON. It
    is written by C, to the file and not to ``sys.stdout``, so the file is what must be turned away, for this call only.
    """

    def __init__(self) -> None:
        self._one = threading.Lock()

    def __enter__(self) -> None:
        self._one.acquire()
        if os.name == "posix":
            print(end="", flush=True)  # noqa: T201 (what Python holds back comes out before)
            self._kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.close(nowhere)

    def __exit__(self, *raised: object) -> None:
        if os.name == "posix":
            ctypes.CDLL(None).fflush(None)
            os.dup2(self._kept, 1)
            os.close(self._kept)
        self._one.release()


_silence = _Silence()


def _rows(customers: Customers, limits: Limits, who: Array, what: Array) -> Array:
    """What each choice takes of each limit, shape (prices, choices)."""
    floors = np.zeros((len(limits.floor), len(who)))
    if len(floors):
        floors[customers.group[who], np.arange(len(who))] = -1.0
    return np.vstack([customers.cost[who, what], limits.actions[:, what], floors])
