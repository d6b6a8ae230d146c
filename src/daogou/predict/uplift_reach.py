"""How far a trial's knowledge reaches: customers unlike all of its own are told the effect of the nearest it had."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from daogou.base.raw import Vector
from daogou.base.words import gettext as _
from daogou.predict.columns import Codes, Columns, Matrix

Mask = np.ndarray[Any, np.dtype[np.bool_]]

_NAMED = 3  # columns in a sentence


@dataclass(frozen=True)
class Outside:
    """Which share of ``rows`` customers lies beyond what the trial held, in any column and in each, largest first."""

    share: float
    rows: int
    columns: Mapping[str, float]

    @classmethod
    def read(cls, text: str | None) -> Self:
        """What ``UPLIFT_ADVICES.outside`` keeps; nobody where an earlier version kept nothing."""
        return cls(**json.loads(text)) if text else cls(0.0, 0, {})

    def said(self, label: Callable[[str], str] = str) -> str:
        """A warning in the current language, empty where nobody lies outside; ``label`` gives a column's words."""
        if not self.share:
            return ""
        names = [label(name) for name in list(self.columns)[:_NAMED]]
        return _(
            "{share} of the {n} customers of today lie outside what the trial held, most by: {columns}. They are told"
            " the effect of the nearest values that it held, which nobody has checked for them."
        ).format(
            share=f"{max(self.share, 0.01):.0%}",
            n=f"{self.rows:,}",
            columns=_(", ").join(names) + (" …" if len(self.columns) > _NAMED else ""),
        )


@dataclass(frozen=True)
class Reach:
    """The least and greatest number of each column, and the codes of each text, that a trial held.

    What it never held is read as the nearest that it did: a number as the end of its range, a text or a gap as the
    usual value. A text that was too rare for a level of its own is like every other rare one, if there were any.
    """

    low: Vector
    high: Vector
    gaps: Mask  # columns of numbers that were missing somewhere
    codes: tuple[tuple[int, ...], ...]
    usual: Vector
    mode: Codes

    @classmethod
    def learn(cls, numbers: Matrix, codes: Codes) -> Self:
        """From a trial's columns, each of shape (rows, columns)."""
        known = ~np.isnan(numbers)
        low = np.where(known, numbers, np.inf).min(axis=0, initial=np.inf)
        high = np.where(known, numbers, -np.inf).max(axis=0, initial=-np.inf)
        never: Mask = np.asarray(~known.any(axis=0))
        return cls(
            np.where(never, np.nan, low),
            np.where(never, np.nan, high),
            np.asarray(~known.all(axis=0)),
            tuple(tuple(np.unique(column).tolist()) for column in codes.T),
            np.array([np.nan if never[at] else np.median(numbers[known[:, at], at]) for at in range(len(never))]),
            np.array([np.bincount(column + 1).argmax() - 1 for column in codes.T], dtype=np.int32),
        )

    def nearest(self, numbers: Matrix, codes: Codes) -> tuple[Matrix, Codes]:
        """The same rows with every value inside."""
        inside = np.clip(numbers, self.low, self.high)
        return np.where(np.isnan(inside) & ~self.gaps, self.usual, inside), np.where(
            self._held(codes), codes, self.mode
        ).astype(np.int32)

    def beyond(self, columns: Columns, numbers: Matrix, codes: Codes) -> dict[str, Mask]:
        """Which rows lie outside, shape (rows,), by each of the data's own columns."""
        near = self.nearest(numbers, codes)[0]
        off = np.hstack([(near != numbers) & ~(np.isnan(near) & np.isnan(numbers)), ~self._held(codes)])
        owners = np.array(columns.owners, dtype=object)
        return {name: np.asarray(off[:, owners == name].any(axis=1)) for name in dict.fromkeys(columns.owners)}

    def state(self) -> dict[str, Any]:
        """What was learned, as JSON can hold it."""
        plain = {
            name: [None if np.isnan(one) else one for one in getattr(self, name).tolist()]
            for name in ("low", "high", "usual")
        }
        return {**plain, "gaps": self.gaps.tolist(), "codes": self.codes, "mode": self.mode.tolist()}

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Self:
        """What :meth:`state` told."""
        low, high, usual = (np.array(state[name], dtype=np.float64) for name in ("low", "high", "usual"))
        codes = tuple(tuple(one) for one in state["codes"])
        return cls(
            low, high, np.array(state["gaps"], dtype=bool), codes, usual, np.array(state["mode"], dtype=np.int32)
        )

    def _held(self, codes: Codes) -> Mask:
        columns = [np.isin(codes[:, at], held) for at, held in enumerate(self.codes)]
        return np.column_stack(columns) if columns else np.ones((len(codes), 0), dtype=bool)


def outside(rows: int, parts: list[dict[str, Mask]]) -> Outside:
    """The shares, from :meth:`Reach.beyond` of each block of rows."""
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    shares = {name: float(off.mean()) for name, off in whole.items() if off.any()}
    ordered = dict(sorted(shares.items(), key=lambda one: (-one[1], one[0])))
    anywhere = np.any(list(whole.values()), axis=0) if whole else np.zeros(rows, dtype=bool)
    return Outside(float(anywhere.mean()) if rows else 0.0, rows, ordered)
